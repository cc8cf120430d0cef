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


def probability_better(control: Counts, treatment: Counts, prior: Prior = UNIFORM) -> float:
    """Return the posterior probability that the treatment's rate is above the control's.

    Args:
        control: Conversions and units.
        treatment: Conversions and units.
        prior: Parameters of the Beta prior of both rates.

    Source:
        Miller (2015), Formulas for Bayesian A/B testing; summed as logarithms, so that large counts
        do not underflow.
    """
    return _above(_posterior(control, prior), _posterior(treatment, prior))


def expected_loss(control: Counts, treatment: Counts, prior: Prior = UNIFORM) -> float:
    """Return the expected loss of choosing the treatment, E[max(control − treatment, 0)].

    As a rate.

    Source:
        Stucchio (2015), Bayesian A/B testing at VWO.
    """
    (a_c, b_c), (a_t, b_t) = _posterior(control, prior), _posterior(treatment, prior)
    lost_c = a_c / (a_c + b_c) * (1 - _above((a_c + 1, b_c), (a_t, b_t)))
    lost_t = a_t / (a_t + b_t) * (1 - _above((a_c, b_c), (a_t + 1, b_t)))
    return max(0.0, lost_c - lost_t)


def best_rates(arms: Sequence[Counts], prior: Prior = UNIFORM) -> list[float]:
    """Return for each arm the posterior probability that its rate is the highest."""
    posteriors = [_posterior(arm, prior) for arm in arms]
    node, weight = unit_legendre(NODES)
    quantiles = [special.betaincinv(a, b, node) for a, b in posteriors]
    below = [_below_of_rates(posteriors, at) for at in quantiles]
    return _best(below, weight)


def _below_of_rates(posteriors: Sequence[tuple[float, float]], at: Array) -> list[Array]:
    """Return for each arm the probability that its rate lies below the nodes."""
    return [special.betainc(a, b, at) for a, b in posteriors]


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
    """Return for each arm the expected loss of choosing it, E[highest mean − its own].

    With flat priors.

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


def _posterior(counts: Counts, prior: Prior) -> tuple[float, float]:
    return prior[0] + counts[0], prior[1] + counts[1] - counts[0]


def _above(control: tuple[float, float], treatment: tuple[float, float]) -> float:
    """Return P(treatment > control) of two Beta variables.

    Summing over the treatment's whole parameter.
    """
    (a_c, b_c), (a_t, b_t) = control, treatment
    if a_t == int(a_t):
        i = np.arange(int(a_t))
        terms = (
            special.betaln(a_c + i, b_c + b_t)
            - np.log(b_t + i)
            - special.betaln(1 + i, b_t)
            - special.betaln(a_c, b_c)
        )
        return float(np.exp(terms).sum())
    node, weight = unit_legendre(NODES)
    return float(weight @ special.betainc(a_c, b_c, special.betaincinv(a_t, b_t, node)))


def _best(below: Sequence[Sequence[Array]], weight: Array) -> list[float]:
    found = []
    for place, others in enumerate(below):
        beaten = [each for index, each in enumerate(others) if index != place]
        found.append(float(weight @ np.prod(beaten, axis=0)))
    total = math.fsum(found)
    return [each / total for each in found]
