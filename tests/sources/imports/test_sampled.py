"""An unknown file's columns read as what their cells are."""

from pathlib import Path

import pytest

from playbook.errors import PlaybookError
from playbook.sources.imports.sampled import Sampled, sampled


def of(folder: Path, text: str) -> Sampled:
    file = folder / "any.csv"
    file.write_text(text, encoding="utf-8")
    return sampled(file)


def test_commas_and_days_are_told_by_the_whole_column(tmp_path: Path) -> None:
    found = of(tmp_path, "Tag;Name;Kosten\n03.9.2026;a;1.300,50\n23/09/2026;b;12\n")
    assert found.comma_headers == ("Kosten",)
    assert found.day_first_headers == ("Tag",)
    assert found.numbers("Kosten").tolist() == [1300.5, 12.0]


def test_cells_that_say_nothing_are_not_looked_at(tmp_path: Path) -> None:
    found = of(tmp_path, "a,b,c\n--,1,x\n5,,y\n")
    assert found.said("a").tolist() == ["5"]
    assert found.is_number("a")
    assert found.example("b") == "1"


def test_numbers_that_name_something_are_long_and_whole(tmp_path: Path) -> None:
    found = of(tmp_path, "id,clicks,share,cost\n123456789012,5,7%,1.50\n")
    assert found.is_long("id")
    assert not found.is_long("clicks")
    assert found.has_percent("share")
    assert found.has_fractions("cost")
    assert not found.has_fractions("clicks")


def test_signs_of_currencies_stand_in_cells(tmp_path: Path) -> None:
    found = of(tmp_path, 'a,b,c\n"€1,200",$5,3\n')
    assert [found.signs(name) for name in "abc"] == [{"€"}, {"$"}, frozenset()]


def test_two_columns_are_a_table_and_one_is_none(tmp_path: Path) -> None:
    assert of(tmp_path, "Week,Index\n2026-09-07,5\n").is_day("Week")
    with pytest.raises(PlaybookError, match="holds no table"):
        of(tmp_path, "just a note\nand another\n")


def test_header_without_rows_is_told(tmp_path: Path) -> None:
    with pytest.raises(PlaybookError, match="holds no rows"):
        of(tmp_path, "Date,Campaign,Clicks,Cost\n")


def test_header_with_blank_names_is_no_row(tmp_path: Path) -> None:
    found = of(tmp_path, ",Date,,Clicks,Cost\nx,2026-09-01,y,5,5.5\n")
    assert found.headers == ("Date", "Clicks", "Cost")
    assert found.said("Clicks").tolist() == ["5"]


def test_names_that_begin_with_a_hash_are_rows(tmp_path: Path) -> None:
    found = of(tmp_path, "Name,Total,Paid\n#1001,5,yes\n#1002,6,yes\n")
    assert found.said("Total").tolist() == ["5", "6"]


def test_of_two_columns_of_one_name_the_first_is_looked_at(tmp_path: Path) -> None:
    found = of(tmp_path, "Day,Clicks,note,note\n2026-09-01,5,a,b\n2026-09-02,6,c,d\n")
    assert found.headers == ("Day", "Clicks", "note")
    assert found.said("note").tolist() == ["a", "c"]
