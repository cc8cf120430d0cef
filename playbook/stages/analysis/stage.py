"""Stage 6.

Whether the goals were reached, why or why not, what the tests showed, and what to change.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from playbook.methods.anomalies import anomalies, judged
from playbook.methods.decomposition import causes, decompose
from playbook.metrics import ALL
from playbook.params import Campaign
from playbook.stages import ANALYSIS
from playbook.stages.analysis import tables as schema
from playbook.stages.analysis.proposal import (
    actions,
    agenda,
    next_budget,
    next_month,
    next_targets,
    proposal,
)
from playbook.stages.experiments.trials import trial_findings, trials
from playbook.stages.shared import uptime
from playbook.stages.shared.declared import declared
from playbook.stages.shared.findings import (
    absent,
    cells,
    change,
    measures,
    ranked,
    records,
    summary_frame,
)
from playbook.stages.shared.months import months
from playbook.stages.shared.result import Cell, Finding, Severity, StageResult
from playbook.stages.shared.targets import TARGETS, targets

MOST_CAUSES = 4
"""Causes that are told as findings."""

TOP_CAUSES = 8
"""Causes that the chart shows."""

LEAST_PART = 0.02
"""Share of last period's revenue below which a cause is not worth a sentence."""

FITS: Mapping[str, tuple[str, ...]] = {
    "cvr": ("conversions", "revenue"),
    "cvr_click": ("conversions", "revenue"),
    "cpa": ("conversions", "revenue"),
    "roas": ("conversions", "revenue"),
    "order_rate": ("revenue",),
    "order_rate_click": ("revenue",),
    "aov": ("revenue",),
    "ctr": ("clicks",),
    "cpc": ("clicks",),
    "cpm": ("impressions",),
    "volume": ("impressions", "clicks"),
}
"""KPIs whose unusual days may explain a step."""

LEVELS = frozenset(
    (
        "cpm",
        "cpc",
        "cpa",
        "aov",
        "roas",
        "ctr",
        "visit_rate",
        "cvr",
        "cvr_click",
        "order_rate",
        "order_rate_click",
    )
)
"""Steps whose level is told."""

RESULTS: Mapping[str, tuple[str, ...]] = {
    "revenue_change": ("revenue", "revenue_change"),
    "revenue": ("revenue",),
    "conversions": ("conversions",),
    "spend": ("spend",),
}
"""Clauses of the answer on results, the most telling first, with the measures that each needs."""

NO_INCIDENT = (pd.NaT, "")


@dataclass(frozen=True, slots=True)
class Cause:
    """A row of the table `causes`, as far as findings need it."""

    cause: str
    channel: str
    step: str
    effect: float
    certainty: str
    incident_cause: str


@dataclass(frozen=True, slots=True)
class Effect:
    """An effect on revenue that an unusual day may explain."""

    channel: str
    step: str
    effect: float


@dataclass(frozen=True, slots=True)
class UnusualDay:
    """A day of a channel's KPI that was not as expected, and its cause."""

    date: pd.Timestamp
    channel: str
    kpi: str
    score: float
    cause: str


@dataclass(frozen=True, slots=True)
class Missed:
    """A row of the table `targets`, as far as findings need it."""

    goal: str
    attainment: float


@dataclass(frozen=True, slots=True)
class Moved:
    """A row of the table `budget_next`, as far as findings need it."""

    channel: str
    partner: str
    change: float


def analyse(
    campaign: Campaign, tables: Mapping[str, pd.DataFrame], look_dates: Sequence[date] = ()
) -> StageResult:
    """Answer whether the goals were reached, why or why not, and what changes next period.

    Args:
        campaign: Parameters of the period.
        tables: Canonical tables; uses channel_daily, content_plan, content_log, site_checks,
            orders, experiment_units.
        look_dates: Last days of the data that earlier runs showed.

    Returns:
        The tables of `analysis.tables`; the proposal holds keys of the next period's parameters.
    """
    campaign, tables = declared(ANALYSIS, campaign, tables)
    daily, now, before = months(campaign, tables["channel_daily"])
    reached = targets(campaign, tables, daily)
    budget_next = next_budget(campaign, now)
    targets_next = next_targets(campaign, reached)
    effects = decompose(before, now)
    by_size = with_incidents(causes(effects), _unusual(campaign, tables, daily))
    tested, untested = trials(campaign, tables["experiment_units"], look_dates)
    listed = actions(campaign, budget_next, targets_next, tested["decisions"])
    results = {
        "targets": reached,
        "effects": effects,
        "causes": by_size,
        "top_causes": by_size.head(TOP_CAUSES),
        "plan": against_plan(campaign, now, before),
        **tested,
        "budget_next": budget_next,
        "targets_next": targets_next,
        "actions": listed,
        "agenda": agenda(campaign, listed),
        "summary": summary(reached, now, before),
    }
    proposed = proposal(campaign, budget_next, targets_next)
    return StageResult(
        stage=ANALYSIS.notebook,
        tables=results,
        findings=_findings(campaign, results),
        missing=_missing(campaign, now, before, results) | untested,
        proposal=proposed,
        next_month=next_month(campaign, proposed, targets_next),
    )


