"""The queries compile to the SQL of engines that cannot run here, and run in DuckDB."""

from pathlib import Path

import ibis
import pandas as pd
import pyarrow as pa
import pytest
import sqlglot

from playbook.abtest.units import aggregate_ibis
from playbook.methods.attribution_ibis import _contacts, _conversions, _credited, _reached
from playbook.params import Campaign
from playbook.params.experiment import ExperimentPlan
from playbook.params.model import Source
from playbook.sources.canonical import layout_of
from playbook.sources.contracts import CONTRACTS
from playbook.sources.databases import engines
from playbook.sources.databases.reduced import by_minute
from tests.engines.loading import OF_LIBRARIES

pytestmark = pytest.mark.filterwarnings(*OF_LIBRARIES)

ELSEWHERE = ["bigquery", "snowflake", "clickhouse", "trino"]
BAD = 'a"; drop table x; --`'


@pytest.fixture(scope="module")
def embedded() -> ibis.BaseBackend:
    return ibis.duckdb.connect()


@pytest.mark.parametrize("dialect", ELSEWHERE)
def test_moments_compile_with_names_quoted(embedded: ibis.BaseBackend, dialect: str) -> None:
    schema = {
        "variant": "string",
        "day": "timestamp",
        "shop": "string",
        BAD: "float64",
        "pre": "float64",
        "won": "boolean",
    }
    table = embedded.create_table(f"units_{dialect}", schema=schema)
    plan = ExperimentPlan.model_validate(
        {
            "id": "x",
            "variant": "variant",
            "arms": {"A": 0.5, "B": 0.5},
            "date_column": "day",
            "metrics": [
                {"name": BAD, "role": "primary", "covariates": ["pre"]},
                {"name": "won", "kind": "rate"},
            ],
        }
    )
    rows = aggregate_ibis._rows(table, plan, ("day", "shop"))
    sql = ibis.to_sql(
        aggregate_ibis._sums(rows, aggregate_ibis._centre(rows, 3), aggregate_ibis._pairs(plan), 2),
        dialect=dialect,
    )
    quotes = {"bigquery": "`a_drop table x_--`"}
    assert quotes.get(dialect, '"a""; drop table x; --`"') in sql
    assert sql.upper().count("SUM(") == 3 + len(aggregate_ibis._pairs(plan))


@pytest.mark.parametrize("dialect", ELSEWHERE)
def test_orders_and_credit_compile(embedded: ibis.BaseBackend, dialect: str) -> None:
    kinds = {"text": "string", "money": "float64", "moment": "timestamp"}
    schemas = {
        name: {one.name: kinds[one.kind] for one in CONTRACTS[name].columns}
        for name in ("orders", "touchpoints")
    }
    tables = {
        name: embedded.create_table(f"{name}_{dialect}", schema=one)
        for name, one in schemas.items()
    }
    assert "GROUP BY" in ibis.to_sql(by_minute(tables["orders"]), dialect=dialect)
    period = (
        pd.Timestamp("2026-10-01").to_pydatetime(),
        pd.Timestamp("2026-11-01").to_pydatetime(),
    )
    conversions, contacts = (
        _conversions(tables["touchpoints"], *period),
        _contacts(tables["touchpoints"]),
    )
    assert (
        "ROW_NUMBER()" in ibis.to_sql(_credited(conversions, contacts, 30), dialect=dialect).upper()
    )
    assert "LEFT" in ibis.to_sql(_reached(conversions, contacts), dialect=dialect).upper()


def daily_asked(embedded: ibis.BaseBackend, name: str) -> list[ibis.Table]:
    """What is asked of a daily table: the rows of the period, and the facts that tell a change."""
    campaign = params_of("2026-10")
    kinds = {"text": "string", "money": "float64", "count": "int64", "day": "date"}
    schema = {one.name: kinds[one.kind] for one in CONTRACTS["channel_daily"].columns} | {
        BAD: "string"
    }
    table = embedded.create_table(name, schema=schema)
    source = Source(id="ads", table="channel_daily", uri="${MARKETING_DB}", from_table="x")
    rows = engines._asked(table, source, campaign, layout_of(source, Path()))[0]
    return [engines._exact(rows), rows.aggregate(**engines._facts(rows))]


def params_of(period: str) -> Campaign:
    channels = {"search": {"name": "Search", "kind": "paid", "owner": "s01"}}
    return Campaign.model_validate(
        {
            "id": "spring",
            "period": period,
            "name": "Spring",
            "language": "en",
            "currency": "USD",
            "timezone": "UTC",
            "objective": "More customers",
            "channels": channels,
            "sources": {"ads": {"table": "channel_daily", "files": "*"}},
        }
    )


@pytest.mark.parametrize("dialect", ELSEWHERE)
def test_daily_tables_compile(embedded: ibis.BaseBackend, dialect: str) -> None:
    fetched, facts = (
        ibis.to_sql(one, dialect=dialect) for one in daily_asked(embedded, f"daily_{dialect}")
    )
    assert "2024-10-01" in fetched.replace("2024, 10, 1", "2024-10-01")
    assert "drop table" not in fetched
    assert "MAX(" in facts.upper()


@pytest.mark.parametrize("kin", ["doris", "starrocks"])
def test_sql_for_mysql_is_read_by_its_kin(embedded: ibis.BaseBackend, kin: str) -> None:
    orders = embedded.create_table(
        f"orders_{kin}",
        schema={
            "order_id": "string",
            "customer_id": "string",
            "ordered_at": "timestamp",
            "revenue": "float64",
            "discount": "float64",
            "refund": "float64",
            "channel": "string",
        },
    )
    for asked in (*daily_asked(embedded, f"daily_{kin}"), by_minute(orders)):
        sql = str(ibis.to_sql(asked, dialect="mysql"))
        assert sqlglot.parse_one(sql, read=kin).sql(kin)
        assert '"' not in sql.replace('""', "")


def test_calls_of_ibis_that_are_used_work_with_the_locked_duckdb(
    embedded: ibis.BaseBackend,
) -> None:
    table = embedded.create_table("calls", pa.table({"x": [1.0, None, 3.0], "k": ["a", "a", "b"]}))
    sums = table.group_by("k").aggregate(n=table.count(), s=table.x.sum())
    assert sorted(map(tuple, (row.values() for row in sums.to_pyarrow().to_pylist()))) == [
        ("a", 2, 1.0),
        ("b", 1, 3.0),
    ]
    assert len(table.union(table).distinct().order_by("k").limit(2, offset=1).to_pandas()) == 2
    assert table.anti_join(table.filter(table.x > 2), "k").to_pyarrow().num_rows == 2
