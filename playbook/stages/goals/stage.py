"""Stage 1: whether the goals are SMART and reachable, and who the audience is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from playbook.methods.days import in_period
from playbook.metrics import ALL
from playbook.params import Campaign
from playbook.stages import GOALS
from playbook.stages.goals.audience import (
    FEWEST_PEOPLE,
    answers,
    interests,
    people_asked,
    profile,
    rates_something,
)
from playbook.stages.goals.follow_up import follow_up
from playbook.stages.goals.smart import aims, fixes, smart
from playbook.stages.goals.tables import AIMS, ANSWERS, FIXES, INTERESTS, PROFILE, SMART, SUMMARY
from playbook.stages.shared.daily import by_channel_day
from playbook.stages.shared.declared import declared
from playbook.stages.shared.findings import (
    absent,
    cells,
    measures,
    ranked,
    records,
    summary_frame,
)
from playbook.stages.shared.result import Cell, Finding, Severity, StageResult

MANY_STRAIGHT = 0.05
"""Share of straight-liners from which the answers themselves are in doubt."""

CLEAR_LIFT = 0.1
"""Ten percentage points above all people: less is not told about a segment."""


@dataclass(frozen=True, slots=True)
class Aim:
    """A row of the table `aims`, as far as findings need it."""

    goal: str
    state: str
    weight: float
    forecast_attainment: float


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
        The tables of `goals.tables`.
    """
    campaign, tables = declared(GOALS, campaign, tables)
    daily = by_channel_day(tables["channel_daily"])
    aimed = aims(campaign, tables, daily)
    people = people_asked(tables["audience"], pd.Timestamp(campaign.end))
    in_month = in_period(daily, campaign.start, campaign.end)
    spent = in_month.groupby("channel")["spend"].sum(min_count=1)
    answered = answers(people)
    results = {
        "aims": aimed,
        "smart": smart(campaign, aimed),
        "fixes": fixes(campaign, aimed),
        "followed": follow_up(campaign, proposal, actions, aimed, spent),
        "profile": profile(people),
        "answers": answered,
        "interests": interests(answered),
    }
    results["summary"] = summary(results, people)
    return StageResult(
        stage=GOALS.notebook,
        tables=results,
        findings=_findings(results),
        missing=_missing(results, people, daily, proposal),
    )


def summary(results: Mapping[str, pd.DataFrame], people: pd.DataFrame) -> pd.DataFrame:
    """Return the one-line answers of the stage, as far as they are known."""
    values: dict[str, float] = {}
    aimed, checked, proposed = results["aims"], results["smart"], results["followed"]
    if len(aimed):
        values["goals"] = len(aimed)
        values["goals_good"] = aimed["state"].eq("good").sum()
        values["goals_smart"] = checked["state"].eq("good").sum()
    if len(people):
        values["people"] = len(people)
        values["straight_liners"] = people["straight_liner"].mean()
    if len(proposed):
        values["proposed"] = len(proposed)
        values["as_proposed"] = proposed["followed"].eq("as_proposed").sum()
    return summary_frame(SUMMARY, values)


def _missing(
    results: Mapping[str, pd.DataFrame],
    people: pd.DataFrame,
    daily: pd.DataFrame,
    proposal: Mapping[str, Any] | None,
) -> dict[str, Mapping[str, str]]:
    aimed, fix = results["aims"], results["fixes"]["fix"]
    running = aimed[aimed["days_left"] > 0]
    return absent(
        {
            "goals": aimed.empty,
            "channel_daily": daily.empty,
            "history": len(daily) > 0 and bool(fix.eq("too_little_history").any()),
            "forecast": bool(running["outlook"].eq("unknown").any()),
            "audience": people.empty,
            "small_audience": 0 < len(people) < FEWEST_PEOPLE,
            "items": len(people) > 0 and not rates_something(people),
            "proposal": not proposal,
        }
    )


def _findings(tables: Mapping[str, pd.DataFrame]) -> tuple[Finding, ...]:
    others = [
        *_off_pace(tables["aims"]),
        *_not_smart(tables),
        *_most_important(tables["answers"]),
        *_standing_out(tables["interests"]),
        *_careless(tables["summary"]),
        *_followed_up(tables["summary"]),
    ]
    return (_answer(tables), *ranked(others))


def _answer(tables: Mapping[str, pd.DataFrame]) -> Finding:
    """Answer the stage's question in up to three clauses, each where its numbers are known."""
    evidence: dict[str, Cell] = {}
    clauses = []
    measured = set(tables["summary"]["measure"])
    if "goals" in measured:
        clauses.append("goals")
        evidence |= measures(SUMMARY, "goals", "goals_good", "goals_smart")
    worst = _furthest(tables["aims"])
    if worst is not None:
        clauses.append("furthest")
        evidence |= cells(AIMS, {"goal": worst.goal}, goal="goal", expected="forecast_attainment")
    largest = _largest(tables["profile"])
    if largest:
        clauses.append("largest_group")
        evidence |= measures(SUMMARY, "people") | largest
    if not clauses:
        return Finding(id="goals.answer", severity="watch", sentence="no_goals", action="set_goals")
    return Finding(
        id="goals.answer",
        severity=_severity(tables["aims"]),
        sentence="answer",
        clauses=tuple(clauses),
        evidence=evidence,
    )


