"""Was the plan kept.

What changed since registration, and how often the running test was looked at.
"""

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from scipy import special

from playbook.abtest.decision import sentences
from playbook.abtest.decision.health import Check, check
from playbook.abtest.stats.effects import Effect
from playbook.abtest.stats.sequential import (
    always_critical,
    boundaries,
    confidence_sequence,
    peeking_cost,
)
from playbook.methods.intervals import normal_quantile
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
class Look:
    """One look at the data of the first primary metric.

    Attributes:
        number: 1 for the first look.
        day: Of the look; None where the plan has no dates.
        time: Share of the planned days that had passed, included this one.
        critical: |z| that stops the test at this look; infinite where no early stop is planned.
        statistic: z of the leading arm after correction, positive when better; for earlier looks of
            the units that had entered by then, NaN without a date column.
        crossed: Whether this look stops the test.
    """

    number: int
    day: date | None
    time: float
    critical: float
    statistic: float = math.nan
    crossed: bool = False


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
        return check("plan", "plan_open", value=math.nan)
    if plan.registered_hash != now:
        return check(
            "plan", "plan_watch", value=1, threshold=0, fields=sentences.say("plan_unknown_change")
        )
    return check("plan", "plan_ok", value=0, threshold=0, hash=now[:12])


def looks(
    plan: ExperimentPlan, effects: Sequence[Effect], taken: Sequence[date], today: date | None
) -> tuple[Look, ...]:
    """Place all looks so far in the planned time, with the boundary that each had to cross.

    Args:
        plan: Of the test; without dates there is one look.
        effects: Effects with adjusted p-values.
        taken: Days of earlier looks; those outside the test, or on the day of this one, do not
            count.
        today: Day of this look; the planned end where left out.
    """
    best = leading_z(plan, effects)
    if plan.start is None or plan.end is None:
        days, times = [today], [1.0]
    else:
        last = max(plan.start, min(today or plan.end, plan.end))
        days = [*sorted({day for day in taken if plan.start <= day < last}), last]
        whole = (plan.end - plan.start).days + 1
        times = [((day - plan.start).days + 1) / whole for day in days if day]
    limits = _limits(plan, times, effects)
    planned = [
        Look(number=i + 1, day=days[i], time=times[i], critical=limits[i]) for i in range(len(days))
    ]
    return (
        *planned[:-1],
        dataclasses.replace(planned[-1], statistic=best, crossed=abs(best) >= limits[-1]),
    )


def leading_z(plan: ExperimentPlan, effects: Sequence[Effect]) -> float:
    """Return the z of the leading arm on the first primary metric; NaN where no arm has one."""
    scores = [
        _signed_z(plan.primary, effect) for effect in effects if effect.metric == plan.primary.name
    ]
    return max((z for z in scores if not math.isnan(z)), default=math.nan)


def look_check(plan: ExperimentPlan, sequence: Sequence[Look]) -> list[Check]:
    """Compare the looks taken with those planned.

    Nothing to say without dates, or where any number is allowed.
    """
    if plan.start is None or plan.spending == "always":
        return []
    planned, taken = len(plan.looks) + 1, len(sequence)
    over = "looks_none_watch" if plan.spending == "none" else "looks_watch"
    cost = peeking_cost(taken, plan.alpha)
    key = over if taken > planned else "looks_ok"
    return [
        check(
            "looks",
            key,
            value=taken,
            threshold=planned,
            taken=taken,
            planned=planned,
            alpha=plan.alpha,
            cost=cost,
        )
    ]


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
                each.difference, each.se, _units(each), alpha=plan.alpha, tune_units=plan.tune_units
            ),
        )
        for each in effects
        if each.se > 0
    ]
    return tuple(
        AlwaysValid(metric=each.metric, arm=each.arm, ci_lower=low, ci_upper=high, pvalue=p)
        for each, ((low, high), p) in sequences
    )


def _limits(plan: ExperimentPlan, times: Sequence[float], effects: Sequence[Effect]) -> list[float]:
    """Return the critical |z| of each look.

    Always valid ones take earlier units to have come in evenly.
    """
    if plan.spending == "none":
        return [normal_quantile(plan.alpha) if time >= 1 else math.inf for time in times]
    if plan.spending == "always":
        units = max(_units(effect) for effect in effects if effect.metric == plan.primary.name)
        so_far = [max(1, round(units * time / times[-1])) for time in times]
        return [always_critical(count, plan.alpha, plan.tune_units) for count in so_far]
    return boundaries(times, plan.alpha, plan.spending)


def _units(effect: Effect) -> int:
    return effect.n_control + effect.n_treatment


def _signed_z(metric: MetricPlan, effect: Effect) -> float:
    """Return the normal equivalent of the adjusted p-value, positive when the arm is better."""
    if math.isnan(effect.pvalue_adjusted):
        return math.nan
    z = float(special.ndtri(effect.pvalue_adjusted / 2))
    return math.copysign(z, better_sign(metric) * effect.difference)
