"""Which platform a file is from: by sure signs in its first lines, never by its name."""

from pathlib import Path

from playbook.sources.files.grid import first_lines
from playbook.sources.files.layout import Layout, plain, shipped


def recognise(file: Path) -> tuple[str, ...]:
    """Name the platforms whose sure sign a file bears.

    One if it is certain, several or none if a person must say.

    Raises:
        PlaybookError: The file cannot be opened.
    """
    lines = [set(map(plain, cells)) for _, cells in first_lines(file)]
    return tuple(key for key, layout in shipped().items() if _bears_sign(lines, layout))


def _bears_sign(lines: list[set[str]], layout: Layout) -> bool:
    """Whether one line holds all headers of one of a platform's signs."""
    for sign in layout.signs:
        headers = set(map(plain, sign))
        if any(headers <= line for line in lines):
            return True
    return False
