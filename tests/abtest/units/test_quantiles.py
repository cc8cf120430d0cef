"""The effect on a quantile, against numpy's quantiles and a plain bootstrap."""

import math

import numpy as np
import pytest

from playbook.abtest.units.quantiles import DRAWS, compare_quantiles

GENERATOR = np.random.default_rng(2)
A, B = GENERATOR.gamma(3.0, 4.0, 900), GENERATOR.gamma(3.0, 4.0, 700) * 1.3


@pytest.mark.parametrize("quantile", [0.25, 0.5, 0.9])
def test_levels_are_the_quantiles_and_the_error_that_of_resampled_values(quantile: float) -> None:
    found = compare_quantiles(A, B, quantile=quantile)
    assert found.control == pytest.approx(np.quantile(A, quantile))
    assert found.lift == pytest.approx(np.quantile(B, quantile) / np.quantile(A, quantile) - 1)
    generator = np.random.default_rng(3)
    plain = [
        np.quantile(generator.choice(B, B.size), quantile)
        - np.quantile(generator.choice(A, A.size), quantile)
        for _ in range(2000)
    ]
    assert found.se == pytest.approx(np.std(plain), rel=0.1)
    low, high = np.quantile(plain, [0.025, 0.975])
    assert (found.ci_lower, found.ci_upper) == pytest.approx((low, high), abs=(high - low) / 10)


def test_a_wider_confidence_gives_a_wider_interval() -> None:
    narrow, wide = (compare_quantiles(A, B, alpha=alpha) for alpha in (0.2, 0.01))
    assert wide.ci_lower < narrow.ci_lower < narrow.ci_upper < wide.ci_upper
    assert wide.lift_ci_lower < narrow.lift_ci_lower


def test_a_p_value_is_never_below_what_the_draws_can_tell() -> None:
    assert compare_quantiles(A, A + 100).pvalue == 2 / DRAWS
    assert compare_quantiles(A, A).pvalue == pytest.approx(1, abs=0.1)
    swapped = compare_quantiles(A + 100, A)
    assert (swapped.pvalue, swapped.difference) == (2 / DRAWS, pytest.approx(-100))


def test_missing_values_are_left_out_and_a_lift_needs_a_control_above_nothing() -> None:
    found = compare_quantiles([*A, math.nan], B)
    assert (found.n_control, found.n_treatment) == (900, 700)
    negative = compare_quantiles(A - 100, B)
    assert math.isnan(negative.lift)
    assert negative.note == "control_not_positive"


def test_another_seed_draws_otherwise() -> None:
    assert compare_quantiles(A, B) == compare_quantiles(A, B, seed=0)
    assert compare_quantiles(A, B).se != compare_quantiles(A, B, seed=1).se
