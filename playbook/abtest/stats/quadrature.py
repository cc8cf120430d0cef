"""Nodes and weights for numerical integration, computed once."""

import math
from functools import cache

import numpy as np

from playbook.abtest.stats.moments import Array

STEPS = 6
"""Newton's method starts so near that three steps are enough up to some thousand nodes."""


@cache
def legendre(count: int) -> tuple[Array, Array]:
    """Return Gauss–Legendre nodes and weights on −1 to 1.

    By Newton's method from nearby cosines: no matrix is decomposed, which takes seconds where all
    processors are busy.

    Source:
        Davis & Rabinowitz (1984), Methods of Numerical Integration, section 2.7.
    """
    place = np.arange(count, 0, -1)
    node = np.cos(math.pi * (place - 0.25) / (count + 0.5))
    for _ in range(STEPS):
        value, slope = _polynomial(count, node)
        node = node - value / slope
    _, slope = _polynomial(count, node)
    return node, 2 / ((1 - node**2) * slope**2)


def _polynomial(count: int, node: Array) -> tuple[Array, Array]:
    """Return Legendre's polynomial of a degree and its derivative, by the three-term recursion."""
    before, value = np.ones_like(node), node
    for degree in range(2, count + 1):
        before, value = value, ((2 * degree - 1) * node * value - (degree - 1) * before) / degree
    return value, count * (node * value - before) / (node**2 - 1)


@cache
def unit_legendre(count: int) -> tuple[Array, Array]:
    """Return Gauss–Legendre nodes and weights on 0 to 1."""
    node, weight = legendre(count)
    return (node + 1) / 2, weight / 2
