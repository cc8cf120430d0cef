"""Stage 6: whether the goals were reached, why or why not, what the tests showed, and what to change."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from playbook.metrics import CATALOGUE
from playbook.params import Campaign
from playbook.stages import site
from playbook.stages.anomalies import anomalies, judged
from playbook.stages.evidence import cells, change, each, told
from playbook.stages.monitoring import CAUSES
from playbook.stages.months import months
from playbook.stages.proposal import actions, next_budget, next_targets, proposal
from playbook.stages.result import Finding, StageResult, Unit
from playbook.stages.targets import targets
from playbook.stages.trials import tell_trials, trials
from playbook.stages.variance import causes, decompose

STAGE = "06_analysis_and_iteration"
TOLD_CAUSES = 3
LEAST_PART = 0.02
"""Share of last period's revenue below which a cause is not worth a sentence."""

FITS: Mapping[str, tuple[str, ...]] = {
    "cvr": ("conversions", "revenue"), "cvr_click": ("conversions", "revenue"), "cpa": ("conversions", "revenue"),
    "aov": ("revenue",), "roas": ("conversions", "revenue"), "ctr": ("clicks",), "cpc": ("clicks",),
    "cpm": ("impressions",), "volume": ("impressions", "clicks"),
}  # fmt: skip
"""KPIs whose unusual days may explain a step."""

MISSING: Mapping[str, Mapping[str, str]] = {
    "goals": {"zh": "未设置目标，无法对照。", "en": "No goals are set: nothing to compare with."},
    "channel_daily": {"zh": "本期没有渠道数据，无法分析效果。", "en": "No channel data in this period: the results cannot be analysed."},
    "previous": {"zh": "没有上期数据，无法分解变化原因。", "en": "No data of the period before: the change cannot be explained."},
    "revenue": {"zh": "销售额未知，无法分解变化原因。", "en": "Revenue is not known: its change cannot be explained."},
    "noise": {"zh": "数据天数太少，无法判断原因是否只是波动。", "en": "Too few days to tell causes from luck."},
    "plan": {"zh": "没有渠道预算，无法与计划对照。", "en": "No budget by channel: nothing planned to compare with."},
    "experiments": {"zh": "本期没有实验。", "en": "No experiment is planned in this campaign."},
    "experiment_units": {"zh": "实验数据缺失，无法评估实验。", "en": "The data of the experiments is missing: they cannot be evaluated."},
}  # fmt: skip


