"""Where in a sheet the table is that a layout knows, and what else stands there.

What is not read is told; only titles, comments and footers, which hold no numbers, are passed over.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from playbook.sources.files import covered_days
from playbook.sources.files.layout import Layout
from playbook.sources.files.vocabulary import LONGEST_NAME, compared, known_headers
from playbook.sources.files.workbook import LEAST_FILLED, LOOK_INTO, Rows, filled, width

FEWEST_FIELDS = 3
MOST_SHOWN = 80
"""Letters of a table's headers that a sentence repeats."""

NUMERIC = re.compile(r"\s*[-+(<>~]?\s*[$€£¥￥]?\s*[\d.,]+")
WHOLE_NUMBER = re.compile(r"\s*[-+(<>~]?\s*[$€£¥￥]?\s*\d[\d.,:/\-年月日 ]*[%)]?\s*")
COMMENT = re.compile(r"#(?:\s|-|#|$)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """Rows under one header.

    Attributes:
        names: The header's cells.
        header_line: Its line, from 1.
        above: The lines above it.
        lines: The rows below it, also those below its repetitions.
        notes: What else stands in the sheet and is not read, a sentence each.
    """

    names: list[str]
    header_line: int
    above: Rows
    lines: Rows
    notes: tuple[str, ...] = ()

    @property
    def compared(self) -> frozenset[str]:
        """The names as compared."""
        return frozenset(map(compared, filter(None, self.names)))


def table_of(rows: Rows, layout: Layout) -> Table | None:
    """Return the first table that has the headers of a layout; None if the sheet has none.

    Args:
        rows: All lines of the sheet as cells.
        layout: Tells the header, by the names that it knows.
    """
    place = _header(rows, layout)
    if place is None and layout.record:
        rows, place = _as_table(rows, layout)
    if place is None:
        return None
    line, cells = rows[place]
    names = [cell.strip().strip("\ufeff").strip() for cell in cells]
    body = [(number, each) for number, each in rows[place + 1 :] if any(map(str.strip, each))]
    table = Table(
        names=names,
        header_line=line,
        above=rows[:place],
        lines=[],
        notes=tuple(_tables_above(rows[:place])),
    )
    return _without_strays(_beside(_walked(table, body, layout), layout))


def _without_strays(table: Table) -> Table:
    """Leave out rows of which cells stand in columns without a name alone, and tell of them."""
    named = [place for place, name in enumerate(table.names) if name]
    strays = [line for line, cells in table.lines if not _is_named(cells, named)]
    if not strays:
        return table
    note = f"line {strays[0]} holds cells in no column of the table ({len(strays)} rows so)"
    lines = [(line, cells) for line, cells in table.lines if _is_named(cells, named)]
    return replace(table, lines=lines, notes=(*table.notes, f"{note}, and is not read"))


def _is_named(cells: Sequence[str], named: Sequence[int]) -> bool:
    if cells[0] and named[0] == 0:
        return True
    return any(place < len(cells) and cells[place].strip() for place in named)


def shown(names: Sequence[str]) -> str:
    """Show a table's headers in a sentence, cut."""
    text = ", ".join(name.strip() for name in names if name.strip())
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"


def _header(rows: Rows, layout: Layout) -> int | None:
    """Find the first line with nearly as many known names as any other, and three cells filled.

    A summary above the table names fewer, and no day. Where no line has three, two are enough.
    """
    weights = [_weight(cells, layout) for _, cells in rows[:LOOK_INTO]]
    for least in (LEAST_FILLED, 2):
        fitting = [
            place
            for place, weight in enumerate(weights)
            if weight and filled(rows[place][1]) >= least
        ]
        most = max((weights[place] for place in fitting), default=0)
        for place in fitting:
            if weights[place] >= most - 1:
                return place
    return None


def _weight(cells: Sequence[str], layout: Layout) -> int:
    """Count the names of a line that a layout knows, a day for three; fewer than two are none."""
    known = _compared(cells) & layout.headers
    if len(known) < min(2, len(layout.headers)):
        return 0
    dates = layout.columns["date"].wanted if "date" in layout.columns else ()
    has_day = not known.isdisjoint({*map(compared, dates), *layout.dates})
    return len(known) + 2 * has_day


def _compared(cells: Sequence[str]) -> set[str]:
    return {compared(cell) for cell in cells if 0 < len(cell) <= LONGEST_NAME}


def _as_table(rows: Rows, layout: Layout) -> tuple[Rows, int | None]:
    """Turn a record, written as lines of name and value.

    Into a header and one row below what stands above it.
    """
    first_cells = [compared(cells[0]) if cells else "" for _, cells in rows]
    places = [place for place, cell in enumerate(first_cells) if cell in layout.headers]
    if len(places) < FEWEST_FIELDS:
        return rows, None
    first = places[0]
    line = rows[first][0]
    fields = [rows[place][1] for place in places]
    header = [cells[0] for cells in fields]
    values = [cells[1] if len(cells) > 1 else "" for cells in fields]
    return [*rows[:first], (line, header), (line, values)], first


def _tables_above(above: Rows) -> Iterator[str]:
    """Tell of rows with numbers above the header, which may be another table."""
    lines = [
        line for line, cells in above if filled(cells) >= LEAST_FILLED and _holds_number(cells)
    ]
    if len(lines) > 1:
        yield f"lines {lines[0]} to {lines[-1]} above the header hold numbers, and are not read"


@dataclass(slots=True)
class _Section:
    """A header within the sheet and how many rows stand below it."""

    line: int
    names: list[str]
    order: list[int] | None
    rows: int = 0


def _walked(table: Table, body: Rows, layout: Layout) -> Table:
    """Go through the lines below a header: its rows, its repetitions, and other tables."""
    sections = [_Section(table.header_line, table.names, list(range(len(table.names))))]
    lines: Rows = []
    last, after_break = table.header_line, False
    headers = _Headers(table.names, table.compared, known_headers() | layout.headers)
    period = period_of(table.names, table.above, layout)
    aside: Rows = []
    for place, (line, cells) in enumerate(body):
        after_break |= line > last + 1 and line - _breaks_in(cells) > last + 1
        last = line
        is_row = _is_like_most(cells, table.names)
        if not is_row and _is_aside(cells, table.names):
            after_break = True
            aside.append((line, cells))
            continue
        if not is_row:
            following = body[place + 1][1] if after_break and place + 1 < len(body) else []
            section = _section(line, cells, following, headers)
            if section is not None:
                if period_of(table.names, aside, layout) not in ("", period):
                    section.order = None
                sections.append(section)
                after_break = False
                continue
        after_break, aside = False, []
        current = sections[-1]
        current.rows += 1
        if current.order is not None:
            lines.append((line, _in_order(cells, current.order)))
    told = tuple(_other_table(each) for each in sections if each.order is None and each.rows)
    return replace(table, lines=lines, notes=(*table.notes, *told))


def period_of(names: Sequence[str], above: Rows, layout: Layout) -> str:
    """Return the period that lines above a header state, where its rows depend on it; else empty.

    Tables of two periods are read together only where each row says its own day.
    """
    period = layout.period
    short = list(map(compared, names))
    if period is None or (layout.taken(short).get("date") and not period.on_first_day):
        return ""
    lines = [" ".join(filter(None, cells)) for _, cells in above]
    return covered_days.stated(lines, period, day_first=bool(layout.writes_day_first(short)))


def _is_like_most(cells: Sequence[str], names: Sequence[str]) -> bool:
    """Whether a line has as many cells as the header, and a digit first in the first or last."""
    if len(cells) != len(names) or len(cells) < 2 or not cells[0] or not cells[-1]:
        return False
    if cells[0].strip() == names[0]:
        return False
    return cells[0][0].isdigit() or (cells[-1][0].isdigit() and cells[0][0] != "#")


def _breaks_in(cells: Sequence[str]) -> int:
    return sum(cell.count("\n") for cell in cells)


def _is_aside(cells: Sequence[str], names: Sequence[str]) -> bool:
    """Whether a line is a title, a comment or a footer: one cell, which is no number of a measure.

    Names such as "#brand" or "#1001" are none where other cells follow.
    """
    count = filled(cells)
    if count > 1:
        is_short = len(cells) < len(names) and not _holds_number(cells[1:])
        return is_short and COMMENT.match(cells[0]) is not None
    if len(names) == 1:
        return cells[0].startswith("#")
    return not any(NUMERIC.fullmatch(cell) for cell in cells[1:] if cell.strip())


def _holds_number(cells: Sequence[str]) -> bool:
    """Whether a cell is a number or a day in numbers, as in nearly every row and in no header."""
    return any(WHOLE_NUMBER.fullmatch(cell) for cell in cells)


@dataclass(frozen=True, slots=True)
class _Headers:
    """The names of a table, as written and as compared, and those of all platforms."""

    names: Sequence[str]
    own: frozenset[str]
    known: frozenset[str]


def _section(
    line: int, cells: list[str], following: Sequence[str], headers: _Headers
) -> _Section | None:
    """Return what a header within the sheet begins: the table again, or another; None if no header.

    After an empty line or a title any line of words is one, if numbers follow; else one that names
    what platforms name.

    Args:
        line: Of the cells.
        cells: That may be a header.
        following: The next line where an empty line or a title stands before this one, else empty.
        headers: Of the table so far.
    """
    names = [cell.strip() for cell in cells if cell.strip()]
    if len(names) < 2 or _holds_number(cells):
        return None
    words = _compared(cells)
    if words == headers.own:
        places = {compared(cell): place for place, cell in reversed(list(enumerate(cells)))}
        order = [places.get(compared(name), -1) for name in headers.names]
        is_same = [cell.strip() for cell in cells] == list(headers.names)
        return _Section(line, names, list(range(len(order))) if is_same else order)
    known = len(words & headers.known) + len((words & headers.own) - headers.known)
    if known >= 2 and 2 * known >= len(names):
        return _Section(line, names, None)
    if len(words) == len(names) and _holds_number(following):
        return _Section(line, names, None)
    return None


def _in_order(cells: list[str], order: list[int]) -> list[str]:
    """Put a row's cells in the order of the first header; those beyond stay at the end."""
    if order == list(range(len(order))):
        return cells
    ordered = [cells[place] if 0 <= place < len(cells) else "" for place in order]
    return [*ordered, *cells[len(order) :]]


def _other_table(section: _Section) -> str:
    return (
        f"another table begins in line {section.line} ({shown(section.names)}; "
        f"{section.rows} rows), and is not read"
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Block:
    """Columns between empty ones."""

    first: int
    end: int
    names: list[str] = field(default_factory=list)


def _beside(table: Table, layout: Layout) -> Table:
    """Leave out a table that stands beside the one that is meant, beyond an empty column."""
    blocks = list(_blocks(table))
    if len(blocks) < 2:
        return table
    known = [len(_compared(block.names) & layout.headers) for block in blocks]
    own = blocks[known.index(max(known))]
    others = [block for block in blocks if block is not own and _is_apart(block, own, table.lines)]
    notes = [
        f"beyond an empty column stands another table ({shown(block.names)}), and is not read"
        for block in others
    ]
    kept = _kept(others)
    lines = [(line, _taken(cells, kept)) for line, cells in table.lines]
    return replace(
        table,
        names=_taken(table.names, kept),
        lines=[(line, cells) for line, cells in lines if any(map(str.strip, cells))],
        notes=(*table.notes, *notes),
    )


def _kept(others: Sequence[_Block]) -> Callable[[int], bool]:
    left_out = {place for block in others for place in range(block.first, block.end)}
    return lambda place: place not in left_out


def _taken(cells: Sequence[str], kept: Callable[[int], bool]) -> list[str]:
    return [cell for place, cell in enumerate(cells) if kept(place)]


def _blocks(table: Table) -> Iterator[_Block]:
    """Yield the runs of columns between columns without a name or a cell."""
    count = width(table.names)
    nameless = [place for place in range(count) if not table.names[place]]
    empty = [place for place in nameless if not _is_used(place, table.lines)]
    first = 0
    for end in [*empty, count] if empty else []:
        if end > first:
            yield _Block(first=first, end=end, names=table.names[first:end])
        first = end + 1


def _is_used(place: int, lines: Rows) -> bool:
    return any(place < len(cells) and cells[place].strip() for _, cells in lines)


def _is_apart(block: _Block, own: _Block, lines: Rows) -> bool:
    """Whether columns are a table of their own: some rows stand in them alone, or not in them."""
    if len([name for name in block.names if name]) < 2:
        return False
    for _, cells in lines:
        here = filled(cells[block.first : block.end])
        there = filled(cells[own.first : own.end])
        if bool(here) != bool(there):
            return True
    return bool(_compared(block.names) & _compared(own.names))


def uneven(table: Table) -> Mapping[int, tuple[int, int]]:
    """Return rows that have fewer or more cells than the header; blank ones at the end are none.

    Columns without a name at the end are columns only where most rows fill them.

    Returns:
        By line, how many cells the row has, and how many the header.
    """
    named = width(table.names)
    beyond = sum(1 for _, cells in table.lines if len(cells) > named and width(cells) > named)
    is_column = len(table.names) > named and 2 * beyond > len(table.lines)
    most = len(table.names) if is_column else named
    found = {}
    for line, cells in table.lines:
        if len(cells) < named or (len(cells) > most and width(cells) > most):
            found[line] = (max(width(cells), min(len(cells), most)), most)
    return found
