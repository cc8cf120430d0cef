"""What a plan may ask of a metric beyond a mean, each against a value from elsewhere."""

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from playbook.abtest import collect, compare_rates, confidence_sequence, evaluate
from playbook.abtest.decision import sentences
from playbook.abtest.stats.effects import TOO_FEW, Step
from playbook.abtest.stats.metric_effects import effects
from playbook.errors import PlaybookError
from playbook.params.experiment import ExperimentPlan

Plan = Callable[..., ExperimentPlan]

MEDIAN = {"name": "median spend", "kind": "quantile", "quantile": 0.5, "numerator": "revenue"}
PRIMARY = {"name": "bought", "kind": "rate", "role": "primary"}


def spread(values: np.ndarray) -> np.ndarray:
    """Bootstrap the median plainly: resample the values themselves."""
    generator = np.random.default_rng(5)
    return np.array([np.median(generator.choice(values, values.size)) for _ in range(1000)])


def test_a_median_in_a_plan_is_that_of_a_plain_bootstrap(shop: pd.DataFrame, plan: Plan) -> None:
    found = evaluate(shop, plan(metrics=[MEDIAN, PRIMARY])).effects
    assert [effect.metric for effect in found] == ["median spend", "bought"]
    a, b = (shop.loc[shop["arm"] == arm, "revenue"].to_numpy() for arm in "ab")
    assert found[0].difference == pytest.approx(np.median(b) - np.median(a))
    low, high = np.quantile(spread(b) - spread(a), [0.025, 0.975])
    width = high - low
    assert (found[0].ci_lower, found[0].ci_upper) == (
        pytest.approx(low, abs=width / 10),
        pytest.approx(high, abs=width / 10),
    )


def test_a_median_without_values_says_why(shop: pd.DataFrame, plan: Plan) -> None:
    empty = shop.assign(revenue=shop["revenue"].where(shop["arm"] == "a"))
    assert evaluate(empty, plan(metrics=[PRIMARY, MEDIAN])).effects[1].note == TOO_FEW


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"role": "primary"}, "is not primary"),
        ({"covariates": ["x"]}, "neither covariates nor a cap"),
        ({"quantile": None}, "says which quantile"),
        ({"kind": "mean"}, "says which quantile"),
        ({"equivalent": True}, "equivalence needs a margin"),
        (
            {"kind": "mean", "quantile": None, "floor": 0.9, "cap": 0.5},
            "floor 0.9 must lie below cap 0.5",
        ),
    ],
)
def test_metrics_that_contradict_themselves_are_refused(
    changes: dict[str, Any], rule: str, plan: Plan
) -> None:
    with pytest.raises(ValidationError, match=rule):
        plan(metrics=[PRIMARY, MEDIAN | changes])


def test_values_are_clamped_at_both_ends_and_missing_ones_stay_missing(plan: Plan) -> None:
    here = plan(metrics=[{"name": "y", "role": "primary", "floor": 0.25, "cap": 0.75}])
    frame = pd.DataFrame({"arm": list("aaabba"), "y": [-50.0, 2.0, 3.0, 4.0, 100.0, np.nan]})
    found = effects(collect(frame, here), here.primary, ["a", "b"])[0]
    assert (found.n_control, found.control, found.treatment) == (
        3,
        pytest.approx(7 / 3),
        4.0,
    )  # clamped to 2 and 4


def test_a_plan_may_allow_any_number_of_looks(shop: pd.DataFrame, plan: Plan) -> None:
    dates = {"start": "2026-09-01", "end": "2026-09-14", "spending": "always", "tune_units": 2000}
    taken = [date(2026, 9, day) for day in range(2, 12)]
    result = evaluate(
        shop, plan(metrics=[PRIMARY], **dates), looks_taken=taken, today=date(2026, 9, 14)
    )
    (effect,), (sequence,) = result.effects, result.sequences
    interval, p = confidence_sequence(effect.difference, effect.se, 2000, tune_units=2000)
    assert ((sequence.ci_lower, sequence.ci_upper), sequence.pvalue) == (interval, p)
    assert result.sequential[-1].critical == pytest.approx(
        (effect.difference - sequence.ci_lower) / effect.se
    )
    assert not any(check.name == "looks" for check in result.checks)
    assert evaluate(shop, plan(metrics=[PRIMARY])).sequences == ()