def _severity(aimed: pd.DataFrame) -> Severity:
    """Return how the stage's answer stands; goals that are over are for stage 6 to decide."""
    if aimed.empty or aimed["state"].ne("good").any():
        return "watch"
    return "good"


def _furthest(aimed: pd.DataFrame) -> Aim | None:
    """Return the goal that is furthest off its target among those that are not well, if any."""
    off_target = aimed[aimed["state"].ne("good")].dropna(subset=["forecast_attainment"])
    if off_target.empty:
        return None
    distance = (off_target["forecast_attainment"] - 1).abs()
    return records(off_target[distance.eq(distance.max())], Aim)[0]


def _largest(profiled: pd.DataFrame) -> dict[str, Cell]:
    """Return the cells of the largest group of the first trait that was asked.

    Age before gender.
    """
    traits = profiled[profiled["trait"].ne("media")]
    if traits.empty:
        return {}
    row = {"trait": str(traits["trait"].iloc[0]), "answer": str(traits["answer"].iloc[0])}
    return cells(PROFILE, row, group="answer", share="share")


def _off_pace(aimed: pd.DataFrame) -> Iterator[Finding]:
    """Tell the goals that still run and will miss; those that are over are told by stage 6."""
    missing = aimed[aimed["outlook"].isin(["at_risk", "off_pace"])]
    for aim in records(missing, Aim):
        is_lost = aim.state == "act"
        yield Finding(
            id=f"goals.pace.{aim.goal}",
            severity="act" if is_lost else "watch",
            weight=aim.weight * abs(1 - aim.forecast_attainment),
            sentence="off_pace",
            evidence=cells(
                AIMS,
                {"goal": aim.goal},
                goal="goal",
                forecast="forecast",
                target="target",
                deadline="deadline",
                expected="forecast_attainment",
                owner="owner",
            ),
            action="close_gap" if is_lost else "",
        )


def _not_smart(tables: Mapping[str, pd.DataFrame]) -> Iterator[Finding]:
    """Tell each goal that breaks a rule, with what mends the first one.

    What is only unknown is not told.
    """
    checked = tables["smart"].set_index("goal")
    weights = tables["aims"].set_index("goal")["weight"]
    first_fixes = tables["fixes"].drop_duplicates("goal")
    for goal, rule in zip(first_fixes["goal"], first_fixes["rule"], strict=True):
        if checked.loc[goal, rule] != "no":
            continue
        rules_broken = 5 - checked.loc[goal, "score"]
        fix = cells(FIXES, {"goal": goal, "rule": rule}, goal="goal", rule="rule", fix="fix")
        yield Finding(
            id=f"goals.smart.{goal}",
            severity="watch",
            weight=weights[goal] * rules_broken / 10,
            sentence="not_smart",
            evidence=cells(SMART, {"goal": goal}, score="score") | fix,
            action="mend_goal",
        )


def _most_important(answered: pd.DataFrame) -> Iterator[Finding]:
    """Tell what all people care about most."""
    everyone = answered[answered["segment"].eq(ALL) & answered["enough"].eq("yes")]
    if everyone.empty:
        return
    item = everyone.loc[everyone["top_two"].eq(everyone["top_two"].max()), "item"].iloc[0]
    row = {"item": str(item), "segment": ALL}
    yield Finding(
        id="goals.audience.cares",
        severity="good",
        weight=1.0,
        sentence="most_important",
        evidence=cells(ANSWERS, row, item="item", share="top_two"),
    )


def _standing_out(tops: pd.DataFrame) -> Iterator[Finding]:
    """Tell the segment that stands out most, if one does."""
    if tops.empty or tops["lift"].max() < CLEAR_LIFT:
        return
    best = tops[tops["lift"].eq(tops["lift"].max())].iloc[0]
    row = {"segment": str(best["segment"]), "item": str(best["item"])}
    yield Finding(
        id="goals.audience.stands_out",
        severity="good",
        weight=0.5,
        sentence="stands_out",
        evidence=cells(
            INTERESTS, row, segment="segment", item="item", share="top_two", lift="lift"
        ),
    )


def _careless(summed: pd.DataFrame) -> Iterator[Finding]:
    """Tell where many people ticked one box throughout."""
    share = summed.set_index("measure")["value"].get("straight_liners", 0.0)
    if share >= MANY_STRAIGHT:
        yield Finding(
            id="goals.audience.straight_liners",
            severity="watch",
            weight=share,
            sentence="straight_liners",
            evidence=measures(SUMMARY, "straight_liners"),
        )


def _followed_up(summed: pd.DataFrame) -> Iterator[Finding]:
    """Tell how many of the changes proposed last period stand in this period's parameters."""
    values = summed.set_index("measure")["value"]
    if "proposed" in values:
        yield Finding(
            id="goals.followed",
            severity="good" if values["as_proposed"] == values["proposed"] else "watch",
            weight=0.1,
            sentence="followed_up",
            evidence=measures(SUMMARY, "proposed", "as_proposed"),
        )
