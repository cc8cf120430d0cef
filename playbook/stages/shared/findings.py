"""Small pieces of findings: rows and cells by name, and the order in which findings are told."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pandas as pd

from playbook.stages.shared.result import Cell, Finding, Severity, Unit

MOST_FINDINGS = 8
ORDER: tuple[Severity, ...] = ("act", "watch", "good")


def each(table: pd.DataFrame) -> Iterator[Any]:
    """Yield each row as a named tuple of its columns."""
    yield from table.itertuples(index=False)


def cells(table: str, row: Mapping[str, str], **wanted: tuple[str, Unit]) -> dict[str, Cell]:
    """Return the cells of one row by placeholder: name=("column", "unit")."""
    return {
        name: Cell(table=table, row=row, column=column, unit=unit)
        for name, (column, unit) in wanted.items()
    }


def change(table: str, row: Mapping[str, str], **wanted: tuple[str, Unit]) -> dict[str, Cell]:
    """Return cells as `cells` does, printed with a plus before what is positive."""
    return {
        name: Cell(table=table, row=row, column=column, unit=unit, signed=True)
        for name, (column, unit) in wanted.items()
    }


def told(findings: Iterable[Finding], most: int = MOST_FINDINGS) -> tuple[Finding, ...]:
    """Put what must be decided first and, within a severity, what weighs most; keep only `most`."""
    ranked = sorted(findings, key=lambda one: (ORDER.index(one.severity), -one.weight))
    return tuple(ranked[:most])
