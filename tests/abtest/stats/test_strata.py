"""Post-stratified effects, beside the formula written out and regression with centred levels."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from playbook.abtest import collect, evaluate
from playbook.abtest.stats.effects import Step
from playbook.abtest.stats.strata import stratified_effects
from playbook.errors import PlaybookError
from playbook.params.experiment import ExperimentPlan, MetricPlan

Plan = Callable[..., ExperimentPlan]
SPEND: dict[str, Any] = {"name": "y", "role": "primary"}


def visitors(units: int = 900, seed: int = 8) -> pd.DataFrame:
    """New visitors spend about 10, returning ones about 60; b brings 2 more."""
    draw = np.random.default_rng(seed)
    returning = draw.random(units) < 0.3
    arm = draw.choice(list("ab"), units)
    spend = np.where(returning, 60.0, 10.0) + draw.normal(0, 8, units) + 2.0 * (arm == "b")
    kind = np.where(returning, "returning", "new")
    return pd.DataFrame({"arm": arm, "kind": kind, "y": spend, "before": spend + 3})


def by_hand(frame: pd.DataFrame) -> tuple[float, float]:
    weight = frame["kind"].value_counts(normalize=True)
    cells = frame.groupby(["kind", "arm"])["y"].agg(["mean", "var", "count"]).unstack("arm")
    difference = cells["mean"]["b"] - cells["mean"]["a"]
    variance = (cells["var"] / cells["count"]).sum(axis=1)
    return float((weight * difference).sum()), float((weight**2 * variance).sum())


def test_levels_are_averaged_by_their_share_of_all_units(plan: Plan) -> None:
    frame = visitors()
    part = collect(frame, plan(strata="kind"), ["kind"])
    [found] = stratified_effects(part, "kind", MetricPlan.model_validate(SPEND), ["a", "b"])
    difference, variance = by_hand(frame)
    assert found.difference == pytest.approx(difference, rel=1e-9)
    assert found.se**2 == pytest.approx(variance, rel=1e-9)
    assert found.method[:2] == (Step("welch_t"), Step("post_stratified", 2))


def test_it_is_the_regression_with_centred_levels_and_their_products(plan: Plan) -> None:
    """Lin (2013): the coefficient of the arm is the same, its HC2 error the same but for weights."""
    frame = visitors().assign(b=lambda rows: rows["arm"].eq("b").astype(float))
    frame["centred"] = frame["kind"].eq("new") - frame["kind"].eq("new").mean()
    model = smf.ols("y ~ b * centred", frame).fit(cov_type="HC2")
    [found] = evaluate(frame, plan(metrics=[SPEND], strata="kind")).effects
    assert found.difference == pytest.approx(model.params["b"], rel=1e-9)
    assert found.se == pytest.approx(model.bse["b"], rel=1e-6)


def test_what_is_known_before_narrows_the_interval_and_is_told(plan: Plan) -> None:
    frame = visitors()
    [plain] = evaluate(frame, plan(metrics=[SPEND])).effects
    [found] = evaluate(frame, plan(metrics=[SPEND], strata="kind")).effects
    assert found.se < 0.5 * plain.se
    assert found.variance_cut == pytest.approx(1 - (found.se / plain.se) ** 2, rel=1e-9)
    rate = frame.assign(y=frame["y"] > 30)
    result = evaluate(rate, plan(metrics=[SPEND | {"kind": "rate"}], strata="kind"))
    assert Step("post_stratified", 2) in result.effects[0].method


def test_levels_with_few_units_are_put_together_and_one_level_is_no_stratum(plan: Plan) -> None:
    frame = visitors()
    frame.loc[:19, "kind"] = [f"rare {place % 4}" for place in range(20)]
    [found] = evaluate(frame, plan(metrics=[SPEND], strata="kind")).effects
    assert Step("post_stratified", 3) in found.method
    alone = evaluate(frame.assign(kind="all"), plan(metrics=[SPEND], strata="kind"))
    assert alone.effects[0].method[0] == Step("welch_t")
    assert all(step.key != "post_stratified" for step in alone.effects[0].method)


def test_false_alarms_are_as_frequent_as_alpha(plan: Plan) -> None:
    here, alarms = plan(metrics=[SPEND], strata="kind"), 0
    for seed in range(300):
        frame = visitors(200, seed).assign(y=lambda rows: rows["y"] - 2.0 * rows["arm"].eq("b"))
        part = collect(frame, here, ["kind"])
        alarms += stratified_effects(part, "kind", here.primary, ["a", "b"])[0].pvalue < 0.05
    assert alarms / 300 == pytest.approx(0.05, abs=3 * np.sqrt(0.05 * 0.95 / 300))


def test_a_rate_of_other_values_is_refused(plan: Plan) -> None:
    with pytest.raises(PlaybookError, match="its values are not all 0 or 1"):
        evaluate(visitors(), plan(metrics=[SPEND | {"kind": "rate"}], strata="kind"))


def test_strata_of_clusters_are_refused(plan: Plan) -> None:
    with pytest.raises(ValueError, match="strata are of units, not of clusters"):
        plan(cluster="shop", strata="kind")
