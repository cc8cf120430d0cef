"""A/A test of one's own data: random splits without effect, and what makes them look like one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from playbook.abtest.planning.columns import IdColumn, id_columns, require_countable
from playbook.abtest.stats.aa import (
    Uniformity,
    draw,
    pvalues,
    sums,
    uniformity,
    variance_of_largest,
)
from playbook.abtest.stats.moments import Array, count_of
from playbook.abtest.units import relation
from playbook.abtest.units.relation import Units, quoted
from playbook.errors import PlaybookError, Problem
from playbook.params.experiment import ExperimentPlan, MetricPlan
from playbook.sources.files.progress import counted

Way = Literal["as_is", "summed", "capped", "by_column"]
CELLS = 4_000_000
"""Splits times groups that are drawn at once, to bound the memory."""

CAP = 0.999
HEAVY = 0.25
"""From here on the largest thousandth of the units bears so much of the spread that a cap is
tried."""

FEWER = 5
"""Splits by a column that only looks like an id are a fifth of the others."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """One metric, split again and again in one way.

    Attributes:
        metric: Name of the metric.
        way: as_is (as the data stand), summed (rows of a unit summed first), capped (values clamped
            at their 99.9 % quantile), by_column (rows of one id kept together, yet counted singly).
        column: The id column, for that way.
        found: Whether its p-values are even.
    """

    metric: str
    way: Way
    column: str
    found: Uniformity


@dataclass(frozen=True, kw_only=True, slots=True)
class AaResult:
    """What random splits of the data show.

    Attributes:
        file: Name of the data.
        rows: Rows read.
        groups: What was assigned as a whole: units, clusters, or rows.
        assigned_by: Column that identifies them; empty where every row is one.
        alpha: Level at which false alarms are counted.
        splits: Number of splits.
        trials: As the data stand first, then what was tried to explain them.
        ids: Columns that look like ids with repeated values, and are not named.
        heavy: By metric the part of the spread that the largest thousandth of units bears, where
            that is much.
        pvalues: By metric the p-values of the splits as the data stand.
        actual: By metric the p-value of the split that the data hold; empty where none was named.
        variant: Column that holds that split.
    """

    file: str
    rows: int
    groups: int
    assigned_by: str
    alpha: float
    splits: int
    trials: tuple[Trial, ...]
    ids: tuple[IdColumn, ...]
    heavy: Mapping[str, float]
    pvalues: Mapping[str, tuple[float, ...]]
    actual: Mapping[str, float] = field(default_factory=dict)
    variant: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Table:
    """The numbers of the metrics, a row a row of the data, and what each row is assigned with."""

    columns: tuple[str, ...]
    numbers: Array
    groups: Array
    clustered: bool = False


def aa(
    data: Any, plan: ExperimentPlan, *, splits: int = 1000, seed: int = 1, variant: str = ""
) -> AaResult:
    """Split data at random many times and test every split as the evaluation would.

    Args:
        data: Data frame, Arrow table, CSV or Parquet path.
        plan: Metrics, covariates, and the columns of unit and cluster; arms are not looked at.
        splits: Number of splits, at least 100.
        seed: Of the splits.
        variant: Column of an A/A test that was run, whose split is tested too.

    Raises:
        PlaybookError: The data cannot be read, hold fewer than four things to assign, or the column
            of the split does not hold two arms.
        ValueError: There are fewer than 100 splits.
    """
    if splits < 100:
        raise ValueError(f"splits == {splits!r}, must be at least 100")
    opened = _opened(data, plan, variant)
    frame, columns = _read(opened, plan)
    table = _table(frame, columns, plan)
    _require_groups(table, opened.name)
    rng = np.random.default_rng(seed)
    metrics = [metric for metric in plan.metrics if metric.kind != "quantile"]
    plain = _tested(table, metrics, rng, splits)
    trials = _trials(metrics, plain, "as_is", plan.alpha)
    if plan.unit and not plan.cluster and table.groups.max() + 1 < len(frame):
        summed = _tested(_summed(table, metrics), metrics, rng, splits)
        trials += _trials(metrics, summed, "summed", plan.alpha)
    heavy = _heavy(table, metrics)
    trials += _capped(table, [each for each in metrics if each.name in heavy], rng, splits, plan)
    is_told = bool(plan.unit or plan.cluster)
    ids = id_columns(opened, {*_used(plan), variant}, by_name=is_told)
    for column in ids:
        trials += _by_column(table, frame, column.name, metrics, rng, splits, plan)
    return AaResult(
        file=opened.name,
        rows=len(frame),
        groups=int(table.groups.max()) + 1,
        assigned_by=plan.cluster or plan.unit or "",
        alpha=plan.alpha,
        splits=splits,
        trials=tuple(trials),
        ids=tuple(ids),
        heavy=heavy,
        pvalues={
            metric.name: tuple(plain[:, place].tolist()) for place, metric in enumerate(metrics)
        },
        actual=_actual(table, frame, plan, variant, opened.name) if variant else {},
        variant=variant,
    )


def _opened(data: Any, plan: ExperimentPlan, variant: str) -> Units:
    numbers = _numbers(plan)
    keys = [name for name in (plan.unit, plan.cluster, variant) if name]
    others = [name for name in relation.columns_of(data) if name not in {*numbers, *keys}]
    opened = relation.open_units(data, keys, [*numbers, *others])
    require_countable(opened, numbers)
    return opened


def _numbers(plan: ExperimentPlan) -> list[str]:
    names: list[str] = []
    for metric in plan.metrics:
        names += filter(None, (metric.numerator, metric.denominator, *metric.covariates))
    return list(dict.fromkeys(names))


def _used(plan: ExperimentPlan) -> set[str]:
    named = {plan.unit, plan.cluster, plan.date_column, *_numbers(plan)}
    return {name for name in named if name}


def _read(opened: Units, plan: ExperimentPlan) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Read ids as they are, and the metrics' columns as numbers under names of their own."""
    numbers = _numbers(plan)
    asked = [f"{relation.number(name)} as {quoted(_held(name))}" for name in numbers]
    frame = opened.rows().project(", ".join(["*", *asked])).df()
    return frame, tuple(numbers)


