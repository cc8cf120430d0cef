"""Which platform a file is from: by sure signs in its first lines, never by its name."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from playbook.sources.files.grid import first_lines
from playbook.sources.files.layout import Layout, plain, shipped
from playbook.sources.files.workbook import Rows

OF_MANY = frozenset(
    map(
        plain,
        (
            "channel",
            "data source",
            "渠道",
            "渠道名称",
            "投放渠道",
            "推广渠道",
            "媒体",
            "媒体名称",
            "媒体平台",
            "投放平台",
            "平台",
        ),
    )
)
"""Headers by which the rows of a file say whose they are: such a table was put together of several
platforms, and is the download of none that does not know the header."""


def recognise(file: Path) -> tuple[str, ...]:
    """Name the platforms whose sure sign a file bears.

    One line must hold three headers at least that together are the platform's own (`signs`), and
    none that it never writes (`foreign`).

    Returns:
        One if it is certain, several or none if a person must say.

    Raises:
        PlaybookError: The file cannot be opened.
    """
    lines = first_lines(file)
    return tuple(key for key, layout in shipped().items() if bears_sign(lines, layout))


def bears_sign(lines: Rows, layout: Layout) -> bool:
    """Whether one of a file's first lines is surely a header of this layout."""
    of_signs = chain.from_iterable((*sign.all, *sign.some) for sign in layout.signs)
    known = layout.headers | set(map(plain, of_signs))
    foreign = set(map(plain, layout.foreign)) | (OF_MANY - known)
    return any(
        sign.stands_in(line) and line.isdisjoint(foreign)
        for line in _headers(lines, layout)
        for sign in layout.signs
    )


def _headers(lines: Rows, layout: Layout) -> Iterator[set[str]]:
    """Yield what may be a header as compared: each line, and the names of a record's lines."""
    for _, cells in lines:
        yield set(map(plain, cells))
    if layout.record:
        yield {plain(cells[0]) for _, cells in lines if cells}
