"""How a stage comes to findings.

Its rows as records, cells by placeholder, and what is told first.
"""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import TypeVar

import numpy as np
import pandas as pd

from playbook.stages.shared.result import Cell, Finding, Severity
from playbook.stages.shared.schema import ResultTable

MOST_FINDINGS = 8
ORDER: tuple[Severity, ...] = ("act", "watch", "good")

Row = TypeVar("Row")


def records(table: pd.DataFrame, row_type: type[Row]) -> list[Row]:
    """Read the rows of a table as records of a dataclass whose fields are named as the columns.

    Raises:
        KeyError: The table lacks a column of the record.
    """
    names = [field.name for field in fields(row_type)]  # type: ignore[arg-type]
    return [row_type(*values) for values in table[names].itertuples(index=False, name=None)]


def cells(table: ResultTable, row: Mapping[str, str], **columns: str) -> dict[str, Cell]:
    """Return the cells of one row by placeholder: placeholder="column".

    Raises:
        KeyError: The table has no such column.
    """
    return _cells(table, row, columns, signed=False)


def change(table: ResultTable, row: Mapping[str, str], **columns: str) -> dict[str, Cell]:
    """Return cells as `cells` does, printed with a plus before what is positive."""
    return _cells(table, row, columns, signed=True)


def measures(summary: ResultTable, *names: str) -> dict[str, Cell]:
    """Return the cells of a table of measures: each measure's value under its own name."""
    return {name: Cell(table=summary.name, row={"measure": name}, column="value") for name in names}


def summary_frame(summary: ResultTable, values: Mapping[str, float]) -> pd.DataFrame:
    """Return a table of measures: one row per measure whose value is known."""
    known_values = {name: float(value) for name, value in values.items() if not np.isnan(value)}
    return summary.frame(known_values.items()).astype({"value": "float64"})


def absent(parts: Mapping[str, bool]) -> dict[str, Mapping[str, str]]:
    """Return what a stage could not answer: the parts whose condition holds."""
    return {part: {} for part, is_absent in parts.items() if is_absent}


def ranked(findings: Iterable[Finding], most: int = MOST_FINDINGS) -> tuple[Finding, ...]:
    """Put what must be decided first and, within a severity, what weighs most; keep only `most`."""
    in_order = sorted(findings, key=_rank)
    return tuple(in_order[:most])


def _rank(finding: Finding) -> tuple[int, float]:
    return ORDER.index(finding.severity), -finding.weight


def _cells(
    table: ResultTable, row: Mapping[str, str], columns: Mapping[str, str], *, signed: bool
) -> dict[str, Cell]:
    for column in columns.values():
        if column not in table and f"{column}_en" not in table:
            raise KeyError(f"{table.name} has no column {column!r}; its columns are {table.names}")
    return {
        placeholder: Cell(table=table.name, row=row, column=column, signed=signed)
        for placeholder, column in columns.items()
    }
