"""What each channel brought and returned: one table a question, always from sums over the period."""

from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from playbook.methods.attribution import credit
from playbook.methods.attribution_ibis import credit_there
from playbook.methods.bootstrap import interval, ratio_draws
from playbook.metrics import compute
from playbook.params import Campaign
from playbook.params.model import KpiId
from playbook.stages.shared.daily import LEAST_SPENT, kpi_table

FUNNEL: tuple[KpiId, ...] = (
    "impressions",
    "clicks",
    "ctr",
    "cpc",
    "cpm",
    "visits",
    "visit_rate",
    "bounce_rate",
    "conversions",
    "cvr",
    "cvr_click",
    "cpa",
    "new_customers",
    "cac",
    "orders",
    "aov",
    "revenue",
    "spend",
    "roas",
    "roi",
)
TOTALS: tuple[KpiId, ...] = (
    "spend",
    "revenue",
    "roas",
    "roi",
    "impressions",
    "clicks",
    "ctr",
    "cpc",
    "visits",
    "conversions",
    "cpa",
)
SIDES: tuple[KpiId, ...] = (
    "impressions",
    "clicks",
    "visits",
    "conversions",
    "revenue",
    "spend",
    "cpa",
    "roas",
    "roi",
)
COMPARED: tuple[KpiId, ...] = ("spend", "conversions", "cpa", "revenue", "roas")
DISPUTED = 1.5
"""Factor between two counts of the same channel's share from which they contradict each other."""