def _held(name: str) -> str:
    return f"number of {name}"


def _table(frame: pd.DataFrame, columns: tuple[str, ...], plan: ExperimentPlan) -> _Table:
    numbers = np.column_stack([frame[_held(name)].to_numpy(float) for name in columns])
    if plan.cluster:
        return _clusters(columns, numbers, _codes(frame[plan.cluster]))
    groups = _codes(frame[plan.unit]) if plan.unit else np.arange(len(frame))
    return _Table(columns=columns, numbers=numbers, groups=groups)


def _clusters(columns: tuple[str, ...], numbers: Array, groups: Array) -> _Table:
    """Sum each column over the members of a cluster, and count its known values."""
    count = int(groups.max()) + 1
    added = [np.bincount(groups, np.nan_to_num(each), count) for each in numbers.T]
    known = [np.bincount(groups, ~np.isnan(each), count) for each in numbers.T]
    return _Table(
        columns=(*columns, *map(count_of, columns)),
        numbers=np.column_stack([*added, *known]),
        groups=np.arange(count),
        clustered=True,
    )


def _codes(ids: pd.Series) -> Array:
    """Number ids from 0; a row without one is a thing of its own."""
    codes, different = pd.factorize(ids)
    alone = codes < 0
    numbered = codes.copy()
    numbered[alone] = len(different) + np.arange(alone.sum())
    found: Array = numbered
    return found


def _require_groups(table: _Table, name: str) -> None:
    groups = int(table.groups.max()) + 1
    if groups < 4:
        raise PlaybookError(
            Problem(
                file=name,
                value=f"{groups} things to assign",
                rule="too few to be split at random",
                remedy="Name the column of the unit, and take a longer period.",
            )
        )


