"""What is at stake: what the test can see, money a month, and the loss of a wrong decision."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from scipy import special

from playbook.abtest.stats.bayes import (
    Better,
    Counts,
    best_means,
    best_rates,
    losses_of_means,
    losses_of_rates,
)
from playbook.abtest.stats.effects import FEW_EVENTS, Effect, is_of_counts
from playbook.methods.intervals import normal_quantile
from playbook.params.experiment import ExperimentPlan, MetricPlan

Action = Literal["ship", "hold", "iterate", "stop", "invalid"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Strength:
    """What the test can see on the first primary metric with the units that it has.

    Attributes:
        metric: Id of the metric.
        arm: The treatment.
        detectable_lift: Relative change found with the planned power; NaN where the control is not
            above 0.
        units: Units of the smaller arm.
        units_needed: Units per arm to find the planned MDE; None without an MDE.
        days_needed: Days for that at the pace so far; None where unknown.
        formula: Name of the formula.
    """

    metric: str
    arm: str
    detectable_lift: float
    units: int
    units_needed: int | None
    days_needed: int | None
    formula: str = "normal, from the observed standard error"


@dataclass(frozen=True, kw_only=True, slots=True)
class EarlyStop:
    """What an early stop owes to stopping at a high.

    Attributes:
        metric: The first primary metric.
        arm: The treatment that stopped the test.
        difference: Less what is owed to the stop (bias-adjusted), in the metric's unit.
        lift: The same as a lift; NaN where the lift is undefined.
        keep: The corrected difference over the plain one.
    """

    metric: str
    arm: str
    difference: float
    lift: float
    keep: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Money:
    """Money a month if the leading arm goes to everyone, in the currency of the plan's value.

    Attributes:
        low: Lower end of the interval.
        mid: Best estimate.
        high: Upper end.
        regret: Expected monthly loss of the action taken, should it be wrong.
        metric: Metric it is computed from.
    """

    low: float
    mid: float
    high: float
    regret: float
    metric: str


def money(
    plan: ExperimentPlan,
    effects: Sequence[Effect],
    arm: str,
    action: Action,
    keep: float = 1.0,
) -> Money | None:
    """Value an arm per month, and the expected loss of the action.

    Args:
        plan: With the value of a unit of the metric, and the monthly units.
        effects: Of all metrics and arms.
        arm: The arm.
        action: Taken.
        keep: Part of the estimate that is left after an early stop; see `EarlyStop`.

    Returns:
        None where the plan lacks the value of a unit of the metric or the monthly units.
    """
    metric = plan.money_metric or plan.primary.name
    value = 1.0 if plan.money_metric else plan.value_per_conversion
    if value is None or plan.monthly_units is None:
        return None
    effect = effect_of(effects, metric, arm)
    scale = value * plan.monthly_units
    ends = sorted(scale * end for end in (effect.shown.ci_lower, effect.shown.ci_upper))
    mid, se = keep * scale * effect.difference, abs(scale) * effect.se
    loss = expected_loss(mid, se) if action == "ship" else expected_loss(-mid, se)
    return Money(low=ends[0], mid=mid, high=ends[1], regret=loss, metric=metric)


def expected_loss(gain: float, se: float) -> float:
    """Return the expected loss of taking something whose gain is normal around `gain`.

    E[max(0, −gain)].
    """
    if not se > 0:
        return max(0.0, -gain)
    z = gain / se
    density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    return float(se * (density - z * special.ndtr(-z)))


def strength(
    plan: ExperimentPlan, effect: Effect, days: int | None, level: float | None = None
) -> Strength:
    """Say what one arm's test can see on the first primary metric, and what the MDE needs.

    Args:
        plan: With power and MDE.
        effect: Of the arm.
        days: That the test has taken.
        level: Two-sided level after correction over arms and metrics; alpha where left out.
    """
    factor = normal_quantile(level or plan.alpha) + float(special.ndtri(plan.power))
    detectable = factor * effect.se / effect.control if effect.control > 0 else math.nan
    units = min(effect.n_control, effect.n_treatment)
    needed = (
        math.ceil(units * (detectable / plan.mde) ** 2) if plan.mde and detectable > 0 else None
    )
    days_needed = math.ceil(days * needed / units) if needed and days and units else None
    return Strength(
        metric=effect.metric,
        arm=effect.arm,
        detectable_lift=detectable,
        units=units,
        units_needed=needed,
        days_needed=days_needed,
    )


def chances(plan: ExperimentPlan, effects: Sequence[Effect]) -> dict[str, float]:
    """Return for each arm the probability that it is best on the first primary metric.

    (Bayesian, flat priors).

    Returns:
        By arm, the control first; empty where an arm has no standard error.
    """
    return _by_arm(plan, effects, best_means, best_rates)


def losses(plan: ExperimentPlan, effects: Sequence[Effect]) -> dict[str, float]:
    """Return for each arm the expected loss of choosing it, in the metric's unit.

    Returns:
        As `chances` does.
    """
    return _by_arm(plan, effects, losses_of_means, losses_of_rates)


def _by_arm(
    plan: ExperimentPlan,
    effects: Sequence[Effect],
    view: Callable[[Sequence[tuple[float, float]]], list[float]],
    of_counts: Callable[[Sequence[Counts], Better], list[float]],
) -> dict[str, float]:
    """View the arms' levels of the first primary metric so that higher is better.

    Rates with few events are viewed by their counts, with Beta posteriors.
    """
    primary_effects = [effect for effect in effects if effect.metric == plan.primary.name]
    counts = _few_events(primary_effects)
    if counts and plan.prior_lift_sd is None:
        values = of_counts(counts, plan.primary.better)
        return dict(
            zip([plan.control, *(each.arm for each in primary_effects)], values, strict=True)
        )
    if not all(effect.se > 0 and effect.se_control > 0 for effect in primary_effects):
        return {}
    direction = 1 if plan.primary.better == "higher" else -1
    kept = [_kept(plan, effect) for effect in primary_effects]
    first, share = primary_effects[0], math.sqrt(math.fsum(kept) / len(kept))
    levels = [(direction * first.control, share * first.se_control)]
    levels += [
        (
            direction * (effect.control + keep * effect.difference),
            math.sqrt(keep * max(0.0, effect.se**2 - effect.se_control**2)),
        )
        for effect, keep in zip(primary_effects, kept, strict=True)
    ]
    if not all(se > 0 for _, se in levels):
        return {}
    return dict(
        zip([plan.control, *(effect.arm for effect in primary_effects)], view(levels), strict=True)
    )


def _kept(plan: ExperimentPlan, effect: Effect) -> float:
    """Return the part of an effect, and of its variance, that a prior about no effect leaves."""
    if plan.prior_lift_sd is None:
        return 1.0
    prior = (plan.prior_lift_sd * effect.control) ** 2
    return prior / (prior + effect.se**2)


def _few_events(effects: Sequence[Effect]) -> list[Counts]:
    """Return conversions and units of every arm, the control first; none unless events are few."""
    if not effects or not all(is_of_counts(effect) for effect in effects):
        return []
    arms = [(effects[0].control, effects[0].n_control)]
    arms += [(effect.treatment, effect.n_treatment) for effect in effects]
    counts = [(round(rate * units), units) for rate, units in arms]
    return counts if min(hits for hits, _ in counts) < FEW_EVENTS else []


def units_for_margin(
    plan: ExperimentPlan, metric: MetricPlan, effect: Effect, level: float | None = None
) -> int:
    """Return the units of the smaller arm that prove harmlessness within the margin."""
    factor = normal_quantile(level or plan.alpha) + float(special.ndtri(plan.power))
    margin = metric.margin_abs or (metric.margin or 1.0) * abs(effect.control)
    units = min(effect.n_control, effect.n_treatment)
    return math.ceil(units * (factor * effect.se / margin) ** 2) if margin else units


def effect_of(effects: Sequence[Effect], metric: str, arm: str) -> Effect:
    """Pick the effect of one arm on one metric."""
    return next(effect for effect in effects if effect.metric == metric and effect.arm == arm)
