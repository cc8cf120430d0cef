"""Not worse, or the same: against Welch's t of scipy."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from playbook.abtest import as_dict, collect, evaluate
from playbook.abtest.stats.equivalence import relative_equivalence
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
