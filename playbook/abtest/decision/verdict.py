"""From checks and effects to one action, by rules in a fixed order, each with its numbers."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from playbook.abtest.decision import sentences
from playbook.abtest.decision.case import (
    Case,
    Standing,
    case_of,
    guardrails,
    harmed,
    is_better,
    is_running,
    is_spent,
    primary_gain,
    unproven,
)
from playbook.abtest.decision.checks import Check, title
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
from playbook.abtest.decision.stakes import Action, EarlyStop, Money, money, units_for_margin
from playbook.abtest.stats.effects import ALL_CONVERTED, NO_CONVERSIONS
from playbook.params.experiment import ExperimentPlan

ALL_ALIKE = (NO_CONVERSIONS, ALL_CONVERTED)
"""Notes of an effect whose p-value is 1 because there is nothing to compare."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """What to do, and why.

    Attributes:
        action: ship, hold, iterate, stop or invalid.
        arm: The arm it is about: the leading one, or the one that does harm.
        rule: Number of the rule that decided, 1 to 7; see `decide`.
        reasons: Sentences in zh and en, the deciding one first.
        next_step: What to do next, in zh and en.
        money: Money at stake; None where the plan gives no value.
        days_left: Days until the end of the test; None without dates.
        early: What the estimate owes to an early stop; None where there was none.
    """

    action: Action
    arm: str
    rule: int
    reasons: tuple[sentences.Text, ...]
    next_step: sentences.Text
    money: Money | None
    days_left: int | None
    early: EarlyStop | None = None


def decide(plan: ExperimentPlan, standing: Standing) -> Decision:
    """Choose the action.

    The first rule that fits decides, for the leading arm unless another does harm.

    1 a check says stop → invalid. 2 before the end and no boundary crossed → hold. 3 a guardrail is
    worse than its margin, or a primary metric significantly worse → stop. 4 primary better and all
    guardrails within their margins → ship. 5 primary better, a guardrail unproven → hold. 6
    interval within ±MDE → iterate. 7 otherwise open → hold while the test cannot see the MDE and
    alpha is left, else iterate.

    In a test in which nothing differs, ship and stop come with probability alpha at most, over all
    looks, arms, metrics and guardrails; see `corrections`.
    """
    by_arm = {strength.arm: strength for strength in standing.strengths}
    cases = [case_of(plan, arm, standing, by_arm[arm]) for arm in plan.treatments]
    leading = max(cases, key=primary_gain)
    action, rule, case, reasons = _first_rule(standing.checks, cases, leading)
    early = standing.early if action == "ship" else None
    others = [*_others(cases, case), *moved_reasons(case)] if action != "invalid" else []
    return Decision(
        action=action,
        arm=case.arm,
        rule=rule,
        reasons=(*reasons, *early_reasons(case, early), *others, *remarks(standing, leading)),
        next_step=_next_step(action, rule, case),
        money=money(plan, standing.effects, case.arm, action, early.keep if early else 1.0),
        days_left=standing.calendar.days_left if plan.end else None,
        early=early,
    )


def _first_rule(
    checks: Sequence[Check], cases: Sequence[Case], leading: Case
) -> tuple[Action, int, Case, list[sentences.Text]]:
    stops = sorted(
        (check for check in checks if check.verdict == "stop"),
        key=lambda check: check.name == "srm_part",
    )
    if stops:
        return "invalid", 1, leading, [check.text for check in stops]
    if all(is_running(case) for case in cases):
        return "hold", 2, leading, [interim_reason(leading)]
    worse = [case for case in cases if harmed(case)]
    shippable = [
        case
        for case in cases
        if is_better(case) and not harm_reasons(case) and not unproven_reasons(case)
    ]
    if shippable:
        best = max(shippable, key=primary_gain)
        return "ship", 4, best, [primary_reason("better", best), guard_reason(best)]
    if worse and (leading in worse or len(worse) == len(cases)):
        case = leading if leading in worse else worse[0]
        return "stop", 3, case, harm_reasons(case)
    if is_running(leading):
        return "hold", 2, leading, [interim_reason(leading)]
    return _open(leading)


def _others(cases: Sequence[Case], decided: Case) -> list[sentences.Text]:
    """Say which arms, other than the one that the decision is about, are surely harmed."""
    return [
        sentences.say("switch_off", arm=case.arm, reason=harm_reasons(case)[0])
        for case in cases
        if case is not decided and harmed(case)
    ]


def _open(case: Case) -> tuple[Action, int, Case, list[sentences.Text]]:
    if is_better(case):
        return "hold", 5, case, [*unproven_reasons(case), primary_reason("better", case)]
    if is_spent(case):
        return "iterate", 7, case, [sentences.say("spent"), primary_reason("open", case)]
    ends, mde = case.primary.shown, case.plan.mde
    low, high = ends.lift_ci_lower, ends.lift_ci_upper
    if mde and -mde < low and high < mde:
        return "iterate", 6, case, [sentences.say("ruled_out", low=low, high=high, mde=mde)]
    if math.isnan(case.primary.pvalue) or case.primary.note in ALL_ALIKE:
        return "iterate", 7, case, [primary_reason("no_test", case)]
    blind = (
        case.strength.units_needed is not None and case.strength.units_needed > case.strength.units
    )
    return "hold" if blind else "iterate", 7, case, [primary_reason("open", case)]


def _next_step(action: Action, rule: int, case: Case) -> sentences.Text:
    if action == "hold" and rule == 2:
        return sentences.say("next_hold", day=case.calendar.end)
    if action == "hold":
        return sentences.say("next_more", units=_units_wanted(case))
    if action == "ship" and not guardrails(case):
        return sentences.say("next_ship_alone", arm=case.arm)
    if action == "iterate" and is_spent(case):
        return sentences.say("next_spent")
    if action == "iterate" and case.primary.note in ALL_ALIKE:
        return sentences.say("next_measure", metric=title(case.plan.primary))
    return sentences.say(f"next_{action}", arm=case.arm)


def _units_wanted(case: Case) -> int:
    guarded = [
        units_for_margin(case.plan, metric, effect, case.of(metric).held)
        for metric, effect in unproven(case)
        if not math.isnan(effect.se)
    ]
    return max([*guarded, case.strength.units_needed or 0, case.strength.units])
