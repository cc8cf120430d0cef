"""What each channel brought and returned.

One table a question, always from sums over the period.
"""

from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from playbook.methods.attribution import credit
from playbook.methods.attribution_ibis import credit_ibis
from playbook.methods.bootstrap import interval, ratio_draws
from playbook.metrics import compute
from playbook.params import Campaign
from playbook.params.model import KpiId
from playbook.stages.channels.tables import ATTRIBUTION, MIX, RETURNS
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
RETURNED: tuple[KpiId, ...] = ("spend", "revenue", "roas", "roi")
COMPARED: tuple[KpiId, ...] = ("spend", "conversions", "cpa", "revenue", "roas")
DISPUTED = 1.5
"""Factor between two counts of the same channel's share from which they contradict each other."""


def total(campaign: Campaign, now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Return all channels together.

    One row per KPI with actual, previous and change (share of previous).
    """
    actual, previous = _totals(campaign, now), _totals(campaign, before)
    table = pd.DataFrame({"kpi": TOTALS, "actual": actual, "previous": previous})
    table["change"] = _change(table["actual"], table["previous"])
    return table


def _totals(campaign: Campaign, rows: pd.DataFrame) -> Any:
    """Return the KPIs of all rows together, in order; NaN where there are none."""
    return kpi_table(rows, TOTALS, [], campaign).reindex([0]).iloc[0].to_numpy()


def channel_table(campaign: Campaign, now: pd.DataFrame) -> pd.DataFrame:
    """Return one row per channel.

    Kind, KPIs of the funnel, conversions claimed per order, shares of spend and revenue.
    """
    table = kpi_table(now, FUNNEL, ["channel"], campaign)
    table["claims_per_order"] = table["conversions"] / table["orders"].where(table["orders"] > 0)
    return _with_kind(_with_shares(table.reset_index()), campaign)


def changes(now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Return one row per channel and KPI with actual, previous and change (share of previous)."""
    actual = compute(now, COMPARED, by=["channel"]).stack()
    previous = compute(before, COMPARED, by=["channel"]).stack()
    table = pd.DataFrame({"actual": actual, "previous": previous})
    table = table.rename_axis(["channel", "kpi"]).reset_index()
    return table.assign(change=_change(table["actual"], table["previous"]))


def kinds(campaign: Campaign, now: pd.DataFrame) -> pd.DataFrame:
    """Return one row per kind of channel (owned, partner, kol, paid) with its results.

    Costs and shares.
    """
    kind = now["channel"].map({key: channel.kind for key, channel in campaign.channels.items()})
    return _with_shares(kpi_table(now.assign(kind=kind), SIDES, ["kind"], campaign).reset_index())


def returns(campaign: Campaign, now: pd.DataFrame) -> pd.DataFrame:
    """Return what each channel with spend returned, and whether that surely breaks even.

    Returns:
        The table `RETURNS`; the verdict is unclear where the interval holds break-even.
    """
    every = kpi_table(now, RETURNED, ["channel"], campaign).reset_index()
    table = every[every["spend"] > 0]
    margin = campaign.business.margin or np.nan
    ends = interval(ratio_draws(now, "revenue", "spend")).reindex(table["channel"])
    spend_with_revenue = table.loc[table["revenue"].notna(), "spend"].sum()
    table = table.assign(
        gross_profit=table["revenue"] * margin - table["spend"],
        roas_low=ends["low"].to_numpy(),
        roas_high=ends["high"].to_numpy(),
        average_roas=table["revenue"].sum(min_count=1) / spend_with_revenue,
        break_even_roas=1 / margin,
    )
    low, high, needed = table["roas_low"], table["roas_high"], table["break_even_roas"]
    cases = {
        "no_revenue": table["roas"].isna(),
        "no_margin": needed.isna(),
        "earns": low > needed,
        "loses": high < needed,
    }
    table["verdict"] = np.select(list(cases.values()), list(cases), "unclear")
    return table[RETURNS.names].reset_index(drop=True)


def attribution(campaign: Campaign, now: pd.DataFrame, touchpoints: Any) -> pd.DataFrame:
    """Put the platforms' own counts beside what users' paths say; observational, both ways.

    Returns:
        The table `ATTRIBUTION`. Empty without touchpoints.
    """
    start, end = pd.Timestamp(campaign.start), pd.Timestamp(campaign.end) + timedelta(days=1)
    days = campaign.business.lookback_days
    if isinstance(touchpoints, pd.DataFrame):
        credited = credit(touchpoints, start, end, days)
    else:
        credited = credit_ibis(touchpoints, start, end, days, campaign.timezone)
    claimed = compute(now, ["conversions"], by=["channel"])["conversions"]
    table = credited.join(claimed.rename("platform_conversions"), how="left")
    table = table.rename_axis("channel").reset_index()
    table["platform_share"] = _share(table["platform_conversions"])
    table["last_touch_share"] = _share(table["last_touch"])
    table["linear_share"] = _share(table["linear"])
    table["disagreement"] = table["platform_share"] - table["linear_share"]
    return table[ATTRIBUTION.names]


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
        The table `MIX`. Advice is more where the return is surely above the average, less where it
        is surely below, and disputed where the platform claims far more than the paths show.
    """
    paths = credited.set_index("channel")
    share = _share(paths["linear_revenue"])
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
    return table[MIX.names]


def _change(actual: pd.Series, previous: pd.Series) -> pd.Series:
    return actual / previous.where(previous > 0) - 1


def _share(amounts: pd.Series) -> pd.Series:
    """Return each amount as a part of all; NaN where they sum to nothing."""
    return amounts / (amounts.sum() or np.nan)


def _with_shares(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(
        share_of_spend=_share(table["spend"]), share_of_revenue=_share(table["revenue"])
    )


def _with_kind(table: pd.DataFrame, campaign: Campaign) -> pd.DataFrame:
    kind = table["channel"].map({key: channel.kind for key, channel in campaign.channels.items()})
    table.insert(1, "kind", kind.astype("str"))
    return table.sort_values("spend", ascending=False, kind="stable", ignore_index=True)
