from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook.abtest.stats.metric_effects import effects
from playbook.abtest.stats.moments import (
    Moments,
    blocks,
    levels,
    measured,
    merge,
    only,
    roll_up,
    units,
)
from playbook.abtest.units.aggregate import collect
from playbook.errors import PlaybookError
from playbook.params.experiment import ExperimentPlan

Plan = Callable[..., ExperimentPlan]

FOUR_METRICS = [
    {"name": "revenue", "role": "primary", "covariates": ["revenue_pre"]},
    {"name": "bought", "kind": "rate"},
    {
        "name": "rpv",
        "kind": "ratio",
        "numerator": "revenue",
        "denominator": "visits",
        "covariates": ["revenue_pre", "visits_pre"],
    },
    {"name": "capped", "numerator": "revenue", "cap": 0.9},
]


def numbers(moments: Moments, plan: ExperimentPlan) -> list[float]:
    """All that is made of moments: estimate, interval and p-value of every metric."""
    found = [effect for metric in plan.metrics for effect in effects(moments, metric, ["a", "b"])]
    return [
        value
        for e in found
        for value in (e.control, e.difference, e.ci_lower, e.lift_ci_upper, e.pvalue)
    ]


def as_source(form: str, frame: pd.DataFrame, folder: Path) -> Any:
    path = folder / f"units.{form}"
    if form in ("csv", "csv.gz"):
        frame.to_csv(path, index=False)
    if form == "parquet":
        frame.to_parquet(path)
    if path.exists():
        return path
    tables: dict[str, Callable[[], Any]] = {
        "pandas": lambda: frame,
        "polars": lambda: pl.DataFrame(frame.to_dict(orient="list")),
        "arrow": lambda: pa.Table.from_pandas(frame),
        "duckdb": lambda: duckdb.connect().from_arrow(pa.Table.from_pandas(frame)),
        "objects": lambda: frame.astype({"arm": object, "revenue": object}),
        "category": lambda: frame.astype({"arm": "category"}),
    }
    return tables[form]()


@pytest.mark.parametrize(
    "form", ["polars", "arrow", "duckdb", "csv", "csv.gz", "parquet", "objects", "category"]
)
def test_same_numbers_from_every_form(
    form: str, shop: pd.DataFrame, plan: Plan, tmp_path: Path
) -> None:
    here = plan(metrics=FOUR_METRICS)
    expected = numbers(collect(shop, here), here)
    assert numbers(collect(as_source(form, shop, tmp_path), here), here) == pytest.approx(
        expected, rel=1e-9
    )


def test_a_glob_reads_all_files(shop: pd.DataFrame, plan: Plan, tmp_path: Path) -> None:
    here = plan(metrics=FOUR_METRICS)
    for part in range(3):
        shop.iloc[part::3].to_parquet(tmp_path / f"{part}.parquet")
    expected = numbers(collect(shop, here), here)
    assert numbers(collect(tmp_path / "*.parquet", here), here) == pytest.approx(expected, rel=1e-9)


def test_moments_are_those_of_numpy(shop: pd.DataFrame, plan: Plan) -> None:
    here = plan(metrics=FOUR_METRICS)
    found = blocks(collect(shop, here), measured(here.primary), ["a", "b"])
    for arm, block in found.items():
        values = shop.loc[shop["arm"] == arm, ["revenue", "revenue_pre"]].to_numpy()
        assert block.n == len(values)
        assert block.mean + block.centre == pytest.approx(values.mean(axis=0), rel=1e-12)
        assert block.cross / (block.n - 1) == pytest.approx(np.cov(values.T), rel=1e-10)


@settings(max_examples=25)
@given(
    cuts=st.lists(st.integers(1, 1999), min_size=1, max_size=4, unique=True),
    seed=st.integers(0, 99),
)
def test_any_order_and_split_gives_the_same(
    shop_once: pd.DataFrame, cuts: list[int], seed: int
) -> None:
    here = ExperimentPlan.model_validate(
        {"id": "t", "variant": "arm", "arms": {"a": 0.5, "b": 0.5}, "metrics": FOUR_METRICS[:3]}
    )
    shuffled = shop_once.sample(frac=1, random_state=seed)
    edges = [0, *sorted(cuts), len(shuffled)]
    shards = [collect(shuffled.iloc[low:high], here) for low, high in pairwise(edges)]
    assert numbers(merge(*shards), here) == pytest.approx(
        numbers(collect(shop_once, here), here), rel=1e-9
    )


