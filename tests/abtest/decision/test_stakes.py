"""What a test can see and what a wrong decision costs, worked by hand."""

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from scipy import stats

from playbook.abtest import compare_rates, evaluate
from playbook.abtest.decision.stakes import (
    chances,
    effect_of,
    expected_loss,
    losses,
    money,
    strength,
    units_for_margin,
)
from playbook.params.experiment import ExperimentPlan
from tests.abtest.decision.counts import data, effect

Plan = Callable[..., ExperimentPlan]

PRIMARY = {"name": "bought", "kind": "rate", "role": "primary"}
DATES = {"start": "2026-09-01", "end": "2026-09-14", "looks": ["2026-09-07"]}
AFTER = date(2026, 9, 15)


def test_money_follows_the_effect(plan: Plan) -> None:
    here = plan(metrics=[PRIMARY], value_per_conversion=50.0, monthly_units=100_000)
    result = evaluate(data((2000, 2200)), here)
    money = result.decision.money
    assert money is not None
    assert money.mid == pytest.approx(0.02 * 50 * 100_000)
    assert money.low == pytest.approx(result.effects[0].ci_lower * 5e6)
    assert 0 < money.regret < 100


def test_money_is_not_made_up(plan: Plan) -> None:
    assert evaluate(data((2000, 2200)), plan(metrics=[PRIMARY])).decision.money is None


def test_expected_loss_is_that_of_a_normal_gain() -> None:
    generator = np.random.default_rng(5)
    draws = generator.normal(1.0, 2.0, 1_000_000)
    assert expected_loss(1.0, 2.0) == pytest.approx(np.maximum(0, -draws).mean(), rel=0.01)
    assert expected_loss(-3.0, 0.0) == 3.0


def test_power_says_what_could_have_been_seen(plan: Plan) -> None:
    power = evaluate(
        data((2000, 2050)), plan(metrics=[PRIMARY], mde=0.05, **DATES), today=AFTER
    ).power[0]
    se = math.sqrt(0.2 * 0.8 / 10_000 + 0.205 * 0.795 / 10_000)
    assert power.detectable_lift == pytest.approx(2.8016 * se / 0.2, rel=1e-4)
    assert power.units_needed == math.ceil(10_000 * (power.detectable_lift / 0.05) ** 2)
    assert power.days_needed == math.ceil(14 * power.units_needed / 10_000)


def test_money_is_sorted_and_lost_by_the_wrong_action(plan: Plan) -> None:
    cost = plan(
        metrics=[{"name": "y", "role": "primary"}], value_per_conversion=-2.0, monthly_units=100.0
    )
    found = money(cost, [effect()], "b", "ship")
    assert found is not None
    assert (found.low, found.mid, found.high) == pytest.approx((-396.0, -200.0, -4.0))
    assert found.regret == pytest.approx(expected_loss(-200.0, 100.0))
    held = money(cost, [effect()], "b", "stop")
    assert held is not None
    assert held.regret == pytest.approx(expected_loss(200.0, 100.0))


def test_a_metric_of_money_is_its_own_value(plan: Plan) -> None:
    here = plan(
        metrics=[{"name": "x", "role": "primary"}, {"name": "y"}],
        money_metric="y",
        monthly_units=10.0,
        value_per_conversion=99.0,
    )
    found = money(here, [effect(metric="x", difference=7.0), effect()], "b", "ship")
    assert found is not None
    assert (found.mid, found.metric) == (10.0, "y")
    assert money(here.model_copy(update={"monthly_units": None}), [effect()], "b", "ship") is None


def test_loss_without_doubt_is_what_is_lost() -> None:
    assert [expected_loss(gain, 0.0) for gain in (-3.0, 3.0)] == [3.0, 0.0]
    assert expected_loss(0.0, 2.0) == pytest.approx(2 / math.sqrt(2 * math.pi))


