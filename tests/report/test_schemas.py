"""To which schema a column belongs."""

from playbook.report.schemas import TABLES, all_columns, column_of, table_of
from playbook.stages.analysis.tables import PLAN
from playbook.stages.shared.columns import SHARED


def test_a_table_is_that_of_its_stage_and_an_unknown_one_has_no_columns() -> None:
    assert table_of("analysis", "plan") is PLAN
    assert table_of("market", "plan").columns == ()
    assert table_of("nowhere", "plan").name == "plan"


def test_a_column_is_its_tables_own_before_that_of_another() -> None:
    own = column_of("analysis", "plan", "budget")
    assert own is PLAN["budget"]
    assert own is not column_of("analysis", "budget_next", "budget")


def test_a_column_that_its_table_lacks_is_the_stages_then_shared_then_the_catalogues() -> None:
    beside = column_of("analysis", "plan", "proposals")
    assert beside is not None
    assert beside is table_of("analysis", "agenda")["proposals"]
    assert column_of("page", "definitions", "weight") is SHARED["weight"]
    kpi = column_of("page", "definitions", "roas")
    assert kpi is not None
    assert kpi.name == "roas"
    assert column_of("page", "definitions", "no_such_column") is None


def test_every_column_is_listed_with_its_stage_and_table() -> None:
    listed = list(all_columns())
    assert len(listed) == sum(len(table.columns) for tables in TABLES.values() for table in tables)
    assert {stage for stage, _, _ in listed} == set(TABLES)
    assert all(each.name in table for _, table, each in listed)
