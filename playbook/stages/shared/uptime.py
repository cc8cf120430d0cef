"""Whether the landing pages answered, for how long they did not, and what that may have cost at most."""

from datetime import date, timedelta

import numpy as np
import pandas as pd

from playbook.methods.days import in_period
from playbook.stages.shared.findings import each

WEEKS_BACK = 8
OUTAGE_COLUMNS = [
    "outage",
    "page_id",
    "date",
    "started_at",
    "ended_at",
    "minutes",
    "at_stake",
    "basis",
]


def within(checks: pd.DataFrame, start: date, end: date) -> pd.DataFrame:
    """Return the checks of a period, in order of page and time."""
    return in_period(checks, start, end, "checked_at").sort_values(
        ["page_id", "checked_at"], ignore_index=True
    )


def outages(checks: pd.DataFrame) -> pd.DataFrame:
    """Find each stretch of failed checks.

    Args:
        checks: What `within` returned.

    Returns:
        One row per outage: page_id, start (first failed check), end (next answered check; where
        none follows, one usual step after the last failed one), minutes.
    """
    down = checks["up"].lt(1)
    run = (
        (down != down.groupby(checks["page_id"]).shift(fill_value=False))
        .groupby(checks["page_id"])
        .cumsum()
    )
    step = checks.groupby("page_id")["checked_at"].diff().median()
    following = (
        checks.groupby("page_id")["checked_at"].shift(-1).fillna(checks["checked_at"] + step)
    )
    table = checks.assign(run=run, following=following)[down]
    found = table.groupby(["page_id", "run"]).agg(
        start=("checked_at", "min"), end=("following", "max")
    )
    found["minutes"] = (found["end"] - found["start"]).dt.total_seconds() / 60
    return found.reset_index()[["page_id", "start", "end", "minutes"]]


def pages(checks: pd.DataFrame, found: pd.DataFrame, target: float) -> pd.DataFrame:
    """Sum up each landing page.

    Args:
        checks: What `within` returned.
        found: What `outages` returned.
        target: Share of checks that must be answered.

    Returns:
        One row per page: page_id, checks, uptime (0-1), uptime_target (0-1), outages, minutes,
        latency_ms (median; NaN where not measured), state.
    """
    table = checks.groupby("page_id").agg(
        checks=("up", "size"), uptime=("up", "mean"), latency_ms=("latency_ms", "median")
    )
    down = found.groupby("page_id").agg(outages=("minutes", "size"), minutes=("minutes", "sum"))
    table = table.join(down).fillna({"outages": 0.0, "minutes": 0.0}).assign(uptime_target=target)
    table["state"] = np.where(table["uptime"] >= target, "good", "act")
    return table.reset_index()[
        [
            "page_id",
            "checks",
            "uptime",
            "uptime_target",
            "outages",
            "minutes",
            "latency_ms",
            "state",
        ]
    ]


def with_stakes(
    found: pd.DataFrame, orders: pd.DataFrame, daily_revenue: pd.Series
) -> pd.DataFrame:
    """Add the revenue that usually comes in during the time of each outage: the most that it can have cost.

    Args:
        found: What `outages` returned.
        orders: One row per order; with moments, the usual revenue of each hour of the week is
            known.
        daily_revenue: Revenue of all channels by day; used, spread evenly over the day, where
            orders are missing.

    Returns:
        One row per outage: outage (number), page_id, date, started_at, ended_at, minutes, at_stake
        (NaN where no revenue is known before the outage), basis ("hour", "day" or "none").
    """
    rows = [_stake(row.start, row.end, orders, daily_revenue) for row in each(found)]
    stakes = pd.DataFrame(rows, columns=["at_stake", "basis"], index=found.index)
    return found.join(stakes).assign(
        outage=[str(number) for number in range(1, len(found) + 1)],
        date=found["start"].dt.normalize(),
        started_at=found["start"].dt.strftime("%Y-%m-%d %H:%M"),
        ended_at=found["end"].dt.strftime("%Y-%m-%d %H:%M"),
    )[OUTAGE_COLUMNS]


def _stake(
    start: pd.Timestamp, end: pd.Timestamp, orders: pd.DataFrame, daily_revenue: pd.Series
) -> tuple[float, str]:
    before = start.normalize()
    since = before - timedelta(weeks=WEEKS_BACK)
    recent = orders[orders["ordered_at"].between(since, before, inclusive="left")]
    minutes = pd.date_range(start, end, freq="min", inclusive="left")
    if recent["revenue"].notna().any():
        weeks = max((before - max(since, recent["ordered_at"].min().normalize())).days / 7, 1.0)
        per_hour = recent.groupby(
            [recent["ordered_at"].dt.day_of_week, recent["ordered_at"].dt.hour]
        )["revenue"].sum()
        due = pd.MultiIndex.from_arrays([minutes.day_of_week, minutes.hour])
        return float(per_hour.reindex(due).fillna(0.0).sum() / weeks / 60), "hour"
    past = daily_revenue[(daily_revenue.index >= since) & (daily_revenue.index < before)].dropna()
    if past.empty:
        return float("nan"), "none"
    usual = (
        past.groupby(pd.DatetimeIndex(past.index).day_of_week)
        .median()
        .reindex(minutes.day_of_week)
        .fillna(past.median())
    )
    return float(usual.sum() / (24 * 60)), "day"
