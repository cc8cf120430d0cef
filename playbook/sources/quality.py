"""What became of each file.

How many of its rows and how much of its sums reached the canonical table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from playbook.params.model import TableName
from playbook.sources.contracts import DTYPES
from playbook.sources.facts import READ, Facts, Read, starts
from playbook.sources.rules import costs_nothing

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
a row, rows that a later file replaces, and what is counted elsewhere); sums before rows were set
aside and after, NaN where the file does not carry the column."""

LOSSES = ("source", "measure", "lost", "total", "share")
"""Columns of the table `losses`: one row per source and measure of which rows set aside tell
something (`Loss`)."""

LOST = ("spend", "revenue", "conversions")
"""What a report is about: of these, no notable part may be set aside in silence."""

TOO_MUCH = 0.05
"""Share of a source's spend, revenue or conversions that may be set aside before the report is
called into question."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Loss:
    """What rows set aside would have told of one measure of one source.

    Attributes:
        source: Id.
        measure: Column of the table.
        lost: Sum of the sizes of its cells in rows set aside.
        total: Lost and kept.
    """

    source: str
    measure: str
    lost: float
    total: float

    @property
    def share(self) -> float:
        """Part of the total that is lost."""
        return self.lost / self.total


OWN = "(canonical)"
"""Platform of a file that has the canonical columns already."""


def files(
    table_name: TableName, reads: Sequence[Read], facts: Facts, data_dir: Path
) -> list[dict[str, object]]:
    """Return the rows of `quality` for the files of one table.

    Args:
        table_name: The table.
        reads: Its files.
        facts: What became of their rows.
        data_dir: Folder below which files are shown.
    """
    mine = [read for read in reads if read.source.table == table_name]
    return [
        _file(
            read,
            facts.kept[facts.kept[READ].eq(place)],
            facts.aside[facts.aside[READ].eq(place)],
            data_dir,
        )
        for place, read in enumerate(mine)
    ]


def _file(read: Read, kept: pd.DataFrame, aside: pd.DataFrame, data_dir: Path) -> dict[str, object]:
    source, rows = read.source, read.found.rows
    duplicates = aside.loc[costs_nothing(aside["rule"]), "row"].nunique()
    sums = {f"{name}_before": _sum(rows, name) for name in SUMS} | {
        f"{name}_after": _sum(kept, name) for name in SUMS
    }
    return {
        "source": source.id,
        "file": read.file.relative_to(data_dir).as_posix(),
        "table": source.table,
        "platform": source.platform or source.mapping or OWN,
        "rows": len(rows),
        "kept": len(kept),
        "rejected": len(rows) - len(kept) - duplicates,
        "duplicates": duplicates,
        "totals_set_aside": read.found.totals,
        **dict(zip(("first_day", "last_day"), _days(rows), strict=True)),
        **sums,
    }


def losses(facts: Facts, reads: Sequence[Read]) -> list[Loss]:
    """Sum up what rows set aside would have told, by source.

    Args:
        facts: What became of the rows of a table.
        reads: Its files.

    Returns:
        One per source and measure of which rows set aside tell something; rows that are counted
        elsewhere are not lost.
    """
    cases = facts.aside[~costs_nothing(facts.aside["rule"])]
    lost = {measure: dict[str, float]() for measure in LOST}
    kept = {measure: dict[str, float]() for measure in LOST}
    for place, (read, start) in enumerate(zip(reads, starts(reads), strict=False)):
        rows = cases.loc[cases[READ].eq(place), "row"].unique() - start
        stays = facts.kept[facts.kept[READ].eq(place)]
        for measure in set(LOST).intersection(stays):
            of_source = lost[measure].get(read.source.id, 0.0)
            lost[measure][read.source.id] = of_source + _size(read.found.rows.iloc[rows], measure)
            of_source = kept[measure].get(read.source.id, 0.0)
            kept[measure][read.source.id] = of_source + _size(stays, measure)
    return [
        Loss(source=source, measure=measure, lost=amount, total=amount + kept[measure][source])
        for measure in LOST
        for source, amount in lost[measure].items()
        if amount > 0
    ]


def losses_table(losses_found: Sequence[Loss]) -> pd.DataFrame:
    """Lay losses out as the table `losses`, the largest share first."""
    rows = [(each.source, each.measure, each.lost, each.total, each.share) for each in losses_found]
    numbers = dict.fromkeys(("lost", "total", "share"), "float64")
    texts = dict.fromkeys(("source", "measure"), "str")
    laid_out = pd.DataFrame(rows, columns=list(LOSSES)).astype({**numbers, **texts})
    return laid_out.sort_values("share", ascending=False, kind="stable", ignore_index=True)


def _size(rows: pd.DataFrame, measure: str) -> float:
    return float(rows[measure].abs().sum())


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
