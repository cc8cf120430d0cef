"""From moments to one estimate per arm: a mean or ratio, its variance, narrowed by covariates."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from playbook.abtest.stats.moments import Array, Block, Measured, Part, pooled

COLLINEAR = 1e-8
"""Share of a covariate's variance below which the other covariates tell it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimate:
    """What one arm says about a metric.

    Attributes:
        base: Constant that is part of the level of every arm; kept apart so that differences of
            large levels keep their digits.
        level: Mean or ratio less the base.
        variance: Of the level, that is its squared standard error; NaN below two units.
        n: Units whose outcome is known.
        cut: Share of the variance that covariates took away, 0 to 1.
        filled: Units that lack a covariate.
    """

    base: float
    level: float
    variance: float
    n: int
    cut: float = 0.0
    filled: int = 0

    @property
    def value(self) -> float:
        """Mean or ratio in the metric's own unit."""
        return self.base + self.level


def estimates(arms: Mapping[str, Block], what: Measured) -> dict[str, Estimate]:
    """Estimate a metric in every arm; covariates shift the levels towards equal groups.

    Theta is common to all arms: covariance over variance of all units together.

    Args:
        arms: Moments by arm; every arm with at least one unit.
        what: Outcome and covariates, those of `usable`.

    Source:
        Deng, Xu, Kohavi & Walker (2013), Improving the sensitivity of online controlled experiments
        by utilizing pre-experiment data. For ratios: Deng, Knoblich & Lu (2018), Applying the delta
        method in metric analytics.
    """
    together = pooled(arms)
    theta = _theta(together, what)
    targets = [_level(together, part, what) for part in what.covariates]
    return {arm: _estimate(block, what, theta, targets) for arm, block in arms.items()}


def _estimate(block: Block, what: Measured, theta: Array, targets: list[float]) -> Estimate:
    slope = _slope(block, what.outcome, what)
    plain = _variance(block, slope)
    level = _level(block, what.outcome, what)
    for weight, part, target in zip(theta, what.covariates, targets, strict=True):
        slope = slope - weight * _slope(block, part, what)
        level -= weight * (_level(block, part, what) - target)
    variance = _variance(block, slope)
    cut = 1 - variance / plain if plain > 0 else 0.0
    base = 0.0 if what.outcome.denominator else float(block.centre[0])
    return Estimate(
        base=base, level=float(level), variance=variance, n=block.n, cut=cut, filled=block.filled
    )


def usable(arms: Mapping[str, Block], what: Measured) -> Measured:
    """Leave out covariates that can narrow nothing: constant, all missing, or told by the others.

    Args:
        arms: Moments by arm; every arm with at least one unit.
        what: Outcome and covariates.
    """
    if not what.covariates:
        return what
    together = pooled(arms)
    slopes = [_slope(together, part, what) for part in what.covariates]
    spread = np.array([slope @ together.cross @ slope for slope in slopes])
    noise = [_noise(together, slope) for slope in slopes]
    kept: list[int] = []
    for place in range(len(slopes)):
        if not spread[place] > noise[place]:
            continue
        here = [*kept, place]
        scale = np.sqrt(spread[here])
        stacked = np.array([slopes[each] for each in here])
        alike = stacked @ together.cross @ stacked.T / np.outer(scale, scale)
        if _unexplained(alike) > COLLINEAR:
            kept.append(place)
    return Measured(
        outcome=what.outcome, covariates=tuple(what.covariates[place] for place in kept)
    )


def _noise(together: Block, slope: Array) -> float:
    """Return the sum of squares that a constant may show because numbers have few digits."""
    level = float(np.abs(slope) @ np.abs(together.mean + together.centre))
    return together.n * (1e-12 * level) ** 2


def _unexplained(correlations: Array) -> float:
    """Return the share of the last variable's variance that the others do not explain."""
    if len(correlations) == 1:
        return 1.0
    others, last = correlations[:-1, :-1], correlations[:-1, -1]
    return 1.0 - float(last @ np.linalg.solve(others, last))


def _theta(together: Block, what: Measured) -> Array:
    """Regress the outcome on the covariates over all units, on the scale of correlations.

    A constant covariate gets weight 0.
    """
    if not what.covariates:
        return np.zeros(0)
    outcome = _slope(together, what.outcome, what)
    slopes = np.array([_slope(together, part, what) for part in what.covariates])
    products = slopes @ together.cross @ slopes.T
    spread = np.sqrt(np.diag(products))
    scale = np.where(spread > 0, spread, 1.0)
    alike = products / np.outer(scale, scale)
    with_outcome = slopes @ together.cross @ outcome / scale
    theta: Array = np.linalg.lstsq(alike, with_outcome, rcond=COLLINEAR)[0] / scale
    return theta


def _level(block: Block, part: Part, what: Measured) -> float:
    """Return a part's mean less its centre, or its ratio."""
    top = what.columns.index(part.numerator)
    if part.denominator is None:
        return float(block.mean[top])
    bottom = what.columns.index(part.denominator)
    below = block.mean[bottom] + block.centre[bottom]
    return float((block.mean[top] + block.centre[top]) / below) if below else float("nan")


def _slope(block: Block, part: Part, what: Measured) -> Array:
    """Return the derivative of a part by the means of the columns."""
    slope = np.zeros(len(what.columns))
    top = what.columns.index(part.numerator)
    if part.denominator is None:
        slope[top] = 1.0
        return slope
    bottom = what.columns.index(part.denominator)
    below = block.mean[bottom] + block.centre[bottom]
    scale = 1 / below if below else float("nan")
    slope[top], slope[bottom] = scale, -_level(block, part, what) * scale
    return slope


def _variance(block: Block, slope: Array) -> float:
    if block.n < 2:
        return float("nan")
    return max(0.0, float(slope @ block.cross @ slope) / (block.n - 1) / block.n)
