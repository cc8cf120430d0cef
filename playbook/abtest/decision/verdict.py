"""From checks and effects to one action, by rules in a fixed order, each with its numbers."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from scipy import special

from playbook.abtest.decision import sentences
from playbook.abtest.decision.health import Check, title
from playbook.abtest.decision.protocol import Look, better_sign
from playbook.abtest.decision.stakes import (
    Action,
    Money,
    Strength,
    effect_of,
    money,
    units_for_margin,
)
from playbook.abtest.stats.effects import ALL_CONVERTED, NO_CONVERSIONS, Effect
from playbook.params.experiment import ExperimentPlan, MetricPlan

Guard = Literal["holds", "harmed", "unproven"]
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
        days_left: Days until the planned end; None without dates.
    """

    action: Action
    arm: str
    rule: int
    reasons: tuple[sentences.Text, ...]
    next_step: sentences.Text
    money: Money | None
    days_left: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Case:
    """All that the rules look at, for one treatment."""

    plan: ExperimentPlan
    arm: str
    primary: Effect
    metrics: tuple[tuple[MetricPlan, Effect], ...]
    look: Look
    looks: int
    days_left: int
    strength: Strength


def decide(
    plan: ExperimentPlan,
    checks: Sequence[Check],
    effects: Sequence[Effect],
    looks: Sequence[Look],
    strengths: Sequence[Strength],
    today: date | None,
) -> Decision:
    """Choose the action.

    The first rule that fits decides, for the leading arm unless another does harm.

    1 a check says stop → invalid. 2 before the planned end and no boundary crossed → hold. 3 a
    guardrail is worse than its margin, or a primary metric significantly worse → stop. 4 primary
    better and all guardrails within their margins → ship. 5 primary better, a guardrail unproven →
    hold. 6 interval within ±MDE → iterate. 7 otherwise open → hold while the test cannot see the
    MDE, else iterate.

    Args:
        plan: Of the test.
        checks: All of them.
        effects: Of all metrics and treatments, with adjusted p-values.
        looks: Taken so far; the last is this one.
        strengths: One per treatment.
        today: Day of the evaluation; None for "after the end".
    """
    days_left = max(0, (plan.end - today).days) if plan.end and today else 0
    by_arm = {strength.arm: strength for strength in strengths}
    cases = [_case(plan, arm, effects, looks, by_arm[arm], days_left) for arm in plan.treatments]
    leading = max(cases, key=_primary_gain)
    action, rule, case, reasons = _first_rule(checks, cases, leading)
    others = [*_others(cases, case), *_moved(case)] if action != "invalid" else []
    return Decision(
        action=action,
        arm=case.arm,
        rule=rule,
        reasons=(*reasons, *others, *_remarks(checks, leading)),
        next_step=_next_step(action, rule, case),
        money=money(plan, effects, case.arm, action),
        days_left=days_left if plan.end else None,
    )


def guard(metric: MetricPlan, effect: Effect) -> Guard:
    """Judge a guardrail: harmed (surely worse than its margin), holds (surely not), or unproven.

    Without a margin it is harmed when it is significantly worse, and holds otherwise.
    """
    if metric.margin is None:
        return "harmed" if _significantly_worse(metric, effect) else "holds"
    low, high = _signed(metric, effect.lift_ci_lower, effect.lift_ci_upper)
    if math.isnan(low):
        return "unproven"
    if high < -metric.margin:
        return "harmed"
    return "holds" if low >= -metric.margin else "unproven"


def _case(
    plan: ExperimentPlan,
    arm: str,
    effects: Sequence[Effect],
    looks: Sequence[Look],
    able: Strength,
    days_left: int,
) -> _Case:
    metrics = tuple((metric, effect_of(effects, metric.name, arm)) for metric in plan.metrics)
    primary = next(effect for metric, effect in metrics if metric is plan.primary)
    return _Case(
        plan=plan,
        arm=arm,
        primary=primary,
        metrics=metrics,
        look=looks[-1],
        looks=max(len(looks), len(plan.looks) + 1),
        days_left=days_left,
        strength=able,
    )


