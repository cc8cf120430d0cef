"""Looks at a running test: rpact's boundaries, scipy's integrals, simulated walks."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from playbook.abtest.stats import sequential
from playbook.abtest.stats.sequential import always_critical, bias_adjusted, boundaries


def test_times_may_be_an_array() -> None:
    assert boundaries(np.array([0.5, 1.0])) == boundaries([0.5, 1.0])


@given(st.integers(2, 12), st.sampled_from(["obf", "pocock", "kim-demets"]))
def test_boundaries_spend_just_alpha(count: int, spending: sequential.Spending) -> None:
    times = [(look + 1) / count for look in range(count)]
    assert sequential.crossing(times, boundaries(times, 0.05, spending)) == pytest.approx(
        0.05, rel=1e-6
    )


def test_daily_looks_for_four_weeks() -> None:
    limits = boundaries([day / 28 for day in range(1, 29)])
    assert limits[0] >= 8
    assert limits == sorted(limits, reverse=True)


@pytest.mark.parametrize("times", [[], [0.5, 0.5], [0.8, 0.4], [0.5, 1.2], [0.0, 1.0]])
def test_times_must_rise(times: list[float]) -> None:
    with pytest.raises(ValueError, match="must rise"):
        boundaries(times)


def test_confidence_sequence_is_wider_than_a_single_look() -> None:
    (low, high), p = sequential.confidence_sequence(0.01, 0.004, 40_000)
    assert low < 0.01 - 1.96 * 0.004 < 0.01 + 1.96 * 0.004 < high
    assert p > 0.0124


def test_always_valid_limits_hold_at_every_moment() -> None:
    units = np.arange(100, 3001)
    limits = np.array([always_critical(int(n), tune_units=1000) for n in units])
    paths = np.random.default_rng(8).normal(size=(2000, 3000)).cumsum(axis=1)[:, 99:] / np.sqrt(
        units
    )
    assert (np.abs(paths) > limits).any(axis=1).mean() < 0.05
    assert (np.abs(paths) > 1.96).any(axis=1).mean() > 0.3


def test_the_chance_to_leave_in_two_looks_is_the_integral_of_two_correlated_normals() -> None:
    """Z at times 0.4 and 1 correlates by the root of 0.4; a drift of 1.5 moves both."""
    bounds, times, drift = [2.2, 2.0], [0.4, 1.0], 1.5
    mean = [drift * math.sqrt(time) for time in times]
    rho = math.sqrt(0.4)
    both = stats.multivariate_normal(mean, [[1, rho], [rho, 1]])
    inside = both.cdf(bounds, lower_limit=[-bound for bound in bounds])
    assert sequential.crossing(times, bounds, drift) == pytest.approx(1 - inside, rel=1e-6)
    only = stats.norm.sf(2.2 - mean[0]) + both.cdf([2.2, 9.0], lower_limit=[-2.2, 2.0])
    assert sequential.crossing(times, bounds, drift, "above") == pytest.approx(only, rel=1e-5)


@pytest.mark.parametrize(
    ("spending", "spent"),
    [
        ("obf", 2 - 2 * stats.norm.cdf(stats.norm.isf(0.0125) / math.sqrt(0.5))),
        ("pocock", 0.05 * math.log(1 + (math.e - 1) * 0.5) / 2),
        ("kim-demets", 0.05 * 0.25 / 2),
    ],
)
def test_the_first_look_spends_what_the_function_says_at_its_time(
    spending: sequential.Spending, spent: float
) -> None:
    first = boundaries([0.5, 1.0], 0.05, spending)[0]
    assert stats.norm.sf(first) == pytest.approx(spent, rel=1e-9)


def test_without_spending_every_look_is_as_if_it_were_the_only_one() -> None:
    assert boundaries([0.5, 1.0], 0.1, "none") == pytest.approx([stats.norm.isf(0.05)] * 2)


def test_a_look_at_which_too_little_is_spent_cannot_stop() -> None:
    assert boundaries([0.01, 1.0])[0] == 10.0


def test_looking_once_costs_alpha_and_no_look_is_refused() -> None:
    assert sequential.peeking_cost(1, 0.03) == pytest.approx(0.03)
    with pytest.raises(ValueError, match=r"looks == 0, must be at least 1"):
        sequential.peeking_cost(0)


def test_a_confidence_sequence_just_touches_nothing_where_its_p_value_is_alpha() -> None:
    se, units = 0.004, 40_000
    edge = always_critical(units, 0.05, 3000) * se
    (low, high), p = sequential.confidence_sequence(edge, se, units, tune_units=3000)
    assert low == pytest.approx(0, abs=1e-15)
    assert high == pytest.approx(2 * edge)
    assert p == pytest.approx(0.05, rel=1e-9)
    assert sequential.confidence_sequence(0.0, se, units)[1] == 1.0


def test_a_confidence_sequence_is_narrowest_at_the_units_that_it_is_tuned_to() -> None:
    others = {tune: always_critical(5000, 0.05, tune) for tune in (1000, 4000, 5000, 6000, 25000)}
    assert min(others, key=others.__getitem__) == 5000
    assert others[5000] == always_critical(5000)


@pytest.mark.parametrize("given", [(0.0, 10, 10), (1.0, 0, 10), (1.0, 10, 0)])
def test_a_sequence_without_error_or_units_is_refused(given: tuple[float, int, int]) -> None:
    se, units, tune = given
    with pytest.raises(ValueError, match=r"must be above 0"):
        sequential.confidence_sequence(1.0, se, units, tune_units=tune)


def test_one_unit_has_an_interval() -> None:
    assert sequential.confidence_sequence(1.0, 1.0, 1, tune_units=1)[1] <= 1.0


def test_a_drift_goes_on_between_all_looks() -> None:
    """Three looks at unequal times; scores of a path with independent steps."""
    times, bounds, drift = np.array([0.2, 0.5, 1.0]), np.array([2.5, 2.3, 2.0]), 2.0
    shape = np.sqrt(np.minimum.outer(times, times) / np.maximum.outer(times, times))
    inside = stats.multivariate_normal(drift * np.sqrt(times), shape, seed=1).cdf(
        bounds, lower_limit=-bounds
    )
    assert sequential.crossing(times.tolist(), bounds.tolist(), drift) == pytest.approx(
        1 - inside, abs=1e-4
    )


@pytest.mark.parametrize("statistic", [2.3, 2.8, 4.0])
def test_the_adjusted_estimate_is_the_effect_whose_estimates_are_the_one_seen(
    statistic: float,
) -> None:
    """Paths of a test with looks at a half and at the end, under what is left of the estimate."""
    times, draw = [0.5, 1.0], np.random.default_rng(5)
    limit = boundaries(times, 0.05, "pocock")[0]
    left = bias_adjusted(times, [limit], statistic)
    seen = statistic / math.sqrt(0.5)
    early = left * seen * 0.5 + draw.normal(0, np.sqrt(0.5), 200_000)
    late = early + left * seen * 0.5 + draw.normal(0, np.sqrt(0.5), 200_000)
    stops = np.abs(early) / np.sqrt(0.5) > limit
    estimates = np.where(stops, early / 0.5, late)
    assert 0.8 < left < 1
    assert estimates.mean() == pytest.approx(seen, abs=0.01)
    assert bias_adjusted(times, [limit], -statistic) == left


def test_alpha_is_spent_by_time_and_looks_are_alike_by_information() -> None:
    """A look at half of the time with a tenth of the units: alpha holds for those units."""
    limits = boundaries([0.5, 1.0], information=[1.0, 10.0])
    draw = np.random.default_rng(6)
    first = draw.normal(size=400_000)
    second = np.sqrt(0.1) * first + np.sqrt(0.9) * draw.normal(size=400_000)
    crossed = (np.abs(first) > limits[0]) | (np.abs(second) > limits[1])
    assert crossed.mean() == pytest.approx(0.05, abs=0.0012)
    assert limits[0] == pytest.approx(boundaries([0.5])[0])
    with pytest.raises(ValueError, match="must rise above 0 with every look"):
        boundaries([0.5, 1.0], information=[2.0, 2.0])