@pytest.fixture(scope="module")
def shop_once() -> pd.DataFrame:
    generator = np.random.default_rng(1)
    arm = np.where(np.arange(2000) % 2, "b", "a")
    columns = {name: generator.gamma(2.0, 5.0, 2000) for name in ("revenue", "revenue_pre")}
    columns |= {name: generator.integers(1, 4, 2000) for name in ("visits", "visits_pre")}
    return pd.DataFrame({"arm": arm, "bought": generator.integers(0, 2, 2000), **columns})


def test_large_level_and_small_spread_keep_their_digits(plan: Plan) -> None:
    generator = np.random.default_rng(2)
    deviation = np.round(generator.normal(0, 1, 100_000) * 2**20) / 2**20  # exact beside 1e9
    frame = pd.DataFrame({"arm": np.where(np.arange(100_000) % 2, "b", "a"), "y": deviation})
    near = effects(collect(frame, plan()), plan().primary, ["a", "b"])[0]
    far = effects(collect(frame.assign(y=frame["y"] + 1e9), plan()), plan().primary, ["a", "b"])[0]
    assert far.difference == pytest.approx(near.difference, rel=1e-6)
    assert far.se == pytest.approx(near.se, rel=1e-9)


@pytest.mark.parametrize("missing", [np.nan, None])
def test_half_missing_equals_the_rows_that_are_there(
    shop: pd.DataFrame, plan: Plan, missing: object
) -> None:
    here = plan(metrics=FOUR_METRICS)
    holes = shop.assign(revenue=shop["revenue"].astype(object))
    holes.loc[::2, "revenue"] = missing
    holes["arm"] = np.where(np.arange(len(holes)) % 4 < 2, "a", "b")
    polars = pl.DataFrame({name: holes[name].tolist() for name in holes}, strict=False)
    whole = holes.dropna(subset=["revenue"]).astype({"revenue": float})
    expected = numbers(
        collect(whole, plan(metrics=FOUR_METRICS[:1])), plan(metrics=FOUR_METRICS[:1])
    )
    for source in (holes, polars):
        assert numbers(collect(source, here), here)[:5] == pytest.approx(expected, rel=1e-9)


def test_missing_is_not_an_observation(plan: Plan) -> None:
    frame = pd.DataFrame(
        {"arm": list("aaaabbbb"), "y": [1, 3, np.nan, np.nan, 2, 6, np.nan, np.nan]}
    )
    found = effects(collect(frame, plan()), plan().primary, ["a", "b"])[0]
    assert (found.n_control, found.n_treatment, found.control, found.treatment) == (2, 2, 2.0, 4.0)
    assert units(collect(frame, plan())) == {"a": 4, "b": 4}


def test_a_missing_arm_is_no_arm_even_among_numbers(plan: Plan) -> None:
    here = plan(arms={"0.0": 0.5, "1.0": 0.5})
    frame = pd.DataFrame({"arm": [0.0, 1.0, np.nan], "y": [1.0, 2.0, 3.0]})
    assert units(collect(frame, here)) == {"": 1, "0.0": 1, "1.0": 1}


def test_a_missing_covariate_takes_the_mean_of_all(plan: Plan) -> None:
    here = plan(metrics=[{"name": "y", "role": "primary", "covariates": ["x"]}])
    frame = pd.DataFrame(
        {"arm": list("aaabbb"), "y": [1.0, 2, 3, 3, 4, 8], "x": [1.0, 2, np.nan, 2, 3, 7]}
    )
    filled = frame.fillna({"x": 3.0})
    assert numbers(collect(frame, here), here) == pytest.approx(
        numbers(collect(filled, here), here), rel=1e-12
    )


def test_segments_roll_up_to_the_total(shop: pd.DataFrame, plan: Plan) -> None:
    here = plan(metrics=FOUR_METRICS, date_column="day")
    split = collect(shop, here, ("channel", "day"))
    assert levels(split, "channel") == ("search", "social")
    assert levels(split, "day")[0] == "2026-09-01"
    assert numbers(roll_up(split), here) == pytest.approx(
        numbers(collect(shop, here), here), rel=1e-9
    )
    social = roll_up(only(split, "channel", {"social"}))
    expected = collect(shop[shop["channel"] == "social"], here)
    assert numbers(social, here)[:15] == pytest.approx(numbers(expected, here)[:15], rel=1e-9)


