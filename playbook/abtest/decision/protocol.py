"""Was the plan kept: what changed since registration."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from playbook.abtest.decision import sentences
from playbook.abtest.decision.checks import Check, check
from playbook.abtest.stats.effects import Effect
from playbook.abtest.stats.sequential import (
    confidence_sequence,
)
from playbook.params.experiment import REGISTRATION, ExperimentPlan, MetricPlan, plan_hash

DECISIVE = ("arms", "metrics", "alpha", "variant", "unit", "cluster")
"""Parts of a plan whose change after registration makes the result worthless as a proof."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One field of the plan that differs from its registration; values as text."""

    field: str
    registered: str
    now: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AlwaysValid:
    """Interval and p-value of one effect that hold at every moment, however often one looks.

    Attributes:
        metric: Id of the metric.
        arm: The treatment.
        ci_lower: Lower end of the interval of the difference, confidence 1 − alpha.
        ci_upper: Its upper end.
        pvalue: Always valid; not corrected for several metrics and arms.
    """

    metric: str
    arm: str
    ci_lower: float
    ci_upper: float
    pvalue: float


def changed(registered: ExperimentPlan | None, plan: ExperimentPlan) -> tuple[Change, ...]:
    """List the fields that differ between two plans; none where there is no registered one."""
    if registered is None:
        return ()
    before, after = (
        each.model_dump(mode="json", exclude=REGISTRATION) for each in (registered, plan)
    )
    before["arms"], after["arms"] = list(before["arms"].items()), list(after["arms"].items())
    return tuple(
        Change(field=name, registered=str(before[name]), now=str(after[name]))
        for name in before
        if before[name] != after[name]
    )


def plan_check(plan: ExperimentPlan, changes: Sequence[Change]) -> Check:
    """Compare the plan with its registration, by its copy or else by its hash."""
    now = plan_hash(plan)
    if changes:
        names = ", ".join(change.field for change in changes)
        key = "plan_stop" if any(change.field in DECISIVE for change in changes) else "plan_watch"
        return check("plan", key, value=len(changes), threshold=0, fields=names)
    if plan.registered_hash is None:
        return check("plan", "plan_open_watch", value=math.nan)
    if plan.registered_hash != now:
        return check(
            "plan", "plan_watch", value=1, threshold=0, fields=sentences.say("plan_unknown_change")
        )
    return check("plan", "plan_ok", value=0, threshold=0, hash=now[:12])


def better_sign(metric: MetricPlan) -> int:
    """Return 1 where higher is better, −1 where lower is."""
    return 1 if metric.better == "higher" else -1


def always_valid(plan: ExperimentPlan, effects: Sequence[Effect]) -> tuple[AlwaysValid, ...]:
    """Make the confidence sequences of all effects that have a standard error.

    None unless the plan asks for them.
    """
    if plan.spending != "always":
        return ()
    sequences = [
        (
            each,
            confidence_sequence(
                each.difference,
                each.se,
                units_of(each),
                alpha=plan.alpha,
                tune_units=plan.tune_units,
            ),
        )
        for each in effects
        if each.se > 0
    ]
    return tuple(
        AlwaysValid(metric=each.metric, arm=each.arm, ci_lower=low, ci_upper=high, pvalue=p)
        for each, ((low, high), p) in sequences
    )


def units_of(effect: Effect) -> int:
    """Count the units of both arms of an effect."""
    return effect.n_control + effect.n_treatment
