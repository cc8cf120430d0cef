"""Counts, means and cross-products of the metrics' columns.

All that effects need, and mergeable.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from playbook.params.experiment import ExperimentPlan, MetricPlan

Array = np.ndarray[Any, np.dtype[Any]]
Key = tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One measured number of a metric: a mean per unit, or a ratio of two.

    Attributes:
        numerator: Name of the measured column.
        denominator: Name of the measured column below the line; None for a mean.
    """

    numerator: str
    denominator: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The measured columns it is made of."""
        return (self.numerator,) if self.denominator is None else (self.numerator, self.denominator)


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """What is measured for one metric: the outcome, and covariates that narrow it."""

    outcome: Part
    covariates: tuple[Part, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The measured columns, outcome first."""
        return tuple(
            dict.fromkeys(
                name for part in (self.outcome, *self.covariates) for name in part.columns
            )
        )


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Moments:
    """Moments of k columns in G groups.

    A group is an arm, a segment, and a pattern of missing values.

    Attributes:
        columns: Names of the measured columns.
        by: Names of the segment columns.
        keys: For each group its arm, then its value of each segment column.
        known: (G, k) whether the column is present in the group; never partly.
        n: (G,) number of units.
        centre: (k,) value that `mean` is counted from, to keep digits.
        mean: (G, k) mean less the centre; 0 where not known.
        cross: (G, k, k) sums of products of deviations from the group's mean; 0 where not known.
    """

    columns: tuple[str, ...]
    by: tuple[str, ...]
    keys: tuple[Key, ...]
    known: Array
    n: Array
    centre: Array
    mean: Array
    cross: Array


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Block:
    """Moments of one metric's columns in one arm, over the units whose outcome is known.

    Attributes:
        n: Number of units.
        centre: (k,) value that `mean` is counted from.
        mean: (k,) mean less the centre.
        cross: (k, k) sums of products of deviations.
        filled: Units that lack a covariate; its mean over all arms stands in.
    """

    n: int
    centre: Array
    mean: Array
    cross: Array
    filled: int


def measured(metric: MetricPlan, *, clustered: bool = False) -> Measured:
    """Say which measured columns a metric needs.

    Args:
        metric: Of the plan.
        clustered: Whether rows are sums over clusters; then a mean is a ratio of sum and count.
    """
    names = [clamped(column, metric) for column in (metric.numerator, metric.denominator) if column]
    if metric.kind == "ratio":
        pairs = (
            [Part(numerator=metric.covariates[0], denominator=metric.covariates[1])]
            if metric.covariates
            else []
        )
        return Measured(
            outcome=Part(numerator=names[0], denominator=names[1]), covariates=tuple(pairs)
        )
    below = count_of if clustered else _nothing
    return Measured(
        outcome=Part(numerator=names[0], denominator=below(names[0])),
        covariates=tuple(
            Part(numerator=name, denominator=below(name)) for name in metric.covariates
        ),
    )


def clamped(column: str, metric: MetricPlan) -> str:
    """Name a metric's column after clamping; the column itself where nothing is clamped."""
    ends = [
        f"{end} {value:g}"
        for end, value in (("floor", metric.floor), ("cap", metric.cap))
        if value is not None
    ]
    return " ".join([column, *ends])


def count_of(column: str) -> str:
    """Name the count of a column's known values in a cluster."""
    return f"count of {column}"


def _nothing(_column: str) -> None:
    return None


def merge(*parts: Moments) -> Moments:
    """Merge moments of shards of the same test, whatever their centres.

    Raises:
        ValueError: The parts do not measure the same columns by the same segments.

    Source:
        Chan, Golub & LeVeque (1983), Algorithms for computing the sample variance.
    """
    first = parts[0]
    if any((part.columns, part.by) != (first.columns, first.by) for part in parts):
        raise ValueError("moments to merge must have the same columns and segments")
    moved = [part.mean + np.where(part.known, part.centre - first.centre, 0.0) for part in parts]
    return _condense(
        first,
        keys=[key for part in parts for key in part.keys],
        is_known=np.concatenate([part.known for part in parts]),
        n=np.concatenate([part.n for part in parts]),
        mean=np.concatenate(moved),
        cross=np.concatenate([part.cross for part in parts]),
    )


def roll_up(moments: Moments, by: Sequence[str] = ()) -> Moments:
    """Merge groups so that only some of the segment columns are left.

    Raises:
        ValueError: A name in `by` is not a segment column of the moments.
    """
    if set(by) - set(moments.by):
        raise ValueError(f"by == {tuple(by)!r}, must be among {moments.by!r}")
    places = [0, *(1 + moments.by.index(name) for name in by)]
    columns_of_keys = list(zip(*moments.keys, strict=True))
    keys = zip(*(columns_of_keys[place] for place in places), strict=True) if moments.keys else ()
    fewer = Moments(
        columns=moments.columns,
        by=tuple(by),
        keys=tuple(keys),
        known=moments.known,
        n=moments.n,
        centre=moments.centre,
        mean=moments.mean,
        cross=moments.cross,
    )
    return merge(fewer)


