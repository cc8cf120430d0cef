"""Who gets how much, beside what each channel returned: where the plan and the returns disagree."""

from typing import Any

import numpy as np
import pandas as pd

from playbook.methods.bootstrap import interval, ratio_draws
from playbook.params import Campaign
from playbook.stages.shared.daily import LEAST_SPENT, kpi_table
from playbook.stages.shared.findings import each

COLUMNS = [
    "channel",
    "kind",
    "budget",
    "budget_share",
    "spend",
    "roas",
    "roas_low",
    "roas_high",
    "roas_previous",
    "cpa",
    "min_spend",
    "max_spend",
    "headroom",
    "basis",
    "hint",
]


def allocation(campaign: Campaign, now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Put the budget plan beside what the channels returned on average.

    Args:
        campaign: Budget, and least and most spend by channel.
        now: One row per day and channel of the period.
        before: The same of the period before.

    Returns:
        One row per channel with a budget or spend, the largest budget, then spend, first: channel,
        kind, budget, budget_share, spend, roas with roas_low and roas_high (90 % interval),
        roas_previous, cpa, min_spend, max_spend (NaN no limit), headroom (max_spend less budget),
        basis (roas, or cpa where revenue is not known: then conversions per spend are compared),
        hint: returns_more or returns_less than all these channels together beyond luck, with
        _at_most or _at_least where the limit leaves no room; like_the_rest, too_little_spend,
        too_few_days, no_return_known.
    """
    money = {channel: amount for channel, amount in campaign.budget.items() if amount > 0}
    spent = now.groupby("channel")["spend"].sum(min_count=1)
    chosen = [
        channel for channel in campaign.channels if channel in money or spent.get(channel, 0.0) > 0
    ]
    table = pd.DataFrame({"channel": chosen}).astype({"channel": "str"})
    limits = [campaign.channels[channel] for channel in chosen]
    table["kind"] = pd.Series([limit.kind for limit in limits], dtype="str")
    table["budget"] = table["channel"].map(money).astype("float64")
    table["budget_share"] = table["budget"] / (table["budget"].sum() or np.nan)
    kpis = kpi_table(now, ["spend", "roas", "cpa"], ["channel"], campaign)
    past = kpi_table(before, ["roas"], ["channel"], campaign)["roas"].rename("roas_previous")
    table = table.join(kpis, on="channel").join(past, on="channel")
    table["min_spend"] = pd.Series([limit.min_spend for limit in limits], dtype="float64")
    table["max_spend"] = pd.Series([limit.max_spend for limit in limits], dtype="float64")
    table["headroom"] = table["max_spend"] - table["budget"]
    table = _compared(table, now[now["channel"].isin(chosen)])
    return table.sort_values(
        ["budget", "spend"], ascending=False, kind="stable", ignore_index=True
    )[COLUMNS]


def _compared(table: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Add the interval of ROAS and the hint; all channels are drawn on the same days as each alone."""
    in_money = bool(now["revenue"].notna().any())
    basis = "revenue" if in_money else "conversions"
    limits = interval(ratio_draws(now, basis, "spend")).reindex(table["channel"])
    known = now.dropna(subset=[basis, "spend"])
    spend = known["spend"].sum()
    overall = known[basis].sum() / spend if spend > 0 else np.nan
    per_channel = known.groupby("channel")[[basis, "spend"]].sum()
    value = (per_channel[basis] / per_channel["spend"].where(per_channel["spend"] > 0)).reindex(
        table["channel"]
    )
    ends = limits["low"].to_numpy(), limits["high"].to_numpy()
    found = table.assign(
        roas_low=ends[0] if in_money else np.nan, roas_high=ends[1] if in_money else np.nan
    )
    least = LEAST_SPENT * spend
    compared = zip(each(table), value, *ends, strict=True)
    hints = [_hint(row, one, low, high, overall, least) for row, one, low, high in compared]
    return found.assign(
        basis="roas" if in_money else "cpa", hint=pd.Series(hints, index=table.index, dtype="str")
    )


def _hint(row: Any, value: float, low: float, high: float, overall: float, least: float) -> str:
    if np.isnan(value):
        return "no_return_known"
    if row.spend < least:
        return "too_little_spend"
    if np.isnan(low):
        return "too_few_days"
    if low > overall:
        return "returns_more_at_most" if row.headroom <= 0 else "returns_more"
    if high < overall:
        return "returns_less_at_least" if row.budget <= row.min_spend else "returns_less"
    return "like_the_rest"
