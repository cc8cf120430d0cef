"""Write docs/tables.md from the schemas of the result tables: `python scripts/tables_page.py`."""

from collections.abc import Iterator
from pathlib import Path

from playbook.report.schemas import TABLES
from playbook.stages import EXPERIMENTS, STAGES
from playbook.stages.experiments.tables import EVALUATED
from playbook.stages.shared.schema import ResultColumn, ResultTable

TARGET = Path(__file__).parents[1] / "docs" / "tables.md"
HEAD = """# The tables that a run leaves

Written by `python scripts/tables_page.py` from the schemas in `playbook/stages/<stage>/tables.py`; a test compares. Each
table lies in `outputs/<campaign>/<YYYY-MM>/tables/<stage>/` as Parquet and CSV, and as a sheet of `report.xlsx`. Numbers
that are not known are missing, never zero. Units: a fraction is 0-1 and prints as per cent, points are differences of
fractions, money is in the campaign's currency, a `number` is in the unit of what its row measures.
"""


def text() -> str:
    """Return the page."""
    parts = [HEAD]
    for stage in STAGES:
        parts.append(f"\n## {stage.notebook}\n")
        own = [
            table for table in TABLES[stage.id] if stage is EXPERIMENTS or table not in EVALUATED
        ]
        parts += [_table(table) for table in own]
        if len(own) < len(TABLES[stage.id]):
            parts.append("\nAlso the tables of evaluated tests, as under `ab_test`.\n")
    return "".join(parts)


def _table(table: ResultTable) -> str:
    lines = [
        f"\n### {table.name}\n\n{table.grain}.\n\n",
        "| column | 中文 | unit | meaning |\n|---|---|---|---|\n",
    ]
    lines += _rows(table.columns)
    return "".join(lines)


def _rows(columns: tuple[ResultColumn, ...]) -> Iterator[str]:
    for column in columns:
        signed = ", with its sign" if column.signed else ""
        hidden = " (not shown on pages)" if not column.shown else ""
        meaning = column.meaning.replace("|", "\\|")
        yield f"| {column.name}{hidden} | {column.zh} | {column.unit}{signed} | {meaning} |\n"


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
