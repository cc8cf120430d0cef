from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from playbook.abtest import evaluate, portfolio
from playbook.abtest.decision.portfolio import shrink
from playbook.params.experiment import ExperimentPlan

Plan = Callable[..., ExperimentPlan]


def test_without_spread_beyond_noise_nothing_is_left() -> None:
    assert shrink([0.01, -0.01, 0.005], [0.01, 0.01, 0.01]).effects == (0.0, 0.0, 0.0)


def test_the_noisier_effect_is_drawn_in_further() -> None:
    found = shrink([0.10, 0.10], [0.01, 0.05])
    assert 0 < found.effects[1] < found.effects[0] < 0.10


def test_shrunk_winners_are_nearer_to_the_truth() -> None:
    generator = np.random.default_rng(6)
    truth = generator.normal(0, 0.02, 5000)
    seen = truth + generator.normal(0, 0.03, 5000)
    shrunk = np.array(shrink(seen.tolist(), [0.03] * 5000).effects)
    winners = seen > 0.04
    assert seen[winners].mean() > truth[winners].mean() + 0.02
    assert shrunk[winners].mean() == pytest.approx(truth[winners].mean(), abs=0.003)


def test_tests_of_a_period_side_by_side(plan: Plan) -> None:
    place = np.arange(10_000)
    results = []
    for name, bought, sizes in (
        ("win", 2200, 10_000),
        ("null", 2010, 10_000),
        ("broken", 2200, 9000),
    ):
        arms = [
            pd.DataFrame({"arm": "a", "y": place < 2000}),
            pd.DataFrame({"arm": "b", "y": place < bought})[:sizes],
        ]
        metric = {"name": "y", "kind": "rate", "role": "primary"}
        results.append(evaluate(pd.concat(arms), plan(id=name, metrics=[metric])))
    table = portfolio(results).set_index("test")
    assert table["action"].to_dict() == {"win": "ship", "null": "iterate", "broken": "invalid"}
    assert table["pvalue_bh"].isna().to_dict() == {"win": False, "null": False, "broken": True}
    assert table.loc["win", "pvalue_bh"] == pytest.approx(2 * table.loc["win", "pvalue"])
    assert 0 < table.loc["win", "lift_shrunk"] < table.loc["win", "lift"]


def test_no_test_no_row() -> None:
    assert portfolio([]).empty


def test_the_spread_beyond_noise_is_that_of_the_method_of_moments() -> None:
    """Two effects of 3 and -1 with errors of 1 and 2: (9 + 1/4 - 2) / (1 + 1/4) is left."""
    found = shrink([3.0, -1.0], [1.0, 2.0])
    spread2 = 7.25 / 1.25
    assert found.spread == pytest.approx(spread2**0.5)
    keep = [spread2 / (spread2 + noise) for noise in (1.0, 4.0)]
    assert found.effects == pytest.approx((3 * keep[0], -keep[1]))
    assert found.errors == pytest.approx(tuple(np.sqrt([keep[0], 4 * keep[1]])))


def test_a_row_has_the_lift_of_the_decided_arm_with_the_error_of_its_own(plan: Plan) -> None:
    generator = np.random.default_rng(3)
    frame = pd.DataFrame({"arm": list("ab") * 200, "y": generator.gamma(4.0, 2.0, 400)})
    result = evaluate(frame, plan(value_per_conversion=2.0, monthly_units=10.0))
    row = portfolio([result]).iloc[0]
    a, b = (frame.loc[frame["arm"].eq(arm), "y"] for arm in "ab")
    variances = [each.var() / len(each) for each in (a, b)]
    ratio = b.mean() / a.mean()
    se = np.sqrt(variances[1] + ratio**2 * variances[0]) / a.mean()
    assert row["lift_se"] == pytest.approx(se)
    assert row["lift"] == pytest.approx(ratio - 1)
    assert row["money_mid"] == pytest.approx(20 * (b.mean() - a.mean()))
    assert row["money_low"] < row["money_mid"] < row["money_high"]


def test_a_test_without_a_lift_stands_in_the_table_and_is_not_shrunk(plan: Plan) -> None:
    frame = pd.DataFrame({"arm": list("ab") * 4, "y": [-1.0, -2, 0, -5, 0, -1, 0, -4]})
    row = portfolio([evaluate(frame, plan())]).iloc[0]
    assert np.isnan(row["lift_se"])
    assert np.isnan(row["lift_shrunk"])
    assert np.isnan(row["money_mid"])


def test_a_lift_over_nothing_has_no_error(plan: Plan) -> None:
    frame = pd.DataFrame({"arm": list("ab") * 40, "y": [0, 1] * 40})
    here = plan(metrics=[{"name": "y", "kind": "rate", "role": "primary"}])
    assert np.isnan(portfolio([evaluate(frame, here)]).loc[0, "lift_se"])
