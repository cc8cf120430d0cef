"""Text that a spreadsheet would take for a formula stays text; numbers stay numbers."""

import csv
import io
from pathlib import Path

import pandas as pd
import pytest

from playbook.csvfile import FORMULA_STARTS, csv_text, write_csv


def cells(table: pd.DataFrame) -> list[str]:
    rows = csv.reader(io.StringIO(csv_text(table)))
    return [row[0] for row in list(rows)[1:]]


@pytest.mark.parametrize(
    "start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"], ids=ascii
)
def test_a_text_that_begins_like_a_formula_gets_an_apostrophe(start: str) -> None:
    assert start in FORMULA_STARTS
    assert f"'{start}1+1" in csv_text(pd.DataFrame({"name": [f"{start}1+1"]}))


@pytest.mark.parametrize("text", ["a=1", "1-2", "x@y", " =1", "'=1", ""])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert cells(pd.DataFrame({"name": [text, "b"]}))[0] == text


def test_a_negative_number_is_no_formula() -> None:
    assert cells(pd.DataFrame({"change": [-1.5]})) == ["-1.5"]


def test_the_file_opens_as_utf_8_in_a_spreadsheet_and_its_folder_is_made(tmp_path: Path) -> None:
    file = tmp_path / "tables" / "x.csv"
    write_csv(pd.DataFrame({"名": ["搜索"]}), file)
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    assert file.read_text(encoding="utf-8-sig") == "名\n搜索\n"
