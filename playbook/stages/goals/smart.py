"""Whether a goal is SMART, where it starts from, and where the present rate takes it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd

from playbook.methods.days import in_period, run_rate
from playbook.metrics import CATALOGUE, Kpi, attainment, compute, with_profit
from playbook.params import Campaign, Period
from playbook.params.model import Goal, Monitoring
from playbook.stages.goals.tables import AIMS, FIXES, SMART
from playbook.stages.shared.findings import records
from playbook.stages.shared.targets import NEARLY, measured, of_channel, window

FEWEST_WEEKS = 4
MOST_WEEKS = 13
ROUNDING = 1e-9
RULES = ("specific", "measurable", "achievable", "relevant", "time_bound")


class Answer(NamedTuple):
    """Whether a rule is met (yes, no, unknown), and the code of what would mend it.

    (empty if nothing).
    """

    met: str
    fix: str


YES = Answer("yes", "")


@dataclass(frozen=True, slots=True)
class Standing:
    """A row of the table `aims`, as far as the rules need it."""

    goal: str
    baseline: float
    actual: float
    best_week: float
    outlook: str


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
        The table `AIMS`.
    """
    return AIMS.frame(_aim(campaign, goal, tables, daily) for goal in campaign.goals.values())


def smart(campaign: Campaign, aimed: pd.DataFrame) -> pd.DataFrame:
    """Judge every goal by five rules.

    Returns:
        The table `SMART`.

    Source:
        Doran (1981), There's a S.M.A.R.T. way to write management's goals and objectives,
        Management Review 70.
    """
    rows = []
    for goal, answers in _judged(campaign, aimed):
        met = [answer.met for answer in answers.values()]
        score = float(met.count("yes"))
        rows.append((goal, *met, score, "good" if score == len(RULES) else "watch"))
    return SMART.frame(rows).astype({"score": "float64"})


def fixes(campaign: Campaign, aimed: pd.DataFrame) -> pd.DataFrame:
    """List what would mend the goals: one row per goal and rule that is open, as `FIXES` says."""
    rows = []
    for goal, answers in _judged(campaign, aimed):
        rows += [(goal, rule, answer.fix) for rule, answer in answers.items() if answer.fix]
    return FIXES.frame(rows).astype("str")


def _aim(
    campaign: Campaign, goal: Goal, tables: Mapping[str, pd.DataFrame], daily: pd.DataFrame
) -> dict[str, object]:
    kpi = CATALOGUE[goal.kpi]
    start, end = window(campaign, goal)
    has_begun, is_over = start <= end, goal.deadline <= campaign.end
    actual = measured(campaign, goal.kpi, goal, tables, daily) if has_begun else np.nan
    forecast = actual if is_over else _forecast(campaign, goal, daily)
    expected = attainment(forecast, goal.target, kpi.better)
    outlook, state = "not_begun", "good"
    if has_begun:
        outlook, state = _outlook(expected, kpi, campaign.monitoring, is_over=is_over)
    baseline, baseline_from = _baseline(campaign, goal, tables, daily)
    return {
        "goal": goal.id,
        "kpi": goal.kpi,
        "channel": goal.channel or "(all)",
        "baseline": baseline,
        "baseline_from": baseline_from,
        "target": goal.target,
        "target_change": goal.target / baseline - 1 if baseline else np.nan,
        "actual": actual,
        "attainment": attainment(actual, goal.target, kpi.better),
        "forecast": forecast,
        "forecast_attainment": expected,
        "outlook": outlook,
        "state": state,
        "days_left": float(max((goal.deadline - campaign.end).days, 0)),
        "best_week": best_week(campaign, goal, daily),
        "owner": goal.owner,
        "deadline": pd.Timestamp(goal.deadline),
        "weight": goal.weight,
    }


def _baseline(
    campaign: Campaign, goal: Goal, tables: Mapping[str, pd.DataFrame], daily: pd.DataFrame
) -> tuple[float, str]:
    """Return where a goal starts from, and whence that is known: set, history or unknown."""
    if goal.baseline is not None:
        return goal.baseline, "set"
    start = _start(campaign, goal)
    before = campaign.in_month(Period(start.year, start.month).previous)
    dates = {"start": before.start, "deadline": before.end}
    baseline = measured(before, goal.kpi, goal.model_copy(update=dates), tables, daily)
    if np.isnan(baseline):
        return np.nan, "unknown"
    if CATALOGUE[goal.kpi].aggregation == "sum":
        baseline *= _days(start, goal.deadline) / _days(before.start, before.end)
    return baseline, "history"


def _start(campaign: Campaign, goal: Goal) -> date:
    return goal.start or campaign.start


def _days(first: date, last: date) -> int:
    return (last - first).days + 1