def _first_rule(
    checks: Sequence[Check], cases: Sequence[_Case], leading: _Case
) -> tuple[Action, int, _Case, list[sentences.Text]]:
    stops = sorted(
        (check for check in checks if check.verdict == "stop"),
        key=lambda check: check.name == "srm_part",
    )
    if stops:
        return "invalid", 1, leading, [check.text for check in stops]
    if all(_running(case) for case in cases):
        return "hold", 2, leading, [_interim(leading)]
    harmed = [(case, harm) for case in cases if (harm := _harm(case))]
    shippable = [
        case for case in cases if _better(case) and not _harm(case) and not _unproven(case)
    ]
    if shippable:
        best = max(shippable, key=_primary_gain)
        return "ship", 4, best, [_primary("better", best), _guard_words(best)]
    worst = next((pair for pair in harmed if pair[0] is leading), None)
    if worst or (harmed and len(harmed) == len(cases)):
        case, harm = worst or harmed[0]
        return "stop", 3, case, harm
    if _running(leading):
        return "hold", 2, leading, [_interim(leading)]
    return _open(leading)


def _others(cases: Sequence[_Case], decided: _Case) -> list[sentences.Text]:
    """Say which arms, other than the one that the decision is about, are surely harmed."""
    harmed = [(case, _harm(case)) for case in cases if case is not decided]
    return [
        sentences.say("switch_off", arm=case.arm, reason=reason)
        for case, harm in harmed
        for reason in harm[:1]
    ]


def _moved(case: _Case) -> list[sentences.Text]:
    """Say which secondary metrics surely moved, once the test is over."""
    if case.days_left > 0:
        return []
    return [
        sentences.say(
            "moved",
            metric=_named(case, metric),
            p=sentences.pvalue(effect.pvalue_adjusted),
            lift=sentences.change(metric.kind, effect.lift, effect.difference),
        )
        for metric, effect in case.metrics
        if metric.role == "secondary" and effect.pvalue_adjusted < case.plan.alpha
    ]


def _open(case: _Case) -> tuple[Action, int, _Case, list[sentences.Text]]:
    if _better(case):
        return "hold", 5, case, [*_unproven(case), _primary("better", case)]
    low, high, mde = case.primary.lift_ci_lower, case.primary.lift_ci_upper, case.plan.mde
    if mde and -mde < low and high < mde:
        return "iterate", 6, case, [sentences.say("ruled_out", low=low, high=high, mde=mde)]
    key = "no_test" if math.isnan(case.primary.pvalue) or case.primary.note in ALL_ALIKE else "open"
    blind = (
        case.strength.units_needed is not None and case.strength.units_needed > case.strength.units
    )
    return "hold" if blind else "iterate", 7, case, [_primary(key, case)]


def _running(case: _Case) -> bool:
    """Tell whether the test goes on.

    Days are left, and neither benefit nor harm crossed its boundary.
    """
    return case.days_left > 0 and not case.look.crossed and not _harm(case)


def _better(case: _Case) -> bool:
    level = _nominal(case)
    return (
        better_sign(case.plan.primary) * case.primary.difference > 0
        and case.primary.pvalue_adjusted < level
    )


def _nominal(case: _Case) -> float:
    """Return the p-value that this look asks for."""
    return float(2 * special.ndtr(-case.look.critical))


def _harm(case: _Case) -> list[sentences.Text]:
    """Say which metrics are surely harmed; while the test runs, only by the look's own boundary."""
    level = _nominal(case)
    harms = [
        _harm_words(metric, effect)
        for metric, effect in case.metrics
        if metric.role == "guardrail"
        and guard(metric, effect) == "harmed"
        and effect.pvalue < level
    ]
    return harms + [
        sentences.say(
            "worse",
            metric=title(metric),
            p=sentences.pvalue(effect.pvalue_adjusted),
            lift=sentences.unsigned(sentences.change(metric.kind, effect.lift, effect.difference)),
        )
        for metric, effect in case.metrics
        if metric.role == "primary"
        and better_sign(metric) * effect.difference < 0
        and effect.pvalue_adjusted < level
    ]


def _harm_words(metric: MetricPlan, effect: Effect) -> sentences.Text:
    low, high = _signed(metric, effect.lift_ci_lower, effect.lift_ci_upper)
    return sentences.say(
        "harm",
        metric=title(metric),
        worse=abs(effect.lift),
        margin=metric.margin or 0.0,
        low=low,
        high=high,
    )


