"""Which days were unusual: each day against the same weekdays before it, never after."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

KPIS = ("impressions", "clicks", "conversions", "revenue", "spend")
WEEKS_BACK = 8
FEWEST_WEEKS = 3
LEVEL_DAYS = 14
TO_SIGMA = 1.4826
LEAST_SPREAD = 0.05
LEAST_EXPECTED = 5.0
"""Events expected in a day, below which one day says nothing."""

FEW = 0.2
"""Share of the expected results below which clicks seem not to be counted through to the end."""

FOLLOWS = 0.3
"""Share of the growth of clicks below which results did not follow them."""

CAUSES = ("page_down", "tracking", "clicks_without_result", "spend_changed", "unknown")
"""Candidates, the most telling first."""


def judged(daily: pd.DataFrame) -> pd.DataFrame:
    """Compare every day of every channel and KPI with what the weeks before let expect.

    The expectation is the level (median) of the last two weeks, moved by what the weekday lay above
    its own level then, the median of the eight weeks before: after a lasting change of level the
    level alone follows, within a week. The spread is the MAD of the earlier differences, never
    below what counting alone gives. All of it on logarithms.

    Args:
        daily: One row per day and channel.

    Returns:
        One row per day, channel and KPI that has an expectation: date, channel, kpi, actual,
        expected, score (robust standard deviations, negative is below; NaN where one day says
        nothing).

    Source:
        Iglewicz & Hoaglin (1993), How to detect and handle outliers; the same-weekday median is the
        best of nine detectors measured (`docs/methods.md`, Unusual days), here with the level taken
        out before the median.
    """
    actual = _wide(daily)
    logs = (actual + 0.5).apply(np.log)
    level = logs.rolling(LEVEL_DAYS, min_periods=LEVEL_DAYS // 2).median().shift(1)
    above = logs - level
    past = pd.concat(
        [above.shift(7 * week) for week in range(1, WEEKS_BACK + 1)], keys=range(WEEKS_BACK)
    )
    by_day = past.groupby(level=1)
    center = level + by_day.median().where(by_day.count() >= FEWEST_WEEKS)
    off = logs - center
    spread = TO_SIGMA * off.abs().rolling(
        7 * WEEKS_BACK, min_periods=LEVEL_DAYS // 2
    ).median().shift(1)
    expected = center.apply(np.exp) - 0.5
    counted = _counted(expected)
    least = counted.clip(lower=1.0).pow(-0.5).clip(lower=LEAST_SPREAD)
    score = (off / spread.fillna(0.0).clip(lower=least)).where(counted >= LEAST_EXPECTED)
    found = _long({"actual": actual, "expected": expected, "score": score})
    return found.dropna(subset=["actual", "expected"]).reset_index(drop=True)


def anomalies(
    judged_days: pd.DataFrame,
    first: date,
    last: date,
    cut: float,
    outage_days: Sequence[pd.Timestamp] = (),
) -> pd.DataFrame:
    """Keep the unusual days of a period and name what may have caused them.

    Args:
        judged_days: What `judged` returned.
        first: First day of the period.
        last: Last day, included.
        cut: Robust standard deviations from which a day is unusual.
        outage_days: Days on which a landing page was down.

    Returns:
        The rows of `judged_days` with change (share of the expected) and cause (a code of
        `CAUSES`).
    """
    within = judged_days[judged_days["date"].between(pd.Timestamp(first), pd.Timestamp(last))]
    unusual = within[within["score"].abs() >= cut]
    sides = within.pivot(
        index=["date", "channel"], columns="kpi", values=["actual", "expected", "score"]
    )
    cause = [_cause(row, sides, cut, outage_days) for row in unusual.itertuples()]
    return unusual.assign(
        change=unusual["actual"] / unusual["expected"] - 1,
        cause=pd.Series(cause, index=unusual.index, dtype="str"),
    ).reset_index(drop=True)


def incidents(unusual: pd.DataFrame, judged_days: pd.DataFrame) -> pd.DataFrame:
    """Group the unusual KPIs of a day into one incident.

    Args:
        unusual: What `anomalies` returned.
        judged_days: What `judged` returned; for the revenue of the channels concerned.

    Returns:
        One row per day, most money first: date, signals (how many KPIs of channels), channels (how
        many), the most telling of them as channel, kpi, actual, expected and change, at_stake
        (revenue of these channels less the expected; NaN where revenue is not known), cause.
    """
    ranked = unusual.assign(
        rank=unusual["cause"].map({cause: place for place, cause in enumerate(CAUSES)})
    )
    ranked = ranked.assign(size=ranked["score"].abs()).sort_values(
        ["rank", "size"], ascending=[True, False], kind="stable"
    )
    first = ranked.drop_duplicates("date")
    counts = unusual.groupby("date").agg(signals=("kpi", "size"), channels=("channel", "nunique"))
    revenue = judged_days[judged_days["kpi"].eq("revenue")].merge(
        unusual[["date", "channel"]].drop_duplicates()
    )
    at_stake = (
        (revenue["actual"] - revenue["expected"]).groupby(revenue["date"]).sum().rename("at_stake")
    )
    columns = ["date", "channel", "kpi", "actual", "expected", "change"]
    together = first[[*columns, "cause"]].set_index("date").join([counts, at_stake]).reset_index()
    order = together["at_stake"].abs().fillna(0.0).sort_values(ascending=False, kind="stable").index
    return together.loc[
        order, ["date", "signals", "channels", *columns[1:], "at_stake", "cause"]
    ].reset_index(drop=True)


def _wide(daily: pd.DataFrame) -> pd.DataFrame:
    """Return days x (channel, kpi), every day between the first and the last."""
    wide = daily.pivot(index="date", columns="channel", values=list(KPIS)).swaplevel(axis="columns")
    wide.columns.names = ["channel", "kpi"]
    if wide.empty:
        return wide
    return wide.reindex(pd.date_range(wide.index.min(), wide.index.max(), name="date"))


def _counted(expected: pd.DataFrame) -> pd.DataFrame:
    """Return how many events stand behind each expectation.

    Revenue has those of its conversions, spend no end.
    """
    counted = expected.copy()
    for channel in expected.columns.unique("channel"):
        counted[channel, "spend"] = np.inf
        if expected[channel, "conversions"].notna().any():
            counted[channel, "revenue"] = expected[channel, "conversions"]
    return counted


def _long(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Lay tables of days x (channel, kpi) beside each other, one row per day, channel and KPI."""
    like = next(iter(tables.values()))
    places = np.tile(np.arange(like.shape[1]), len(like))
    keys = {
        "date": like.index.repeat(like.shape[1]),
        "channel": like.columns.get_level_values("channel").take(places),
        "kpi": like.columns.get_level_values("kpi").take(places),
    }
    values = {name: each.reindex_like(like).to_numpy().ravel() for name, each in tables.items()}
    return pd.DataFrame({**keys, **values})


