"""Against a month whose KPIs are known, a break in counting, and tables that end too early."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from playbook.stages.monitoring.board import board, freshness, tracking
from playbook.stages.shared.daily import by_channel_day
from playbook.stages.shared.months import months
from tests.stages.shop import campaign, channel_daily, filled, tables, three_months


def _goal(**changes: Any) -> dict[str, Any]:
    return {
        "name": "Goal",
        "kpi": "roas",
        "target": 20.0,
        "deadline": "2026-12-31",
        "owner": "s01",
    } | changes


def _board(**parameters: Any) -> pd.DataFrame:
    where = campaign(**parameters)
    _, now, before = months(where, three_months(search=(200.0, 10.0, 0.05, 0.9, 0.05, 100.0)))
    return board(where, now, before).set_index("kpi")


def test_ctr_of_all_channels_is_a_ratio_of_sums() -> None:
    impressions = {"search": 20_000, "social": 20_000, "display": 50_000}
    clicks = 20_000 * 0.05 + 20_000 * 0.01 + 50_000 * 0.004
    assert _board().loc["ctr", "actual"] == pytest.approx(clicks / sum(impressions.values()))


def test_change_is_against_the_month_before() -> None:
    row = _board().loc["spend"]
    assert row["change"] == pytest.approx(row["actual"] / row["previous"] - 1)
    assert row["change"] > 0.33


def test_a_target_is_shown_only_where_a_goal_of_the_month_names_it_and_spend_is_held_against_its_budget() -> (
    None
):
    goals = {
        "roas": _goal(),
        "year": _goal(kpi="revenue", start="2026-01-01"),
        "part": _goal(kpi="cpm", channel="search"),
    }
    table = _board(goals=goals)
    assert table["target"].dropna().to_dict() == {"roas": 20.0, "spend": 3 * 3267.0}
    assert table.loc["roas", "state"] in ("watch", "act")
    assert table.loc["revenue", "state"] == ""


def test_goal_of_spend_stands_before_the_budget() -> None:
    assert (
        _board(goals={"spend": _goal(kpi="spend", target=9000.0, deadline="2026-10-31")}).loc[
            "spend", "target"
        ]
        == 9000.0
    )


def test_spend_without_a_budget_has_no_target() -> None:
    assert np.isnan(_board(budget={}).loc["spend", "target"])


def test_days_without_a_conversion_are_a_break_when_many_were_due() -> None:
    october = by_channel_day(channel_daily("2026-10-01", "2026-10-31"))
    gone = october["date"].between("2026-10-14", "2026-10-16")
    october.loc[gone & october["channel"].isin(["search"]), "conversions"] = 0.0
    table = tracking(october, by_channel_day(channel_daily("2026-09-01", "2026-09-30"))).set_index(
        "channel"
    )
    row = table.loc["search"]
    assert (row["zero_days"], row["zero_from"], row["state"]) == (
        3.0,
        pd.Timestamp("2026-10-14"),
        "act",
    )
    assert row["expected_conversions"] == pytest.approx(3 * 22.5)


def test_days_without_a_conversion_are_luck_when_few_were_due() -> None:
    small = {"search": (1.0, 10.0, 0.05, 0.9, 0.05, 100.0)}
    october = by_channel_day(channel_daily("2026-10-01", "2026-10-31", **small))
    october.loc[october["date"].between("2026-10-14", "2026-10-16"), "conversions"] = 0.0
    table = tracking(october, october.iloc[:0]).set_index("channel")
    assert table.loc["search", "state"] == "good"
    assert table.loc["search", "chance"] == pytest.approx(np.exp(-3 * 0.225))


def test_a_channel_that_lacks_days_which_others_have_is_watched() -> None:
    october = by_channel_day(channel_daily("2026-10-01", "2026-10-31"))
    cut = october[~(october["channel"].eq("social") & (october["date"] >= "2026-10-30"))]
    table = tracking(cut, cut.iloc[:0]).set_index("channel")
    assert table.loc["social", ["missing_days", "state"]].to_list() == [2.0, "watch"]


def test_freshness_counts_the_days_without_a_row() -> None:
    table = freshness(campaign(), tables(channel_daily=channel_daily("2026-09-01", "2026-10-29")))
    (row,) = table.to_dict("records")
    assert (row["table"], row["last_day"], row["missing_days"]) == (
        "channel_daily",
        pd.Timestamp("2026-10-29"),
        2.0,
    )


def test_a_survey_need_not_have_a_row_a_day() -> None:
    weeks = filled(
        "competitors", [{"brand": "x", "week": pd.Timestamp("2026-10-05"), "mentions": 3.0}]
    )
    table = freshness(campaign(), tables(competitors=weeks))
    assert table["missing_days"].isna().all()
    assert table["state"].to_list() == ["good"]
