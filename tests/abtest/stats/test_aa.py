"""Random splits: their p-values are the evaluation's, and what makes them uneven is noticed."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from playbook.abtest import evaluate
from playbook.abtest.stats.aa import (
    clopper_pearson,
    draw,
    kolmogorov,
    pvalues,
    sums,
    uniformity,
    variance_of_largest,
)
from playbook.params.experiment import ExperimentPlan, MetricPlan

COUNT = 400
RNG = np.random.default_rng(8)
RATE = MetricPlan(name="bought", kind="rate", role="primary")
MEAN = MetricPlan(name="spend", covariates=("before",))
RATIO = MetricPlan(name="aov", kind="ratio", numerator="spend", denominator="orders")
METRICS = (RATE, MEAN, RATIO)


def users() -> pd.DataFrame:
    rng = np.random.default_rng(4)
    before = rng.gamma(2.0, 20.0, size=COUNT)
    frame = pd.DataFrame(
        {
            "bought": (rng.random(COUNT) < 0.3).astype(float),
            "spend": before + rng.normal(1e6, 10, size=COUNT),
            "before": before,
            "orders": rng.integers(1, 4, size=COUNT).astype(float),
        }
    )
    frame.loc[:20, "before"] = np.nan
    frame.loc[30:50, "spend"] = np.nan
    return frame


def test_pvalues_of_a_split_are_those_of_the_evaluation() -> None:
    """With missing outcomes and covariates, and values far from 0."""
    data = users()
    held = sums(tuple(data.columns), data.to_numpy(), np.arange(COUNT))
    assigned = draw(np.random.default_rng(1), 3, COUNT)
    found = pvalues(held, METRICS, assigned)
    plan = ExperimentPlan(id="p", variant="arm", arms={"a": 0.5, "b": 0.5}, metrics=METRICS)
    for split, pvalue in zip(assigned, found, strict=True):
        effects = evaluate(data.assign(arm=np.where(split, "b", "a")), plan).effects
        assert pvalue == pytest.approx([effect.pvalue for effect in effects], rel=1e-6)


def test_rows_of_a_group_stay_together() -> None:
    data, groups = users(), np.arange(COUNT) // 4
    held = sums(tuple(data.columns), data.to_numpy(), groups)
    assigned = draw(np.random.default_rng(1), 2, COUNT // 4)
    alone = sums(tuple(data.columns), data.to_numpy(), np.arange(COUNT))
    assert pvalues(held, METRICS, assigned) == pytest.approx(
        pvalues(alone, METRICS, np.repeat(assigned, 4, axis=1))
    )


def test_a_coin_decides_for_every_group_alone() -> None:
    coins = draw(np.random.default_rng(2), 500, 21)
    assert coins.shape == (500, 21)
    assert set(np.unique(coins)) == {0.0, 1.0}
    assert coins.mean() == pytest.approx(0.5, abs=0.03)
    assert abs(np.corrcoef(coins.T) - np.eye(21)).max() < 0.2


@pytest.mark.parametrize(("count", "total"), [(0, 50), (5, 50), (50, 50)])
def test_the_interval_is_clopper_and_pearsons(count: int, total: int) -> None:
    exact = stats.binomtest(count, total).proportion_ci(method="exact")
    assert clopper_pearson(count, total) == pytest.approx((exact.low, exact.high))


def test_unevenness_is_that_of_kolmogorov_and_smirnov() -> None:
    values = np.sort(np.random.default_rng(3).beta(1.1, 1.0, size=2000))
    exact = stats.ks_1samp(values, stats.uniform.cdf, method="asymp")
    assert kolmogorov(values) == pytest.approx(exact.pvalue, rel=1e-6)


def test_even_pvalues_are_even_and_nothing_is_made_of_luck() -> None:
    found = uniformity(np.linspace(0.0005, 0.9995, 1000))
    assert (found.state, found.alarms, found.splits) == ("even", 0.05, 1000)
    assert uniformity(np.linspace(0.0005, 0.9995, 1000) ** 1.05).state == "even"


@pytest.mark.parametrize(
    ("found", "state"),
    [
        (np.linspace(0, 1, 1000) ** 1.6, "too_many"),
        (np.linspace(0, 1, 1000) ** 0.5, "too_few"),
        (np.r_[np.linspace(0, 0.05, 50), np.linspace(0.5, 1, 950)], "uneven"),
        (np.full(1000, np.nan), "no_test"),
        (np.repeat([0.02, 0.3, 0.7, 1.0], [50, 50, 50, 850]), "even"),
    ],
    ids=["too many", "too few", "uneven", "none", "steps of few values are no unevenness"],
)
def test_what_is_beyond_luck_is_named(found: np.ndarray, state: str) -> None:  # type: ignore[type-arg]
    assert uniformity(found).state == state


def test_the_largest_thousandth_bears_its_part_of_the_spread() -> None:
    values = np.r_[np.zeros(999), 10.0, np.nan]
    assert variance_of_largest(values) == pytest.approx((10 - 0.01) ** 2 / (100 - 0.1))
    assert np.isnan(variance_of_largest(np.ones(5)))
    assert np.isnan(variance_of_largest(np.full(3, np.nan)))


def test_clusters_are_tested_as_sums() -> None:
    plan = MetricPlan(name="spend", role="primary")
    data = np.column_stack([RNG.normal(100, 5, 60), np.full(60, 10.0)])
    held = sums(("spend", "count of spend"), data, np.arange(60))
    split = draw(np.random.default_rng(1), 1, 60)
    found = pvalues(held, [plan], split, clustered=True)[0, 0]
    halves = [data[split[0] == half, 0] / 10 for half in (0, 1)]
    assert found == pytest.approx(stats.ttest_ind(*halves, equal_var=False).pvalue, rel=1e-6)
