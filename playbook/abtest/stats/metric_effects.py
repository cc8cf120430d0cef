"""The effects of all treatments on one metric, from moments."""

import dataclasses
import math
from collections.abc import Mapping, Sequence

from playbook.abtest.stats.effects import (
    TOO_FEW,
    Effect,
    Relative,
    Step,
    compare_estimates,
    compare_rates,
)
from playbook.abtest.stats.estimates import Estimate, estimates
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

    Returns:
        One effect per treatment, in the order of `arms`.

    Raises:
        PlaybookError: A rate has values other than 0 and 1.
    """
    what = measured(metric, clustered=clustered)
    what = what if adjust else Measured(outcome=what.outcome)
    arm_blocks = blocks(moments, what, arms)
    if metric.kind == "rate" and not clustered:
        _require_binary(metric, arm_blocks)
    if any(block.n == 0 for block in arm_blocks.values()):
        return tuple(
            empty(metric, arm, arm_blocks[arms[0]].n, arm_blocks[arm].n, alpha) for arm in arms[1:]
        )
    levels = estimates(arm_blocks, what)
    if metric.kind == "rate" and not clustered and not what.covariates:
        compared = [_rate_effect(levels[arms[0]], levels[arm], alpha, relative) for arm in arms[1:]]
    else:
        df = math.inf if what.outcome.denominator and not clustered else None
        name = _method(metric, what, clustered=clustered)
        compared = [
            compare_estimates(
                levels[arms[0]], levels[arm], alpha=alpha, method=name, df=df, relative=relative
            )
            for arm in arms[1:]
        ]
    return tuple(
        dataclasses.replace(effect, metric=metric.name, arm=arm)
        for effect, arm in zip(compared, arms[1:], strict=True)
    )


def _rate_effect(
    control: Estimate, treatment: Estimate, alpha: float, relative: Relative
) -> Effect:
    counts = [(round(arm.value * arm.n), arm.n) for arm in (control, treatment)]
    return compare_rates(control=counts[0], treatment=counts[1], alpha=alpha, relative=relative)


def _method(metric: MetricPlan, what: Measured, *, clustered: bool) -> tuple[Step, ...]:
    test = "ratio_delta" if metric.kind == "ratio" else "welch_t"
    if clustered:
        test = "clusters_delta"
    if what.covariates:
        return (Step(test), Step("cuped", len(metric.covariates)))
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


def _require_binary(metric: MetricPlan, arm_blocks: Mapping[str, Block]) -> None:
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
