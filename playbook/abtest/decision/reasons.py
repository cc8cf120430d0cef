"""Why a verdict was made: each claim in a sentence with its numbers."""

import math

from playbook.abtest.decision import sentences
from playbook.abtest.decision.case import (
    Case,
    Standing,
    guardrails,
    harmed,
    has_margin,
    unproven,
)
from playbook.abtest.decision.checks import title
from playbook.abtest.decision.corrections import budget
from playbook.abtest.decision.stakes import EarlyStop, units_for_margin
from playbook.abtest.stats.effects import Effect
from playbook.params.experiment import MetricPlan

REMARKED = ("today", "plan", "looks", "rows", "ended", "interaction")
"""Checks whose findings stand beside every verdict; that of the day always, others where odd."""


def harm_reasons(case: Case) -> list[sentences.Text]:
    """Say which metrics are surely harmed."""
    return [
        _harm_words(metric, effect) if metric.role == "guardrail" else _worse_words(metric, effect)
        for metric, effect in harmed(case)
    ]


def unproven_reasons(case: Case) -> list[sentences.Text]:
    """Say which guardrails may still be worse than their margin, and what would tell."""
    return [_unproven_words(case, metric, effect) for metric, effect in unproven(case)]


def primary_reason(key: str, case: Case) -> sentences.Text:
    """Tell the change and its interval in the same measure: both relative, or both not."""
    effect, kind, ends = case.primary, case.plan.primary.kind, case.primary.shown
    lift = math.nan if math.isnan(ends.lift_ci_lower) else effect.lift
    return sentences.say(
        key,
        metric=_named(case, case.plan.primary),
        lift=sentences.change(kind, lift, effect.difference),
        confidence=1 - budget(case.plan).better,
        p=sentences.pvalue(effect.pvalue_adjusted),
        note=sentences.note(effect.note),
        low=sentences.change(kind, ends.lift_ci_lower, ends.ci_lower),
        high=sentences.change(kind, ends.lift_ci_upper, ends.ci_upper),
    )


def guard_reason(case: Case) -> sentences.Text:
    """Say how the guardrails hold, within margins or unharmed; or that there is none."""
    guarded = [metric.guarded for metric in guardrails(case)]
    if not guarded:
        return sentences.say("no_guardrails")
    if all(guarded):
        return sentences.say("guardrails_hold")
    return sentences.say("guardrails_hold_unharmed" if any(guarded) else "guardrails_unharmed")


def interim_reason(case: Case) -> sentences.Text:
    """Say what a look before the end needs, and what it has."""
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


def early_reasons(case: Case, early: EarlyStop | None) -> list[sentences.Text]:
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


def moved_reasons(case: Case) -> list[sentences.Text]:
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


def remarks(standing: Standing, leading: Case) -> list[sentences.Text]:
    """Add what must stand beside every verdict.

    The day of the look, changes of the plan, looks too many, rows that are no units, a test of
    years ago, another test that it depends on, and what the test can see.
    """
    remarks = [
        check.text
        for check in standing.checks
        if check.name in REMARKED and (check.verdict == "watch" or check.name == "today")
    ]
    if leading.strength.detectable_lift > 0:
        able = sentences.say(
            "detectable", power=leading.plan.power, lift=leading.strength.detectable_lift
        )
        remarks.append(able)
    return remarks


def _worse_words(metric: MetricPlan, effect: Effect) -> sentences.Text:
    return sentences.say(
        "worse",
        metric=title(metric),
        p=sentences.pvalue(effect.pvalue_adjusted),
        lift=sentences.unsigned(_change(metric, effect)),
    )


def _harm_words(metric: MetricPlan, effect: Effect) -> sentences.Text:
    """Tell a harmed guardrail: beside its margin where it has one."""
    if not has_margin(metric, effect):
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


def _unproven_words(case: Case, metric: MetricPlan, effect: Effect) -> sentences.Text:
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


def _change(metric: MetricPlan, effect: Effect) -> sentences.Text:
    return sentences.change(metric.kind, effect.lift, effect.difference)


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


def _named(case: Case, metric: MetricPlan) -> sentences.Text:
    """Name a metric, with the arm where there are several."""
    name = title(metric)
    return (
        {"zh": f"{name['zh']}（{case.arm}）", "en": f"{name['en']} ({case.arm})"}
        if case.plan.treatments[1:]
        else name
    )
