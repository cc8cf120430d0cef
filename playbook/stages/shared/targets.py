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
from playbook.stages.shared.columns import ACTUAL, CHANNEL, KPI, STATE, WEIGHT
from playbook.stages.shared.daily import kpi_table
from playbook.stages.shared.delivery import delivery, planned_pieces
from playbook.stages.shared.schema import ResultTable, column, kpi_column

NEARLY = 0.9
"""Attainment from which a target counts as nearly reached."""

TARGETS = ResultTable(
    name="targets",
    grain="One row per goal",
    columns=(
        column("goal", "name", "目标项", "Goal", "id of the goal"),
        KPI,
        CHANNEL,
        column("target", "number", "目标", "Target", "what was agreed, in the KPI's unit"),
        ACTUAL,
        column("due", "number", "应达", "Due by now", "part of a sum's target that was due by now"),
        kpi_column("attainment"),
        column(
            "progress", "fraction", "进度完成率", "Attainment of what was due", "of what was due"
        ),
        column("gap", "number", "差额", "Gap", "actual less due", signed=True),
        STATE,
        column(
            "outcome",
            "name",
            "结果",
            "Outcome",
            "reached, missed, on_track, behind, not_begun or unknown",
        ),
        column("owner", "name", "负责人", "Owner", "who answers for the goal"),
        column("deadline", "day", "截止日", "Deadline", "last day of the goal"),
        WEIGHT,
    ),
)


def targets(
    campaign: Campaign, tables: Mapping[str, pd.DataFrame], daily: pd.DataFrame
) -> pd.DataFrame:
    """Compare every goal with what its days brought so far.

    Args:
        campaign: Goals, and the period up to whose end is counted.
        tables: Canonical tables.
        daily: One row per day and channel, history included.

    Returns:
        The table `TARGETS`.
    """
    return TARGETS.frame(_row(campaign, goal, tables, daily) for goal in campaign.goals.values())


def measured(
    campaign: Campaign,
    kpi: KpiId,
    goal: Goal,
    tables: Mapping[str, pd.DataFrame],
    daily: pd.DataFrame,
) -> float:
    """Return what a goal's KPI came to from its start to the end of the period.

    NaN where no table tells.
    """
    start, end = window(campaign, goal)
    if kpi in ("on_time_rate", "on_quantity_rate"):
        plan, log = of_channel(tables["content_plan"], goal), tables["content_log"]
        pieces = planned_pieces(plan, log, start, end, campaign.content.on_time_minutes)
        return float(delivery(pieces)[kpi].iloc[0]) if len(pieces) else np.nan
    if kpi == "uptime":
        return float(uptime.within(tables["site_checks"], start, end)["up"].mean())
    if kpi == "gmv":
        return _gmv(tables["orders"], start, end)
    rows = of_channel(in_period(daily, start, end), goal)
    return _only(kpi_table(rows, [kpi], [], campaign)[kpi])


def of_channel(table: pd.DataFrame, goal: Goal) -> pd.DataFrame:
    """Return the rows of a goal's channel; all rows where it has none."""
    return table[table["channel"].eq(goal.channel)] if goal.channel else table


def window(campaign: Campaign, goal: Goal) -> tuple[date, date]:
    """Return first and last day of a goal that are over by the end of the period."""
    return goal.start or campaign.start, min(goal.deadline, campaign.end)


def _gmv(orders: pd.DataFrame, start: date, end: date) -> float:
    rows = in_period(orders, start, end, "ordered_at").fillna({"discount": 0.0})
    return _only(compute(rows, ["gmv"])["gmv"])


def _only(values: pd.Series) -> float:
    """Return the one value of a table without groups; NaN where there is no row."""
    return float(values.iloc[0]) if len(values) else np.nan


def state_of(reached: float, better: Direction, rules: Monitoring) -> str:
    """Turn an attainment into a state: good, watch (nearly there), or act.

    An attainment that is not known is `watch`: somebody should look why.
    """
    if np.isnan(reached):
        return "watch"
    if better == "plan":
        return banded(abs(reached - 1), rules)
    if reached >= 1:
        return "good"
    return "watch" if reached >= NEARLY else "act"


def banded(distance: float, rules: Monitoring) -> str:
    """Turn a distance from the plan, a fraction, into the state of its band: good, watch or act."""
    if distance <= rules.pacing_green:
        return "good"
    return "watch" if distance <= rules.pacing_amber else "act"


def _row(
    campaign: Campaign, goal: Goal, tables: Mapping[str, pd.DataFrame], daily: pd.DataFrame
) -> dict[str, object]:
    kpi = CATALOGUE[goal.kpi]
    start, end = window(campaign, goal)
    has_begun = start <= end
    actual = measured(campaign, goal.kpi, goal, tables, daily) if has_begun else np.nan
    elapsed = 1.0
    if kpi.aggregation == "sum":
        elapsed = ((end - start).days + 1) / ((goal.deadline - start).days + 1)
    due = goal.target * max(elapsed, 0.0)
    progress = attainment(actual, due, kpi.better)
    state, outcome = "good", "not_begun"
    if has_begun:
        state = state_of(progress, kpi.better, campaign.monitoring)
        outcome = _outcome(progress, state, is_over=goal.deadline <= campaign.end)
    return {
        "goal": goal.id,
        "kpi": goal.kpi,
        "channel": goal.channel or "(all)",
        "target": goal.target,
        "actual": actual,
        "due": due,
        "attainment": attainment(actual, goal.target, kpi.better),
        "progress": progress,
        "gap": actual - due,
        "state": state,
        "outcome": outcome,
        "owner": goal.owner,
        "deadline": pd.Timestamp(goal.deadline),
        "weight": goal.weight,
    }


def _outcome(progress: float, state: str, *, is_over: bool) -> str:
    if np.isnan(progress):
        return "unknown"
    if is_over:
        return "reached" if state == "good" else "missed"
    return "on_track" if state == "good" else "behind"
