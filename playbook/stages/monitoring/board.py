"""What the KPIs do, and whether the counting itself can be trusted: board, tracking, freshness."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from playbook.metrics import CATALOGUE, attainment, compute
from playbook.params import Campaign
from playbook.params.model import Goal, KpiId
from playbook.stages.shared.daily import LOST_CLICKS, kpi_table
from playbook.stages.shared.findings import each
from playbook.stages.shared.targets import state_of

BOARD: tuple[KpiId, ...] = (
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
"""Chance below which days without a conversion are no bad luck (notes/methods.md, section 3, stage 5)."""

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


def board(campaign: Campaign, now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Return the KPIs of the period, all channels together.

    Args:
        campaign: Parameters of the period.
        now: One row per day and channel of the period.
        before: The same of the period before.

    Returns:
        One row per KPI that is known: kpi, actual, previous, change (share of previous), target (of
        the goal of this period that names the KPI, of spend else the budget; NaN without),
        attainment, state (empty without a target).
    """
    sides = [kpi_table(rows, BOARD, [], campaign).reindex([0]).iloc[0] for rows in (now, before)]
    table = (
        pd.DataFrame({"actual": sides[0], "previous": sides[1]}).rename_axis("kpi").reset_index()
    )
    table = table.dropna(subset=["actual"]).reset_index(drop=True)
    table["change"] = table["actual"] / table["previous"].where(table["previous"] > 0) - 1
    planned: dict[str, float] = {"spend": sum(campaign.budget.values())} if campaign.budget else {}
    targets = planned | {
        goal.kpi: goal.target for goal in campaign.goals.values() if _of_this_period(goal, campaign)
    }
    table["target"] = table["kpi"].map(targets).astype("float64")
    table["attainment"] = [
        attainment(row.actual, row.target, CATALOGUE[row.kpi].better) for row in each(table)
    ]
    table["state"] = [
        ""
        if np.isnan(row.attainment)
        else state_of(row.attainment, CATALOGUE[row.kpi].better, campaign.monitoring)
        for row in each(table)
    ]
    return table


def tracking(
    now: pd.DataFrame, before: pd.DataFrame, outage_days: Sequence[pd.Timestamp] = ()
) -> pd.DataFrame:
    """Look for signs that clicks, visits or conversions are not counted.

    Args:
        now: One row per day and channel of the period.
        before: The same of the period before.
        outage_days: Days on which a landing page was down; a zero on them has its own reason.

    Returns:
        One row per channel: channel, days (with any data), missing_days (of those that other
        channels have), visit_rate and previous_visit_rate, zero_days (longest run of days with
        clicks but no conversion), zero_from, expected_conversions (of that run, at the channel's
        usual rate), chance (of such a run by luck), state (act: surely broken; watch: clicks get
        lost or days are missing).
    """
    rates = [compute(rows, ["visit_rate"], by=["channel"])["visit_rate"] for rows in (now, before)]
    days = now.groupby("channel")["date"].nunique()
    table = pd.DataFrame({"days": days.astype("float64")}).assign(
        missing_days=float(now["date"].nunique()) - days,
        visit_rate=rates[0],
        previous_visit_rate=rates[1],
    )
    up = now[~now["date"].isin(list(outage_days))]
    runs = {
        channel: _zero_run(rows, before[before["channel"].eq(channel)])
        for channel, rows in up.groupby("channel")
    }
    names = ["zero_days", "zero_from", "expected_conversions"]
    found = pd.DataFrame.from_dict(runs, orient="index", columns=names).reindex(table.index)
    table = table.join(found)
    table["zero_from"] = pd.to_datetime(table["zero_from"])
    table["expected_conversions"] = table["expected_conversions"].astype("float64")
    table["chance"] = np.exp(-table["expected_conversions"])
    broken, doubtful = (
        table["chance"] < IMPOSSIBLE,
        (table["visit_rate"] < LOST_CLICKS) | (table["missing_days"] > 0),
    )
    table["state"] = np.select([broken, doubtful], ["act", "watch"], "good")
    return table.rename_axis("channel").reset_index()


def freshness(campaign: Campaign, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Say how far each table reaches.

    Returns:
        One row per table that has rows: table, rows (in all), rows_in_period, first_day, last_day,
        missing_days (days of the period without a row; NaN for tables that need not have one every
        day), state.
    """
    found = [
        _reach(campaign, name, tables[name][column].dropna())
        for name, column in MOMENTS.items()
        if name in tables and tables[name][column].notna().any()
    ]
    columns = ["table", "rows", "rows_in_period", "first_day", "last_day", "missing_days", "state"]
    return pd.DataFrame(found, columns=columns)


def _of_this_period(goal: Goal, campaign: Campaign) -> bool:
    """Whether the target is for exactly this period; a ratio's target holds in every period up to the deadline."""
    first, last = campaign.start.isoformat(), campaign.end.isoformat()
    inside = (goal.start or first) >= first and first <= goal.deadline <= last
    lasting = (
        CATALOGUE[goal.kpi].aggregation != "sum"
        and (goal.start or first) <= last
        and goal.deadline >= first
    )
    return goal.channel is None and (inside or lasting)


def _zero_run(rows: pd.DataFrame, before: pd.DataFrame) -> tuple[float, object, float]:
    """Return length, first day and expected conversions of the run of zero days that is least likely by luck."""
    days = rows.dropna(subset=["conversions", "clicks"]).sort_values("date")
    usual = (
        pd.concat([before, days[days["conversions"] > 0]])
        if len(before)
        else days[days["conversions"] > 0]
    )
    known = usual.dropna(subset=["conversions", "clicks"])
    clicks = known["clicks"].sum()
    rate = known["conversions"].sum() / clicks if clicks else 0.0
    zero = days["conversions"].eq(0)
    runs = (
        days[zero]
        .groupby((~zero).cumsum()[zero])
        .agg(days=("date", "size"), first=("date", "min"), clicks=("clicks", "sum"))
    )
    if runs.empty:
        return 0.0, pd.NaT, 0.0
    longest = runs.sort_values("clicks").iloc[-1]
    return float(longest["days"]), longest["first"], float(rate * longest["clicks"])


def _reach(campaign: Campaign, name: str, moments: pd.Series) -> tuple[object, ...]:
    days = pd.date_range(campaign.start, campaign.end)
    seen = moments.dt.normalize()
    missing = float((~days.isin(seen)).sum()) if name in DAILY else np.nan
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
