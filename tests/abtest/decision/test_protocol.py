"""Was the plan kept."""

import math
from collections.abc import Callable

import pytest

from playbook.abtest import confidence_sequence
from playbook.abtest.decision.protocol import (
    always_valid,
    better_sign,
    changed,
    plan_check,
    units_of,
)
from playbook.params.experiment import ExperimentPlan, plan_hash
from tests.abtest.decision.counts import effect

Plan = Callable[..., ExperimentPlan]

TEN_DAYS = {"start": "2026-09-01", "end": "2026-09-10"}


def test_always_valid_intervals_are_those_of_the_units_of_both_arms(plan: Plan) -> None:
    here = plan(**TEN_DAYS, spending="always", tune_units=300)
    known, unknown = effect(), effect(arm="c", se=math.nan)
    (found,) = always_valid(here, [known, unknown, effect(arm="d", se=0.0)])
    interval, p = confidence_sequence(1.0, 0.5, 220, tune_units=300)
    assert ((found.ci_lower, found.ci_upper), found.pvalue) == (interval, p)
    assert always_valid(plan(), [known]) == ()


def test_changes_since_registration_are_listed_field_by_field(plan: Plan) -> None:
    before = plan(hypothesis="more")
    after = plan(hypothesis="less", alpha=0.1)
    found = {each.field: (each.registered, each.now) for each in changed(before, after)}
    assert found == {"hypothesis": ("more", "less"), "alpha": ("0.05", "0.1")}
    assert changed(before, before) == ()
    assert changed(None, after) == ()


def test_arms_in_another_order_are_a_change_for_the_first_is_the_control(plan: Plan) -> None:
    (found,) = changed(plan(arms={"a": 0.5, "b": 0.5}), plan(arms={"b": 0.5, "a": 0.5}))
    assert found.field == "arms"


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [({"alpha": 0.1}, "stop"), ({"hypothesis": "less"}, "watch"), ({}, "ok")],
)
def test_a_decisive_change_stops_and_another_is_watched(
    plan: Plan, changes: dict[str, object], verdict: str
) -> None:
    before = plan(hypothesis="more")
    here = plan(**({"hypothesis": "more"} | changes))
    registered = here.model_copy(update={"registered_hash": plan_hash(before)})
    found = plan_check(registered, changed(before, here))
    assert (found.verdict, found.value) == (verdict, len(changes))


def test_a_plan_that_was_never_registered_is_open_and_another_hash_is_watched(plan: Plan) -> None:
    here = plan()
    assert plan_check(here, ()).verdict == "watch"
    assert math.isnan(plan_check(here, ()).value)
    kept = here.model_copy(update={"registered_hash": plan_hash(here)})
    told = plan_check(kept, ()).text["en"]
    assert plan_hash(here)[:12] in told
    assert plan_hash(here)[:13] not in told
    other = here.model_copy(update={"registered_hash": "0" * 64})
    assert (plan_check(other, ()).verdict, plan_check(other, ()).value) == ("watch", 1)


def test_better_is_up_or_down_and_units_are_of_both_arms(plan: Plan) -> None:
    lower = plan(metrics=[{"name": "y", "role": "primary", "better": "lower"}])
    assert [better_sign(each.primary) for each in (plan(), lower)] == [1, -1]
    assert units_of(effect()) == 220
