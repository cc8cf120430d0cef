"""A stage that reads what it does not declare is stopped."""

from collections.abc import Callable
from operator import contains, getitem

import pandas as pd
import pytest

from playbook.sources.contracts import CONTRACTS
from playbook.sources.tables import ASIDE
from playbook.stages import CONTENT, EVERY_TABLE, MONITORING, STAGES
from playbook.stages.shared.declared import declared
from tests.stages.shop import campaign

TABLES = {"content_plan": pd.DataFrame({"a": [1]}), "orders": pd.DataFrame()}


def test_declared_tables_are_given_and_absent_ones_are_absent() -> None:
    _, tables = declared(CONTENT, campaign(), TABLES)
    assert list(tables) == ["content_plan"]
    assert len(tables) == 1
    assert tables["content_plan"] is TABLES["content_plan"]
    assert "content_log" not in tables
    assert tables.get("content_log", "none") == "none"


@pytest.mark.parametrize("look", [getitem, contains, lambda tables, name: tables.get(name)])
def test_to_look_for_another_table_is_an_error_and_no_absence(
    look: Callable[[object, str], object],
) -> None:
    _, tables = declared(CONTENT, campaign(), TABLES)
    with pytest.raises(LookupError, match="stage content reads table orders without saying so"):
        look(tables, "orders")


def test_other_parameters_cannot_be_read_and_the_month_always() -> None:
    narrowed, _ = declared(CONTENT, campaign(), TABLES)
    assert narrowed.content == campaign().content
    assert narrowed.start == campaign().start
    with pytest.raises(AttributeError, match="budget"):
        _ = narrowed.budget
    with pytest.raises(AttributeError, match="goals"):
        _ = narrowed.in_month(narrowed.month.previous).decider


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.id)
def test_stages_declare_what_there_is(stage: object) -> None:
    assert set(stage.tables) <= {*CONTRACTS, *ASIDE}  # type: ignore[attr-defined]
    assert set(stage.parameters) <= set(type(campaign()).model_fields)  # type: ignore[attr-defined]


def test_monitoring_looks_at_every_table() -> None:
    assert set(MONITORING.tables) == set(EVERY_TABLE) == {*CONTRACTS, *ASIDE}
