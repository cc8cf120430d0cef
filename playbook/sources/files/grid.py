"""A file as people download it, turned into rows of text under one header, each with its line."""

import csv
import gzip
import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from python_calamine import CalamineError

from playbook.errors import PlaybookError, Problem
from playbook.sources.files.layout import Layout, plain
from playbook.sources.files.letters import decoded
from playbook.sources.files.workbook import LEAST_FILLED, LOOK_INTO, Rows, filled, rows_of

LINE = "_line"
MOST_BYTES = 400_000_000
"""Files that are larger, unpacked, are not held in memory: as cells they take some twenty times
their size."""

FEWEST_FIELDS = 3
DELIMITERS = ",\t;"
TOTALS = frozenset(
    {"total", "totals", "grand total", "overall total", "gesamt", "summe", "合计", "总计", "汇总"}
)
TOTAL_START = r"(?:total: |gesamt: |总计[：:]|overall total - |ergebnisse aus \d|total of \d)"
NAMELESS = frozenset({"", "-", "--"})

UNREADABLE = (
    zipfile.BadZipFile,
    gzip.BadGzipFile,
    zlib.error,
    EOFError,
    CalamineError,
    csv.Error,
    NotImplementedError,
    RuntimeError,
)
"""What the readers of workbooks, archives and text raise; the last two a zip with a password or in
a form that Python does not know."""

OF_A_MAC = re.compile(r"(^|/)(__MACOSX/|\._)")
"""What macOS puts into an archive beside each file."""

SHARED = re.compile(r"\.(csv|tsv|txt|xlsx|xls)$", re.IGNORECASE)

