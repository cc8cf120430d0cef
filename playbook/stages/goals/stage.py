"""Stage 1: whether the goals are SMART and reachable, and who the audience is."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from playbook.methods.days import in_period
from playbook.metrics import CATALOGUE
from playbook.params import Campaign
from playbook.stages.goals.audience import (
    ALL,
    FEWEST_PEOPLE,
    answers,
    interests,
    people_asked,
    profile,
)
from playbook.stages.goals.follow_up import followed
from playbook.stages.goals.smart import aims, fixes, smart
from playbook.stages.shared.daily import by_channel_day
from playbook.stages.shared.findings import cells, each, ranked
from playbook.stages.shared.result import Cell, Finding, Severity, StageResult
from playbook.stages.shared.schema import Unit

STAGE = "01_goals_and_audience"
MANY_STRAIGHT = 0.05
"""Share of straight-liners from which the answers themselves are in doubt."""

CLEAR_LIFT = 0.1
"""Ten percentage points above all people: less is not told about a segment."""

MISSING: Mapping[str, Mapping[str, str]] = {
    "goals": {
        "zh": "未设置目标，无法判断目标是否合理、能否达成。",
        "en": "No goals are set: whether they are reachable cannot be said.",
    },
    "channel_daily": {
        "zh": "没有渠道数据，无法衡量目标进展。",
        "en": "No channel data: progress towards the goals cannot be measured.",
    },
    "history": {
        "zh": "目标开始前的历史不足，无法判断目标值是否现实。",
        "en": "Too little history before the goals begin to say whether the targets are realistic.",
    },
    "forecast": {
        "zh": "部分未到期目标的近期数据不足，无法预计期末结果。",
        "en": "Some goals that still run have too few recent days to say where they are heading.",
    },
    "audience": {
        "zh": "没有受众调研数据，无法描述受众。",
        "en": "No survey of the audience: it cannot be described.",
    },
    "small_audience": {
        "zh": "受访人数太少，受众比例只能作参考。",
        "en": "Too few people were asked: the shares are a rough guide only.",
    },
    "items": {
        "zh": "调研没有评分题，无法说明受众关心什么。",
        "en": "The survey rates nothing: what people care about is not known.",
    },
    "proposal": {
        "zh": "没有上期提案，无法对照其落实情况。",
        "en": "There is no proposal of the period before to follow up.",
    },
}


def analyse(
    campaign: Campaign,
    tables: Mapping[str, pd.DataFrame],
    proposal: Mapping[str, Any] | None = None,
    actions: pd.DataFrame | None = None,
) -> StageResult:
    """Answer whether the goals are SMART and reachable, and who the campaign is talking to.

    Args:
        campaign: Parameters of the period.
        tables: Canonical tables; uses channel_daily, audience, and for goals on them content_plan,
            content_log, site_checks and orders.
        proposal: What stage 6 of the period before proposed; None where there was none.
        actions: Table `actions` of that stage.

    Returns:
        Tables summary, aims, smart, fixes, followed, profile, answers and interests.
    """
    daily = by_channel_day(tables["channel_daily"])
    aimed = aims(campaign, tables, daily)
    people = people_asked(tables["audience"], pd.Timestamp(campaign.end))
    spent = (
        in_period(daily, campaign.start, campaign.end).groupby("channel")["spend"].sum(min_count=1)
    )
    answered = answers(people)
    results = {
        "aims": aimed,
        "smart": smart(campaign, aimed),
        "fixes": fixes(campaign, aimed),
        "followed": followed(campaign, proposal, actions, aimed, spent),
        "profile": profile(people),
        "answers": answered,
        "interests": interests(answered),
    }
    results["summary"] = summary(results, people)
    return StageResult(
        stage=STAGE,
        tables=results,
        findings=_findings(results),
        missing=_missing(results, people, daily, proposal),
    )


def summary(results: Mapping[str, pd.DataFrame], people: pd.DataFrame) -> pd.DataFrame:
    """Return the one-line answers of the stage: one row per measure with its value; only what is known."""
    aimed, checked = results["aims"], results["smart"]
    proposed = results["followed"]
    values = {
        "goals": float(len(aimed)) or np.nan,
        "goals_good": float(aimed["state"].eq("good").sum()) if len(aimed) else np.nan,
        "goals_smart": float(checked["state"].eq("good").sum()) if len(aimed) else np.nan,
        "people": float(len(people)) or np.nan,
        "straight_liners": people["straight_liner"].mean() if len(people) else np.nan,
        "proposed": float(len(proposed)) or np.nan,
        "as_proposed": float(proposed["followed"].eq("as_proposed").sum())
        if len(proposed)
        else np.nan,
    }
    table = pd.DataFrame({"measure": list(values), "value": list(values.values())})
    return table.astype({"value": "float64"}).dropna().reset_index(drop=True)


def _missing(
    results: Mapping[str, pd.DataFrame],
    people: pd.DataFrame,
    daily: pd.DataFrame,
    proposal: Mapping[str, Any] | None,
) -> dict[str, Mapping[str, str]]:
    aimed, fix = results["aims"], results["fixes"]["fix"]
    running = aimed[aimed["days_left"] > 0]
    absent = {
        "goals": aimed.empty,
        "channel_daily": daily.empty,
        "history": len(daily) > 0 and fix.eq("too_little_history").any(),
        "forecast": running["outlook"].eq("unknown").any(),
        "audience": people.empty,
        "small_audience": 0 < len(people) < FEWEST_PEOPLE,
        "items": len(people) > 0 and results["answers"].empty,
        "proposal": not proposal,
    }
    return {part: MISSING[part] for part, is_absent in absent.items() if is_absent}


def _findings(tables: Mapping[str, pd.DataFrame]) -> tuple[Finding, ...]:
    rest = ranked(
        (
            *_off_pace(tables["aims"]),
            *_not_smart(tables),
            *_audience(tables),
            *_careless(tables["summary"]),
            *_proposed(tables["summary"]),
        )
    )
    return (_headline(tables), *rest)


def _headline(tables: Mapping[str, pd.DataFrame]) -> Finding:
    known = set(tables["summary"]["measure"])
    zh, en, evidence = [], [], dict[str, Cell]()
    if "goals" in known:
        zh.append(
            "{goals} 个目标中，{goals_good} 个已达成或照目前速度能达成，{goals_smart} 个完全符合 SMART"
        )
        en.append(
            "of {goals} goals {goals_good} are reached or will be at the present rate, and {goals_smart} are fully SMART"
        )
        evidence |= _measures(goals="count", goals_good="count", goals_smart="count")
    worst = _furthest(tables["aims"])
    if worst is not None:
        zh.append("差距最大的是“{goal}”，预计为目标的 {expected}")
        en.append("the furthest off is “{goal}”, heading for {expected} of its target")
        evidence |= cells(
            "aims",
            {"goal": worst.goal},
            goal=("goal", "name"),
            expected=("forecast_attainment", "fraction"),
        )
    largest = _largest(tables["profile"])
    if largest:
        zh.append("{people} 位受访者中最多的是 {group}（{share}）")
        en.append("among {people} people asked the largest group is {group} ({share})")
        evidence |= _measures(people="count") | largest
    if not zh:
        action = {
            "zh": "在本期参数中设置目标。",
            "en": "Set goals in the parameters of the period.",
        }
        return Finding(id="goals.answer", severity="watch", text=MISSING["goals"], action=action)
    text = "; ".join(en)
    return Finding(
        id="goals.answer",
        severity=_worst_state(tables["aims"]),
        evidence=evidence,
        text={"zh": "，".join(zh) + "。", "en": text[:1].upper() + text[1:] + "."},
    )


def _worst_state(aimed: pd.DataFrame) -> Severity:
    """Return the state of the stage's answer; goals that are over are for stage 6 to decide."""
    if aimed.empty or aimed["state"].ne("good").any():
        return "watch"
    return "good"