def _forecast(campaign: Campaign, goal: Goal, daily: pd.DataFrame) -> float:
    """Return the KPI at the deadline: its columns so far and ahead, then the formula."""
    kpi = CATALOGUE[goal.kpi]
    start, end = window(campaign, goal)
    until_today = daily[daily["date"].le(pd.Timestamp(end))]
    with_profits = with_profit(of_channel(until_today, goal), campaign.business.margin)
    if not set(kpi.columns) <= set(with_profits.columns) or with_profits.empty:
        return float("nan")
    columns = list(dict.fromkeys(kpi.columns))
    rows = with_profits.dropna(subset=columns)
    days = pd.date_range(with_profits["date"].min(), until_today["date"].max())
    by_day = rows.groupby("date")[columns].sum().reindex(days)
    so_far = in_period(rows, start, end)[columns].sum(min_count=1)
    if "other_acquisition_cost" in columns:
        so_far["other_acquisition_cost"] = campaign.business.other_acquisition_cost
    expected = {
        column: so_far[column] + run_rate(by_day[column], goal.deadline) for column in columns
    }
    return float(compute(pd.DataFrame([expected]), [kpi.id])[kpi.id].iloc[0])


def _outlook(expected: float, kpi: Kpi, rules: Monitoring, *, is_over: bool) -> tuple[str, str]:
    """Return outlook and state; a KPI whose good is near the plan is off on both sides."""
    if np.isnan(expected):
        return "unknown", "watch"
    if kpi.better == "plan":
        distance, good, nearly = abs(expected - 1), rules.pacing_green, rules.pacing_amber
    else:
        distance, good, nearly = 1 - expected, 0.0, 1 - NEARLY
    if distance <= good:
        return ("reached" if is_over else "on_pace"), "good"
    is_near = distance <= nearly + ROUNDING
    if is_over:
        return "missed", "watch" if is_near else "act"
    return ("at_risk", "watch") if is_near else ("off_pace", "act")


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
    if kpi.better == "plan":
        return float("nan")
    start = pd.Timestamp(_start(campaign, goal))
    rows = of_channel(daily[daily["date"].lt(start)], goal)
    week = (start - rows["date"]).dt.days.sub(1) // 7
    is_whole = rows.groupby(week)["date"].transform("nunique").eq(7)
    chosen = with_profit(rows, campaign.business.margin).assign(week=week)
    recent = chosen[is_whole & week.lt(MOST_WEEKS)]
    weeks = compute(recent, [kpi.id], by=["week"])[kpi.id].dropna()
    if len(weeks) < FEWEST_WEEKS:
        return float("nan")
    return float(weeks.min() if kpi.better == "lower" else weeks.max())


def _judged(campaign: Campaign, aimed: pd.DataFrame) -> Iterator[tuple[str, dict[str, Answer]]]:
    """Yield each goal with its answer to every rule, in the order of the rules."""
    standings = {standing.goal: standing for standing in records(aimed, Standing)}
    for goal in campaign.goals.values():
        standing = standings[goal.id]
        yield (
            goal.id,
            {
                "specific": _specific(campaign, goal),
                "measurable": _measurable(standing),
                "achievable": _achievable(campaign, goal, standing),
                "relevant": _relevant(goal),
                "time_bound": _time_bound(campaign, goal),
            },
        )


def _specific(campaign: Campaign, goal: Goal) -> Answer:
    """A goal is specific if a known person answers for it and no other goal sets the same."""
    if campaign.team and goal.owner not in campaign.team:
        return Answer("no", "unknown_owner")
    scopes = [_scope(other) for other in campaign.goals.values()]
    return Answer("no", "same_twice") if scopes.count(_scope(goal)) > 1 else YES


def _scope(goal: Goal) -> tuple[object, ...]:
    return goal.kpi, goal.channel, goal.start, goal.deadline


def _measurable(standing: Standing) -> Answer:
    """A goal is measurable if its data are there, and it has a start."""
    has_no_data = np.isnan(standing.actual) and np.isnan(standing.best_week)
    if has_no_data and standing.outlook != "not_begun":
        return Answer("no", "no_data")
    return Answer("no", "no_baseline") if np.isnan(standing.baseline) else YES


def _achievable(campaign: Campaign, goal: Goal, standing: Standing) -> Answer:
    """A goal is achievable if it asks for no more than the best week before it brought.

    Source:
        The outside view: Kahneman & Lovallo (1993), Timid choices and bold forecasts, Management
        Science 39.
    """
    kpi = CATALOGUE[goal.kpi]
    if kpi.better == "plan":
        return Answer("unknown", "")
    if np.isnan(standing.best_week):
        return Answer("unknown", "too_little_history")
    target = goal.target
    if kpi.aggregation == "sum":
        target *= 7 / _days(_start(campaign, goal), goal.deadline)
    if attainment(standing.best_week, target, kpi.better) < 1:
        return Answer("no", "above_best_week")
    if attainment(standing.baseline, goal.target, kpi.better) > 1:
        return Answer("yes", "below_baseline")
    return YES


def _relevant(goal: Goal) -> Answer:
    """A goal is relevant if it says what it serves and carries weight."""
    if not goal.relevant_to.strip():
        return Answer("no", "no_purpose")
    return YES if goal.weight > 0 else Answer("no", "no_weight")


def _time_bound(campaign: Campaign, goal: Goal) -> Answer:
    """A goal is time-bound if its deadline does not lie before the period."""
    if goal.deadline < campaign.start:
        return Answer("no", "already_over")
    return YES
