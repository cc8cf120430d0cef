"""Against goals whose due part can be counted in days."""

from typing import Any

import pandas as pd
import pytest

from playbook.stages.shared.daily import by_channel_day
from playbook.stages.shared.targets import targets
from tests.stages.shop import campaign, channel_daily, filled, tables

DAILY = by_channel_day(channel_daily("2026-10-01", "2026-10-31"))
REVENUE = DAILY["revenue"].sum()


def _row(
    daily: pd.DataFrame = DAILY, given: dict[str, pd.DataFrame] | None = None, **goal: Any
) -> pd.Series:
    made = {
        "name": "Goal",
        "kpi": "revenue",
        "target": 100.0,
        "deadline": "2026-10-31",
        "owner": "s01",
    } | goal
    return targets(campaign(goals={"aim": made}), tables(**(given or {})), daily).iloc[0]


def test_a_goal_of_the_month_is_compared_with_its_whole_target() -> None:
    row = _row(target=2 * REVENUE)
    assert row["attainment"] == pytest.approx(0.5)
    assert (row["state"], row["outcome"]) == ("act", "missed")


def test_half_the_time_makes_half_of_a_sum_due() -> None:
    row = _row(target=2 * REVENUE, start="2026-10-01", deadline="2026-12-01")  # 31 of 62 days
    assert row["due"] == pytest.approx(REVENUE)
    assert (row["attainment"], row["outcome"]) == (pytest.approx(0.5), "on_track")


def test_a_ratio_is_due_in_full_at_any_time() -> None:
    row = _row(kpi="roas", target=1000.0, deadline="2026-12-31")
    assert (row["due"], row["outcome"]) == (1000.0, "behind")


def test_a_lower_cost_than_agreed_is_reached() -> None:
    assert _row(kpi="cpm", target=20.0)["state"] == "good"


def test_spending_twice_the_plan_is_not_good() -> None:
    assert _row(kpi="spend", target=DAILY["spend"].sum() / 2)["state"] == "act"
    assert _row(kpi="spend", target=DAILY["spend"].sum())["state"] == "good"


def test_a_goal_of_a_channel_counts_that_channel_alone() -> None:
    row = _row(kpi="roas", target=1.0, channel="search")
    assert row["actual"] == pytest.approx(0.05 * 0.9 * 0.05 * 100.0 * 1000 / 10)


def test_what_no_table_tells_is_unknown_and_not_zero() -> None:
    row = _row(kpi="uptime", target=0.99)
    assert pd.isna(row["actual"])
    assert (row["state"], row["outcome"]) == ("watch", "unknown")


def test_a_goal_that_starts_later_is_not_judged() -> None:
    row = _row(start="2026-11-01", deadline="2026-11-30")
    assert (row["state"], row["outcome"]) == ("good", "not_begun")


def test_uptime_comes_from_the_checks_of_the_sites() -> None:
    moments = pd.date_range("2026-10-05", periods=4, freq="h")
    checks = filled(
        "site_checks",
        [
            {"page_id": "p", "checked_at": moment, "up": up}
            for moment, up in zip(moments, [1.0, 1.0, 0.0, 1.0], strict=True)
        ],
    )
    assert _row(given={"site_checks": checks}, kpi="uptime", target=0.99)["actual"] == 0.75


def test_gross_sales_add_the_discount_back() -> None:
    orders = filled(
        "orders",
        [
            {
                "order_id": "1",
                "customer_id": "c",
                "ordered_at": pd.Timestamp("2026-10-31 23:59"),
                "revenue": 80.0,
                "discount": 20.0,
            }
        ],
    )
    assert _row(given={"orders": orders}, kpi="gmv", target=100.0)["attainment"] == pytest.approx(
        1.0
    )


def test_no_goals_make_no_rows() -> None:
    assert targets(campaign(), tables(), DAILY).empty
