"""Against statsmodels, scipy and the tables of Newcombe's papers."""

import math

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from playbook.methods.intervals import (
    delta,
    delta_se,
    fieller,
    log_ratio,
    newcombe,
    normal_pvalue,
    normal_quantile,
    require_open,
    t_pvalue,
    t_quantile,
    wilson,
)


@pytest.mark.parametrize("value", [0, 1, -0.5, 1.5, math.nan, "0.5", None])
def test_what_is_not_between_nothing_and_one_is_refused_by_its_name(value: float) -> None:
    with pytest.raises(ValueError, match=r"power == .*, must be above 0 and below 1"):
        require_open(alpha=0.05, power=value)


def test_what_lies_between_nothing_and_one_passes() -> None:
    require_open(alpha=1e-9, power=0.999)


@pytest.mark.parametrize("alpha", [0.01, 0.05, 0.2])
def test_quantiles_and_pvalues_are_two_sided_and_those_of_scipy(alpha: float) -> None:
    assert normal_quantile(alpha) == pytest.approx(stats.norm.isf(alpha / 2), rel=1e-12)
    assert t_quantile(alpha, 7.5) == pytest.approx(stats.t.isf(alpha / 2, 7.5), rel=1e-9)
    assert normal_pvalue(-1.3) == pytest.approx(2 * stats.norm.sf(1.3), rel=1e-12)
    assert normal_pvalue(1.3) == normal_pvalue(-1.3)
    assert t_pvalue(2.1, 7.5) == pytest.approx(2 * stats.t.sf(2.1, 7.5), rel=1e-9)
    assert t_pvalue(-2.1, 7.5) == t_pvalue(2.1, 7.5)


def test_students_t_without_end_of_freedom_is_the_normal() -> None:
    assert t_quantile(0.05, math.inf) == normal_quantile(0.05)
    assert t_pvalue(1.7, math.inf) == normal_pvalue(1.7)


@pytest.mark.parametrize(
    ("conversions", "units", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilsons_interval_is_that_of_newcombes_table(
    conversions: int, units: int, low: float, high: float
) -> None:
    """Newcombe (1998), Statistics in Medicine 17, 857-872, table I, method 3."""
    assert wilson(conversions, units) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize("alpha", [0.05, 0.1])
def test_wilsons_interval_is_that_of_statsmodels(alpha: float) -> None:
    wanted = proportion_confint(37, 210, alpha=alpha, method="wilson")
    assert wilson(37, 210, alpha) == pytest.approx(wanted, rel=1e-9)


def test_wilsons_interval_never_leaves_what_a_proportion_can_be() -> None:
    assert all(0.0 <= wilson(0, units)[0] < 1e-12 for units in range(1, 200))
    assert all(0.999999 < wilson(units, units)[1] <= 1.0 for units in range(1, 200))


@pytest.mark.parametrize(
    ("treatment", "control", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((10, 10), (0, 20), 0.6791, 1.0),
    ],
)
def test_newcombes_interval_is_that_of_his_table(
    treatment: tuple[int, int], control: tuple[int, int], low: float, high: float
) -> None:
    """Newcombe (1998), Statistics in Medicine 17, 873-890, table II, method 10."""
    assert newcombe(control, treatment) == pytest.approx((low, high), abs=5e-5)


def test_newcombes_interval_is_that_of_statsmodels_for_any_confidence() -> None:
    wanted = confint_proportions_2indep(44, 210, 37, 260, method="newcomb", alpha=0.2)
    assert newcombe((37, 260), (44, 210), 0.2) == pytest.approx(wanted, rel=1e-9)
    assert newcombe((9, 9), (0, 9))[0] == -1.0


def test_ends_of_fiellers_interval_are_where_the_difference_is_just_significant() -> None:
    """At an end rho the mean of treatment - rho control lies exactly a quantile from 0."""
    control, treatment, quantile = (10.0, 4.0), (13.0, 9.0), 1.96
    low, high = fieller(control, treatment, quantile)
    for lift in (low, high):
        rho = 1 + lift
        away = (treatment[0] - rho * control[0]) / math.sqrt(treatment[1] + rho**2 * control[1])
        assert abs(away) == pytest.approx(quantile, rel=1e-9)
    assert low < 0.3 < high


def test_fiellers_interval_is_unknown_where_the_control_may_be_nothing() -> None:
    assert np.isnan(fieller((10.0, 30.0), (13.0, 1.0), 1.96)).all()
    assert np.isnan(fieller((10.0, 25.0), (13.0, 1.0), 2.0)).all()  # just at the border
    assert np.isfinite(fieller((10.0, 24.0), (13.0, 1.0), 2.0)).all()


def test_delta_error_is_that_of_a_small_change_of_either_mean() -> None:
    """The gradient of treatment / control by differences, and both signs of the control."""
    step, (mean_c, variance_c), (mean_t, variance_t) = 1e-6, (8.0, 0.5), (10.0, 0.7)
    by_c = (mean_t / (mean_c + step) - mean_t / (mean_c - step)) / (2 * step)
    by_t = 1 / mean_c
    wanted = math.sqrt(by_c**2 * variance_c + by_t**2 * variance_t)
    assert delta_se((mean_c, variance_c), (mean_t, variance_t)) == pytest.approx(wanted, rel=1e-6)
    assert delta_se((-mean_c, variance_c), (mean_t, variance_t)) == pytest.approx(wanted, rel=1e-6)


def test_delta_interval_lies_evenly_around_the_lift() -> None:
    low, high = delta((8.0, 0.5), (10.0, 0.7), 2.0)
    assert (low + high) / 2 == pytest.approx(0.25)
    assert high - low == pytest.approx(2 * 2.0 * delta_se((8.0, 0.5), (10.0, 0.7)))


def test_log_interval_is_katzs_of_the_risk_ratio() -> None:
    rates = [(37 / 260, 260), (44 / 210, 210)]
    control, treatment = ((rate, rate * (1 - rate) / n) for rate, n in rates)
    wanted = confint_proportions_2indep(44, 210, 37, 260, compare="ratio", method="log")
    found = log_ratio(control, treatment, normal_quantile(0.05))
    assert [1 + end for end in found] == pytest.approx(wanted, rel=1e-9)


@pytest.mark.parametrize("mean", [0.0, -1.0])
def test_log_interval_is_unknown_without_anything_in_the_treatment(mean: float) -> None:
    assert np.isnan(log_ratio((1.0, 0.1), (mean, 0.1), 1.96)).all()
    assert np.isfinite(log_ratio((1.0, 0.1), (0.5, 0.1), 1.96)).all()