def test_clusters_with_a_covariate_are_the_delta_method_on_cluster_sums(plan: Plan) -> None:
    generator = np.random.default_rng(3)
    store = np.repeat(np.arange(60), generator.integers(5, 40, 60))
    size = generator.gamma(4.0, 2.0, 60)[store]
    frame = pd.DataFrame({"arm": np.where(store % 2, "b", "a"), "store": store})
    frame["before"] = size + generator.normal(0, 1, store.size)
    frame["y"] = size + generator.normal(0, 1, store.size) + (frame["arm"] == "b")
    here = plan(
        cluster="store", metrics=[{"name": "y", "role": "primary", "covariates": ["before"]}]
    )
    found = evaluate(frame, here).effects[0]

    sums = (
        frame.assign(n=1.0).groupby(["arm", "store"])[["y", "before", "n"]].sum().reset_index("arm")
    )
    together = pd.DataFrame({name: linear(sums, name) for name in ("y", "before")}).cov()
    theta = together.loc["y", "before"] / together.loc["before", "before"]
    parts = [sums[sums["arm"] == arm] for arm in "ab"]
    level = [
        part["y"].sum() / part["n"].sum() - theta * part["before"].sum() / part["n"].sum()
        for part in parts
    ]
    variance = [
        (linear(part, "y") - theta * linear(part, "before")).var() / len(part) for part in parts
    ]
    assert found.difference == pytest.approx(level[1] - level[0], rel=1e-9)
    assert found.se == pytest.approx(np.sqrt(sum(variance)), rel=1e-9)
    assert found.variance_cut > 0.8


def linear(sums: pd.DataFrame, name: str) -> pd.Series:
    """Deviation of each cluster's sum from the mean level, per mean cluster size."""
    return (sums[name] - sums[name].sum() / sums["n"].sum() * sums["n"]) / sums["n"].mean()


def test_a_median_over_clusters_is_refused(plan: Plan) -> None:
    with pytest.raises(ValidationError, match="over clusters is not supported"):
        plan(cluster="store", metrics=[PRIMARY, MEDIAN])


@pytest.mark.parametrize(
    "counts", [("many", 10), (float("nan"), 10), (float("inf"), 10), (1.5, 10), (-1, 10), (11, 10)]
)
def test_counts_that_are_none_are_refused(counts: tuple[Any, int]) -> None:
    with pytest.raises(PlaybookError, match=r"whole numbers|more units converted"):
        compare_rates(control=counts, treatment=(1, 10))


def test_the_method_is_named_after_what_was_done(shop: pd.DataFrame, plan: Plan) -> None:
    revenue = {"name": "revenue", "role": "primary"}
    narrowed = revenue | {"covariates": ["revenue_pre"]}
    ratio = {"name": "value", "kind": "ratio", "numerator": "revenue", "denominator": "visits"}
    methods = []
    for metric in (revenue, narrowed, PRIMARY, ratio):
        here = plan(metrics=[metric | {"role": "primary"}])
        effect = effects(collect(shop, here), here.primary, ["a", "b"])[0]
        methods.append(sentences.method(effect.method)["en"])
    assert methods == [
        "Welch t; lift by Fieller",
        "Welch t; CUPED by 1; lift by Fieller",
        "pooled z; Newcombe interval; lift by Fieller",
        "ratio by the delta method, z; lift by Fieller",
    ]
    here = plan(metrics=[narrowed])
    unadjusted = effects(collect(shop, here), here.primary, ["a", "b"], adjust=False)[0]
    assert sentences.method(unadjusted.method)["en"] == "Welch t; lift by Fieller"


def test_an_arm_with_one_unit_is_compared_and_one_with_none_is_not(plan: Plan) -> None:
    frame = pd.DataFrame({"arm": list("aaab"), "y": [1.0, 2.0, 3.0, 7.0]})
    here = plan()
    one = effects(collect(frame, here), here.primary, ["a", "b"])[0]
    none = effects(collect(frame, here), here.primary, ["a", "c"])[0]
    assert (one.treatment, one.n_treatment) == (7.0, 1)
    assert (none.n_control, none.n_treatment, none.method) == (3, 0, (Step("none"),))
    assert np.isnan(none.difference)
    assert one.note == none.note


def test_a_ratio_is_tested_by_z_and_its_clusters_by_t(shop: pd.DataFrame, plan: Plan) -> None:
    ratio = {
        "name": "value",
        "kind": "ratio",
        "role": "primary",
        "numerator": "revenue",
        "denominator": "visits",
    }
    here, clustered = plan(metrics=[ratio]), plan(metrics=[ratio], cluster="user")
    plain = effects(collect(shop, here), here.primary, ["a", "b"])[0]
    by_cluster = effects(collect(shop, clustered), clustered.primary, ["a", "b"], clustered=True)[0]
    assert np.isinf(plain.df)
    assert 1000 < by_cluster.df < 2000
    assert by_cluster.difference == pytest.approx(plain.difference)


def test_a_rate_of_a_half_is_no_rate(plan: Plan) -> None:
    here = plan(metrics=[{"name": "y", "kind": "rate", "role": "primary"}])
    frame = pd.DataFrame({"arm": list("aabb"), "y": [0.0, 0.5, 1.0, 1.0]})
    with pytest.raises(PlaybookError, match=r"its values are not all 0 or 1"):
        effects(collect(frame, here), here.primary, ["a", "b"])