def total(campaign: Campaign, now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Return all channels together: one row per KPI with actual, previous and change (share of previous)."""
    sides = [kpi_table(rows, TOTALS, [], campaign) for rows in (now, before)]
    actual, previous = (
        side.iloc[0] if len(side) else pd.Series(np.nan, index=TOTALS) for side in sides
    )
    return pd.DataFrame(
        {"kpi": TOTALS, "actual": actual.to_numpy(), "previous": previous.to_numpy()}
    ).assign(change=lambda rows: _change(rows["actual"], rows["previous"]))


def channel_table(campaign: Campaign, now: pd.DataFrame) -> pd.DataFrame:
    """Return one row per channel: kind, KPIs of the funnel, conversions claimed per order, shares of spend and revenue."""
    table = kpi_table(now, FUNNEL, ["channel"], campaign)
    table["claims_per_order"] = table["conversions"] / table["orders"].where(table["orders"] > 0)
    return _with_shares(table.reset_index()).pipe(_with_kind, campaign)


def changes(now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Return one row per channel and KPI with actual, previous and change (share of previous)."""
    actual, previous = (compute(rows, COMPARED, by=["channel"]).stack() for rows in (now, before))
    table = (
        pd.DataFrame({"actual": actual, "previous": previous})
        .rename_axis(["channel", "kpi"])
        .reset_index()
    )
    return table.assign(change=_change(table["actual"], table["previous"]))


def kinds(campaign: Campaign, now: pd.DataFrame) -> pd.DataFrame:
    """Return one row per kind of channel (owned, partner, kol, paid) with its results, costs and shares."""
    kind = now["channel"].map({key: channel.kind for key, channel in campaign.channels.items()})
    return _with_shares(kpi_table(now.assign(kind=kind), SIDES, ["kind"], campaign).reset_index())


def returns(campaign: Campaign, now: pd.DataFrame) -> pd.DataFrame:
    """Return what each channel with spend returned, and whether that is more than luck away from break-even.

    Returns:
        One row per channel: channel, spend, revenue, gross_profit (after spend), roas, roas_low,
        roas_high (90 % interval over days), average_roas (of all channels with spend),
        break_even_roas (1 / margin), roi, verdict: earns, loses, unclear (the interval holds
        break-even), no_margin or no_revenue.
    """
    wanted: tuple[KpiId, ...] = ("spend", "revenue", "roas", "roi")
    table = kpi_table(now, wanted, ["channel"], campaign).reset_index()
    table = table[table["spend"] > 0]
    margin = campaign.business.margin
    drawn = interval(ratio_draws(now, "revenue", "spend")).reindex(table["channel"])
    table = table.assign(
        gross_profit=table["revenue"] * (margin or np.nan) - table["spend"],
        roas_low=drawn["low"].to_numpy(),
        roas_high=drawn["high"].to_numpy(),
        average_roas=table["revenue"].sum(min_count=1)
        / table.loc[table["revenue"].notna(), "spend"].sum(),
        break_even_roas=1 / margin if margin else np.nan,
    )
    low, high, needed = table["roas_low"], table["roas_high"], table["break_even_roas"]
    cases = {
        "no_revenue": table["roas"].isna(),
        "no_margin": needed.isna(),
        "earns": low > needed,
        "loses": high < needed,
    }
    table["verdict"] = np.select(list(cases.values()), list(cases), "unclear")
    return table[
        [
            "channel",
            "spend",
            "revenue",
            "gross_profit",
            "roas",
            "roas_low",
            "roas_high",
            "average_roas",
            "break_even_roas",
            "roi",
            "verdict",
        ]
    ].reset_index(drop=True)


def attribution(campaign: Campaign, now: pd.DataFrame, touchpoints: Any) -> pd.DataFrame:
    """Put the platforms' own counts beside what users' paths say; observational, both ways.

    Returns:
        One row per channel: platform_conversions, last_touch, linear (conversions), their shares
        platform_share, last_touch_share and linear_share, disagreement (platform_share less
        linear_share), linear_revenue, users (touched, converted or not), converted_users,
        user_conversion_rate. Empty without touchpoints.
    """
    start, end = pd.Timestamp(campaign.start), pd.Timestamp(campaign.end) + timedelta(days=1)
    asked = (touchpoints, start, end, campaign.business.lookback_days)
    here = isinstance(touchpoints, pd.DataFrame)
    credited = credit(*asked) if here else credit_there(*asked, campaign.timezone)
    platform = compute(now, ["conversions"], by=["channel"])["conversions"].rename(
        "platform_conversions"
    )
    table = credited.join(platform, how="left").rename_axis("channel").reset_index()
    for column in ("platform", "last_touch", "linear"):
        counted = table["platform_conversions" if column == "platform" else column]
        table[f"{column}_share"] = counted / (counted.sum() or np.nan)
    return table.assign(disagreement=table["platform_share"] - table["linear_share"])[
        [
            "channel",
            "platform_conversions",
            "last_touch",
            "linear",
            "platform_share",
            "last_touch_share",
            "linear_share",
            "disagreement",
            "last_touch_revenue",
            "linear_revenue",
            "users",
            "converted_users",
            "user_conversion_rate",
        ]
    ]


def mix(returned: pd.DataFrame, credited: pd.DataFrame, revenue: float) -> pd.DataFrame:
    """Say which channel is worth more or less money, as far as average returns can tell.

    What the next unit of money brings is not known here: an average says nothing about it. A
    verdict therefore asks for a small step or a test, never for the whole budget.

    Args:
        returned: What `returns` returned.
        credited: What `attribution` returned.
        revenue: Of all channels; shared out by the users' paths, which may be a sample of all
            users.

    Returns:
        One row per channel with spend: channel, spend, share_of_spend, roas, linear_roas (its share
        of revenue by linear attribution, over spend), advice: more (surely above the average), less
        (surely below), keep, disputed (the platform claims far more than the paths show),
        too_little_spend (to compare) or unknown.
    """
    paths = credited.set_index("channel")
    share = paths["linear_revenue"] / (paths["linear_revenue"].sum() or np.nan)
    table = returned[["channel", "spend", "roas"]].assign(
        share_of_spend=returned["spend"] / returned["spend"].sum(),
        linear_roas=share.reindex(returned["channel"]).to_numpy() * revenue / returned["spend"],
    )
    factor = (paths["platform_share"] / paths["linear_share"]).reindex(returned["channel"])
    cases = {
        "unknown": returned["roas_low"].isna().to_numpy(),
        "too_little_spend": (table["share_of_spend"] < LEAST_SPENT).to_numpy(),
        "disputed": (factor > DISPUTED).to_numpy(),
        "more": (returned["roas_low"] > returned["average_roas"]).to_numpy(),
        "less": (returned["roas_high"] < returned["average_roas"]).to_numpy(),
    }
    table["advice"] = np.select(list(cases.values()), list(cases), "keep")
    return table[["channel", "spend", "share_of_spend", "roas", "linear_roas", "advice"]]


def _change(actual: pd.Series, previous: pd.Series) -> pd.Series:
    return actual / previous.where(previous > 0) - 1


def _with_shares(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(
        share_of_spend=table["spend"] / (table["spend"].sum() or np.nan),
        share_of_revenue=table["revenue"] / (table["revenue"].sum() or np.nan),
    )


def _with_kind(table: pd.DataFrame, campaign: Campaign) -> pd.DataFrame:
    kind = table["channel"].map({key: channel.kind for key, channel in campaign.channels.items()})
    table.insert(1, "kind", kind.astype("str"))
    return table.sort_values("spend", ascending=False, kind="stable", ignore_index=True)
