"""The whole evaluation of one test.

From rows and plan to checks, effects, decision, and plain tables.
"""

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from scipy import special

from playbook.abtest.decision import sentences
from playbook.abtest.decision.health import (
    Check,
    check,
    outlier_check,
    stray_checks,
    title,
    validity,
)
from playbook.abtest.decision.protocol import (
    AlwaysValid,
    Change,
    Look,
    always_valid,
    changed,
    leading_z,
    look_check,
    looks,
    plan_check,
)
from playbook.abtest.decision.stakes import Strength, chances, losses, strength
from playbook.abtest.decision.verdict import Decision, decide
from playbook.abtest.stats.effects import Effect, Step
from playbook.abtest.stats.equivalence import Equivalence, relative_equivalence
from playbook.abtest.stats.metric_effects import effects
from playbook.abtest.stats.moments import Moments, levels, only, roll_up, units
from playbook.abtest.stats.multiplicity import adjust, dunnett
from playbook.abtest.stats.segments import (
    MOST_LEVELS,
    Heterogeneity,
    Segment,
    Trend,
    by_segment,
    daily_trend,
    heterogeneity,
)
from playbook.abtest.units import aggregate_ibis, gather
from playbook.abtest.units.gathered import Gather, Gathered
from playbook.params.experiment import ExperimentPlan, plan_hash

_BY_ARROW: Gather = gather.gather
_BY_IBIS: Gather = aggregate_ibis.gather


