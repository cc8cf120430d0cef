"""Against statsmodels and scipy, and what every correction keeps."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.abtest.stats.multiplicity import adjust, dunnett


def test_adjusting_leaves_missing_p_values_out() -> None:
    assert adjust([0.01, math.nan, 0.04], "holm") == pytest.approx(
        [0.02, math.nan, 0.04], nan_ok=True
    )


@given(st.lists(st.floats(0, 5), min_size=2, max_size=6))
def test_dunnett_lies_between_one_test_and_bonferroni(z: list[float]) -> None:
    alone = [math.erfc(value / math.sqrt(2)) for value in z]
    for p, single in zip(dunnett(z, [0.5] * len(z)), alone, strict=True):
        assert single * (1 - 1e-9) <= p <= min(1.0, len(z) * single) * (1 + 1e-9)
