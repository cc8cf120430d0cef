"""How the metrics of a test stood before it, from a file of a pre-period."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import pyarrow.compute as pc

from playbook.abtest.planning.columns import require_countable
from playbook.abtest.planning.design import Kind, Level
from playbook.abtest.stats.moments import (
    Array,
    Measured,
    Moments,
    Part,
    columns_of,
    measured,
    roll_up,
)
from playbook.abtest.units import days, relation
from playbook.abtest.units.aggregate import collect
from playbook.abtest.units.relation import Units, quoted
from playbook.errors import PlaybookError, Problem
from playbook.params.experiment import ExperimentPlan, MetricPlan

EVERYBODY = "arm of the pre-period"
LEAST_UNITS = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Pilot:
    """What a pre-period tells.

    Attributes:
        levels: Of each metric.
        correlations: Of the metrics' values of a unit, covariates taken away, in that order.
        units: All units; clusters, where the plan has some.
        complete: Units whose metrics are all known, from which the levels are.
        days: Days from the first to the last, both included; 0 where no date column was named.
        daily_units: Units a day; NaN without a date column, and for clusters, which do not come
            in day by day.
    """

    levels: Mapping[str, Level]
    correlations: tuple[tuple[float, ...], ...]
    units: int
    complete: int
    days: int
    daily_units: float


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Spread:
    """Means and covariances of the columns over the units in which all of them are known."""

    columns: tuple[str, ...]
    n: int
    mean: Array
    covariance: Array

    def slope(self, part: Part) -> Array:
        """Return the derivative of a mean or a ratio by the means of the columns."""
        slope = np.zeros(len(self.columns))
        scale = 1.0 if part.denominator is None else 1 / self.of(part.denominator)
        slope[self.columns.index(part.numerator)] = scale
        if part.denominator is not None:
            slope[self.columns.index(part.denominator)] = -self.level(part) * scale
        return slope

    def of(self, column: str) -> float:
        """Return the mean of a column."""
        return float(self.mean[self.columns.index(column)])

    def level(self, part: Part) -> float:
        """Return a mean, or a ratio of two."""
        below = 1.0 if part.denominator is None else self.of(part.denominator)
        return self.of(part.numerator) / below

    def narrowed(self, what: Measured) -> Array:
        """Return the slope of the outcome, less what the covariates tell of it (CUPED)."""
        outcome = self.slope(what.outcome)
        if not what.covariates:
            return outcome
        slopes = np.array([self.slope(part) for part in what.covariates])
        scale = np.sqrt(np.diag(slopes @ self.covariance @ slopes.T))
        slopes = slopes[scale > 0] / scale[scale > 0, None]
        within = slopes @ self.covariance @ slopes.T
        theta = np.linalg.lstsq(within, slopes @ self.covariance @ outcome, rcond=1e-12)[0]
        narrowed: Array = outcome - theta @ slopes
        return narrowed


def pilot(data: Any, plan: ExperimentPlan) -> Pilot:
    """Measure a pre-period as the evaluation will measure the test.

    Args:
        data: As for `evaluate`, but without a column of arms: all units of the pre-period.
        plan: Names metrics, covariates, and, where they are in the file, the columns of the unit,
            the cluster and the date.

    Raises:
        PlaybookError: The data cannot be read or lack a column, a unit stands twice, a rate holds
            other values than 0 and 1, or a metric does not vary.
    """
    opened = _opened(data, plan)
    _require_single(opened, plan)
    moments = roll_up(collect(opened, plan.model_copy(update={"variant": EVERYBODY})))
    spread = _spread(moments, columns_of(plan), opened.name)
    whats = [measured(metric, clustered=plan.cluster is not None) for metric in plan.metrics]
    for metric, what in zip(plan.metrics, whats, strict=True):
        _require_level(metric, what, spread, opened.name, clustered=plan.cluster is not None)
    narrowed = np.array([spread.narrowed(what) for what in whats])
    length, units = _days(opened, plan), int(moments.n.sum())
    return Pilot(
        levels={
            metric.name: _level(metric, what, slope, spread, by_sums=plan.cluster is not None)
            for metric, what, slope in zip(plan.metrics, whats, narrowed, strict=True)
        },
        correlations=_related(narrowed @ spread.covariance @ narrowed.T),
        units=units,
        complete=spread.n,
        days=length,
        daily_units=units / length if length and plan.cluster is None else float("nan"),
    )


def for_pre_period(data: Any, plan: ExperimentPlan) -> ExperimentPlan:
    """Forget the unit and the date of a plan where a pre-period has no such columns.

    Raises:
        PlaybookError: The data cannot be read.
    """
    present = relation.columns_of(data)
    absent = [key for key in ("unit", "date_column") if getattr(plan, key) not in present]
    return plan.model_copy(update=dict.fromkeys(absent))


def _opened(data: Any, plan: ExperimentPlan) -> Units:
    """Open the columns that a plan names, and put all rows into one arm."""
    keys = [name for name in (plan.unit, plan.cluster, plan.date_column) if name]
    numbers: list[str] = []
    for metric in plan.metrics:
        numbers += filter(None, (metric.numerator, metric.denominator, *metric.covariates))
    opened = relation.open_units(data, keys, numbers)
    require_countable(opened, list(dict.fromkeys(numbers)))

    def rows() -> duckdb.DuckDBPyRelation:
        return opened.rows().project(f"*, 'all' as {quoted(EVERYBODY)}")

    return Units(rows=rows, name=opened.name)


def _require_single(opened: Units, plan: ExperimentPlan) -> None:
    """Refuse rows that are no units: sizes would be counted in the wrong thing."""
    if plan.unit is None:
        return
    unit = quoted(plan.unit)
    counts = opened.rows().aggregate(f"count({unit}), count(distinct {unit})").fetchall()[0]
    if counts[0] > counts[1]:
        raise PlaybookError(
            Problem(
                file=opened.name,
                place=f"column {plan.unit}",
                value=f"{counts[0]:,} rows of {counts[1]:,} units",
                rule="a unit stands in several rows",
                remedy="Sum the rows of each unit first: the test counts units.",
            )
        )


def _spread(moments: Moments, columns: Sequence[str], name: str) -> _Spread:
    """Merge the rows in which everything is known."""
    places = [moments.columns.index(column) for column in columns]
    whole = moments.known[:, places].all(axis=1)
    n = moments.n[whole].sum() if whole.any() else 0
    if n < LEAST_UNITS:
        raise PlaybookError(
            Problem(
                file=name,
                value=f"{int(n)} units",
                rule=f"a spread needs at least {LEAST_UNITS} units in which all metrics are known",
                remedy="Take a longer pre-period.",
            )
        )
    mean, cross = moments.mean[whole][:, places], moments.cross[whole][:, places][:, :, places]
    weight = moments.n[whole]
    middle = weight @ mean / n
    apart = mean - middle
    between = np.einsum("g,gi,gj->ij", weight, apart, apart)
    return _Spread(
        columns=tuple(columns),
        n=int(n),
        mean=middle + moments.centre[places],
        covariance=(cross.sum(axis=0) + between) / (n - 1),
    )


def _require_level(
    metric: MetricPlan, what: Measured, spread: _Spread, name: str, *, clustered: bool
) -> None:
    """Refuse a metric on which no test can be sized."""
    column, rule = what.outcome.columns[-1], ""
    if what.outcome.denominator and spread.of(column) == 0:
        rule = "its denominator adds up to 0"
    elif not spread.slope(what.outcome) @ spread.covariance @ spread.slope(what.outcome) > 0:
        rule = "it is the same for every unit"
    elif spread.level(what.outcome) == 0:
        rule = "its level is 0, so that no relative change can be found"
    elif metric.kind == "rate" and not clustered and not _is_binary(what.outcome, spread):
        rule = "it is a rate, but its values are not all 0 or 1"
    if rule:
        remedy = "Name another column, or another kind: NAME:rate, NAME:mean, A/B:ratio."
        raise PlaybookError(
            Problem(file=name, place=f"metric {metric.name}", rule=rule, remedy=remedy)
        )


def _is_binary(outcome: Part, spread: _Spread) -> bool:
    rate = spread.level(outcome)
    place = spread.columns.index(outcome.numerator)
    expected = rate * (1 - rate) * spread.n / (spread.n - 1)
    return bool(abs(spread.covariance[place, place] - expected) <= 1e-6)


def _level(
    metric: MetricPlan, what: Measured, narrowed: Array, spread: _Spread, *, by_sums: bool
) -> Level:
    plain = spread.slope(what.outcome)
    variance = float(plain @ spread.covariance @ plain)
    left = float(narrowed @ spread.covariance @ narrowed)
    return Level(
        kind=_kind(metric),
        baseline=spread.level(what.outcome),
        variance=variance,
        variance_cut=min(max(0.0, 1 - left / variance), 1 - 1e-9) if what.covariates else 0.0,
        by_sums=by_sums,
    )


def _kind(metric: MetricPlan) -> Kind:
    if metric.kind == "quantile":
        raise ValueError(f"metric {metric.name!r} is a quantile, whose spread moments do not tell")
    return metric.kind


def _related(covariance: Array) -> tuple[tuple[float, ...], ...]:
    scale = np.sqrt(np.clip(np.diag(covariance), 1e-300, None))
    related = covariance / np.outer(scale, scale)
    return tuple(map(tuple, related.tolist()))


def _days(opened: Units, plan: ExperimentPlan) -> int:
    if plan.date_column is None:
        return 0
    column = opened.rows().project(quoted(plan.date_column)).to_arrow_table().column(0)
    entered = days.of_column(column, plan.timezone, plan.date_column, opened.name)
    ends = pc.min_max(entered).as_py()
    if ends["max"] is None:
        raise PlaybookError(
            Problem(
                file=opened.name,
                place=f"column {plan.date_column}",
                rule="holds no day that can be read",
                remedy="Write days like 2026-10-31, or give --daily-units.",
            )
        )
    return int((ends["max"] - ends["min"]).days) + 1
