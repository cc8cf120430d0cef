"""Is a guardrail harmed, or is it shown to stay within its margin: one-sided tests of a difference.

A margin is relative to the control's size, whatever its sign, or absolute in the metric's unit.
"""

import math
from dataclasses import dataclass

from scipy import special

from playbook.abtest.stats.effects import Effect, has_few_events, is_of_counts
from playbook.methods.intervals import score_z_difference, score_z_ratio
from playbook.params.experiment import MetricPlan


@dataclass(frozen=True, kw_only=True, slots=True)
class MarginTest:
    """How far a treatment lies from being worse than its margin.

    Attributes:
        within: One-sided p-value of "worse than the margin": small where the margin is kept.
        beyond: One-sided p-value of "not worse than the margin": small where there is harm.
    """

    within: float
    beyond: float


def margin_test(metric: MetricPlan, effect: Effect) -> MarginTest:
    """Test a guardrail against its margin; without one against no change at all.

    Rates with few events are compared by score tests. Without any spread the comparison is plain:
    what is not worse than the margin keeps it.

    Args:
        metric: With margin, direction and kind.
        effect: On it.

    Returns:
        NaN where the effect has no estimate.

    Source:
        Hauschke, Kieser, Diletti & Burke (1999), Statistics in Medicine 18, 93–105, for relative
        margins of means; Farrington & Manning (1990) and Koopman (1984) for rates.
    """
    if math.isnan(effect.difference):
        return MarginTest(within=math.nan, beyond=math.nan)
    statistic, df = _statistic(metric, effect)
    return MarginTest(within=_above(statistic, df), beyond=_above(-statistic, df))


def _statistic(metric: MetricPlan, effect: Effect) -> tuple[float, float]:
    """Return by how many standard errors the margin is kept, and the degrees of freedom."""
    counts = _counts(metric, effect)
    if counts is not None:
        return _of_counts(metric, *counts), math.inf
    apart, se = _contrast(metric, effect)
    if se > 0:
        return apart / se, effect.df
    return (math.inf if apart >= 0 else -math.inf), math.inf


def _contrast(metric: MetricPlan, effect: Effect) -> tuple[float, float]:
    """Return by how much the margin is kept, above 0 when it is, and its standard error."""
    direction = 1.0 if metric.better == "higher" else -1.0
    if metric.margin is None:
        return direction * effect.difference + (metric.margin_abs or 0.0), effect.se
    allowed = math.copysign(metric.margin, effect.control) if effect.control else 0.0
    weight = direction - allowed
    variance = effect.se**2 + (weight**2 - 1) * effect.se_control**2
    apart = direction * effect.treatment - weight * effect.control
    return apart, math.sqrt(max(0.0, variance))


def _counts(metric: MetricPlan, effect: Effect) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Return conversions and units of a rate with few events, which moments do not describe."""
    if metric.kind != "rate" or not is_of_counts(effect):
        return None
    control = (round(effect.control * effect.n_control), effect.n_control)
    treatment = (round(effect.treatment * effect.n_treatment), effect.n_treatment)
    return (control, treatment) if has_few_events(control, treatment) else None


def _of_counts(metric: MetricPlan, control: tuple[int, int], treatment: tuple[int, int]) -> float:
    """Return the score statistic; a relative margin of nothing is no margin."""
    direction = 1.0 if metric.better == "higher" else -1.0
    if metric.margin is None or control[0] == 0:
        allowed = min(metric.margin_abs or 0.0, 1 - 1e-9)
        return direction * score_z_difference(control, treatment, -direction * allowed)
    return direction * score_z_ratio(control, treatment, 1 - direction * metric.margin)


def _above(statistic: float, df: float) -> float:
    """Return the one-sided p-value of a statistic that is large against what is tested."""
    if math.isinf(statistic):
        return 0.0 if statistic > 0 else 1.0
    tail = special.ndtr(-statistic) if math.isinf(df) else special.stdtr(df, -statistic)
    return float(tail)
