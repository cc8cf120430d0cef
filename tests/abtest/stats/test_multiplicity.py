"""Against statsmodels and scipy, and what every correction keeps."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests

from playbook.abtest.stats.multiplicity import adjust, dunnett, dunnett_level, split_alpha


def test_adjusting_leaves_missing_p_values_out() -> None:
    assert adjust([0.01, math.nan, 0.04], "holm") == pytest.approx(
        [0.02, math.nan, 0.04], nan_ok=True
    )


@given(st.lists(st.floats(0, 5), min_size=2, max_size=6))
def test_dunnett_lies_between_one_test_and_bonferroni(z: list[float]) -> None:
    alone = [math.erfc(value / math.sqrt(2)) for value in z]
    for p, single in zip(dunnett(z, [0.5] * len(z)), alone, strict=True):
        assert single * (1 - 1e-9) <= p <= min(1.0, len(z) * single) * (1 + 1e-9)


@pytest.mark.parametrize(
    ("method", "theirs"),
    [
        ("holm", "holm"),
        ("bh", "fdr_bh"),
        ("bonferroni", "bonferroni"),
        ("hommel", "hommel"),
        ("by", "fdr_by"),
        ("hochberg", "simes-hochberg"),
    ],
)
def test_corrections_are_those_of_statsmodels_in_the_order_given(method: Any, theirs: str) -> None:
    pvalues = [0.04, 0.001, 0.7, 0.012, 0.03, 0.95]
    assert adjust(pvalues, method) == pytest.approx(multipletests(pvalues, method=theirs)[1])


def test_nothing_to_correct_stays_nothing() -> None:
    assert adjust([]) == []
    assert all(math.isnan(value) for value in adjust([math.nan, math.nan]))
    assert adjust([0.0, 1.0]) == [0.0, 1.0]


@pytest.mark.parametrize("value", [-0.01, 1.01])
def test_what_is_no_probability_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match=r"must be from 0 to 1"):
        adjust([0.5, value])


@pytest.mark.parametrize("df", [math.inf, 12.0])
def test_dunnett_of_unequal_arms_is_the_integral_of_scipys_multivariate_t(df: float) -> None:
    """P(any |t| > bound) where two treatments share a control that has unequal weight in each."""
    shares, bound = [0.3, 0.6], 2.1
    rho = math.sqrt(shares[0] * shares[1])
    shape = [[1.0, rho], [rho, 1.0]]
    inside = (
        stats.multivariate_normal(cov=shape).cdf([bound] * 2, lower_limit=[-bound] * 2)
        if math.isinf(df)
        else stats.multivariate_t(shape=shape, df=df, seed=1).cdf(
            [bound] * 2, lower_limit=[-bound] * 2
        )
    )
    assert dunnett([bound, -bound], shares, df) == pytest.approx([1 - inside] * 2, rel=2e-3)


def test_dunnett_is_bonferroni_where_the_p_value_is_tiny_and_unknown_without_a_statistic() -> None:
    assert dunnett([9.0, math.nan], [0.5, 0.5])[0] == pytest.approx(2 * math.erfc(9 / math.sqrt(2)))
    assert math.isnan(dunnett([9.0, math.nan], [0.5, 0.5])[1])


@pytest.mark.parametrize(
    ("guardrails", "one_sided", "better", "harm"),
    [
        (0, False, 0.05, 0.05),
        (2, False, 0.05, 0.05 / 3),
        (0, True, 0.1, 0.0),
        (2, True, 0.08, 0.01),
    ],
)
def test_alpha_is_split_between_better_and_harm(
    guardrails: int, one_sided: bool, better: float, harm: float
) -> None:
    found = split_alpha(0.05, primaries=1, guardrails=guardrails, one_sided=one_sided)
    assert (found.better, found.harm) == (pytest.approx(better), pytest.approx(harm))


@pytest.mark.parametrize("arms", [1, 2, 3, 6])
def test_the_level_of_an_arm_brings_all_arms_to_alpha(arms: int) -> None:
    level = dunnett_level([0.5] * arms, 0.05)
    z = stats.norm.isf(level / 2)
    related = 0.5 * (np.eye(arms) + np.ones((arms, arms)))
    if arms > 1:
        inside = stats.multivariate_normal(cov=related, abseps=1e-7, allow_singular=False)
        assert 1 - inside.cdf([z] * arms, lower_limit=[-z] * arms) == pytest.approx(0.05, abs=1e-4)
    assert 0.05 / arms <= level + 1e-12


def test_an_arm_without_variance_is_corrected_as_any_other() -> None:
    assert dunnett([2.5, 2.5], [1.0, 0.5])[0] == pytest.approx(
        dunnett([2.5], [0.5])[0] * 2, rel=0.2
    )


def test_p_values_beyond_all_digits_are_multiplied_by_the_arms() -> None:
    alone = 2 * stats.norm.sf(9.0)
    assert dunnett([9.0, 1.0, 1.0], [0.5] * 3)[0] == pytest.approx(3 * alone, rel=1e-9)
