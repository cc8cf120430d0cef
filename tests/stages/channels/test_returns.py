"""What each channel brought, against funnels whose returns can be worked by hand.

Search returns 22.5 for each unit of spend, social 7.2, display 1.6.
"""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from playbook.stages.channels.returns import (
    attribution,
    changes,
    channel_table,
    kinds,
    mix,
    returns,
    total,
)
from playbook.stages.shared.months import months
from tests.stages.shop import campaign, filled, three_months

RETURN = {"search": 22.5, "social": 7.2, "display": 1.6}
SPEND = 100 * (22 + 9 * 1.2)


def month(daily: pd.DataFrame | None = None) -> pd.DataFrame:
    """October, one row per day and channel."""
    return months(campaign(), three_months() if daily is None else daily)[1]


def of(now: pd.DataFrame, channel: str, **factors: float) -> pd.DataFrame:
    """The same days with some columns of a channel so much larger."""
    return now.assign(
        **{
            column: now[column].where(now["channel"].ne(channel), now[column] * factor)
            for column, factor in factors.items()
        }
    )


def with_email(now: pd.DataFrame) -> pd.DataFrame:
    """E-mail sells 500 a day and costs nothing."""
    email = now.drop_duplicates("date").assign(
        channel="email", spend=np.nan, revenue=500.0, orders=5.0, conversions=np.nan
    )
    return pd.concat([now, email], ignore_index=True)


def returned(now: pd.DataFrame, **parameters: Any) -> pd.DataFrame:
    return returns(campaign(**parameters), now).set_index("channel")


def test_each_channel_returns_what_was_planted() -> None:
    table = returned(month())
    assert table["roas"].to_dict() == pytest.approx(RETURN)
    assert table["average_roas"].to_list() == pytest.approx([sum(RETURN.values()) / 3] * 3)
    assert table["break_even_roas"].to_list() == [2.5] * 3
    assert table.loc["display", "gross_profit"] == pytest.approx((0.4 * 1.6 - 1) * SPEND)


def test_a_channel_earns_or_loses_only_where_its_whole_interval_does() -> None:
    assert returned(month())["verdict"].to_dict() == {
        "search": "earns",
        "social": "earns",
        "display": "loses",
    }
    generator = np.random.default_rng(5)
    now = month()
    scattered = now.assign(revenue=now["revenue"] * generator.uniform(0, 2, len(now)))
    near = of(scattered, "display", revenue=2.5 / 1.6)
    row = returned(near).loc["display"]
    assert row["roas_low"] < 2.5 < row["roas_high"]
    assert row["verdict"] == "unclear"


def test_without_margin_or_revenue_no_verdict_is_given() -> None:
    assert set(returned(month(), business={})["verdict"]) == {"no_margin"}
    unknown = month().assign(revenue=np.nan)
    assert set(returned(unknown)["verdict"]) == {"no_revenue"}
    assert returned(unknown)["average_roas"].isna().all()


def test_a_channel_without_spend_returns_nothing_and_moves_no_average() -> None:
    table = returned(with_email(month()))
    assert "email" not in table.index
    assert table["average_roas"].to_list() == pytest.approx([sum(RETURN.values()) / 3] * 3)
    sums = total(campaign(), with_email(month()), month().iloc[:0]).set_index("kpi")["actual"]
    assert sums["roas"] == pytest.approx(sum(RETURN.values()) / 3)
    assert sums["revenue"] == pytest.approx(sum(RETURN.values()) * SPEND + 31 * 500)


def test_spend_whose_revenue_is_not_known_is_left_out_of_the_average() -> None:
    now = month()
    hidden = now.assign(revenue=now["revenue"].where(now["channel"].ne("display")))
    assert returned(hidden)["average_roas"].to_list() == pytest.approx([(22.5 + 7.2) / 2] * 3)


def test_totals_stand_beside_those_of_the_month_before() -> None:
    _, now, before = months(campaign(), three_months())
    table = total(campaign(), now, of(before, "search", spend=0.0)).set_index("kpi")
    days = (22 + 9 * 1.2) / (22 + 8 * 1.2)
    assert table.loc["spend", "change"] == pytest.approx(days * 3 / 2 - 1)
    assert table.loc["revenue", "change"] == pytest.approx(days - 1)
    first = total(campaign(), now, before.iloc[:0])
    assert first["previous"].isna().all()
    assert first["change"].isna().all()


def test_claims_are_held_against_orders_and_undefined_without_any() -> None:
    now = of(of(month(), "social", conversions=3.0), "display", orders=0.0)
    claims = channel_table(campaign(), now).set_index("channel")["claims_per_order"]
    assert claims[["search", "social"]].to_dict() == pytest.approx({"search": 1.0, "social": 3.0})
    assert np.isnan(claims["display"])


