"""Is the effect the same everywhere and every day: segments, heterogeneity, Simpson, trend."""

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from playbook.abtest.stats.effects import SMALL_EXPECTED, Effect, is_of_counts
from playbook.abtest.stats.metric_effects import effects
from playbook.abtest.stats.moments import Moments, levels, only, roll_up
from playbook.abtest.stats.multiplicity import adjust
from playbook.methods import intervals
from playbook.params.experiment import ExperimentPlan, MetricPlan

MOST_LEVELS = 30
"""A column with more levels is an id or a number, not a segment."""

FEWEST_DAYS = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Segment:
    """The effect within one level of a segment column.

    Its adjusted p-value counts all levels and arms (Holm).
    """

    column: str
    level: str
    effect: Effect


@dataclass(frozen=True, kw_only=True, slots=True)
class Heterogeneity:
    """Whether an effect is the same in all levels of a column.

    Attributes:
        column: Segment column.
        metric: Id of the metric.
        arm: The treatment.
        total: Effect over all units, in the metric's unit.
        pooled: Inverse-variance mean of the effects within the levels, in the metric's unit.
        standardised: Mean of the effects within the levels, each weighted by its units in all arms:
            the total effect if the arms were made up alike.
        q: Cochran's Q.
        df: Levels less one.
        pvalue: Of Q, chi-square.
        is_reversed: Whether the total and the standardised effect point in opposite directions,
            one of them significantly (Simpson): only where the arms are made up differently.
    """

    column: str
    metric: str
    arm: str
    total: float
    pooled: float
    standardised: float
    q: float
    df: int
    pvalue: float
    is_reversed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Trend:
    """Change of the effect per day, weighted by the precision of each day.

    Attributes:
        metric: Id of the metric.
        arm: The treatment.
        slope: In the metric's unit per day.
        pvalue: Two-sided, normal.
        days: Days with an effect.
    """

    metric: str
    arm: str
    slope: float
    pvalue: float
    days: int


def by_segment(
    moments: Moments, plan: ExperimentPlan, metric: MetricPlan, column: str
) -> tuple[Segment, ...]:
    """Compare the arms within each level of a column, without covariates.

    Returns:
        One entry per level and treatment; units without a level are the level "".
    """
    arms = [plan.control, *plan.treatments]
    segments = [
        Segment(column=column, level=level, effect=effect)
        for level in levels(moments, column)
        for effect in effects(
            roll_up(only(moments, column, {level})),
            metric,
            arms,
            alpha=plan.alpha,
            clustered=plan.cluster is not None,
            adjust=False,
        )
    ]
    adjusted = adjust([segment.effect.pvalue for segment in segments])
    return tuple(
        dataclasses.replace(segment, effect=dataclasses.replace(segment.effect, pvalue_adjusted=p))
        for segment, p in zip(segments, adjusted, strict=True)
    )


def heterogeneity(
    segments: Sequence[Segment], total: Effect, alpha: float = 0.05
) -> Heterogeneity | None:
    """Test whether one arm's effect differs between the levels of a column.

    Args:
        segments: Of one column, metric and arm.
        total: The effect over all units.
        alpha: For `is_reversed`.

    Returns:
        None where fewer than two levels have an effect with a variance; levels of a rate with few
        conversions or misses are left out, since their variance is not known well enough.
    """
    usable = [segment.effect for segment in segments if _has_variance(segment.effect)]
    if len(usable) < 2:
        return None
    pooled, q, p = cochran_q(
        [effect.difference for effect in usable], [effect.se for effect in usable]
    )
    weights = np.array([effect.n_control + effect.n_treatment for effect in usable], dtype=float)
    weights /= weights.sum()
    standardised = float(weights @ [effect.difference for effect in usable])
    error = math.sqrt(weights**2 @ [effect.se**2 for effect in usable])
    strongest = min(intervals.normal_pvalue(standardised / error), total.pvalue)
    return Heterogeneity(
        column=segments[0].column,
        metric=total.metric,
        arm=total.arm,
        total=total.difference,
        pooled=pooled,
        standardised=standardised,
        q=q,
        df=len(usable) - 1,
        pvalue=p,
        is_reversed=standardised * total.difference < 0 and strongest < alpha,
    )


def _has_variance(effect: Effect) -> bool:
    """Tell whether an effect's variance is above 0 and rests on enough conversions and misses."""
    if not effect.se > 0:
        return False
    if not is_of_counts(effect):
        return True
    arms = ((effect.control, effect.n_control), (effect.treatment, effect.n_treatment))
    return all(min(rate, 1 - rate) * units >= SMALL_EXPECTED - 0.5 for rate, units in arms)


def cochran_q(differences: Sequence[float], errors: Sequence[float]) -> tuple[float, float, float]:
    """Return the inverse-variance mean of several effects, Cochran's Q, and its p-value.

    Source:
        Cochran (1954), The combination of estimates from different experiments, Biometrics 10.
    """
    found, weight = np.asarray(differences, dtype=float), np.asarray(errors, dtype=float) ** -2
    pooled = float(weight @ found / weight.sum())
    q = float(weight @ (found - pooled) ** 2)
    return pooled, q, float(special.chdtrc(len(found) - 1, q))


def daily_trend(
    moments: Moments, plan: ExperimentPlan, metric: MetricPlan, arm: str
) -> Trend | None:
    """Fit a line through the effects of the days, weighted by their precision.

    Returns:
        None where fewer than `FEWEST_DAYS` days have an effect with a variance.
    """
    column = plan.date_column or ""
    days, estimates = [], []
    for day in filter(None, levels(moments, column)):
        parts = roll_up(only(moments, column, {day}))
        clustered = plan.cluster is not None
        (effect,) = effects(
            parts, metric, [plan.control, arm], alpha=plan.alpha, clustered=clustered, adjust=False
        )
        if effect.se > 0:
            days.append(np.datetime64(day).astype(int))
            estimates.append(effect)
    if len(estimates) < FEWEST_DAYS:
        return None
    slope, p = _slope(
        days, [effect.difference for effect in estimates], [effect.se for effect in estimates]
    )
    return Trend(metric=metric.name, arm=arm, slope=slope, pvalue=p, days=len(estimates))


def _slope(
    days: Sequence[int], differences: Sequence[float], errors: Sequence[float]
) -> tuple[float, float]:
    weight = np.asarray(errors, dtype=float) ** -2
    apart = np.asarray(days, dtype=float) - weight @ np.asarray(days, dtype=float) / weight.sum()
    spread = float(weight @ apart**2)
    slope = float(weight @ (apart * np.asarray(differences))) / spread
    return slope, intervals.normal_pvalue(slope * math.sqrt(spread))
