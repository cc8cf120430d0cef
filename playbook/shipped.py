"""What ships beside the code: notebooks and scorecards, in a checkout as in an installed wheel."""

from pathlib import Path

PACKAGE = Path(__file__).parent
WHEEL = PACKAGE / "shipped_data"
"""Where a wheel holds the folders that stand at the top level of a checkout."""


def _folder(name: str) -> Path:
    packed = WHEEL / name
    return packed if packed.is_dir() else PACKAGE.parent / name


NOTEBOOKS = _folder("notebooks")
SCORECARDS = _folder("params/scorecards")
