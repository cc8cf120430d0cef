"""Stage 6: whether the goals were reached, why or why not, what the tests showed, and what to change."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd

from playbook.methods.anomalies import anomalies, judged
from playbook.methods.decomposition import causes, decompose
from playbook.metrics import ALL, CATALOGUE
from playbook.params import Campaign
from playbook.stages.analysis.proposal import (
    actions,
    agenda,
    next_budget,
    next_month,
    next_targets,
    proposal,
)
from playbook.stages.experiments.trials import tell_trials, trials
from playbook.stages.shared import uptime
from playbook.stages.shared.causes import CAUSES
from playbook.stages.shared.findings import cells, change, each, ranked
from playbook.stages.shared.months import months
from playbook.stages.shared.result import Cell, Finding, StageResult
from playbook.stages.shared.schema import Unit
from playbook.stages.shared.targets import targets

STAGE = "06_analysis_and_iteration"
TOLD_CAUSES = 4
TOP_CAUSES = 8
LEAST_PART = 0.02
"""Share of last period's revenue below which a cause is not worth a sentence."""

FITS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("cvr", "cvr_click", "cpa", "roas"), ("conversions", "revenue")),
    **dict.fromkeys(("order_rate", "order_rate_click", "aov"), ("revenue",)),
    "ctr": ("clicks",),
    "cpc": ("clicks",),
    "cpm": ("impressions",),
    "volume": ("impressions", "clicks"),
}
"""KPIs whose unusual days may explain a step."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One clause of the answer: the measures that it needs, with their units, and its words."""

    units: Mapping[str, Unit]
    zh: str
    en: str


WHOSE = (("{channel}的{step}", "{step} of {channel}"), ("{step}", "{step}"))
"""How a cause is named: of a channel, or of all together."""

LEVELS: Mapping[str, Unit] = {
    "cpm": "money",
    "cpc": "money",
    "cpa": "money",
    "aov": "money",
    "roas": "multiple",
    "ctr": "fraction",
    "visit_rate": "fraction",
    "cvr": "fraction",
    "cvr_click": "fraction",
    "order_rate": "fraction",
    "order_rate_click": "fraction",
}
"""Steps whose level is told, and its unit."""

GOALS = Part(
    units={"goals": "count", "goals_good": "count"},
    zh="{goals} 个目标中 {goals_good} 个达成或在轨",
    en="of {goals} goals {goals_good} are reached or on track",
)
RESULTS = (
    Part(
        units={"revenue": "money", "revenue_change": "money"},
        zh="销售额 {revenue}，较上期变化 {revenue_change}",
        en="revenue is {revenue}, a change of {revenue_change} on last period",
    ),
    Part(units={"revenue": "money"}, zh="销售额 {revenue}", en="revenue is {revenue}"),
    Part(
        units={"conversions": "count"}, zh="转化 {conversions} 次", en="conversions: {conversions}"
    ),
    Part(units={"spend": "money"}, zh="花费 {spend}", en="spend: {spend}"),
)
"""The most telling first."""

DECIDED = {
    "zh": "由 {owner} 在 {due_on}前就下期提案（{proposals} 项）作出决定。",
    "en": "{owner} decides by {due_on} on what is proposed for next period ({proposals}).",
}
UNOWNED = {
    "zh": "在 {due_on}前就下期提案（{proposals} 项）作出决定。",
    "en": "Decide by {due_on} on what is proposed for next period ({proposals}).",
}
"""The decision that a report asks for, with and without somebody who answers for it."""

REMEDY = {
    "zh": "决定如何补救未达成的目标。",
    "en": "Decide how to catch up with the goals that were missed.",
}

MISSING: Mapping[str, Mapping[str, str]] = {
    "goals": {"zh": "未设置目标，无法对照。", "en": "No goals are set: nothing to compare with."},
    "channel_daily": {
        "zh": "本期没有渠道数据，无法分析效果。",
        "en": "No channel data in this period: the results cannot be analysed.",
    },
    "previous": {
        "zh": "没有上期数据，无法分解变化原因。",
        "en": "No data of the period before: the change cannot be explained.",
    },
    "revenue": {
        "zh": "销售额未知，无法分解变化原因。",
        "en": "Revenue is not known: its change cannot be explained.",
    },
    "noise": {
        "zh": "数据天数太少，无法判断原因是否只是波动。",
        "en": "Too few days to tell causes from luck.",
    },
    "plan": {
        "zh": "没有渠道预算，无法与计划对照，也无法提出预算调整。",
        "en": "No budget by channel: nothing planned to compare with, and no step of budget to propose.",
    },
    "experiments": {"zh": "本期没有实验。", "en": "No experiment is planned in this campaign."},
}


