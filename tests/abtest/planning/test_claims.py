"""What is planned for is what the evaluation will ask, and what published tables say."""

import math
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from playbook.abtest import evaluate
from playbook.abtest.decision.corrections import LookLevel, claim_levels, critical
from playbook.abtest.decision.looks import Moment, look_levels
from playbook.abtest.planning.asked import planned_design, typed_level
from playbook.abtest.planning.claims import bounds
from playbook.abtest.planning.design import Design, Level, equal_looks, equal_shares
from playbook.params.experiment import ExperimentPlan

MEAN = Level(kind="mean", baseline=1.0, variance=1.0)
PLAIN = Design(shares=equal_shares(2), primary=MEAN)
START = date(2026, 3, 1)


def plan(**more: Any) -> ExperimentPlan:
    metrics = [
        {"name": "a", "role": "primary"},
        {"name": "b", "role": "primary"},
        {"name": "c", "role": "guardrail", "margin": 0.1},
        {"name": "d", "role": "guardrail"},
    ]
    content = {"id": "p", "variant": "arm", "arms": {"x": 0.4, "y": 0.4, "z": 0.2}}
    return ExperimentPlan.model_validate(content | {"metrics": metrics} | more)


def effects(of: ExperimentPlan) -> Any:
    """Effects of arms that have the planned sizes and the same spread."""
    rng = np.random.default_rng(1)
    arms = np.repeat(["x", "y", "z"], [4000, 4000, 2000])
    data = pd.DataFrame({name: rng.normal(100, 10, 10_000) for name in "abcd"}).assign(arm=arms)
    return evaluate(data, of.model_copy(update={"looks": (), "start": None, "end": None})).effects


LEVELS = {name: typed_level(100.0, 10.0) for name in "abcd"}


def test_one_look_asks_what_the_evaluation_asks_before_holms_last_step() -> None:
    asked = claim_levels(
        plan(metrics=[each.model_dump() for each in plan().metrics if each.name != "b"]),
        [each for each in effects(plan()) if each.metric != "b"],
        LookLevel(nominal=lambda alpha: alpha, is_sequential=False),
    )
    design = replace(planned_design(plan(), LEVELS), primaries=1)
    found = bounds(design, [0.5, 1 / 3])
    for metric, arm in (("a", "y"), ("c", "z"), ("d", "y")):
        levels = asked[metric, arm]
        assert critical(levels.better) == pytest.approx(found.better[0], abs=5e-3)
        assert critical(levels.harm) == pytest.approx(found.harm[0], abs=5e-3)
        assert critical(levels.held) == pytest.approx(found.held[0], abs=5e-3)


@pytest.mark.parametrize("alternative", ["two-sided", "better"])
@pytest.mark.parametrize("spending", ["none", "obf", "pocock"])
def test_every_look_asks_what_the_evaluation_asks(spending: str, alternative: str) -> None:
    of = plan(
        spending=spending,
        alternative=alternative,
        start=START,
        end=START + timedelta(days=19),
        looks=[START + timedelta(days=day) for day in (4, 14)],
    )
    times = (0.25, 0.75, 1.0)
    moments = [Moment(day=None, time=time, units=10_000 * time) for time in times]
    found = bounds(planned_design(of, LEVELS), [0.5, 1 / 3])
    for place, look in enumerate(look_levels(of, moments, 10_000)):
        levels = claim_levels(of, effects(of), look)["a", "y"]
        assert critical(levels.better) == pytest.approx(found.better[place], rel=1e-6)
        guarded = claim_levels(of, effects(of), look)["d", "y"]
        assert critical(guarded.harm) == pytest.approx(found.harm[place], rel=1e-6)
        assert critical(levels.held) == pytest.approx(found.held[place], rel=1e-6)


@pytest.mark.parametrize(
    ("treatments", "published"), [(1, 1.96), (2, 2.21), (3, 2.35), (4, 2.44), (5, 2.51)]
)
def test_critical_value_of_several_arms_is_dunnetts(treatments: int, published: float) -> None:
    """Dunnett (1964), Biometrics 20, table II: two-sided, 95 %, infinite degrees of freedom."""
    design = replace(PLAIN, shares=equal_shares(treatments + 1))
    found = bounds(design, [0.5] * treatments)
    assert found.better[0] == pytest.approx(published, abs=0.006)


def test_without_spending_only_the_end_can_claim() -> None:
    found = bounds(replace(PLAIN, times=(0.5, 1.0), spending="none"), [0.5])
    assert found.better == (math.inf, pytest.approx(1.959964))


def test_boundaries_of_four_looks_are_those_of_rpact() -> None:
    found = bounds(replace(PLAIN, times=equal_looks(4)), [0.5])
    assert found.better == pytest.approx([4.332634, 2.963132, 2.359044, 2.014090], abs=1e-5)


def test_two_primary_metrics_are_planned_at_half_of_alpha_and_harm_shares_with_guardrails() -> None:
    found = bounds(replace(PLAIN, primaries=2, unsized=1), [0.5])
    assert (found.better[0], found.harm[0], found.held[0]) == (
        pytest.approx(2.241403),
        pytest.approx(2.393980),
        pytest.approx(1.959964),
    )