@dataclass(frozen=True, kw_only=True, slots=True)
class Evaluation:
    """Everything that is known about one test; cards, JSON and findings are made from it.

    Attributes:
        plan: As evaluated.
        plan_hash: Of that plan.
        changes: Fields that differ from the registered plan.
        today: Day of the evaluation; None for "after the end".
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
    registered: ExperimentPlan | None = None,
) -> Evaluation:
    """Evaluate a test as planned.

    Args:
        data: One row per unit: data frame, Arrow table, DuckDB relation, CSV or Parquet path, or a
            table in a database through Ibis, which is summed up there.
        plan: What was meant to be shown.
        looks_taken: Days on which somebody looked at the result before, from the run history.
        today: Day of this look; after the planned end where left out.
        registered: The plan as registered, to say what has changed since.

    Raises:
        PlaybookError: The data cannot be read, lack a column or an arm, or hold what is no number.
    """
    plan = _as_registered(plan, registered)
    gathered = _gathered(data, plan)
    parts = gathered.parts
    total = roll_up(parts[""])
    measured = adjusted([*_from_moments(total, plan), *gathered.quantiles], plan)
    sequence = _with_history(looks(plan, measured, looks_taken, today), parts, plan)
    split, alike, split_checks = _segments(parts, plan, measured)
    trends, trend_checks = _trends(parts, plan)
    changes = changed(registered, plan)
    checks = (
        *validity(parts, plan, today),
        *stray_checks(gathered.strays),
        *split_checks,
        *trend_checks,
        *_outliers(gathered.largest, plan, measured),
        plan_check(plan, changes),
        *look_check(plan, sequence),
    )
    able = tuple(_strengths(plan, measured, today))
    return Evaluation(
        plan=plan,
        plan_hash=plan_hash(plan),
        changes=changes,
        today=today,
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
        decision=decide(plan, checks, measured, sequence, able, today),
    )


def adjusted(effects: Sequence[Effect], plan: ExperimentPlan) -> tuple[Effect, ...]:
    """Correct p-values.

    Dunnett over the arms of a metric, then Holm over primaries and BH over secondaries.
    """
    arms: list[Effect] = []
    for metric in plan.metrics:
        arms += _over_arms(_of_metric(effects, metric.name))
    roles = {metric.name: metric.role for metric in plan.metrics}
    for role, method in (("primary", "holm"), ("secondary", "bh")):
        for arm in plan.treatments:
            places = [
                i
                for i, effect in enumerate(arms)
                if roles[effect.metric] == role and effect.arm == arm
            ]
            values = adjust([arms[i].pvalue_adjusted for i in places], method)  # type: ignore[arg-type]
            for i, p in zip(places, values, strict=True):
                arms[i] = dataclasses.replace(arms[i], pvalue_adjusted=p)
    return tuple(arms)


def _as_registered(plan: ExperimentPlan, registered: ExperimentPlan | None) -> ExperimentPlan:
    """Note on the plan when, and as what, it was registered; what it asks for stays as it is."""
    if registered is None:
        return plan
    return plan.model_copy(
        update={"registered_hash": plan_hash(registered), "registered_on": registered.registered_on}
    )


def _gathered(data: Any, plan: ExperimentPlan) -> Gathered:
    """Sum up the units where they lie: in a database there, else here."""
    table = aggregate_ibis.table_of(data)
    if table is None:
        return _BY_ARROW(data, plan)
    return _BY_IBIS(table, plan)


def _with_history(
    sequence: tuple[Look, ...], parts: Mapping[str, Moments], plan: ExperimentPlan
) -> tuple[Look, ...]:
    """Say what earlier looks would show of the units that had entered by then.

    Unchanged without a date column.
    """
    if plan.date_column is None:
        return sequence
    by_day, seen = parts[plan.date_column], []
    days = levels(by_day, plan.date_column)
    for look in sequence[:-1]:
        until = {day for day in days if look.day and "" < day <= look.day.isoformat()}
        so_far = roll_up(only(by_day, plan.date_column, until))
        effects_then = adjusted(_from_moments(so_far, plan), plan) if until else ()
        seen.append(dataclasses.replace(look, statistic=leading_z(plan, effects_then)))
    return (*seen, *sequence[-1:])


def _from_moments(total: Moments, plan: ExperimentPlan) -> list[Effect]:
    arms = [plan.control, *plan.treatments]
    clustered = plan.cluster is not None
    return [
        effect
        for metric in plan.metrics
        if metric.kind != "quantile"
        for effect in effects(total, metric, arms, alpha=plan.alpha, clustered=clustered)
    ]


def _equivalences(plan: ExperimentPlan, effects: Sequence[Effect]) -> tuple[Equivalence, ...]:
    margins = {
        metric.name: metric.margin for metric in plan.metrics if metric.equivalent and metric.margin
    }
    return tuple(
        relative_equivalence(effect, margins[effect.metric])
        for effect in effects
        if effect.metric in margins
    )


def _over_arms(effects: list[Effect]) -> list[Effect]:
    if len(effects) < 2:
        return effects
    z = [
        math.nan if math.isnan(effect.pvalue) else float(special.ndtri(effect.pvalue / 2))
        for effect in effects
    ]
    shares = [effect.se_control**2 / effect.se**2 if effect.se > 0 else 0.5 for effect in effects]
    return [
        dataclasses.replace(effect, pvalue_adjusted=p, method=(*effect.method, Step("dunnett")))
        for effect, p in zip(effects, dunnett(z, shares), strict=True)
    ]


def _segments(
    parts: Mapping[str, Moments], plan: ExperimentPlan, effects: Sequence[Effect]
) -> tuple[tuple[Segment, ...], tuple[Heterogeneity, ...], list[Check]]:
    split: list[Segment] = []
    alike: list[Heterogeneity] = []
    checks: list[Check] = []
    for column in plan.segments:
        count = len({key[1] for key in parts[column].keys})
        if count > MOST_LEVELS:
            checks.append(
                check(
                    "levels",
                    "levels_watch",
                    subject=column,
                    value=count,
                    threshold=MOST_LEVELS,
                    column=column,
                    count=count,
                )
            )
            continue
        here = by_segment(parts[column], plan, plan.primary, column)
        split += here
        for total in _of_metric(effects, plan.primary.name):
            of_arm = [segment for segment in here if segment.effect.arm == total.arm]
            tested = heterogeneity(of_arm, total, plan.alpha)
            if tested:
                alike.append(tested)
    return tuple(split), tuple(alike), checks + _alike_checks(alike, plan)


def _alike_checks(alike: Sequence[Heterogeneity], plan: ExperimentPlan) -> list[Check]:
    """Judge heterogeneity after Holm over columns and arms; the Simpson flag beside it."""
    checks = []
    for each, p in zip(alike, adjust([difference.pvalue for difference in alike]), strict=True):
        about: dict[str, Any] = {
            "arm": each.arm,
            "metric": title(plan.primary),
            "column": each.column,
        }
        key, subject = "alike_watch" if p < plan.alpha else "alike_ok", f"{each.column}, {each.arm}"
        checks.append(
            check(
                "alike",
                key,
                subject=subject,
                value=p,
                threshold=plan.alpha,
                p=sentences.pvalue(p),
                **about,
            )
        )
        if each.simpson:
            kind = plan.primary.kind
            about |= {
                "total": sentences.points(kind, each.total),
                "within": sentences.points(kind, each.pooled),
            }
            checks.append(
                check("simpson", "simpson_stop", subject=subject, value=each.pooled, **about)
            )
    return checks


def _trends(
    parts: Mapping[str, Moments], plan: ExperimentPlan
) -> tuple[tuple[Trend, ...], list[Check]]:
    if plan.date_column is None:
        return (), []
    daily = [
        daily_trend(parts[plan.date_column], plan, plan.primary, arm) for arm in plan.treatments
    ]
    trends = tuple(trend for trend in daily if trend)
    return trends, [_trend_check(trend, plan) for trend in trends]


def _trend_check(trend: Trend, plan: ExperimentPlan) -> Check:
    limit = plan.alpha / 5
    key = "trend_watch" if trend.pvalue < limit else "trend_ok"
    return check(
        "trend",
        key,
        subject=trend.arm,
        value=trend.pvalue,
        threshold=limit,
        metric=title(plan.primary),
        slope=sentences.points(plan.primary.kind, trend.slope),
        p=sentences.pvalue(trend.pvalue),
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
    plan: ExperimentPlan, effects: Sequence[Effect], today: date | None
) -> list[Strength]:
    days = None
    if plan.start and plan.end:
        days = (min(today or plan.end, plan.end) - plan.start).days + 1
    return [
        strength(plan, effect, days) for effect in effects if effect.metric == plan.primary.name
    ]