def test_shares_are_of_all_spend_and_of_all_revenue() -> None:
    table = channel_table(campaign(), with_email(month())).set_index("channel")
    revenue = sum(RETURN.values()) * SPEND + 31 * 500
    assert table.loc["email", "share_of_revenue"] == pytest.approx(31 * 500 / revenue)
    assert table.loc["search", "share_of_spend"] == pytest.approx(1 / 3)
    assert table["kind"].to_dict() == dict.fromkeys(RETURN, "paid") | {"email": "owned"}


def test_kinds_add_up_their_channels() -> None:
    table = kinds(campaign(), with_email(month())).set_index("kind")
    assert table.loc["owned", "revenue"] == 31 * 500
    assert table.loc["paid", "revenue"] == pytest.approx(sum(RETURN.values()) * SPEND)
    assert table.loc["paid", "share_of_spend"] == pytest.approx(1.0)


def test_changes_compare_with_the_month_before() -> None:
    dearer = three_months(social=(100.0, 10.0, 0.01, 0.9, 0.04, 100.0))  # twice the CPM
    _, now, before = months(campaign(), dearer)
    table = changes(now, before).set_index(["channel", "kpi"])["change"]
    assert table["social", "cpa"] == pytest.approx(1.0)
    assert table["search", "cpa"] == pytest.approx(0.0)


def test_a_change_from_nothing_is_not_known() -> None:
    _, now, before = months(campaign(), three_months())
    table = changes(now, of(before, "social", conversions=0.0)).set_index(["channel", "kpi"])
    assert np.isnan(table.loc[("social", "conversions"), "change"])
    assert table.loc[("search", "conversions"), "change"] == pytest.approx(32.8 / 31.6 - 1)


def path(user: str, *channels: str) -> list[dict[str, object]]:
    """Clicks an hour apart that end in a conversion worth 100."""
    moments = pd.date_range("2026-10-05", periods=len(channels) + 1, freq="h")
    kinds = [*((channel, "click", np.nan) for channel in channels), ("(none)", "conversion", 100.0)]
    return [
        {"user_id": user, "touched_at": moment, "channel": channel, "kind": kind, "value": value}
        for moment, (channel, kind, value) in zip(moments, kinds, strict=True)
    ]


PATHS = filled(
    "touchpoints", [*path("a", "social", "search"), *path("b", "search"), *path("c", "social")]
)


def test_credit_by_paths_stands_beside_what_platforms_claim() -> None:
    table = attribution(campaign(), month(), PATHS).set_index("channel")
    assert table["linear"].to_dict() == {"search": 1.5, "social": 1.5}
    assert table["last_touch"].to_dict() == {"search": 2.0, "social": 1.0}
    claimed = 22.5 / (22.5 + 7.2)
    assert table.loc["search", "platform_share"] == pytest.approx(claimed)
    assert table.loc["search", "disagreement"] == pytest.approx(claimed - 0.5)


def advice(now: pd.DataFrame, paths: pd.DataFrame | None = None) -> dict[str, str]:
    credited = attribution(campaign(), now, PATHS.iloc[:0] if paths is None else paths)
    table = mix(returns(campaign(), now), credited, now["revenue"].sum())
    return dict(zip(table["channel"], table["advice"], strict=True))


def test_money_follows_what_is_surely_above_or_below_the_average() -> None:
    assert advice(month()) == {"search": "more", "social": "less", "display": "less"}


def test_equal_channels_keep_their_money_and_a_few_days_say_nothing() -> None:
    alike = dict.fromkeys(("social", "display"), (100.0, 10.0, 0.05, 0.9, 0.05, 100.0))
    assert set(advice(month(three_months(**alike))).values()) == {"keep"}
    week = month()[lambda rows: rows["date"] <= "2026-10-07"]
    assert set(advice(week).values()) == {"unknown"}


def test_a_channel_of_a_thousandth_of_the_spend_gets_no_advice() -> None:
    tiny = three_months(display=(0.1, 2.0, 0.004, 0.5, 0.02, 1.0))
    assert advice(month(tiny))["display"] == "too_little_spend"


def test_a_channel_whose_platform_claims_half_as_much_again_as_its_paths_is_disputed() -> None:
    """Search has half of the credit of the paths and three quarters of what platforms claim."""
    assert advice(month(), PATHS) == {"search": "disputed", "social": "less", "display": "less"}
    modest = of(month(), "social", conversions=2.0)  # 22.5 of 36.9, less than 1.5 times a half
    assert advice(modest, PATHS)["search"] == "more"


def test_revenue_is_shared_out_by_the_paths() -> None:
    now = month()
    credited = attribution(campaign(), now, PATHS)
    table = mix(returns(campaign(), now), credited, 1000.0).set_index("channel")
    assert table.loc["search", "linear_roas"] == pytest.approx(0.5 * 1000 / SPEND)
