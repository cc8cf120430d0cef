"""Whether the landing pages answered, for how long they did not, and what that may have cost."""

from datetime import date, timedelta

import numpy as np
import pandas as pd

from playbook.methods.days import in_period

WEEKS_BACK = 8
MINUTES_A_DAY = 24 * 60
PAGES = [
    "page_id",
    "checks",
    "uptime",
    "uptime_target",
    "outages",
    "minutes",
    "latency_ms",
    "state",
]
OUTAGES = [
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
    chosen = in_period(checks, start, end, "checked_at")
    return chosen.sort_values(["page_id", "checked_at"], ignore_index=True)


def outages(checks: pd.DataFrame) -> pd.DataFrame:
    """Find each stretch of failed checks.

    Args:
        checks: What `within` returned.

    Returns:
        One row per outage: page_id, start (first failed check), end (next answered check; where
        none follows, one usual step after the last failed one), minutes.
    """
    page = checks["page_id"]
    is_down = checks["up"].lt(1)
    has_changed = is_down != is_down.groupby(page).shift(fill_value=False)
    moments = checks.groupby("page_id")["checked_at"]
    usual_step = moments.diff().median()
    following = moments.shift(-1).fillna(checks["checked_at"] + usual_step)
    failed = checks.assign(run=has_changed.groupby(page).cumsum(), following=following)[is_down]
    stretches = failed.groupby(["page_id", "run"]).agg(
        start=("checked_at", "min"), end=("following", "max")
    )
    stretches["minutes"] = (stretches["end"] - stretches["start"]).dt.total_seconds() / 60
    return stretches.reset_index()[["page_id", "start", "end", "minutes"]]


def pages(checks: pd.DataFrame, down: pd.DataFrame, target: float) -> pd.DataFrame:
    """Sum up each landing page.

    Args:
        checks: What `within` returned.
        down: What `outages` returned.
        target: Share of checks that must be answered.

    Returns:
        One row per page, as the table `PAGES` of stage 5 says.
    """
    table = checks.groupby("page_id").agg(
        checks=("up", "size"), uptime=("up", "mean"), latency_ms=("latency_ms", "median")
    )
    by_page = down.groupby("page_id").agg(outages=("minutes", "size"), minutes=("minutes", "sum"))
    table = table.join(by_page).fillna({"outages": 0.0, "minutes": 0.0})
    table["uptime_target"] = target
    table["state"] = np.where(table["uptime"] >= target, "good", "act")
    return table.reset_index()[PAGES]


def with_stakes(down: pd.DataFrame, orders: pd.DataFrame, daily_revenue: pd.Series) -> pd.DataFrame:
    """Add the revenue that usually comes in during the time of each outage.

    The most that it can have cost.

    Args:
        down: What `outages` returned.
        orders: One row per order; with moments, the usual revenue of each hour of the week is
            known.
        daily_revenue: Revenue of all channels by day; used, spread evenly over the day, where
            orders are missing.

    Returns:
        One row per outage, as the table `OUTAGES` of stage 5 says.
    """
    spans = zip(down["start"], down["end"], strict=True)
    rows = [_stake(start, end, orders, daily_revenue) for start, end in spans]
    stakes = pd.DataFrame(rows, columns=["at_stake", "basis"], index=down.index)
    table = down.join(stakes).assign(
        outage=[str(number) for number in range(1, len(down) + 1)],
        date=down["start"].dt.normalize(),
        started_at=down["start"].dt.strftime("%Y-%m-%d %H:%M"),
        ended_at=down["end"].dt.strftime("%Y-%m-%d %H:%M"),
    )
    return table[OUTAGES]


def _stake(
    start: pd.Timestamp, end: pd.Timestamp, orders: pd.DataFrame, daily_revenue: pd.Series
) -> tuple[float, str]:
    """Return the revenue usual in a stretch of time, and what it is estimated from."""
    today = start.normalize()
    since = today - timedelta(weeks=WEEKS_BACK)
    minutes = pd.date_range(start, end, freq="min", inclusive="left")
    recent = orders[orders["ordered_at"].between(since, today, inclusive="left")]
    if recent["revenue"].notna().any():
        return _by_hour(recent, since, today, minutes), "hour"
    is_recent = (daily_revenue.index >= since) & (daily_revenue.index < today)
    past = daily_revenue[is_recent].dropna()
    if past.empty:
        return float("nan"), "none"
    by_weekday = past.groupby(pd.DatetimeIndex(past.index).day_of_week).median()
    usual = by_weekday.reindex(minutes.day_of_week).fillna(past.median())
    return float(usual.sum() / MINUTES_A_DAY), "day"


def _by_hour(
    orders: pd.DataFrame, since: pd.Timestamp, today: pd.Timestamp, minutes: pd.DatetimeIndex
) -> float:
    """Return the revenue of the same hours of the week, as the mean of the weeks with orders."""
    ordered_at = orders["ordered_at"].dt
    first_day = max(since, orders["ordered_at"].min().normalize())
    weeks = max((today - first_day).days / 7, 1.0)
    per_hour = orders.groupby([ordered_at.day_of_week, ordered_at.hour])["revenue"].sum()
    due = pd.MultiIndex.from_arrays([minutes.day_of_week, minutes.hour])
    return float(per_hour.reindex(due).fillna(0.0).sum() / weeks / 60)
