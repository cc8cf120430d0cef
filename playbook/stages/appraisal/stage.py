"""Stage 7: how each person did, on objective data; a proposal that a person decides on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isnan, nan
from typing import Any

import pandas as pd

from playbook.errors import PlaybookError
from playbook.params import Campaign
from playbook.params.model import Member
from playbook.params.scorecard import Scorecard, ScorecardKpi, scorecard_problems
from playbook.stages import APPRAISAL
from playbook.stages.appraisal import scoring
from playbook.stages.appraisal.actuals import Actual, Facts, actual, agreed, days_in_role, facts
from playbook.stages.appraisal.tables import GAPS, PEOPLE, SCORECARD, SUMMARY, TEAM
from playbook.stages.shared.declared import declared
from playbook.stages.shared.findings import (
    absent,
    cells,
    measures,
    ranked,
    records,
    summary_frame,
)
from playbook.stages.shared.result import Finding, StageResult

FEWEST_DAYS = 10.0
"""Working days in the role below which a person is not rated."""

FEWEST_PEOPLE = 5
"""A group smaller than this is not shown to management."""

MOST_GAPS = 4
FULL = 100.0
AS_AGREED = ("S", "A", "B")


@dataclass(frozen=True, slots=True)
class Gap:
    """A row of the table `gaps`."""

    item: str
    reason: str
    people: float
    weight: float


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
        The tables of `appraisal.tables`; people stand by id and not by score, and group figures are
        empty below five rated people. Findings name nobody.

    Raises:
        PlaybookError: A target was agreed that its method cannot score.
    """
    campaign, tables = declared(APPRAISAL, campaign, tables)
    problems = scorecard_problems(campaign, scorecards)
    if problems:
        raise PlaybookError(*problems)
    facts_of_period = facts(campaign, tables)
    lines: list[dict[str, Any]] = []
    people_rows = []
    for member_id in sorted(campaign.team):
        member = campaign.team[member_id]
        card = scorecards.get(member.role)
        own_lines = sheet(member, card, facts_of_period) if card else []
        lines += own_lines
        people_rows.append(person(member, own_lines, card, facts_of_period))
    scorecard, people = SCORECARD.frame(lines), PEOPLE.frame(people_rows)
    results = {
        "scorecard": scorecard,
        "people": people,
        "gaps": gaps(scorecard),
        "team": team(people),
        "summary": summary(people),
    }
    return StageResult(
        stage=APPRAISAL.notebook,
        tables=results,
        findings=_findings(results),
        missing=_missing(campaign, tables, results),
    )


def sheet(who: Member, card: Scorecard, facts: Facts) -> list[dict[str, Any]]:
    """Score every line of a person's sheet that is due.

    Returns:
        One mapping per line, by the columns of `SCORECARD`.
    """
    rows = [_line(item, who, card, facts) for item in card.due(facts.campaign.period)]
    shares = scoring.weights_in_force([_scored(row) for row in rows])
    return [{**row, "weight_in_force": share} for row, share in zip(rows, shares, strict=True)]


def person(
    who: Member, rows: Sequence[Mapping[str, Any]], card: Scorecard | None, facts: Facts
) -> dict[str, Any]:
    """Add up a person's sheet.

    Returns:
        The row by the columns of `PEOPLE`.
    """
    days = days_in_role(who, facts)
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
    if card is None:
        return {**blank, "state": "no_scorecard"}
    scored = [_scored(row) for row in rows]
    total = scoring.total(scored, cap=card.cap, least_covered=card.least_covered)
    shares = {"coverage": total.coverage, "objective_share": total.objective_share}
    if days < FEWEST_DAYS:
        return {**blank, **shares, "state": "too_short"}
    if isnan(total.score):
        return {**blank, **shares, "state": "too_thin"}
    return {
        **blank,
        **shares,
        "score": scoring.half_up(total.score),
        "grade": scoring.grade(total.score)[0],
        "coefficient": scoring.coefficient(total.score),
        "state": "rated",
    }


def gaps(scorecard: pd.DataFrame) -> pd.DataFrame:
    """Count the lines without a score.

    One row per line and reason, with people and the weight lost (mean).
    """
    by_reason = scorecard[scorecard["score"].isna()].groupby(["item", "reason"], sort=True)
    table = by_reason.agg(people=("member", "size"), weight=("weight", "mean"))
    table = table.reset_index().astype({"people": "float64"})
    weight_lost = table["people"] * table["weight"]
    in_order = weight_lost.sort_values(ascending=False, kind="stable").index
    return table.loc[in_order].reset_index(drop=True)


