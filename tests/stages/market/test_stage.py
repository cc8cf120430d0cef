"""Stage 2, against pymannkendall's numbers, published formulas and shares worked by hand."""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.methods.days import in_period
from playbook.methods.trend import mann_kendall, monthly, parts, season_length, sen_slope, trends
from playbook.stages.market.allocation import allocation
from playbook.stages.market.competitors import competition
from playbook.stages.market.stage import analyse
from playbook.stages.shared.daily import by_channel_day
from tests.stages.shop import (
    FUNNELS,
    against_schema,
    campaign,
    channel_daily,
    filled,
    said,
    tables,
    three_months,
    without_site,
)

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


def series(
    values: Any, end: str = "2026-10-26", freq: str = "7D", name: str = "search"
) -> pd.DataFrame:
    """One market series that ends on a day."""
    days = pd.date_range(end=end, periods=len(values), freq=freq)
    rows = [
        {"series_id": name, "date": day, "value": value}
        for day, value in zip(days, values, strict=True)
    ]
    return filled("market_series", rows)


def yearly(
    weeks: int, *, growth: float = 0.0, swing: float = 0.0, peak_week: int = 45, noise: float = 0.02
) -> pd.DataFrame:
    """Weeks with a yearly swing, a growth a year and noise with a fixed seed."""
    days = pd.date_range(end="2026-10-26", periods=weeks, freq="7D")
    phase = 2 * np.pi * (days.isocalendar().week.to_numpy(dtype="float64") - peak_week) / 52.18
    level = 100 * (1 + growth) ** (np.arange(weeks) / 52.18) * np.exp(swing * np.cos(phase))
    return series(level * np.exp(np.random.default_rng(3).normal(0, noise, weeks)))


def brands(**weeks: list[tuple[str, float, float]]) -> pd.DataFrame:
    """By brand: week, mentions, price index; searches are twice the mentions."""
    rows = [
        {
            "brand": brand,
            "week": pd.Timestamp(week),
            "mentions": mentions,
            "search_index": 2 * mentions,
            "price_index": price,
        }
        for brand, values in weeks.items()
        for week, mentions, price in values
    ]
    return filled("competitors", rows)


def compare(table: pd.DataFrame, own: str = "ours") -> pd.DataFrame:
    return competition(table, own, NOW, BEFORE).set_index("brand")


def hints(daily: pd.DataFrame, **changes: Any) -> dict[str, str]:
    days = by_channel_day(daily)
    found = allocation(campaign(**changes), in_period(days, *NOW), in_period(days, *BEFORE))
    return dict(zip(found["channel"], found["hint"], strict=True))


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


def test_share_of_voice_is_of_all_mentions_of_the_month() -> None:
    found = compare(
        brands(
            ours=[("2026-10-05", 30, 100), ("2026-10-12", 10, 100)],
            them=[("2026-10-05", 10, 90), ("2026-10-12", 150, 90)],
        )
    )
    assert found.loc["ours", "share_of_voice"] == pytest.approx(
        40 / 200
    )  # the mean of 0.75 and 0.06 would be 0.41
    assert found.loc["ours", "share_of_search"] == pytest.approx(40 / 200)
    assert found["role"].to_dict() == {"them": "rival", "ours": "own"}


def test_shares_add_up_to_one_and_their_changes_to_nothing() -> None:
    found = compare(
        brands(
            ours=[("2026-09-07", 10, 100), ("2026-10-05", 20, 100)],
            them=[("2026-09-07", 30, 90), ("2026-10-05", 20, 81)],
        )
    )
    assert found["share_of_voice"].sum() == pytest.approx(1)
    assert found["share_of_voice_change"].to_dict() == {
        "ours": pytest.approx(0.25),
        "them": pytest.approx(-0.25),
    }
    assert found.loc["them", "price_index_change"] == pytest.approx(-0.1)


def test_a_week_in_which_a_brand_is_not_known_counts_for_none() -> None:
    table = brands(
        ours=[("2026-10-05", 10, 100), ("2026-10-12", 500, 100)],
        them=[("2026-10-05", 30, 90), ("2026-10-12", np.nan, 90)],
    )
    assert compare(table).loc["ours", "share_of_voice"] == pytest.approx(10 / 40)


def test_a_week_belongs_to_the_month_of_its_monday() -> None:
    found = compare(brands(ours=[("2026-09-28", 10, 100), ("2026-10-05", 20, 100)]))
    assert found.loc["ours", "weeks"] == 1


