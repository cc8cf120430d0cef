"""Truth 14: a lift, a null, a broken split and a paradox, each found by simple means."""

from math import sqrt
from pathlib import Path

import pandas as pd
import pytest

from playbook import params
from playbook.simulate.scene import Scene
from tests.simulate import reading


def arms(root: Path, campaign: str, id: str) -> pd.DataFrame:
    """Users and conversions by arm, the control first."""
    units = pd.read_parquet(root / f"data/{campaign}/experiments/{id}.parquet")
    table = units.groupby("variant")["converted"].agg(["size", "sum"])
    return table.loc[["control", *table.index.drop("control")]]


def z_of_rates(table: pd.DataFrame) -> float:
    """Pooled two-proportion z, treatment less control."""
    rates, pooled = table["sum"] / table["size"], table["sum"].sum() / table["size"].sum()
    return float(
        (rates.iloc[1] - rates.iloc[0]) / sqrt(pooled * (1 - pooled) * (1 / table["size"]).sum())
    )


def id_of(root: Path, campaign: str, kind: str) -> str:
    [id] = reading.truths(root, campaign, 14).query("what == @kind").index
    return str(id)


def test_the_true_lift_is_found_and_its_size_is_in_the_interval(root: Path, campaign: str) -> None:
    id = id_of(root, campaign, "lift")
    table = arms(root, campaign, id)
    rates = table["sum"] / table["size"]
    error = sqrt((rates * (1 - rates) / table["size"]).sum())
    planted = rates.iloc[0] * reading.truths(root, campaign, 14).loc[id, "size"]
    assert z_of_rates(table) > 1.96
    assert rates.iloc[1] - rates.iloc[0] == pytest.approx(planted, abs=1.96 * error)


def test_the_null_is_not_found(root: Path, campaign: str) -> None:
    assert abs(z_of_rates(arms(root, campaign, id_of(root, campaign, "null")))) < 1.96


def test_only_one_split_is_broken(root: Path, campaign: str) -> None:
    chances = {}
    for id, what in reading.truths(root, campaign, 14)["what"].items():
        sizes = arms(root, campaign, str(id))["size"]
        chances[what] = (sizes.iloc[0] - sizes.iloc[1]) ** 2 / sizes.sum()
    broken = {what for what, chi2 in chances.items() if chi2 > 10.83}
    assert broken == {"srm"}


def test_the_paradox_turns_round_within_devices(root: Path, campaign: str) -> None:
    id = id_of(root, campaign, "simpson")
    units = pd.read_parquet(root / f"data/{campaign}/experiments/{id}.parquet")
    rates = units.groupby(["device", units["variant"].ne("control")])["converted"].mean().unstack()
    assert z_of_rates(arms(root, campaign, id)) < -1.96
    assert (rates[True] > rates[False]).all()


def test_what_users_bought_before_tells_what_they_buy(root: Path, campaign: str) -> None:
    units = pd.read_parquet(
        root / f"data/{campaign}/experiments/{id_of(root, campaign, 'lift')}.parquet"
    )
    buyers = units[units["converted"].eq(1)]
    assert buyers["revenue"].corr(buyers["revenue_pre"]) > 0.3
    assert units.loc[units["converted"].eq(0), "revenue"].eq(0).all()


def test_tests_lie_in_their_planned_days_and_arms(
    root: Path, campaign: str, plan: params.Campaign
) -> None:
    for id, test in plan.experiments.items():
        units = pd.read_parquet(root / f"data/{campaign}/experiments/{id}.parquet")
        assert units["assigned_on"].between(str(test.start), str(test.end)).all()
        assert set(units["variant"]) == set(test.arms)
        assert set(units["experiment"]) == {id}


def test_devices_convert_and_are_treated_as_planted(
    root: Path, campaign: str, scene: Scene
) -> None:
    for trial in scene.trials:
        units = pd.read_parquet(root / f"data/{campaign}/experiments/{trial.id}.parquet")
        assert len(units) == trial.units
        treated = units["variant"].ne("control")
        for device, base, share in zip(
            ("mobile", "desktop"), trial.base, trial.treated, strict=True
        ):
            here = units["device"].eq(device)
            assert treated[here].mean() == pytest.approx(share, abs=4 * 0.5 / sqrt(here.sum()))
            control = units.loc[here & ~treated, "converted"]
            assert control.mean() == pytest.approx(base, abs=4 * 0.5 / sqrt(len(control)))
