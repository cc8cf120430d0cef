"""Stage 7: how each person did, on objective data; a proposal that a person decides on, and never a ranking."""

from collections.abc import Iterator, Mapping
from math import isnan, nan
from typing import Any

import pandas as pd

from playbook.errors import PlaybookError
from playbook.params import Campaign
from playbook.params.model import Member
from playbook.params.scorecard import Scorecard, ScorecardKpi, scorecard_problems
from playbook.stages.appraisal import scoring
from playbook.stages.appraisal.actuals import Actual, Facts, actual, agreed, days_in_role, facts
from playbook.stages.shared.findings import cells, each, ranked
from playbook.stages.shared.result import Finding, StageResult

STAGE = "07_performance_appraisal"
FEWEST_DAYS = 10.0
"""Working days in the role below which a person is not rated."""

FEWEST_PEOPLE = 5
"""A group smaller than this is not shown to management."""

AS_AGREED = ("S", "A", "B")
SHEET = [
    "member",
    "item",
    "kind",
    "kpi",
    "weight",
    "method",
    "actual",
    "target",
    "score",
    "weight_in_force",
    "reason",
]
PEOPLE = [
    "member",
    "role",
    "score",
    "coverage",
    "objective_share",
    "grade",
    "coefficient",
    "days_in_role",
    "state",
]

MISSING: Mapping[str, Mapping[str, str]] = {
    "team": {
        "zh": "参数中没有团队成员，无法考核。",
        "en": "No team is set in the parameters: nobody can be appraised.",
    },
    "scorecards": {
        "zh": "有岗位没有评分表，相应成员未评分。",
        "en": "Some roles have no scorecard: their people are not scored.",
    },
    "group": {
        "zh": "可评分人数太少，不向管理层展示团队数据。",
        "en": "Too few people are rated to show group figures to management.",
    },
    "ratings": {
        "zh": "没有评分人打分，能力项未计分。",
        "en": "No ratings were given: the rated lines are not scored.",
    },
}


def analyse(
    campaign: Campaign, tables: Mapping[str, pd.DataFrame], *, scorecards: Mapping[str, Scorecard]
) -> StageResult:
    """Answer how each person did against what was agreed.

    Args:
        campaign: Parameters of the period, with the team.
        tables: Canonical tables; uses channel_daily, content_plan, content_log, orders,
            site_checks, ratings, staff.
        scorecards: By role.

    Returns:
        Tables scorecard (one row per person and line), people (one row per person, by id and not by
        score), gaps (lines that could not be scored) and team (group figures; empty below five
        rated people). Findings name nobody.

    Raises:
        PlaybookError: A target was agreed that its method cannot score.
    """
    problems = scorecard_problems(campaign, scorecards)
    if problems:
        raise PlaybookError(*problems)
    known = facts(campaign, tables)
    members = sorted(campaign.team.values(), key=lambda who: who.id)
    sheets = {
        who.id: sheet(who, scorecards[who.role], known) for who in members if who.role in scorecards
    }
    lines = [row for rows in sheets.values() for row in rows]
    people = pd.DataFrame(
        [person(who, sheets.get(who.id), scorecards.get(who.role), known) for who in members],
        columns=PEOPLE,
    )
    scorecard = pd.DataFrame(lines, columns=SHEET)
    results = {
        "scorecard": scorecard,
        "people": people,
        "gaps": gaps(scorecard),
        "team": team(people),
        "summary": summary(people),
    }
    missing = _missing(campaign, tables, results)
    return StageResult(stage=STAGE, tables=results, findings=_findings(results), missing=missing)


def sheet(who: Member, card: Scorecard, known: Facts) -> list[dict[str, Any]]:
    """Score every line of a person's sheet that is due.

    Returns:
        One mapping per line: member, item, kind, kpi (of the catalogue; empty for ratings and
        events), weight (per cent of the sheet), method, actual, target, score (NaN missing),
        weight_in_force (share after redistribution), reason (why it is missing).
    """
    rows = [_line(item, who, card, known) for item in card.due(known.campaign.period)]
    shares = scoring.weights_in_force([_scored(row) for row in rows])
    return [{**row, "weight_in_force": share} for row, share in zip(rows, shares, strict=True)]


