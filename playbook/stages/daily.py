"""The daily table that every ratio starts from: the sources of a channel are added up by day, reach is not."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd

from playbook.metrics import compute, with_profit
from playbook.params import Campaign
from playbook.params.model import KpiId
from playbook.sources.contracts import CONTRACTS

ADDITIVE = tuple(
    column.name
    for column in CONTRACTS["channel_daily"].columns
    if column.kind in ("count", "money") and column.name != "reach"
)
"""Columns of `channel_daily` that may be added up over sources, units and days."""

TRAILING_DAYS = 14
FEWEST_RECENT = 7


def by_channel_day(channel_daily: pd.DataFrame) -> pd.DataFrame:
    """Add up the rows of all sources, units and segments of a channel's day.

    An ad platform brings impressions and spend, the site's own analytics brings visits and revenue, on rows
    of their own; a ratio of both is right only after this step.

    Args:
        channel_daily: The canonical table.

    Returns:
        One row per date and channel, in that order; a column is NaN where no row of the day knows it. Reach
        is left out because it does not add up.
    """
    table = channel_daily.reindex(columns=["date", "channel", *ADDITIVE])
    return table.groupby(["date", "channel"], observed=True, as_index=False)[list(ADDITIVE)].sum(min_count=1)


def in_period(frame: pd.DataFrame, start: date, end: date, column: str = "date") -> pd.DataFrame:
    """Return the rows whose day or moment lies between two days, both included; none with a missing one."""
    moment = frame[column]
    return frame[moment.ge(pd.Timestamp(start)) & moment.lt(pd.Timestamp(end) + timedelta(days=1))]


def kpi_table(daily: pd.DataFrame, kpis: Iterable[KpiId], by: Sequence[str], campaign: Campaign) -> pd.DataFrame:
    """Compute KPIs by group, with the margin and the other acquisition cost of the parameters.

    Args:
        daily: One row per day and channel of one period; the other acquisition cost is spread over all of it.
        kpis: Ids of the catalogue that may be added up.
        by: Grouping columns; they become the index. None gives one row with index 0, or no row of no data.
        campaign: Margin and other acquisition cost.

    Returns:
        As `metrics.compute`.
    """
    business = campaign.business
    return compute(with_profit(daily, business.margin, business.other_acquisition_cost), kpis, by)


def run_rate(series: pd.Series, until: date) -> float:
    """Expect what the days after the last one up to `until` bring at the present rate.

    The rate is that of the known days among the last fourteen; each day ahead counts by how its weekday did
    over the whole series.

    Args:
        series: One value per day, indexed by date in order; its last day is today, NaN is not known.
        until: Last day to expect, included.

    Returns:
        Sum over the days ahead, in the unit of the series; 0 when none is ahead, NaN when fewer than seven of
        the last fourteen days are known.

    Source:
        Seasonal index with a trailing level: Hyndman & Athanasopoulos (2021), Forecasting: Principles and
        Practice, 3rd ed., sections 3.4 and 5.2.
    """
    recent = series.tail(TRAILING_DAYS).dropna()
    if len(recent) < FEWEST_RECENT:
        return float("nan")
    ahead = pd.date_range(series.index[-1] + timedelta(days=1), pd.Timestamp(until))
    weight = weekday_weight(series)
    usual = weight.reindex(pd.DatetimeIndex(recent.index).day_of_week).sum()
    return float(recent.sum() / usual * weight.reindex(ahead.day_of_week).sum()) if usual else 0.0


def weekday_weight(series: pd.Series) -> pd.Series:
    """Return how a weekday compares with the mean day, by weekday (Monday is 0).

    All weights are 1 below two full weeks of days, or when nothing ever happened.
    """
    known = series.dropna()
    means = known.groupby(pd.DatetimeIndex(known.index).day_of_week).mean().reindex(range(7))
    if len(known) < TRAILING_DAYS or means.isna().any() or not means.sum():
        return pd.Series(np.ones(7), index=range(7))
    return means / means.mean()
