"""The whole evaluation of one test.

From rows and plan to checks, effects, decision, and plain tables.
"""

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from playbook.abtest.decision.calendar import Calendar, calendar, look_day
from playbook.abtest.decision.case import Standing
from playbook.abtest.decision.checks import Check
from playbook.abtest.decision.corrections import (
    Key,
    Levels,
    LookLevel,
    budget,
    claim_levels,
    corrected,
    interval_level,
)
from playbook.abtest.decision.health import outlier_check, validity
from playbook.abtest.decision.looks import (
    Look,
    Moment,
    look_check,
    look_history,
    look_levels,
    placed_looks,
)
from playbook.abtest.decision.parts import reversed_checks, segment_results, trend_results
from playbook.abtest.decision.protocol import (
    AlwaysValid,
    Change,
    always_valid,
    better_sign,
    changed,
    plan_check,
    units_of,
)
from playbook.abtest.decision.stakes import EarlyStop, Strength, chances, losses, strength
from playbook.abtest.decision.verdict import Decision, decide
from playbook.abtest.stats.effects import Effect
from playbook.abtest.stats.equivalence import Equivalence, relative_equivalence
from playbook.abtest.stats.metric_effects import effects
from playbook.abtest.stats.moments import Moments, roll_up, units
from playbook.abtest.stats.segments import Heterogeneity, Segment, Trend
from playbook.abtest.stats.sequential import bias_adjusted
from playbook.abtest.stats.strata import stratified_effects
from playbook.abtest.units import aggregate_ibis, gather, gather_ibis
from playbook.abtest.units.gathered import Gather, Gathered
from playbook.params.experiment import ExperimentPlan, plan_hash

_BY_ARROW: Gather = gather.gather
_BY_IBIS: Gather = gather_ibis.gather


@dataclass(frozen=True, kw_only=True, slots=True)
class Evaluation:
    """Everything that is known about one test; cards, JSON and findings are made from it.

    Attributes:
        plan: As evaluated.
        plan_hash: Of that plan.
        changes: Fields that differ from the registered plan.
        today: Day of the look; None for a test without dates.
        units: Units per arm, those without an arm under "".
        checks: Validity first.
        effects: Every metric and treatment, in the order of the plan.
        segments: Effects on the first primary metric within the levels of each segment column.
        heterogeneity: One entry per segment column and treatment, for the first primary metric.
        trends: One entry per treatment, where there are enough days, for the first primary metric.
        sequential: Looks taken, this one last.
        sequences: Always-valid interval of each effect; empty unless the plan's spending is
            "always".
        equivalences: Equivalence to the control of each metric for which the plan asks it, and
            treatment.
        chances: Probability by arm to be best on the first primary metric; empty where undefined.
        losses: Expected loss by arm of choosing it, in the unit of that metric; empty where
            undefined.
        power: What the test can see, one entry per treatment.
        decision: What to do, and why; money at stake is its part.
    """

    plan: ExperimentPlan
    plan_hash: str
    changes: tuple[Change, ...]
    today: date | None
    units: Mapping[str, int]
    checks: tuple[Check, ...]
    effects: tuple[Effect, ...]
    segments: tuple[Segment, ...]
    heterogeneity: tuple[Heterogeneity, ...]
    trends: tuple[Trend, ...]
    sequential: tuple[Look, ...]
    sequences: tuple[AlwaysValid, ...]
    equivalences: tuple[Equivalence, ...]
    chances: Mapping[str, float]
    losses: Mapping[str, float]
    power: tuple[Strength, ...]
    decision: Decision