def analyse(
    campaign: Campaign, tables: Mapping[str, pd.DataFrame], looked: Sequence[date] = ()
) -> StageResult:
    """Answer whether the goals were reached, why or why not, and what changes next period.

    Args:
        campaign: Parameters of the period.
        tables: Canonical tables; uses channel_daily, content_plan, content_log, site_checks,
            orders, experiment_units.
        looked: Last days of the data that earlier runs showed.

    Returns:
        Tables targets, summary, effects, causes, top_causes, plan, budget_next, targets_next,
        actions, agenda, and those of `trials`; the proposal holds the keys of the next period's
        parameters.
    """
    daily, now, before = months(campaign, tables["channel_daily"])
    aimed, money, effects = (
        targets(campaign, tables, daily),
        next_budget(campaign, now),
        decompose(before, now),
    )
    because = with_incidents(causes(effects), _unusual(campaign, tables, daily))
    tested, untested = trials(campaign, tables["experiment_units"], looked)
    next_ = next_targets(campaign, aimed)
    todo = actions(campaign, money, next_, tested["decisions"])
    results = {
        "targets": aimed,
        "effects": effects,
        "causes": because,
        "top_causes": because.head(TOP_CAUSES),
        "plan": against_plan(campaign, now, before),
        **tested,
        "budget_next": money,
        "targets_next": next_,
        "actions": todo,
        "agenda": agenda(campaign, todo),
        "summary": summary(aimed, now, before),
    }
    proposed = proposal(campaign, money, next_)
    return StageResult(
        stage=STAGE,
        tables=results,
        findings=_findings(campaign, results),
        missing=_missing(campaign, now, before, results) | untested,
        proposal=proposed,
        next_month=next_month(campaign, proposed, next_),
    )


