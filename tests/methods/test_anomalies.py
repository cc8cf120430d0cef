"""Against days that were planted.

A break in tracking, a landing page down, a burst of clicks, a growing shop.
"""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from playbook.methods.anomalies import anomalies, incidents, judged
from playbook.stages.shared.daily import by_channel_day
from tests.stages.shop import channel_daily

FIRST, LAST, CUT = date(2026, 10, 1), date(2026, 10, 31), 4.5


@pytest.fixture
def daily() -> pd.DataFrame:
    """Three months in which every figure scatters by a tenth."""
    rows = by_channel_day(channel_daily("2026-08-01", "2026-10-31"))
    generator = np.random.default_rng(11)
    columns = ["impressions", "clicks", "conversions", "revenue", "spend"]
    rows[columns] = rows[columns] * generator.uniform(0.9, 1.1, (len(rows), len(columns)))
    return rows


def _on(rows: pd.DataFrame, day: str, channel: str) -> pd.Series:
    return rows["date"].eq(pd.Timestamp(day)) & rows["channel"].eq(channel)


def _found(rows: pd.DataFrame, *outage_days: str) -> pd.DataFrame:
    return anomalies(judged(rows), FIRST, LAST, CUT, [pd.Timestamp(day) for day in outage_days])


def test_an_ordinary_month_has_few_unusual_days(daily: pd.DataFrame) -> None:
    assert len(_found(daily)) <= 2


def test_weekends_are_compared_with_weekends(daily: pd.DataFrame) -> None:
    found = judged(daily)
    saturday = found[_on(found, "2026-10-17", "search") & found["kpi"].eq("clicks")]
    assert saturday["expected"].iloc[0] == pytest.approx(600, rel=0.1)  # 500 on weekdays


def test_results_that_vanish_while_clicks_go_on_look_like_a_break_in_tracking(
    daily: pd.DataFrame,
) -> None:
    broken = daily.copy()
    broken.loc[_on(broken, "2026-10-14", "search"), ["conversions", "revenue"]] = 0.0
    found = _found(broken)
    assert set(found.loc[_on(found, "2026-10-14", "search"), "cause"]) == {"tracking"}


def test_the_same_fall_on_the_day_of_an_outage_is_the_page(daily: pd.DataFrame) -> None:
    broken = daily.copy()
    broken.loc[_on(broken, "2026-10-14", "search"), ["conversions", "revenue"]] = 0.0
    found = _found(broken, "2026-10-14")
    assert set(found.loc[_on(found, "2026-10-14", "search"), "cause"]) == {"page_down"}


def test_a_burst_of_clicks_without_results_is_doubtful(daily: pd.DataFrame) -> None:
    broken = daily.copy()
    broken.loc[_on(broken, "2026-10-20", "social"), "clicks"] *= 4
    (row,) = _found(broken)[_on(_found(broken), "2026-10-20", "social")].to_dict("records")
    assert (row["kpi"], row["cause"]) == ("clicks", "clicks_without_result")
    assert row["change"] == pytest.approx(3, rel=0.2)


def test_more_money_explains_more_of_everything(daily: pd.DataFrame) -> None:
    broken = daily.copy()
    broken.loc[
        _on(broken, "2026-10-20", "search"),
        ["impressions", "clicks", "conversions", "revenue", "spend"],
    ] *= 3
    assert set(_found(broken)["cause"]) == {"spend_changed"}


def test_a_day_is_never_judged_by_later_days(daily: pd.DataFrame) -> None:
    whole, cut = judged(daily), judged(daily[daily["date"] <= "2026-10-15"])
    early = whole[whole["date"] <= "2026-10-15"].reset_index(drop=True)
    pd.testing.assert_frame_equal(early, cut)


def test_a_channel_with_an_order_a_day_is_not_judged_by_the_day() -> None:
    small = {"search": (2.0, 10.0, 0.05, 0.9, 0.05, 100.0)}
    found = judged(by_channel_day(channel_daily("2026-08-01", "2026-10-31", **small)))
    scored = found[found["channel"].eq("search") & found["score"].notna()]
    assert set(scored["kpi"]) == {"impressions", "clicks", "spend"}


def test_steady_growth_is_not_unusual() -> None:
    rows = by_channel_day(channel_daily("2026-08-01", "2026-10-31"))
    growth = 1.01 ** (rows["date"] - rows["date"].min()).dt.days
    columns = ["impressions", "clicks", "conversions", "revenue", "spend"]
    rows[columns] = rows[columns].mul(growth, axis=0)
    assert _found(rows).empty


@pytest.mark.parametrize("factor", [0.2, 3, 100])
def test_after_a_lasting_change_of_level_the_new_level_is_usual(
    daily: pd.DataFrame, factor: float
) -> None:
    moved = daily.copy()
    after = moved["date"].ge(pd.Timestamp("2026-09-14")) & moved["channel"].eq("search")
    moved.loc[after, ["impressions", "clicks", "conversions", "revenue", "spend"]] *= factor
    found = judged(moved)
    later = found[
        found["channel"].eq("search")
        & found["kpi"].eq("clicks")
        & found["date"].ge(pd.Timestamp(FIRST))
    ]
    assert (
        (later["actual"] / later["expected"]).between(0.75, 1.33).all()
    )  # the level is counted once, not twice
    assert len(_found(moved)) <= 2


def test_an_incident_gathers_a_day_and_counts_the_money(daily: pd.DataFrame) -> None:
    broken = daily.copy()
    both = broken["date"].eq(pd.Timestamp("2026-10-14")) & broken["channel"].isin(
        ["search", "social"]
    )
    broken.loc[both, ["conversions", "revenue"]] = 0.0
    row = (
        incidents(_found(broken), judged(broken)).set_index("date").loc[pd.Timestamp("2026-10-14")]
    )
    assert (row["signals"], row["channels"], row["cause"]) == (4, 2, "tracking")
    assert row["at_stake"] == pytest.approx(-(2250 + 720), rel=0.15)


def test_a_few_days_of_history_judge_nothing() -> None:
    assert judged(by_channel_day(channel_daily("2026-10-01", "2026-10-10"))).empty
