"""Which rows stay, and by which rule each other one is broken."""

from typing import Any

import pandas as pd
import pytest

from playbook.sources.contracts import CONTRACTS
from playbook.sources.rules import COPY, DUPLICATES, REPLACED, judged
from tests.stages.shop import campaign, filled

DAILY = CONTRACTS["channel_daily"]


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


def test_more_clicks_than_impressions_names_both_columns_and_their_values() -> None:
    ((row, column, value, rule),) = broken({"impressions": 5.0})
    assert (row, column, value) == (0, "clicks, impressions", "10, 5")
    assert "clicks" in rule


def test_a_missing_key_and_a_negative_number_are_told_with_their_column() -> None:
    found = broken({"channel": None}, {"spend": -1.0})
    assert (0, "channel", "is missing") in {(row, column, rule) for row, column, _, rule in found}
    assert (1, "spend", "-1.0") in {(row, column, value) for row, column, value, _ in found}


def test_a_channel_or_currency_that_the_parameters_do_not_name_is_broken() -> None:
    found = broken({"channel": "radio"}, {"currency": "EUR"}, {"channel": "(none)"})
    assert found == [
        (0, "channel", "radio", "is no channel of the parameters"),
        (1, "currency", "EUR", "is not the campaign's currency USD"),
    ]


def test_a_copy_is_dropped_and_the_first_of_it_stays() -> None:
    stays, found = judged(rows({}, {"_file": "b.csv"}), DAILY, campaign())
    assert stays["_file"].tolist() == ["a.csv"]
    assert found["rule"].tolist() == [COPY]
    assert set(DUPLICATES) == {COPY, REPLACED}


def test_a_later_file_replaces_an_earlier_row_of_the_same_key() -> None:
    stays, found = judged(rows({}, {"spend": 6.0, "_file": "b.csv"}), DAILY, campaign())
    assert stays["spend"].tolist() == [6.0]
    assert found[["row", "rule"]].to_numpy().tolist() == [[0, REPLACED]]


def test_two_values_of_one_key_in_one_file_are_both_broken() -> None:
    stays, found = judged(rows({}, {"spend": 6.0}), DAILY, campaign())
    assert stays.empty
    assert found["row"].tolist() == [0, 1]
    assert set(found["rule"]) == {"stands in one file twice with other values"}


def test_a_broken_row_replaces_nothing() -> None:
    later = {"spend": -6.0, "_file": "b.csv"}
    stays, _ = judged(rows({}, later), DAILY, campaign())
    assert stays["spend"].tolist() == [5.0]


@pytest.mark.parametrize("table", CONTRACTS)
def test_a_table_without_rows_keeps_none_and_breaks_none(table: Any) -> None:
    empty = filled(table, []).assign(_file="", _line=0.0)
    stays, found = judged(empty, CONTRACTS[table], campaign())
    assert stays.empty
    assert found.empty