MOST_LETTERS = 1_000_000
"""Letters that one cell may hold."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Grid:
    """A file's table as text.

    Attributes:
        rows: One column per header plus `_line`, the line in the file from 1.
        totals: The total rows set aside, in the same form.
        above: The lines above the header.
        header_line: Line of the header, from 1; that of the first pair, for a record.
        form: How the file was written, such as "CSV, GB18030".
        uneven: By line of a row with fewer or more cells than the header, how many it has, and how
            many the header.
    """

    rows: pd.DataFrame
    totals: pd.DataFrame
    above: tuple[str, ...]
    header_line: int
    form: str
    uneven: Mapping[int, tuple[int, int]] = field(default_factory=dict)


def read_grid(file: Path, layout: Layout) -> Grid:
    """Read a file's table as text.

    Args:
        file: CSV, TSV, XLSX, XLS, or a zip or gz of one; any of the encodings that platforms use.
        layout: Tells the header, by the names that it knows.

    Raises:
        PlaybookError: The file cannot be opened, or no line of it has the headers that the layout
            needs.
    """
    rows, form = _rows(file)
    place = _header(rows, layout)
    if place is None and layout.record:
        rows, place = _as_table(rows, layout)
    if place is None:
        raise PlaybookError(
            Problem(
                file=str(file),
                place="header",
                value=", ".join(rows[0][1])[:120] if rows else "empty file",
                rule=f"no line has the headers of {layout.name.en}",
                remedy=(
                    "Name the right platform in the source, or write a mapping beside "
                    "the parameters."
                ),
            )
        )
    if form.startswith("XLS") and layout.writes_comma(rows[place][1]):
        rows, form = _rows(file, point=",")
    names = [name.strip().strip("\ufeff") for name in rows[place][1]]
    body = [(line, cells) for line, cells in rows[place + 1 :] if filled(cells)]
    lines = list(_first_table(body, names))
    table = _table(names, lines)
    is_total = _totals(table, layout)
    _must_be_one(names, table[~is_total], layout, file)
    return Grid(
        rows=table[~is_total].reset_index(drop=True),
        totals=table[is_total].reset_index(drop=True),
        above=tuple(_joined(cells) for _, cells in rows[:place]),
        header_line=rows[place][0],
        form=form,
        uneven={} if form.startswith("XLS") else dict(_uneven(lines, names)),
    )


def first_lines(file: Path) -> Rows:
    """Return a file's first lines as cells with their number, among which the header is.

    Raises:
        PlaybookError: The file cannot be opened.
    """
    if file.suffix == ".parquet":
        try:
            return [(1, pq.read_schema(file).names)]
        except (pa.ArrowException, OSError) as error:
            raise cannot_open(file, error) from None
    return _rows(file)[0][:LOOK_INTO]


def cannot_open(file: Path, error: Exception) -> PlaybookError:
    """Say that a file cannot be opened, in the words of what tried."""
    if isinstance(error, (PermissionError, IsADirectoryError)):
        return PlaybookError(Problem.of_file(file, error))
    return PlaybookError(
        Problem(
            file=str(file),
            rule=f"cannot be opened ({error})",
            remedy="Download it again, without a password; pack it plainly, or not at all.",
        )
    )


def _rows(file: Path, *, point: str = ".") -> tuple[Rows, str]:
    """Return a file's lines as cells, and how it is written.

    A workbook's numbers are written with the given point.
    """
    try:
        content, packed = _unpacked(file)
        if content[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
            form = "XLSX" if content[:2] == b"PK" else "XLS"
            rows = rows_of(content, file, point)
            return _must_hold_something(rows, file), f"{form}{packed}"
        text, encoding = decoded(content, file)
        delimiter = _delimiter(text)
        rows = _must_hold_something(_records(text, delimiter, file), file)
    except UNREADABLE as error:
        raise cannot_open(file, error) from None
    except OSError as error:
        raise PlaybookError(Problem.of_file(file, error)) from None
    return rows, f"{'TSV' if delimiter == chr(9) else 'CSV'}, {encoding}{packed}"


def _records(text: str, delimiter: str, file: Path) -> Rows:
    """Return the lines of a text as cells.

    Raises:
        PlaybookError: A cell is too long, or a quote never closes; with the line.
    """
    csv.field_size_limit(MOST_LETTERS)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: Rows = []
    try:
        rows += ((reader.line_num, row) for row in reader if row)
    except csv.Error:
        raise PlaybookError(
            Problem(
                file=str(file),
                place=f"line {reader.line_num}",
                rule=f"a cell holds more than {MOST_LETTERS:,} letters; a quote may never close",
                remedy="Look at the quotes of that line, or download it again.",
            )
        ) from None
    begin = rows[-2][0] if len(rows) > 1 else 0
    opened = _opened(list(islice(io.StringIO(text, newline=""), begin, None)), delimiter)
    if opened is not None:
        raise PlaybookError(
            Problem(
                file=str(file),
                place=f"line {begin + opened + 1}",
                rule="a quote opens there and never closes",
                remedy="Close or take away the quote, or download it again.",
            )
        )
    return rows


def _opened(lines: Sequence[str], delimiter: str) -> int | None:
    """Return the place of the line where a quote opens that never closes; None if all close."""
    try:
        list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            odd = [place for place, line in enumerate(lines) if line.count('"') % 2]
            return odd[-1] if odd else 0
    return None


def _must_hold_something(rows: Rows, file: Path) -> Rows:
    if not any(filled(cells) for _, cells in rows):
        raise PlaybookError(no_rows(file))
    return rows


def no_rows(file: Path) -> Problem:
    """Say that a file holds no rows."""
    return Problem(
        file=str(file),
        rule="holds no rows",
        remedy="Download it again for days that have data, or take the file away.",
    )


def _uneven(lines: Rows, names: Sequence[str]) -> Iterator[tuple[int, tuple[int, int]]]:
    """Yield rows that have fewer or more cells than the header; blank ones at the end are none."""
    width, least = len(names), _width(names)
    for line, cells in lines:
        if len(cells) < least or _width(cells) > width:
            yield line, (max(_width(cells), min(len(cells), width)), width)


def _width(cells: Sequence[str]) -> int:
    """Count cells up to the last that holds more than blanks."""
    return max((place for place, cell in enumerate(cells, start=1) if cell.strip()), default=0)


def _must_be_one(names: Sequence[str], table: pd.DataFrame, layout: Layout, file: Path) -> None:
    """Refuse two columns of one name, which the layout knows, with different cells."""
    places: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        if name.strip() and plain(name) in layout.headers:
            places.setdefault(" ".join(name.split()).casefold(), []).append(place)
    for same in places.values():
        first, *others = (table.iloc[:, place] for place in same)
        if any(not first.eq(other).all() for other in others):
            raise PlaybookError(
                Problem(
                    file=str(file),
                    place="header",
                    value=", ".join(names[place] for place in same),
                    rule="one name stands over columns with different cells",
                    remedy="Take out the column that is not meant, or give it another name.",
                )
            )


def _joined(cells: Sequence[str]) -> str:
    return " ".join(cell for cell in cells if cell)


def _unpacked(file: Path) -> tuple[bytes, str]:
    """Return the bytes of the table, out of its gz or zip, and how it was packed."""
    _refuse_large(file, file.stat().st_size)
    content = file.read_bytes()
    if content[:2] == b"\x1f\x8b":
        with gzip.open(io.BytesIO(content)) as packed:
            inner = packed.read(MOST_BYTES + 1)
        _refuse_large(file, len(inner))
        return inner, " in gzip"
    if content[:4] != b"PK\x03\x04":
        return content, ""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if "xl/workbook.xml" in archive.namelist():
            _refuse_large(file, sum(member.file_size for member in archive.infolist()))
            return content, ""
        inside = [
            member
            for member in archive.infolist()
            if SHARED.search(member.filename) and not OF_A_MAC.search(member.filename)
        ]
        if len(inside) != 1 or inside[0].flag_bits & 1:
            raise zipfile.BadZipFile(
                f"the archive must hold one table without a password, and holds {len(inside)}"
            )
        _refuse_large(file, inside[0].file_size)
        return archive.read(inside[0]), " in zip"


def _refuse_large(file: Path, size: int) -> None:
    if size > MOST_BYTES:
        raise PlaybookError(
            Problem(
                file=str(file),
                value=f"{size / 1e6:,.0f} MB",
                rule=f"must hold at most {MOST_BYTES / 1e6:.0f} MB unpacked",
                remedy="Download shorter periods, or read the table from a database. Users' rows "
                "(experiment_units, touchpoints, orders) may be of any size as CSV in UTF-8 or "
                "Parquet: put them into data/ and name them in the parameters.",
            )
        )


def _delimiter(text: str) -> str:
    """Choose the sign that stands equally often in most lines.

    The header and every row have as many as the others.
    """
    lines = text.splitlines()[:LOOK_INTO]
    return max(DELIMITERS, key=lambda sign: _evenness(lines, sign))


def _evenness(lines: Sequence[str], sign: str) -> int:
    """Weigh a sign by how often it stands in a line times in how many lines it stands so often."""
    counts = Counter(line.count(sign) for line in lines if sign in line)
    return max((often * times for often, times in counts.items()), default=0)


def _as_table(rows: Rows, layout: Layout) -> tuple[Rows, int | None]:
    """Turn a record, written as lines of name and value.

    Into a header and one row below what stands above it.
    """
    places = [place for place, (_, cells) in enumerate(rows) if plain(cells[0]) in layout.headers]
    if len(places) < FEWEST_FIELDS:
        return rows, None
    first = places[0]
    line = rows[first][0]
    fields = [rows[place][1] for place in places]
    header = [cells[0] for cells in fields]
    values = [cells[1] if len(cells) > 1 else "" for cells in fields]
    return [*rows[:first], (line, header), (line, values)], first


def _header(rows: Rows, layout: Layout) -> int | None:
    """Find the first line with two known names and three cells filled."""
    for place, (_, cells) in enumerate(rows[:LOOK_INTO]):
        named = {plain(cell) for cell in cells}
        if (
            len(named & layout.headers) >= min(2, len(layout.headers))
            and sum(bool(cell.strip()) for cell in cells) >= LEAST_FILLED
        ):
            return place
    return None


def _first_table(body: Rows, names: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield rows up to a second table or a footer.

    A line that begins with '#' or repeats the header.
    """
    for line, cells in body:
        if cells[0].startswith("#") or [cell.strip() for cell in cells] == list(names):
            return
        if sum(bool(cell.strip()) for cell in cells) > 1 or len(names) == 1:
            yield line, cells


