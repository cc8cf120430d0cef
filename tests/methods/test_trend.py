"""Against pymannkendall's and statsmodels' numbers, and series whose season is planted."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.tsa.seasonal import STL
from statsmodels.tsa.stattools import acf

from playbook.methods.trend import mann_kendall, monthly, parts, season_length, sen_slope, trends
from tests.stages.market.series import series, yearly

NOW, BEFORE = (date(2026, 10, 1), date(2026, 10, 31)), (date(2026, 9, 1), date(2026, 9, 30))


RISING = np.array(
    [
        5.2,
        5.9,
        4.8,
        6.1,
        6.6,
        6.0,
        7.1,
        6.9,
        6.2,
        7.4,
        8.0,
        7.2,
        7.9,
        8.3,
        7.7,
        8.8,
        8.1,
        9.0,
        9.4,
        8.6,
    ]
)


TIED = np.array([3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3.0])


def test_mann_kendall_without_dependence_is_that_of_pymannkendall() -> None:
    assert mann_kendall(RISING) == pytest.approx(
        9.628304726838621e-07, rel=1e-9
    )  # original_test, 1.4.3


def test_mann_kendall_with_ties_is_never_surer_than_that_of_pymannkendall() -> None:
    assert mann_kendall(TIED) == pytest.approx(
        0.032171490663501334, rel=1e-9
    )  # original_test, variance 481.33


def test_sen_slope_is_the_median_of_all_pairs() -> None:
    assert sen_slope(np.array([1.0, 2.0, 100.0])) == pytest.approx(49.5)  # pairs: 1, 98, 49.5
    assert sen_slope(RISING) == pytest.approx(0.2)


def test_steps_that_hang_together_are_not_taken_for_a_trend() -> None:
    generator = np.random.default_rng(11)
    noise = generator.normal(size=(200, 120))
    walks = np.zeros_like(noise)
    for step in range(1, 120):
        walks[:, step] = 0.6 * walks[:, step - 1] + noise[:, step]
    claimed = np.mean([mann_kendall(walk[20:]) < 0.05 for walk in walks])
    assert claimed < 0.12  # the plain test claims a trend in about a quarter of them


def test_a_constant_series_has_no_trend() -> None:
    assert mann_kendall(np.ones(20)) == 1.0


@given(st.lists(st.floats(-1e3, 1e3), min_size=12, max_size=20), st.floats(0.5, 10))
def test_turning_a_series_round_turns_its_slope_and_keeps_its_doubt(
    values: list[float], factor: float
) -> None:
    there = np.round(np.array(values), 3)
    assert sen_slope(-factor * there) == pytest.approx(-factor * sen_slope(there), abs=1e-9)
    assert mann_kendall(-there) == pytest.approx(mann_kendall(there))


@pytest.mark.parametrize(
    ("steps", "freq", "season"),
    [(104, "7D", 52), (103, "7D", 0), (24, "MS", 12), (20, "D", 7), (13, "D", 0), (1, "D", 0)],
)
def test_a_season_needs_two_of_its_lengths(steps: int, freq: str, season: int) -> None:
    assert season_length(pd.date_range("2024-01-01", periods=steps, freq=freq)) == season


def test_growth_and_peak_are_found_under_the_season() -> None:
    found = trends(yearly(157, growth=0.12, swing=0.3, peak_week=47), NOW, BEFORE).iloc[0]
    assert found["slope_year"] == pytest.approx(0.12, abs=0.02)
    assert (found["direction"], found["peak_month"], found["method"]) == ("rising", "m11", "stl")


def test_a_season_alone_is_no_trend() -> None:
    found = trends(yearly(130, swing=0.3, peak_week=20), NOW, BEFORE).iloc[
        0
    ]  # ends two and a half years on
    assert (found["direction"], found["peak_month"]) == ("no_trend", "m05")


def test_noise_has_neither_trend_nor_peak() -> None:
    found = trends(yearly(157), NOW, BEFORE).iloc[0]
    assert (found["direction"], found["peak_month"], found["method"]) == (
        "no_trend",
        "",
        "no_season",
    )


def test_trend_season_and_rest_add_up_to_the_series() -> None:
    values = yearly(120, growth=0.1, swing=0.2).set_index("date")["value"]
    pd.testing.assert_series_equal(
        parts(values).sum(axis="columns"), values, check_names=False, check_freq=False
    )


def test_a_missing_week_does_not_stop_the_season() -> None:
    table = yearly(157, growth=0.12, swing=0.3, peak_week=47).drop(index=[40, 90])
    found = trends(table, NOW, BEFORE).iloc[0]
    assert (found["peak_month"], found["direction"]) == ("m11", "rising")


def test_the_change_is_that_of_the_mean_step_of_the_months() -> None:
    table = series([10.0] * 4 + [12.0] * 4)  # Mondays 7 September to 26 October
    found = trends(table, NOW, BEFORE).iloc[0]
    assert found["change"] == pytest.approx(0.2)
    assert found["direction"] == "unknown"
    assert np.isnan(found["last_year"])


def test_last_year_is_the_same_whole_month() -> None:
    table = series([7.0, 7.0, 1.0, 14.0], freq="MS", end="2026-10-01").iloc[[0, 3]]
    table["date"] = pd.to_datetime(["2025-10-31", "2026-10-31"]).astype("datetime64[us]")
    assert trends(table, NOW, BEFORE).iloc[0]["change_year"] == pytest.approx(1.0)


def test_what_comes_after_the_period_is_not_looked_at() -> None:
    table = series([10.0] * 8 + [99.0], end="2026-11-02")
    assert trends(table, NOW, BEFORE).iloc[0]["last_day"] == pd.Timestamp("2026-10-26")
    assert monthly(table, NOW[1])["value"].max() == 10


def test_three_years_at_most_are_shown_by_month() -> None:
    found = monthly(series(np.arange(1.0, 49.0), freq="MS", end="2026-10-01"), NOW[1])
    assert len(found) == 36
    assert found["date"].max() == pd.Timestamp("2026-10-01")


def test_course_of_series_of_any_size_begins_at_a_hundred() -> None:
    found = monthly(series(np.linspace(5000.0, 5350.0, 36), freq="MS", end="2026-10-01"), NOW[1])[
        "trend_index"
    ]
    assert found.iloc[0] == 100
    assert found.iloc[-1] == pytest.approx(107, abs=0.1)


def test_course_of_a_series_of_fractions_begins_at_a_hundred_too() -> None:
    rates = series(np.linspace(0.2, 0.3, 36), freq="MS", end="2026-10-01")
    found = monthly(rates, NOW[1])["trend_index"]
    assert found.iloc[0] == 100
    assert found.iloc[-1] == pytest.approx(150, abs=3)
    sunk = monthly(rates.assign(value=rates["value"] - 1), NOW[1])
    assert sunk["trend_index"].isna().all()


def test_a_step_missing_of_four_weeks_but_a_day_is_filled_in_a_straight_line() -> None:
    days = pd.date_range(end="2026-10-26", periods=42, freq="27D")
    year = 2 * np.pi * days.day_of_year.to_numpy() / 365.25
    values = pd.Series(100 + np.arange(42) + 20 * np.cos(year), index=days)
    filled = values.copy()
    filled.iloc[20] = (values.iloc[19] + values.iloc[21]) / 2
    gap = days[20]
    pd.testing.assert_frame_equal(
        parts(values.drop(gap)), parts(filled).drop(gap), check_freq=False
    )


def test_significance_is_that_of_kendalls_s_over_the_effective_number_of_steps() -> None:
    """The inflation in Matalas & Langbein's closed form; S and slope from scipy, r1 by statsmodels."""
    generator = np.random.default_rng(5)
    values = np.arange(30) * 0.05 + np.convolve(generator.normal(size=31), [1.0, 0.8], "valid")
    n = len(values)
    slope = stats.theilslopes(values, np.arange(n)).slope
    rho = (n * acf(values - slope * np.arange(n), nlags=1)[1] + 1) / (n - 4)
    assert 0.1 < rho < 0.9
    inflation = 1 + 2 * (rho ** (n + 1) - n * rho**2 + (n - 1) * rho) / (n * (rho - 1) ** 2)
    score = stats.kendalltau(np.arange(n), values).statistic * n * (n - 1) / 2
    z = (abs(score) - 1) / np.sqrt(inflation * n * (n - 1) * (2 * n + 5) / 18)
    assert mann_kendall(values) == pytest.approx(2 * stats.norm.sf(z), rel=1e-9)


