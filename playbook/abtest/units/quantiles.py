"""The effect on a quantile, such as the median order value, by the bootstrap."""

import dataclasses
import math
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from playbook.abtest.stats.effects import CONTROL_NOT_POSITIVE, Effect, Step
from playbook.abtest.stats.metric_effects import empty
from playbook.abtest.stats.moments import Array
from playbook.abtest.units.relation import Units, number, quoted
from playbook.methods.intervals import require_open
from playbook.params.experiment import ExperimentPlan, MetricPlan

DRAWS = 2000


def compare_quantiles(
    control: Sequence[float] | Array,
    treatment: Sequence[float] | Array,
    *,
    quantile: float = 0.5,
    alpha: float = 0.05,
    seed: int = 0,
) -> Effect:
    """Compare a quantile of two samples; percentile bootstrap with a fixed seed.

    A draw does not resample the values: the rank of a resample's quantile is binomial, so that only
    ranks are drawn and large samples cost no more than small ones.

    Args:
        control: Values; missing ones (NaN) are left out.
        treatment: The same for the treatment.
        quantile: Above 0 and below 1.
        alpha: Two-sided.
        seed: Of the draws.

    Raises:
        ValueError: `quantile` or alpha is out of range, or an arm has fewer than two values or an
            infinite one.

    Source:
        Efron & Tibshirani (1993), chapter 13; ranks as in Schultzberg & Ankargren (2022),
        Resampling-free bootstrap inference for quantiles.
    """
    require_open(quantile=quantile, alpha=alpha)
    arms = [_known(values) for values in (control, treatment)]
    generator = np.random.default_rng(seed)
    drawn = [_drawn(values, quantile, generator) for values in arms]
    level_c, level_t = (float(np.quantile(values, quantile)) for values in arms)
    differences = drawn[1] - drawn[0]
    low, high = np.quantile(differences, [alpha / 2, 1 - alpha / 2])
    positive = level_c > 0 and bool((drawn[0] > 0).all())
    lifts = (
        np.quantile(drawn[1] / drawn[0] - 1, [alpha / 2, 1 - alpha / 2])
        if positive
        else (math.nan, math.nan)
    )
    tail = min((differences <= 0).mean(), (differences >= 0).mean())
    pvalue = min(1.0, 2 * max(float(tail), 1 / DRAWS))
    return Effect(
        control=level_c,
        treatment=level_t,
        difference=level_t - level_c,
        ci_lower=float(low),
        ci_upper=float(high),
        pvalue=pvalue,
        pvalue_adjusted=pvalue,
        lift=level_t / level_c - 1 if positive else math.nan,
        lift_ci_lower=float(lifts[0]),
        lift_ci_upper=float(lifts[1]),
        se=float(differences.std(ddof=1)),
        se_control=float(drawn[0].std(ddof=1)),
        statistic=math.nan,
        df=math.inf,
        n_control=len(arms[0]),
        n_treatment=len(arms[1]),
        alpha=alpha,
        method=(Step("quantile", quantile), Step("bootstrap", DRAWS)),
        note="" if positive else CONTROL_NOT_POSITIVE,
    )


def quantile_effects(data: Units, plan: ExperimentPlan, metric: MetricPlan) -> list[Effect]:
    """Compare every treatment with the control on a quantile metric.

    The column is read into memory.
    """
    columns = f"{quoted(plan.variant)}::varchar as arm, {number(metric.numerator)} as value"
    table = data.rows().project(columns).to_arrow_table()
    arms = {arm: _in_arm(table, arm) for arm in (plan.control, *plan.treatments)}
    return [
        _effect(metric, arm, arms[plan.control], arms[arm], plan.alpha) for arm in plan.treatments
    ]


def _effect(metric: MetricPlan, arm: str, control: Array, treatment: Array, alpha: float) -> Effect:
    if min(control.size, treatment.size) < 2:
        return empty(metric, arm, control.size, treatment.size, alpha)
    effect = compare_quantiles(control, treatment, quantile=metric.quantile or 0.5, alpha=alpha)
    return dataclasses.replace(effect, metric=metric.name, arm=arm)


def _in_arm(table: pa.Table, arm: str) -> Array:
    values = table.filter(pc.equal(table["arm"], arm))["value"].to_numpy()
    known_values: Array = values[~np.isnan(values)]
    return known_values


def _known(values: Sequence[float] | Array) -> Array:
    numbers = np.asarray(values, dtype=float)
    in_order: Array = np.sort(numbers[~np.isnan(numbers)])
    if np.isinf(in_order).any():
        raise ValueError("values == inf, must be finite")
    if in_order.size < 2:
        raise ValueError(f"values == {in_order.size} known ones, must be at least 2")
    return in_order


def _drawn(values: Array, quantile: float, generator: np.random.Generator) -> Array:
    ranks = generator.binomial(values.size + 1, quantile, size=DRAWS)
    drawn: Array = values[np.clip(ranks - 1, 0, values.size - 1)]
    return drawn
