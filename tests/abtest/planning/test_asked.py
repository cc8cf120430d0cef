"""What a person types of a test becomes the design that is meant, or is refused in a sentence."""

from datetime import date
from typing import Any

import pytest

from playbook.abtest.planning.asked import (
    Typed,
    parsed_guardrail,
    planned_design,
    sized,
    typed_guardrail,
    typed_level,
    typed_plan,
)
from playbook.abtest.planning.design import Design
from playbook.errors import PlaybookError
from playbook.params.experiment import ExperimentPlan

SHARES = {"old": 0.5, "new": 0.5}


def plan(**more: Any) -> ExperimentPlan:
    content = {
        "id": "form",
        "variant": "arm",
        "arms": SHARES,
        "metrics": [
            {"name": "bought", "kind": "rate", "role": "primary"},
            {"name": "visits"},
            {
                "name": "refunds",
                "kind": "rate",
                "role": "guardrail",
                "better": "lower",
                "margin_abs": 0.01,
            },
            {"name": "wait", "kind": "quantile", "quantile": 0.9, "role": "guardrail"},
        ],
    }
    return ExperimentPlan.model_validate(content | more)


LEVELS = {"bought": typed_level(0.1, None), "refunds": typed_level(0.03, None)}


def test_a_plan_is_sized_by_its_first_primary_metric_and_its_guardrails_but_quantiles() -> None:
    assert [metric.name for metric in sized(plan()).metrics] == ["bought", "refunds"]
    design = planned_design(plan(), LEVELS)
    assert design.primary == LEVELS["bought"]
    assert [(each.name, each.better, each.margin_abs) for each in design.guardrails] == [
        ("refunds", "lower", 0.01)
    ]
    assert design.unsized == 1
    assert (design.times, design.primaries, design.alpha, design.power) == ((1.0,), 1, 0.05, 0.8)


def test_an_arm_without_a_share_is_not_planned_for_and_the_others_share_the_whole() -> None:
    found = planned_design(plan(arms={"old": 0.25, "gone": 0.0, "new": 0.7495}), LEVELS)
    assert found.shares == {
        "old": pytest.approx(0.25 / 0.9995),
        "new": pytest.approx(0.7495 / 0.9995),
    }


def test_looks_of_a_plan_stand_at_the_share_of_its_days() -> None:
    looks = {"start": "2026-03-01", "end": "2026-03-20", "looks": ["2026-03-05", "2026-03-15"]}
    days = {
        key: date.fromisoformat(value)
        if isinstance(value, str)
        else list(map(date.fromisoformat, value))
        for key, value in looks.items()
    }
    assert planned_design(plan(**days), LEVELS).times == (0.25, 0.75, 1.0)


def test_two_primary_metrics_are_counted() -> None:
    two = [{"name": "bought", "kind": "rate", "role": "primary"}, {"name": "b", "role": "primary"}]
    assert planned_design(plan(metrics=two), LEVELS).primaries == 2


def test_a_test_that_may_be_looked_at_always_has_no_size() -> None:
    with pytest.raises(PlaybookError, match="has no fixed size"):
        planned_design(plan(spending="always"), LEVELS)


def test_a_guardrail_without_a_level_is_named() -> None:
    with pytest.raises(PlaybookError, match=r"'refunds'.*whose level is not told"):
        planned_design(plan(), {"bought": LEVELS["bought"]})


def test_typed_metrics_become_a_plan() -> None:
    found = typed_plan(
        Typed(
            shares=SHARES,
            metrics=["revenue/orders:ratio", "refunds:rate", "visits:mean"],
            guardrails=["refunds=0.1,better=lower"],
            covariates={"visits": ["visits_before"]},
            better="lower",
        )
    )
    assert [metric.role for metric in found.metrics] == ["primary", "guardrail", "secondary"]
    assert (found.primary.numerator, found.primary.denominator) == ("revenue", "orders")
    assert found.primary.better == "lower"
    assert (found.metrics[1].margin, found.metrics[1].better) == (0.1, "lower")
    assert found.metrics[2].covariates == ("visits_before",)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"metrics": ["revenue"]}, "must end in :rate"),
        ({"metrics": ["a:ratio"]}, "must end in :rate"),
        ({"metrics": [":rate"]}, "must end in :rate"),
        ({"guardrails": ["refunds=0.1"]}, "'refunds': is of no metric that --metric names"),
        ({"guardrails": ["bought=0.1"]}, "'bought': is of no metric"),
        ({"covariates": {"visits": ["x"]}}, "'visits': is of no metric"),
        ({"metrics": ["bought:rate", "bought:rate"]}, "metrics stand twice"),
        ({"covariates": {"bought": ["bought"]}}, "measured in the test itself"),
    ],
)
def test_what_cannot_be_a_plan_is_refused(change: dict[str, Any], rule: str) -> None:
    typed = {"shares": SHARES, "metrics": ["bought:rate"]} | change
    with pytest.raises(PlaybookError, match=rule):
        typed_plan(Typed(**typed))


def test_a_typed_guardrail_bears_its_level() -> None:
    found = typed_guardrail("wait=0.05,baseline=300,sd=120,better=lower")
    assert (found.level.kind, found.level.variance, found.margin) == ("mean", 14400, 0.05)
    assert found.better == "lower"
    assert typed_guardrail("refunds,baseline=0.03").margin is None


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("=0.1", "must be METRIC=MARGIN"),
        ("a=1.5", "the margin below 1"),
        ("a=0.1,better=more", "'better=more' cannot be read"),
        ("a=0.1,level=2", "'level=2' cannot be read"),
        ("a=0.1,baseline=x", "'x' is no number"),
    ],
)
def test_a_guardrail_that_cannot_be_read_is_refused(text: str, rule: str) -> None:
    with pytest.raises(PlaybookError, match=rule):
        parsed_guardrail(text)


def test_a_typed_guardrail_without_a_level_is_refused() -> None:
    with pytest.raises(PlaybookError, match="lacks its baseline"):
        typed_guardrail("refunds=0.1")


@pytest.mark.parametrize(
    ("words", "rule"), [((50.0, -1.0), "sd == -1.0"), ((0.1, None, 1.0), "correlation == 1.0")]
)
def test_a_level_that_is_none_is_refused(words: Any, rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        typed_level(*words)


def test_a_spread_beyond_all_numbers_is_refused_by_the_design() -> None:
    with pytest.raises(ValueError, match="sd == inf"):
        Design(shares=SHARES, primary=typed_level(1e300, 1e300))