def test_ten_steps_are_tested_for_a_trend_and_nine_are_not() -> None:
    ten, nine = series(RISING[:10]), series(RISING[:9])
    assert trends(ten, NOW, BEFORE)["direction"].item() == "rising"
    assert trends(nine, NOW, BEFORE)["direction"].item() == "unknown"
    assert np.isnan(trends(nine, NOW, BEFORE)["pvalue"].item())


def test_one_per_cent_a_week_is_told_as_the_growth_of_a_year_of_weeks() -> None:
    found = trends(series(1.01 ** np.arange(20.0)), NOW, BEFORE).iloc[0]
    assert found["slope_year"] == pytest.approx(1.01 ** (365.25 / 7) - 1)
    falling = trends(series(0.99 ** np.arange(20.0)), NOW, BEFORE).iloc[0]
    assert falling["slope_year"] == pytest.approx(0.99 ** (365.25 / 7) - 1)
    assert falling["direction"] == "falling"


def test_slope_of_a_series_that_is_not_above_zero_is_a_share_of_its_median_level() -> None:
    found = trends(series(np.arange(-14.0, 6.0)), NOW, BEFORE).iloc[0]  # median -4.5
    assert found["slope_year"] == pytest.approx(365.25 / 7 / 4.5)
    level = trends(series([0.0] * 12), NOW, BEFORE).iloc[0]
    assert np.isnan(level["slope_year"])
    assert level["direction"] == "no_trend"


