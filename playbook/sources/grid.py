"""A file as people download it, turned into rows of text under one header, each with its line."""

import csv
import gzip
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pandas as pd
from python_calamine import CalamineWorkbook

from playbook.errors import PlaybookError, Problem
from playbook.sources.layout import Layout, plain

LINE = "_line"
LOOK_INTO = 40
"""Lines at the top among which the header is looked for."""

TOTALS = frozenset({"total", "totals", "grand total", "overall total", "gesamt", "summe", "合计", "总计", "汇总"})
TOTAL_STARTS = ("total: ", "gesamt: ", "总计：", "总计: ", "overall total - ", "ergebnisse aus ", "total of ")
NAMELESS = frozenset({"", "-", "--"})

Rows = list[tuple[int, list[str]]]


def read_grid(file: Path, layout: Layout) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read a file's table as text.

    Args:
        file: CSV, TSV, XLSX, XLS, or a zip or gz of one; any of the encodings that platforms use.
        layout: Tells the header, by the names that it knows.

    Returns:
        The rows, and the total rows set aside: one column per header plus `_line`, the line in the file from 1.

    Raises:
        PlaybookError: No line of the file has the headers that the layout needs.
    """
    rows = _rows(file)
    place = _header(rows, layout)
    if place is None:
        raise PlaybookError(
            Problem(
                file=str(file), place="header", value=", ".join(rows[0][1])[:120] if rows else "empty file",
                rule=f"no line has the headers of {layout.name.en}",
                remedy="Name the right platform in the source, or write a mapping beside the parameters.",
            )
        )  # fmt: skip
    names = [name.strip().strip("\ufeff") for name in rows[place][1]]
    body = [(line, cells) for line, cells in rows[place + 1 :] if any(cell.strip() for cell in cells)]
    table = _table(names, _first_table(body, names))
    is_total = _totals(table, layout)
    return table[~is_total].reset_index(drop=True), table[is_total].reset_index(drop=True)


def headers(file: Path) -> list[set[str]]:
    """Return the cells of each of a file's first lines, as compared; for recognising its platform."""
    return [{plain(cell) for cell in cells} for _, cells in _rows(file)[:LOOK_INTO]]


def _rows(file: Path) -> Rows:
    content, name = _unpacked(file)
    if content[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0") or name.endswith((".xlsx", ".xls")):
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        return [(line, [_cell(cell) for cell in row]) for line, row in enumerate(sheet.to_python(), start=1)]
    text = _decoded(content)
    delimiter = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return [(reader.line_num, row) for row in reader if row]


def _unpacked(file: Path) -> tuple[bytes, str]:
    """Return the bytes of the table, out of its gz or zip where it lies in one."""
    content, name = file.read_bytes(), file.name.lower()
    if content[:2] == b"\x1f\x8b":
        return gzip.decompress(content), name.removesuffix(".gz")
    if content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            inside = [one for one in archive.namelist() if one.lower().endswith((".csv", ".tsv", ".txt"))]
            if "xl/workbook.xml" not in archive.namelist() and inside:
                return archive.read(inside[0]), inside[0].lower()
    return content, name


def _decoded(content: bytes) -> str:
    """Decode by byte-order mark, else as UTF-8, else as GB18030 (which holds GBK); never by guess."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030", errors="replace")


def _delimiter(text: str) -> str:
    lines = text.splitlines()[:LOOK_INTO]
    return max(",\t;", key=lambda sign: max((line.count(sign) for line in lines), default=0))


def _cell(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)


def _header(rows: Rows, layout: Layout) -> int | None:
    """Find the first line with two names that the layout knows (all, if it knows fewer), and three cells filled."""
    for place, (_, cells) in enumerate(rows[:LOOK_INTO]):
        named = {plain(cell) for cell in cells}
        if (
            len(named & layout.headers) >= min(2, len(layout.headers))
            and sum(bool(cell.strip()) for cell in cells) >= 3
        ):
            return place
    return None


def _first_table(body: Rows, names: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield rows up to a second table or a footer: a line that begins with '#' or repeats the header."""
    for line, cells in body:
        if cells[0].startswith("#") or [cell.strip() for cell in cells] == list(names):
            return
        if sum(bool(cell.strip()) for cell in cells) > 1 or len(names) == 1:
            yield line, cells


def _table(names: Sequence[str], rows: Iterable[tuple[int, list[str]]]) -> pd.DataFrame:
    width = len(names)
    padded = [[*cells[:width], *[""] * (width - len(cells)), str(line)] for line, cells in rows]
    unique = [name if name not in names[:place] else f"{name} ({place})" for place, name in enumerate(names)]
    table = pd.DataFrame(padded, columns=[*unique, LINE], dtype="str")
    return table.assign(**{LINE: table[LINE].astype("int64")})


def _totals(table: pd.DataFrame, layout: Layout) -> pd.Series:
    """Find the rows that add others up: a word for total in a name cell, or all name cells blank."""
    known = {plain(name): name for name in table.columns}
    named = [field for key, field in layout.columns.items() if key in ("date", "campaign_unit", "channel", "segment")]
    found = [[known[plain(one)] for one in field.wanted if plain(one) in known] for field in named]
    names = [one[0] for one in found if one]
    columns = list(dict.fromkeys([*names, *table.columns[:1]]))
    texts = table[columns].apply(lambda column: column.str.strip().str.casefold())
    worded = texts.isin(TOTALS) | texts.apply(lambda column: column.str.startswith(TOTAL_STARTS))
    blank = texts[names].isin(NAMELESS).all(axis="columns") & (len(names) > 1)
    return pd.Series(worded.any(axis="columns") | blank, dtype="bool")
