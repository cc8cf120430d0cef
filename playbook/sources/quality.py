"""What became of each file.

How many of its rows and how much of its sums reached the canonical table.
"""

from pathlib import Path

import pandas as pd

from playbook.params.model import Source
from playbook.sources.canonical import FileRows
from playbook.sources.contracts import DTYPES
from playbook.sources.rules import DUPLICATES

SUMS = ("impressions", "clicks", "spend", "conversions", "revenue")
COUNTS = ("rows", "kept", "rejected", "duplicates", "totals_set_aside")
QUALITY = (
    "source",
    "file",
    "table",
    "platform",
    *COUNTS,
    "first_day",
    "last_day",
    *(f"{name}_{when}" for name in SUMS for when in ("before", "after")),
)
"""Columns of the table `quality`: one row per file. rows = kept + rejected + duplicates (copies of
a row, and rows that a later file replaces); sums before and after, NaN where the file does not
carry the column."""

OWN = "(canonical)"
"""Platform of a file that has the canonical columns already."""


def quality(
    source: Source, file: Path, read: FileRows, kept: pd.DataFrame, aside: pd.DataFrame
) -> dict[str, object]:
    """Return the row of `quality` for one file.

    Args:
        source: The file's.
        file: As it is shown.
        read: All of its rows, as read.
        kept: Those of them that stay.
        aside: One row per broken rule of this file: row, rule.
    """
    rows = read.rows
    duplicates = aside.loc[aside["rule"].isin(DUPLICATES), "row"].nunique()
    sums = {f"{name}_before": _sum(rows, name) for name in SUMS} | {
        f"{name}_after": _sum(kept, name) for name in SUMS
    }
    return {
        "source": source.id,
        "file": file.as_posix(),
        "table": source.table,
        "platform": source.platform or source.mapping or OWN,
        "rows": len(rows),
        "kept": len(kept),
        "rejected": len(rows) - len(kept) - duplicates,
        "duplicates": duplicates,
        "totals_set_aside": read.totals,
        **dict(zip(("first_day", "last_day"), _days(rows), strict=True)),
        **sums,
    }


def table(rows: list[dict[str, object]]) -> pd.DataFrame:
    """Put the rows of all files together, typed also where there is none."""
    numbers = dict.fromkeys((*COUNTS, *QUALITY[QUALITY.index("last_day") + 1 :]), "float64")
    days = dict.fromkeys(("first_day", "last_day"), DTYPES["day"])
    return pd.DataFrame(rows, columns=list(QUALITY)).astype(numbers | days)


def _sum(rows: pd.DataFrame, name: str) -> float:
    return float(rows[name].sum(min_count=1)) if name in rows else float("nan")


def _days(rows: pd.DataFrame) -> tuple[pd.Timestamp, pd.Timestamp]:
    moments = next(
        (rows[name] for name in rows if rows[name].dtype == DTYPES["day"]),
        pd.Series(dtype=DTYPES["day"]),
    )
    return moments.min(), moments.max()
