"""The Hillstrom e-mail experiment.

Its published results, by every way into the engine.
"""

import gzip
import json
from pathlib import Path

import pandas as pd
import pytest

from playbook.abtest import AdHoc, Evaluation, as_dict, compare_rates, evaluate, quick_plan, srm
from playbook.params.experiment import ExperimentPlan

FILE = (
    Path(__file__).parents[4] / "shared" / "data" / "real" / "hillstrom-email" / "hillstrom.csv.gz"
)
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        not FILE.exists(), reason=f"{FILE} is missing: the data of the real experiment are not here"
    ),
]
ARMS = {"No E-Mail": 1 / 3, "Mens E-Mail": 1 / 3, "Womens E-Mail": 1 / 3}
EXPECTED = {
    ("visit", "Mens E-Mail"): (22.486041, None, 0.069953, 0.083227),
    ("visit", "Womens E-Mail"): (13.949180, 3.1824e-44, 0.038894, 0.051574),
    ("conversion", "Mens E-Mail"): (7.385114, 1.5232e-13, 0.005014, 0.008641),
    ("conversion", "Womens E-Mail"): (3.779561, 0.00015711, 0.001502, 0.004745),
    ("spend", "Mens E-Mail"): (None, 1.1638e-7, 0.485140, 1.054515),
    ("spend", "Womens E-Mail"): (None, 0.0011294, 0.168957, 0.679868),
}


@pytest.fixture(scope="module")
def result() -> Evaluation:
    plan = ExperimentPlan.model_validate(
        {
            "id": "hillstrom",
            "variant": "segment",
            "arms": ARMS,
            "segments": ["channel"],
            "metrics": [
                {"name": "visit", "kind": "rate", "role": "primary"},
                {"name": "conversion", "kind": "rate"},
                {"name": "spend"},
                {"name": "spend-cuped", "numerator": "spend", "covariates": ["history", "recency"]},
            ],
            "money_metric": "spend",
            "monthly_units": 64_000,
        }
    )
    return evaluate(FILE, plan)


@pytest.mark.parametrize(("metric", "arm"), EXPECTED)
def test_effects(result: Evaluation, metric: str, arm: str) -> None:
    z, pvalue, low, high = EXPECTED[metric, arm]
    effect = next(each for each in result.effects if (each.metric, each.arm) == (metric, arm))
    assert z is None or effect.statistic == pytest.approx(z, abs=1e-6)
    assert pvalue is None or effect.pvalue == pytest.approx(pvalue, rel=1e-4)
    assert (effect.ci_lower, effect.ci_upper) == pytest.approx((low, high), abs=1e-6)


def test_dunnett_counts_both_mailings(result: Evaluation) -> None:
    for effect in result.effects[:2]:
        assert effect.pvalue <= effect.pvalue_adjusted <= 2 * effect.pvalue * (1 + 1e-9)


def test_sample_ratio(result: Evaluation) -> None:
    found = srm(result.units, ARMS)
    assert (found.statistic, found.df, found.pvalue) == (
        pytest.approx(0.202531, abs=1e-6),
        2,
        pytest.approx(0.903693),
    )


def test_the_four_numbers_and_the_unplanned_way_agree(result: Evaluation) -> None:
    typed = compare_rates(control=(2262, 21306), treatment=(3894, 21307))
    plan = quick_plan(
        FILE,
        AdHoc(variant="segment", metrics=["visit:rate", "spend:mean"], control="No E-Mail"),
    )
    quick = evaluate(FILE, plan).effects
    assert quick[0].ci_lower == typed.ci_lower == result.effects[0].ci_lower
    assert quick[2].pvalue == pytest.approx(result.effects[4].pvalue, rel=1e-9)


def test_verdict(result: Evaluation) -> None:
    assert (result.decision.action, result.decision.arm) == ("ship", "Mens E-Mail")
    assert result.decision.money is not None
    assert result.decision.money.mid == pytest.approx(0.769827 * 64_000, rel=1e-6)


def test_covariates_that_explain_little_change_little(result: Evaluation) -> None:
    plain, adjusted = (
        next(e for e in result.effects if e.metric == name) for name in ("spend", "spend-cuped")
    )
    assert 0 < adjusted.variance_cut < 0.01
    assert adjusted.difference == pytest.approx(plain.difference, abs=0.01)


def test_it_becomes_json(result: Evaluation) -> None:
    assert json.loads(json.dumps(as_dict(result), allow_nan=False))["decision"]["action"] == "ship"


def test_from_a_data_frame(result: Evaluation) -> None:
    with gzip.open(FILE) as file:
        again = evaluate(pd.read_csv(file), result.plan)
    assert [e.pvalue for e in again.effects] == pytest.approx(
        [e.pvalue for e in result.effects], rel=1e-9
    )
