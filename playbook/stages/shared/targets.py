"""Targets against what was reached, each goal over its own days and channel."""

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from playbook.methods.days import in_period
from playbook.metrics import CATALOGUE, Direction, attainment, compute
from playbook.params import Campaign
from playbook.params.model import Goal, KpiId, Monitoring
from playbook.stages.shared import uptime
from playbook.stages.shared.daily import kpi_table
from playbook.stages.shared.delivery import delivery, planned_pieces

NEARLY = 0.9
COLUMNS = [
    "goal",
    "kpi",
    "channel",
    "target",
    "actual",
    "due",
    "attainment",
    "progress",
    "gap",
    "state",
    "outcome",
    "owner",
    "deadline",
    "weight",
]


def targets(
    campaign: Campaign, tables: Mapping[str, pd.DataFrame], daily: pd.DataFrame
) -> pd.DataFrame:
    """Compare every goal with what its days brought so far.

    Args:
        campaign: Goals, and the period up to whose end is counted.
        tables: Canonical tables.
        daily: One row per day and channel, history included.

    Returns:
        One row per goal: goal, kpi, channel ("(all)" for all), target, actual (NaN where no table
        tells), due (part of the target that was due by now; the whole target for ratios),
        attainment (of the target), progress (attainment of what was due), gap (actual less due),
        state, outcome (reached, missed, on_track, behind, not_begun or unknown), owner, deadline,
        weight.
    """
    rows = [_row(campaign, goal, tables, daily) for goal in campaign.goals.values()]
    return pd.DataFrame(rows, columns=COLUMNS)


def measured(
    campaign: Campaign,
    kpi: KpiId,
    goal: Goal,
    tables: Mapping[str, pd.DataFrame],
    daily: pd.DataFrame,
) -> float:
    """Return what a goal's KPI came to from its start to the end of the period; NaN where no table tells."""
    start, end = window(campaign, goal)
    if kpi in ("on_time_rate", "on_quantity_rate"):
        plan = tables["content_plan"]
        chosen = plan[plan["channel"].eq(goal.channel)] if goal.channel else plan
        pieces = planned_pieces(
            chosen, tables["content_log"], start, end, campaign.content.on_time_minutes
        )
        return float(delivery(pieces)[kpi].iloc[0]) if len(pieces) else np.nan
    if kpi == "uptime":
        return float(uptime.within(tables["site_checks"], start, end)["up"].mean())
    if kpi == "gmv":
        return _gmv(tables["orders"], start, end)
    if CATALOGUE[kpi].aggregation == "none":
        return np.nan
    rows = in_period(daily, start, end)
    chosen = rows[rows["channel"].eq(goal.channel)] if goal.channel else rows
    found = kpi_table(chosen, [kpi], [], campaign)
    return float(found[kpi].iloc[0]) if len(found) else np.nan


def window(campaign: Campaign, goal: Goal) -> tuple[date, date]:
    """Return first and last day of a goal that are over by the end of the period."""
    start = date.fromisoformat(goal.start) if goal.start else campaign.start
    return start, min(date.fromisoformat(goal.deadline), campaign.end)


def _gmv(orders: pd.DataFrame, start: date, end: date) -> float:
    found = compute(in_period(orders, start, end, "ordered_at").fillna({"discount": 0.0}), ["gmv"])
    return float(found["gmv"].iloc[0]) if len(found) else np.nan


def state_of(reached: float, better: Direction, rules: Monitoring) -> str:
    """Turn an attainment into a state: good, watch (nearly; or amber where the plan itself is the aim), act.

    An attainment that is not known is `watch`: somebody should look why.
    """
    if np.isnan(reached):
        return "watch"
    if better == "plan":
        off = abs(reached - 1)
        return (
            "good" if off <= rules.pacing_green else "watch" if off <= rules.pacing_amber else "act"
        )
    return "good" if reached >= 1 else "watch" if reached >= NEARLY else "act"


def _row(
    campaign: Campaign, goal: Goal, tables: Mapping[str, pd.DataFrame], daily: pd.DataFrame
) -> tuple[object, ...]:
    kpi, deadline = CATALOGUE[goal.kpi], date.fromisoformat(goal.deadline)
    start, end = window(campaign, goal)
    actual = measured(campaign, goal.kpi, goal, tables, daily) if start <= end else np.nan
    elapsed = (
        ((end - start).days + 1) / ((deadline - start).days + 1)
        if kpi.aggregation == "sum"
        else 1.0
    )
    due = goal.target * max(elapsed, 0.0)
    reached, so_far = (attainment(actual, level, kpi.better) for level in (goal.target, due))
    state = state_of(so_far, kpi.better, campaign.monitoring) if start <= end else "good"
    outcome = "not_begun" if start > end else _outcome(so_far, state, over=deadline <= campaign.end)
    return (
        goal.id,
        goal.kpi,
        goal.channel or "(all)",
        goal.target,
        actual,
        due,
        reached,
        so_far,
        actual - due,
        state,
        outcome,
        goal.owner,
        pd.Timestamp(deadline),
        goal.weight,
    )


def _outcome(so_far: float, state: str, *, over: bool) -> str:
    if np.isnan(so_far):
        return "unknown"
    if over:
        return "reached" if state == "good" else "missed"
    return "on_track" if state == "good" else "behind"
