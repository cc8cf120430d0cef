"""How small a p-value must be, over arms, metrics, guardrails and looks."""

import math
from collections.abc import Callable
from typing import Any

import pytest
from scipy import stats

from playbook.abtest.decision.corrections import (
    Budget,
    Levels,
    LookLevel,
    adjusted,
    budget,
    claim_levels,
    corrected,
    critical,
    interval_level,
)
from playbook.abtest.stats.effects import Step
from playbook.abtest.stats.multiplicity import adjust, dunnett, dunnett_level
from playbook.params.experiment import ExperimentPlan
from tests.abtest.decision.counts import ONE_LOOK, effect

Plan = Callable[..., ExperimentPlan]


def by_key(found: tuple[Any, ...]) -> dict[tuple[str, str], float]:
    return {(each.metric, each.arm): each.pvalue_adjusted for each in found}


def test_several_primaries_are_corrected_by_holm_and_secondaries_by_bh(plan: Plan) -> None:
    metrics = [
        {"name": "p1", "role": "primary"},
        {"name": "p2", "role": "primary"},
        {"name": "s1"},
        {"name": "s2"},
        {"name": "g", "role": "guardrail"},
    ]
    pvalues = {"p1": 0.02, "p2": 0.03, "s1": 0.01, "s2": 0.04, "g": 0.05}
    raw = [effect(metric=name, pvalue=p, pvalue_adjusted=p) for name, p in pvalues.items()]
    found = by_key(adjusted(raw, plan(metrics=metrics)))
    assert [found[name, "b"] for name in ("p1", "p2")] == pytest.approx(
        adjust([0.02, 0.03], "holm")
    )
    assert [found[name, "b"] for name in ("s1", "s2")] == pytest.approx(adjust([0.01, 0.04], "bh"))
    assert found["g", "b"] == 0.05


def test_several_arms_are_corrected_by_dunnett_with_the_share_of_the_control(plan: Plan) -> None:
    here = plan(arms={"a": 0.4, "b": 0.3, "c": 0.3})
    raw = [
        effect(pvalue=0.02),
        effect(arm="c", pvalue=0.04, se=0.6),
    ]
    found = adjusted(raw, here)
    z = [stats.norm.isf(0.01), stats.norm.isf(0.02)]
    wanted = dunnett(z, [0.3**2 / 0.5**2, 0.3**2 / 0.6**2])
    assert [each.pvalue_adjusted for each in found] == pytest.approx(wanted)
    assert all(each.method == (Step("welch_t"), Step("dunnett")) for each in found)


def test_an_arm_that_cannot_be_tested_leaves_the_others_corrected(plan: Plan) -> None:
    here = plan(arms={"a": 0.4, "b": 0.3, "c": 0.3})
    found = adjusted([effect(pvalue=0.02), effect(arm="c", pvalue=math.nan, se=0.0)], here)
    assert found[0].pvalue_adjusted > 0.02
    assert math.isnan(found[1].pvalue_adjusted)


def test_one_arm_and_one_metric_need_no_correction(plan: Plan) -> None:
    (found,) = adjusted([effect(pvalue=0.03, pvalue_adjusted=0.03)], plan())
    assert (found.pvalue_adjusted, found.method) == (0.03, (Step("welch_t"),))


def test_better_has_alpha_to_itself_and_harm_is_shared_with_the_guardrails(plan: Plan) -> None:
    metrics = [{"name": "y", "role": "primary"}, *({"name": n, "role": "guardrail"} for n in "gh")]
    here = plan(metrics=metrics)
    effects = [effect(metric=name) for name in "ygh"]
    levels = claim_levels(here, effects, ONE_LOOK)
    assert levels["y", "b"] == Levels(better=0.05, harm=0.05 / 3, held=0.05)
    assert levels["g", "b"].harm == pytest.approx(0.05 / 3)


def test_one_look_at_several_arms_asks_for_dunnetts_level(plan: Plan) -> None:
    here = plan(arms={"a": 0.4, "b": 0.3, "c": 0.3})
    levels = claim_levels(here, [effect(), effect(arm="c")], ONE_LOOK)
    shares = [0.3**2 / 0.5**2] * 2
    assert levels["y", "c"].better == pytest.approx(dunnett_level(shares, 0.05))


