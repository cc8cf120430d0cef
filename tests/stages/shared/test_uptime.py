"""Against one outage of forty minutes on one of two pages."""

from datetime import date

import pandas as pd
import pytest

from playbook.stages.shared import uptime
from tests.stages.shop import filled

START, END = date(2026, 10, 1), date(2026, 10, 31)


@pytest.fixture
def checks() -> pd.DataFrame:
    """Two pages, every ten minutes on 12 October; `sale` is down from 10:00 to 10:40."""
    moments = pd.date_range("2026-10-12", "2026-10-12 23:50", freq="10min")
    down = (moments >= "2026-10-12 10:00") & (moments < "2026-10-12 10:40")
    rows = [
        {"page_id": page, "checked_at": moment, "up": 0.0 if page == "sale" and is_down else 1.0}
        for page in ("home", "sale")
        for moment, is_down in zip(moments, down, strict=True)
    ]
    return uptime.within(filled("site_checks", rows), START, END)


def _orders(*moments: str, revenue: float) -> pd.DataFrame:
    rows = [
        {
            "order_id": str(number),
            "customer_id": "c",
            "ordered_at": pd.Timestamp(moment),
            "revenue": revenue,
        }
        for number, moment in enumerate(moments)
    ]
    return filled("orders", rows)


def test_an_outage_lasts_until_the_next_answer(checks: pd.DataFrame) -> None:
    (row,) = uptime.outages(checks).to_dict("records")
    assert (row["page_id"], row["minutes"]) == ("sale", 40.0)


def test_an_outage_at_the_end_lasts_one_step_more(checks: pd.DataFrame) -> None:
    cut = checks[checks["checked_at"] < "2026-10-12 10:20"]
    assert uptime.outages(cut)["minutes"].to_list() == [20.0]


def test_two_outages_of_a_page_are_not_one(checks: pd.DataFrame) -> None:
    again = checks.copy()
    again.loc[
        again["page_id"].eq("sale") & again["checked_at"].eq(pd.Timestamp("2026-10-12 15:00")), "up"
    ] = 0.0
    assert uptime.outages(again)["minutes"].to_list() == [40.0, 10.0]


def test_uptime_is_the_share_of_answered_checks(checks: pd.DataFrame) -> None:
    table = uptime.pages(checks, uptime.outages(checks), 0.995).set_index("page_id")
    assert table.loc["sale", "uptime"] == pytest.approx(140 / 144)
    assert table.loc["sale", ["outages", "minutes", "state"]].to_list() == [1.0, 40.0, "act"]
    assert table.loc["home", ["outages", "state"]].to_list() == [0.0, "good"]


def test_the_stake_is_what_that_hour_of_the_week_usually_brings(checks: pd.DataFrame) -> None:
    """Two Mondays before, each 300 between ten and eleven and 9000 at night."""
    orders = pd.concat(
        [
            _orders("2026-09-28 10:15", "2026-10-05 10:45", revenue=300.0),
            _orders("2026-09-28 22:15", "2026-10-05 22:45", revenue=9000.0),
        ]
    )
    (row,) = uptime.with_stakes(uptime.outages(checks), orders, pd.Series(dtype="float64")).to_dict(
        "records"
    )
    assert (row["at_stake"], row["basis"]) == (pytest.approx(300 * 40 / 60), "hour")


def test_without_orders_the_day_is_spread_evenly(checks: pd.DataFrame) -> None:
    days = pd.date_range("2026-09-28", "2026-10-11")
    revenue = pd.Series([1440.0 if day.day_of_week == 0 else 0.0 for day in days], index=days)
    (row,) = uptime.with_stakes(uptime.outages(checks), filled("orders", []), revenue).to_dict(
        "records"
    )
    assert (row["at_stake"], row["basis"]) == (pytest.approx(40.0), "day")


def test_without_any_revenue_the_stake_is_not_known(checks: pd.DataFrame) -> None:
    nothing = pd.Series(dtype="float64", index=pd.DatetimeIndex([]))
    (row,) = uptime.with_stakes(uptime.outages(checks), filled("orders", []), nothing).to_dict(
        "records"
    )
    assert pd.isna(row["at_stake"])
    assert row["basis"] == "none"