def _unproven(case: _Case) -> list[sentences.Text]:
    return [
        _unproven_words(case, metric, effect)
        for metric, effect in case.metrics
        if metric.role == "guardrail" and guard(metric, effect) == "unproven"
    ]


def _unproven_words(case: _Case, metric: MetricPlan, effect: Effect) -> sentences.Text:
    if math.isnan(effect.lift_ci_lower) or metric.margin is None:
        return sentences.say(
            "unproven_open", metric=title(metric), note=sentences.note(effect.note)
        )
    return sentences.say(
        "unproven",
        metric=title(metric),
        margin=metric.margin,
        units=units_for_margin(case.plan, metric, effect),
        low=f"{effect.lift_ci_lower:+.1%}",
        high=f"{effect.lift_ci_upper:+.1%}",
    )


def _primary(key: str, case: _Case) -> sentences.Text:
    """Tell the change and its interval in the same measure: both relative, or both not."""
    effect, kind = case.primary, case.plan.primary.kind
    lift = math.nan if math.isnan(effect.lift_ci_lower) else effect.lift
    return sentences.say(
        key,
        metric=_named(case, case.plan.primary),
        lift=sentences.change(kind, lift, effect.difference),
        confidence=1 - effect.alpha,
        p=sentences.pvalue(effect.pvalue_adjusted),
        note=sentences.note(effect.note),
        low=sentences.change(kind, effect.lift_ci_lower, effect.ci_lower),
        high=sentences.change(kind, effect.lift_ci_upper, effect.ci_upper),
    )


def _named(case: _Case, metric: MetricPlan) -> sentences.Text:
    """Name a metric, with the arm where there are several."""
    name = title(metric)
    return (
        {"zh": f"{name['zh']}（{case.arm}）", "en": f"{name['en']} ({case.arm})"}
        if case.plan.treatments[1:]
        else name
    )


def _guard_words(case: _Case) -> sentences.Text:
    guarded = any(metric.role == "guardrail" for metric, _ in case.metrics)
    return sentences.say("guardrails_hold" if guarded else "no_guardrails")


def _interim(case: _Case) -> sentences.Text:
    if math.isinf(case.look.critical):
        return sentences.say("interim_none", days=case.days_left)
    return sentences.say(
        "interim",
        look=case.look.number,
        planned=case.looks,
        needed=case.look.critical,
        found=case.look.statistic,
        days=case.days_left,
    )


def _remarks(checks: Sequence[Check], leading: _Case) -> list[sentences.Text]:
    """Add what must stand beside every verdict.

    Changes of the plan, looks too many, and what the test can see.
    """
    remarks = [
        check.text
        for check in checks
        if check.name in ("plan", "looks") and check.verdict == "watch"
    ]
    if leading.strength.detectable_lift > 0:
        able = sentences.say(
            "detectable", power=leading.plan.power, lift=leading.strength.detectable_lift
        )
        remarks.append(able)
    return remarks


def _next_step(action: Action, rule: int, case: _Case) -> sentences.Text:
    if action == "hold" and rule == 2:
        return sentences.say("next_hold", day=case.plan.end)
    if action == "hold":
        return sentences.say("next_more", units=_units_wanted(case))
    return sentences.say(f"next_{action}", arm=case.arm)


def _units_wanted(case: _Case) -> int:
    guarded = [
        units_for_margin(case.plan, metric, effect)
        for metric, effect in case.metrics
        if metric.role == "guardrail" and guard(metric, effect) == "unproven" and effect.control > 0
    ]
    return max([*guarded, case.strength.units_needed or 0, case.strength.units])


def _primary_gain(case: _Case) -> float:
    """Rank arms by their primary metric; an arm without an estimate comes last."""
    value = better_sign(case.plan.primary) * case.primary.difference
    return -math.inf if math.isnan(value) else value


def _significantly_worse(metric: MetricPlan, effect: Effect) -> bool:
    _, high = _signed(metric, effect.ci_lower, effect.ci_upper)
    return high < 0


def _signed(metric: MetricPlan, low: float, high: float) -> tuple[float, float]:
    """Turn an interval so that higher is better."""
    return (low, high) if metric.better == "higher" else (-high, -low)