def test_a_test_can_see_the_sum_of_both_quantiles_times_its_error(plan: Plan) -> None:
    here = plan(alpha=0.1, power=0.9, mde=0.05)
    found = strength(here, effect(), days=7)
    factor = stats.norm.isf(0.05) + stats.norm.isf(0.1)
    assert found.detectable_lift == pytest.approx(factor * 0.5 / 10)
    assert found.units == 100
    assert found.units_needed == math.ceil(100 * (found.detectable_lift / 0.05) ** 2)
    assert found.days_needed == math.ceil(7 * found.units_needed / 100)
    assert strength(here, effect(), days=None).days_needed is None
    assert strength(plan(), effect(), days=7).units_needed is None
    assert math.isnan(strength(here, effect(control=0.0), days=7).detectable_lift)


def test_chances_turn_round_where_lower_is_better(plan: Plan) -> None:
    """The levels' errors are 0.3 and 0.4: the difference of 1 is two errors of 0.5."""
    lower = plan(metrics=[{"name": "y", "role": "primary", "better": "lower"}])
    assert chances(plan(), [effect()])["b"] == pytest.approx(stats.norm.cdf(2.0), rel=1e-4)
    assert chances(lower, [effect()])["b"] == pytest.approx(stats.norm.sf(2.0), rel=1e-3)
    assert losses(plan(), [effect()])["b"] == pytest.approx(expected_loss(1.0, 0.5), rel=1e-4)
    assert list(losses(lower, [effect()])) == ["a", "b"]


@pytest.mark.parametrize("errors", [{"se": 0.0}, {"se_control": 0.0}, {"se": 0.3}])
def test_an_arm_without_an_error_has_no_chances(plan: Plan, errors: dict[str, float]) -> None:
    assert chances(plan(), [effect(**errors)]) == {}


def test_proving_harmlessness_needs_the_smaller_arm_times_the_square_of_the_reach(
    plan: Plan,
) -> None:
    guard = {"name": "y", "role": "guardrail", "margin": 0.02}
    here = plan(metrics=[{"name": "x", "role": "primary"}, guard])
    factor = stats.norm.isf(0.025) + stats.norm.isf(0.2)
    wanted = math.ceil(100 * (factor * 0.5 / 10 / 0.02) ** 2)
    assert units_for_margin(here, here.metrics[1], effect()) == wanted
    assert units_for_margin(here, here.metrics[1], effect(control=-10.0)) == wanted


def test_an_effect_is_found_by_metric_and_arm() -> None:
    every = [effect(metric="x"), effect(arm="c"), effect()]
    assert effect_of(every, "y", "b") is every[2]


def test_a_prior_about_no_lift_holds_back_a_lead_of_few_units(plan: Plan) -> None:
    """Difference 1 with error 0.5, control 10: a prior sd of 0.5 keeps half of it and its variance."""
    one = effect()
    plain = chances(plan(), [one])["b"]
    kept = chances(plan(prior_lift_sd=0.05), [one])["b"]
    assert plain == pytest.approx(stats.norm.cdf(1 / 0.5), rel=1e-4)
    assert kept == pytest.approx(stats.norm.cdf(0.5 / math.sqrt(0.5 * 0.25)), rel=1e-4)
    vague = chances(plan(prior_lift_sd=0.999), [one])["b"]
    assert vague == pytest.approx(plain, abs=0.001)


def test_rates_with_few_conversions_have_their_exact_chance(plan: Plan) -> None:
    """Of two Beta posteriors, beside 400,000 draws; the normal view would say 0.978."""
    here = plan(metrics=[{"name": "y", "kind": "rate", "role": "primary"}])
    one = replace(compare_rates(control=(2, 100), treatment=(8, 100)), metric="y", arm="b")
    draw = np.random.default_rng(0)
    control, treatment = draw.beta(3, 99, 400_000), draw.beta(9, 93, 400_000)
    assert chances(here, [one])["b"] == pytest.approx((treatment > control).mean(), abs=0.002)
    loss = np.maximum(control - treatment, 0).mean()
    assert losses(here, [one])["b"] == pytest.approx(loss, rel=0.05)
