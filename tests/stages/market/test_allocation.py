"""Which channel returns more than the rest, and where limits leave no room."""

from datetime import date
from typing import Any

import pandas as pd
import pytest

from playbook.methods.days import in_period
from playbook.stages.market.allocation import allocation
from playbook.stages.shared.daily import by_channel_day
from tests.stages.shop import FUNNELS, campaign, channel_daily, three_months

NOW, BEFORE = (date(2026, 10, 1), date(2026, 10, 31)), (date(2026, 9, 1), date(2026, 9, 30))


def hints(daily: pd.DataFrame, **changes: Any) -> dict[str, str]:
    days = by_channel_day(daily)
    found = allocation(campaign(**changes), in_period(days, *NOW), in_period(days, *BEFORE))
    return dict(zip(found["channel"], found["hint"], strict=True))


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


def test_a_channel_with_hardly_any_spend_is_not_compared() -> None:
    tiny = (1.0, 10.0, 0.05, 0.9, 0.0, 100.0)  # a dollar a day of two hundred and one, and no order
    assert hints(three_months(display=tiny))["display"] == "too_little_spend"


def test_a_few_days_compare_nothing() -> None:
    assert set(hints(channel_daily("2026-10-01", "2026-10-09")).values()) == {"too_few_days"}