def analyse(campaign: Campaign, tables: Mapping[str, pd.DataFrame]) -> StageResult:
    """Answer whether the goals were reached, why or why not, and what changes next period.

    Args:
        campaign: Parameters of the period.
        tables: Canonical tables; uses channel_daily, content_plan, content_log, site_checks, orders, experiment_units.

    Returns:
        Tables targets, summary, effects, causes, plan, experiments, budget_next, targets_next and actions; the
        proposal holds the keys of the next period's parameters.
    """
    daily, now, before = months(campaign, tables["channel_daily"])
    aimed, tested, money = targets(campaign, tables, daily), trials(campaign, tables), next_budget(campaign, now)
    effects = decompose(before, now)
    next_ = next_targets(campaign, aimed)
    results = {
        "targets": aimed,
        "effects": effects,
        "causes": with_incidents(causes(effects), _unusual(campaign, tables, daily)),
        "plan": against_plan(campaign, now, before),
        "experiments": tested,
        "budget_next": money,
        "targets_next": next_,
        "actions": actions(campaign, money, next_, tested),
        "summary": summary(aimed, now, before),
    }
    return StageResult(
        stage=STAGE, tables=results, findings=_findings(campaign, results), missing=_missing(campaign, now, before, results),
        proposal=proposal(campaign, money, next_),
    )  # fmt: skip


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

    The plan names money only; what it should have brought is taken from last period's return on ad spend.

    Returns:
        One row per channel with a budget: channel, budget, spend, expected_revenue (budget x last ROAS; NaN without
        one), revenue, gap, spend_effect ((spend - budget) x last ROAS), return_effect (the rest: gap less spend_effect).
    """
    sums = now.groupby("channel")[["spend", "revenue"]].sum(min_count=1)
    past = before.dropna(subset=["spend", "revenue"]).groupby("channel")[["spend", "revenue"]].sum()
    roas = past["revenue"] / past["spend"].where(past["spend"] > 0)
    paid = {channel: money for channel, money in campaign.budget.items() if money > 0}
    table = pd.DataFrame({"budget": paid}, dtype="float64").join(sums).rename_axis("channel").reset_index()
    last = table["channel"].map(roas).astype("float64")
    table["expected_revenue"] = table["budget"] * last
    table["gap"] = table["revenue"] - table["expected_revenue"]
    table["spend_effect"] = (table["spend"] - table["budget"]) * last
    table["return_effect"] = table["gap"] - table["spend_effect"]
    return table[["channel", "budget", "spend", "expected_revenue", "revenue", "gap", "spend_effect", "return_effect"]]


def with_incidents(found: pd.DataFrame, unusual: pd.DataFrame) -> pd.DataFrame:
    """Add to each cause the unusual day of its channel that fits it best.

    Returns:
        The causes with incident_day (NaT where none fits) and incident_cause (code; empty where none fits).
    """
    fitting = [_fitting(row, unusual) for row in each(found)]
    return found.assign(
        incident_day=pd.Series([day for day, _ in fitting], index=found.index, dtype="datetime64[us]"),
        incident_cause=pd.Series([cause for _, cause in fitting], index=found.index, dtype="str"),
    )


def _unusual(campaign: Campaign, tables: Mapping[str, pd.DataFrame], daily: pd.DataFrame) -> pd.DataFrame:
    down = site.outages(site.within(tables["site_checks"], campaign.start, campaign.end))["start"]
    cut = campaign.monitoring.anomaly_cut
    return anomalies(judged(daily), campaign.start, campaign.end, cut, list(down.dt.normalize()))


def _fitting(row: Any, unusual: pd.DataFrame) -> tuple[Any, str]:
    same_way = np.sign(unusual["score"]) == np.sign(row.effect)
    fits = unusual["channel"].eq(row.channel) & unusual["kpi"].isin(FITS.get(row.step, ())) & same_way
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
        "experiment_units": bool(campaign.experiments) and results["experiments"].empty,
    }
    return {part: MISSING[part] for part, is_absent in absent.items() if is_absent}


def _findings(campaign: Campaign, tables: Mapping[str, pd.DataFrame]) -> tuple[Finding, ...]:
    rest = told((
        *_missed(campaign, tables["targets"]), *_moved(tables["budget_next"]), *_because(tables),
        *tell_trials(tables["experiments"]),
    ))  # fmt: skip
    return (_headline(tables), *rest)


def _headline(tables: Mapping[str, pd.DataFrame]) -> Finding:
    known = tables["summary"].set_index("measure")["value"]
    zh: list[str] = []
    en: list[str] = []
    evidence: dict[str, Any] = {}
    if "goals" in known:
        zh.append("{goals} 个目标中 {goals_good} 个达成或在轨")
        en.append("Of {goals} goals {goals_good} are reached or on track")
        evidence |= _measures(goals="count", goals_good="count")
    if "revenue_change" in known:
        zh.append("销售额 {revenue}，较上期变化 {revenue_change}")
        en.append("revenue is {revenue}, a change of {revenue_change} on last period")
        evidence |= _measures(revenue="money") | change("summary", {"measure": "revenue_change"},
                                                        revenue_change=("value", "money"))  # fmt: skip
    else:
        kpi = next((kpi for kpi in ("revenue", "conversions", "spend") if kpi in known), "")
        zh += {
            "revenue": ["销售额 {revenue}"],
            "conversions": ["转化 {conversions} 次"],
            "spend": ["花费 {spend}"],
        }.get(kpi, [])
        en += {
            "revenue": ["revenue is {revenue}"],
            "conversions": ["conversions: {conversions}"],
            "spend": ["spend: {spend}"],
        }.get(kpi, [])
        evidence |= _measures(**{kpi: "count" if kpi == "conversions" else "money"}) if kpi else {}
    first = next(_worth_telling(tables), None)
    if first is not None:
        zh.append("影响最大的是{channel}的{step}（{effect}）")
        en.append("most of it from {step} of {channel} ({effect})")
        evidence |= _cause_cells(first)
    if not zh:
        return Finding(id="analysis.answer", severity="watch", text=MISSING["channel_daily"])
    missed, all_good = known.get("goals_missed", 0) > 0, known.get("goals", -1) == known.get("goals_good", 0)
    text = {"zh": "，".join(zh) + "。", "en": "; ".join(en)[:1].upper() + "; ".join(en)[1:] + "."}
    action = {
        "zh": "决定下期提案中的目标与预算调整。",
        "en": "Decide on the targets and budget proposed for next period.",
    }
    return Finding(
        id="analysis.answer", severity="act" if missed else "good" if all_good else "watch", text=text,
        evidence=evidence, action=action if missed else {},
    )  # fmt: skip


def _worth_telling(tables: Mapping[str, pd.DataFrame]) -> Iterator[Any]:
    known = tables["summary"].set_index("measure")["value"]
    least = LEAST_PART * known.get("previous_revenue", np.nan)
    yield from (row for row in each(tables["causes"]) if row.certainty == "clear" and abs(row.effect) >= least)


def _missed(campaign: Campaign, aimed: pd.DataFrame) -> Iterator[Finding]:
    for row in each(aimed[aimed["state"].eq("act")]):
        unit = CATALOGUE[row.kpi].unit
        yield Finding(
            id=f"analysis.goal.{row.goal}", severity="act", weight=campaign.goals[row.goal].weight * (1 - row.attainment),
            text={
                "zh": "目标“{goal}”：{kpi} {actual}，应达 {due}，完成目标的 {attainment}。",
                "en": "Goal “{goal}”: {kpi} is {actual} where {due} was due, {attainment} of the target.",
            },
            evidence=cells("targets", {"goal": row.goal}, goal=("goal", "name"), kpi=("kpi", "kpi"), actual=("actual", unit),
                           due=("due", unit), attainment=("attainment", "fraction"), owner=("owner", "name")),
            action={"zh": "由 {owner} 提出补救措施，或调整目标。", "en": "Have {owner} propose a remedy, or change the target."},
        )  # fmt: skip


def _moved(money: pd.DataFrame) -> Iterator[Finding]:
    for row in each(money[money["change"] > 0]):
        giver = money.loc[np.isclose(money["change"], -row.change), "channel"].iloc[0]
        unit: Unit = "multiple"
        yield Finding(
            id=f"analysis.budget.{row.channel}", severity="act", weight=row.change,
            text={
                "zh": "建议下期把 {amount} 从{giver}移到{channel}：每单位花费的回报 {value} 对 {giver_value}，差异超出波动。",
                "en": "Move {amount} from {giver} to {channel} next period: a unit of spend returns {value} against "
                      "{giver_value}, more than luck explains.",
            },
            evidence=cells("budget_next", {"channel": row.channel}, amount=("change", "money"), channel=("channel", "name"),
                           value=("value", unit))
            | cells("budget_next", {"channel": giver}, giver=("channel", "name"), giver_value=("value", unit)),
            action={"zh": "批准或否决这一步调整；它只是一小步，因为下一笔钱的回报未知。",
                    "en": "Approve or refuse this step; it is small because what the next unit of money brings is unknown."},
        )  # fmt: skip


def _because(tables: Mapping[str, pd.DataFrame]) -> Iterator[Finding]:
    for place, row in enumerate(_worth_telling(tables)):
        if place == TOLD_CAUSES:
            return
        zh, en = "{channel}的{step}使销售额变化 {effect}", "{step} of {channel} moved revenue by {effect}"
        evidence = _cause_cells(row)
        if not np.isnan(row.previous):
            unit = CATALOGUE[row.step].unit
            zh, en = zh + "（从 {previous} 到 {actual}）", en + " (from {previous} to {actual})"
            evidence |= cells("causes", {"cause": row.cause}, previous=("previous", unit), actual=("actual", unit))
        if row.incident_cause:
            said = CAUSES[row.incident_cause]
            zh, en = zh + f"；其中 {{day}} {said[0]}", en + f"; on {{day}} {said[1]}"
            evidence |= cells("causes", {"cause": row.cause}, day=("incident_day", "day"))
        yield Finding(
            id=f"analysis.cause.{row.cause}", severity="good" if row.effect > 0 else "watch", weight=abs(row.effect),
            text={"zh": zh + "。", "en": en + "."}, evidence=evidence,
        )  # fmt: skip


def _cause_cells(row: Any) -> dict[str, Any]:
    key = {"cause": row.cause}
    return cells("causes", key, channel=("channel", "name"), step=("step", "name")) | change(
        "causes", key, effect=("effect", "money")
    )


def _measures(**wanted: Unit) -> dict[str, Any]:
    parts = (cells("summary", {"measure": measure}, **{measure: ("value", unit)}) for measure, unit in wanted.items())
    return {name: cell for part in parts for name, cell in part.items()}
