"""A file as people download it, turned into rows of text under one header, each with its line."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from playbook.errors import PlaybookError, Problem
from playbook.sources.files.layout import Layout, plain
from playbook.sources.files.refusals import (
    MOST_NAME,
    MOST_TYPED,
    refuse_many,
    refuse_wide,
    too_long,
)
from playbook.sources.files.refusals import cannot_open as cannot_open
from playbook.sources.files.refusals import no_rows as no_rows
from playbook.sources.files.shape import Table, period_of, shown, table_of, uneven
from playbook.sources.files.sheets import read_sheets
from playbook.sources.files.sums import totals
from playbook.sources.files.vocabulary import LONGEST_NAME, compared, known_headers
from playbook.sources.files.workbook import (
    LOOK_INTO,
    Rows,
    Sheet,
    filled,
    holds_table,
    must_have_values,
)

LINE = "_line"
BREAKS = r"[\t\r\n]+"
STEERING = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
TURNING = "[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
"""Signs that break a line, that steer a terminal, and that turn the direction of writing."""

ODD = f"{BREAKS}|{STEERING}|{TURNING}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Grid:
    """A file's table as text.

    Attributes:
        rows: One column per header plus `_line`, the line in the file from 1; where several sheets
            are read together, lines count on from one to the next.
        totals: The total rows set aside, in the same form.
        above: The lines above the header.
        header_line: Line of the header, from 1; that of the first pair, for a record.
        form: How the file was written, such as "CSV, GB18030".
        uneven: By line of a row with fewer or more cells than the header, how many it has, and how
            many the header.
        notes: What of the file is not read, or read in a way that must be known; a sentence each.
    """

    rows: pd.DataFrame
    totals: pd.DataFrame
    above: tuple[str, ...]
    header_line: int
    form: str
    uneven: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def read_grid(file: Path, layout: Layout) -> Grid:
    """Read a file's table as text.

    Args:
        file: CSV, TSV, workbook or web page, or a zip or gz of them; any of the encodings that
            platforms use. Sheets, and files of a zip, with the same headers are read together.
        layout: Tells the header, by the names that it knows.

    Raises:
        PlaybookError: The file cannot be opened, or no line of it has the headers that the layout
            needs.
    """
    sheets, form = read_sheets(file)
    read = _tables(sheets, layout)
    if not read:
        raise _no_header(sheets, layout, file)
    for _, each in read:
        _must_be_named(each, file)
    if form.startswith(("XLS", "ODS")) and layout.writes_comma(read[0][1].names):
        sheets, form = read_sheets(file, point=",")
        read = _tables(sheets, layout)
    main, notes = _together(read, sheets, layout)
    must_have_values(main.lines, file)
    table = _texts(main)
    is_total = totals(table.drop(columns=LINE), layout)
    _must_be_one(main.names, table[~is_total], layout, file)
    return Grid(
        rows=table[~is_total].reset_index(drop=True),
        totals=table[is_total].reset_index(drop=True),
        above=tuple(_joined(cells) for _, cells in main.above),
        header_line=main.header_line,
        form=form,
        uneven={} if form.startswith(("XLS", "ODS")) else uneven(main),
        notes=notes,
    )


def read_parquet(file: Path) -> Grid:
    """Return a Parquet file's table, typed as it is.

    Raises:
        PlaybookError: It cannot be opened, or by its metadata holds more than can be held.
    """
    try:
        stated = pq.read_metadata(file)
        refuse_wide(file, stated.num_columns, 1)
        refuse_many(file, stated.num_rows * stated.num_columns, MOST_TYPED)
        table = pd.read_parquet(file)
    except (pa.ArrowException, OSError) as error:
        raise cannot_open(file, error) from None
    written = [str(name) for name in table if table[name].dtype == "str"]
    texts = {name: _in_one_line(table[name]) for name in written}
    rows = table.assign(**texts, **{LINE: range(1, len(table) + 1)})
    return Grid(rows=rows, totals=rows.iloc[:0], above=(), header_line=0, form="Parquet")


def first_lines(file: Path) -> Rows:
    """Return a file's first lines as cells with their number, among which the header is.

    Of several sheets that are shown, the first with headers that a platform knows, else the first
    that holds a table. Long cells are cut.

    Raises:
        PlaybookError: The file cannot be opened.
    """
    if file.suffix == ".parquet":
        try:
            return [(1, pq.read_schema(file).names)]
        except (pa.ArrowException, OSError) as error:
            raise cannot_open(file, error) from None
    sheets, _ = read_sheets(file)
    visible = [sheet for sheet in sheets if sheet.is_shown]
    hidden = [sheet for sheet in sheets if not sheet.is_shown and holds_table(sheet.rows)]
    if hidden and not any(any(_weight(sheet)) for sheet in visible):
        raise _is_hidden(hidden[0], file)
    rows = max(visible or sheets, key=_weight).rows[:LOOK_INTO]
    must_have_values(rows, file)
    return [(line, list(map(_shortened, cells))) for line, cells in rows if cells]


def _shortened(cell: str) -> str:
    """Return the beginning of a cell, without runs of blanks in its midst."""
    start = cell[:LONGEST_NAME]
    return start if "  " not in start.strip() else " ".join(start.split())


def _weight(sheet: Sheet) -> tuple[bool, bool]:
    """Weigh a sheet by whether it has headers that are known, then by whether it holds a table."""
    lines = [cells for _, cells in sheet.rows[:LOOK_INTO]]
    known = (len(known_headers().intersection(map(compared, cells))) for cells in lines)
    return max(known, default=0) > 1, holds_table(sheet.rows)


def _tables(sheets: Sequence[Sheet], layout: Layout) -> list[tuple[Sheet, Table]]:
    """Return the tables that a layout knows, by sheet; hidden sheets have none."""
    tables = []
    for sheet in sheets:
        table = table_of(sheet.rows, layout) if sheet.is_shown else None
        if table is not None:
            told = replace(table, notes=(*sheet.notes, *table.notes))
            tables.append((sheet, told))
    return tables


def _together(
    read: Sequence[tuple[Sheet, Table]], sheets: Sequence[Sheet], layout: Layout
) -> tuple[Table, tuple[str, ...]]:
    """Join the sheets with the headers of the first, and tell of the others."""
    first_sheet, main = read[0]
    tables = {id(sheet): table for sheet, table in read}
    notes = list(main.notes)
    joined, beyond = [first_sheet.name], _last(first_sheet.rows)
    seen = _rows_of(main) if len(read) > 1 else set()
    own_period = period_of(main.names, main.above, layout)
    for sheet in sheets:
        table = tables.get(id(sheet))
        if sheet is first_sheet:
            continue
        if table is None or not sheet.is_shown or table.compared != main.compared:
            notes += _left_out(sheet, table)
            continue
        period = period_of(main.names, table.above, layout)
        if period != own_period:
            notes.append(f"{_called(sheet)} states another period ({period}), and is not read")
            continue
        moved = _aligned(table, main, beyond)
        rows = _rows_of(moved)
        if rows and rows <= seen:
            notes.append(f"{_called(sheet)} repeats rows of another, and is not read")
            continue
        notes += [f"{_called(sheet)}: {note}" for note in table.notes]
        main = replace(main, lines=[*main.lines, *moved.lines])
        joined.append(sheet.name)
        seen |= rows
        beyond += _last(sheet.rows)
    if len(joined) > 1:
        notes.insert(0, f"{len(joined)} tables are read together: {shown(joined)}")
    return main, tuple(notes)


def _rows_of(table: Table) -> set[tuple[str, ...]]:
    return {tuple(map(str.strip, cells)) for _, cells in table.lines}


def _last(rows: Rows) -> int:
    return max((line for line, _ in rows), default=0)


def _aligned(table: Table, main: Table, beyond: int) -> Table:
    """Put a table's cells in the order of another's, and count its lines on."""
    places = {plain(name): place for place, name in reversed(list(enumerate(table.names))) if name}
    order = [places.get(plain(name), -1) for name in main.names]
    lines = []
    for line, cells in table.lines:
        ordered = [cells[place] if 0 <= place < len(cells) else "" for place in order]
        lines.append((line + beyond, [*ordered, *cells[len(table.names) :]]))
    return replace(table, lines=lines)


def _left_out(sheet: Sheet, table: Table | None) -> Iterator[str]:
    """Tell of a sheet that is not read, if it holds a table."""
    if not holds_table(sheet.rows):
        return
    if not sheet.is_shown:
        yield f"{_called(sheet)} is hidden and holds a table, and is not read"
        return
    filled_lines = (cells for _, cells in sheet.rows[:LOOK_INTO] if holds_table([(1, cells)]))
    names = table.names if table else next(filled_lines, [])
    yield f"{_called(sheet)} holds another table ({shown(names)}), and is not read"


def _called(sheet: Sheet) -> str:
    return f"the table {sheet.name!r}"


def _no_header(sheets: Sequence[Sheet], layout: Layout, file: Path) -> PlaybookError:
    """Say that no line has a layout's headers, or only one of a hidden sheet."""
    for sheet in sheets:
        if not sheet.is_shown and table_of(sheet.rows, layout) is not None:
            return _is_hidden(sheet, file)
    lines = chain.from_iterable(sheet.rows for sheet in sheets)
    first = next((cells for _, cells in lines if filled(cells)), [])
    return PlaybookError(
        Problem(
            file=str(file),
            place="header",
            value=", ".join(first)[:120],
            rule=f"no line has the headers of {layout.name.en}",
            remedy=(
                "Name the right platform in the source, or write a mapping beside the parameters."
            ),
        )
    )


