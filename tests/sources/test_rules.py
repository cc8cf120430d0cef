"""Which rows stay, and by which rule each other one is broken."""

from typing import Any

import pandas as pd
import pytest

from playbook.sources.contracts import CONTRACTS
from playbook.sources.rules import COPY, REPLACED, TWICE, judged, odd, repeated
from tests.stages.shop import campaign, filled

DAILY, ORDERS = CONTRACTS["channel_daily"], CONTRACTS["orders"]


def rows(*changes: dict[str, Any]) -> pd.DataFrame:
    """Sound rows of one file, a line each; what is given replaces their values."""
    sound = {
        "date": pd.Timestamp("2026-10-01"),
        "channel": "search",
        "campaign_unit": "brand",
        "segment": "all",
        "currency": "USD",
        "impressions": 100.0,
        "clicks": 10.0,
        "spend": 5.0,
        "_file": "a.csv",
    }
    made = [sound | {"_line": float(line)} | change for line, change in enumerate(changes, start=2)]
    return filled("channel_daily", made)


def broken(*changes: dict[str, Any]) -> list[tuple[int, str, str, str]]:
    _, found = judged(rows(*changes), DAILY, campaign())
    names = ["row", "column", "value", "rule"]
    return list(found[names].itertuples(index=False, name=None))


def test_a_row_that_keeps_every_rule_stays_with_its_place() -> None:
    stays, found = judged(rows({}, {"campaign_unit": "generic"}), DAILY, campaign())
    assert stays["_line"].tolist() == [2.0, 3.0]
    assert found.empty


def test_more_clicks_than_impressions_is_odd_and_names_both_columns_and_their_values() -> None:
    stays, found = judged(rows({"impressions": 5.0}), DAILY, campaign())
    assert (len(stays), len(found)) == (1, 0)
    [told] = odd(stays, DAILY).to_dict("records")
    assert (told["row"], told["column"], told["value"]) == (0, "clicks, impressions", "10, 5")
    assert told["rule"] == "clicks must not exceed impressions"


def test_a_missing_key_is_told_with_its_column() -> None:
    found = broken({"channel": None})
    assert (0, "channel", "is missing") in {(row, column, rule) for row, column, _, rule in found}


def test_a_day_with_a_negative_number_is_odd_and_stays() -> None:
    stays, _ = judged(rows({"spend": -1.0}), DAILY, campaign())
    [told] = odd(stays, DAILY).to_dict("records")
    assert (told["column"], told["value"], told["rule"]) == ("spend", "-1", "spend is below zero")


def test_a_channel_or_currency_that_the_parameters_do_not_name_is_broken() -> None:
    found = broken({"channel": "radio"}, {"currency": "EUR"}, {"channel": "(none)"})
    assert found == [
        (0, "channel", "radio", "is no channel of the parameters"),
        (1, "currency", "EUR", "is not the campaign's currency USD"),
    ]


def orders(*changes: dict[str, Any]) -> pd.DataFrame:
    sound = {
        "order_id": "1",
        "customer_id": "c",
        "ordered_at": pd.Timestamp("2026-10-01 10:00"),
        "revenue": 5.0,
        "_file": "a.csv",
    }
    made = [sound | {"_line": float(line)} | change for line, change in enumerate(changes, start=2)]
    return filled("orders", made)


def told(*changes: dict[str, Any]) -> list[tuple[int, str]]:
    cases = repeated(orders(*changes), ORDERS)
    return list(cases[["row", "rule"]].itertuples(index=False, name=None))


def test_of_copies_the_first_stays() -> None:
    assert told({}, {"_file": "b.csv"}) == [(1, COPY)]


def test_a_later_file_replaces_an_earlier_row_of_the_same_key() -> None:
    assert told({}, {"revenue": 6.0, "_file": "b.csv"}) == [(0, REPLACED)]


def test_two_values_of_one_key_in_one_file_are_both_broken() -> None:
    assert told({}, {"revenue": 6.0}) == [(0, TWICE), (1, TWICE)]


def test_a_table_without_a_key_has_no_copies() -> None:
    units = filled("experiment_units", []).assign(_file="", _line=0.0)
    assert repeated(units, CONTRACTS["experiment_units"]).empty


@pytest.mark.parametrize("table", CONTRACTS)
def test_a_table_without_rows_keeps_none_and_breaks_none(table: Any) -> None:
    empty = filled(table, []).assign(_file="", _line=0.0)
    stays, found = judged(empty, CONTRACTS[table], campaign())
    assert stays.empty
    assert found.empty