def evaluate(
    data: Any,
    plan: ExperimentPlan,
    *,
    looks_taken: Sequence[date] = (),
    today: date | None = None,
    clock: date | None = None,
    timezone: str | None = None,
    registered: ExperimentPlan | None = None,
) -> Evaluation:
    """Evaluate a test as planned.

    Args:
        data: One row per unit: data frame, Arrow table, DuckDB relation, CSV or Parquet path, or a
            table in a database through Ibis, which is summed up there; or units that were gathered
            before.
        plan: What was meant to be shown.
        looks_taken: Days on which somebody looked at the result before, from the run history; those
            that the registration holds count too.
        today: Day of this look; units that entered later are left out. Where left out the last day
            of the data, or `clock` where the data cannot tell; see `calendar`.
        clock: The machine's day where left out; a run gives the last day of its period.
        timezone: In which moments are cut into days where the plan names none.
        registered: The plan as registered, to say what has changed since.

    Raises:
        PlaybookError: The data cannot be read, lack a column or an arm, or hold what is no number.
    """
    plan, now = _as_registered(plan, registered), clock or date.today()
    choose = partial(look_day, plan=plan, given=today, clock=now)
    gathered = _gathered(data, plan, timezone, choose)
    total = roll_up(gathered.parts[""])
    times = calendar(plan, gathered.days, today, now)
    known_looks = (*looks_taken, *plan.looks_taken, *(registered.looks_taken if registered else ()))
    moments = look_history(plan, known_looks, times, gathered.days, registered)
    strata = gathered.parts[plan.strata] if plan.strata else None
    plain = [*_from_moments(total, plan, strata=strata), *gathered.quantiles]
    seen = [*_earlier(moments, gathered, plan), plain]
    claims = look_levels(plan, moments, _most_units(plan, plain))
    levels = [
        claim_levels(plan, effects or plain, level)
        for effects, level in zip(seen, claims, strict=True)
    ]
    sequence = placed_looks(plan, moments, levels, seen)
    measured = _at_their_levels(total, plan, plain, levels[-1], claims[-1], gathered)
    changes = changed(registered, plan)
    split, alike, split_checks = segment_results(gathered.parts, plan, measured)
    trends, trend_checks = trend_results(gathered.parts, plan)
    sizes = validity(gathered, plan, times)
    checks = (
        *sizes,
        *split_checks,
        *reversed_checks(alike, sizes, plan),
        *trend_checks,
        *_outliers(gathered.largest, plan, measured),
        plan_check(plan, changes),
        *look_check(plan, sequence),
    )
    able = tuple(_strengths(plan, measured, levels[-1], times))
    standing = Standing(
        checks=checks,
        effects=measured,
        levels=levels[-1],
        looks=sequence,
        strengths=able,
        calendar=times,
        early=_early_stop(plan, plain, moments, sequence),
    )
    return Evaluation(
        plan=plan,
        plan_hash=plan_hash(plan),
        changes=changes,
        today=times.day,
        units=units(total),
        checks=checks,
        effects=measured,
        segments=split,
        heterogeneity=alike,
        trends=trends,
        sequential=sequence,
        sequences=always_valid(plan, measured),
        equivalences=_equivalences(plan, measured),
        chances=chances(plan, measured),
        losses=losses(plan, measured),
        power=able,
        decision=decide(plan, standing),
    )


def _as_registered(plan: ExperimentPlan, registered: ExperimentPlan | None) -> ExperimentPlan:
    """Note on the plan when, and as what, it was registered; what it asks for stays as it is."""
    if registered is None:
        return plan
    return plan.model_copy(
        update={"registered_hash": plan_hash(registered), "registered_on": registered.registered_on}
    )


def _gathered(
    data: Any,
    plan: ExperimentPlan,
    timezone: str | None,
    choose: Callable[[Sequence[date]], date | None],
) -> Gathered:
    """Sum up the units where they lie: in a database there, else here."""
    if isinstance(data, Gathered):
        return data
    table = aggregate_ibis.table_of(data)
    if table is None:
        return _BY_ARROW(data, plan, timezone=timezone, look_day=choose)
    return _BY_IBIS(table, plan, timezone=timezone, look_day=choose)


def _earlier(
    moments: Sequence[Moment], gathered: Gathered, plan: ExperimentPlan
) -> list[list[Effect]]:
    """Say what earlier looks saw: the units that had entered by then; nothing without dates."""
    if plan.date_column is None:
        return [[] for _ in moments[:-1]]
    return [
        _from_moments(gathered.until(moment.day), plan) if moment.day else []
        for moment in moments[:-1]
    ]


def _from_moments(
    total: Moments,
    plan: ExperimentPlan,
    alphas: Mapping[Key, float] | None = None,
    strata: Moments | None = None,
) -> list[Effect]:
    """Compare all arms on all metrics, without correction.

    Args:
        total: Moments of all units.
        plan: With metrics and arms.
        alphas: By metric and arm, where intervals have a level of their own.
        strata: Moments by the plan's strata; rates and means are then averaged over them.
    """
    arms, clustered = [plan.control, *plan.treatments], plan.cluster is not None
    compared: list[Effect] = []
    for metric in plan.metrics:
        if metric.kind == "quantile":
            continue
        own = {arm: alphas[metric.name, arm] for arm in plan.treatments} if alphas else None
        averaged: tuple[Effect, ...] = ()
        if strata is not None and plan.strata and metric.kind in ("rate", "mean"):
            averaged = stratified_effects(
                strata, plan.strata, metric, arms, alpha=plan.alpha, alphas=own
            )
        compared += averaged or effects(
            total, metric, arms, alpha=plan.alpha, clustered=clustered, alphas=own
        )
    return compared


