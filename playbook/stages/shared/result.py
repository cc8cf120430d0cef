"""What a stage returns.

Tables, and findings whose every number and name is a cell of those tables.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

Severity = Literal["good", "watch", "act"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """One value of a result table: `row` gives columns and values that select exactly one row.

    `signed` prints a plus before what is positive; for changes. A text that stands in both
    languages, in columns ending in _zh and _en, is named without the ending.
    """

    table: str
    row: Mapping[str, str]
    column: str
    signed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One statement of the report, as a key: the messages of its stage hold its words.

    Attributes:
        id: Stage and matter, unique in the stage: "channels.roas.baidu-search".
        severity: good (as planned or better), watch (look again), act (somebody must decide).
        sentence: Key of its sentence.
        clauses: Which clauses of the sentence hold, in order; none where it stands as a whole.
        evidence: The cells that fill the placeholders of sentence and action.
        action: Key of what to do; empty when nothing is to be done.
        weight: Among findings of one severity the heavier comes first; money at stake where it is
            known.
    """

    id: str
    severity: Severity
    sentence: str
    clauses: tuple[str, ...] = ()
    evidence: Mapping[str, Cell] = field(default_factory=dict)
    action: str = ""
    weight: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class StageResult:
    """The tables of a stage by name, its findings, and what it could not answer.

    The first finding is the answer to the stage's question. `missing` names what was left out
    because a table is absent or too small, each with the values of its placeholders: a part `key`,
    or `key.subject` where there are several, has the words of `key`. `proposal` and
    `next_month` are for stage 6: the keys that it would change in the next period, and all keys of
    that period's file.
    """

    stage: str
    tables: Mapping[str, pd.DataFrame]
    findings: tuple[Finding, ...]
    missing: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    proposal: Mapping[str, Any] = field(default_factory=dict)
    next_month: Mapping[str, Any] = field(default_factory=dict)


def look_up(cell: Cell, tables: Mapping[str, pd.DataFrame]) -> Mapping[str, Any]:
    """Return the row that a cell stands in, by column.

    Raises:
        ValueError: The row is not there, or is not the only one.
    """
    table = tables[cell.table]
    selected = np.ones(len(table), dtype=bool)
    for column, value in cell.row.items():
        selected &= _reads(table[column], value)
    places = selected.nonzero()[0]
    if len(places) != 1:
        raise ValueError(f"{cell.table}{dict(cell.row)}: {len(places)} rows, must be 1")
    return {str(column): value for column, value in table.iloc[places[0]].items()}


def _reads(cells: pd.Series, text: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Tell which cells read as a text; a missing one reads as none."""
    texts = cells if isinstance(cells.dtype, pd.StringDtype) else cells.astype(str)
    return np.asarray(texts.array == text, dtype=bool)
