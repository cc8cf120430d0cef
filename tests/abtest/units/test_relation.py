"""Rows wherever they lie, opened in the same way, and what cannot be opened."""

from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from playbook.abtest.units.relation import label, number, open_units, quoted, require_numbers
from playbook.errors import PlaybookError

ROWS = pd.DataFrame({"arm": ["a", "b", "a"], "y": [1.0, 2.0, 4.0], "note": ["x", "2", "3"]})


def in_form(form: str, folder: Path) -> Any:
    made: dict[str, Any] = {
        "pandas": lambda: ROWS,
        "polars": lambda: pl.from_pandas(ROWS),
        "arrow": lambda: pa.Table.from_pandas(ROWS),
        "duckdb": lambda: duckdb.connect().from_df(ROWS),
        "csv": lambda: _written(ROWS.to_csv, folder / "rows.csv", index=False),
        "csv.gz": lambda: _written(ROWS.to_csv, folder / "rows.csv.gz", index=False),
        "tsv": lambda: _written(ROWS.to_csv, folder / "rows.tsv", index=False, sep="\t"),
        "parquet": lambda: _written(ROWS.to_parquet, folder / "rows.parquet", index=False),
    }
    return made[form]()


def _written(write: Any, file: Path, **options: Any) -> Path:
    write(file, **options)
    return file


@pytest.mark.parametrize(
    "form", ["pandas", "polars", "arrow", "duckdb", "csv", "csv.gz", "tsv", "parquet"]
)
def test_every_form_gives_the_same_rows_of_the_columns_asked_for(form: str, tmp_path: Path) -> None:
    rows = open_units(in_form(form, tmp_path), ["arm"], ["y"]).rows()
    assert rows.columns == ["arm", "y"]
    assert rows.order("y").fetchall() == [("a", 1.0), ("b", 2.0), ("a", 4.0)]


def test_files_of_a_pattern_are_read_together(tmp_path: Path) -> None:
    for name in ("one", "two"):
        ROWS.to_parquet(tmp_path / f"{name}.parquet", index=False)
    found = open_units(tmp_path / "*.parquet", ["arm"], ["y"])
    assert len(found.rows().fetchall()) == 6


def test_what_was_opened_before_is_not_opened_again() -> None:
    once = open_units(ROWS, ["arm"])
    assert open_units(once, ["other"]) is once


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (ROWS.iloc[:0], "the DataFrame: holds no row"),
        (ROWS.rename(columns={"y": "Y"}), "column y: is not in the data. Did you mean 'Y'"),
        (
            ROWS.rename(columns={"y": "zzzzzz"}),
            "column y: is not in the data. It holds: arm, zzzzzz",
        ),
        (pd.concat([ROWS, ROWS[["y"]]], axis=1), "column y: stands in the data twice"),
        ([1, 2], "the list: is no table"),
        ("no/such/file.csv", "no/such/file.csv: cannot be read: there is no such file"),
    ],
)
def test_what_cannot_be_used_is_told_with_what_to_do(data: Any, rule: str) -> None:
    with pytest.raises(PlaybookError) as caught:
        open_units(data, ["arm"], ["y"])
    assert rule in str(caught.value)


def test_a_folder_and_a_file_of_another_kind_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(PlaybookError, match="it is a folder"):
        open_units(tmp_path, ["arm"])
    other = tmp_path / "rows.json"
    other.write_text("[]", encoding="utf-8")
    with pytest.raises(PlaybookError, match="is neither CSV nor Parquet"):
        open_units(other, ["arm"])


def test_a_broken_parquet_file_is_told_in_one_line(tmp_path: Path) -> None:
    broken = tmp_path / "rows.parquet"
    broken.write_bytes(b"nothing")
    with pytest.raises(PlaybookError, match=r"cannot be read") as caught:
        open_units(broken, ["arm"])
    assert len(str(caught.value).splitlines()) == 1


def test_a_column_of_text_is_refused_with_a_value_that_is_no_number() -> None:
    units = open_units(ROWS, ["arm", "note"], ["y"])
    require_numbers(units, ["y"])
    with pytest.raises(PlaybookError, match=r"column note is 'x': is not a number"):
        require_numbers(units, ["y", "note"])
    days = open_units(ROWS.assign(y=pd.Timestamp("2026-10-01")), ["arm", "y"])
    with pytest.raises(PlaybookError, match=r"holds timestamp.*, not numbers"):
        require_numbers(days, ["y"])


def test_any_name_is_safe_in_a_query() -> None:
    hostile = 'y"; drop table users; --'
    assert quoted(hostile) == '"y""; drop table users; --"'
    rows = open_units(ROWS.rename(columns={"y": hostile}), ["arm"], [hostile]).rows()
    assert rows.aggregate(f"sum({number(hostile)})").fetchall() == [(7.0,)]


def test_data_are_named_as_their_owner_knows_them() -> None:
    assert (label(Path("a/b.csv")), label(ROWS)) == ("a/b.csv", "the DataFrame")
