"""Headers are paired with the columns that their cells can be."""

from pathlib import Path

import pytest

from playbook.sources.imports.pairing import (
    Pairs,
    currency_said,
    is_local,
    needed,
    paired,
    tables_by_weight,
)
from playbook.sources.imports.sampled import Sampled, sampled


def of(folder: Path, text: str) -> Sampled:
    file = folder / "any.csv"
    file.write_text(text, encoding="utf-8")
    return sampled(file)


def ads(folder: Path, header: str, row: str) -> Pairs:
    return paired(of(folder, f"{header}\n{row}\n"), "channel_daily", "USD")


def test_neither_an_id_nor_an_amount_nor_a_ratio_is_a_count(tmp_path: Path) -> None:
    found = ads(
        tmp_path, "Date,Click ID,Clicks amount,Clicks per day,Clicks share", "2026-09-01,5,6,7,8%"
    )
    assert set(found.headers) == {"date"}


def test_cells_decide_where_words_could_mislead(tmp_path: Path) -> None:
    found = ads(tmp_path, "Date,Clicks,Impressions,Spend", "2026-09-01,1.5,€10,none")
    assert set(found.headers) == {"date"}


def test_unit_stands_at_its_levels_with_names_and_numbers(tmp_path: Path) -> None:
    found = ads(
        tmp_path,
        "Date,Account,Campaign name,Campaign ID,Campaign status,Ad set name,Ad name,Clicks",
        "2026-09-01,Shop,A,123,active,B,C,5",
    )
    assert found.levels == {
        "account": "Account",
        "campaign": "Campaign name",
        "group": "Ad set name",
        "ad": "Ad name",
    }
    assert found.ids == {"campaign": "Campaign ID"}


def test_only_column_of_days_serves_whatever_it_is_called(tmp_path: Path) -> None:
    assert ads(tmp_path, "Dzień,x,Clicks", "2026-09-01,a,5").headers["date"] == "Dzień"
    assert ads(tmp_path, "Dzień,x,Clicks", "01.09.2026,a,5").headers["date"] == "Dzień"
    two = ads(tmp_path, "Dzień,Koniec,Clicks", "2026-09-01,2026-09-01,5")
    assert "date" not in two.headers
    assert two.lacking == ("date",)


def test_two_headers_that_are_called_alike_are_both_told(tmp_path: Path) -> None:
    found = ads(tmp_path, "Date,Media cost,Agency cost", "2026-09-01,5.5,1.5")
    assert found.headers["spend"] == "Media cost"
    assert found.others == {"spend": ("Agency cost",)}


def test_where_nothing_speaks_for_a_table_it_is_channel_daily(tmp_path: Path) -> None:
    first = tables_by_weight(of(tmp_path, "a,b,c\nx,y,z\n"))[0]
    assert first.table == "channel_daily"
    assert first.weight <= 0


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("cost_in_usd", "USD"),
        ("Spend EUR", "EUR"),
        ("消耗 RMB", "CNY"),
        ("Cost (GBP)", "GBP"),
        ("All costs", ""),
    ],
)
def test_a_header_says_its_currency(header: str, code: str) -> None:
    assert currency_said(header) == code


def test_a_local_currency_is_one_that_is_not_said() -> None:
    assert is_local("cost_in_local_currency")
    assert not is_local("cost_in_usd")


def test_channel_and_currency_can_be_said_by_the_parameters() -> None:
    assert needed("channel_daily") == ("date",)
    assert needed("orders") == ("order_id", "customer_id", "ordered_at")
