"""Not worse, or the same: against Welch's t of scipy."""

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from playbook.abtest import as_dict, collect, evaluate
from playbook.abtest.stats.effects import compare_means
from playbook.abtest.stats.equivalence import equivalence, noninferiority, relative_equivalence
from playbook.abtest.stats.metric_effects import effects
from playbook.params.experiment import ExperimentPlan

Plan = Callable[..., ExperimentPlan]

PRIMARY = {"name": "bought", "kind": "rate", "role": "primary"}


def test_equivalence_is_proven_just_where_the_90_per_cent_interval_ends(
    shop: pd.DataFrame, plan: Plan
) -> None:
    ninety = effects(
        collect(shop, plan(metrics=[PRIMARY])),
        plan(metrics=[PRIMARY]).primary,
        ["a", "b"],
        alpha=0.1,
    )[0]
    assert relative_equivalence(ninety, ninety.lift_ci_upper).pvalue_high == pytest.approx(
        0.05, rel=1e-9
    )
    assert relative_equivalence(ninety, ninety.lift_ci_upper * 1.01).pvalue < 0.05
    assert relative_equivalence(ninety, ninety.lift_ci_upper * 0.99).pvalue > 0.05


def test_equivalence_of_scaled_samples_is_welch(shop: pd.DataFrame, plan: Plan) -> None:
    visits = {"name": "visits", "role": "guardrail", "margin": 0.02, "equivalent": True}
    (found,) = evaluate(shop, plan(metrics=[PRIMARY, visits])).equivalences
    a, b = (shop.loc[shop["arm"] == arm, "visits"].to_numpy(dtype=float) for arm in "ab")
    low = stats.ttest_ind(b, 0.98 * a, equal_var=False, alternative="greater").pvalue
    high = stats.ttest_ind(b, 1.02 * a, equal_var=False, alternative="less").pvalue
    assert (found.metric, found.arm) == ("visits", "b")
    assert (found.pvalue_low, found.pvalue_high) == (
        pytest.approx(low, rel=1e-3),
        pytest.approx(high, rel=1e-3),
    )
    assert found.pvalue == max(found.pvalue_low, found.pvalue_high)


def test_equivalence_to_nothing_is_undefined(plan: Plan) -> None:
    loss = {"name": "y", "role": "guardrail", "margin": 0.02, "equivalent": True}
    frame = pd.DataFrame(
        {"arm": list("ab") * 50, "y": [-1.0, -2.0, -3.0, -4.0] * 25, "bought": [0, 1, 1, 0] * 25}
    )
    result = evaluate(frame, plan(metrics=[PRIMARY, loss]))
    assert np.isnan(result.equivalences[0].pvalue)
    assert as_dict(result)["equivalences"][0]["pvalue"] is None


A, B = [10.0, 11.0, 12.0, 9.0, 10.5], [10.4, 11.2, 12.1, 9.6, 10.9, 11.0]


def test_equivalence_is_two_one_sided_welch_tests_against_the_margins() -> None:
    found = equivalence(A, B, low=-1.0, high=1.5)
    shifted = [value - 1.0 for value in A], [value + 1.5 for value in A]
    above = stats.ttest_ind(B, shifted[0], equal_var=False, alternative="greater").pvalue
    below = stats.ttest_ind(B, shifted[1], equal_var=False, alternative="less").pvalue
    assert (found.pvalue_low, found.pvalue_high) == pytest.approx((above, below))
    assert found.pvalue == max(found.pvalue_low, found.pvalue_high)
    assert found.difference == pytest.approx(np.mean(B) - np.mean(A))


@pytest.mark.parametrize(("low", "high"), [(1.0, 1.0), (1.0, -1.0)])
def test_margins_out_of_order_are_refused(low: float, high: float) -> None:
    with pytest.raises(ValueError, match=r"must be below high"):
        equivalence(A, B, low=low, high=high)


def test_noninferiority_is_one_sided_against_its_margin() -> None:
    wanted = stats.ttest_ind(
        B, [value - 0.5 for value in A], equal_var=False, alternative="greater"
    ).pvalue
    assert noninferiority(compare_means(A, B), -0.5) == pytest.approx(wanted)


def test_relative_margins_scale_the_control_and_its_error() -> None:
    found = relative_equivalence(compare_means(A, B), 0.1)
    a, b = np.array(A), np.array(B)
    for ratio, p in ((0.9, found.pvalue_low), (1.1, found.pvalue_high)):
        se = math.sqrt(b.var(ddof=1) / b.size + ratio**2 * a.var(ddof=1) / a.size)
        t = (b.mean() - ratio * a.mean()) / se
        freedom = compare_means(A, B).df
        wanted = stats.t.sf(t, freedom) if ratio < 1 else stats.t.cdf(t, freedom)
        assert p == pytest.approx(wanted)
    assert (found.low, found.high) == (-0.1, 0.1)
    assert found.difference == pytest.approx(b.mean() / a.mean() - 1)


def test_relative_margins_around_a_control_of_nothing_say_nothing() -> None:
    assert math.isnan(relative_equivalence(compare_means([-1.0, 1.0, 0.0], B), 0.1).pvalue)