def _at_their_levels(
    total: Moments,
    plan: ExperimentPlan,
    plain: Sequence[Effect],
    levels: Mapping[Key, Levels],
    look: LookLevel,
    gathered: Gathered,
) -> tuple[Effect, ...]:
    """Give each effect the interval and the p-value of the level at which it is claimed."""
    strata = gathered.parts[plan.strata] if plan.strata else None
    roles = {metric.name: metric.role for metric in plan.metrics}
    alphas = {key: interval_level(roles[key[0]], each, plan.alpha) for key, each in levels.items()}
    at_levels = {
        (effect.metric, effect.arm): _above_nothing(effect, plan, gathered).ends
        for effect in _from_moments(total, plan, alphas, strata)
    }
    alone = [_above_nothing(effect, plan, gathered) for effect in plain]
    with_ends = [
        dataclasses.replace(effect, corrected=at_levels.get((effect.metric, effect.arm)))
        for effect in alone
    ]
    return corrected(plan, with_ends, levels, look)


def _above_nothing(effect: Effect, plan: ExperimentPlan, gathered: Gathered) -> Effect:
    """Cut the interval of a lift at −100 % where no value lies below 0."""
    metric = next(each for each in plan.metrics if each.name == effect.metric)
    columns = [name for name in (metric.numerator, metric.denominator) if name]
    if not effect.lift_ci_lower < -1 or any(gathered.smallest(name) < 0 for name in columns):
        return effect
    return dataclasses.replace(effect, lift_ci_lower=-1.0)


def _most_units(plan: ExperimentPlan, effects: Sequence[Effect]) -> int:
    return max(units_of(effect) for effect in effects if effect.metric == plan.primary.name)


def _early_stop(
    plan: ExperimentPlan,
    plain: Sequence[Effect],
    moments: Sequence[Moment],
    sequence: Sequence[Look],
) -> EarlyStop | None:
    """Take from the leading estimate what it owes to a stop before the end."""
    look = sequence[-1]
    if not look.crossed or look.time >= 1 or plan.spending not in ("obf", "pocock"):
        return None
    here = [effect for effect in plain if effect.metric == plan.primary.name]
    leading = max(here, key=lambda effect: better_sign(plan.primary) * effect.difference)
    whole = moments[-1].units / look.time
    shares = [*(moment.units / whole for moment in moments), 1.0]
    kept = bias_adjusted(shares, [each.critical for each in sequence], look.statistic)
    difference = kept * leading.difference
    lift = difference / leading.control if leading.control > 0 else math.nan
    return EarlyStop(
        metric=leading.metric, arm=leading.arm, difference=difference, lift=lift, keep=kept
    )


def _equivalences(plan: ExperimentPlan, effects: Sequence[Effect]) -> tuple[Equivalence, ...]:
    margins = {
        metric.name: metric.margin for metric in plan.metrics if metric.equivalent and metric.margin
    }
    return tuple(
        relative_equivalence(effect, margins[effect.metric])
        for effect in effects
        if effect.metric in margins
    )


def _outliers(
    largest_of: Callable[[str], float], plan: ExperimentPlan, effects: Sequence[Effect]
) -> list[Check]:
    checks: list[Check] = []
    for metric in plan.metrics:
        checks += outlier_check(largest_of, plan, metric, _of_metric(effects, metric.name))
    return checks


def _of_metric(effects: Sequence[Effect], metric: str) -> list[Effect]:
    return [effect for effect in effects if effect.metric == metric]


def _strengths(
    plan: ExperimentPlan,
    effects: Sequence[Effect],
    levels: Mapping[Key, Levels],
    times: Calendar,
) -> list[Strength]:
    """Say what the whole test can see: at the level of its end, not at that of an interim look."""
    days = None
    if plan.start and plan.end and times.day:
        days = (min(times.day, plan.end) - plan.start).days + 1
    return [
        strength(
            plan, effect, days, _level_at_the_end(plan, levels[effect.metric, effect.arm], times)
        )
        for effect in effects
        if effect.metric == plan.primary.name
    ]


def _level_at_the_end(plan: ExperimentPlan, levels: Levels, times: Calendar) -> float:
    if times.days_left == 0 and levels.better > 0:
        return levels.better
    primaries = sum(metric.role == "primary" for metric in plan.metrics)
    return budget(plan).better / len(plan.treatments) / primaries
