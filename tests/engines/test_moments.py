"""Every engine gives the moments that the embedded one gives from a file, and the same verdict."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from playbook.abtest import Moments, as_dict, collect, evaluate
from playbook.abtest.units import aggregate_ibis
from playbook.errors import PlaybookError
from playbook.params.experiment import ExperimentPlan
from playbook.sources.databases import engines
from playbook.sources.databases.engines import connect
from tests.engines.loading import OF_LIBRARIES, Put, into_duckdb, into_mariadb, into_postgres

pytestmark = pytest.mark.filterwarnings(*OF_LIBRARIES)


def plan(**more: Any) -> ExperimentPlan:
    content = {
        "id": "hero",
        "unit": "unit_id",
        "variant": "variant",
        "date_column": "joined",
        "segments": ["device"],
        "arms": {"A": 0.5, "B": 0.5},
        "start": "2026-10-01",
        "end": "2026-10-28",
        "metrics": [
            {"name": "bought", "kind": "rate", "role": "primary"},
            {"name": "revenue", "covariates": ["revenue_pre"]},
            {"name": "basket", "kind": "ratio", "numerator": "revenue", "denominator": "orders"},
            {"name": "capped", "numerator": "orders", "cap": 0.9},
        ],
    }
    return ExperimentPlan.model_validate(content | more)


def units(rows: int = 2000) -> pd.DataFrame:
    """Units with a large mean (digits are lost unless values are shifted), gaps.

    A duplicate and a crossover.
    """
    draw = np.random.default_rng(7)
    orders = draw.poisson(0.4, rows).astype(float)
    table = pd.DataFrame(
        {
            "unit_id": [f"u{place}" for place in range(rows)],
            "variant": draw.choice(["A", "B"], rows),
            "device": draw.choice(["phone", "desk", None], rows),
            "shop": draw.choice([f"shop {place}" for place in range(40)], rows),
            "joined": pd.Timestamp("2026-10-01")
            + pd.to_timedelta(draw.integers(0, 28 * 24, rows), unit="h"),
            "bought": orders > 0,
            "orders": orders,
            "revenue": np.where(
                draw.random(rows) < 1 / 7, np.nan, 1e9 + orders * draw.exponential(20, rows)
            ),
            "revenue_pre": np.where(draw.random(rows) < 1 / 7, np.nan, draw.exponential(30, rows)),
        }
    )
    twice, crossed = (
        table.iloc[[3]],
        table.iloc[[4]].assign(variant=lambda row: row["variant"].map({"A": "B", "B": "A"})),
    )
    return pd.concat([table, twice, crossed], ignore_index=True)


def arrow(table: pd.DataFrame) -> pa.Table:
    return pa.Table.from_pandas(table, preserve_index=False)


def assert_same(found: Moments, wanted: Moments) -> None:
    """Equal keys, counts and patterns.

    Means, and the products that metrics need, equal to 1e-9 whatever the centre.
    """
    assert (found.columns, found.by, found.keys) == (wanted.columns, wanted.by, wanted.keys)
    assert np.array_equal(found.known, wanted.known)
    assert np.array_equal(found.n, wanted.n)
    means = [np.where(one.known, one.mean + one.centre, 0) for one in (found, wanted)]
    np.testing.assert_allclose(means[0], means[1], rtol=1e-9, atol=1e-12)
    needed = ~np.isnan(found.cross)
    assert needed[:, range(len(found.columns)), range(len(found.columns))].all()
    np.testing.assert_allclose(found.cross[needed], wanted.cross[needed], rtol=1e-9, atol=1e-6)


def floats(values: Any) -> Any:
    return np.array(values, dtype=float)


@pytest.mark.parametrize("by", [(), ("device",), ("joined",), ("device", "joined")])
def test_moments_of_every_engine_are_those_of_a_file(
    put: Put, tmp_path: Path, by: tuple[str, ...]
) -> None:
    units().to_parquet(tmp_path / "units.parquet")
    table = connect(put({"units": arrow(units())})).table("units")
    assert_same(
        aggregate_ibis.collect(table, plan(), by), collect(tmp_path / "units.parquet", plan(), by)
    )


def test_clusters_are_summed_in_the_engine(put: Put) -> None:
    clustered = plan(cluster="shop", segments=[], date_column=None, start=None, end=None, unit=None)
    table = connect(put({"units": arrow(units())})).table("units")
    assert_same(aggregate_ibis.collect(table, clustered), collect(units(), clustered))


def test_verdict_from_an_engine_is_that_from_a_file(put: Put) -> None:
    table = connect(put({"units": arrow(units())})).table("units")
    found, wanted = (as_dict(evaluate(data, plan())) for data in (table, units()))
    assert found["decision"] == wanted["decision"]
    assert [one["name"] for one in found["checks"]] == [one["name"] for one in wanted["checks"]]
    values = [[one["value"] for one in each["checks"]] for each in (found, wanted)]
    np.testing.assert_allclose(*map(floats, values), rtol=1e-7)
    effects = [
        [(one["difference"], one["se"], one["pvalue"]) for one in each["effects"]]
        for each in (found, wanted)
    ]
    np.testing.assert_allclose(*map(floats, effects), rtol=1e-7)


def test_large_csv_is_read_piece_by_piece_with_the_same_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "units.csv"
    units().to_csv(file, index=False)
    assert aggregate_ibis.table_of(file) is None
    wanted = as_dict(evaluate(file, plan()))
    monkeypatch.setattr(engines, "LARGE_BYTES", 1)
    assert aggregate_ibis.table_of(str(file)) is not None
    assert as_dict(evaluate(file, plan()))["decision"] == wanted["decision"]
    with pytest.raises(PlaybookError, match=r"units.csv: column nothing: is not in the data"):
        evaluate(file, plan(metrics=[{"name": "nothing", "role": "primary"}]))


@pytest.mark.servers
def test_names_that_look_like_sql_are_only_names(
    tmp_path: Path, postgres: str, mariadb: str
) -> None:
    bad = 'a"; drop table x; --`'
    table = arrow(units().rename(columns={"revenue": bad, "device": "d`; --"}))
    named = plan(
        segments=["d`; --"], metrics=[{"name": "odd", "numerator": bad, "role": "primary"}]
    )
    wanted = collect(table, named, ["d`; --"])
    for put in (into_duckdb(tmp_path), into_postgres(postgres), into_mariadb(mariadb)):
        backend = connect(put({"x": table, bad: table}))
        assert_same(aggregate_ibis.collect(backend.table(bad), named, ["d`; --"]), wanted)
        assert backend.table("x").count().to_pyarrow().as_py() == len(table)


def test_nan_in_an_engine_is_missing_like_null(put: Put, request: pytest.FixtureRequest) -> None:
    if "mariadb" in request.node.name:
        pytest.skip("MariaDB has no NaN")
    simple = plan(
        segments=[],
        date_column=None,
        start=None,
        end=None,
        metrics=[{"name": "x", "role": "primary"}],
    )
    table = pa.table(
        {"unit_id": list("abcd"), "variant": list("AABB"), "x": [1.0, float("nan"), None, 4.0]}
    )
    found = aggregate_ibis.collect(connect(put({"units": table})).table("units"), simple)
    assert found.keys == (("A",), ("A",), ("B",), ("B",))
    assert found.known.ravel().tolist() == [False, True, False, True]


@pytest.mark.parametrize(
    ("column", "rule"),
    [
        ("nothing", "column nothing: is not in the data"),
        ("device", "column device: holds string, not numbers"),
    ],
)
def test_column_that_cannot_be_measured_is_refused(put: Put, column: str, rule: str) -> None:
    table = connect(put({"units": arrow(units(50))})).table("units")
    with pytest.raises(PlaybookError, match=rule):
        aggregate_ibis.collect(table, plan(metrics=[{"name": column, "role": "primary"}]))


def test_infinite_value_is_refused(tmp_path: Path) -> None:
    table = arrow(units(50).assign(orders=float("inf")))
    with pytest.raises(PlaybookError, match="column orders is 'infinite'"):
        aggregate_ibis.collect(
            connect(into_duckdb(tmp_path)({"units": table})).table("units"), plan()
        )


def test_column_of_units_is_no_column_of_arms(put: Put) -> None:
    table = connect(put({"units": arrow(units(100))})).table("units")
    with pytest.raises(PlaybookError, match="holds more than 50 different arms"):
        aggregate_ibis.collect(table, plan(variant="unit_id"))
