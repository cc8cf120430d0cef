"""From checks and effects to one action, by rules in a fixed order, each with its numbers."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from playbook.abtest.decision import sentences
from playbook.abtest.decision.calendar import Calendar
from playbook.abtest.decision.checks import Check, title
from playbook.abtest.decision.corrections import Key, Levels
from playbook.abtest.decision.looks import Look
from playbook.abtest.decision.protocol import better_sign
from playbook.abtest.decision.stakes import (
    Action,
    EarlyStop,
    Money,
    Strength,
    effect_of,
    money,
    units_for_margin,
)
from playbook.abtest.stats.effects import ALL_CONVERTED, NO_CONVERSIONS, Effect
from playbook.abtest.stats.margins import margin_test
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """Where a test stands at one look: all that a decision is made from.

    Attributes:
        checks: All of them.
        effects: Of all metrics and treatments, with corrected p-values.
        levels: P-values below which something is claimed, by metric and arm.
        looks: Taken so far; the last is this one.
        strengths: One per treatment.
        calendar: Day of the look, and what is left.
        early: What an early stop owes to luck; None where the test was not stopped early.
    """

    checks: Sequence[Check]
    effects: Sequence[Effect]
    levels: Mapping[Key, Levels]
    looks: Sequence[Look]
    strengths: Sequence[Strength]
    calendar: Calendar
    early: EarlyStop | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Case:
    """All that the rules look at, for one treatment."""

    plan: ExperimentPlan
    arm: str
    primary: Effect
    metrics: tuple[tuple[MetricPlan, Effect], ...]
    levels: Mapping[Key, Levels]
    look: Look
    looks: int
    calendar: Calendar
    strength: Strength

    def of(self, metric: MetricPlan) -> Levels:
        """Return the levels of a metric."""
        return self.levels[metric.name, self.arm]


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
    cases = [_case(plan, arm, standing, by_arm[arm]) for arm in plan.treatments]
    leading = max(cases, key=_primary_gain)
    action, rule, case, reasons = _first_rule(standing.checks, cases, leading)
    early = standing.early if action == "ship" else None
    others = [*_others(cases, case), *_moved(case)] if action != "invalid" else []
    return Decision(
        action=action,
        arm=case.arm,
        rule=rule,
        reasons=(*reasons, *_less_luck(case, early), *others, *_remarks(standing, leading)),
        next_step=_next_step(action, rule, case),
        money=money(plan, standing.effects, case.arm, action, early.keep if early else 1.0),
        days_left=standing.calendar.days_left if plan.end else None,
        early=early,
    )


def guard(metric: MetricPlan, effect: Effect, levels: Levels) -> Guard:
    """Judge a guardrail: harmed (surely worse than its margin), holds (surely not), or unproven.

    Without a margin, or with a relative one of a control that is 0, it is harmed when it is
    significantly worse, and holds otherwise.
    """
    test = margin_test(metric, effect)
    if math.isnan(test.within):
        return "unproven"
    if not _has_margin(metric, effect):
        is_worse = better_sign(metric) * effect.difference < 0
        return "harmed" if is_worse and effect.pvalue < levels.harm else "holds"
    if test.beyond < levels.harm / 2:
        return "harmed"
    return "holds" if test.within < levels.held / 2 else "unproven"


def _has_margin(metric: MetricPlan, effect: Effect) -> bool:
    return metric.margin_abs is not None or (metric.margin is not None and effect.control != 0)


def _case(plan: ExperimentPlan, arm: str, standing: Standing, able: Strength) -> _Case:
    metrics = tuple(
        (metric, effect_of(standing.effects, metric.name, arm)) for metric in plan.metrics
    )
    primary = next(effect for metric, effect in metrics if metric is plan.primary)
    return _Case(
        plan=plan,
        arm=arm,
        primary=primary,
        metrics=metrics,
        levels=standing.levels,
        look=standing.looks[-1],
        looks=max(len(standing.looks) + bool(standing.calendar.days_left), len(plan.looks) + 1),
        calendar=standing.calendar,
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
    if case.calendar.days_left > 0:
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
    if _is_spent(case):
        return "iterate", 7, case, [sentences.say("spent"), _primary("open", case)]
    ends, mde = case.primary.shown, case.plan.mde
    low, high = ends.lift_ci_lower, ends.lift_ci_upper
    if mde and -mde < low and high < mde:
        return "iterate", 6, case, [sentences.say("ruled_out", low=low, high=high, mde=mde)]
    if math.isnan(case.primary.pvalue) or case.primary.note in ALL_ALIKE:
        return "iterate", 7, case, [_primary("no_test", case)]
    blind = (
        case.strength.units_needed is not None and case.strength.units_needed > case.strength.units
    )
    return "hold" if blind else "iterate", 7, case, [_primary("open", case)]


def _is_spent(case: _Case) -> bool:
    """Tell whether an earlier look has taken all alpha, so that nothing can be claimed any more."""
    return case.of(case.plan.primary).better == 0 and case.look.number > 1


def _running(case: _Case) -> bool:
    """Tell whether the test goes on.

    Days are left, and neither benefit nor harm crossed its boundary.
    """
    return case.calendar.days_left > 0 and not _better(case) and not _harm(case)


def _better(case: _Case) -> bool:
    return (
        better_sign(case.plan.primary) * case.primary.difference > 0
        and case.primary.pvalue < case.of(case.plan.primary).better
    )


def _harm(case: _Case) -> list[sentences.Text]:
    """Say which metrics are surely harmed; while the test runs, only by the look's own boundary."""
    harms = [
        _harm_words(metric, effect)
        for metric, effect in case.metrics
        if metric.role == "guardrail" and guard(metric, effect, case.of(metric)) == "harmed"
    ]
    return harms + [
        _worse_words(metric, effect)
        for metric, effect in case.metrics
        if metric.role == "primary"
        and better_sign(metric) * effect.difference < 0
        and effect.pvalue < case.of(metric).harm
    ]


