"""Which days a period has and what those ahead bring, against sums worked by hand."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from playbook.methods.days import in_period, run_rate, weekday_weight


def test_the_last_day_of_a_period_is_in_it_to_its_last_minute() -> None:
    moments = pd.to_datetime(
        ["2026-09-30 23:59", "2026-10-01 00:00", "2026-10-31 23:59", "2026-11-01 00:00", None]
    )
    rows = pd.DataFrame({"at": moments, "row": range(5)})
    assert in_period(rows, date(2026, 10, 1), date(2026, 10, 31), column="at")["row"].tolist() == [
        1,
        2,
    ]


def test_a_weekday_weighs_what_it_brings_against_the_mean_day() -> None:
    days = pd.date_range("2026-10-05", periods=28)  # four weeks from a Monday
    series = pd.Series(np.where(days.day_of_week == 6, 80.0, 10.0), index=days)
    assert weekday_weight(series)[6] == pytest.approx(80 / 20)  # a week brings 140, a mean day 20
    assert weekday_weight(series)[0] == pytest.approx(10 / 20)


def test_below_two_weeks_every_weekday_weighs_the_same() -> None:
    series = pd.Series([1.0, 9.0] * 6, index=pd.date_range("2026-10-05", periods=12))
    assert weekday_weight(series).tolist() == [1.0] * 7


def test_the_run_rate_counts_the_weekdays_that_lie_ahead() -> None:
    days = pd.date_range("2026-10-05", periods=14)  # ends on Sunday 18
    series = pd.Series(np.where(days.day_of_week == 6, 80.0, 10.0), index=days)
    assert run_rate(series, date(2026, 10, 19)) == pytest.approx(
        10
    )  # a Monday; a mean day would be 20
    assert run_rate(series, date(2026, 10, 25)) == pytest.approx(140)


def test_the_run_rate_is_that_of_the_last_two_weeks() -> None:
    series = pd.Series([10.0] * 14 + [20.0] * 14, index=pd.date_range("2026-10-05", periods=28))
    assert run_rate(series, date(2026, 11, 2)) == pytest.approx(20)


def test_a_missing_day_is_left_out_of_the_rate_and_not_taken_as_zero() -> None:
    series = pd.Series([10.0] * 28, index=pd.date_range("2026-10-05", periods=28))
    series.iloc[20] = np.nan
    assert run_rate(series, date(2026, 11, 3)) == pytest.approx(20)


def test_nothing_is_ahead_on_the_last_day() -> None:
    series = pd.Series([10.0] * 14, index=pd.date_range("2026-10-05", periods=14))
    assert run_rate(series, date(2026, 10, 18)) == 0


def test_fewer_than_seven_known_days_give_no_rate() -> None:
    series = pd.Series([10.0] * 6 + [np.nan] * 8, index=pd.date_range("2026-10-05", periods=14))
    assert np.isnan(run_rate(series, date(2026, 10, 31)))


def test_seven_known_days_of_the_last_fourteen_give_a_rate() -> None:
    days = pd.date_range("2026-10-05", periods=15)
    series = pd.Series([10.0] * 8 + [np.nan] * 7, index=days)  # seven of the last fourteen
    assert run_rate(series, date(2026, 10, 21)) == pytest.approx(20)


def test_the_last_day_to_expect_is_counted() -> None:
    series = pd.Series([10.0] * 14, index=pd.date_range("2026-10-05", periods=14))
    assert run_rate(series, date(2026, 10, 19)) == pytest.approx(10)


def test_known_days_whose_weekdays_never_bring_anything_expect_nothing() -> None:
    days = pd.date_range("2026-10-05", periods=28)  # sells on Sundays, and no Sunday is known late
    series = pd.Series(np.where(days.day_of_week == 6, 70.0, 0.0), index=days)
    series[(days >= "2026-10-19") & (days.day_of_week == 6)] = np.nan
    assert run_rate(series, date(2026, 11, 8)) == 0


def test_fourteen_known_days_are_enough_for_the_weights_of_weekdays() -> None:
    days = pd.date_range("2026-10-05", periods=14)
    series = pd.Series(np.where(days.day_of_week == 6, 80.0, 10.0), index=days)
    assert weekday_weight(series)[6] == pytest.approx(4)
    assert weekday_weight(series[:13]).tolist() == [1.0] * 7


def test_weekdays_weigh_the_same_where_one_is_never_known_or_nothing_happened() -> None:
    days = pd.date_range("2026-10-05", periods=28)
    no_sunday = pd.Series(np.arange(28.0), index=days).where(days.day_of_week != 6)
    assert weekday_weight(no_sunday).to_dict() == dict.fromkeys(range(7), 1.0)
    assert weekday_weight(pd.Series(0.0, index=days)).to_dict() == dict.fromkeys(range(7), 1.0)
