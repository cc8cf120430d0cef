"""The tables of a web page, or of a workbook as XML, which many systems save under ".xls"."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from playbook.sources.files.refusals import MOST_TAGS, refuse_many
from playbook.sources.files.workbook import Rows

BEGINS = re.compile(
    r"\ufeff?\s*(?:<(?:\?xml|\?mso|!--)[^>]*>\s*)*"
    r"<(?:!doctype html|html|head|meta|body|table|div|style|center|workbook)\b",
    re.IGNORECASE,
)
CHARSET = re.compile(rb"(?i)<(?:meta|\?xml)\b[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?([\w-]+)")
NUMBER = re.compile(r"[-+(]?[$¥€£]?\s*[\d.,]+\s*%?\)?")

ROWS, CELLS, SILENT, BREAKS = {"tr", "row"}, {"td", "th", "cell"}, {"style", "script"}, {"br", "p"}
MOST_SPAN = 2_000


@dataclass(slots=True)
class _Cell:
    """A cell as written: its text, how far it reaches, and its column from 1 where stated."""

    across: int
    down: int
    column: int
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join("".join(self.pieces).split())


@dataclass(slots=True)
class _Table:
    name: str
    rows: list[list[_Cell]] = field(default_factory=list)


class _Tables(HTMLParser):
    """Gathers the cells of each table, also of one within another."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[_Table] = []
        self._open: list[_Table] = []
        self._sheet = ""
        self._in_cell = False
        self._silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "worksheet":
            self._sheet = said.get("ss:name", "")
        elif tag == "table":
            self._open.append(_Table(self._sheet))
            self.found.append(self._open[-1])
            self._in_cell = False
        elif tag in ROWS and self._open:
            self._open[-1].rows.append([])
            self._in_cell = False
        elif tag in CELLS and self._open and self._open[-1].rows:
            self._open[-1].rows[-1].append(_cell(said))
            self._in_cell = True
        elif tag in BREAKS:
            self.handle_data(" ")
        self._silent = tag in SILENT

    def handle_endtag(self, tag: str) -> None:
        self._silent = False
        if tag in CELLS or tag in ROWS:
            self._in_cell = False
        elif tag == "table" and self._open:
            self._open.pop()
            self._in_cell = False

    def handle_data(self, data: str) -> None:
        if self._in_cell and not self._silent:
            self._open[-1].rows[-1][-1].pieces.append(data)


def is_page(text: str) -> bool:
    """Whether a text is a web page, or a workbook as XML."""
    return BEGINS.match(text[:5_000]) is not None


def stated_code(content: bytes) -> str:
    """Return the code that a page says it is written in; empty where it says none."""
    found = CHARSET.search(content[:5_000])
    name = found[1].decode().lower() if found else ""
    return "gb18030" if name in ("gb2312", "gbk") else name


def tables_of(text: str, file: Path) -> list[tuple[str, Rows]]:
    """Return the tables of a page as rows, each with its name where it has one.

    Raises:
        PlaybookError: The page holds more than can be held.
    """
    refuse_many(file, text.count("<"), MOST_TAGS, "tags")
    parser = _Tables()
    parser.feed(text)
    parser.close()
    return [(table.name, _laid_out(table.rows, file)) for table in parser.found]


def _cell(said: Mapping[str, str]) -> _Cell:
    across = _number(said.get("colspan", "")) or 1 + _number(said.get("ss:mergeacross", ""))
    down = _number(said.get("rowspan", "")) or 1 + _number(said.get("ss:mergedown", ""))
    return _Cell(across, down, _number(said.get("ss:index", "")))


def _number(text: str) -> int:
    return min(int(text), MOST_SPAN) if text.isdecimal() and len(text) < 9 else 0


def _laid_out(rows: list[list[_Cell]], file: Path) -> Rows:
    """Put each cell in its column; a name that reaches over rows stands in each, a number once."""
    laid: Rows = []
    below: dict[int, tuple[int, str]] = {}
    count = 0
    for number, row in enumerate(rows, start=1):
        cells: list[str] = []
        left = {column: reach for column, reach in below.items() if reach[0] > 0}
        below = {column: (rows_left - 1, text) for column, (rows_left, text) in left.items()}
        next_column = 0
        for cell in row:
            next_column = max(_filled(cells, next_column, left), cell.column - 1)
            cells += [""] * (next_column - len(cells))
            if cell.down > 1:
                repeated = "" if NUMBER.fullmatch(cell.text) else cell.text
                below[next_column] = (cell.down - 1, repeated)
            cells.append(cell.text)
            next_column += cell.across
        _filled(cells, next_column, left)
        count += len(cells)
        refuse_many(file, count)
        laid.append((number, cells))
    return laid


def _filled(cells: list[str], column: int, left: Mapping[int, tuple[int, str]]) -> int:
    """Add the cells that reach down to the next columns, and return the first that is free."""
    while column in left:
        cells += [""] * (column - len(cells))
        cells.append(left[column][1])
        column += 1
    return column
