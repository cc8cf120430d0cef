"""How small a p-value must be: claims corrected together over arms, metrics, guardrails and looks.

Half of alpha is for "better", half for harm. What is better has the first to itself, corrected over
the arms and the primary metrics. Harm shares the other half evenly among the primary metrics and
the guardrails. So a test in which nothing differs is shipped or stopped with probability alpha at
most, over all looks, arms and guardrails. A one-sided test leaves a fifth of alpha for the harm of
guardrails, where it has some, and the rest for "better".
"""

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from scipy import special

from playbook.abtest.stats.effects import Effect, Step
from playbook.abtest.stats.multiplicity import (
    Budget,
    adjust,
    dunnett,
    dunnett_level,
    split_alpha,
)
from playbook.params.experiment import ExperimentPlan, MetricPlan

Key = tuple[str, str]
"""Metric and arm."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Levels:
    """Two-sided p-values below which something is claimed of one metric and arm at one look.

    Attributes:
        better: The metric is better.
        harm: The metric is worse, or worse than its margin.
        held: A guardrail keeps its margin; all guardrails must, so they need no correction.
    """

    better: float
    harm: float
    held: float


@dataclass(frozen=True, kw_only=True, slots=True)
class LookLevel:
    """What one look may claim.

    Attributes:
        nominal: Returns the two-sided level of this look at which all looks together have an alpha.
        is_sequential: Whether the test is looked at more than once; then arms and metrics share
            alpha evenly, since what is corrected over arms at each look is not over all looks.
    """

    nominal: Callable[[float], float]
    is_sequential: bool


def budget(plan: ExperimentPlan) -> Budget:
    """Split the alpha of a plan; see `multiplicity.split_alpha`."""
    return split_alpha(
        plan.alpha,
        primaries=sum(metric.role == "primary" for metric in plan.metrics),
        guardrails=sum(metric.role == "guardrail" for metric in plan.metrics),
        one_sided=plan.alternative == "better",
    )


def adjusted(effects: Sequence[Effect], plan: ExperimentPlan) -> tuple[Effect, ...]:
    """Correct the p-values of a test that is looked at once.

    Dunnett over the arms of a metric, then Holm over primaries and BH over secondaries.
    """
    arms: list[Effect] = []
    for metric in plan.metrics:
        arms += _over_arms([effect for effect in effects if effect.metric == metric.name])
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


def claim_levels(
    plan: ExperimentPlan, effects: Sequence[Effect], look: LookLevel
) -> dict[Key, Levels]:
    """Return the levels of every metric and arm at a look.

    Args:
        plan: With alpha, arms and metrics.
        effects: Uncorrected, of all metrics and arms.
        look: The look.

    Source:
        Bonferroni, Dunnett (1955) and Holm (1979); looks by Lan & DeMets (1983).
    """
    primaries = sum(metric.role == "primary" for metric in plan.metrics)
    split = budget(plan)
    levels: dict[Key, Levels] = {}
    for metric in plan.metrics:
        here = [effect for effect in effects if effect.metric == metric.name]
        of_arms = _level_of_arms(here, look)
        can_harm = plan.alternative == "two-sided" or metric.role == "guardrail"
        harm = of_arms(split.harm) if can_harm and split.harm else 0.0
        better, held = of_arms(split.better / primaries), of_arms(plan.alpha)
        levels |= {
            (effect.metric, effect.arm): Levels(better=better, harm=harm, held=held)
            for effect in here
        }
    return levels if look.is_sequential else _by_holm(plan, effects, levels)


def corrected(
    plan: ExperimentPlan,
    effects: Sequence[Effect],
    levels: Mapping[Key, Levels],
    look: LookLevel,
) -> tuple[Effect, ...]:
    """Give each effect a p-value that is below alpha just where its claim is made.

    Secondary metrics make no claim: theirs are corrected over themselves, by BH.
    """
    once = adjusted(effects, plan)
    metrics = {metric.name: metric for metric in plan.metrics}
    return tuple(
        _corrected(effect, metrics[effect.metric], levels[effect.metric, effect.arm], plan, look)
        for effect in once
    )


def interval_level(role: str, levels: Levels, alpha: float) -> float:
    """Return one minus the confidence of the interval that fits a claim; alpha where none is."""
    level = {"primary": levels.better, "guardrail": levels.held}.get(role, alpha)
    return level if level > 0 else alpha


def critical(level: float) -> float:
    """Return the |z| that a two-sided level asks for; infinite where nothing can be claimed."""
    return math.inf if level <= 0 else float(-special.ndtri(level / 2))


def _corrected(
    effect: Effect, metric: MetricPlan, levels: Levels, plan: ExperimentPlan, look: LookLevel
) -> Effect:
    is_primary, one_sided = metric.role == "primary", plan.alternative == "better"
    if metric.role == "secondary" or math.isnan(effect.pvalue):
        return effect
    if is_primary and not look.is_sequential and not one_sided:
        return effect
    level = levels.better if is_primary else levels.harm
    p = min(1.0, effect.pvalue * plan.alpha / level) if level > 0 else 1.0
    if is_primary and one_sided:
        p = p if _is_better(metric, effect) else 1 - effect.pvalue / 2
        effect = dataclasses.replace(effect, method=(*effect.method, Step("one_sided")))
    if not look.is_sequential:
        return dataclasses.replace(effect, pvalue_adjusted=p)
    steps = tuple(step for step in effect.method if step.key != "dunnett")
    share = (Step("arms_share"),) if plan.treatments[1:] else ()
    return dataclasses.replace(effect, pvalue_adjusted=p, method=(*steps, *share, Step("boundary")))


def _is_better(metric: MetricPlan, effect: Effect) -> bool:
    return (effect.difference > 0) == (metric.better == "higher")


def _level_of_arms(effects: Sequence[Effect], look: LookLevel) -> Callable[[float], float]:
    """Return how the alpha of a metric becomes the level of each of its arms at this look."""
    if look.is_sequential or len(effects) < 2:
        return lambda alpha: look.nominal(alpha / max(1, len(effects)))
    shares = _control_shares(effects)
    return lambda alpha: dunnett_level(shares, look.nominal(alpha)) if look.nominal(alpha) else 0.0


def _by_holm(
    plan: ExperimentPlan, effects: Sequence[Effect], levels: dict[Key, Levels]
) -> dict[Key, Levels]:
    """Give primary metrics the level that Holm's step leaves them."""
    primaries = [metric.name for metric in plan.metrics if metric.role == "primary"]
    if len(primaries) < 2:
        return levels
    once = adjusted(effects, plan)
    over_arms = _arms_alone(effects, plan)
    result = dict(levels)
    for effect in once:
        key = effect.metric, effect.arm
        if effect.metric not in primaries or math.isnan(effect.pvalue_adjusted):
            continue
        alone = over_arms[key]
        times = effect.pvalue_adjusted / alone if alone > 0 else float(len(primaries))
        here = [each for each in effects if each.metric == effect.metric]
        level = dunnett_level(_control_shares(here), budget(plan).better / times)
        result[key] = dataclasses.replace(levels[key], better=level)
    return result


def _arms_alone(effects: Sequence[Effect], plan: ExperimentPlan) -> dict[Key, float]:
    alone: dict[Key, float] = {}
    for metric in plan.metrics:
        here = _over_arms([effect for effect in effects if effect.metric == metric.name])
        alone |= {(effect.metric, effect.arm): effect.pvalue_adjusted for effect in here}
    return alone


def _over_arms(effects: list[Effect]) -> list[Effect]:
    if len(effects) < 2:
        return effects
    z = [
        math.nan if math.isnan(effect.pvalue) else float(special.ndtri(effect.pvalue / 2))
        for effect in effects
    ]
    return [
        dataclasses.replace(effect, pvalue_adjusted=p, method=(*effect.method, Step("dunnett")))
        for effect, p in zip(effects, dunnett(z, _control_shares(effects)), strict=True)
    ]


def _control_shares(effects: Sequence[Effect]) -> list[float]:
    """Return for each arm the control's share of the variance of its difference."""
    return [effect.se_control**2 / effect.se**2 if effect.se > 0 else 0.5 for effect in effects]