def summary(reached: pd.DataFrame, now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Return the one-line answers of the stage, as far as they are known."""
    values: dict[str, float] = {}
    if len(reached):
        values["goals"] = len(reached)
        values["goals_good"] = reached["state"].eq("good").sum()
        values["goals_missed"] = reached["state"].eq("act").sum()
    revenue, previous_revenue = _sum(now, "revenue"), _sum(before, "revenue")
    values["revenue"] = revenue
    values["previous_revenue"] = previous_revenue
    values["revenue_change"] = revenue - previous_revenue
    values["conversions"] = _sum(now, "conversions")
    values["spend"] = _sum(now, "spend")
    return summary_frame(schema.SUMMARY, values)


def _sum(rows: pd.DataFrame, column: str) -> float:
    """Add up a column; NaN where no row knows it."""
    return float(rows[column].sum(min_count=1))


def against_plan(campaign: Campaign, now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Compare each channel with its budget at last period's return.

    The plan names money only; what it should have brought is taken from last period's return on ad
    spend.

    Returns:
        The table `PLAN`.
    """
    sums = now.groupby("channel")[["spend", "revenue"]].sum(min_count=1)
    with_returns = before.dropna(subset=["spend", "revenue"])
    previous = with_returns.groupby("channel")[["spend", "revenue"]].sum()
    roas = previous["revenue"] / previous["spend"].where(previous["spend"] > 0)
    budgets = {channel: money for channel, money in campaign.budget.items() if money > 0}
    planned = pd.DataFrame({"budget": budgets}, dtype="float64")
    table = planned.join(sums).rename_axis("channel").reset_index()
    last_roas = table["channel"].map(roas).astype("float64")
    table["expected_revenue"] = table["budget"] * last_roas
    table["revenue_gap"] = table["revenue"] - table["expected_revenue"]
    table["spend_effect"] = (table["spend"] - table["budget"]) * last_roas
    table["return_effect"] = table["revenue_gap"] - table["spend_effect"]
    return table[schema.PLAN.names]


def with_incidents(by_size: pd.DataFrame, unusual: pd.DataFrame) -> pd.DataFrame:
    """Add to each cause the unusual day of its channel that fits it best.

    Returns:
        The causes with incident_day (NaT where none fits) and incident_cause (code; empty where
        none fits).
    """
    explained = records(unusual[unusual["cause"].ne("unknown")], UnusualDay)
    fitting = [_fitting(effect, explained) for effect in records(by_size, Effect)]
    days = [day for day, _ in fitting]
    codes = [code for _, code in fitting]
    return by_size.assign(
        incident_day=pd.Series(days, index=by_size.index, dtype="datetime64[us]"),
        incident_cause=pd.Series(codes, index=by_size.index, dtype="str"),
    )


def _unusual(
    campaign: Campaign, tables: Mapping[str, pd.DataFrame], daily: pd.DataFrame
) -> pd.DataFrame:
    """Return the unusual days of the period, as stage 5 finds them."""
    checks = uptime.within(tables["site_checks"], campaign.start, campaign.end)
    outage_days = list(uptime.outages(checks)["start"].dt.normalize())
    cut = campaign.monitoring.anomaly_cut
    return anomalies(judged(daily), campaign.start, campaign.end, cut, outage_days)


def _fitting(effect: Effect, explained: Sequence[UnusualDay]) -> tuple[Any, str]:
    """Return day and cause of the strongest unusual day that may explain an effect."""
    candidates = [
        day
        for day in explained
        if day.channel == effect.channel
        and day.kpi in FITS.get(effect.step, ())
        and np.sign(day.score) == np.sign(effect.effect)
    ]
    if not candidates:
        return NO_INCIDENT
    strongest = max(candidates, key=lambda day: abs(day.score))
    return strongest.date, strongest.cause


def _missing(
    campaign: Campaign, now: pd.DataFrame, before: pd.DataFrame, results: Mapping[str, pd.DataFrame]
) -> dict[str, Mapping[str, str]]:
    has_days = not now.empty
    return absent(
        {
            "goals": not campaign.goals,
            "channel_daily": not has_days,
            "previous": has_days and before.empty,
            "revenue": has_days and bool(now["revenue"].isna().all()),
            "noise": bool(results["effects"]["certainty"].eq("unknown").any()),
            "plan": results["plan"].empty,
            "experiments": not campaign.experiments,
        }
    )


def _findings(campaign: Campaign, tables: Mapping[str, pd.DataFrame]) -> tuple[Finding, ...]:
    others = [
        *_missed(campaign, tables["targets"]),
        *_moved(tables["budget_next"]),
        *_explained(tables),
        *trial_findings(tables["decisions"]),
    ]
    return (_answer(tables), *ranked(others))


def _answer(tables: Mapping[str, pd.DataFrame]) -> Finding:
    """Answer with the goals, the most telling result that is known, and the largest cause."""
    values = tables["summary"].set_index("measure")["value"]
    clauses = []
    evidence: dict[str, Cell] = {}
    if "goals" in values:
        clauses.append("goals")
        evidence |= measures(schema.SUMMARY, "goals", "goals_good")
    result = _most_telling_result(values)
    if result:
        clauses.append(result)
        evidence |= _result_cells(RESULTS[result])
    if not clauses:
        return Finding(id="analysis.answer", severity="watch", sentence="nothing_known")
    for cause in _clear_causes(tables)[:1]:
        clauses.append(_named("largest_cause", cause))
        evidence |= _cause_cells(cause)
    is_missed = values.get("goals_missed", 0) > 0
    action, decision_cells = _decision(tables["agenda"], is_missed=is_missed)
    return Finding(
        id="analysis.answer",
        severity=_severity(values, is_missed=is_missed),
        sentence="answer",
        clauses=tuple(clauses),
        evidence=evidence | decision_cells,
        action=action,
    )


def _severity(values: pd.Series, *, is_missed: bool) -> Severity:
    if is_missed:
        return "act"
    return "good" if "goals" in values and values["goals"] == values["goals_good"] else "watch"


def _most_telling_result(values: pd.Series) -> str:
    """Return the first clause on results whose measures are known; empty where none is."""
    for clause, needed in RESULTS.items():
        if set(needed) <= set(values.index):
            return clause
    return ""


def _result_cells(names: Sequence[str]) -> dict[str, Cell]:
    """Return cells of the summary; a change carries its sign."""
    result: dict[str, Cell] = {}
    for name in names:
        cell_of = change if name.endswith("_change") else cells
        result |= cell_of(schema.SUMMARY, {"measure": name}, **{name: "value"})
    return result


def _decision(listed: pd.DataFrame, *, is_missed: bool) -> tuple[str, dict[str, Cell]]:
    """Return the action that the report asks for, with who takes it and until when."""
    if listed.empty:
        return ("catch_up" if is_missed else ""), {}
    has_owner = bool(listed["owner"].iloc[0])
    return (
        "owner_decides" if has_owner else "decide",
        cells(
            schema.AGENDA,
            {"matter": "proposal"},
            proposals="proposals",
            owner="owner",
            due_on="due_on",
        ),
    )


def _clear_causes(tables: Mapping[str, pd.DataFrame]) -> list[Cause]:
    """Return the causes that are beyond luck and large enough to be told, the largest first."""
    values = tables["summary"].set_index("measure")["value"]
    least = LEAST_PART * values.get("previous_revenue", np.nan)
    table = tables["causes"]
    is_told = table["certainty"].eq("clear") & (table["effect"].abs() >= least)
    return records(table[is_told], Cause)


def _missed(campaign: Campaign, reached: pd.DataFrame) -> Iterator[Finding]:
    """Tell the goals that were missed or are behind."""
    for goal in records(reached[reached["state"].eq("act")], Missed):
        yield Finding(
            id=f"analysis.goal.{goal.goal}",
            severity="act",
            weight=campaign.goals[goal.goal].weight * (1 - goal.attainment),
            sentence="missed",
            evidence=cells(
                TARGETS,
                {"goal": goal.goal},
                goal="goal",
                kpi="kpi",
                actual="actual",
                due="due",
                attainment="attainment",
                owner="owner",
            ),
            action="remedy_or_change",
        )


def _moved(money: pd.DataFrame) -> Iterator[Finding]:
    """Tell each step of budget that is proposed, from the side of who gets more."""
    for channel in records(money[money["change"] > 0], Moved):
        row, partner = {"channel": channel.channel}, {"channel": channel.partner}
        yield Finding(
            id=f"analysis.budget.{channel.channel}",
            severity="act",
            weight=channel.change,
            sentence="move_budget",
            evidence=cells(
                schema.BUDGET_NEXT, row, amount="change", channel="channel", value="value"
            )
            | cells(schema.BUDGET_NEXT, partner, giver="channel", giver_value="value"),
            action="approve_step",
        )


def _explained(tables: Mapping[str, pd.DataFrame]) -> Iterator[Finding]:
    """Tell the largest causes, with the level of the step and the unusual day that fits."""
    for cause in _clear_causes(tables)[:MOST_CAUSES]:
        row = {"cause": cause.cause}
        clauses = [_named("moved", cause)]
        evidence = _cause_cells(cause)
        if cause.step in LEVELS:
            clauses = ["moved_from_to"]
            evidence |= cells(schema.CAUSES, row, previous="previous", actual="actual")
        if cause.incident_cause:
            clauses.append(cause.incident_cause)
            evidence |= cells(schema.CAUSES, row, day="incident_day")
        yield Finding(
            id=f"analysis.cause.{cause.cause}",
            severity="good" if cause.effect > 0 else "watch",
            weight=abs(cause.effect),
            sentence="cause",
            clauses=tuple(clauses),
            evidence=evidence,
        )


def _named(clause: str, cause: Cause) -> str:
    """Return the clause that names a cause: of a channel, or of all together."""
    return f"{clause}_of_all" if cause.channel == ALL else clause


def _cause_cells(cause: Cause) -> dict[str, Cell]:
    row = {"cause": cause.cause}
    return cells(schema.CAUSES, row, channel="channel", step="step") | change(
        schema.CAUSES, row, effect="effect"
    )
