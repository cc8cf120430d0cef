"""Whether money is spent as planned: spend against the budget's share that was due, by the channel's own week."""

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from playbook.methods.days import run_rate, weekday_weight
from playbook.metrics import ALL
from playbook.params.model import Monitoring
from playbook.stages.shared.findings import each

SPENT = 0.995
"""Share of a budget from which it counts as used up."""

IDLE = 0.01
"""Share of the mean daily budget up to which a day counts as without spend."""

COLUMNS = [
    "channel",
    "budget",
    "spend",
    "left",
    "expected_spend",
    "pacing",
    "forecast_spend",
    "forecast_to_budget",
    "used_up_on",
    "days_without_budget",
    "state",
]


def pacing(
    daily: pd.DataFrame, budget: Mapping[str, float], start: date, end: date, rules: Monitoring
) -> pd.DataFrame:
    """Compare each channel's spend with what was due by the last day that has data.

    The budget falls due along the weekdays' usual spend before the period; without such history
    evenly.

    Args:
        daily: One row per day and channel, history included.
        budget: Money of the period by channel; channels without one are left out.
        start: First day of the period.
        end: Last day, included.
        rules: Bands; green up to `pacing_green` off, amber up to `pacing_amber`, red beyond.

    Returns:
        One row per channel with a budget, and one "(all)" when there are several: channel, budget,
        spend, left (budget less spend; negative when overspent), expected_spend, pacing,
        forecast_spend (to the end, at the rate of the last two weeks), forecast_to_budget,
        used_up_on (day on which the budget was gone, NaT if it lasted), days_without_budget (days
        after that without spend), state. Empty when no day of the period has data.
    """
    days = pd.date_range(start, end)
    seen = daily.loc[daily["date"].isin(days) & daily["spend"].notna(), "date"]
    planned = {channel: money for channel, money in budget.items() if money > 0}
    if seen.empty or not planned:
        return pd.DataFrame(columns=COLUMNS)
    spend = daily.pivot_table(index="date", columns="channel", values="spend", aggfunc="sum")
    wide = spend.reindex(columns=list(planned)).reindex(spend.index.union(days))
    rows = [
        _row(channel, money, wide[channel], days, seen.max()) for channel, money in planned.items()
    ]
    table = pd.DataFrame(rows)
    if len(table) > 1:
        table = pd.concat([table, _whole(table)], ignore_index=True)
    table["left"] = table["budget"] - table["spend"]
    table["pacing"] = table["spend"] / table["expected_spend"].where(table["expected_spend"] > 0)
    table["forecast_to_budget"] = table["forecast_spend"] / table["budget"]
    states = [_state(row.pacing, row.days_without_budget / len(days), rules) for row in each(table)]
    return table.assign(state=states)[COLUMNS]


def _row(
    channel: str, budget: float, spend: pd.Series, days: pd.DatetimeIndex, today: pd.Timestamp
) -> dict[str, object]:
    weight = weekday_weight(spend[spend.index < days[0]]).reindex(days.day_of_week).to_numpy()
    done = spend.reindex(days[days <= today]).fillna(0.0)
    gone = done.index[done.cumsum() >= SPENT * budget]
    used_up_on = gone[0] if len(gone) and gone[0] < days[-1] else pd.NaT
    after = done[done.index > used_up_on] if len(gone) else done.iloc[:0]
    return {
        "channel": channel,
        "budget": budget,
        "spend": done.sum(),
        "expected_spend": budget * weight[days <= today].sum() / weight.sum(),
        "forecast_spend": done.sum()
        + run_rate(done.combine_first(spend[spend.index < days[0]]), days[-1].date()),
        "used_up_on": used_up_on,
        "days_without_budget": float((after <= IDLE * budget / len(days)).sum()),
    }


def _whole(table: pd.DataFrame) -> pd.DataFrame:
    sums = table[["budget", "spend", "expected_spend", "forecast_spend"]].sum()
    return pd.DataFrame(
        [{"channel": ALL, **sums, "used_up_on": pd.NaT, "days_without_budget": 0.0}]
    )


def _state(pacing: float, share_without: float, rules: Monitoring) -> str:
    if np.isnan(pacing):
        return "watch"
    off = max(abs(pacing - 1), share_without)
    return "good" if off <= rules.pacing_green else "watch" if off <= rules.pacing_amber else "act"
