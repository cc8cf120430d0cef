"""Columns that look like ids are those whose many values stand in several rows."""

from pathlib import Path

import pandas as pd
import pytest

from playbook.abtest.planning.columns import id_columns, require_countable
from playbook.abtest.units.relation import columns_of, open_units
from playbook.errors import PlaybookError

ROWS = 300
FRAME = pd.DataFrame(
    {
        "order": range(ROWS),
        "user": [f"u{row // 3}" for row in range(ROWS)],
        "shop": [row % 30 for row in range(ROWS)],
        "device": [row % 3 for row in range(ROWS)],
        "price": [row / 7 for row in range(ROWS)],
        "day": pd.Timestamp("2026-03-01"),
    }
)


def test_ids_of_several_rows_are_found_the_most_different_first() -> None:
    found = id_columns(open_units(FRAME, list(FRAME.columns)), used=())
    assert [(each.name, each.different, each.rows) for each in found] == [
        ("user", 100, ROWS),
        ("shop", 30, ROWS),
    ]


def test_where_the_unit_is_known_text_is_an_id_by_its_name_only() -> None:
    data = FRAME.assign(campaign=[f"c{row % 40}" for row in range(ROWS)])
    opened = open_units(data, list(data.columns))
    assert "campaign" in [each.name for each in id_columns(opened, ())]
    assert [each.name for each in id_columns(opened, (), by_name=True)] == ["user", "shop"]


def test_measures_and_days_are_no_ids_in_a_file_of_text(tmp_path: Path) -> None:
    """Whole numbers are ids by their name only; numbers and days never are."""
    data = FRAME.assign(
        age=[20 + row % 50 for row in range(ROWS)],
        paid=[row % 40 + 0.5 for row in range(ROWS)],
        day=[pd.Timestamp("2026-03-01") + pd.Timedelta(days=row % 40) for row in range(ROWS)],
    )
    data.to_csv(tmp_path / "a.csv", index=False)
    found = id_columns(open_units(tmp_path / "a.csv", [], list(data.columns)), used=())
    assert [each.name for each in found] == ["user", "shop"]


@pytest.mark.parametrize(
    "name", ["user_id", "uid", "shopId", "store", "Order No", "门店编号", "city"]
)
def test_a_whole_number_is_an_id_by_its_name(name: str) -> None:
    data = FRAME[["shop"]].rename(columns={"shop": name})
    assert [each.name for each in id_columns(open_units(data, [], [name]), ())] == [name]


@pytest.mark.parametrize(
    "name", ["age", "visits", "paid", "width", "amount", "normal", "unordered"]
)
def test_a_whole_number_of_another_name_is_a_measure(name: str) -> None:
    data = FRAME[["shop"]].rename(columns={"shop": name})
    assert id_columns(open_units(data, [], [name]), ()) == []


def test_columns_that_are_something_else_are_left_out() -> None:
    found = id_columns(open_units(FRAME, list(FRAME.columns)), used=("user", "shop"))
    assert found == []


def test_names_are_those_of_a_file_or_a_frame(tmp_path: Path) -> None:
    FRAME.to_csv(tmp_path / "a.csv", index=False)
    FRAME.to_parquet(tmp_path / "a.parquet")
    wanted = list(FRAME.columns)
    assert columns_of(FRAME) == wanted
    assert columns_of(tmp_path / "a.csv") == wanted
    assert columns_of(str(tmp_path / "*.parquet")) == wanted


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PlaybookError, match="cannot be read"):
        columns_of(tmp_path / "a.csv")


def test_infinite_and_enormous_values_are_refused_with_their_rows_and_missing_ones_are_not() -> (
    None
):
    data = FRAME.assign(price=[float("inf"), float("nan"), -1e200, *[1.0] * (ROWS - 3)])
    opened = open_units(data, [], ["price", "shop"])
    with pytest.raises(PlaybookError, match=r"column price is '2 rows': holds infinite values"):
        require_countable(opened, ["price", "shop"])
    require_countable(opened, ["shop"])
