"""The effects of all treatments on one metric, from moments."""

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from playbook.abtest.stats.effects import (
    TOO_FEW,
    Effect,
    RateTest,
    Relative,
    Step,
    compare_estimates,
    compare_rates,
)
from playbook.abtest.stats.estimates import Estimate, estimates, usable
from playbook.abtest.stats.moments import Block, Measured, Moments, blocks, measured
from playbook.errors import PlaybookError, Problem
from playbook.params.experiment import MetricPlan


def effects(
    moments: Moments,
    metric: MetricPlan,
    arms: Sequence[str],
    *,
    alpha: float = 0.05,
    clustered: bool = False,
    adjust: bool = True,
    relative: Relative = "fieller",
    alphas: Mapping[str, float] | None = None,
) -> tuple[Effect, ...]:
    """Compare every treatment with the control on one metric.

    Args:
        moments: From `collect`, without segments (`roll_up` takes them away).
        metric: Of the plan.
        arms: The control, then the treatments.
        alpha: Two-sided.
        clustered: Whether the moments are those of clusters.
        adjust: Whether to use the metric's covariates.
        relative: Method of the lift's interval.
        alphas: By treatment, where its intervals have a level of their own.

    Returns:
        One effect per treatment, in the order of `arms`.

    Raises:
        PlaybookError: A rate has values other than 0 and 1.
    """
    what = measured(metric, clustered=clustered)
    what = what if adjust else Measured(outcome=what.outcome)
    control, treatments = arms[0], arms[1:]
    levels_of = dict.fromkeys(treatments, alpha) | dict(alphas or {})
    arm_blocks = blocks(moments, what, arms)
    if metric.kind == "rate" and not clustered:
        require_binary(metric, arm_blocks)
    if any(block.n == 0 for block in arm_blocks.values()):
        return tuple(
            empty(metric, arm, arm_blocks[control].n, arm_blocks[arm].n, levels_of[arm])
            for arm in treatments
        )
    narrowed = usable(arm_blocks, what)
    if narrowed != what:
        what, arm_blocks = narrowed, blocks(moments, narrowed, arms)
    each = estimates(arm_blocks, what)
    compare = _comparison(metric, what, clustered=clustered, relative=relative)
    compared = [compare(each[control], each[arm], levels_of[arm]) for arm in treatments]
    return tuple(
        dataclasses.replace(effect, metric=metric.name, arm=arm)
        for effect, arm in zip(compared, arms[1:], strict=True)
    )


def left_out(
    moments: Moments, metric: MetricPlan, arms: Sequence[str], *, clustered: bool = False
) -> tuple[str, ...]:
    """Name the covariates of a metric that can narrow nothing; see `estimates.usable`."""
    what = measured(metric, clustered=clustered)
    arm_blocks = blocks(moments, what, arms)
    if not what.covariates or any(block.n == 0 for block in arm_blocks.values()):
        return ()
    kept = usable(arm_blocks, what).covariates
    return tuple(part.numerator for part in what.covariates if part not in kept)


def _comparison(
    metric: MetricPlan, what: Measured, *, clustered: bool, relative: Relative
) -> Callable[[Estimate, Estimate, float], Effect]:
    """Return how two estimates of a metric are compared, at a level."""
    if metric.kind == "rate" and not clustered and not what.covariates:
        return partial(_rate_effect, relative=relative, test=metric.test)
    return partial(
        _of_estimates,
        df=math.inf if what.outcome.denominator and not clustered else None,
        method=_method(metric, what, clustered=clustered),
        relative=relative,
    )


def _of_estimates(
    control: Estimate,
    treatment: Estimate,
    alpha: float,
    *,
    df: float | None,
    method: tuple[Step, ...],
    relative: Relative,
) -> Effect:
    return compare_estimates(
        control, treatment, alpha=alpha, method=method, df=df, relative=relative
    )


def _rate_effect(
    control: Estimate, treatment: Estimate, alpha: float, *, relative: Relative, test: RateTest
) -> Effect:
    counts = [(round(arm.value * arm.n), arm.n) for arm in (control, treatment)]
    return compare_rates(
        control=counts[0], treatment=counts[1], alpha=alpha, relative=relative, test=test
    )


def _method(metric: MetricPlan, what: Measured, *, clustered: bool) -> tuple[Step, ...]:
    test = "ratio_delta" if metric.kind == "ratio" else "welch_t"
    if clustered:
        test = "clusters_delta"
    if what.covariates:
        return (Step(test), Step("cuped", len(what.covariates)))
    return (Step(test),)


def empty(metric: MetricPlan, arm: str, n_control: int, n_treatment: int, alpha: float) -> Effect:
    """Return the effect of an arm without data to tell it from."""
    nan = math.nan
    return Effect(
        metric=metric.name,
        arm=arm,
        control=nan,
        treatment=nan,
        difference=nan,
        ci_lower=nan,
        ci_upper=nan,
        pvalue=nan,
        lift=nan,
        lift_ci_lower=nan,
        lift_ci_upper=nan,
        se=nan,
        se_control=nan,
        statistic=nan,
        df=nan,
        n_control=n_control,
        n_treatment=n_treatment,
        alpha=alpha,
        method=(Step("none"),),
        note=TOO_FEW,
    )


def require_binary(metric: MetricPlan, arm_blocks: Mapping[str, Block]) -> None:
    """Refuse a rate of values other than 0 and 1.

    Raises:
        PlaybookError: It has such values.
    """
    for block in arm_blocks.values():
        mean = block.mean[0] + block.centre[0]
        if block.n and abs(block.cross[0, 0] - block.n * mean * (1 - mean)) > 1e-6 * block.n:
            raise PlaybookError(
                Problem(
                    file="the data",
                    place=f"column {metric.numerator}",
                    remedy="Plan it as a mean, or clean it.",
                    rule=f"metric {metric.name} is a rate, but its values are not all 0 or 1",
                )
            )
