"""Text with commas, tabs or semicolons as rows of cells; no quote swallows a row in silence."""

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from playbook.errors import PlaybookError, Problem
from playbook.sources.files.refusals import MOST_COLUMNS, MOST_LETTERS, refuse_many, too_long
from playbook.sources.files.vocabulary import compared, known_headers
from playbook.sources.files.workbook import LOOK_INTO, Rows

DELIMITERS = ",\t;|"
SAID = re.compile(r"\ufeff?\"?sep=(.)\"?\r?\n", re.IGNORECASE)
"""How a first line says which sign parts the cells, for spreadsheet programs."""

UNPAIRED = "its quotes come in no pairs, and are read as letters of the names"
MOST_LINE = 1_000_000
"""Letters of a line within which headers are looked for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Records:
    """The lines of a text as cells.

    Attributes:
        rows: Each with the number of its last line, from 1.
        delimiter: The sign that parts the cells.
        notes: What must be known of the reading.
    """

    rows: Rows
    delimiter: str
    notes: tuple[str, ...] = ()


def records(text: str, file: Path) -> Records:
    """Part the lines of a text into cells.

    Args:
        text: Of the whole file.
        file: Whose it is.

    Raises:
        PlaybookError: A quote never closes, or lines like rows stand within quotes, or a cell is
            too long; with the line.
    """
    delimiter = delimiter_of(text)
    refuse_many(file, text.count(delimiter) + text.count("\n"))
    csv.field_size_limit(MOST_LETTERS)
    try:
        rows = _parsed(text, delimiter, strict=True)
    except csv.Error:
        rows = []
    if rows and _swallowed(rows, delimiter) is None:
        return Records(rows=rows, delimiter=delimiter)
    if delimiter == "\t":
        bare = _unquoted(text, delimiter)
        if _are_even(bare):
            return Records(rows=bare, delimiter=delimiter, notes=(UNPAIRED,))
    rows = _leniently(text, delimiter, file)
    line = _swallowed(rows, delimiter)
    if line is not None:
        raise _never_closed(file, line)
    return Records(rows=rows, delimiter=delimiter)


def delimiter_of(text: str) -> str:
    """Choose the sign that the file says, or by which a line has the most headers that are known.

    Else the one that stands equally often in most lines: the header and every row have as many.
    """
    said = SAID.match(text)
    if said:
        return said[1]
    lines = list(islice(io.StringIO(text), LOOK_INTO))
    return max(DELIMITERS, key=lambda sign: (_headers(lines, sign), _evenness(lines, sign)))


def _headers(lines: Sequence[str], sign: str) -> int:
    """Count the known headers of the line that has most of them; one alone may be a title."""
    most = max((_known(line, sign) for line in lines), default=0)
    return most if most > 1 else 0


def _known(line: str, sign: str) -> int:
    cells = line[:MOST_LINE].split(sign)[:MOST_COLUMNS]
    return len(known_headers().intersection(map(compared, cells)))


def _evenness(lines: Sequence[str], sign: str) -> int:
    """Weigh a sign by how often it stands in a line times in how many lines it stands so often."""
    counts = Counter(line.count(sign) for line in lines if sign in line)
    return max((often * times for often, times in counts.items()), default=0)


def _parsed(text: str, delimiter: str, *, strict: bool) -> Rows:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)
    return [(reader.line_num, row) for row in reader if row]


def _unquoted(text: str, delimiter: str) -> Rows:
    """Take every quote for a letter of its cell, but for those that enclose a whole cell.

    Systems that part cells by tabs often write no quotes of their own.
    """
    lines = io.StringIO(text, newline=None)
    return [
        (number, list(map(_without_quotes, line.rstrip("\n").split(delimiter))))
        for number, line in enumerate(lines, start=1)
        if line.strip()
    ]


def _without_quotes(cell: str) -> str:
    encloses = len(cell) > 1 and cell[0] == cell[-1] == '"' and '"' not in cell[1:-1]
    return cell[1:-1] if encloses else cell


def _are_even(rows: Rows) -> bool:
    """Whether all rows of a table, that is with more than two cells, have as many cells."""
    widths = {len(cells) for _, cells in rows if len(cells) > 2}
    longest = max((len(cell) for _, cells in rows for cell in cells), default=0)
    return len(widths) == 1 and longest <= MOST_LETTERS


def _swallowed(rows: Rows, delimiter: str) -> int | None:
    """Return the line of the first row with a line like a row within a cell; None if there is none.

    Texts of several lines may stand in quotes; they have no such line.
    """
    usual = Counter(len(cells) for _, cells in rows).most_common(1)
    like_a_row = max(2, usual[0][0] // 2) if usual else 2
    last = 0
    for line, cells in rows:
        whole = "".join(cells) if line > last + 1 else ""
        last = line
        if "\n" in whole and any(_most(cell, delimiter) >= like_a_row for cell in cells):
            return line - whole.count("\n")
    return None


def _most(cell: str, delimiter: str) -> int:
    return max(line.count(delimiter) for line in cell.split("\n"))


def _leniently(text: str, delimiter: str, file: Path) -> Rows:
    """Read quotes as spreadsheet programs do.

    Raises:
        PlaybookError: A cell is too long, or a quote never closes; with the line.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: Rows = []
    try:
        rows += ((reader.line_num, row) for row in reader if row)
    except csv.Error:
        raise too_long(file, reader.line_num, MOST_LETTERS, "a cell") from None
    begin = rows[-2][0] if len(rows) > 1 else 0
    rest = list(islice(io.StringIO(text, newline=""), begin, None))
    opened = _opened(rest, delimiter)
    if opened is not None:
        raise _never_closed(file, begin + opened + 1)
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


def _never_closed(file: Path, line: int) -> PlaybookError:
    return PlaybookError(
        Problem(
            file=str(file),
            place=f"line {line}",
            rule="a quote opens there and never closes",
            remedy="Close or take away the quote, or download it again.",
        )
    )