def _tested(
    table: _Table, metrics: Sequence[MetricPlan], rng: np.random.Generator, splits: int
) -> Array:
    """Return the p-values of many splits, splits by metrics."""
    held = sums(table.columns, table.numbers, table.groups)
    at_once = max(1, CELLS // len(held.of_groups))
    sizes = [min(at_once, splits - start) for start in range(0, splits, at_once)]
    found = [
        pvalues(held, metrics, draw(rng, size, len(held.of_groups)), clustered=table.clustered)
        for size in counted(sizes)
    ]
    return np.concatenate(found)


def _trials(
    metrics: Sequence[MetricPlan], found: Array, way: Way, alpha: float, column: str = ""
) -> list[Trial]:
    return [
        Trial(metric=metric.name, way=way, column=column, found=uniformity(found[:, place], alpha))
        for place, metric in enumerate(metrics)
    ]


def _actual(
    table: _Table, frame: pd.DataFrame, plan: ExperimentPlan, variant: str, name: str
) -> dict[str, float]:
    """Test the split that the data hold; what is assigned as a whole has the arm of its rows."""
    arm, different = pd.factorize(frame[variant])
    if len(different) != 2:
        rule = "an A/A test compares two arms"
        raise PlaybookError(
            Problem(
                file=name,
                place=f"column {variant}",
                value=f"{len(different)} arms",
                rule=rule,
                remedy="Keep the rows of two arms.",
            )
        )
    metrics = [metric for metric in plan.metrics if metric.kind != "quantile"]
    held = sums(table.columns, table.numbers, table.groups)
    assigned = np.zeros((1, len(held.of_groups)))
    assigned[0, _codes(frame[plan.cluster]) if plan.cluster else table.groups] = arm
    found = pvalues(held, metrics, assigned, clustered=table.clustered)[0]
    return {metric.name: float(p) for metric, p in zip(metrics, found, strict=True)}


def _summed(table: _Table, metrics: Sequence[MetricPlan]) -> _Table:
    """Make one row of all rows of a unit: sums, and for a rate whether it ever happened."""
    frame = pd.DataFrame(table.numbers, columns=list(table.columns)).groupby(table.groups)
    whole = frame.sum(min_count=1)
    rates = [metric.numerator for metric in metrics if metric.kind == "rate"]
    whole[rates] = frame[rates].max()
    return replace(table, numbers=whole.to_numpy(), groups=np.arange(len(whole)))


def _heavy(table: _Table, metrics: Sequence[MetricPlan]) -> dict[str, float]:
    """Return by metric what the largest units bear of the spread, where that is much."""
    shares = {
        metric.name: variance_of_largest(table.numbers[:, table.columns.index(metric.numerator)])
        for metric in metrics
        if metric.kind != "rate"
    }
    return {name: share for name, share in shares.items() if share >= HEAVY}


def _capped(
    table: _Table,
    metrics: Sequence[MetricPlan],
    rng: np.random.Generator,
    splits: int,
    plan: ExperimentPlan,
) -> list[Trial]:
    if not metrics:
        return []
    numbers = table.numbers.copy()
    for metric in metrics:
        place = table.columns.index(metric.numerator)
        limit = np.nanquantile(numbers[:, place], CAP)
        numbers[:, place] = np.minimum(numbers[:, place], limit)
    found = _tested(replace(table, numbers=numbers), metrics, rng, splits)
    return _trials(metrics, found, "capped", plan.alpha)


def _by_column(
    table: _Table,
    frame: pd.DataFrame,
    column: str,
    metrics: Sequence[MetricPlan],
    rng: np.random.Generator,
    splits: int,
    plan: ExperimentPlan,
) -> list[Trial]:
    """Keep the rows of one id together, and test them as if they were independent."""
    if table.clustered:
        return []
    together = replace(table, groups=_codes(frame[column]))
    found = _tested(together, metrics, rng, max(100, splits // FEWER))
    return _trials(metrics, found, "by_column", plan.alpha, column)
