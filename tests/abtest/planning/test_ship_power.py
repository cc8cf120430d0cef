"""The probability to ship against statsmodels, published tables, scipy's normal integral and simulation."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.power import TTestIndPower

from playbook.abtest.planning.design import Design, Guardrail, Level, equal_shares
from playbook.abtest.planning.ship_power import (
    looks_asked,
    primary_comparison,
    ship_power,
    statistics_related,
)
from tests.abtest.planning import simulated

MEAN = Level(kind="mean", baseline=1.0, variance=1.0)
PLAIN = Design(shares=equal_shares(2), primary=MEAN)
BIG = 1_000_000


@pytest.mark.parametrize(("effect", "units"), [(0.7, 40), (1.2, 40), (0.2, 400), (0.3, 400)])
def test_power_of_a_mean_is_that_of_students_t(effect: float, units: int) -> None:
    exact = TTestIndPower().power(effect, units / 2, 0.05)
    assert ship_power(PLAIN, effect, units).ship == pytest.approx(exact, abs=0.003)


@pytest.mark.parametrize("spending", ["obf", "pocock", "kim-demets"])
def test_power_over_looks_is_that_of_the_normal_integral(spending: str) -> None:
    """1 − P(z stays below its boundary at every look), by scipy's multivariate normal."""
    times = np.array([0.4, 0.7, 1.0])
    design = replace(PLAIN, times=tuple(times), spending=spending)
    effect = 2.8 / math.sqrt(BIG / 4)
    drift = primary_comparison(design, effect, BIG, "B").drift
    related = np.sqrt(np.minimum.outer(times, times) / np.maximum.outer(times, times))
    stays = stats.multivariate_normal.cdf(
        looks_asked(design), drift * np.sqrt(times), related, abseps=1e-7
    )
    assert ship_power(design, effect, BIG).ship == pytest.approx(1 - stays, abs=2e-5)


def test_one_guardrail_is_the_integral_of_two_normals_with_the_correlation_of_the_metrics() -> None:
    guard = Guardrail(name="g", level=MEAN, margin_abs=3.0 / math.sqrt(BIG / 4))
    effect = 2.8 / math.sqrt(BIG / 4)
    for rho in (-0.6, 0.0, 0.6):
        design = replace(PLAIN, guardrails=(guard,), correlations=((1.0, rho), (rho, 1.0)))
        both = stats.multivariate_normal([2.8 - 1.959964, 3.0 - 1.959964], [[1, rho], [rho, 1]])
        found = ship_power(design, effect, BIG)
        assert found.ship == pytest.approx(both.cdf([1e9, 1e9]) - _misses(rho), abs=0.001)
        assert found.at_least <= found.ship + 1e-3


def _misses(rho: float) -> float:
    """Probability that at least one of two normals around 0.84 and 1.04 is below 0."""
    low = stats.multivariate_normal([2.8 - 1.959964, 3.0 - 1.959964], [[1, rho], [rho, 1]])
    alone = stats.norm.cdf(-(2.8 - 1.959964)) + stats.norm.cdf(-(3.0 - 1.959964))
    return float(alone - low.cdf([0.0, 0.0]))


def test_a_guardrail_passes_as_often_as_a_published_calculator_says() -> None:
    """Sealed Envelope: 85 % success, limit 10 points, one-sided 5 %, 158 an arm for 80 %."""
    guard = Guardrail(
        name="g", level=Level(kind="rate", baseline=0.85, variance=0.1275), margin_abs=0.1
    )
    design = replace(PLAIN, guardrails=(guard,), alpha=0.1)
    assert ship_power(design, 5.0, 2 * 157).guardrails[0] < 0.8
    assert ship_power(design, 5.0, 2 * 158).guardrails[0] == pytest.approx(0.8, abs=0.002)


def test_a_guardrail_without_a_margin_blocks_its_part_of_the_alpha_of_harm() -> None:
    """Half of alpha is for harm, shared by the primary metric, it, and one that has no size."""
    design = replace(PLAIN, guardrails=(Guardrail(name="g", level=MEAN),))
    found = ship_power(design, 0.5, BIG)
    assert found.guardrails[0] == pytest.approx(1 - 0.05 / 2 / 2, abs=1e-5)
    assert found.ship == pytest.approx(1 - 0.05 / 2 / 2, abs=0.001)
    assert found.at_least == pytest.approx(1 - 0.05 / 2 / 2, abs=1e-5)
    three = ship_power(replace(design, unsized=1), 0.5, BIG)
    assert three.guardrails[0] == pytest.approx(1 - 0.05 / 2 / 3, abs=1e-5)


def test_the_arm_with_the_fewest_units_is_the_weakest() -> None:
    design = replace(PLAIN, shares={"a": 0.4, "b": 0.35, "c": 0.25})
    assert ship_power(design, 0.2, 1000).arm == "c"


def test_a_metric_of_which_less_is_better_turns_its_correlation() -> None:
    guard = Guardrail(name="g", level=MEAN, better="lower", margin_abs=0.1)
    design = replace(PLAIN, guardrails=(guard,), correlations=((1.0, 0.5), (0.5, 1.0)))
    assert statistics_related(design, "B")[0, 1] == pytest.approx(-0.5)


def test_a_relative_margin_weighs_the_control_less() -> None:
    """Cov(t − c, t − 0.8 c) over both deviations: 1.8 / √(2 × 1.64), times the correlation."""
    guard = Guardrail(name="g", level=MEAN, margin=0.2)
    design = replace(PLAIN, guardrails=(guard,), correlations=((1.0, 0.5), (0.5, 1.0)))
    expected = 0.5 * 1.8 / math.sqrt(2 * 1.64)
    assert statistics_related(design, "B")[0, 1] == pytest.approx(expected)


def test_a_rate_that_would_leave_one_is_refused() -> None:
    rate = Design(shares=equal_shares(2), primary=Level(kind="rate", baseline=0.6, variance=0.24))
    with pytest.raises(ValueError, match=r"rates == 0.6 and 1.2, must be above 0 and below 1"):
        ship_power(rate, 1.0, 100)


def test_metrics_that_go_together_need_fewer_units_than_independent_ones() -> None:
    together = simulated.SCENARIOS["a guardrail that goes with the primary metric"]
    alone = replace(together, correlations=())
    assert together.size.total < 0.97 * alone.size.total


@pytest.mark.parametrize("name", simulated.SCENARIOS)
def test_whole_verdicts_ship_about_as_often_as_planned(name: str) -> None:
    """Tests decided by `evaluate`; four standard errors. The slow one below has thousands."""
    tests = 40 if simulated.SCENARIOS[name].written.looks else 100
    reach = 4 * math.sqrt(0.8 * 0.2 / tests)
    planned = simulated.SCENARIOS[name].size.power.ship
    assert simulated.share_shipped(name, tests) == pytest.approx(planned, abs=reach)


@pytest.mark.slow
@pytest.mark.parametrize("name", simulated.SCENARIOS)
def test_whole_verdicts_ship_as_often_as_planned(name: str) -> None:
    """5,000 tests: a standard error is 0.6 points."""
    planned = simulated.SCENARIOS[name].size.power.ship
    assert simulated.share_shipped(name, 5000) == pytest.approx(planned, abs=0.02)
