"""A/A splits of one's own data: many random splits, each tested as a real test would be."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special

from playbook.abtest.stats.metric_effects import effects
from playbook.abtest.stats.moments import Array, Moments
from playbook.methods.intervals import Interval
from playbook.params.experiment import MetricPlan

State = Literal["even", "too_many", "too_few", "uneven", "no_test"]
SURE = 0.001
"""Below this probability a share of false alarms, or an unevenness, is not taken for luck."""

ARMS = ("first half", "second half")
FEW_VALUES = 0.05
"""Below this number of different p-values a split they are steps, whose unevenness says nothing."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Sums:
    """Sums over what is assigned as a whole, so that any split is a sum of some of them.

    Attributes:
        columns: Names of the measured columns.
        known: Patterns of missing values by columns; whether the column is present.
        centre: Value of each column that sums are counted from, to keep digits.
        of_groups: Groups by patterns by features: count, sums, and sums of products.
    """

    columns: tuple[str, ...]
    known: Array
    centre: Array
    of_groups: Array


@dataclass(frozen=True, kw_only=True, slots=True)
class Uniformity:
    """Whether p-values of splits without effect are as even as they should be.

    Attributes:
        splits: With a p-value.
        alarms: Share of p-values below alpha.
        alarms_interval: Its exact binomial interval, 95 %.
        ks_pvalue: Of the Kolmogorov–Smirnov test against the uniform distribution.
        values: Number of different p-values.
        state: even; too_many or too_few false alarms, or uneven otherwise, each beyond luck;
            no_test where no split has a p-value.
    """

    splits: int
    alarms: float
    alarms_interval: Interval
    ks_pvalue: float
    values: int
    state: State


def sums(columns: Sequence[str], numbers: Array, groups: Array) -> Sums:
    """Sum up rows by group and pattern of missing values.

    Args:
        columns: Names, one a column of `numbers`.
        numbers: Rows by columns; NaN where missing.
        groups: For each row the index, from 0, of what it is assigned with.
    """
    present = ~np.isnan(numbers)
    known, pattern = np.unique(present, axis=0, return_inverse=True)
    centre = np.nan_to_num(np.nanmean(np.where(present.any(axis=0), numbers, 0.0), axis=0))
    features = _features(np.where(present, numbers - centre, 0.0))
    count = int(groups.max()) + 1
    place = groups * len(known) + pattern.reshape(-1)
    added = [
        np.bincount(place, weights=feature, minlength=count * len(known)) for feature in features
    ]
    return Sums(
        columns=tuple(columns),
        known=known,
        centre=centre,
        of_groups=np.array(added).T.reshape(count, len(known), len(features)),
    )