def test_a_series_says_its_unit_its_days_and_its_steps() -> None:
    table = series([1.0, 2.0, np.nan, 4.0]).assign(unit=[None, "index", "index", "searches"])
    found = trends(table, NOW, BEFORE).iloc[0]
    assert (found["unit"], found["steps"]) == ("index", 3)
    assert found["first_day"] == pd.Timestamp("2026-10-05")
    assert trends(series([1.0]), NOW, BEFORE)["unit"].item() == ""


def test_change_from_nothing_is_not_known() -> None:
    found = trends(series([0.0] * 4 + [12.0] * 4), NOW, BEFORE).iloc[0]
    assert found["previous"] == 0
    assert np.isnan(found["change"])


def test_series_keep_the_order_of_their_table_and_are_sorted_by_day_within() -> None:
    both = pd.concat([series([2.0, 1.0], name="zeta")[::-1], series([5.0], name="alpha")])
    found = trends(both, NOW, BEFORE)
    assert found["series_id"].tolist() == ["zeta", "alpha"]
    assert found["last_day"].iloc[0] == pd.Timestamp("2026-10-26")
    shown = monthly(both, NOW[1])
    assert shown["series_id"].tolist() == ["zeta", "alpha"]
    assert shown["value"].tolist() == [1.5, 5.0]


def test_a_week_of_daily_steps_is_a_season_without_a_peak_month() -> None:
    days = pd.date_range(end="2026-10-31", periods=70)
    values = np.where(days.day_of_week == 6, 300.0, 100.0) * np.tile([1.0, 1.01], 35)
    found = trends(series(values, end="2026-10-31", freq="D"), NOW, BEFORE).iloc[0]
    assert (found["method"], found["peak_month"]) == ("stl", "")


def test_season_is_that_of_statsmodels_for_a_window_of_a_little_over_a_year() -> None:
    values = yearly(157, growth=0.1, swing=0.3).set_index("date")["value"]
    wanted = STL(values.to_numpy(), period=52, seasonal=10001, trend=53, robust=True).fit()
    found = parts(values)
    assert found["season"].to_numpy() == pytest.approx(wanted.seasonal, rel=1e-9)
    assert found["trend"].to_numpy() == pytest.approx(wanted.trend, rel=1e-9)


def test_a_season_counts_from_a_strength_of_sixty_four_in_a_hundred() -> None:
    """The strength of Wang, Smith & Hyndman just below and just above the border."""
    methods = {}
    for swing in (0.02, 0.025, 0.03, 0.035, 0.04):
        values = yearly(157, swing=swing).set_index("date")["value"]
        fit = STL(values.to_numpy(), period=52, seasonal=10001, trend=53, robust=True).fit()
        strength = 1 - fit.resid.var() / (fit.seasonal + fit.resid).var()
        methods[swing] = (strength >= 0.64, bool(parts(values)["season"].any()))
    assert {border for border, _ in methods.values()} == {True, False}
    assert all(border == counted for border, counted in methods.values())


def test_a_tenth_of_the_weeks_may_be_missing_and_no_more() -> None:
    values = yearly(150, swing=0.3).set_index("date")["value"]
    some = values.drop(values.index[10:140:9])  # 15 of 150
    more = some.drop(values.index[5])
    assert len(some) == 135
    assert parts(some)["trend"].notna().all()
    assert len(parts(some)) == 135
    assert parts(more)["trend"].isna().all()


def test_months_of_unequal_length_are_not_filled() -> None:
    values = yearly(36, swing=0.0)["value"].to_numpy() * np.tile(np.linspace(1, 2, 12), 3)
    found = trends(series(values, freq="MS", end="2026-10-01"), NOW, BEFORE).iloc[0]
    assert (found["method"], found["peak_month"]) == ("stl", "m10")


def test_trend_index_begins_at_the_first_month_that_has_a_trend_and_needs_one_above_zero() -> None:
    falls = monthly(series(np.linspace(-9.0, -3.0, 36), freq="MS", end="2026-10-01"), NOW[1])
    assert falls["trend_index"].isna().all()
    assert falls["trend"].notna().all()
    short = monthly(series([1.0, 2.0], freq="MS", end="2026-10-01"), NOW[1])
    assert short["trend"].isna().all()
    assert monthly(series([]), NOW[1]).empty


def test_a_series_whose_median_slope_is_nothing_neither_rises_nor_falls() -> None:
    """Mostly ones, and twos only late: the order is no chance, and yet Sen's line is level."""
    rare = np.ones(60)
    rare[31::3] = 2.0
    assert mann_kendall(rare) < 0.05
    found = trends(series(rare), NOW, BEFORE).iloc[0]
    assert (found["slope_year"], found["direction"]) == (0.0, "no_trend")