def _is_hidden(sheet: Sheet, file: Path) -> PlaybookError:
    return PlaybookError(
        Problem(
            file=str(file),
            place=f"sheet {sheet.name}",
            rule="its table stands in a hidden sheet, and the sheets that are shown hold none",
            remedy="Show the sheet in a spreadsheet program, and save.",
        )
    )


def _must_be_named(table: Table, file: Path) -> None:
    """Refuse a header that no person wrote.

    Raises:
        PlaybookError: One of its names is too long.
    """
    if any(len(name) > MOST_NAME for name in table.names):
        raise too_long(file, table.header_line, MOST_NAME, "a header")


def _must_be_one(names: Sequence[str], table: pd.DataFrame, layout: Layout, file: Path) -> None:
    """Refuse two columns of one name, which the layout knows, with different cells."""
    places: dict[str, list[int]] = {}
    headers = layout.headers
    for place, name in enumerate(names):
        if name.strip() and plain(name) in headers:
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


def _texts(table: Table) -> pd.DataFrame:
    """Return the rows as text, without what would break a line or turn its direction."""
    width = len(table.names)
    padded = [
        [*cells[:width], *[""] * (width - len(cells)), str(line)] for line, cells in table.lines
    ]
    frame = pd.DataFrame(padded, columns=[*_unique(table.names), LINE], dtype="str")
    cleaned = {name: _in_one_line(column) for name, column in frame.items() if name != LINE}
    texts = pd.DataFrame(cleaned, dtype="str", index=frame.index)
    return texts.assign(**{LINE: frame[LINE].astype("int64")})


def _in_one_line(texts: pd.Series) -> pd.Series:
    """Take out of texts what breaks a line or turns it; what steers a terminal is unknown."""
    odd = texts.str.contains(ODD, regex=True).fillna(value=False)
    if not odd.any():
        return texts
    return texts.mask(odd, texts[odd].map(_clean))


def _clean(text: str) -> str:
    bare = re.sub(TURNING, "", re.sub(BREAKS, " ", text))
    return re.sub(STEERING, "\ufffd", bare)


def _unique(names: Sequence[str]) -> list[str]:
    """Return names of which each stands once; a repeated one gets its place."""
    seen: set[str] = set()
    unique = []
    for place, name in enumerate(names):
        plain_name = " ".join(_clean(name).split())
        unique.append(f"{plain_name} ({place})" if plain_name in seen else plain_name)
        seen.add(plain_name)
    return unique
