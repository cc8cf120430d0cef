"""What became of each proposal."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from playbook.stages.goals.follow_up import follow_up
from tests.stages.goals.made import goal
from tests.stages.shop import campaign

AIMED = pd.DataFrame({"goal": ["g"], "kpi": ["revenue"], "actual": [90.0]})
SPENT = pd.Series({"search": 95.0})
ACTIONS = pd.DataFrame(
    {
        "action": ["raise_budget", "raise_target"],
        "object": ["search", "g"],
        "from_value": [80.0, 70.0],
        "reason": ["higher_return", "reached"],
        "owner": ["s01", "s02"],
    }
)


def followed(proposal: dict[str, Any] | None, **changes: Any) -> pd.DataFrame:
    where = campaign(
        **({"goals": {"g": goal(target=100.0)}, "budget": {"search": 100.0}} | changes)
    )
    return follow_up(where, proposal, ACTIONS, AIMED, SPENT).set_index("object")


@pytest.mark.parametrize(
    ("decided", "outcome"),
    [(100.0, "as_proposed"), (100.00005, "as_proposed"), (80.0, "kept"), (90.0, "otherwise")],
)
def test_a_budget_is_as_proposed_kept_or_decided_otherwise(decided: float, outcome: str) -> None:
    row = followed({"budget": {"search": 100.0}}, budget={"search": decided}).loc["search"]
    assert row["followed"] == outcome
    assert (row["proposed"], row["from_value"], row["actual"]) == (100.0, 80.0, 95.0)
    assert (row["reason"], row["owner"]) == ("higher_return", "s01")


def test_what_the_parameters_no_longer_name_was_dropped() -> None:
    found = followed({"budget": {"social": 5.0}, "goals": {"old": {"target": 5.0}}})
    assert found["followed"].to_dict() == {"old": "dropped", "social": "dropped"}
    assert np.isnan(found.loc["old", "actual"])
    assert (found.loc["social", "reason"], found.loc["old", "kpi"]) == ("", "")


def test_a_target_is_followed_with_its_kpi_and_what_it_came_to() -> None:
    row = followed({"goals": {"g": {"target": 100.0}, "h": {"start": "2026-10-01"}}}).loc["g"]
    assert (row["matter"], row["kpi"], row["actual"]) == ("target", "revenue", 90.0)
    assert (row["followed"], row["from_value"]) == ("as_proposed", 70.0)


def test_without_proposal_or_actions_nothing_is_invented() -> None:
    assert followed(None).empty
    where = campaign(budget={"search": 100.0})
    bare = follow_up(where, {"budget": {"search": 100.0}}, None, AIMED, SPENT).iloc[0]
    assert np.isnan(bare["from_value"])
    assert (bare["followed"], bare["owner"]) == ("as_proposed", "")
