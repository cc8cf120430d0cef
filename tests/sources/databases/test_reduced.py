"""User-level tables inside a real DuckDB: named, typed and summed up before anything is fetched."""

from typing import Any

import ibis
import numpy as np
import pandas as pd
import pytest

from playbook.errors import PlaybookError
from playbook.params.model import Source
from playbook.sources.databases.reduced import MOST_BROKEN, by_minute, canonical
from playbook.sources.files.layout import Layout
from tests.engines.loading import OF_LIBRARIES

pytestmark = pytest.mark.filterwarnings(*OF_LIBRARIES)

ORDERS = pd.DataFrame(
    {
        "order_id": ["o1", "o2", "o3", "o4"],
        "customer_id": ["c1", "c2", "c1", "c3"],
        "ordered_at": pd.to_datetime(
            [
                "2026-10-01 09:00:05",
                "2026-10-01 09:00:55",
                "2026-10-01 09:01:00",
                "2026-10-01 09:00:30",
            ]
        ),
        "revenue": [10.0, 5.0, 1.0, 3.0],
        "discount": [1.0, np.nan, 0.0, 0.0],
        "channel": ["search", "search", "search", "mail"],
    }
)


def there(rows: pd.DataFrame) -> ibis.Table:
    return ibis.duckdb.connect().create_table("rows", rows)


def source(table: str = "orders", **changes: Any) -> Source:
    parts = {"id": "shop", "table": table, "uri": "${DB}", "from_table": "sales"}
    return Source.model_validate(parts | changes)


def layout(table: str = "orders", **columns: Any) -> Layout:
    return Layout.model_validate({"name": "Ours", "table": table, "columns": columns})


def read(rows: pd.DataFrame, *, given: Source | None = None, **columns: Any) -> pd.DataFrame:
    chosen = given or source()
    return canonical(there(rows), layout(chosen.table, **columns), chosen).to_pandas()


def summed(rows: pd.DataFrame) -> pd.DataFrame:
    table = by_minute(canonical(there(rows), layout(), source())).to_pandas()
    return table.sort_values(["ordered_at", "channel"], ignore_index=True)


def test_orders_of_a_minute_and_channel_become_one_row_of_their_sums() -> None:
    table = summed(ORDERS)
    assert table["revenue"].tolist() == [3.0, 15.0, 1.0]
    assert table["discount"].tolist() == [0.0, 1.0, 0.0]
    assert table["order_id"].tolist() == ["o4", "o1", "o3"]
    assert table["ordered_at"].dt.second.eq(0).all()


def test_a_copy_of_an_order_counts_once_and_one_that_differs_twice() -> None:
    twice = pd.concat([ORDERS, ORDERS.iloc[[0]]])
    assert summed(twice)["revenue"].sum() == 19.0
    other = pd.concat([ORDERS, ORDERS.iloc[[0]].assign(revenue=2.0)])
    assert summed(other)["revenue"].sum() == 21.0


def test_an_order_without_revenue_keeps_a_row_of_its_own() -> None:
    unknown = ORDERS.assign(revenue=[np.nan, 5.0, 1.0, 3.0])
    nine = summed(unknown)
    nine = nine[nine["channel"].eq("search") & nine["ordered_at"].eq("2026-10-01 09:00")]
    assert nine["order_id"].tolist() in (["o1", "o2"], ["o2", "o1"])
    assert nine["revenue"].isna().sum() == 1


def test_an_order_that_breaks_a_rule_is_fetched_as_it_is() -> None:
    broken = ORDERS.assign(revenue=[-10.0, 5.0, 1.0, 3.0])
    table = summed(broken).set_index("order_id")
    assert table.loc["o1", "revenue"] == -10.0
    assert table.loc["o1", "ordered_at"] == pd.Timestamp("2026-10-01 09:00:05")
    assert table.loc["o2", "revenue"] == 5.0
    many = pd.concat([broken.iloc[[0]].assign(order_id=f"x{n}") for n in range(MOST_BROKEN + 5)])
    assert len(summed(many)) == MOST_BROKEN


def test_columns_bear_their_canonical_names_and_kinds_whatever_the_table_calls_them() -> None:
    own = pd.DataFrame(
        {
            "Id": [7, 8],
            "Buyer": ["a", ""],
            "Paid at": ["2026-10-01 09:00", "2026-10-02 10:00"],
            "Cents": [1250, 50],
            "Via": ["G", "x"],
        }
    )
    table = read(
        own,
        order_id=["Id"],
        customer_id=["Buyer"],
        ordered_at=["Paid at"],
        revenue={"headers": ["Cents"], "divide": {"Cents": 100}},
        channel={"headers": ["Via"], "codes": {"G": "search"}},
    )
    assert table["order_id"].tolist() == ["7", "8"]
    assert table["revenue"].tolist() == [12.5, 0.5]
    assert table["channel"].tolist() == ["search", "x"]
    assert table["ordered_at"].tolist() == [
        pd.Timestamp("2026-10-01 09:00"),
        pd.Timestamp("2026-10-02 10:00"),
    ]
    assert table["customer_id"].isna().tolist() == [False, True]


def test_the_channel_of_the_parameters_goes_before_that_of_the_table() -> None:
    assert set(read(ORDERS)["channel"]) == {"search", "mail"}
    assert set(read(ORDERS, given=source(channel="shop"))["channel"]) == {"shop"}


def test_own_columns_stay_only_where_the_table_is_open() -> None:
    units = pd.DataFrame({"experiment": ["e"], "unit_id": ["u"], "variant": ["a"], "Basket": [3.0]})
    open_table = read(units, given=source("experiment_units"))
    assert open_table["Basket"].tolist() == [3.0]
    assert "Basket" not in read(ORDERS.assign(Basket=1.0))


def test_a_column_that_is_needed_and_lacks_is_named_with_the_table() -> None:
    with pytest.raises(PlaybookError, match=r"table sales.*orders needs the column ordered_at"):
        read(ORDERS.drop(columns=["ordered_at"]))


@pytest.mark.parametrize(
    "columns",
    [
        {"revenue": {"add": ["revenue", "discount"]}},
        {"channel": {"join": ["channel", "order_id"]}},
    ],
    ids=["add", "join"],
)
def test_what_only_files_can_have_is_refused_with_a_remedy(columns: dict[str, Any]) -> None:
    with pytest.raises(PlaybookError, match=r"put together from several columns.*Make a view"):
        read(ORDERS, **columns)
