import math
from collections.abc import Callable
from typing import Any

import pytest
from scipy import stats
from statsmodels.stats.power import TTestIndPower
from statsmodels.stats.proportion import proportion_effectsize

from playbook.abtest import (
    boundaries,
    detectable_lift,
    sample_size,
)
from playbook.abtest.stats import sequential
from playbook.abtest.stats.multiplicity import adjust
from playbook.abtest.stats.power import arcsine_effect


def test_detectable_lift_is_the_other_way_round() -> None:
    size = sample_size(baseline=0.1, lift=0.1)
    assert detectable_lift(size.per_arm, baseline=0.1) == pytest.approx(0.1, rel=1e-6)
    assert size.formula == "two rates, pooled variance under the null (R power.prop.test)"


def test_a_covariate_saves_the_square_of_its_correlation() -> None:
    plain, narrowed = (
        sample_size(baseline=50, lift=0.02, sd=80, correlation=rho).per_arm for rho in (0.0, 0.6)
    )
    assert narrowed == pytest.approx(0.64 * plain)


@pytest.mark.parametrize(
    ("mistake", "rule"),
    [
        ({"lift": 0.0}, "must not be 0"),
        ({"lift": 20.0}, "must be above 0 and below 1"),
        ({"lift": 0.1, "formula": "t"}, "formula == 't'"),
        ({"lift": 0.1, "correlation": 1.0}, "correlation == 1.0"),
        ({"lift": 0.1, "sd": -5.0}, "sd == -5.0"),
        ({"lift": 0.1, "sd": 0.0}, "sd == 0.0"),
        ({"lift": 0.1, "power": 1.2}, "power == 1.2"),
        ({"lift": 0.1, "alpha": 0.0}, "alpha == 0.0"),
        ({"lift": 0.1, "arms": 1}, "arms == 1"),
    ],
)
def test_mistakes_of_the_caller(mistake: dict[str, float], rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        sample_size(baseline=0.1, **mistake)


@pytest.mark.parametrize(
    ("call", "rule"),
    [
        (lambda: detectable_lift(1000, baseline=0.0), "baseline == 0.0"),
        (lambda: detectable_lift(0, baseline=0.1), "units == 0"),
        (lambda: boundaries([0.5, 1.0], 1.5), "alpha == 1.5"),
        (lambda: boundaries([0.5, 1.0], 0.05, "always"), ("spending == 'always', must be one of")),  # type: ignore[arg-type]
        (lambda: sequential.confidence_sequence(1.0, 0.0, 100), "se == 0.0"),
        (lambda: sequential.peeking_cost(5, 1.0), "alpha == 1.0"),
        (lambda: adjust([0.1, 2.0]), "pvalue == 2"),
        (lambda: adjust([0.1], "sidak"), ("method == 'sidak', must be one of")),  # type: ignore[arg-type]
    ],
)
def test_a_setting_that_does_not_exist_is_named(call: Callable[[], Any], rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        call()


@pytest.mark.parametrize(("baseline", "lift"), [(0.2, 0.1), (0.5, 0.2), (0.7, 0.05), (0.2, -0.1)])
def test_units_of_two_rates_are_those_of_the_pooled_formula(baseline: float, lift: float) -> None:
    """R's power.prop.test written out: variance of the mean rate under the null."""
    other = baseline * (1 + lift)
    null = (baseline + other) / 2
    z, z_power = stats.norm.isf(0.025), stats.norm.isf(0.2)
    spread = z * math.sqrt(2 * null * (1 - null)) + z_power * math.sqrt(
        baseline * (1 - baseline) + other * (1 - other)
    )
    found = sample_size(baseline=baseline, lift=lift)
    assert found.per_arm == pytest.approx((spread / (other - baseline)) ** 2)
    assert found.total == 2 * math.ceil(found.per_arm)
    assert found.difference == pytest.approx(other - baseline)


def test_units_of_two_means_are_those_of_the_normal_formula_or_of_students_t() -> None:
    normal, student = (
        sample_size(baseline=50, lift=0.1, sd=20, arms=3, alpha=0.1, power=0.9, formula=formula)
        for formula in ("normal", "t")
    )
    z = stats.norm.isf(0.05) + stats.norm.isf(0.1)
    assert normal.per_arm == pytest.approx(2 * (z * 20 / 5) ** 2)
    assert normal.total == 3 * math.ceil(normal.per_arm)
    wanted = TTestIndPower().solve_power(0.25, power=0.9, alpha=0.1)
    assert student.per_arm == pytest.approx(wanted)


def test_the_calculator_flips_a_rate_above_a_half_and_not_a_half_itself() -> None:
    """Evan Miller's: 0.6 with an effect of 0.06 is 0.4 with that effect."""
    high = sample_size(baseline=0.6, lift=0.1, formula="miller").per_arm
    low = sample_size(baseline=0.4, lift=0.15, formula="miller").per_arm
    assert high == pytest.approx(low)
    half = sample_size(baseline=0.5, lift=0.1, formula="miller").per_arm
    z, z_power = stats.norm.isf(0.025), stats.norm.isf(0.2)
    spread = z * math.sqrt(0.5) + z_power * math.sqrt(0.25 + 0.55 * 0.45)
    assert half == pytest.approx((spread / 0.05) ** 2)


def test_cohens_h_is_twice_the_difference_of_the_angles() -> None:
    assert arcsine_effect(0.1, 0.4) == pytest.approx(proportion_effectsize(0.4, 0.1))
    assert arcsine_effect(0.0, 1.0) == pytest.approx(math.pi)


@pytest.mark.parametrize(("lift", "baseline"), [(1.0, 0.5), (-1.0, 0.5), (0.1, 1.0)])
def test_a_rate_that_reaches_nothing_or_all_is_refused(lift: float, baseline: float) -> None:
    with pytest.raises(ValueError, match=r"must be above 0 and below 1"):
        sample_size(baseline=baseline, lift=lift)


@pytest.mark.parametrize("rho", [-1.0, 1.0])
def test_a_perfect_covariate_is_refused(rho: float) -> None:
    with pytest.raises(ValueError, match=r"must be between -1 and 1"):
        sample_size(baseline=0.1, lift=0.1, correlation=rho)
    assert sample_size(baseline=0.1, lift=0.1, correlation=-0.6).variance_cut == pytest.approx(0.36)


def test_too_few_units_can_find_no_increase_of_a_rate() -> None:
    assert math.isnan(detectable_lift(3, baseline=0.9))
    assert detectable_lift(1, baseline=50, sd=80) == pytest.approx(
        80 / 50 * math.sqrt(2) * (stats.norm.isf(0.025) + stats.norm.isf(0.2)), rel=1e-6
    )
