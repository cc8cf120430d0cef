"""Which schema a column of a page belongs to: that of its table, or of the table nearest to it."""

from collections.abc import Iterator, Mapping
from functools import cache

from playbook.metrics import CATALOGUE
from playbook.stages.analysis.tables import TABLES as ANALYSIS
from playbook.stages.appraisal.tables import TABLES as APPRAISAL
from playbook.stages.channels.tables import TABLES as CHANNELS
from playbook.stages.content.tables import TABLES as CONTENT
from playbook.stages.experiments.tables import TABLES as EXPERIMENTS
from playbook.stages.goals.tables import TABLES as GOALS
from playbook.stages.market.tables import TABLES as MARKET
from playbook.stages.monitoring.tables import TABLES as MONITORING
from playbook.stages.shared.columns import SHARED
from playbook.stages.shared.schema import ResultColumn, ResultTable, column, kpi_column

DEFINITIONS = ResultTable(
    name="definitions",
    grain="One row per KPI",
    columns=(
        column("kpi", "kpi", "指标", "KPI", "id of the KPI catalogue"),
        column("formula", "text", "公式", "Formula", "how it is computed from sums"),
    ),
)

TABLES: Mapping[str, tuple[ResultTable, ...]] = {
    "goals": GOALS,
    "market": MARKET,
    "content": CONTENT,
    "channels": CHANNELS,
    "monitoring": MONITORING,
    "analysis": ANALYSIS,
    "appraisal": APPRAISAL,
    "experiments": EXPERIMENTS,
    "page": (DEFINITIONS,),
}
"""The result tables by id of their stage."""


@cache
def table_of(stage: str, name: str) -> ResultTable:
    """Return the schema of a table; one without columns where none is known."""
    for table in TABLES.get(stage, ()):
        if table.name == name:
            return table
    return ResultTable(name=name, grain="", columns=())


@cache
def column_of(stage: str, table: str, name: str) -> ResultColumn | None:
    """Return the schema of a column.

    Args:
        stage: Id of the stage.
        table: The result table that it stands in; empty where it stands in none.
        name: The column.

    Returns:
        As the table says; where it has no such column, the stage's other tables, the columns that
        stages share, and the KPI catalogue, in this order; None where nothing knows it.
    """
    for candidate in (table_of(stage, table), *TABLES.get(stage, ()), SHARED):
        if name in candidate:
            return candidate[name]
    return kpi_column(name) if name in CATALOGUE else None  # type: ignore[arg-type]


def all_columns() -> Iterator[tuple[str, ResultTable, ResultColumn]]:
    """Yield every column with its stage and table."""
    for stage, tables in TABLES.items():
        for table in tables:
            for each in table.columns:
                yield stage, table, each