def _furthest(aimed: pd.DataFrame) -> Any:
    """Return the goal that is furthest off its target among those that are not well; None where all are."""
    known = aimed[aimed["state"].ne("good")].dropna(subset=["forecast_attainment"])
    if known.empty:
        return None
    off = (known["forecast_attainment"] - 1).abs()
    return next(each(known[off.eq(off.max())]))


def _largest(profiled: pd.DataFrame) -> dict[str, Cell]:
    """Return the cells of the largest group of the first trait that was asked, age before gender."""
    traits = profiled[profiled["trait"].ne("media")]
    if traits.empty:
        return {}
    row = {"trait": str(traits["trait"].iloc[0]), "answer": str(traits["answer"].iloc[0])}
    return cells("profile", row, group=("answer", "text"), share=("share", "fraction"))


def _off_pace(aimed: pd.DataFrame) -> Iterator[Finding]:
    """Tell the goals that still run and will miss; those that are over are told by stage 6."""
    for row in each(aimed[aimed["outlook"].isin(["at_risk", "off_pace"])]):
        unit: Unit = CATALOGUE[row.kpi].unit
        lost = row.state == "act"
        yield Finding(
            id=f"goals.pace.{row.goal}",
            severity="act" if lost else "watch",
            weight=row.weight * abs(1 - row.forecast_attainment),
            text={
                "zh": "“{goal}”到 {deadline} 照目前速度为 {forecast}，目标 {target}，即 {expected}。",
                "en": "“{goal}” is heading for {forecast} by {deadline} against a target of {target}, that is {expected}.",
            },
            evidence=cells(
                "aims",
                {"goal": row.goal},
                goal=("goal", "name"),
                forecast=("forecast", unit),
                target=("target", unit),
                deadline=("deadline", "day"),
                expected=("forecast_attainment", "fraction"),
                owner=("owner", "name"),
            ),
            action={
                "zh": "由 {owner} 说明如何补上差距，或调整目标。",
                "en": "Have {owner} say how the gap is closed, or change the target.",
            }
            if lost
            else {},
        )


