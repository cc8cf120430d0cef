"""The daily table, against sums and forecasts worked by hand."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.methods.days import in_period, run_rate, weekday_weight
from playbook.sources.contracts import empty
from playbook.stages.shared.daily import ADDITIVE, by_channel_day, kpi_table
from tests.stages.shop import campaign, filled


@pytest.fixture
def two_sources() -> pd.DataFrame:
    """The platform's two ads and the site's own row of one day; 'mail' has no spend at all."""
    day = pd.Timestamp("2026-10-01")
    return filled(
        "channel_daily",
        [
            {
                "date": day,
                "channel": "search",
                "campaign_unit": "a",
                "spend": 60.0,
                "clicks": 10.0,
                "reach": 5.0,
            },
            {
                "date": day,
                "channel": "search",
                "campaign_unit": "b",
                "spend": 40.0,
                "clicks": 30.0,
                "reach": 9.0,
            },
            {"date": day, "channel": "search", "visits": 30.0, "revenue": 300.0, "orders": 3.0},
            {"date": day, "channel": "mail", "visits": 5.0, "revenue": 50.0},
        ],
    )


def test_rows_of_all_sources_make_one_row_a_channel_and_day(two_sources: pd.DataFrame) -> None:
    found = by_channel_day(two_sources).set_index("channel")
    assert found.loc["search", ["spend", "clicks", "visits", "revenue"]].tolist() == [
        100,
        40,
        30,
        300,
    ]


def test_a_ratio_over_two_sources_is_known_only_after_adding_up(two_sources: pd.DataFrame) -> None:
    daily = by_channel_day(two_sources)
    assert kpi_table(two_sources, ["roas"], ["channel"], campaign()).loc["search", "roas"] != 3
    assert kpi_table(daily, ["roas"], ["channel"], campaign()).loc[
        "search", "roas"
    ] == pytest.approx(300 / 100)


def test_what_no_source_knows_stays_missing_and_is_not_zero(two_sources: pd.DataFrame) -> None:
    mail = by_channel_day(two_sources).set_index("channel").loc["mail"]
    assert np.isnan(mail["spend"])
    assert mail["revenue"] == 50


def test_reach_is_not_added_up(two_sources: pd.DataFrame) -> None:
    assert "reach" not in by_channel_day(two_sources).columns
    assert "reach" not in ADDITIVE


def test_no_rows_give_no_rows_with_all_columns() -> None:
    found = by_channel_day(empty("channel_daily"))
    assert found.empty
    assert list(found.columns) == ["date", "channel", *ADDITIVE]


def test_roi_takes_the_margin_of_the_parameters(two_sources: pd.DataFrame) -> None:
    found = kpi_table(by_channel_day(two_sources), ["roi"], ["channel"], campaign())  # margin 0.4
    assert found.loc["search", "roi"] == pytest.approx((300 * 0.4 - 100) / 100)


@given(st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=8))
def test_splitting_a_day_over_units_changes_no_sum(units: list[str]) -> None:
    rows = [
        {"date": pd.Timestamp("2026-10-01"), "channel": "x", "campaign_unit": unit, "spend": 2.0}
        for unit in units
    ]
    assert by_channel_day(filled("channel_daily", rows))["spend"].tolist() == [2.0 * len(units)]


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
