"""Moments in groups, against numpy over the same rows in one piece."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from playbook.abtest import collect
from playbook.abtest.stats.moments import (
    Part,
    blocks,
    clamped,
    columns_of,
    levels,
    measured,
    merge,
    only,
    pooled,
    roll_up,
    units,
)
from playbook.params.experiment import ExperimentPlan

Plan = Callable[..., ExperimentPlan]

METRICS = [
    {"name": "revenue", "role": "primary", "covariates": ["revenue_pre"]},
    {
        "name": "value",
        "kind": "ratio",
        "numerator": "revenue",
        "denominator": "visits",
        "covariates": ["revenue_pre", "visits_pre"],
    },
]


@pytest.fixture
def here(plan: Plan) -> ExperimentPlan:
    return plan(metrics=METRICS)


@pytest.fixture
def gaps(shop: pd.DataFrame) -> pd.DataFrame:
    """Some visitors are not known from before, and of others nothing is known after."""
    rows = shop.copy()
    rows.loc[::7, "revenue_pre"] = np.nan
    rows.loc[::5, "revenue"] = np.nan
    return rows


def test_a_mean_measures_itself_and_a_ratio_both_sides(here: ExperimentPlan, plan: Plan) -> None:
    mean, ratio = (measured(metric) for metric in here.metrics)
    assert mean.outcome == Part(numerator="revenue")
    assert mean.covariates == (Part(numerator="revenue_pre"),)
    assert ratio.outcome == Part(numerator="revenue", denominator="visits")
    assert ratio.covariates == (Part(numerator="revenue_pre", denominator="visits_pre"),)
    assert ratio.columns == ("revenue", "visits", "revenue_pre", "visits_pre")
    plain = plan(metrics=[METRICS[0], {k: v for k, v in METRICS[1].items() if k != "covariates"}])
    assert measured(plain.metrics[1]).covariates == ()
    assert columns_of(here) == ("revenue", "revenue_pre", "visits", "visits_pre")


def test_over_clusters_a_mean_is_a_sum_over_a_count(here: ExperimentPlan) -> None:
    found = measured(here.metrics[0], clustered=True)
    assert found.outcome == Part(numerator="revenue", denominator="count of revenue")
    assert found.covariates[0].denominator == "count of revenue_pre"


def test_a_clamped_column_is_named_by_its_ends(plan: Plan) -> None:
    both = plan(metrics=[{"name": "y", "role": "primary", "floor": 0.01, "cap": 0.99}]).primary
    assert clamped("y", both) == "y floor 0.01 cap 0.99"
    assert clamped("y", plan().primary) == "y"


def test_merging_shards_gives_the_moments_of_all_rows(
    gaps: pd.DataFrame, here: ExperimentPlan
) -> None:
    shards = merge(*(collect(gaps[start:end], here) for start, end in ((0, 300), (300, 2000))))
    whole = collect(gaps, here)
    assert shards.keys == whole.keys
    assert shards.n.tolist() == whole.n.tolist()
    mean = shards.mean + np.where(shards.known, shards.centre, 0.0)
    assert mean == pytest.approx(whole.mean + np.where(whole.known, whole.centre, 0.0))
    assert shards.cross == pytest.approx(whole.cross, rel=1e-9, abs=1e-6)


def test_moments_of_other_columns_or_segments_do_not_merge(
    shop: pd.DataFrame, here: ExperimentPlan, plan: Plan
) -> None:
    other = plan(metrics=[{"name": "visits", "role": "primary"}])
    with pytest.raises(ValueError, match="the same columns and segments"):
        merge(collect(shop, here), collect(shop, other))
    with pytest.raises(ValueError, match="the same columns and segments"):
        merge(collect(shop, here), collect(shop, here, ["channel"]))


def test_segments_roll_up_to_what_was_never_split(shop: pd.DataFrame, here: ExperimentPlan) -> None:
    split = collect(shop, here, ["day", "channel"])
    once = roll_up(split, ["channel"])
    assert once.by == ("channel",)
    assert once.keys == collect(shop, here, ["channel"]).keys
    assert roll_up(split).cross == pytest.approx(collect(shop, here).cross, rel=1e-9)
    assert levels(split, "channel") == ("search", "social")
    social = only(split, "channel", {"social"})
    assert int(social.n.sum()) == int(shop["channel"].eq("social").sum())
    with pytest.raises(ValueError, match="must be among"):
        roll_up(once, ["day"])


def test_every_unit_of_an_arm_is_counted_known_or_not(
    gaps: pd.DataFrame, here: ExperimentPlan
) -> None:
    assert units(collect(gaps, here)) == {"a": 1000, "b": 1000}


def test_a_missing_covariate_is_its_mean_over_all_arms(
    gaps: pd.DataFrame, here: ExperimentPlan
) -> None:
    what = measured(here.metrics[0])
    found = blocks(collect(gaps, here), what, ["a", "b"])
    kept = gaps.dropna(subset=["revenue"])
    filled = kept.assign(revenue_pre=kept["revenue_pre"].fillna(kept["revenue_pre"].mean()))
    for arm in "ab":
        part = filled.loc[filled["arm"].eq(arm), ["revenue", "revenue_pre"]].to_numpy()
        assert found[arm].n == len(part)
        assert found[arm].mean + found[arm].centre == pytest.approx(part.mean(axis=0))
        assert found[arm].cross == pytest.approx(np.cov(part.T) * (len(part) - 1))
        missing = kept["revenue_pre"].isna() & kept["arm"].eq(arm)
        assert found[arm].filled == missing.sum()
    together = pooled(found)
    everyone = filled[["revenue", "revenue_pre"]].to_numpy()
    assert together.n == len(everyone)
    assert together.cross == pytest.approx(np.cov(everyone.T) * (len(everyone) - 1))


def test_an_arm_without_units_is_an_empty_block(shop: pd.DataFrame, here: ExperimentPlan) -> None:
    found = blocks(collect(shop, here), measured(here.metrics[0]), ["a", "b", "c"])
    assert (found["c"].n, found["c"].filled) == (0, 0)
    assert pooled(found).n == 2000
