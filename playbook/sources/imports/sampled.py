"""The columns of an unknown file: its header, its cells, and as what they read."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from playbook.errors import PlaybookError, Problem
from playbook.sources.files import cells
from playbook.sources.files.grid import LINE, cannot_open, first_lines, no_rows, read_grid
from playbook.sources.files.layout import Layout
from playbook.sources.files.workbook import LEAST_FILLED, Rows, filled

SAYS_NOTHING = ("", "-", "--", "—", "N/A", "n/a", "null", "NULL", "None", "nan")
MOST_ROWS = 50_000
"""Rows that are looked at."""

FIRST = 200
"""Cells of a column that tell whether it holds days."""

READS = 0.5
"""Share of the cells that say something which must read as a kind."""

NUMERIC = re.compile(r"[-+\d.,:/%€$£¥ ]+")
COMMA = re.compile(",")
NUMERIC_DAY = re.compile(r"^\s*\d{1,2}\D\d{1,2}\D\d{2,4}")
LONG = 9
"""Digits from which on a whole number names something rather than counts it."""


@dataclass(frozen=True, kw_only=True)
class Sampled:
    """An unknown file's table as text.

    Attributes:
        headers: Its columns that have a name, in order, each once.
        rows: One text column a header.
    """

    headers: tuple[str, ...]
    rows: pd.DataFrame
    _read: dict[tuple[str, str], pd.Series] = field(default_factory=dict, repr=False)

    @cached_property
    def comma_headers(self) -> tuple[str, ...]:
        """The columns whose numbers can only be read with a decimal comma: 12,5 or 1.300,50."""
        return self._only_read_by(_numbers_with_comma, cells.numbers, COMMA)

    @cached_property
    def day_first_headers(self) -> tuple[str, ...]:
        """The columns whose days can only be read with the day first, such as 23-9-2026."""
        return self._only_read_by(_days_first, cells.moments, NUMERIC_DAY)

    def _only_read_by(
        self,
        one: Callable[[pd.Series], pd.Series],
        other: Callable[[pd.Series], pd.Series],
        needed: re.Pattern[str],
    ) -> tuple[str, ...]:
        """Name the columns that one way reads and another not; a cell of theirs bears a sign."""
        bearing = [
            header for header in self.headers if self.said(header).str.contains(needed).any()
        ]
        return tuple(header for header in bearing if _better(self.said(header), one, other))

    def said(self, header: str) -> pd.Series:
        """Return the cells of a column that say something."""
        return self._once("said", header, self._said)

    def numbers(self, header: str) -> pd.Series:
        """Read the cells that say something as numbers, as the file writes them; NaN for others."""
        return self._once("numbers", header, self._numbers)

    def days(self, header: str) -> pd.Series:
        """Read the first cells that say something as days; NaT for others."""
        return self._once("days", header, self._days)

    def _once(self, what: str, header: str, read: Callable[[str], pd.Series]) -> pd.Series:
        """Read a column in one way, and keep what was read."""
        if (what, header) not in self._read:
            self._read[what, header] = read(header)
        return self._read[what, header]

    def _said(self, header: str) -> pd.Series:
        texts = self.rows[header]
        return texts[~cells.missing(texts, SAYS_NOTHING)].str.strip()

    def _numbers(self, header: str) -> pd.Series:
        return cells.numbers(self.said(header), decimal_comma=bool(self.comma_headers))

    def _days(self, header: str) -> pd.Series:
        day_first = header in self.day_first_headers
        return cells.moments(self.said(header).head(FIRST), day_first=day_first)

    def is_number(self, header: str) -> bool:
        """Whether most cells that say something are numbers."""
        return _most(self.numbers(header))

    def is_day(self, header: str) -> bool:
        """Whether most cells that say something are days or moments."""
        return _most(self.days(header))

    def is_worded(self, header: str) -> bool:
        """Whether a cell says something that is no number."""
        return bool(self.numbers(header).isna().any())

    def has_fractions(self, header: str) -> bool:
        """Whether a number has decimals."""
        numbers = self.numbers(header).dropna()
        return bool((numbers % 1).ne(0).any())

    def has_percent(self, header: str) -> bool:
        """Whether a cell is a per cent."""
        return bool(self.said(header).str.fullmatch(r"[-+]?[\d.,]+\s*[%％]").any())

    def is_long(self, header: str) -> bool:
        """Whether most numbers are whole and as long as numbers that only name something."""
        said = self.said(header)
        return len(said) > 0 and bool(said.str.fullmatch(rf"\d{{{LONG},}}").mean() > READS)

    def signs(self, header: str) -> frozenset[str]:
        """Return the signs of currencies that stand in the cells of numbers."""
        texts = self.said(header).str.cat(sep=" ")
        return frozenset(sign for sign in (*cells.CURRENCIES, "$") if sign in texts)

    def example(self, header: str) -> str:
        """Return the first cell that says something; empty where none does."""
        return next(iter(self.said(header)), "")


def sampled(file: Path) -> Sampled:
    """Read the table of a file that no layout knows.

    Raises:
        PlaybookError: The file cannot be opened, or holds no table or no rows.
    """
    if file.suffix == ".parquet":
        return _of_parquet(file)
    lines = [(number, line) for number, line in first_lines(file) if filled(line)]
    if not lines or max(filled(line) for _, line in lines) < 2:
        raise PlaybookError(_no_table(file))
    place = _header(lines)
    if place == len(lines) - 1:
        raise PlaybookError(no_rows(file))
    names = [cell.strip().strip("\ufeff") for cell in lines[place][1]]
    headers = tuple(dict.fromkeys(name for name in names if name))
    if len(headers) < LEAST_FILLED:
        return _of_lines(names, headers, lines[place + 1 :])
    counts = Counter(" ".join(name.split()).casefold() for name in names)
    once = [name for name in headers if counts[" ".join(name.split()).casefold()] == 1]
    grid = read_grid(file, _open_layout(once or headers))
    rows = grid.rows.drop(columns=[LINE]).head(MOST_ROWS)
    if rows.empty:
        return _of_lines(names, headers, lines[place + 1 :])
    return Sampled(headers=headers, rows=rows[list(headers)].astype("str"))


def _of_parquet(file: Path) -> Sampled:
    try:
        with pq.ParquetFile(file) as table:
            batch = next(table.iter_batches(batch_size=MOST_ROWS), None)
            headers = tuple(table.schema_arrow.names)
    except (pa.ArrowException, OSError) as error:
        raise cannot_open(file, error) from None
    rows = batch.to_pandas() if batch is not None else pd.DataFrame(columns=list(headers))
    return Sampled(headers=headers, rows=rows.astype("str").fillna(""))


def _header(lines: Rows) -> int:
    """Take the first line with the most cells of words for the header."""
    counts = [len(list(filter(_is_word, line))) for _, line in lines]
    return counts.index(max(counts))


def _is_word(cell: str) -> bool:
    """Whether a cell says something that is neither a number nor a day of digits."""
    return bool(cell.strip()) and not NUMERIC.fullmatch(cell.strip())


def _of_lines(names: list[str], headers: tuple[str, ...], lines: Rows) -> Sampled:
    width = len(names)
    padded = [[*line, *[""] * width][:width] for _, line in lines]
    rows = pd.DataFrame(padded, columns=names, dtype="str")
    return Sampled(headers=headers, rows=rows[list(headers)])


def _open_layout(headers: Sequence[str]) -> Layout:
    """Return a layout that takes every column as it is."""
    columns = {header: {"headers": [header]} for header in headers}
    return Layout.model_validate(
        {"name": "an unknown file", "table": "experiment_units", "columns": columns}
    )


def _no_table(file: Path) -> Problem:
    return Problem(
        file=str(file),
        rule="holds no table",
        remedy="Choose a file with a header and rows.",
    )


def _most(read: pd.Series) -> bool:
    return len(read) > 0 and bool(read.notna().mean() > READS)


def _numbers_with_comma(texts: pd.Series) -> pd.Series:
    return cells.numbers(texts, decimal_comma=True)


def _days_first(texts: pd.Series) -> pd.Series:
    return cells.moments(texts, day_first=True)


def _better(
    texts: pd.Series, one: Callable[[pd.Series], pd.Series], other: Callable[[pd.Series], pd.Series]
) -> bool:
    """Whether one way reads every cell that says something, and the other does not."""
    return bool(one(texts).notna().all()) and not other(texts).notna().all()