def person(
    who: Member, rows: list[dict[str, Any]] | None, card: Scorecard | None, known: Facts
) -> dict[str, Any]:
    """Add up a person's sheet.

    Returns:
        member, role, score (NaN not rated), coverage and objective_share (0-1), grade (empty not
        rated), coefficient (proposed), days_in_role, state: rated, too_thin, too_short or
        no_scorecard.
    """
    days = days_in_role(who, known)
    blank = {
        "member": who.id,
        "role": who.role,
        "score": nan,
        "coverage": nan,
        "objective_share": nan,
        "grade": "",
        "coefficient": nan,
        "days_in_role": days,
    }
    if rows is None or card is None:
        return {**blank, "state": "no_scorecard"}
    found = scoring.total(
        [_scored(row) for row in rows], cap=card.cap, least_covered=card.least_covered
    )
    shares = {"coverage": found.coverage, "objective_share": found.objective_share}
    if days < FEWEST_DAYS:
        return {**blank, **shares, "state": "too_short"}
    if isnan(found.score):
        return {**blank, **shares, "state": "too_thin"}
    return {
        **blank,
        **shares,
        "score": scoring.half_up(found.score),
        "grade": scoring.grade(found.score)[0],
        "coefficient": scoring.coefficient(found.score),
        "state": "rated",
    }


def gaps(scorecard: pd.DataFrame) -> pd.DataFrame:
    """Count the lines without a score: one row per line and reason, with people and the weight lost (mean)."""
    lost = scorecard[scorecard["score"].isna()]
    table = lost.groupby(["item", "reason"], sort=True).agg(
        people=("member", "size"), weight=("weight", "mean")
    )
    table = table.reset_index().astype({"people": "float64"})
    order = (table["people"] * table["weight"]).sort_values(ascending=False, kind="stable").index
    return table.loc[order].reset_index(drop=True)


def team(people: pd.DataFrame) -> pd.DataFrame:
    """Return figures of the whole group: one row per measure; empty below five rated people."""
    rated = people[people["state"].eq("rated")]
    if len(rated) < FEWEST_PEOPLE:
        return pd.DataFrame(
            {"measure": pd.Series(dtype="str"), "value": pd.Series(dtype="float64")}
        )
    values = {
        "rated": float(len(rated)),
        "mean_score": rated["score"].mean(),
        "share_as_agreed": rated["grade"].isin(AS_AGREED).mean(),
    }
    return pd.DataFrame({"measure": list(values), "value": list(values.values())})


def summary(people: pd.DataFrame) -> pd.DataFrame:
    """Return how many people there are, how many are rated, and how many are not: one row per measure."""
    rated = float(people["state"].eq("rated").sum())
    values = {"people": float(len(people)), "rated": rated, "not_rated": len(people) - rated}
    return pd.DataFrame({"measure": list(values), "value": list(values.values())})


def _line(item: ScorecardKpi, who: Member, card: Scorecard, known: Facts) -> dict[str, Any]:
    target, found = agreed(item, who, known), actual(item, who, known)
    reason = found.reason or ("no_target" if isnan(target) else "")
    score = nan if reason else _score(item, found, target, card.cap)
    return {
        "member": who.id,
        "item": item.id,
        "kind": item.kind,
        "kpi": item.kpi or "",
        "weight": item.weight,
        "method": item.method,
        "actual": found.value,
        "target": target,
        "score": score,
        "reason": reason,
    }


