"""Where one treatment stands: what is better, harmed, held or open, by the levels of its look."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from playbook.abtest.decision.calendar import Calendar
from playbook.abtest.decision.checks import Check
from playbook.abtest.decision.corrections import Key, Levels
from playbook.abtest.decision.looks import Look
from playbook.abtest.decision.protocol import better_sign
from playbook.abtest.decision.stakes import EarlyStop, Strength, effect_of
from playbook.abtest.stats.effects import Effect
from playbook.abtest.stats.margins import margin_test
from playbook.params.experiment import ExperimentPlan, MetricPlan

Guard = Literal["holds", "harmed", "unproven"]
Measured = tuple[MetricPlan, Effect]


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
class Case:
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


def case_of(plan: ExperimentPlan, arm: str, standing: Standing, able: Strength) -> Case:
    """Put together what the rules look at for one treatment."""
    metrics = tuple(
        (metric, effect_of(standing.effects, metric.name, arm)) for metric in plan.metrics
    )
    primary = next(effect for metric, effect in metrics if metric is plan.primary)
    return Case(
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


def guard(metric: MetricPlan, effect: Effect, levels: Levels) -> Guard:
    """Judge a guardrail: harmed (surely worse than its margin), holds (surely not), or unproven.

    Without a margin, or with a relative one of a control that is 0, it is harmed when it is
    significantly worse, and holds otherwise.
    """
    test = margin_test(metric, effect)
    if math.isnan(test.within):
        return "unproven"
    if not has_margin(metric, effect):
        is_worse = better_sign(metric) * effect.difference < 0
        return "harmed" if is_worse and effect.pvalue < levels.harm else "holds"
    if test.beyond < levels.harm / 2:
        return "harmed"
    return "holds" if test.within < levels.held / 2 else "unproven"


def has_margin(metric: MetricPlan, effect: Effect) -> bool:
    """Tell whether a guardrail has a margin that means something for its control."""
    return metric.margin_abs is not None or (metric.margin is not None and effect.control != 0)


def is_better(case: Case) -> bool:
    """Tell whether the first primary metric is surely better."""
    return (
        better_sign(case.plan.primary) * case.primary.difference > 0
        and case.primary.pvalue < case.of(case.plan.primary).better
    )


def is_running(case: Case) -> bool:
    """Tell whether the test goes on.

    Days are left, and neither benefit nor harm crossed its boundary.
    """
    return case.calendar.days_left > 0 and not is_better(case) and not harmed(case)


def is_spent(case: Case) -> bool:
    """Tell whether an earlier look has taken all alpha, so that nothing can be claimed any more."""
    return case.of(case.plan.primary).better == 0 and case.look.number > 1


def guardrails(case: Case) -> list[MetricPlan]:
    """List the guardrails of a case."""
    return [metric for metric, _ in case.metrics if metric.role == "guardrail"]


def primary_gain(case: Case) -> float:
    """Rank arms by their primary metric; an arm without an estimate comes last."""
    value = better_sign(case.plan.primary) * case.primary.difference
    return -math.inf if math.isnan(value) else value


def harmed(case: Case) -> list[Measured]:
    """List what is surely worse: guardrails first, then primary metrics.

    While the test runs only by the look's own boundary.
    """
    guards = [pair for pair in case.metrics if _guard_of(case, pair) == "harmed"]
    return guards + [
        (metric, effect)
        for metric, effect in case.metrics
        if metric.role == "primary"
        and better_sign(metric) * effect.difference < 0
        and effect.pvalue < case.of(metric).harm
    ]


def unproven(case: Case) -> list[Measured]:
    """List the guardrails that may still be worse than their margin."""
    return [pair for pair in case.metrics if _guard_of(case, pair) == "unproven"]


def _guard_of(case: Case, pair: Measured) -> Guard | None:
    metric, effect = pair
    return guard(metric, effect, case.of(metric)) if metric.role == "guardrail" else None