def _cause(row: Any, sides: pd.DataFrame, cut: float, outage_days: Sequence[pd.Timestamp]) -> str:
    day, kpi, score = row.date, row.kpi, row.score
    beside = sides.loc[(day, row.channel)]
    spend, clicks = (beside.get(("score", name), np.nan) for name in ("spend", "clicks"))
    if kpi in ("conversions", "revenue") and score < 0 and day in set(outage_days):
        return "page_down"
    if kpi == "spend" or (abs(spend) >= cut and np.sign(spend) == np.sign(score)):
        return "spend_changed"
    if kpi in ("conversions", "revenue") and abs(clicks) < cut and _share(beside, kpi) < FEW:
        return "tracking"
    if (
        kpi == "clicks"
        and score > 0
        and _growth_of_results(beside) < FOLLOWS * _growth(beside, kpi)
    ):
        return "clicks_without_result"
    return "unknown"


def _share(beside: pd.Series, kpi: str) -> float:
    return float(beside["actual", kpi] / beside["expected", kpi])


def _growth_of_results(beside: pd.Series) -> float:
    """Return the larger growth of conversions and revenue; NaN where neither is known."""
    growths = (_growth(beside, kpi) for kpi in ("conversions", "revenue"))
    return max((growth for growth in growths if not np.isnan(growth)), default=np.nan)


def _growth(beside: pd.Series, kpi: str) -> float:
    """Return the growth over the expected.

    NaN where the KPI is not known; without end where something came and nothing was expected.
    """
    actual, expected = (beside.get((side, kpi), np.nan) for side in ("actual", "expected"))
    if expected <= 0:
        return np.inf if actual > 0 else 0.0
    return float(actual / expected - 1)
