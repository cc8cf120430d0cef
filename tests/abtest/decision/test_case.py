"""What is better, harmed, held or open, by the levels of a look."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from playbook.abtest.decision.case import (
    case_of,
    guard,
    guardrails,
    harmed,
    is_better,
    is_running,
    is_spent,
    primary_gain,
    unproven,
)
from playbook.abtest.decision.corrections import Levels
from playbook.params.experiment import ExperimentPlan, MetricPlan
from tests.abtest.decision.counts import effect, standing

Plan = Callable[..., ExperimentPlan]


def guarded(**changes: Any) -> MetricPlan:
    return MetricPlan.model_validate({"name": "y", "role": "guardrail", "margin": 0.1} | changes)


LEVELS = Levels(better=0.05, harm=0.05, held=0.05)


@pytest.mark.parametrize(
    ("metric", "change", "verdict"),
    [
        # 10 against 10 + change; the margin is 1; 1.96 standard errors are 0.946 and 1.016
        ({}, -0.05, "holds"),
        ({}, -0.06, "unproven"),
        ({}, -1.94, "unproven"),
        ({}, -1.95, "harmed"),
        ({"better": "lower"}, -0.02, "holds"),
        ({"better": "lower"}, -0.01, "unproven"),
        ({"better": "lower"}, 2.01, "unproven"),
        ({"better": "lower"}, 2.02, "harmed"),
        ({"margin": None, "margin_abs": 1.0}, 0.0, "holds"),
        ({"margin": None, "margin_abs": 0.95}, 0.0, "unproven"),
        ({}, math.nan, "unproven"),
    ],
)
def test_a_guardrail_is_judged_by_a_one_sided_test_of_its_margin(
    metric: dict[str, Any], change: float, verdict: str
) -> None:
    one = effect(difference=change, treatment=10 + change)
    assert guard(guarded(**metric), one, LEVELS) == verdict


def test_the_margin_of_a_negative_control_is_of_its_size(plan: Plan) -> None:
    """A profit of −10 that falls to −13 is worse by 30 %, and one of −9 is better."""
    for treatment, verdict in ((-9.9, "holds"), (-9.0, "holds"), (-13.0, "harmed")):
        one = effect(control=-10.0, treatment=treatment, difference=treatment + 10)
        assert guard(guarded(), one, LEVELS) == verdict


def test_a_guardrail_without_spread_is_judged_by_what_it_shows() -> None:
    flat = {"se": 0.0, "se_control": 0.0}
    for treatment, verdict in ((10.0, "holds"), (9.5, "holds"), (8.0, "harmed")):
        one = effect(treatment=treatment, difference=treatment - 10, **flat)
        assert guard(guarded(), one, LEVELS) == verdict


def test_a_relative_margin_of_nothing_is_no_margin() -> None:
    nothing = {"control": 0.0, "se_control": 0.0}
    worse = effect(treatment=-1.0, difference=-1.0, pvalue=0.04, **nothing)
    assert guard(guarded(), worse, LEVELS) == "harmed"
    alike = effect(treatment=0.0, difference=0.0, pvalue=1.0, **nothing)
    assert guard(guarded(), alike, LEVELS) == "holds"


@pytest.mark.parametrize(
    ("better", "difference", "pvalue", "verdict"),
    [
        ("higher", -1.0, 0.049, "harmed"),
        ("higher", -1.0, 0.051, "holds"),
        ("lower", 1.0, 0.049, "harmed"),
        ("lower", -1.0, 0.049, "holds"),
    ],
)
def test_a_guardrail_without_a_margin_is_harmed_where_it_is_surely_worse(
    better: str, difference: float, pvalue: float, verdict: str
) -> None:
    metric = guarded(margin=None, better=better)
    assert guard(metric, effect(difference=difference, pvalue=pvalue), LEVELS) == verdict


GUARDED = [
    {"name": "y", "role": "primary"},
    {"name": "g", "role": "guardrail", "margin": 0.1},
    {"name": "h", "role": "guardrail"},
    {"name": "s"},
]


def test_a_case_lists_what_is_harmed_and_what_is_open(plan: Plan) -> None:
    here = plan(metrics=GUARDED)
    effects = [
        effect(difference=-1.0, pvalue=0.001),
        effect(metric="g", treatment=10.0, difference=0.0, se=2.0, pvalue=1.0),
        effect(metric="h", difference=-1.0, pvalue=0.001),
        effect(metric="s", difference=-1.0, pvalue=1e-9),
    ]
    there = standing(here, effects)
    case = case_of(here, "b", there, there.strengths[0])
    assert [metric.name for metric, _ in harmed(case)] == ["h", "y"]
    assert [metric.name for metric, _ in unproven(case)] == ["g"]
    assert [metric.name for metric in guardrails(case)] == ["g", "h"]
    assert (is_better(case), is_running(case), is_spent(case)) == (False, False, False)
    assert primary_gain(case) == -1.0


def test_a_case_without_an_estimate_gains_least(plan: Plan) -> None:
    there = standing(plan(), [effect(difference=math.nan, pvalue=math.nan)])
    case = case_of(plan(), "b", there, there.strengths[0])
    assert primary_gain(case) == -math.inf
    assert not is_better(case)