def _not_smart(tables: Mapping[str, pd.DataFrame]) -> Iterator[Finding]:
    """Tell each goal that breaks a rule, with what mends the first one; what is only unknown is not told."""
    checked, todo = tables["smart"], tables["fixes"]
    weights = tables["aims"].set_index("goal")["weight"]
    for row in each(todo.drop_duplicates("goal")):
        broken = checked[checked["goal"].eq(row.goal)].iloc[0]
        if broken[row.rule] != "no":
            continue
        fix = {"goal": row.goal, "rule": row.rule}
        yield Finding(
            id=f"goals.smart.{row.goal}",
            severity="watch",
            weight=weights[row.goal] * (5 - broken["score"]) / 10,
            text={
                "zh": "“{goal}”符合五条 SMART 规则中的 {score} 条；“{rule}”未满足。",
                "en": "“{goal}” meets {score} of the five SMART rules; not “{rule}”.",
            },
            evidence=cells("smart", {"goal": row.goal}, score=("score", "count"))
            | cells(
                "fixes", fix, goal=("goal", "name"), rule=("rule", "text"), fix=("fix", "text")
            ),
            action={"zh": "{fix}。", "en": "{fix}."},
        )


def _audience(tables: Mapping[str, pd.DataFrame]) -> Iterator[Finding]:
    """Tell what all people care about most, and the segment that stands out most."""
    answered, tops = tables["answers"], tables["interests"]
    everyone = answered[answered["segment"].eq(ALL) & answered["enough"].eq("yes")]
    if len(everyone):
        best = next(each(everyone[everyone["top_two"].eq(everyone["top_two"].max())]))
        row = {"item": str(best.item), "segment": ALL}
        yield Finding(
            id="goals.audience.cares",
            severity="good",
            weight=1.0,
            text={
                "zh": "受众最看重“{item}”：{share} 给出最高两档。",
                "en": "People care most about “{item}”: {share} chose one of the two highest answers.",
            },
            evidence=cells("answers", row, item=("item", "text"), share=("top_two", "fraction")),
        )
    if len(tops) and tops["lift"].max() >= CLEAR_LIFT:
        best = next(each(tops[tops["lift"].eq(tops["lift"].max())]))
        row = {"segment": str(best.segment), "item": str(best.item)}
        yield Finding(
            id="goals.audience.stands_out",
            severity="good",
            weight=0.5,
            text={
                "zh": "{segment} 人群尤其看重“{item}”：{share}，比全体高 {lift}。",
                "en": "The group {segment} stands out on “{item}”: {share}, {lift} more than all people.",
            },
            evidence=cells(
                "interests",
                row,
                segment=("segment", "text"),
                item=("item", "text"),
                share=("top_two", "fraction"),
                lift=("lift", "points"),
            ),
        )


def _careless(answers_: pd.DataFrame) -> Iterator[Finding]:
    known = answers_.set_index("measure")["value"]
    if known.get("straight_liners", 0.0) >= MANY_STRAIGHT:
        yield Finding(
            id="goals.audience.straight_liners",
            severity="watch",
            weight=known["straight_liners"],
            text={
                "zh": "{straight_liners} 的受访者所有题目都选同一档，评分题已将其排除。",
                "en": "{straight_liners} of those asked ticked the same box throughout; rated questions leave them out.",
            },
            evidence=_measures(straight_liners="fraction"),
        )


def _proposed(answers_: pd.DataFrame) -> Iterator[Finding]:
    known = answers_.set_index("measure")["value"]
    if "proposed" in known:
        yield Finding(
            id="goals.followed",
            severity="good" if known["as_proposed"] == known["proposed"] else "watch",
            weight=0.1,
            text={
                "zh": "上期提出的 {proposed} 项调整中，{as_proposed} 项已按提案写入本期参数。",
                "en": "Of {proposed} changes proposed last period, {as_proposed} stand in this period's parameters.",
            },
            evidence=_measures(proposed="count", as_proposed="count"),
        )


def _measures(**wanted: Unit) -> dict[str, Cell]:
    parts = (
        cells("summary", {"measure": measure}, **{measure: ("value", unit)})
        for measure, unit in wanted.items()
    )
    return {name: cell for part in parts for name, cell in part.items()}
