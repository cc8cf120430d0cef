"""Random splits of data with a known fault: each fault is found, sound data are not accused."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from playbook.abtest import evaluate
from playbook.abtest.planning.aa import AaResult, aa
from playbook.abtest.planning.aa_words import verdict
from playbook.errors import PlaybookError
from playbook.params.experiment import ExperimentPlan

COUNT = 2000
SPEND = [{"name": "spend", "role": "primary"}]


def plan(**more: Any) -> ExperimentPlan:
    content = {"id": "p", "variant": "v", "arms": {"a": 0.5, "b": 0.5}, "metrics": SPEND}
    return ExperimentPlan.model_validate(content | more)


def users(seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "user": np.arange(COUNT),
            "spend": rng.gamma(2.0, 20.0, size=COUNT),
            "bought": (rng.random(COUNT) < 0.2).astype(int),
        }
    )


def orders() -> pd.DataFrame:
    """Five rows a user; a user's rows resemble each other."""
    rng = np.random.default_rng(2)
    user = np.arange(COUNT) // 5
    level = rng.normal(size=COUNT // 5)[user]
    return pd.DataFrame({"user": user, "spend": 50 + 10 * level + 10 * rng.normal(size=COUNT)})


def states(result: AaResult) -> dict[str, str]:
    return {f"{trial.metric} {trial.way}": trial.found.state for trial in result.trials}


def test_sound_data_behave() -> None:
    two = [*SPEND, {"name": "bought", "kind": "rate"}]
    result = aa(users(), plan(unit="user", metrics=two))
    assert verdict(result).key == "aa_even"
    assert states(result) == {"spend as_is": "even", "bought as_is": "even"}
    assert (result.rows, result.groups, result.splits) == (COUNT, COUNT, 1000)
    assert len(result.pvalues["spend"]) == 1000


def test_the_same_seed_gives_the_same_splits_and_another_gives_others() -> None:
    first, again, other = (aa(users(), plan(), splits=100, seed=seed) for seed in (1, 1, 2))
    assert first.pvalues == again.pvalues
    assert first.pvalues != other.pvalues


def test_rows_instead_of_units_are_found_and_their_sums_behave() -> None:
    result = aa(orders(), plan(unit="user"))
    assert verdict(result).key == "aa_rows"
    assert states(result) == {"spend as_is": "too_many", "spend summed": "even"}
    assert (result.rows, result.groups) == (COUNT, COUNT // 5)


def test_an_id_that_nobody_named_is_found_where_its_rows_resemble_each_other() -> None:
    result = aa(orders(), plan())
    assert verdict(result).key == "aa_hidden"
    assert states(result) == {"spend as_is": "even", "spend by_column": "too_many"}
    assert [(each.name, each.different) for each in result.ids] == [("user", COUNT // 5)]


def test_an_id_whose_rows_are_independent_is_told_and_accused_of_nothing() -> None:
    data = users().assign(user=np.arange(COUNT) // 5)
    result = aa(data, plan())
    assert verdict(result).key == "aa_even"
    assert [each.name for each in result.ids] == ["user"]


def test_a_cluster_is_split_as_a_whole_and_tested_as_such() -> None:
    result = aa(orders().rename(columns={"user": "shop"}), plan(cluster="shop"))
    assert verdict(result).key == "aa_even"
    assert result.groups == COUNT // 5


def test_one_value_that_outweighs_all_others_is_found_and_a_cap_helps() -> None:
    data = users()
    data.loc[0, "spend"] = 1e6
    result = aa(data, plan(unit="user"))
    assert verdict(result).key == "aa_outliers"
    assert states(result) == {"spend as_is": "too_few", "spend capped": "even"}
    assert result.heavy["spend"] > 0.99


def test_few_clusters_of_very_different_size_give_too_many_alarms() -> None:
    """Two shops of 400 users among ten of 5: the two decide every split."""
    rng = np.random.default_rng(5)
    shop = np.repeat(np.arange(12), [400, 400, *[5] * 10])
    level = rng.normal(0, 20, size=12)[shop]
    data = pd.DataFrame({"shop": shop, "spend": 50 + level + rng.normal(size=len(shop))})
    result = aa(data, plan(cluster="shop"))
    assert verdict(result).key == "aa_too_many"
    assert result.trials[0].found.alarms > 0.2


def test_a_metric_that_never_varies_cannot_be_tested() -> None:
    assert verdict(aa(users().assign(spend=5.0), plan())).key == "aa_no_test"


def test_rates_of_a_unit_are_whether_it_ever_happened() -> None:
    data = orders()
    data["bought"] = (np.arange(COUNT) % 5 == 2).astype(int) * (data["user"] % 2)
    rate = [{"name": "bought", "kind": "rate", "role": "primary"}]
    result = aa(data, plan(unit="user", metrics=rate))
    assert {trial.way for trial in result.trials} == {"as_is", "summed"}


def test_rows_without_an_id_stand_alone() -> None:
    data = users().assign(user=np.where(np.arange(COUNT) % 2, np.nan, np.arange(COUNT)))
    assert aa(data, plan(unit="user"), splits=100).groups == COUNT


def test_a_file_gives_what_its_frame_gives(tmp_path: Path) -> None:
    users().to_parquet(tmp_path / "users.parquet")
    from_file = aa(tmp_path / "users.parquet", plan(), splits=100)
    assert from_file.pvalues == aa(users(), plan(), splits=100).pvalues


@pytest.mark.parametrize("cluster", [None, "user"])
def test_the_split_that_the_data_hold_is_tested_as_the_evaluation_tests_it(
    cluster: str | None,
) -> None:
    data = orders()
    data["v"] = np.where(data["user"] % 2, "b", "a")
    result = aa(data, plan(cluster=cluster), splits=100, variant="v")
    expected = evaluate(data, plan(cluster=cluster)).effects[0].pvalue
    assert result.actual["spend"] == pytest.approx(expected, rel=1e-6)
    assert "v" not in {each.name for each in result.ids}


def test_a_split_of_three_arms_is_refused() -> None:
    data = users().assign(v=np.arange(COUNT) % 3)
    with pytest.raises(PlaybookError, match="'3 arms': an A/A test compares two arms"):
        aa(data, plan(), splits=100, variant="v")


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (users().head(3), "too few to be split"),
        (users().drop(columns="spend"), "column spend: is not in the data"),
        (users().assign(spend="much"), "is not a number"),
    ],
)
def test_data_that_cannot_be_split_are_refused(data: pd.DataFrame, rule: str) -> None:
    with pytest.raises(PlaybookError, match=rule):
        aa(data, plan())


def test_too_few_splits_say_nothing() -> None:
    with pytest.raises(ValueError, match="splits == 99"):
        aa(users(), plan(), splits=99)