def _worse_words(metric: MetricPlan, effect: Effect) -> sentences.Text:
    return sentences.say(
        "worse",
        metric=title(metric),
        p=sentences.pvalue(effect.pvalue_adjusted),
        lift=sentences.unsigned(_change(metric, effect)),
    )


def _change(metric: MetricPlan, effect: Effect) -> sentences.Text:
    return sentences.change(metric.kind, effect.lift, effect.difference)


def _harm_words(metric: MetricPlan, effect: Effect) -> sentences.Text:
    """Tell a harmed guardrail: beside its margin where it has one."""
    if not _has_margin(metric, effect):
        return sentences.say(
            "harm_open",
            metric=title(metric),
            lift=sentences.unsigned(_change(metric, effect)),
            p=sentences.pvalue(effect.pvalue_adjusted),
        )
    low, high = _interval(metric, effect)
    return sentences.say(
        "harm",
        metric=title(metric),
        worse=sentences.unsigned(_in_kind_of_margin(metric, effect.lift, effect.difference)),
        margin=_margin(metric),
        low=low,
        high=high,
    )


def _margin(metric: MetricPlan) -> sentences.Text:
    if metric.margin_abs is not None:
        return sentences.unsigned(sentences.points(metric.kind, metric.margin_abs))
    return sentences.same(f"{metric.margin or 0.0:.1%}")


def _in_kind_of_margin(metric: MetricPlan, lift: float, difference: float) -> sentences.Text:
    """Print a change as the margin is given: relative, or in the metric's unit."""
    relative = metric.margin is not None and not math.isnan(lift)
    return sentences.change(metric.kind, lift if relative else math.nan, difference)


def _interval(metric: MetricPlan, effect: Effect) -> tuple[sentences.Text, sentences.Text]:
    ends = effect.shown
    low = _in_kind_of_margin(metric, ends.lift_ci_lower, ends.ci_lower)
    high = _in_kind_of_margin(metric, ends.lift_ci_upper, ends.ci_upper)
    return low, high


def _unproven(case: _Case) -> list[sentences.Text]:
    return [
        _unproven_words(case, metric, effect)
        for metric, effect in case.metrics
        if metric.role == "guardrail" and guard(metric, effect, case.of(metric)) == "unproven"
    ]