def _table(names: Sequence[str], rows: Iterable[tuple[int, list[str]]]) -> pd.DataFrame:
    width = len(names)
    padded = [[*cells[:width], *[""] * (width - len(cells)), str(line)] for line, cells in rows]
    unique = [
        name if name not in names[:place] else f"{name} ({place})"
        for place, name in enumerate(names)
    ]
    table = pd.DataFrame(padded, columns=[*unique, LINE], dtype="str")
    return table.assign(**{LINE: table[LINE].astype("int64")})


def _totals(table: pd.DataFrame, layout: Layout) -> pd.Series:
    """Find the rows that add others up.

    A word for total in a name cell, or all name cells blank.
    """
    taken = layout.taken(table.columns)
    names = [
        taken[key][0] for key in ("date", "campaign_unit", "channel", "segment") if taken.get(key)
    ]
    texts = {
        name: table[name].str.strip().str.casefold()
        for name in dict.fromkeys([*names, *table.columns[:1]])
    }
    worded = {name: text.isin(TOTALS) | text.str.match(TOTAL_START) for name, text in texts.items()}
    blank = {name: texts[name].isin(NAMELESS) for name in names}
    return pd.DataFrame(worded, dtype="bool").any(axis="columns") | (
        pd.DataFrame(blank, index=table.index, dtype="bool").all(axis="columns") & (len(names) > 1)
    )
