"""A workbook's table as rows of text.

Error cells keep their words, formulas need their values, and stray cells cost no memory.
"""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from playbook.errors import PlaybookError, Problem
from playbook.sources.files.refusals import (
    MOST_CELLS,
    MOST_IN_WORKBOOK,
    refuse_large,
    refuse_many,
)

Rows = list[tuple[int, list[str]]]

LOOK_INTO = 40
"""Lines at the top among which the header is looked for."""

LEAST_FILLED = 3
"""Cells that a header has at least; a title above it, also in merged cells, has fewer."""

MOST_MERGED = 1_000_000
"""Rows in all that merged cells may reach over."""

SHEET = re.compile(r"(?i)/?xl/(?!sharedStrings|styles|theme|drawings|_rels).*\.xml$")
ERROR = re.compile(rb'(<(?:\w+:)?c\b[^>]*?\bt=)"e"')
FORMULA = re.compile(
    rb"<(?P<ns>(?:\w+:)?)c\b(?P<facts>[^>]*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?P<value><(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
TYPE = re.compile(rb'\st="[^"]*"')
REFERENCE = re.compile(rb'(<(?:\w+:)?c\b[^>]*?\br=")([A-Z]{1,3})(\d{1,7})"')
SHARED = re.compile(r"(?i)/?xl/sharedStrings\.xml$")
SHARED_TEXT = re.compile(rb"<(?:\w+:)?si[ >/]")
REPEATED = re.compile(rb't="s"[^>]*>\s*<(?:\w+:)?v>(\d{1,9})<')
OPEN_TOKEN = re.compile(rb"<table:table-(?P<kind>row|cell)\b(?P<facts>[^>]*)>")
OPEN_REPEATED = re.compile(rb'number-(?:rows|columns)-repeated="(\d{1,9})"')
LONG_TEXT = 5_000
"""Letters from which a text that many cells share is counted in each of them."""

ROW = re.compile(rb'(<(?:\w+:)?row\b[^>]*?\br=")(\d{1,7})"')
DIMENSION = re.compile(rb"<(?:\w+:)?dimension\b[^>]*/>")
NO_VALUE = "\ue000"
"""What a formula without a stored value is read as, until it is told."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """One sheet of a workbook, or one table of another file.

    Attributes:
        name: As people see it; empty where the file holds one table only.
        rows: Its lines as cells.
        is_shown: Whether it is not hidden.
        notes: What must be known of its reading.
    """

    name: str
    rows: Rows
    is_shown: bool = True
    notes: tuple[str, ...] = ()


def sheets_of(content: bytes, file: Path, point: str) -> list[Sheet]:
    """Return the sheets of a workbook in their order, charts left out.

    A name merged over rows stands in each of them, a number in the first alone.

    Args:
        content: An XLSX, XLS, XLSB or ODS.
        file: Whose it is.
        point: With it numbers are written.

    Raises:
        PlaybookError: It holds more cells than can be held.
    """
    lines_by_sheet: dict[str, list[int]] = {}
    if content[:2] == b"PK":
        _refuse_repeated_rows(content, file)
        content = _prepared(content, lines_by_sheet, file)
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    lines = next(iter(lines_by_sheet.values()), None) if len(lines_by_sheet) == 1 else None
    sheets = []
    for sheet in book.sheets_metadata:
        if sheet.typ == SheetTypeEnum.WorkSheet:
            rows = _lines(book.get_sheet_by_name(sheet.name), point, merged=not lines_by_sheet)
            placed = _placed(rows, lines)
            is_shown = sheet.visible == SheetVisibleEnum.Visible
            sheets.append(Sheet(name=sheet.name, rows=placed, is_shown=is_shown))
    return sheets


def width(cells: Sequence[str]) -> int:
    """Count cells up to the last that holds more than blanks."""
    return max((place for place, cell in enumerate(cells, start=1) if cell.strip()), default=0)


def holds_table(rows: Rows) -> bool:
    """Whether one of the first lines has as many cells filled as a header."""
    return any(filled(cells) >= LEAST_FILLED for _, cells in rows[:LOOK_INTO])


def must_have_values(rows: Rows, file: Path) -> None:
    """Refuse rows with a formula that has no value.

    Raises:
        PlaybookError: With the cell's line and column.
    """
    for line, cells in rows:
        if NO_VALUE in cells:
            raise PlaybookError(
                Problem(
                    file=str(file),
                    place=f"line {line}, column {cells.index(NO_VALUE) + 1}",
                    rule="holds a formula without its value",
                    remedy="Open it in a spreadsheet program, save it there, and take that file.",
                )
            )


def filled(cells: Sequence[str]) -> int:
    """Count the cells that hold more than blanks."""
    return sum(1 for cell in cells if cell.strip())


def _placed(rows: Rows, lines: Sequence[int] | None) -> Rows:
    """Give rows the lines that they had before empty ones were left out."""
    return [(lines[line - 1], cells) for line, cells in rows] if lines else rows


def _lines(sheet: CalamineSheet, point: str, *, merged: bool) -> Rows:
    first = 1 + (sheet.start or (0, 0))[0]
    cells = sheet.to_python()
    if merged:
        _fill_down(cells, sheet)
    rows: Rows = []
    for line, row in enumerate(cells, start=first):
        rows.append((line, [_cell(cell, point) for cell in row]))
    return rows


def _fill_down(cells: list[list[Any]], sheet: CalamineSheet) -> None:
    """Repeat a name or day that is merged over rows in each of them."""
    first_row, first_column = sheet.start or (0, 0)
    left = MOST_MERGED
    for (top, column), (bottom, _) in sheet.merged_cell_ranges or ():
        place = column - first_column
        rows = cells[max(0, top - first_row) : bottom - first_row + 1][:left]
        left -= len(rows)
        if len(rows) < 2 or not 0 <= place < len(rows[0]):
            continue
        if isinstance(rows[0][place], (str, dt.date)):
            for row in rows[1:]:
                row[place] = rows[0][place]


def _cell(cell: object, point: str) -> str:
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else str(cell).replace(".", point)
    return "" if cell is None else str(cell)


def _prepared(content: bytes, lines: dict[str, list[int]], file: Path) -> bytes:
    """Return a workbook whose sheets can be read as they are meant; most are left as they are.

    Args:
        content: XLSX.
        lines: By sheet that was drawn together, the line that each of its rows had; filled in.
        file: Whose it is.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist() if SHEET.match(name)}
        count = sum(_count(sheet) for sheet in members.values())
        refuse_many(file, count, MOST_IN_WORKBOOK)
        _refuse_repeated(archive, members, file)
        changed = {name: _sheet(sheet, name, lines) for name, sheet in members.items()}
        if changed == members:
            return content
        anew = io.BytesIO()
        with zipfile.ZipFile(anew, "w") as written:
            for name in archive.namelist():
                written.writestr(name, changed.get(name) or archive.read(name))
    return anew.getvalue()