def draw(rng: np.random.Generator, splits: int, groups: int) -> Array:
    """Assign every group to one of two halves by a coin, for several splits.

    Returns:
        Splits by groups; 1.0 in the second half, else 0.0.
    """
    coins = np.frombuffer(rng.bytes(splits * ((groups + 7) // 8)), dtype=np.uint8)
    bits = np.unpackbits(coins.reshape(splits, -1), axis=1, count=groups)
    return bits.astype(float)


def pvalues(
    table: Sums, metrics: Sequence[MetricPlan], assigned: Array, *, clustered: bool = False
) -> Array:
    """Test every split on every metric, exactly as the evaluation of a test does.

    Args:
        table: From `sums`.
        metrics: To test.
        assigned: From `draw`, or a real assignment.
        clustered: Whether the rows were sums over clusters.

    Returns:
        Splits by metrics; NaN where a split cannot be tested.
    """
    flat = table.of_groups.reshape(len(table.of_groups), -1)
    second = assigned @ flat
    halves = np.stack([flat.sum(axis=0) - second, second], axis=1)
    shaped = halves.reshape(len(assigned), 2, *table.of_groups.shape[1:])
    tested = [_of_split(table, split, metrics, clustered=clustered) for split in shaped]
    return np.array(tested)


def uniformity(found: Array, alpha: float = 0.05) -> Uniformity:
    """Judge the p-values of splits in which nothing differs but luck.

    Args:
        found: p-values, NaN where there is none.
        alpha: Level at which false alarms are counted.

    Source:
        Clopper & Pearson (1934), Biometrika 26, 404–413; Kolmogorov's limit as in Smirnov (1948),
        Annals of Mathematical Statistics 19, 279–281. A/A tests: Kohavi, Tang & Xu (2020),
        Trustworthy online controlled experiments, chapter 19.
    """
    known = np.sort(found[~np.isnan(found)])
    if not known.size:
        nan = math.nan
        return Uniformity(
            splits=0,
            alarms=nan,
            alarms_interval=(nan, nan),
            ks_pvalue=nan,
            values=0,
            state="no_test",
        )
    alarms, values = int((known < alpha).sum()), int(np.unique(known.round(12)).size)
    ks = kolmogorov(known)
    return Uniformity(
        splits=known.size,
        alarms=alarms / known.size,
        alarms_interval=clopper_pearson(alarms, known.size),
        ks_pvalue=ks,
        values=values,
        state=_state(alarms, known.size, alpha, ks, values),
    )


def clopper_pearson(count: int, total: int, alpha: float = 0.05) -> Interval:
    """Return the exact interval of a share, confidence 1 − alpha."""
    low = special.betaincinv(count, total - count + 1, alpha / 2) if count else 0.0
    high = special.betaincinv(count + 1, total - count, 1 - alpha / 2) if count < total else 1.0
    return float(low), float(high)


def kolmogorov(ordered: Array) -> float:
    """Return the Kolmogorov–Smirnov p-value of sorted values against the uniform distribution."""
    total = len(ordered)
    place = np.arange(1, total + 1) / total
    apart = max((place - ordered).max(), (ordered - place + 1 / total).max())
    return float(special.kolmogorov(math.sqrt(total) * apart))


def variance_of_largest(values: Array, share: float = 0.001) -> float:
    """Return the part of the spread that the units farthest from the mean bear.

    Args:
        values: Of the units; NaN where missing.
        share: Of the units, at least one.

    Returns:
        0 to 1; NaN where nothing varies.
    """
    known = values[~np.isnan(values)]
    squares = np.sort((known - known.mean()) ** 2) if known.size else known
    total = float(squares.sum())
    count = max(1, round(share * known.size))
    return float(squares[-count:].sum()) / total if total > 0 else math.nan


def _features(numbers: Array) -> list[Array]:
    """Return what is summed of every row: one, its numbers, and their products."""
    count = numbers.shape[1]
    pairs = zip(*np.triu_indices(count), strict=True)
    products = [numbers[:, first] * numbers[:, second] for first, second in pairs]
    return [np.ones(len(numbers)), *numbers.T, *products]


def _of_split(
    table: Sums, halves: Array, metrics: Sequence[MetricPlan], *, clustered: bool
) -> list[float]:
    moments = _moments(table, halves)
    found = []
    for metric in metrics:
        effect = effects(moments, metric, ARMS, clustered=clustered)[0]
        found.append(effect.pvalue)
    return found


def _moments(table: Sums, halves: Array) -> Moments:
    """Make moments of the sums of two halves; patterns that a half lacks are left out."""
    count = len(table.columns)
    rows = halves.reshape(-1, halves.shape[-1])
    arms = np.repeat(ARMS, len(table.known))
    filled = rows[:, 0] > 0.5
    n = rows[filled, 0].round()
    mean = rows[filled, 1 : count + 1] / n[:, None]
    cross = np.zeros((len(n), count, count))
    upper = np.triu_indices(count)
    cross[:, upper[0], upper[1]] = rows[filled, count + 1 :]
    cross[:, upper[1], upper[0]] = rows[filled, count + 1 :]
    return Moments(
        columns=table.columns,
        by=(),
        keys=tuple((arm,) for arm in arms[filled]),
        known=np.tile(table.known, (2, 1))[filled],
        n=n,
        centre=table.centre,
        mean=mean,
        cross=cross - n[:, None, None] * mean[:, :, None] * mean[:, None, :],
    )


def _state(alarms: int, total: int, alpha: float, ks: float, values: int) -> State:
    if alarms and special.bdtrc(alarms - 1, total, alpha) < SURE:
        return "too_many"
    if special.bdtr(alarms, total, alpha) < SURE:
        return "too_few"
    return "uneven" if ks < SURE and values > FEW_VALUES * total else "even"
