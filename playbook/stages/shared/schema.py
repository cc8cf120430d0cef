"""The schema of a result table.

Its columns with unit, names, meaning, and whether a page shows them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd

from playbook.metrics import CATALOGUE
from playbook.params.model import KpiId

Unit = Literal[
    "count",
    "money",
    "fraction",
    "points",
    "multiple",
    "number",
    "difference",
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
    "id",
]
"""How a value is printed.

`fraction` prints as per cent, `points` (a difference of fractions) as percentage points, `multiple`
as 3.42, `number` in the unit of what its row measures, `difference` as a difference of such, `kpi`
and `name` are ids and codes that print as the words of the KPI catalogue, of the parameters or of
the messages, a `text` prints as somebody wrote it, an `id` is not printed.
"""

NUMERIC: frozenset[Unit] = frozenset(
    (
        "count",
        "money",
        "fraction",
        "points",
        "multiple",
        "number",
        "difference",
        "score",
        "pvalue",
        "days",
        "minutes",
    )
)
"""Units whose values are numbers, NaN where they are not known."""

RATE = "rate"
"""Kind of an A/B test's metric whose levels are fractions."""

MEASURED = ("kpi", "step", "measure")
"""Columns that say what the `number`s of a row are, and so in which unit they are printed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ResultColumn:
    """One column of a result table.

    Attributes:
        name: As the frame has it.
        unit: How its values are printed.
        zh: Its name in Chinese.
        en: Its name in English.
        meaning: What a value says, and what a missing one means, where that is not plain.
        signed: It holds changes or differences, which print with their sign.
    """

    name: str
    unit: Unit
    zh: str
    en: str
    meaning: str
    signed: bool = False

    @property
    def shown(self) -> bool:
        """Whether a page shows it: an id is a key that only findings and figures need."""
        return self.unit != "id"


@dataclass(frozen=True, kw_only=True, slots=True)
class ResultTable:
    """One result table of a stage.

    Attributes:
        name: As the stage's result names it.
        grain: What one row is: "One row per goal".
        columns: In the order of the frame.
        row_units: Units of what the rows measure, by code, where a column `measure` names it.
        open_columns: More columns may follow, named by the campaign's own data.
    """

    name: str
    grain: str
    columns: tuple[ResultColumn, ...]
    row_units: Mapping[str, Unit] = field(default_factory=dict)
    open_columns: bool = False

    @property
    def names(self) -> list[str]:
        """The columns' names, in order."""
        return [each.name for each in self.columns]

    def __contains__(self, name: str) -> bool:
        """Tell whether the table has a column."""
        return any(each.name == name for each in self.columns)

    def __getitem__(self, name: str) -> ResultColumn:
        """Return a column by its name.

        Raises:
            KeyError: The table has no such column.
        """
        for each in self.columns:
            if each.name == name:
                return each
        raise KeyError(f"{self.name} has no column {name!r}; its columns are {self.names}")

    def frame(self, rows: Iterable[Any]) -> pd.DataFrame:
        """Make the table of rows.

        Tuples in the order of the columns, or mappings by their names.
        """
        return pd.DataFrame(list(rows), columns=self.names)

    def unit_of(self, name: str, row: Mapping[Any, Any]) -> Unit:
        """Return the unit of one value.

        That of its column or, for a `number`, of what its row measures.

        Args:
            name: The column.
            row: The values of the row by column; a KPI's code or a measure tells the unit.

        Returns:
            The unit; a difference of fractions is in percentage points.
        """
        return unit_in_row(self[name], row, self.row_units)


def unit_in_row(
    column: ResultColumn, row: Mapping[Any, Any], row_units: Mapping[str, Unit]
) -> Unit:
    """Return the unit of a column's value in one row, as `ResultTable.unit_of` says."""
    if column.unit not in ("number", "difference"):
        return column.unit
    unit = _row_unit(row, row_units)
    is_difference = column.signed or column.unit == "difference"
    return "points" if unit == "fraction" and is_difference else unit


def _row_unit(row: Mapping[Any, Any], row_units: Mapping[str, Unit]) -> Unit:
    """Return what a row measures.

    A KPI, a level of an A/B test's rate, or a count of the table's own.
    """
    codes = [str(row[key]) for key in MEASURED if row.get(key)]
    if codes and codes[0] in CATALOGUE:
        return CATALOGUE[codes[0]].unit  # type: ignore[index]
    if row.get("kind") == RATE:
        return "fraction"
    return row_units.get(codes[0], "number") if codes else "number"


def column(
    name: str,
    unit: Unit,
    zh: str,
    en: str,
    meaning: str,
    *,
    signed: bool = False,
) -> ResultColumn:
    """Write a column as one line of a schema."""
    return ResultColumn(name=name, unit=unit, zh=zh, en=en, meaning=meaning, signed=signed)


def kpi_column(kpi: KpiId) -> ResultColumn:
    """Return the column of a KPI, named and explained by the catalogue.

    NaN where it is not known.
    """
    definition = CATALOGUE[kpi]
    return column(kpi, definition.unit, definition.zh, definition.en, definition.formula)


def problems(frame: pd.DataFrame, table: ResultTable) -> list[str]:
    """Compare a result with its schema.

    Returns:
        What differs, a sentence each: columns that are missing, unknown or out of order, and
        numbers that are held as text. Empty where the result is as its schema says.
    """
    columns = [str(name) for name in frame.columns]
    own = columns[: len(table.columns)]
    if own != table.names or (len(columns) > len(own) and not table.open_columns):
        return [f"{table.name}: its columns are {columns}, the schema says {table.names}"]
    return [
        f"{table.name}.{each.name}: holds {frame[each.name].dtype}, the schema says {each.unit}"
        for each in table.columns
        if each.unit in NUMERIC
        and len(frame)
        and not pd.api.types.is_numeric_dtype(frame[each.name])
    ]
