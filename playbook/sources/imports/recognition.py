"""Which platform a file is from: by sure signs in its first lines, never by its name."""

from pathlib import Path

from playbook.sources.files.grid import first_lines
from playbook.sources.files.layout import plain, shipped


def recognise(file: Path) -> tuple[str, ...]:
    """Name the platforms whose sure sign a file bears: one if it is certain, several or none if a person must say.

    Raises:
        PlaybookError: The file cannot be opened.
    """
    lines = [{plain(cell) for cell in cells} for _, cells in first_lines(file)]
    return tuple(
        key
        for key, layout in shipped().items()
        if any({plain(one) for one in sign} <= line for sign in layout.signs for line in lines)
    )
