"""The Bayesian view: probability to be better or best, and expected loss of a choice."""

import math
from collections.abc import Sequence

import numpy as np
from scipy import special

from playbook.abtest.stats.moments import Array
from playbook.abtest.stats.quadrature import unit_legendre

Counts = tuple[int, int]
Prior = tuple[float, float]
UNIFORM: Prior = (1.0, 1.0)
NODES = 500
FAR, POINTS = 9.0, 20_001
"""Standard errors beyond which nothing lies, and the points between: enough for errors that differ
a hundredfold."""


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
