"""Small pieces of findings: rows and cells by name, and the order in which findings are told."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pandas as pd

from playbook.stages.shared.result import Cell, Finding, Severity

MOST_FINDINGS = 8
ORDER: tuple[Severity, ...] = ("act", "watch", "good")


def each(table: pd.DataFrame) -> Iterator[Any]:
    """Yield each row as a named tuple of its columns."""
    yield from table.itertuples(index=False)


def cells(table: Any, row: Mapping[str, str], **columns: Any) -> dict[str, Cell]:
    """Return the cells of one row by placeholder: placeholder="column"."""
    return _cells(table, row, columns, signed=False)


def change(table: Any, row: Mapping[str, str], **columns: Any) -> dict[str, Cell]:
    """Return cells as `cells` does, printed with a plus before what is positive."""
    return _cells(table, row, columns, signed=True)


def _cells(
    table: Any, row: Mapping[str, str], columns: Mapping[str, Any], *, signed: bool
) -> dict[str, Cell]:
    if isinstance(table, str):
        return {
            name: Cell(table=table, row=row, column=column, unit=unit, signed=signed)
            for name, (column, unit) in columns.items()
        }
    unknown = [column for column in columns.values() if column not in table]
    if unknown:
        raise KeyError(f"{table.name} has no column {unknown}")
    return {
        placeholder: Cell(table=table.name, row=row, column=column, signed=signed)
        for placeholder, column in columns.items()
    }


def ranked(findings: Iterable[Finding], most: int = MOST_FINDINGS) -> tuple[Finding, ...]:
    """Put what must be decided first and, within a severity, what weighs most; keep only `most`."""
    in_order = sorted(findings, key=lambda one: (ORDER.index(one.severity), -one.weight))
    return tuple(in_order[:most])
