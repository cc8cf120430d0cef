"""What a stage returns: tables, and findings whose every number and name is a cell of those tables."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd

Severity = Literal["good", "watch", "act"]
Unit = Literal[
    "count",
    "money",
    "fraction",
    "points",
    "multiple",
    "number",
    "score",
    "pvalue",
    "days",
    "minutes",
    "day",
    "moment",
    "period",
    "kpi",
    "name",
    "text",
    "phrases",
    "id",
]
"""How a value is printed.

`fraction` prints as per cent, `points` (a difference of fractions) as percentage points, `multiple`
as 3.42, `kpi` and `name` are ids that print as the words of the KPI catalogue or of the parameters,
`phrases` are made in English and printed in the page's language part by part, an `id` is not
printed.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """One value of a result table: `row` gives columns and values that select exactly one row.

    `signed` prints a plus before what is positive; for changes.
    """

    table: str
    row: Mapping[str, str]
    column: str
    unit: Unit
    signed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One sentence of the report.

    Attributes:
        id: Stage and matter, unique in the stage: "channels.roas.baidu-search".
        severity: good (as planned or better), watch (look again), act (somebody must decide).
        text: The sentence in zh and en; each {placeholder} is a key of `evidence`.
        evidence: The cells that fill the sentence.
        action: What to do, in zh and en, with the same placeholders; empty when nothing is to be
            done.
        weight: Among findings of one severity the heavier comes first; money at stake where it is
            known.
    """

    id: str
    severity: Severity
    text: Mapping[str, str]
    evidence: Mapping[str, Cell] = field(default_factory=dict)
    action: Mapping[str, str] = field(default_factory=dict)
    weight: float = 0.0

    def __post_init__(self) -> None:
        """Refuse a sentence with a digit typed in, or with a placeholder that no cell fills."""
        for words in (*self.text.values(), *self.action.values()):
            wanted = set(re.findall(r"\{(\w+)\}", words))
            if wanted - self.evidence.keys():
                raise ValueError(
                    f"{self.id}: no evidence for {sorted(wanted - self.evidence.keys())} in {words!r}"
                )
            if re.search(r"\d", re.sub(r"\{\w+\}", "", words)):
                raise ValueError(
                    f"{self.id}: a number is typed into {words!r}; take it from a table"
                )


@dataclass(frozen=True, kw_only=True, slots=True)
class StageResult:
    """The tables of a stage by name, its findings, and what it could not answer.

    The first finding is the answer to the stage's question. `missing` says in zh and en, by part,
    what was left out because a table is absent or too small. `proposal` and `next_month` are for
    stage 6: the keys that it would change in the next period, and all keys of that period's file.
    """

    stage: str
    tables: Mapping[str, pd.DataFrame]
    findings: tuple[Finding, ...]
    missing: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    proposal: Mapping[str, Any] = field(default_factory=dict)
    next_month: Mapping[str, Any] = field(default_factory=dict)


def look_up(cell: Cell, tables: Mapping[str, pd.DataFrame]) -> Any:
    """Return the value of a cell.

    Raises:
        ValueError: The row is not there, or is not the only one.
    """
    rows = tables[cell.table]
    for column, value in cell.row.items():
        rows = rows[rows[column].astype(str) == value]
    if len(rows) != 1:
        raise ValueError(f"{cell.table}{dict(cell.row)}: {len(rows)} rows, must be 1")
    return rows[cell.column].iloc[0]
