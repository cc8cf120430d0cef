"""Rows that a mapping does not want are left out on purpose, counted, and never lost unseen."""

import pandas as pd

from playbook.sources import filters

ORDERS = pd.DataFrame(
    {
        "Order": ["1", "2", "3", "4"],
        "Status": ["paid", " PAID ", "cancelled", ""],
        "Test": ["no", "yes", "no", "no"],
    },
    index=[10, 11, 12, 13],
)


def test_rows_with_one_of_the_values_stay_whatever_their_case_and_spaces() -> None:
    stays, rules = filters.kept(ORDERS, {"status": ["Paid"]})
    assert stays.to_dict() == {10: True, 11: True, 12: False, 13: False}
    assert rules[12] == "is left out by where: status"
    assert rules[10] == ""


def test_a_row_must_satisfy_every_header_and_is_told_by_the_first_it_breaks() -> None:
    where = {"Status": ["paid"], "Test": ["no"]}
    stays, rules = filters.kept(ORDERS, where)
    assert stays.tolist() == [True, False, False, False]
    assert filters.told(rules) == {
        "is left out by where: Status": 2,
        "is left out by where: Test": 1,
    }


def test_without_where_every_row_stays() -> None:
    stays, rules = filters.kept(ORDERS, {})
    assert stays.all()
    assert filters.told(rules) == {}


def test_a_condition_that_cannot_be_looked_at_is_not_met() -> None:
    stays, rules = filters.kept(ORDERS, {"State": ["paid"]})
    assert not stays.any()
    assert set(rules) == {"is left out by where: State (the file has no such column)"}


def test_faults_name_row_column_and_what_stood_there() -> None:
    found = filters.faults(ORDERS, {"status": ["paid"]})
    assert found["row"].tolist() == [12, 13]
    assert found["column"].tolist() == ["status", "status"]
    assert found["value"].tolist() == ["cancelled", ""]
    absent = filters.faults(ORDERS.iloc[:1], {"State": ["paid"]})
    assert absent[["column", "value"]].to_numpy().tolist() == [["State", ""]]


def test_numbers_of_a_typed_table_are_compared_as_text() -> None:
    stays, _ = filters.kept(pd.DataFrame({"paid": [1, 0]}), {"paid": ["1"]})
    assert stays.tolist() == [True, False]