def _score(item: ScorecardKpi, found: Actual, target: float, cap: float) -> float:
    if item.method == "rubric":
        return scoring.rubric(found.levels)
    if item.method == "cost_ratio":
        return scoring.cost_ratio(found.spend, found.results, target, cap=cap)
    if item.method == "span":
        scale = target / item.target if item.relative else 1.0
        worst, best = (scale * (limit or 0.0) for limit in (item.worst, item.best))
        return scoring.span(found.value, worst=worst, target=target, best=best, cap=cap)
    if item.method in ("ladder", "ladder_interpolated"):
        ratio = found.value / target if item.relative else found.value
        if item.method == "ladder":
            return scoring.ladder(ratio, item.steps, lower=item.lower)
        return scoring.ladder_interpolated(ratio, item.steps)
    if item.method == "deduction":
        return scoring.deduction([(found.value, item.points or 0.0, item.most or 0.0)])
    if item.method == "on_off":
        return scoring.on_off(met=found.value >= target)
    rule = scoring.lower_is_better if item.method == "lower_is_better" else scoring.linear
    return rule(found.value, target, cap=100.0 if item.method == "capped" else cap, gate=item.gate)


def _scored(row: Mapping[str, Any]) -> scoring.Scored:
    return scoring.Scored(
        kind=row["kind"],
        weight=row["weight"],
        score=row["score"],
        objective=row["method"] != "rubric",
    )


def _missing(
    campaign: Campaign, tables: Mapping[str, pd.DataFrame], results: Mapping[str, pd.DataFrame]
) -> dict[str, Mapping[str, str]]:
    absent = {
        "team": not campaign.team,
        "scorecards": results["people"]["state"].eq("no_scorecard").any(),
        "group": bool(campaign.team) and results["team"].empty,
        "ratings": bool(campaign.team) and tables["ratings"].empty,
    }
    return {part: MISSING[part] for part, is_absent in absent.items() if is_absent}


def _findings(tables: Mapping[str, pd.DataFrame]) -> tuple[Finding, ...]:
    return (_headline(tables), *ranked(_unscored(tables["gaps"]), most=4))


def _headline(tables: Mapping[str, pd.DataFrame]) -> Finding:
    if tables["people"].empty:
        return Finding(id="appraisal.answer", severity="watch", text=MISSING["team"])
    known = tables["summary"].set_index("measure")["value"]
    zh = "{people} 位成员中 {rated} 位数据足够、可以评分"
    en = "Of {people} people {rated} have data enough to be rated"
    evidence: dict[str, Any] = {}
    evidence |= cells("summary", {"measure": "people"}, people=("value", "count"))
    evidence |= cells("summary", {"measure": "rated"}, rated=("value", "count"))
    if len(tables["team"]):
        zh += "；平均得分 {mean_score}，{share} 达到约定水平"
        en += "; the mean score is {mean_score}, and {share} did what was agreed or better"
        evidence |= cells("team", {"measure": "mean_score"}, mean_score=("value", "score"))
        evidence |= cells("team", {"measure": "share_as_agreed"}, share=("value", "fraction"))
    return Finding(
        id="appraisal.answer",
        severity="good" if known["not_rated"] == 0 else "watch",
        text={
            "zh": zh + "。评分为计算建议，由主管决定。",
            "en": en + ". Scores are computed proposals; a person decides.",
        },
        evidence=evidence,
    )


def _unscored(table: pd.DataFrame) -> Iterator[Finding]:
    """Tell what keeps people from being scored; these are gaps of the records, not of the people."""
    for row in each(table):
        yield Finding(
            id=f"appraisal.gap.{row.item}.{row.reason}",
            severity="watch",
            weight=row.people * row.weight,
            text={
                "zh": "评分项“{item}”有 {people} 人无法计分：{reason}。",
                "en": "“{item}” cannot be scored for {people} of the people: {reason}.",
            },
            evidence=cells(
                "gaps",
                {"item": row.item, "reason": row.reason},
                item=("item", "name"),
                people=("people", "count"),
                reason=("reason", "name"),
            ),
        )
