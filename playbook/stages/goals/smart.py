"""Whether a goal is SMART, where it starts from, and where the present rate takes it."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from playbook.methods.days import in_period, run_rate
from playbook.metrics import CATALOGUE, Kpi, attainment, compute, with_profit
from playbook.params import Campaign, shift
from playbook.params.model import Goal, Monitoring
from playbook.stages.shared.findings import each
from playbook.stages.shared.targets import NEARLY, measured, window

FEWEST_WEEKS = 4
MOST_WEEKS = 13
AIM_COLUMNS = [
    "goal",
    "kpi",
    "channel",
    "baseline",
    "baseline_from",
    "target",
    "target_change",
    "actual",
    "attainment",
    "forecast",
    "forecast_attainment",
    "outlook",
    "state",
    "days_left",
    "best_week",
    "owner",
    "deadline",
    "weight",
]
RULES = ("specific", "measurable", "achievable", "relevant", "time_bound")


class Answer(NamedTuple):
    """Whether a rule is met (yes, no, unknown), and the code of what would mend it (empty if nothing)."""

    met: str
    fix: str


YES = Answer("yes", "")


def aims(
    campaign: Campaign, tables: Mapping[str, pd.DataFrame], daily: pd.DataFrame
) -> pd.DataFrame:
    """Put every goal beside where it started, where it is, and where the present rate takes it.

    Args:
        campaign: Goals; the end of the period is today, or the last day with data if that is
            earlier.
        tables: Canonical tables.
        daily: One row per day and channel, history included.

    Returns:
        One row per goal: goal, kpi, channel ("(all)" for all), baseline (the same KPI in the month
        before the goal starts, a sum brought to the goal's number of days), baseline_from (set,
        history, unknown), target, target_change (target over baseline less 1), actual, attainment,
        forecast (at the deadline; the actual where it is over), forecast_attainment, outlook
        (reached, missed, on_pace, at_risk, off_pace, not_begun, unknown), state, days_left,
        best_week (the best of up to thirteen weeks before the start; a sum as a week's sum; NaN
        below four weeks), owner, deadline, weight. NaN where no table tells.
    """
    rows = [_aim(campaign, goal, tables, daily) for goal in campaign.goals.values()]
    return pd.DataFrame(rows, columns=AIM_COLUMNS)


def smart(campaign: Campaign, aimed: pd.DataFrame) -> pd.DataFrame:
    """Judge every goal by five rules.

    Returns:
        One row per goal: goal, then specific, measurable, achievable, relevant and time_bound (yes,
        no or unknown), score (rules met), state.

    Source:
        Doran (1981), There's a S.M.A.R.T. way to write management's goals and objectives,
        Management Review 70.
    """
    rows = [
        [goal, *(answer.met for answer in answers.values())]
        for goal, answers in _judged(campaign, aimed).items()
    ]
    table = pd.DataFrame(rows, columns=["goal", *RULES])
    table["score"] = (table[list(RULES)] == "yes").sum(axis="columns").astype("float64")
    table["state"] = np.where(table["score"] == len(RULES), "good", "watch")
    return table


def fixes(campaign: Campaign, aimed: pd.DataFrame) -> pd.DataFrame:
    """List what would mend the goals: one row per goal and rule that is open: goal, rule, fix (code)."""
    rows = [
        (goal, rule, answer.fix)
        for goal, answers in _judged(campaign, aimed).items()
        for rule, answer in answers.items()
        if answer.fix
    ]
    return pd.DataFrame(rows, columns=["goal", "rule", "fix"]).astype("str")


def _aim(
    campaign: Campaign, goal: Goal, tables: Mapping[str, pd.DataFrame], daily: pd.DataFrame
) -> tuple[object, ...]:
    kpi, deadline = CATALOGUE[goal.kpi], date.fromisoformat(goal.deadline)
    start, end = window(campaign, goal)
    actual = measured(campaign, goal.kpi, goal, tables, daily) if start <= end else np.nan
    base, base_from = _baseline(campaign, goal, tables, daily)
    over = deadline <= campaign.end
    forecast = actual if over else _forecast(campaign, goal, daily)
    reached, expected = (attainment(found, goal.target, kpi.better) for found in (actual, forecast))
    outlook, state = (
        ("not_begun", "good")
        if start > end
        else _outlook(expected, kpi, campaign.monitoring, over=over)
    )
    return (
        goal.id,
        goal.kpi,
        goal.channel or "(all)",
        base,
        base_from,
        goal.target,
        goal.target / base - 1 if base else np.nan,
        actual,
        reached,
        forecast,
        expected,
        outlook,
        state,
        float(max((deadline - campaign.end).days, 0)),
        best_week(campaign, goal, daily),
        goal.owner,
        pd.Timestamp(deadline),
        goal.weight,
    )


def _baseline(
    campaign: Campaign, goal: Goal, tables: Mapping[str, pd.DataFrame], daily: pd.DataFrame
) -> tuple[float, str]:
    if goal.baseline is not None:
        return goal.baseline, "set"
    start = date.fromisoformat(goal.start) if goal.start else campaign.start
    before = campaign.model_copy(update={"period": shift(f"{start:%Y-%m}", -1)})
    then = goal.model_copy(
        update={"start": before.start.isoformat(), "deadline": before.end.isoformat()}
    )
    found = measured(before, goal.kpi, then, tables, daily)
    if CATALOGUE[goal.kpi].aggregation == "sum":
        found *= _days(start, date.fromisoformat(goal.deadline)) / _days(before.start, before.end)
    return (found, "history") if found == found else (np.nan, "unknown")


def _days(first: date, last: date) -> int:
    return (last - first).days + 1


def _of(goal: Goal, daily: pd.DataFrame) -> pd.DataFrame:
    return daily[daily["channel"].eq(goal.channel)] if goal.channel else daily


def _forecast(campaign: Campaign, goal: Goal, daily: pd.DataFrame) -> float:
    """Return the KPI at the deadline: each of its columns so far plus its run rate, then the formula."""
    kpi = CATALOGUE[goal.kpi]
    start, end = window(campaign, goal)
    known = with_profit(
        _of(goal, daily[daily["date"].le(pd.Timestamp(end))]), campaign.business.margin
    )
    if kpi.aggregation == "none" or not set(kpi.columns) <= set(known.columns) or known.empty:
        return float("nan")
    columns = list(dict.fromkeys(kpi.columns))
    rows = known.dropna(subset=columns)
    today = daily.loc[daily["date"].le(pd.Timestamp(end)), "date"].max()
    by_day = rows.groupby("date")[columns].sum().reindex(pd.date_range(known["date"].min(), today))
    total = in_period(rows, start, end)[columns].sum(min_count=1)
    if "other_acquisition_cost" in columns:
        total["other_acquisition_cost"] = campaign.business.other_acquisition_cost
    deadline = date.fromisoformat(goal.deadline)
    expected = {column: total[column] + run_rate(by_day[column], deadline) for column in columns}
    return float(compute(pd.DataFrame([expected]), [kpi.id])[kpi.id].iloc[0])


def _outlook(expected: float, kpi: Kpi, rules: Monitoring, *, over: bool) -> tuple[str, str]:
    """Return outlook and state; a KPI whose good is near the plan is off on both sides."""
    if np.isnan(expected):
        return "unknown", "watch"
    near_plan = kpi.better == "plan"
    off = abs(expected - 1) if near_plan else 1 - expected
    good, nearly = (rules.pacing_green, rules.pacing_amber) if near_plan else (0.0, 1 - NEARLY)
    if off <= good:
        return ("reached" if over else "on_pace"), "good"
    state = "watch" if off <= nearly + 1e-9 else "act"
    return ("missed" if over else "at_risk" if state == "watch" else "off_pace"), state


def best_week(campaign: Campaign, goal: Goal, daily: pd.DataFrame) -> float:
    """Return the best of the whole weeks before the goal starts, in the KPI's good direction.

    Args:
        campaign: Margin, and the period in which a goal without a start begins.
        goal: KPI and channel.
        daily: One row per day and channel.

    Returns:
        A week's sum, or a week's ratio of sums; NaN below four weeks, or where the good is near the
        plan.
    """
    kpi = CATALOGUE[goal.kpi]
    start = pd.Timestamp(goal.start or campaign.start)
    rows = _of(goal, daily[daily["date"].lt(start)])
    if kpi.aggregation == "none" or kpi.better == "plan":
        return float("nan")
    week = (start - rows["date"]).dt.days.sub(1) // 7
    whole = rows.groupby(week)["date"].transform("nunique").eq(7) & week.lt(MOST_WEEKS)
    chosen = with_profit(rows, campaign.business.margin).assign(week=week)[whole]
    weeks = compute(chosen, [kpi.id], by=["week"])[kpi.id].dropna()
    if len(weeks) < FEWEST_WEEKS:
        return float("nan")
    return float(weeks.min() if kpi.better == "lower" else weeks.max())


def _judged(campaign: Campaign, aimed: pd.DataFrame) -> dict[str, dict[str, Answer]]:
    rows: dict[str, Any] = {str(row.goal): row for row in each(aimed)}
    return {
        goal.id: {
            "specific": _specific(campaign, goal),
            "measurable": _measurable(goal, rows[goal.id]),
            "achievable": _achievable(campaign, goal, rows[goal.id]),
            "relevant": _relevant(goal),
            "time_bound": Answer("no", "already_over")
            if goal.deadline < campaign.start.isoformat()
            else YES,
        }
        for goal in campaign.goals.values()
    }


def _specific(campaign: Campaign, goal: Goal) -> Answer:
    """A goal is specific if a known person answers for it and no other goal sets the same KPI for the same days."""
    if campaign.team and goal.owner not in campaign.team:
        return Answer("no", "unknown_owner")
    scope = ("kpi", "channel", "start", "deadline")
    same = [
        other
        for other in campaign.goals.values()
        if all(getattr(other, key) == getattr(goal, key) for key in scope)
    ]
    return Answer("no", "same_twice") if len(same) > 1 else YES


def _measurable(goal: Goal, aim: Any) -> Answer:
    if CATALOGUE[goal.kpi].aggregation == "none":
        return Answer("no", "not_additive")
    if np.isnan(aim.actual) and np.isnan(aim.best_week) and aim.outlook != "not_begun":
        return Answer("no", "no_data")
    return Answer("no", "no_baseline") if np.isnan(aim.baseline) else YES


def _achievable(campaign: Campaign, goal: Goal, aim: Any) -> Answer:
    """A goal is achievable if it asks for no more than the best week before it brought.

    Source:
        The outside view: Kahneman & Lovallo (1993), Timid choices and bold forecasts, Management
        Science 39.
    """
    kpi = CATALOGUE[goal.kpi]
    if kpi.aggregation == "none" or kpi.better == "plan":
        return Answer("unknown", "")
    if np.isnan(aim.best_week):
        return Answer("unknown", "too_little_history")
    start = date.fromisoformat(goal.start) if goal.start else campaign.start
    per_week = (
        7 / _days(start, date.fromisoformat(goal.deadline)) if kpi.aggregation == "sum" else 1.0
    )
    if attainment(aim.best_week, goal.target * per_week, kpi.better) < 1:
        return Answer("no", "above_best_week")
    return (
        Answer("yes", "below_baseline")
        if attainment(aim.baseline, goal.target, kpi.better) > 1
        else YES
    )


def _relevant(goal: Goal) -> Answer:
    if not goal.relevant_to.strip():
        return Answer("no", "no_purpose")
    return YES if goal.weight > 0 else Answer("no", "no_weight")
