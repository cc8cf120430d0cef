"""Who gets how much, beside what each channel returned: where the plan and the returns disagree."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from playbook.methods.bootstrap import interval, ratio_draws
from playbook.params import Campaign
from playbook.stages.market.tables import ALLOCATION
from playbook.stages.shared.daily import LEAST_SPENT, kpi_table
from playbook.stages.shared.findings import records


@dataclass(frozen=True, slots=True)
class Compared:
    """A channel's money, and what it returned per unit of spend with the ends of its interval."""

    spend: float
    budget: float
    min_spend: float
    headroom: float
    value: float
    low: float
    high: float


def allocation(campaign: Campaign, now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Put the budget plan beside what the channels returned on average.

    Args:
        campaign: Budget, and least and most spend by channel.
        now: One row per day and channel of the period.
        before: The same of the period before.

    Returns:
        The table `ALLOCATION`: channels with a budget or spend, the largest budget, then spend,
        first.
    """
    money = {channel: amount for channel, amount in campaign.budget.items() if amount > 0}
    spent = now.groupby("channel")["spend"].sum(min_count=1)
    with_spend = set(spent[spent > 0].index)
    chosen = [name for name in campaign.channels if name in money or name in with_spend]
    table = pd.DataFrame({"channel": pd.Series(chosen, dtype="str")})
    channels = [campaign.channels[name] for name in chosen]
    table["kind"] = pd.Series([channel.kind for channel in channels], dtype="str")
    table["budget"] = table["channel"].map(money).astype("float64")
    table["budget_share"] = table["budget"] / (table["budget"].sum() or np.nan)
    kpis = kpi_table(now, ["spend", "roas", "cpa"], ["channel"], campaign)
    roas_before = kpi_table(before, ["roas"], ["channel"], campaign)["roas"]
    table = table.join(kpis, on="channel").join(roas_before.rename("roas_previous"), on="channel")
    table["min_spend"] = pd.Series([each.min_spend for each in channels], dtype="float64")
    table["max_spend"] = pd.Series([each.max_spend for each in channels], dtype="float64")
    table["headroom"] = table["max_spend"] - table["budget"]
    table = _compared(table, now[now["channel"].isin(chosen)])
    in_order = table.sort_values(
        ["budget", "spend"], ascending=False, kind="stable", ignore_index=True
    )
    return in_order[ALLOCATION.names]


def _compared(table: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Add the interval of ROAS and the hint.

    All channels are drawn on the same days as each alone.
    """
    in_money = bool(now["revenue"].notna().any())
    returns = "revenue" if in_money else "conversions"
    ends = interval(ratio_draws(now, returns, "spend")).reindex(table["channel"])
    with_returns = now.dropna(subset=[returns, "spend"])
    per_channel = with_returns.groupby("channel")[[returns, "spend"]].sum()
    value = per_channel[returns] / per_channel["spend"].where(per_channel["spend"] > 0)
    spend = with_returns["spend"].sum()
    overall = with_returns[returns].sum() / spend if spend > 0 else np.nan
    compared = table.assign(
        value=value.reindex(table["channel"]).to_numpy(),
        low=ends["low"].to_numpy(),
        high=ends["high"].to_numpy(),
    )
    hints = [_hint(row, overall, LEAST_SPENT * spend) for row in records(compared, Compared)]
    return table.assign(
        roas_low=compared["low"] if in_money else np.nan,
        roas_high=compared["high"] if in_money else np.nan,
        basis="roas" if in_money else "cpa",
        hint=pd.Series(hints, index=table.index, dtype="str"),
    )


def _hint(channel: Compared, overall: float, least_spend: float) -> str:
    if np.isnan(channel.value):
        return "no_return_known"
    if channel.spend < least_spend:
        return "too_little_spend"
    if np.isnan(channel.low):
        return "too_few_days"
    if channel.low > overall:
        return "returns_more_at_most" if channel.headroom <= 0 else "returns_more"
    if channel.high < overall:
        at_least = channel.budget <= channel.min_spend
        return "returns_less_at_least" if at_least else "returns_less"
    return "like_the_rest"
