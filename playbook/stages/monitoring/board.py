"""What the KPIs do, and whether the counting itself can be trusted: board, tracking, freshness."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from playbook.methods.days_ibis import span
from playbook.metrics import CATALOGUE, attainment, compute
from playbook.params import Campaign
from playbook.params.model import Goal, KpiId
from playbook.stages.monitoring.tables import FRESHNESS
from playbook.stages.shared.daily import LOST_CLICKS, kpi_table
from playbook.stages.shared.findings import records
from playbook.stages.shared.targets import state_of

if TYPE_CHECKING:
    import ibis

BOARD_KPIS: tuple[KpiId, ...] = (
    "impressions",
    "clicks",
    "ctr",
    "cpc",
    "visits",
    "visit_rate",
    "bounce_rate",
    "engagements",
    "conversions",
    "cvr",
    "cvr_click",
    "cpa",
    "orders",
    "aov",
    "revenue",
    "spend",
    "roas",
    "roi",
)
IMPOSSIBLE = 0.001
"""Chance below which days without a conversion are no bad luck: once in a thousand channels."""

MOMENTS: Mapping[str, str] = {
    "channel_daily": "date",
    "content_plan": "planned_at",
    "content_log": "published_at",
    "orders": "ordered_at",
    "touchpoints": "touched_at",
    "market_series": "date",
    "competitors": "week",
    "site_checks": "checked_at",
}
DAILY = ("channel_daily", "orders", "site_checks")


@dataclass(frozen=True, slots=True)
class Actual:
    """What a KPI came to beside its target."""

    kpi: KpiId
    actual: float
    target: float


def board(campaign: Campaign, now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Return the KPIs of the period, all channels together.

    Args:
        campaign: Parameters of the period.
        now: One row per day and channel of the period.
        before: The same of the period before.

    Returns:
        The table `BOARD`.
    """
    table = pd.DataFrame({"actual": _kpis(campaign, now), "previous": _kpis(campaign, before)})
    table = table.rename_axis("kpi").reset_index().dropna(subset=["actual"])
    table["change"] = table["actual"] / table["previous"].where(table["previous"] > 0) - 1
    table["target"] = table["kpi"].map(_targets(campaign)).astype("float64")
    reached = [_attainment(kpi) for kpi in records(table, Actual)]
    table["attainment"] = reached
    codes = zip(table["kpi"], reached, strict=True)
    table["state"] = [_state(kpi, share, campaign) for kpi, share in codes]
    return table.reset_index(drop=True)


def _kpis(campaign: Campaign, rows: pd.DataFrame) -> pd.Series:
    """Return the KPIs of the board over all rows together; NaN where there are none."""
    return kpi_table(rows, BOARD_KPIS, [], campaign).reindex([0]).iloc[0]


def _targets(campaign: Campaign) -> dict[str, float]:
    """Return the target of this period by KPI: that of a goal, or of spend the budget."""
    targets: dict[str, float] = {}
    if campaign.budget:
        targets["spend"] = sum(campaign.budget.values())
    for goal in campaign.goals.values():
        if _is_of_this_period(goal, campaign):
            targets[goal.kpi] = goal.target
    return targets


def _attainment(row: Actual) -> float:
    return attainment(row.actual, row.target, CATALOGUE[row.kpi].better)


def _state(kpi: KpiId, reached: float, campaign: Campaign) -> str:
    """Return the state of a KPI; empty where it has no target."""
    if np.isnan(reached):
        return ""
    return state_of(reached, CATALOGUE[kpi].better, campaign.monitoring)


def tracking(
    now: pd.DataFrame, before: pd.DataFrame, outage_days: Sequence[pd.Timestamp] = ()
) -> pd.DataFrame:
    """Look for signs that clicks, visits or conversions are not counted.

    Args:
        now: One row per day and channel of the period.
        before: The same of the period before.
        outage_days: Days on which a landing page was down; a zero on them has its own reason.

    Returns:
        The table `TRACKING`; the state is act where counting is surely broken, and watch where
        clicks get lost or days are missing.
    """
    days = now.groupby("channel")["date"].nunique().astype("float64")
    table = pd.DataFrame({"days": days})
    table["missing_days"] = float(now["date"].nunique()) - days
    table["visit_rate"] = _visit_rate(now)
    table["previous_visit_rate"] = _visit_rate(before)
    table = table.join(_zero_runs(now[~now["date"].isin(list(outage_days))], before))
    table["zero_from"] = pd.to_datetime(table["zero_from"])
    table["expected_conversions"] = table["expected_conversions"].astype("float64")
    table["chance"] = np.exp(-table["expected_conversions"])
    is_broken = table["chance"] < IMPOSSIBLE
    is_doubtful = (table["visit_rate"] < LOST_CLICKS) | (table["missing_days"] > 0)
    table["state"] = np.select([is_broken, is_doubtful], ["act", "watch"], "good")
    return table.rename_axis("channel").reset_index()


