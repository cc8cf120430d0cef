"""The effects of all treatments on one metric, post-stratified by what was known before."""

import dataclasses
from collections.abc import Mapping, Sequence

from playbook.abtest.stats.effects import Effect, Step, compare_estimates
from playbook.abtest.stats.estimates import Estimate, estimates, usable
from playbook.abtest.stats.metric_effects import require_binary
from playbook.abtest.stats.moments import Moments, blocks, levels, measured, only, roll_up
from playbook.params.experiment import MetricPlan

FEWEST = 5
"""Levels with fewer units in an arm are put together, since their variance is not known."""


def stratified_effects(
    part: Moments,
    column: str,
    metric: MetricPlan,
    arms: Sequence[str],
    *,
    alpha: float = 0.05,
    alphas: Mapping[str, float] | None = None,
) -> tuple[Effect, ...]:
    """Compare every treatment with the control within the levels of a column, and average.

    Each level weighs as much as its share of the units of all arms, so that arms that are made up
    differently by luck are compared as if they were alike. Covariates narrow within the levels.

    Args:
        part: Moments split by the column.
        column: Known before the test; it must not depend on the arm.
        metric: A rate or mean.
        arms: The control, then the treatments.
        alpha: Two-sided.
        alphas: By treatment, where its intervals have a level of their own.

    Returns:
        One effect per treatment, in the order of `arms`; none where fewer than two levels have
        units enough in every arm.

    Raises:
        PlaybookError: A rate has values other than 0 and 1.

    Source:
        Miratrix, Sekhon & Yu (2013), Adjusting treatment effect estimates by post-stratification in
        randomized experiments, Journal of the Royal Statistical Society B 75, 369–396.
    """
    if metric.kind == "rate":
        require_binary(metric, blocks(roll_up(part), measured(metric), arms))
    strata = _strata(part, column, metric, arms)
    if len(strata) < 2:
        return ()
    sizes = [_units(stratum) for stratum in strata]
    weights = [size / sum(sizes) for size in sizes]
    plain = _estimates(roll_up(part), metric, arms)
    averaged = {arm: _average(arm, strata, weights, plain[arm]) for arm in arms}
    levels_of = dict.fromkeys(arms[1:], alpha) | dict(alphas or {})
    compared = [
        compare_estimates(
            averaged[arms[0]], averaged[arm], alpha=levels_of[arm], method=_method(metric, strata)
        )
        for arm in arms[1:]
    ]
    return tuple(
        dataclasses.replace(effect, metric=metric.name, arm=arm)
        for effect, arm in zip(compared, arms[1:], strict=True)
    )


def _strata(
    part: Moments, column: str, metric: MetricPlan, arms: Sequence[str]
) -> list[dict[str, Estimate]]:
    """Estimate the metric in every arm of every level; small levels are put together."""
    sizes = {
        level: _fewest(only(part, column, {level}), metric, arms) for level in levels(part, column)
    }
    large = [{level} for level, units in sizes.items() if units >= FEWEST]
    small = {level for level, units in sizes.items() if units < FEWEST}
    if small and _fewest(only(part, column, small), metric, arms) >= FEWEST:
        large.append(small)
    return [_estimates(roll_up(only(part, column, group)), metric, arms) for group in large]


def _units(stratum: Mapping[str, Estimate]) -> int:
    return sum(arm.n for arm in stratum.values())


def _fewest(moments: Moments, metric: MetricPlan, arms: Sequence[str]) -> int:
    return min(block.n for block in blocks(roll_up(moments), measured(metric), arms).values())


def _estimates(moments: Moments, metric: MetricPlan, arms: Sequence[str]) -> dict[str, Estimate]:
    wanted = measured(metric)
    what = usable(blocks(moments, wanted, arms), wanted)
    return estimates(blocks(moments, what, arms), what)


def _average(
    arm: str,
    strata: Sequence[Mapping[str, Estimate]],
    weights: Sequence[float],
    plain: Estimate,
) -> Estimate:
    """Average an arm's levels; the variance that is cut counts from no covariate and no strata."""
    pairs = [(weight, stratum[arm]) for weight, stratum in zip(weights, strata, strict=True)]
    variance = sum(weight**2 * each.variance for weight, each in pairs)
    untouched = plain.variance / (1 - plain.cut) if plain.cut < 1 else 0.0
    return Estimate(
        base=plain.base,
        level=sum(weight * (each.value - plain.base) for weight, each in pairs),
        variance=variance,
        n=sum(each.n for _, each in pairs),
        cut=1 - variance / untouched if untouched > 0 else 0.0,
    )


def _method(metric: MetricPlan, strata: Sequence[object]) -> tuple[Step, ...]:
    steps = (Step("welch_t"), Step("post_stratified", len(strata)))
    return (*steps, Step("cuped", len(metric.covariates))) if metric.covariates else steps
