"""Each claim of a verdict is a sentence with its numbers, in both languages."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from playbook.abtest.decision.case import Case, case_of
from playbook.abtest.decision.checks import check
from playbook.abtest.decision.reasons import (
    early_reasons,
    guard_reason,
    harm_reasons,
    interim_reason,
    moved_reasons,
    primary_reason,
    remarks,
    unproven_reasons,
)
from playbook.abtest.decision.stakes import EarlyStop
from playbook.abtest.stats.effects import Effect
from playbook.params.experiment import ExperimentPlan
from tests.abtest.decision.counts import OVER, effect, standing

Plan = Callable[..., ExperimentPlan]
PRIMARY = {"name": "y", "role": "primary"}


def case(plan: ExperimentPlan, *effects: Effect, **changes: Any) -> Case:
    there = standing(plan, effects)
    return replace(case_of(plan, "b", there, there.strengths[0]), **changes)


def guarded(plan: Plan, **guardrail: Any) -> ExperimentPlan:
    return plan(metrics=[PRIMARY, {"name": "g", "role": "guardrail", **guardrail}])


def english(reasons: list[Any]) -> list[str]:
    return [reason["en"] for reason in reasons]


def test_harm_is_told_beside_its_margin_in_the_margins_measure(plan: Plan) -> None:
    worse = effect(metric="g", treatment=8.0, difference=-2.0, lift=-0.2, pvalue=1e-6)
    relative = case(guarded(plan, margin=0.02), effect(), worse)
    assert english(harm_reasons(relative)) == [
        "Guardrail g is worse by 20.0%, more than the 2.0% allowed (interval +0.2% to +19.8%)."
    ]
    absolute = case(guarded(plan, margin_abs=0.5), effect(), worse)
    assert (
        "is worse by 2, more than the 0.5 allowed (interval" in english(harm_reasons(absolute))[0]
    )


def test_harm_without_a_margin_names_none(plan: Plan) -> None:
    worse = effect(metric="g", treatment=8.0, difference=-2.0, lift=-0.2, pvalue=1e-6)
    found = english(harm_reasons(case(guarded(plan), effect(), worse)))
    assert found == ["Guardrail g got worse by 20.0% (corrected p = 0.04)."]


def test_a_guardrail_that_is_open_says_what_would_tell(plan: Plan) -> None:
    there = case(
        guarded(plan, margin=0.02), effect(), effect(metric="g", treatment=10.0, difference=0.0)
    )
    [reason] = english(unproven_reasons(there))
    assert reason.startswith("Guardrail g may still be worse by more than 2.0% (interval +0.2%")
    assert reason.endswith("units in the smaller arm would tell.")


def test_guardrails_are_told_to_hold_only_where_there_are_some(plan: Plan) -> None:
    assert guard_reason(case(plan(), effect()))["en"] == "The plan has no guardrail."
    held = case(guarded(plan, margin=0.1), effect(), effect(metric="g"))
    assert guard_reason(held)["en"] == "Every guardrail stays within its margin."


def test_a_guardrail_without_a_margin_is_not_said_to_keep_one(plan: Plan) -> None:
    alone = case(guarded(plan), effect(), effect(metric="g"))
    assert guard_reason(alone)["en"].startswith("No guardrail is surely worse; the plan gives")
    bounded = {"name": "h", "role": "guardrail", "margin_abs": 2.0}
    both = plan(metrics=[PRIMARY, {"name": "g", "role": "guardrail"}, bounded])
    mixed = case(both, effect(), effect(metric="g"), effect(metric="h"))
    assert guard_reason(mixed)["en"].startswith("Guardrails with a margin stay within it; none of")


def test_a_look_before_the_end_says_what_it_needs(plan: Plan) -> None:
    there = case(plan(), effect(), calendar=replace(OVER, days_left=3), looks=2)
    assert "look 1 of 2 needs z > 1.96" in interim_reason(there)["en"]
    shut = replace(there, look=replace(there.look, critical=float("inf")))
    assert "the plan allows no conclusion before its end; 3 days left" in interim_reason(shut)["en"]


def test_what_an_early_stop_owes_to_luck_is_told(plan: Plan) -> None:
    stop = EarlyStop(metric="y", arm="b", difference=0.7, lift=0.07, keep=0.7)
    [reason] = english(early_reasons(case(plan(), effect()), stop))
    assert "y changed by +10.0%, about +7.0% less the luck of the stop" in reason
    assert early_reasons(case(plan(), effect()), None) == []


def test_the_primary_metric_is_told_with_the_interval_of_its_claim(plan: Plan) -> None:
    wide = replace(effect().ends, lift_ci_lower=-0.05, lift_ci_upper=0.3)
    reason = primary_reason("better", case(plan(), replace(effect(), corrected=wide)))["en"]
    assert reason == "y changed by +10.0% (95% interval −5.0% to +30.0%, corrected p = 0.04)."


def test_secondary_metrics_are_told_below_alpha_after_the_end(plan: Plan) -> None:
    here = plan(metrics=[PRIMARY, {"name": "s"}])
    there = case(here, effect(), effect(metric="s", pvalue_adjusted=0.049))
    assert len(moved_reasons(there)) == 1
    assert moved_reasons(replace(there, calendar=replace(OVER, days_left=1))) == []
    above = case(here, effect(), effect(metric="s", pvalue_adjusted=0.05))
    assert moved_reasons(above) == []


def test_beside_every_verdict_stand_the_remarks_and_what_could_be_seen(plan: Plan) -> None:
    checks = [
        check("rows", "rows_watch", value=3, column="user_id", ids=10, rows=30),
        check("weeks", "weeks_watch", value=8, days=8),
        check("today", "today_data_ok", value=3, day="2026-09-07", end="2026-09-10"),
    ]
    there = standing(plan(), [effect()], checks)
    found = english(remarks(there, case(plan(), effect())))
    assert [text.split(",")[0] for text in found] == [
        "Every row is taken as a unit",
        "Looked at as of 2026-09-07",
        "With these units a change of 14.0% would be found with probability 80%.",
    ]