def _visit_rate(rows: pd.DataFrame) -> pd.Series:
    return compute(rows, ["visit_rate"], by=["channel"])["visit_rate"]


def freshness(campaign: Campaign, tables: Mapping[str, Any]) -> pd.DataFrame:
    """Say how far each table reaches.

    Returns:
        The table `FRESHNESS`.
    """
    reached = [
        _reach(campaign, name, tables[name], column)
        for name, column in MOMENTS.items()
        if name in tables
    ]
    return FRESHNESS.frame(row for row in reached if row)


def _is_of_this_period(goal: Goal, campaign: Campaign) -> bool:
    """Whether the target is for exactly this period.

    A ratio's target holds in every period up to the deadline.
    """
    first, last = campaign.start, campaign.end
    start = goal.start or first
    if goal.channel is not None:
        return False
    if start >= first and first <= goal.deadline <= last:
        return True
    is_ratio = CATALOGUE[goal.kpi].aggregation != "sum"
    return is_ratio and start <= last and goal.deadline >= first


def _zero_runs(now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Return by channel (index) length.

    First day and expected conversions of its run of zero days.
    """
    runs = {}
    for channel, rows in now.groupby("channel"):
        runs[channel] = _zero_run(rows, before[before["channel"].eq(channel)])
    names = ["zero_days", "zero_from", "expected_conversions"]
    return pd.DataFrame.from_dict(runs, orient="index", columns=names)


def _zero_run(rows: pd.DataFrame, before: pd.DataFrame) -> tuple[float, object, float]:
    """Return length.

    First day and expected conversions of the run of zero days that is least likely by luck.
    """
    days = rows.dropna(subset=["conversions", "clicks"]).sort_values("date")
    is_zero = days["conversions"].eq(0)
    if not is_zero.any():
        return 0.0, pd.NaT, 0.0
    usual = pd.concat([before, days[days["conversions"] > 0]])
    complete = usual.dropna(subset=["conversions", "clicks"])
    clicks = complete["clicks"].sum()
    rate = complete["conversions"].sum() / clicks if clicks else 0.0
    by_run = days[is_zero].groupby((~is_zero).cumsum()[is_zero])
    runs = by_run.agg(days=("date", "size"), first=("date", "min"), clicks=("clicks", "sum"))
    longest = runs.sort_values("clicks").iloc[-1]
    return float(longest["days"]), longest["first"], float(rate * longest["clicks"])


def _reach(
    campaign: Campaign, name: str, table: "pd.DataFrame | ibis.Table", column: str
) -> tuple[object, ...]:
    """Return the row of one table; nothing where it has no moment."""
    if isinstance(table, pd.DataFrame):
        moments = table[column].dropna()
        return _reach_here(campaign, name, moments) if len(moments) else ()
    start = pd.Timestamp(campaign.start)
    end = pd.Timestamp(campaign.end) + pd.Timedelta(days=1)
    there = span(table, column, start, end, campaign.timezone)
    days = (there.first.normalize(), there.last.normalize())
    counts = (float(there.rows), float(there.rows_in_period))
    return (name, *counts, *days, np.nan, "good") if there.rows else ()


def _reach_here(campaign: Campaign, name: str, moments: pd.Series) -> tuple[object, ...]:
    days = pd.date_range(campaign.start, campaign.end)
    seen = moments.dt.normalize()
    is_daily = name in DAILY
    missing = float((~days.isin(seen)).sum()) if is_daily else np.nan
    state = "watch" if missing > 0 else "good"
    return (
        name,
        float(len(moments)),
        float(seen.isin(days).sum()),
        seen.min(),
        seen.max(),
        missing,
        state,
    )
