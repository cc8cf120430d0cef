"""Whether money is spent as planned.

Spend against the budget's share that was due, by the channel's own week.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from playbook.methods.days import run_rate, weekday_weight
from playbook.metrics import ALL
from playbook.params.model import Monitoring
from playbook.stages.monitoring.tables import PACING
from playbook.stages.shared.findings import records
from playbook.stages.shared.targets import banded

SPENT = 0.995
"""Share of a budget from which it counts as used up."""

IDLE = 0.01
"""Share of the mean daily budget up to which a day counts as without spend."""


@dataclass(frozen=True, slots=True)
class Pace:
    """A channel's spend over what was due, and its days after the budget was gone."""

    pacing: float
    days_without_budget: float


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
        The table `PACING`. Empty when no day of the period has data.
    """
    days = pd.date_range(start, end)
    in_month = daily[daily["date"].isin(days)].dropna(subset=["spend"])
    budgets = {channel: money for channel, money in budget.items() if money > 0}
    if in_month.empty or not budgets:
        return PACING.frame([])
    spend = daily.pivot_table(index="date", columns="channel", values="spend", aggfunc="sum")
    by_channel = spend.reindex(columns=list(budgets)).reindex(spend.index.union(days))
    today = in_month["date"].max()
    rows = [
        _row(channel, money, by_channel[channel], days, today) for channel, money in budgets.items()
    ]
    table = pd.DataFrame(rows)
    if len(table) > 1:
        table = pd.concat([table, _all_channels(table)], ignore_index=True)
    table["left"] = table["budget"] - table["spend"]
    table["pacing"] = table["spend"] / table["expected_spend"].where(table["expected_spend"] > 0)
    table["forecast_to_budget"] = table["forecast_spend"] / table["budget"]
    table["state"] = [_state(pace, len(days), rules) for pace in records(table, Pace)]
    return table[PACING.names]


def _row(
    channel: str, budget: float, spend: pd.Series, days: pd.DatetimeIndex, today: pd.Timestamp
) -> dict[str, object]:
    before = spend[spend.index < days[0]]
    so_far = spend.reindex(days[days <= today]).fillna(0.0)
    weight = weekday_weight(before).reindex(days.day_of_week).to_numpy()
    ahead = run_rate(so_far.combine_first(before), days[-1].date())
    used_up_on = _used_up_on(so_far, budget, days[-1])
    idle_days = so_far[so_far.index > used_up_on] <= IDLE * budget / len(days)
    return {
        "channel": channel,
        "budget": budget,
        "spend": so_far.sum(),
        "expected_spend": budget * weight[days <= today].sum() / weight.sum(),
        "forecast_spend": so_far.sum() + ahead,
        "used_up_on": used_up_on,
        "days_without_budget": float(idle_days.sum()),
    }


def _used_up_on(spend: pd.Series, budget: float, last_day: pd.Timestamp) -> Any:
    """Return the day before the last on which the budget was gone; NaT where it lasted."""
    over = spend.index[spend.cumsum() >= SPENT * budget]
    return over[0] if len(over) and over[0] < last_day else pd.NaT


def _all_channels(table: pd.DataFrame) -> pd.DataFrame:
    sums = table[["budget", "spend", "expected_spend", "forecast_spend"]].sum()
    return pd.DataFrame(
        [{"channel": ALL, **sums, "used_up_on": pd.NaT, "days_without_budget": 0.0}]
    )


def _state(pace: Pace, days: int, rules: Monitoring) -> str:
    if np.isnan(pace.pacing):
        return "watch"
    return banded(max(abs(pace.pacing - 1), pace.days_without_budget / days), rules)
