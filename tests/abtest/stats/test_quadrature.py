"""Integrals whose value is known."""

import numpy as np
import pytest

from playbook.abtest.stats.quadrature import legendre, unit_legendre


def test_three_nodes_integrate_a_polynomial_of_degree_five_exactly() -> None:
    node, weight = legendre(3)
    assert weight @ (node**4 + node**5) == pytest.approx(2 / 5)
    assert node.size == 3


def test_the_unit_rule_integrates_from_nothing_to_one() -> None:
    node, weight = unit_legendre(20)
    assert weight.sum() == pytest.approx(1)
    assert weight @ np.exp(node) == pytest.approx(np.e - 1)
    assert (node.min() > 0, node.max() < 1) == (True, True)


@pytest.mark.parametrize("count", [1, 2, 7, 200, 500])
def test_nodes_and_weights_are_those_of_numpy(count: int) -> None:
    expected = np.polynomial.legendre.leggauss(count)
    for found, wanted in zip(legendre(count), expected, strict=True):
        assert found == pytest.approx(wanted, abs=1e-13, rel=1e-11)
