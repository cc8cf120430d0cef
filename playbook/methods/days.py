"""Days of a series.

Which lie in a period, how a weekday compares with others, and what the days ahead bring.
"""

from datetime import date, timedelta

import numpy as np
import pandas as pd

TRAILING_DAYS = 14
FEWEST_RECENT = 7


def in_period(frame: pd.DataFrame, start: date, end: date, column: str = "date") -> pd.DataFrame:
    """Return the rows whose day or moment lies between two days, both included.

    None with a missing one.
    """
    moment = frame[column]
    return frame[moment.ge(pd.Timestamp(start)) & moment.lt(pd.Timestamp(end) + timedelta(days=1))]


def run_rate(series: pd.Series, until: date) -> float:
    """Expect what the days after the last one up to `until` bring at the present rate.

    The rate is that of the known days among the last fourteen; each day ahead counts by how its
    weekday did over the whole series.

    Args:
        series: One value per day, indexed by date in order; its last day is today, NaN is not
            known.
        until: Last day to expect, included.

    Returns:
        Sum over the days ahead, in the unit of the series; 0 when none is ahead, NaN when fewer
        than seven of the last fourteen days are known.

    Source:
        Seasonal index with a trailing level: Hyndman & Athanasopoulos (2021), Forecasting:
        Principles and Practice, 3rd ed., sections 3.4 and 5.2.
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
    known_days = series.dropna()
    means = (
        known_days.groupby(pd.DatetimeIndex(known_days.index).day_of_week).mean().reindex(range(7))
    )
    if len(known_days) < TRAILING_DAYS or means.isna().any() or not means.sum():
        return pd.Series(np.ones(7), index=range(7))
    return means / means.mean()
