"""Tables as CSV that a spreadsheet opens as they are: UTF-8 with BOM, and text that stays text."""

from pathlib import Path

import pandas as pd

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_text(table: pd.DataFrame) -> str:
    """Return the table as CSV text without index.

    A text cell that reads as a formula gets a leading '.
    """
    texts = {
        str(name): column.map(_harmless)
        for name, column in table.items()
        if column.dtype in ("str", "object") and any(map(_is_formula, column.tolist()))
    }
    return (table.assign(**texts) if texts else table).to_csv(index=False)


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write the table to `path`, the folder made where it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(csv_text(table), encoding="utf-8-sig", newline="")


def _harmless(cell: object) -> object:
    return f"'{cell}" if _is_formula(cell) else cell


def _is_formula(cell: object) -> bool:
    return isinstance(cell, str) and cell.startswith(FORMULA_STARTS)
