"""The Bayesian view: probability to be better or best, and expected loss of a choice."""

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
from scipy import special

from playbook.abtest.stats.moments import Array
from playbook.abtest.stats.quadrature import unit_legendre

Counts = tuple[int, int]
Better = Literal["higher", "lower"]
Prior = tuple[float, float]
UNIFORM: Prior = (1.0, 1.0)
NODES = 500
FAR, POINTS = 9.0, 20_001
"""Standard errors beyond which nothing lies, and the points between: enough for errors that differ
a hundredfold."""


def best_rates(counts: Sequence[Counts], better: Better = "higher") -> list[float]:
    """Return for each arm the probability that its rate is the best, with uniform priors.

    Args:
        counts: Conversions and units of each arm.
        better: Which rate is best.

    Source:
        Exact by quadrature over Beta posteriors; for two arms it is the sum of Miller (2015),
        Formulas for Bayesian A/B testing.
    """
    node, weight = unit_legendre(NODES)
    shapes = _posteriors(counts, better)
    below = []
    for first, second in shapes:
        at = special.betaincinv(first, second, node)
        below.append([special.betainc(a, b, at) for a, b in shapes])
    return _best(below, weight)


def losses_of_rates(counts: Sequence[Counts], better: Better = "higher") -> list[float]:
    """Return each arm's expected loss, E[best rate − its own], with uniform priors.

    Arguments as in `best_rates`; the integral is that of `losses_of_means`.
    """
    shapes = _posteriors(counts, better)
    edges = [special.betaincinv(a, b, [1e-12, 1 - 1e-12]) for a, b in shapes]
    low, high = min(edge[0] for edge in edges), max(edge[1] for edge in edges)
    at = np.linspace(low, high, POINTS)
    below = np.array([special.betainc(a, b, at) for a, b in shapes])
    others = [np.delete(below, arm, axis=0).prod(axis=0) for arm in range(len(shapes))]
    return [
        float(np.trapezoid(own * (1 - rest), at)) for own, rest in zip(below, others, strict=True)
    ]


def _posteriors(counts: Sequence[Counts], better: Better) -> list[Prior]:
    """Return the Beta posterior of each rate, or of its complement where lower is better."""
    shapes = [(UNIFORM[0] + hits, UNIFORM[1] + units - hits) for hits, units in counts]
    return shapes if better == "higher" else [(second, first) for first, second in shapes]


def best_means(levels: Sequence[tuple[float, float]]) -> list[float]:
    """Return for each arm the probability that its mean is the highest, with flat priors.

    Args:
        levels: Mean and standard error of each arm.
    """
    node, weight = unit_legendre(NODES)
    quantiles = [mean + se * special.ndtri(node) for mean, se in levels]
    below = [_below_of_means(levels, at) for at in quantiles]
    return _best(below, weight)


def _below_of_means(levels: Sequence[tuple[float, float]], at: Array) -> list[Array]:
    """Return for each arm the probability that its mean lies below the nodes."""
    return [special.ndtr((at - mean) / se) for mean, se in levels]


def losses_of_means(levels: Sequence[tuple[float, float]]) -> list[float]:
    """Return each arm's expected loss, E[highest mean − its own], with flat priors.

    It is the integral over t of the probability that the arm lies below t and some other above it.

    Args:
        levels: Mean and standard error of each arm.

    Source:
        Stucchio (2015), Bayesian A/B testing at VWO; for two arms it is the normal loss integral.
    """
    mean, se = (np.array(each)[:, None] for each in zip(*levels, strict=True))
    at = np.linspace((mean - FAR * se).min(), (mean + FAR * se).max(), POINTS)
    below = special.ndtr((at - mean) / se)
    others = [np.delete(below, arm, axis=0).prod(axis=0) for arm in range(len(levels))]
    return [
        float(np.trapezoid(own * (1 - rest), at)) for own, rest in zip(below, others, strict=True)
    ]


def _best(below: Sequence[Sequence[Array]], weight: Array) -> list[float]:
    chances = []
    for place, others in enumerate(below):
        beaten = [each for index, each in enumerate(others) if index != place]
        chances.append(float(weight @ np.prod(beaten, axis=0)))
    total = math.fsum(chances)
    return [each / total for each in chances]