def team(people: pd.DataFrame) -> pd.DataFrame:
    """Return figures of the whole group: one row per measure; empty below five rated people."""
    rated = people[people["state"].eq("rated")]
    if len(rated) < FEWEST_PEOPLE:
        return summary_frame(TEAM, {})
    values = {
        "rated": len(rated),
        "mean_score": rated["score"].mean(),
        "share_as_agreed": rated["grade"].isin(AS_AGREED).mean(),
    }
    return summary_frame(TEAM, values)


def summary(people: pd.DataFrame) -> pd.DataFrame:
    """Return how many people there are, how many are rated, and how many are not.

    One row per measure.
    """
    rated = int(people["state"].eq("rated").sum())
    values = {"people": len(people), "rated": rated, "not_rated": len(people) - rated}
    return summary_frame(SUMMARY, values)


def _line(item: ScorecardKpi, who: Member, card: Scorecard, facts: Facts) -> dict[str, Any]:
    target = agreed(item, who, facts)
    reached = actual(item, who, facts)
    reason = reached.reason
    if not reason and isnan(target):
        reason = "no_target"
    score = nan if reason else _score(item, reached, target, card.cap)
    return {
        "member": who.id,
        "item": item.id,
        "kind": item.kind,
        "kpi": item.kpi or "",
        "weight": item.weight,
        "method": item.method,
        "actual": reached.value,
        "target": target,
        "score": score,
        "reason": reason,
    }


def _score(item: ScorecardKpi, reached: Actual, target: float, cap: float) -> float:
    """Score one line by its method: 100 is as agreed."""
    match item.method:
        case "rubric":
            return scoring.rubric(reached.levels)
        case "cost_ratio":
            return scoring.cost_ratio(reached.spend, reached.results, target, cap=cap)
        case "span":
            return _span(item, reached.value, target, cap)
        case "ladder":
            return scoring.ladder(_ratio(item, reached, target), item.steps, lower=item.lower)
        case "ladder_interpolated":
            return scoring.ladder_interpolated(_ratio(item, reached, target), item.steps)
        case "deduction":
            return scoring.deduction([(reached.value, item.points or 0.0, item.most or 0.0)])
        case "on_off":
            return scoring.on_off(met=reached.value >= target)
        case "lower_is_better":
            return scoring.lower_is_better(reached.value, target, cap=cap, gate=item.gate)
        case "capped":
            return scoring.linear(reached.value, target, cap=FULL, gate=item.gate)
        case _:
            return scoring.linear(reached.value, target, cap=cap, gate=item.gate)


def _span(item: ScorecardKpi, value: float, target: float, cap: float) -> float:
    """Score a value within worst and best; a relative item scales both with the target."""
    scale = target / item.target if item.relative and item.target else 1.0
    worst, best = scale * (item.worst or 0.0), scale * (item.best or 0.0)
    return scoring.span(value, worst=worst, target=target, best=best, cap=cap)


def _ratio(item: ScorecardKpi, reached: Actual, target: float) -> float:
    return reached.value / target if item.relative else reached.value


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
    has_team = bool(campaign.team)
    return absent(
        {
            "team": not has_team,
            "scorecards": bool(results["people"]["state"].eq("no_scorecard").any()),
            "group": has_team and results["team"].empty,
            "ratings": has_team and tables["ratings"].empty,
        }
    )


def _findings(tables: Mapping[str, pd.DataFrame]) -> tuple[Finding, ...]:
    return (_answer(tables), *ranked(_unscored(tables["gaps"]), most=MOST_GAPS))


def _answer(tables: Mapping[str, pd.DataFrame]) -> Finding:
    """Say how many people can be rated and, where there are enough of them, how the group did."""
    if tables["people"].empty:
        return Finding(id="appraisal.answer", severity="watch", sentence="no_team")
    not_rated = tables["summary"].set_index("measure")["value"]["not_rated"]
    evidence = measures(SUMMARY, "people", "rated")
    sentence = "answer"
    if len(tables["team"]):
        sentence = "answer_with_group"
        evidence |= measures(TEAM, "mean_score", "share_as_agreed")
    return Finding(
        id="appraisal.answer",
        severity="good" if not_rated == 0 else "watch",
        sentence=sentence,
        evidence=evidence,
    )


def _unscored(table: pd.DataFrame) -> Iterator[Finding]:
    """Tell what keeps people from being scored.

    These are gaps of the records, not of the people.
    """
    for gap in records(table, Gap):
        yield Finding(
            id=f"appraisal.gap.{gap.item}.{gap.reason}",
            severity="watch",
            weight=gap.people * gap.weight,
            sentence="not_scored",
            evidence=cells(
                GAPS,
                {"item": gap.item, "reason": gap.reason},
                item="item",
                people="people",
                reason="reason",
            ),
        )