def test_clusters_count_as_units(plan: Plan) -> None:
    here = plan(cluster="store")
    frame = pd.DataFrame(
        {
            "arm": list("aaaaaabbbbbb"),
            "store": [1, 1, 1, 2, 3, 3, 4, 4, 5, 5, 5, 6],
            "y": [1.0, 2, 3, 4, 5, 6, 3, 5, 4, 8, 9, 7],
        }
    )
    found = effects(collect(frame, here), here.primary, ["a", "b"], clustered=True)[0]
    assert (found.n_control, found.n_treatment) == (3, 3)
    assert (found.control, found.treatment) == (pytest.approx(3.5), pytest.approx(6.0))
    residual = frame["y"] - frame["arm"].map({"a": 3.5, "b": 6.0})
    scores = (residual / 6).groupby([frame["arm"], frame["store"]]).sum() ** 2
    assert found.se == pytest.approx(np.sqrt(scores.sum() * 3 / 2))  # G / (G - 1)


@pytest.mark.parametrize(
    ("frame", "rule"),
    [
        ({"arm": ["a", "b"], "x": [1, 2]}, "column y: is not in the data"),
        ({"arm": ["a", "b"], "y": ["1", "many"]}, "column y is 'many': is not a number"),
        ({"arm": ["a", "b"], "y": [1, "many"]}, "column y is 'many': is not a number"),
        ({"arm": ["a", "b"], "y": [1.0, np.inf]}, "is not a number, in 1 rows"),
        (
            {"arm": [str(i) for i in range(100_000)], "y": range(100_000)},
            "holds more than 50 different arms",
        ),
        ({"arm": [], "y": []}, "holds no row"),
        (
            pd.DataFrame([["a", 1, 2], ["b", 3, 4]], columns=["arm", "y", "y"]),
            "column y: stands in the data twice",
        ),
        ({"arm": ["a", "b"], "y": pd.to_datetime(["2026-01-01", "2026-01-02"])}, "holds timestamp"),
    ],
)
def test_data_that_cannot_be_used_are_refused(
    frame: dict[str, Any] | pd.DataFrame, rule: str, plan: Plan
) -> None:
    with pytest.raises(PlaybookError, match=rule):
        collect(pd.DataFrame(frame), plan())


