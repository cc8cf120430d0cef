"""Evaluated tests as tables: each number is that of the evaluation, and each row has its words."""

import numpy as np
import pandas as pd
import pytest

from playbook.abtest import Evaluation, evaluate
from playbook.params.experiment import ExperimentPlan
from playbook.stages.experiments.evaluated import tables_of
from playbook.stages.experiments.tables import EVALUATED

PLAN = {
    "id": "colour",
    "variant": "arm",
    "metrics": [
        {"name": "bought", "kind": "rate", "role": "primary"},
        {"name": "refund", "kind": "rate", "role": "guardrail", "better": "lower", "margin": 0.5},
        {"name": "visits", "role": "guardrail"},
        {"name": "spend", "role": "guardrail", "margin_abs": 2.0},
    ],
}


def evaluation(arms: int = 2, *, sound: bool = True) -> Evaluation:
    names = list("abc")[:arms]
    draw = np.random.default_rng(4)
    units = pd.DataFrame({"arm": draw.choice(names, 3000)})
    if not sound:
        units = units[(units["arm"] != "b") | (units.index % 3 > 0)]
    size = len(units)
    units["bought"] = draw.random(size) < np.where(units["arm"] == "b", 0.3, 0.2)
    units["refund"] = draw.random(size) < 0.1
    units["visits"] = draw.poisson(3, size)
    units["spend"] = draw.normal(50, 9, size)
    plan = ExperimentPlan.model_validate(PLAN | {"arms": dict.fromkeys(names, 1 / arms)})
    return evaluate(units, plan)


@pytest.mark.parametrize("arms", [2, 3])
def test_each_table_has_the_columns_of_its_schema(arms: int) -> None:
    tables = tables_of([evaluation(arms)])
    for schema in EVALUATED:
        assert list(tables[schema.name].columns) == schema.names


def test_intervals_stand_alone_and_as_corrected() -> None:
    """Of two arms nothing is corrected; of three the corrected interval is the wider one."""
    for arms, is_wider in ((2, False), (3, True)):
        table = tables_of([evaluation(arms)])["experiments"].set_index(["metric", "arm"])
        row = table.loc[("bought", "b")]
        alone = row["lift_ci_upper"] - row["lift_ci_lower"]
        corrected = row["corrected_lift_ci_upper"] - row["corrected_lift_ci_lower"]
        assert (corrected > 1.05 * alone) == is_wider
        assert row["corrected_ci_lower"] <= row["ci_lower"] < row["difference"]


def test_a_test_that_is_not_valid_has_no_winner_and_no_money() -> None:
    invalid = tables_of([evaluation(sound=False)])
    assert invalid["decisions"]["decision"].tolist() == ["invalid"]
    assert len(invalid["chances"]) == 0
    assert invalid["decisions"]["money_mid"].isna().all()
    assert len(tables_of([evaluation()])["chances"]) == 2


def test_a_plan_says_what_ship_needs() -> None:
    plans = tables_of([evaluation()])["plans"].set_index("item")
    needs = plans.loc["ship_needs", "planned_en"]
    assert needs == (
        "bought surely better; guardrails shown to keep their margin: 2; guardrails without a "
        "margin not surely worse: 1 (harmless ones hold a ship up with probability 2.5% at most, "
        "all together)"
    )
    assert "−50.0%" in plans.loc["guardrail", "planned_en"]
    assert "−2" in plans.loc["guardrail", "planned_en"]