def _count(sheet: bytes) -> int:
    return sheet.count(b"<c ") + sheet.count(b"<c>") + sheet.count(b":c ")


def _refuse_repeated(archive: zipfile.ZipFile, members: Mapping[str, bytes], file: Path) -> None:
    """Refuse a workbook whose cells repeat long texts, which each of them would hold anew.

    Raises:
        PlaybookError: They would hold more than can be held.
    """
    name = next((name for name in archive.namelist() if SHARED.match(name)), "")
    lengths = [len(text) for text in SHARED_TEXT.split(archive.read(name))[1:]] if name else []
    if max(lengths, default=0) < LONG_TEXT:
        return
    size = 0
    for sheet in members.values():
        for place in REPEATED.finditer(sheet):
            number = int(place[1])
            size += lengths[number] if number < len(lengths) else 0
            refuse_large(file, size)


def _refuse_repeated_rows(content: bytes, file: Path) -> None:
    """Refuse an ODS by its cells, of which a row writes one for many, and the sheet a row for many.

    Raises:
        PlaybookError: They are more than can be held.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read("content.xml") if "content.xml" in archive.namelist() else b""
    count, rows = 0, 1
    for token in OPEN_TOKEN.finditer(sheet):
        repeated = OPEN_REPEATED.search(token["facts"])
        times = int(repeated[1]) if repeated else 1
        if token["kind"] == b"row":
            rows = times
        elif b"value-type" in token["facts"]:
            count += rows * times
            refuse_many(file, count, MOST_IN_WORKBOOK)


def _sheet(sheet: bytes, name: str, lines: dict[str, list[int]]) -> bytes:
    sheet = ERROR.sub(rb'\1"str"', sheet) if b't="e"' in sheet else sheet
    sheet = FORMULA.sub(_without_value, sheet)
    if _is_sparse(sheet):
        sheet, lines[name] = _drawn_together(sheet)
    return sheet


def _without_value(cell: re.Match[bytes]) -> bytes:
    """Return a formula's cell as text that says that it has no value; "" is one for a text."""
    if cell["value"] and b't="str"' in cell["facts"]:
        return cell[0]
    ns, facts = cell["ns"], TYPE.sub(b"", cell["facts"])
    marked = NO_VALUE.encode()
    return b'<%sc%s t="str"><%sv>%s</%sv></%sc>' % (ns, facts, ns, marked, ns, ns)


def _is_sparse(sheet: bytes) -> bool:
    """Whether the rectangle around all cells is too large to be held."""
    last = max((int(row) for _, row in ROW.findall(sheet)), default=0)
    if last * 702 <= MOST_CELLS and not re.search(rb'\sr="[A-Z]{3}\d', sheet):
        return False
    columns = {_number(column) for _, column, _ in REFERENCE.findall(sheet)}
    return last * max(columns, default=0) > MOST_CELLS


def _drawn_together(sheet: bytes) -> tuple[bytes, list[int]]:
    """Leave out rows and columns in which nothing stands; return the line of each row left."""
    found = REFERENCE.findall(sheet)
    rows = sorted({int(row) for _, _, row in found} | {int(row) for _, row in ROW.findall(sheet)})
    columns = sorted({_number(column) for _, column, _ in found})
    row_places = {row: place for place, row in enumerate(rows, start=1)}
    column_places = {column: place for place, column in enumerate(columns, start=1)}

    def cell(match: re.Match[bytes]) -> bytes:
        column = _letters(column_places[_number(match[2])])
        return match[1] + column + str(row_places[int(match[3])]).encode() + b'"'

    def row(match: re.Match[bytes]) -> bytes:
        return match[1] + str(row_places[int(match[2])]).encode() + b'"'

    return DIMENSION.sub(b"", ROW.sub(row, REFERENCE.sub(cell, sheet))), rows


def _number(column: bytes) -> int:
    """Return the number, from 1, of a column's letters."""
    number = 0
    for letter in column:
        number = number * 26 + letter - ord("A") + 1
    return number


def _letters(number: int) -> bytes:
    """Return the letters of a column's number, from 1."""
    letters = b""
    while number:
        number, place = divmod(number - 1, 26)
        letters = bytes([ord("A") + place]) + letters
    return letters
