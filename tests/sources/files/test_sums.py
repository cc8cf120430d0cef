"""Which rows add others up, and which only look so."""

import io

import pandas as pd
import pytest

from playbook.sources.files.layout import Layout, shipped
from playbook.sources.files.sums import totals

GOOGLE = shipped()["google-ads"]


def sums(text: str, layout: Layout = GOOGLE) -> list[int]:
    """Return the places, from 0, of the rows that are sums."""
    table = pd.read_csv(io.StringIO(text), dtype="str", keep_default_na=False)
    found = totals(table, layout)
    return [place for place, is_sum in enumerate(found) if is_sum]


def test_a_word_for_a_sum_in_a_name_cell_is_enough() -> None:
    assert sums("Day,Campaign,Cost\n2026-09-01,B,5\nTotal,,5\n,合计,9\n") == [1, 2]


def test_one_row_without_any_name_is_a_sum() -> None:
    assert sums("Day,Campaign,Cost\n,,11\n2026-09-01,B,5\n2026-09-02,B,6\n") == [0]


def test_rows_without_any_name_are_sums_only_where_they_add_up() -> None:
    assert sums("Day,Campaign,Cost\n2026-09-01,B,5\n,,7\n2026-09-02,B,6\n,,11\n") == [3]


def test_subtotals_of_groups_and_a_grand_total_are_sums() -> None:
    rows = ["2026-09-01,A,5", "2026-09-02,A,7", ",A Total,12", "2026-09-01,B,1", ",Total B,1"]
    assert sums("\n".join(["Day,Campaign,Cost", *rows, ",Grand Total,13", ""])) == [2, 4, 5]


def test_a_group_s_sum_may_bear_its_name_in_another_column() -> None:
    rows = "2026-09-01,A,5\n2026-09-02,A,7\nA Gesamt,,12\n2026-09-01 Total,,12\n2026-09-01,B,1\n"
    assert sums(f"Day,Campaign,Cost\n{rows}") == [2]


def test_a_name_that_contains_another_with_total_is_a_campaign_where_it_adds_up_nothing() -> None:
    assert sums("Day,Campaign,Cost\n2026-09-01,Rewards,5\n2026-09-01,Total Rewards,7\n") == []


def test_a_brand_called_total_is_no_sum_where_its_numbers_add_up_nothing() -> None:
    rows = "2026-09-01,Total,50\n2026-09-01,B,5\n2026-09-02,Total,60\n2026-09-02,B,6\n"
    assert sums(f"Day,Campaign,Cost\n{rows}") == []


@pytest.mark.parametrize("name", ["", "--", "Total", "小计"])
def test_a_day_s_sum_is_one_by_its_numbers_whether_it_stands_first_or_last(name: str) -> None:
    first = f"2026-09-01,{name},11.50\n2026-09-01,A,5\n2026-09-01,B,6.50\n"
    last = f"2026-09-02,A,5\n2026-09-02,B,7\n2026-09-02,{name},12\n"
    assert sums(f"Day,Campaign,Cost\n{first}{last}") == [0, 5]


def test_the_summary_of_one_day_that_bears_the_day_is_a_sum() -> None:
    head = "Reporting starts,Reporting ends,Campaign name,Amount spent (USD),Impressions\n"
    day = "2026-09-01,2026-09-01"
    text = f"{head}{day},,250.00,13000\n{day},P,150.00,9000\n{day},R,100.00,4000\n"
    assert sums(text, shipped()["meta-ads"]) == [0]


def test_a_row_without_a_name_that_adds_up_nothing_is_a_row() -> None:
    assert sums("Day,Campaign,Cost\n2026-09-01,,9\n2026-09-01,A,5\n2026-09-01,B,6\n") == []


def test_rows_without_a_name_are_rows_where_one_of_them_adds_up_nothing() -> None:
    rows = "2026-09-01,A,150\n2026-09-01,,150\n2026-09-02,A,160\n2026-09-02,,10\n"
    assert sums(f"Day,Campaign,Cost\n{rows}") == []


def test_a_small_number_that_another_row_has_too_makes_no_sum() -> None:
    assert sums("Day,Campaign,Clicks,Cost\n2026-09-01,A,1,0\n2026-09-01,,1,0\n") == []


def test_people_that_a_sum_counts_once_do_not_make_it_a_row() -> None:
    head = "Day,Campaign,Impr.,Clicks,Cost,Conversions\n"
    rows = "2026-09-01,A,500,50,5.50,3\n2026-09-01,B,700,70,6.50,3\n2026-09-01,,1200,120,12.00,5\n"
    assert sums(head + rows) == [2]


def test_a_word_in_a_column_that_names_nothing_counts_only_where_numbers_agree() -> None:
    head = "Day,Campaign,Budget,Cost\n"
    assert sums(f"{head}2026-09-01,A,Total,5\n2026-09-01,B,Daily,6\n") == []
    assert sums(f"{head}2026-09-01,A,Daily,5\n2026-09-01,B,Daily,6\n2026-09-01,B,Sum,11\n") == [2]


def test_numbers_with_a_decimal_comma_are_added_as_such() -> None:
    text = (
        "Tag;Kampagne;Kosten\n" + "2026-09-01;A;1.300,50\n2026-09-01;B;2,50\n2026-09-01;;1.303,00\n"
    )
    table = pd.read_csv(io.StringIO(text), sep=";", dtype="str", keep_default_na=False)
    assert totals(table, GOOGLE).tolist() == [False, False, True]
