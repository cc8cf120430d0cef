"""Nodes and weights for numerical integration, computed once."""

from functools import cache

import numpy as np

from playbook.abtest.stats.moments import Array


@cache
def legendre(count: int) -> tuple[Array, Array]:
    """Return Gauss–Legendre nodes and weights on −1 to 1."""
    node, weight = np.polynomial.legendre.leggauss(count)
    return node, weight


@cache
def unit_legendre(count: int) -> tuple[Array, Array]:
    """Return Gauss–Legendre nodes and weights on 0 to 1."""
    node, weight = legendre(count)
    return (node + 1) / 2, weight / 2
