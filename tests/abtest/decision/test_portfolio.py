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
