from collections.abc import Callable

import pytest
from pydantic import ValidationError

from playbook.params.experiment import ExperimentPlan, plan_hash

Plan = Callable[..., ExperimentPlan]


def test_first_arm_is_control(plan: Plan) -> None:
    found = plan(arms={"old": 0.4, "new": 0.4, "off": 0.0, "bold": 0.2})
    assert (found.control, found.treatments) == ("old", ("new", "bold"))


def test_numerator_is_the_name_unless_given(plan: Plan) -> None:
    assert plan().metrics[0].numerator == "y"


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"arms": {"a": 0.5, "b": 0.4}}, "add up to 0.9, must be 1"),
        ({"arms": {"a": 0.0, "b": 1.0}}, "need a share above 0"),
        ({"arms": {"a": 1.0}}, "at least 2 items"),
        ({"metrics": [{"name": "y"}]}, "must have the role primary"),
        ({"metrics": [{"name": "y", "role": "primary"}, {"name": "y"}]}, "metrics stand twice: y"),
        (
            {"metrics": [{"name": "y", "role": "primary", "kind": "ratio"}]},
            "a ratio has a denominator",
        ),
        (
            {"metrics": [{"name": "y", "role": "primary", "denominator": "x"}]},
            "nothing else has one",
        ),
        (
            {"metrics": [{"name": "y", "role": "primary", "margin": 0.02}]},
            "only a guardrail has a margin",
        ),
        (
            {"metrics": [{"name": "y", "role": "primary", "kind": "rate", "cap": 0.9}]},
            "a rate cannot be capped",
        ),
        (
            {"metrics": [{"name": "y", "role": "primary", "covariates": ["y"]}]},
            "measured in the test itself: y",
        ),
        ({"start": "2026-09-01"}, "start and end belong together"),
        ({"start": "2026-09-10", "end": "2026-09-01"}, "must follow each other in time"),
        ({"start": "2026-9-1", "end": "2026-09-10"}, "must be a day written YYYY-MM-DD"),
        (
            {"start": "2026-09-01", "end": "2026-09-10", "pre_period_end": "2026-09-01"},
            "must lie before the start",
        ),
        ({"looks": ["2026-09-05"]}, "planned looks need a start and an end"),
        ({"money_metric": "z"}, "money_metric 'z' is not among the metrics"),
        ({"colour": "red"}, "Extra inputs are not permitted"),
    ],
)
def test_a_plan_that_contradicts_itself_is_refused(
    plan: Plan, changes: dict[str, object], rule: str
) -> None:
    with pytest.raises(ValidationError, match=rule):
        plan(**changes)


def test_hash_changes_with_any_part_but_not_with_registration(plan: Plan) -> None:
    registered = plan(registered_hash=plan_hash(plan()))
    assert plan_hash(registered) == plan_hash(plan())
    assert plan_hash(plan(alpha=0.01)) != plan_hash(plan())
    assert plan_hash(plan(arms={"b": 0.5, "a": 0.5})) != plan_hash(plan())


def test_hash_survives_a_round_trip_through_a_file(plan: Plan) -> None:
    found = plan(start="2026-09-01", end="2026-09-14", looks=["2026-09-07"])
    again = ExperimentPlan.model_validate_json(found.model_dump_json())
    assert plan_hash(again) == plan_hash(found)