def test_a_channel_without_a_limit_has_no_known_headroom() -> None:
    daily = by_channel_day(three_months())
    found = allocation(campaign(), in_period(daily, *NOW), in_period(daily, *BEFORE)).set_index(
        "channel"
    )
    assert found["headroom"].isna().all()
    assert found.loc["search", "budget_share"] == pytest.approx(1 / 3)
    assert found.loc["search", "roas"] == pytest.approx(
        FUNNELS["search"][5] * 10000 * 0.05 * 0.9 * 0.05 / 100
    )


def test_each_channel_is_compared_with_all_together() -> None:
    assert hints(three_months()) == {
        "search": "returns_more",
        "social": "returns_less",
        "display": "returns_less",
    }


def test_limits_are_said_where_they_leave_no_room() -> None:
    channels = {
        name: {"name": name, "kind": "paid", "owner": "s01", "min_spend": least, "max_spend": most}
        for name, least, most in (
            ("search", 0.0, 3267.0),
            ("social", 3267.0, 9000.0),
            ("display", 0.0, 9000.0),
        )
    }
    found = hints(three_months(), channels=channels)
    assert (found["search"], found["social"]) == ("returns_more_at_most", "returns_less_at_least")


def test_equal_channels_are_not_told_apart() -> None:
    same = dict.fromkeys(("social", "display"), FUNNELS["search"])
    assert set(hints(channel_daily("2026-10-01", "2026-10-31", **same)).values()) == {
        "like_the_rest"
    }


def test_without_revenue_channels_are_compared_by_cost_per_conversion() -> None:
    daily = without_site(three_months()).assign(revenue=np.nan)
    found = (
        analyse(campaign(), tables(channel_daily=daily)).tables["allocation"].set_index("channel")
    )
    assert found["basis"].unique().tolist() == ["cpa"]
    assert found.loc["search", "hint"] == "returns_more"
    assert found["roas_low"].isna().all()


def test_a_channel_with_hardly_any_spend_is_not_compared() -> None:
    tiny = (1.0, 10.0, 0.05, 0.9, 0.0, 100.0)  # a dollar a day of two hundred and one, and no order
    assert hints(three_months(display=tiny))["display"] == "too_little_spend"


def test_a_few_days_compare_nothing() -> None:
    assert set(hints(channel_daily("2026-10-01", "2026-10-09")).values()) == {"too_few_days"}


def test_own_growth_is_per_day_so_that_a_longer_month_is_no_growth() -> None:
    found = analyse(
        campaign(),
        tables(
            channel_daily=channel_daily("2026-09-07", "2026-10-04"),
            market_series=series([10.0] * 4 + [12.0] * 4),
        ),
    )
    row = found.tables["growth"].iloc[0]
    assert row["kpi"] == "revenue"
    assert row["own_change"] == pytest.approx((2 + 2 * 1.2) / 4 / ((18 + 6 * 1.2) / 24) - 1)
    assert row["gap"] == pytest.approx(row["own_change"] - 0.2)


def test_a_rival_that_cuts_its_price_and_one_that_gains_are_told() -> None:
    table = brands(
        ours=[("2026-09-07", 30, 100), ("2026-10-05", 30, 100)],
        them=[("2026-09-07", 30, 100), ("2026-10-05", 50, 90)],
    )
    told = {one.id for one in analyse(campaign(brand="ours"), tables(competitors=table)).findings}
    assert {"market.price.them", "market.share_of_voice", "market.share_of_search"} <= told


def test_an_own_brand_that_is_not_named_is_said() -> None:
    found = analyse(campaign(), tables(competitors=brands(them=[("2026-10-05", 50, 90)])))
    assert "brand" in found.missing


@pytest.mark.parametrize(
    "given",
    [
        tables(),
        tables(channel_daily=three_months()),
        tables(market_series=series([1.0])),
        tables(market_series=yearly(157, growth=0.2, swing=0.3), channel_daily=three_months()),
        tables(competitors=brands(them=[("2026-09-07", 50, 90)])),
    ],
    ids=["nothing", "channel_daily", "one step", "market", "old competitors"],
)
@pytest.mark.parametrize("budget", [{}, {"search": 100.0}], ids=["no budget", "budget"])
def test_the_stage_answers_whatever_is_missing(
    given: dict[str, pd.DataFrame], budget: dict[str, float]
) -> None:
    where = campaign(budget=budget)
    found = analyse(where, given)
    assert found.findings[0].id == "market.answer"
    assert all(said(found, "market", where))
    assert not against_schema(found, "market")


def test_without_a_budget_the_channel_with_most_spend_is_named() -> None:
    where = campaign(budget={})
    found = analyse(where, tables(channel_daily=three_months()))
    assert "Most was spent on Search ($3,280)" in said(found, "market", where)[len(found.findings)]