def summary(aimed: pd.DataFrame, now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Return the one-line answers: one row per measure with its value; only what is known."""
    revenue, previous = (rows["revenue"].sum(min_count=1) for rows in (now, before))
    values = {
        "goals": float(len(aimed)) if len(aimed) else np.nan,
        "goals_good": float(aimed["state"].eq("good").sum()) if len(aimed) else np.nan,
        "goals_missed": float(aimed["state"].eq("act").sum()) if len(aimed) else np.nan,
        "revenue": revenue,
        "previous_revenue": previous,
        "revenue_change": revenue - previous,
        "conversions": now["conversions"].sum(min_count=1),
        "spend": now["spend"].sum(min_count=1),
    }
    table = pd.DataFrame({"measure": list(values), "value": list(values.values())})
    return table.astype({"value": "float64"}).dropna().reset_index(drop=True)


def against_plan(campaign: Campaign, now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Compare each channel with its budget at last period's return, and say what spend and return each did.

    The plan names money only; what it should have brought is taken from last period's return on ad
    spend.

    Returns:
        One row per channel with a budget: channel, budget, spend, expected_revenue (budget x last
        ROAS; NaN without one), revenue, revenue_gap, spend_effect ((spend - budget) x last ROAS),
        return_effect (the rest: revenue_gap less spend_effect).
    """
    sums = now.groupby("channel")[["spend", "revenue"]].sum(min_count=1)
    past = before.dropna(subset=["spend", "revenue"]).groupby("channel")[["spend", "revenue"]].sum()
    roas = past["revenue"] / past["spend"].where(past["spend"] > 0)
    paid = {channel: money for channel, money in campaign.budget.items() if money > 0}
    table = (
        pd.DataFrame({"budget": paid}, dtype="float64")
        .join(sums)
        .rename_axis("channel")
        .reset_index()
    )
    last = table["channel"].map(roas).astype("float64")
    table["expected_revenue"] = table["budget"] * last
    table["revenue_gap"] = table["revenue"] - table["expected_revenue"]
    table["spend_effect"] = (table["spend"] - table["budget"]) * last
    table["return_effect"] = table["revenue_gap"] - table["spend_effect"]
    return table[
        [
            "channel",
            "budget",
            "spend",
            "expected_revenue",
            "revenue",
            "revenue_gap",
            "spend_effect",
            "return_effect",
        ]
    ]


def with_incidents(found: pd.DataFrame, unusual: pd.DataFrame) -> pd.DataFrame:
    """Add to each cause the unusual day of its channel that fits it best.

    Returns:
        The causes with incident_day (NaT where none fits) and incident_cause (code; empty where
        none fits).
    """
    fitting = [_fitting(row, unusual) for row in each(found)]
    return found.assign(
        incident_day=pd.Series(
            [day for day, _ in fitting], index=found.index, dtype="datetime64[us]"
        ),
        incident_cause=pd.Series([cause for _, cause in fitting], index=found.index, dtype="str"),
    )


def _unusual(
    campaign: Campaign, tables: Mapping[str, pd.DataFrame], daily: pd.DataFrame
) -> pd.DataFrame:
    down = uptime.outages(uptime.within(tables["site_checks"], campaign.start, campaign.end))[
        "start"
    ]
    cut = campaign.monitoring.anomaly_cut
    return anomalies(judged(daily), campaign.start, campaign.end, cut, list(down.dt.normalize()))


def _fitting(row: Any, unusual: pd.DataFrame) -> tuple[Any, str]:
    same_way = np.sign(unusual["score"]) == np.sign(row.effect)
    fits = (
        unusual["channel"].eq(row.channel) & unusual["kpi"].isin(FITS.get(row.step, ())) & same_way
    )
    candidates = unusual[fits & unusual["cause"].ne("unknown")]
    if candidates.empty:
        return pd.NaT, ""
    day = candidates.loc[candidates["score"].abs().idxmax()]
    return day["date"], day["cause"]


def _missing(
    campaign: Campaign, now: pd.DataFrame, before: pd.DataFrame, results: Mapping[str, pd.DataFrame]
) -> dict[str, Mapping[str, str]]:
    effects = results["effects"]
    absent = {
        "goals": not campaign.goals,
        "channel_daily": now.empty,
        "previous": not now.empty and before.empty,
        "revenue": not now.empty and now["revenue"].isna().all(),
        "noise": len(effects) > 0 and effects["certainty"].eq("unknown").any(),
        "plan": results["plan"].empty,
        "experiments": not campaign.experiments,
    }
    return {part: MISSING[part] for part, is_absent in absent.items() if is_absent}


def _findings(campaign: Campaign, tables: Mapping[str, pd.DataFrame]) -> tuple[Finding, ...]:
    rest = ranked(
        (
            *_missed(campaign, tables["targets"]),
            *_moved(tables["budget_next"]),
            *_because(tables),
            *tell_trials(tables["decisions"]),
        )
    )
    return (_headline(tables), *rest)


def _headline(tables: Mapping[str, pd.DataFrame]) -> Finding:
    known = tables["summary"].set_index("measure")["value"]
    parts = _parts(known)
    if not parts:
        return Finding(id="analysis.answer", severity="watch", text=MISSING["channel_daily"])
    evidence = {name: cell for part in parts for name, cell in _measures(part.units).items()}
    zh, en = "，".join(part.zh for part in parts), "; ".join(part.en for part in parts)
    first = next(_worth_telling(tables), None)
    if first is not None:
        who_zh, who_en = WHOSE[first.channel == ALL]
        zh, en = (
            zh + f"，影响最大的是{who_zh}（{{effect}}）",
            en + f"; the largest cause: {who_en}, an effect of {{effect}}",
        )
        evidence |= _cause_cells(first)
    missed = known.get("goals_missed", 0) > 0
    all_good = "goals" in known and known["goals"] == known["goals_good"]
    action, named = _wanted(tables["agenda"], missed=missed)
    return Finding(
        id="analysis.answer",
        severity="act" if missed else "good" if all_good else "watch",
        text={"zh": zh + "。", "en": en[:1].upper() + en[1:] + "."},
        evidence=evidence | named,
        action=action,
    )


def _wanted(listed: pd.DataFrame, *, missed: bool) -> tuple[Mapping[str, str], dict[str, Cell]]:
    """Word the decision that is wanted, with who takes it and until when."""
    if listed.empty:
        return REMEDY if missed else {}, {}
    who = DECIDED if listed["owner"].iloc[0] else UNOWNED
    return who, cells(
        "agenda",
        {"matter": "proposal"},
        proposals=("proposals", "count"),
        owner=("owner", "name"),
        due_on=("due_on", "day"),
    )


def _parts(known: pd.Series) -> list[Part]:
    """Take the goals, and the most telling result that is known."""
    said = [part for part in (GOALS, *RESULTS) if part.units.keys() <= set(known.index)]
    results = [part for part in said if part is not GOALS]
    return [part for part in said if part is GOALS] + results[:1]


def _worth_telling(tables: Mapping[str, pd.DataFrame]) -> Iterator[Any]:
    known = tables["summary"].set_index("measure")["value"]
    least = LEAST_PART * known.get("previous_revenue", np.nan)
    yield from (
        row
        for row in each(tables["causes"])
        if row.certainty == "clear" and abs(row.effect) >= least
    )


def _missed(campaign: Campaign, aimed: pd.DataFrame) -> Iterator[Finding]:
    for row in each(aimed[aimed["state"].eq("act")]):
        unit = CATALOGUE[row.kpi].unit
        yield Finding(
            id=f"analysis.goal.{row.goal}",
            severity="act",
            weight=campaign.goals[row.goal].weight * (1 - row.attainment),
            text={
                "zh": "目标“{goal}”：{kpi} {actual}，应达 {due}，完成目标的 {attainment}。",
                "en": "Goal “{goal}”: {kpi} is {actual} where {due} was due, {attainment} of the target.",
            },
            evidence=cells(
                "targets",
                {"goal": row.goal},
                goal=("goal", "name"),
                kpi=("kpi", "kpi"),
                actual=("actual", unit),
                due=("due", unit),
                attainment=("attainment", "fraction"),
                owner=("owner", "name"),
            ),
            action={
                "zh": "由 {owner} 提出补救措施，或调整目标。",
                "en": "Have {owner} propose a remedy, or change the target.",
            },
        )


def _moved(money: pd.DataFrame) -> Iterator[Finding]:
    for row in each(money[money["change"] > 0]):
        unit: Unit = "multiple"
        yield Finding(
            id=f"analysis.budget.{row.channel}",
            severity="act",
            weight=row.change,
            text={
                "zh": "建议下期把 {amount} 从{giver}移到{channel}：每单位花费的回报 {value} 对 {giver_value}，差异超出波动。",
                "en": "Move {amount} from {giver} to {channel} next period: a unit of spend returns {value} against "
                "{giver_value}, more than luck explains.",
            },
            evidence=cells(
                "budget_next",
                {"channel": row.channel},
                amount=("change", "money"),
                channel=("channel", "name"),
                value=("value", unit),
            )
            | cells(
                "budget_next",
                {"channel": row.partner},
                giver=("channel", "name"),
                giver_value=("value", unit),
            ),
            action={
                "zh": "批准或否决这一步调整；它只是一小步，因为下一笔钱的回报未知。",
                "en": "Approve or refuse this step; it is small because what the next unit of money brings is unknown.",
            },
        )


def _because(tables: Mapping[str, pd.DataFrame]) -> Iterator[Finding]:
    for row in islice(_worth_telling(tables), TOLD_CAUSES):
        who_zh, who_en = WHOSE[row.channel == ALL]
        zh, en = f"{who_zh}使销售额变化 {{effect}}", f"{who_en} moved revenue by {{effect}}"
        evidence = _cause_cells(row)
        if row.step in LEVELS:
            zh, en = zh + "（从 {previous} 到 {actual}）", en + " (from {previous} to {actual})"
            evidence |= cells(
                "causes",
                {"cause": row.cause},
                previous=("previous", LEVELS[row.step]),
                actual=("actual", LEVELS[row.step]),
            )
        if row.incident_cause:
            said = CAUSES[row.incident_cause]
            zh, en = zh + f"；其中 {{day}} {said[0]}", en + f"; on {{day}} {said[1]}"
            evidence |= cells("causes", {"cause": row.cause}, day=("incident_day", "day"))
        yield Finding(
            id=f"analysis.cause.{row.cause}",
            severity="good" if row.effect > 0 else "watch",
            weight=abs(row.effect),
            text={"zh": zh + "。", "en": en + "."},
            evidence=evidence,
        )


def _cause_cells(row: Any) -> dict[str, Any]:
    key = {"cause": row.cause}
    return cells("causes", key, channel=("channel", "name"), step=("step", "name")) | change(
        "causes", key, effect=("effect", "money")
    )


def _measures(units: Mapping[str, Unit]) -> dict[str, Cell]:
    """Return cells of the summary; changes carry a sign."""
    return {
        measure: Cell(
            table="summary",
            row={"measure": measure},
            column="value",
            unit=unit,
            signed="change" in measure,
        )
        for measure, unit in units.items()
    }