def _condense(
    like: Moments, *, keys: Sequence[Key], is_known: Array, n: Array, mean: Array, cross: Array
) -> Moments:
    """Merge groups of equal key and pattern, in the order of key and pattern."""
    marks = [(*key, row.tobytes()) for key, row in zip(keys, is_known, strict=True)]
    order = sorted(set(marks))
    place = {mark: index for index, mark in enumerate(order)}
    group = np.array([place[mark] for mark in marks])
    first = np.unique(group, return_index=True)[1]
    total = np.bincount(group, weights=n, minlength=len(order))
    pooled = _sums(group, n[:, None] * mean, len(order)) / total[:, None]
    apart = mean - pooled[group]
    spread = _sums(
        group, cross + n[:, None, None] * apart[:, :, None] * apart[:, None, :], len(order)
    )
    return Moments(
        columns=like.columns,
        by=like.by,
        keys=tuple(keys[index] for index in first),
        known=is_known[first],
        n=total,
        centre=like.centre,
        mean=pooled,
        cross=spread,
    )


def _sums(group: Array, values: Array, groups: int) -> Array:
    sums = np.zeros((groups, *values.shape[1:]))
    np.add.at(sums, group, values)
    return sums


def levels(moments: Moments, name: str) -> tuple[str, ...]:
    """List the values of a segment column, sorted."""
    place = 1 + moments.by.index(name)
    return tuple(sorted({key[place] for key in moments.keys}))


def only(moments: Moments, name: str, wanted: Collection[str]) -> Moments:
    """Keep the groups of some values of a segment column."""
    place = 1 + moments.by.index(name)
    rows = [index for index, key in enumerate(moments.keys) if key[place] in wanted]
    return Moments(
        columns=moments.columns,
        by=moments.by,
        keys=tuple(moments.keys[row] for row in rows),
        known=moments.known[rows],
        n=moments.n[rows],
        centre=moments.centre,
        mean=moments.mean[rows],
        cross=moments.cross[rows],
    )


def units(moments: Moments) -> dict[str, int]:
    """Count the units of every arm in the data, known outcome or not."""
    counts: dict[str, int] = {}
    for key, count in zip(moments.keys, moments.n, strict=True):
        counts[key[0]] = counts.get(key[0], 0) + int(count)
    return counts


def blocks(moments: Moments, what: Measured, arms: Sequence[str]) -> dict[str, Block]:
    """Take the moments of one metric for each arm.

    Units whose outcome is missing are left out. A missing covariate is replaced by its mean over
    all arms, which leaves the comparison unbiased because it does not depend on the arm.

    Returns:
        A block for every arm, with n 0 where the arm has no unit.
    """
    places = [moments.columns.index(name) for name in what.columns]
    outcomes = len(what.outcome.columns)
    here = np.array([key[0] in arms for key in moments.keys], dtype=bool)
    usable = here & moments.known[:, places[:outcomes]].all(axis=1)
    is_known = moments.known[:, places]
    fill = _pooled_mean(moments.n[usable], moments.mean[usable][:, places], is_known[usable])
    mean = np.where(is_known, moments.mean[:, places], fill)
    cross = moments.cross[:, places][:, :, places]
    centre = moments.centre[places]
    key_arms = np.array([key[0] for key in moments.keys], dtype=object)
    return {
        arm: _block(usable & (key_arms == arm), moments.n, mean, cross, is_known, centre)
        for arm in arms
    }


def _pooled_mean(n: Array, mean: Array, is_known: Array) -> Array:
    weight = n[:, None] * is_known
    total = weight.sum(axis=0)
    mean_known: Array = (weight * mean).sum(axis=0) / np.where(total > 0, total, 1.0)
    return mean_known


def _block(
    rows: Array, n: Array, mean: Array, cross: Array, is_known: Array, centre: Array
) -> Block:
    total = n[rows].sum()
    pooled = (n[rows, None] * mean[rows]).sum(axis=0) / max(total, 1)
    apart = mean[rows] - pooled
    between = np.einsum("g,gi,gj->ij", n[rows], apart, apart)
    return Block(
        n=int(total),
        centre=centre,
        mean=pooled,
        cross=cross[rows].sum(axis=0) + between,
        filled=int(n[rows & ~is_known.all(axis=1)].sum()),
    )


def pooled(arm_blocks: Mapping[str, Block]) -> Block:
    """Merge the blocks of several arms into one."""
    parts = [block for block in arm_blocks.values() if block.n]
    n = np.array([block.n for block in parts], dtype=float)
    mean = np.array([block.mean for block in parts])
    cross = np.array([block.cross for block in parts])
    everything = np.ones(len(parts), dtype=bool)
    return _block(everything, n, mean, cross, np.ones(mean.shape, dtype=bool), parts[0].centre)


def columns_of(plan: ExperimentPlan) -> tuple[str, ...]:
    """List the measured columns that a plan needs, each once."""
    wanted = (measured(metric, clustered=plan.cluster is not None) for metric in plan.metrics)
    return tuple(dict.fromkeys(name for what in wanted for name in what.columns))