def _unproven_words(case: _Case, metric: MetricPlan, effect: Effect) -> sentences.Text:
    if math.isnan(effect.difference):
        return sentences.say(
            "unproven_open", metric=title(metric), note=sentences.note(effect.note)
        )
    low, high = _interval(metric, effect)
    return sentences.say(
        "unproven",
        metric=title(metric),
        margin=_margin(metric),
        units=units_for_margin(case.plan, metric, effect, case.of(metric).held),
        low=low,
        high=high,
    )


def _primary(key: str, case: _Case) -> sentences.Text:
    """Tell the change and its interval in the same measure: both relative, or both not."""
    effect, kind, ends = case.primary, case.plan.primary.kind, case.primary.shown
    lift = math.nan if math.isnan(ends.lift_ci_lower) else effect.lift
    return sentences.say(
        key,
        metric=_named(case, case.plan.primary),
        lift=sentences.change(kind, lift, effect.difference),
        confidence=1 - case.plan.alpha,
        p=sentences.pvalue(effect.pvalue_adjusted),
        note=sentences.note(effect.note),
        low=sentences.change(kind, ends.lift_ci_lower, ends.ci_lower),
        high=sentences.change(kind, ends.lift_ci_upper, ends.ci_upper),
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
    return sentences.say("guardrails_hold" if _guardrails(case) else "no_guardrails")


def _interim(case: _Case) -> sentences.Text:
    days = case.calendar.days_left
    if math.isinf(case.look.critical):
        return sentences.say("interim_none", days=days)
    return sentences.say(
        "interim",
        look=case.look.number,
        planned=case.looks,
        needed=case.look.critical,
        statistic=case.look.statistic,
        days=days,
    )


def _less_luck(case: _Case, early: EarlyStop | None) -> list[sentences.Text]:
    """Say what is left of the estimate after an early stop."""
    if early is None:
        return []
    metric = case.plan.primary
    return [
        sentences.say(
            "early",
            metric=_named(case, metric),
            plain=_change(metric, case.primary),
            lift=sentences.change(metric.kind, early.lift, early.difference),
        )
    ]


def _remarks(standing: Standing, leading: _Case) -> list[sentences.Text]:
    """Add what must stand beside every verdict.

    Changes of the plan, looks too many, rows that are no units, a test of years ago, and what the
    test can see.
    """
    remarks = [
        check.text
        for check in standing.checks
        if check.name in ("plan", "looks", "rows", "ended", "control") and check.verdict == "watch"
    ]
    if leading.strength.detectable_lift > 0:
        able = sentences.say(
            "detectable", power=leading.plan.power, lift=leading.strength.detectable_lift
        )
        remarks.append(able)
    return remarks


def _next_step(action: Action, rule: int, case: _Case) -> sentences.Text:
    if action == "hold" and rule == 2:
        return sentences.say("next_hold", day=case.calendar.end)
    if action == "hold":
        return sentences.say("next_more", units=_units_wanted(case))
    if action == "ship" and not _guardrails(case):
        return sentences.say("next_ship_alone", arm=case.arm)
    if action == "iterate" and _is_spent(case):
        return sentences.say("next_spent")
    if action == "iterate" and case.primary.note in ALL_ALIKE:
        return sentences.say("next_measure", metric=title(case.plan.primary))
    return sentences.say(f"next_{action}", arm=case.arm)


def _guardrails(case: _Case) -> list[MetricPlan]:
    return [metric for metric, _ in case.metrics if metric.role == "guardrail"]


def _units_wanted(case: _Case) -> int:
    guarded = [
        units_for_margin(case.plan, metric, effect, case.of(metric).held)
        for metric, effect in case.metrics
        if metric.role == "guardrail"
        and not math.isnan(effect.se)
        and guard(metric, effect, case.of(metric)) == "unproven"
    ]
    return max([*guarded, case.strength.units_needed or 0, case.strength.units])


def _primary_gain(case: _Case) -> float:
    """Rank arms by their primary metric; an arm without an estimate comes last."""
    value = better_sign(case.plan.primary) * case.primary.difference
    return -math.inf if math.isnan(value) else value