def test_several_looks_share_alpha_evenly_among_arms_and_metrics(plan: Plan) -> None:
    metrics = [{"name": "y", "role": "primary"}, {"name": "g", "role": "guardrail"}]
    here = plan(arms={"a": 0.4, "b": 0.3, "c": 0.3}, metrics=metrics)
    effects = [effect(metric=name, arm=arm) for name in "yg" for arm in "bc"]
    asked: list[float] = []

    def nominal(alpha: float) -> float:
        asked.append(alpha)
        return alpha / 10

    levels = claim_levels(here, effects, LookLevel(nominal=nominal, is_sequential=True))
    assert levels["y", "b"].better == pytest.approx(0.05 / 2 / 10)
    assert levels["y", "b"].harm == pytest.approx(0.05 / 2 / 2 / 10)
    assert sorted(set(asked)) == pytest.approx([0.0125, 0.025])


@pytest.mark.parametrize("p", [0.001, 0.02, 0.024, 0.026, 0.049, 0.2])
def test_a_corrected_p_value_is_below_alpha_just_where_the_claim_is_made(
    plan: Plan, p: float
) -> None:
    metrics = [
        {"name": name, "role": role} for name, role in (("y", "primary"), ("g", "guardrail"))
    ]
    here = plan(metrics=metrics)
    effects = [effect(pvalue=p, pvalue_adjusted=p), effect(metric="g", pvalue=p)]
    for look in (ONE_LOOK, LookLevel(nominal=lambda alpha: alpha / 2, is_sequential=True)):
        levels = claim_levels(here, effects, look)
        y, g = corrected(here, effects, levels, look)
        assert (y.pvalue_adjusted < 0.05) == (p < levels["y", "b"].better)
        assert (g.pvalue_adjusted < 0.05) == (p < levels["g", "b"].harm)


def test_two_primaries_have_the_levels_of_holms_steps(plan: Plan) -> None:
    here = plan(metrics=[{"name": name, "role": "primary"} for name in "yz"])
    effects = [
        effect(pvalue=0.02, pvalue_adjusted=0.02),
        effect(metric="z", pvalue=0.04, pvalue_adjusted=0.04),
    ]
    levels = claim_levels(here, effects, ONE_LOOK)
    assert (levels["y", "b"].better, levels["z", "b"].better) == pytest.approx((0.025, 0.05))


def test_a_look_that_may_claim_nothing_corrects_every_p_value_to_one(plan: Plan) -> None:
    look = LookLevel(nominal=lambda _: 0.0, is_sequential=True)
    effects = [effect(pvalue=1e-9)]
    levels = claim_levels(plan(), effects, look)
    assert corrected(plan(), effects, levels, look)[0].pvalue_adjusted == 1.0
    assert math.isinf(critical(levels["y", "b"].better))


def test_an_interval_has_the_level_of_its_claim() -> None:
    levels = Levels(better=0.01, harm=0.02, held=0.03)
    found = [interval_level(role, levels, 0.05) for role in ("primary", "guardrail", "secondary")]
    assert found == [0.01, 0.03, 0.05]
    assert interval_level("primary", Levels(better=0.0, harm=0.0, held=0.0), 0.05) == 0.05
    assert critical(0.05) == pytest.approx(stats.norm.isf(0.025))


def test_a_one_sided_test_gives_alpha_to_better_and_a_fifth_to_its_guardrails(plan: Plan) -> None:
    alone = plan(alternative="better")
    assert budget(alone) == Budget(better=0.1, harm=0.0)
    metrics = [{"name": "y", "role": "primary"}, *({"name": n, "role": "guardrail"} for n in "gh")]
    guarded = plan(metrics=metrics, alternative="better")
    assert budget(guarded).better == pytest.approx(2 * 0.04)
    assert budget(guarded).harm == pytest.approx(2 * 0.01 / 2)
    levels = claim_levels(guarded, [effect(metric=name) for name in "ygh"], ONE_LOOK)
    assert (levels["y", "b"].harm, levels["g", "b"].harm) == (0.0, pytest.approx(0.01))


@pytest.mark.parametrize(
    ("difference", "p", "corrected_p"), [(1.0, 0.08, 0.04), (1.0, 0.2, 0.1), (-1.0, 0.08, 0.96)]
)
def test_a_one_sided_p_value_is_half_of_the_other_where_the_arm_is_better(
    plan: Plan, difference: float, p: float, corrected_p: float
) -> None:
    here = plan(alternative="better")
    effects = [effect(difference=difference, pvalue=p, pvalue_adjusted=p)]
    [found] = corrected(here, effects, claim_levels(here, effects, ONE_LOOK), ONE_LOOK)
    assert found.pvalue_adjusted == pytest.approx(corrected_p)
    assert Step("one_sided") in found.method