def test_files_that_cannot_be_read_are_refused(plan: Plan, tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_bytes(b"arm,y\na,\xff\xfe\n")
    (tmp_path / "notes.docx").write_bytes(b"PK")
    (tmp_path / "exports.csv").mkdir()
    for name, rule in (
        ("none.csv", "cannot be read: there is no such file"),
        ("none*.csv", "cannot be read"),
        ("exports.csv", "cannot be read: it is a folder"),
        ("notes.docx", "neither CSV nor"),
        ("bad.csv", "cannot be read"),
    ):
        with pytest.raises(PlaybookError, match=rule):
            collect(tmp_path / name, plan())


def test_names_are_never_sql(plan: Plan) -> None:
    evil = 'y"; drop table units; --'
    here = plan(metrics=[{"name": evil, "role": "primary"}], variant="arm'")
    frame = pd.DataFrame({"arm'": ["a", "a", "b'--", "b'--"], evil: [1.0, 2, 3, 4]})
    assert units(collect(frame, here)) == {"a": 2, "b'--": 2}


def test_a_cap_that_would_flatten_everything_is_refused(plan: Plan) -> None:
    here = plan(metrics=[{"name": "y", "role": "primary", "cap": 0.5}])
    frame = pd.DataFrame({"arm": list("aabb"), "y": [0.0, 0.0, 0.0, 9.0]})
    with pytest.raises(PlaybookError, match="would clamp every positive value"):
        collect(frame, here)


def test_a_cap_is_the_same_in_all_arms(plan: Plan) -> None:
    here = plan(metrics=[{"name": "y", "role": "primary", "cap": 0.75}])
    frame = pd.DataFrame({"arm": list("aaabb"), "y": [1.0, 2.0, 3.0, 4.0, 100.0]})
    found = effects(collect(frame, here), here.primary, ["a", "b"])[0]
    assert (found.control, found.treatment) == (2.0, 4.0)  # the pooled quantile is 4


def test_missing_values_in_some_row_groups_of_several_files(
    shop: pd.DataFrame, plan: Plan, tmp_path: Path
) -> None:
    here = plan(metrics=FOUR_METRICS[:3])
    holes = shop.astype({"bought": "Int64"})
    holes.loc[150:900, "bought"] = pd.NA
    holes.loc[1300:1350, ["revenue", "visits_pre"]] = np.nan
    for part in range(2):
        holes.iloc[part::2].to_parquet(tmp_path / f"{part}.parquet", row_group_size=77)
    assert numbers(collect(tmp_path / "*.parquet", here), here) == pytest.approx(
        numbers(collect(holes, here), here), rel=1e-9
    )
    known = holes.dropna(subset=["bought"])
    rate = [effects(collect(data, here), here.metrics[1], ["a", "b"])[0] for data in (holes, known)]
    assert rate[0] == rate[1]


def test_a_shard_boundary_changes_nothing(
    shop: pd.DataFrame, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = plan(metrics=FOUR_METRICS[:3], date_column="day")
    whole = numbers(roll_up(collect(shop, here, ("day",))), here)
    for rows in (1, 7, 1999):
        monkeypatch.setattr("playbook.abtest.units.relation.SHARD_ROWS", rows)
        assert numbers(roll_up(collect(shop, here, ("day",))), here) == pytest.approx(
            whole, rel=1e-9
        )


def test_days_are_the_same_from_text_and_from_times(shop: pd.DataFrame, plan: Plan) -> None:
    here = plan(metrics=FOUR_METRICS[:3], date_column="day")
    late = shop.assign(day=shop["day"] + pd.Timedelta(hours=23))
    text = shop.assign(day=shop["day"].dt.strftime("%Y-%m-%d"))
    expected = collect(shop, here, ("day",))
    for source in (late, text):
        found = collect(source, here, ("day",))
        assert found.keys == expected.keys
        assert found.n.tolist() == expected.n.tolist()


def test_more_groups_than_codes_are_kept_apart(plan: Plan) -> None:
    place = np.arange(6000)
    frame = pd.DataFrame(
        {
            "arm": np.where(place % 2, "a", "b"),
            "y": 1.0 * place,
            "city": place % 300,
            "shop": place // 20,
        }
    )
    found = collect(frame, plan(), ("city", "shop"))
    assert len(found.keys) == 6000
    assert found.keys[0] == ("a", "1", "0")


def test_columns_named_by_numbers_are_found(plan: Plan) -> None:
    here = plan(variant="0", metrics=[{"name": "1", "role": "primary"}])
    assert units(collect(pd.DataFrame({0: ["a", "b"], 1: [1.0, 2.0]}), here)) == {"a": 1, "b": 1}


def test_a_database_table_that_cannot_be_used_is_refused_and_still_open(plan: Plan) -> None:
    rows = duckdb.connect().sql(
        "select range::varchar as arm, range::double as y from range(300_000)"
    )
    with pytest.raises(PlaybookError, match="holds more than 50 different arms"):
        collect(rows, plan())
    assert rows.aggregate("count(*)").fetchall() == [(300_000,)]


@pytest.mark.parametrize(("value", "rule"), [(1e300, "is beyond 1e\\+100"), (np.inf, "infinite")])
def test_numbers_without_a_square_are_refused(plan: Plan, value: float, rule: str) -> None:
    frame = pd.DataFrame({"arm": list("ab") * 20, "y": [1.0, value] * 20})
    with pytest.raises(PlaybookError, match=rf"column y.*{rule}.*in 20 rows"):
        collect(frame, plan())


def test_floats_of_two_bytes_are_numbers(plan: Plan) -> None:
    narrow = pd.DataFrame({"arm": list("abab"), "y": np.array([1, 2, 3, 5], dtype="float16")})
    wide = narrow.astype({"y": "float64"})
    for data in (narrow, pa.Table.from_pandas(narrow)):
        assert collect(data, plan()).mean.tolist() == collect(wide, plan()).mean.tolist()


def test_a_file_without_a_byte_is_empty(plan: Plan, tmp_path: Path) -> None:
    (tmp_path / "none.csv").touch()
    with pytest.raises(PlaybookError, match=r"none\.csv: is empty"):
        collect(tmp_path / "none.csv", plan())
