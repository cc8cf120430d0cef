"""A pre-period is measured as the evaluation will measure the test: same levels, same errors."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from playbook.abtest import evaluate
from playbook.abtest.planning.pilot import for_pre_period, pilot
from playbook.errors import PlaybookError
from playbook.params.experiment import ExperimentPlan

COUNT = 400
METRICS = [
    {"name": "revenue", "role": "primary", "covariates": ["before"]},
    {"name": "bought", "kind": "rate"},
    {"name": "aov", "kind": "ratio", "numerator": "revenue", "denominator": "orders"},
]


def users() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    before = rng.normal(size=COUNT)
    return pd.DataFrame(
        {
            "user": np.arange(COUNT),
            "arm": np.where(np.arange(COUNT) % 2, "new", "old"),
            "shop": np.arange(COUNT) // 10,
            "day": pd.Timestamp("2026-03-01") + pd.to_timedelta(np.arange(COUNT) % 8, unit="D"),
            "before": before,
            "revenue": 50 + 10 * before + 5 * rng.normal(size=COUNT),
            "bought": (rng.random(COUNT) < 0.3).astype(int),
            "orders": rng.integers(1, 5, size=COUNT),
        }
    )


def plan(**more: Any) -> ExperimentPlan:
    content = {"id": "p", "variant": "arm", "arms": {"old": 0.5, "new": 0.5}, "metrics": METRICS}
    return ExperimentPlan.model_validate(content | more)


def test_levels_are_means_rates_and_ratios_of_sums() -> None:
    data, found = users(), pilot(users(), plan())
    assert found.levels["revenue"].baseline == pytest.approx(data["revenue"].mean())
    assert found.levels["revenue"].variance == pytest.approx(data["revenue"].var())
    assert found.levels["bought"].baseline == pytest.approx(data["bought"].mean())
    assert found.levels["aov"].baseline == pytest.approx(
        data["revenue"].sum() / data["orders"].sum()
    )
    assert [level.kind for level in found.levels.values()] == ["mean", "rate", "ratio"]


def test_a_covariate_takes_away_the_square_of_its_correlation_whatever_its_unit() -> None:
    data = users()
    share = data["revenue"].corr(data["before"]) ** 2
    assert pilot(data, plan()).levels["revenue"].variance_cut == pytest.approx(share)
    data["before"] *= 1e9
    assert pilot(data, plan()).levels["revenue"].variance_cut == pytest.approx(share)
    data["before"] = 7.0
    assert pilot(data, plan()).levels["revenue"].variance_cut == 0


@pytest.mark.parametrize("cluster", [None, "shop"])
def test_standard_errors_are_those_of_the_evaluation(cluster: str | None) -> None:
    """An arm that is a copy of the other, so that both arms have the spread of the pre-period."""
    data = users()
    twice = pd.concat([data.assign(arm="old"), data.assign(arm="new", shop=data["shop"] + 1000)])
    asked = plan(cluster=cluster)
    before = pilot(data, asked)
    for effect in evaluate(twice, asked).effects:
        level = before.levels[effect.metric]
        units = before.units
        variance = level.variance * (1 - level.variance_cut)
        assert effect.se == pytest.approx(np.sqrt(2 * variance / units), rel=2e-3)


def test_correlations_are_those_of_what_covariates_leave() -> None:
    data = users()
    data["pages"] = data["revenue"] * 2 + 3
    slope = data["revenue"].cov(data["before"]) / data["before"].var()
    rest = data["revenue"] - slope * data["before"]
    found = pilot(data, plan(metrics=[METRICS[0], {"name": "pages", "kind": "mean"}]))
    assert found.correlations[0][1] == pytest.approx(rest.corr(data["pages"]))
    assert found.correlations[0][0] == pytest.approx(1.0)


def test_traffic_is_units_over_the_days_from_first_to_last() -> None:
    found = pilot(users(), plan(date_column="day"))
    assert (found.units, found.days, found.daily_units) == (COUNT, 8, COUNT / 8)
    assert np.isnan(pilot(users(), plan()).daily_units)
    assert np.isnan(pilot(users(), plan(date_column="day", cluster="shop")).daily_units)


def test_days_of_a_file_are_read_as_the_evaluation_reads_them(tmp_path: Path) -> None:
    """Day first, and moments; the 28th of the month tells the order."""
    written = users().assign(day=[f"{1 + row % 28:02d}/03/2026 14:05" for row in range(COUNT)])
    written.to_csv(tmp_path / "march.csv", index=False)
    assert pilot(tmp_path / "march.csv", plan(date_column="day")).days == 28


def test_units_that_lack_a_metric_are_counted_and_left_out() -> None:
    data = users()
    data.loc[:99, "revenue"] = np.nan
    found = pilot(data, plan())
    assert (found.units, found.complete) == (COUNT, COUNT - 100)
    assert found.levels["revenue"].baseline == pytest.approx(data["revenue"].mean())


def test_a_file_is_read_as_the_evaluation_reads_it(tmp_path: Path) -> None:
    users().drop(columns="arm").to_csv(tmp_path / "before.csv", index=False)
    users().drop(columns="arm").to_parquet(tmp_path / "before.parquet")
    text, parquet = (pilot(tmp_path / f"before.{end}", plan()) for end in ("csv", "parquet"))
    assert text.levels["aov"].variance == pytest.approx(parquet.levels["aov"].variance)
    assert text.units == parquet.units == COUNT


def test_a_pre_period_need_not_have_the_columns_of_the_test() -> None:
    asked = plan(unit="user", date_column="entered")
    found = for_pre_period(users(), asked)
    assert (found.unit, found.date_column) == ("user", None)
    assert pilot(users(), found).units == COUNT
    with pytest.raises(PlaybookError, match="column entered: is not in the data"):
        pilot(users(), asked)


def _changed(column: str, value: Any) -> pd.DataFrame:
    return users().assign(**{column: value})


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (_changed("revenue", 5.0), "metric revenue: it is the same for every unit"),
        (_changed("bought", np.arange(COUNT)), "its values are not all 0 or 1"),
        (_changed("orders", 0), "its denominator adds up to 0"),
        (_changed("user", 1), "'400 rows of 1 units': a unit stands in several rows"),
        (_changed("day", "soon"), "holds no day that can be read"),
        (users().head(2), "needs at least 3 units"),
        (users().drop(columns="orders"), "column orders: is not in the data"),
        (users().assign(revenue=np.tile([-1.0, 1.0], COUNT // 2)), "its level is 0"),
    ],
)
def test_a_pre_period_that_tells_nothing_is_refused(data: pd.DataFrame, rule: str) -> None:
    with pytest.raises(PlaybookError, match=rule):
        pilot(data, plan(unit="user", date_column="day"))


def test_a_quantile_has_no_size() -> None:
    quantile = {"name": "wait", "kind": "quantile", "quantile": 0.9, "numerator": "orders"}
    with pytest.raises(ValueError, match="'wait' is a quantile"):
        pilot(users(), plan(metrics=[METRICS[1] | {"role": "primary"}, quantile]))


def test_levels_of_clusters_are_marked_as_such() -> None:
    found = pilot(users(), plan(cluster="shop"))
    assert found.units == COUNT // 10
    assert all(level.by_sums for level in found.levels.values())
    assert replace(found.levels["aov"], by_sums=False).by_z
