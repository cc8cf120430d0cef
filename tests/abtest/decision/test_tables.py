import json
from collections.abc import Callable

import pandas as pd
import pytest

from playbook import abtest
from playbook.params.experiment import ExperimentPlan
from playbook.stages.experiments.evaluated import tables_of

Plan = Callable[..., ExperimentPlan]


@pytest.fixture
def result(shop: pd.DataFrame, plan: Plan) -> abtest.Evaluation:
    metrics = [
        {
            "name": "bought",
            "kind": "rate",
            "role": "primary",
            "label": {"zh": "购买率", "en": "purchase rate"},
        },
        {"name": "revenue", "covariates": ["revenue_pre"]},
    ]
    return abtest.evaluate(
        shop, plan(metrics=metrics, segments=["channel"], unit="user", date_column="day")
    )


def test_one_row_per_metric_and_arm(result: abtest.Evaluation) -> None:
    table = tables_of([result])["experiments"]
    assert table[["metric", "arm", "role", "kind"]].to_numpy().tolist() == [
        ["bought", "b", "primary", "rate"],
        ["revenue", "b", "secondary", "mean"],
    ]
    assert table.loc[1, "variance_cut"] > 0.5


def test_a_card_says_what_covariates_took_away_and_why_a_lift_is_undefined(plan: Plan) -> None:
    frame = pd.DataFrame(
        {"arm": list("ab") * 50, "y": [-1.0, -2.0, -3.0, -4.0] * 25, "x": [1.0, 2.0, 3.0, 4.0] * 25}
    )
    metrics = [
        {"name": "y", "role": "primary"},
        {"name": "z", "numerator": "y", "covariates": ["x"]},
    ]
    rows = tables_of([abtest.evaluate(frame, plan(metrics=metrics))])["experiments"]
    assert rows["variance_cut"].isna().tolist() == [True, False]
    assert rows.loc[0, ["note_zh", "note_en"]].tolist() == [
        "对照组不大于 0，相对提升无定义",
        "relative lift is undefined: the control is not above 0",
    ]


def test_equivalence_and_intervals_for_any_look_are_tables_too(
    shop: pd.DataFrame, plan: Plan
) -> None:
    same = {"name": "visits", "role": "guardrail", "margin": 0.02, "equivalent": True}
    dates = {"start": "2026-09-01", "end": "2026-09-14", "spending": "always"}
    metrics = [{"name": "bought", "kind": "rate", "role": "primary"}, same]
    found = abtest.evaluate(shop, plan(metrics=metrics, **dates))
    tables = tables_of([found])
    [equivalence] = tables["equivalences"].to_dict("records")
    assert (equivalence["metric"], equivalence["margin_low"], equivalence["margin_high"]) == (
        "visits",
        -0.02,
        0.02,
    )
    assert equivalence["pvalue"] == found.equivalences[0].pvalue
    assert tables["sequences"]["ci_lower"].tolist() == [each.ci_lower for each in found.sequences]
    assert tables["sequences"]["difference"].tolist() == [each.difference for each in found.effects]


def test_tables_have_the_grain_that_they_say(result: abtest.Evaluation) -> None:
    tables = tables_of([result])
    assert tables["segments"][["column", "level"]].to_numpy().tolist() == [
        ["channel", "search"],
        ["channel", "social"],
    ]
    assert len(tables["checks"]) == len(result.checks)
    assert len(tables["looks"]) == 1


def test_json_is_plain_and_repeats(result: abtest.Evaluation, shop: pd.DataFrame) -> None:
    text = json.dumps(abtest.as_dict(result), allow_nan=False, ensure_ascii=False)
    again = abtest.evaluate(shop, result.plan)
    assert json.dumps(abtest.as_dict(again), allow_nan=False, ensure_ascii=False) == text


def test_metrics_are_named_in_the_readers_language(result: abtest.Evaluation) -> None:
    reason = result.decision.reasons[0]
    assert "购买率" in reason["zh"]
    assert "purchase rate" in reason["en"]


def test_public_names_are_there_and_sorted() -> None:
    assert abtest.__all__ == sorted(abtest.__all__)
    assert all(hasattr(abtest, name) for name in abtest.__all__)
