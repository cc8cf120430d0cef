"""What an import would bring, told before anything is written: small files worked by head."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from playbook.errors import PlaybookError
from playbook.params.model import Source
from playbook.sources.imports.preview import Preview, preview
from tests.stages.shop import campaign

HEAD = "date,channel,campaign_unit,impressions,clicks,spend\n"
ROWS = "2026-10-02,search,brand,100,10,5.5\n2026-10-05,social,brand,50,5,1\n"


def looked_at(folder: Path, text: str, mapping: str = "", **changes: Any) -> Preview:
    file = folder / "day.csv"
    file.write_text(text, encoding="utf-8")
    parts: dict[str, Any] = {"id": "ads", "table": "channel_daily", "files": "day.csv"}
    if mapping:
        (folder / "own.yml").write_text(mapping, encoding="utf-8")
        parts["mapping"] = "own.yml"
    return preview(Source.model_validate(parts | changes), file, campaign(), folder)


def test_rows_days_and_sums_are_those_of_the_file(tmp_path: Path) -> None:
    seen = looked_at(tmp_path, HEAD + ROWS)
    assert (seen.rows, seen.totals, seen.header_line) == (2, 0, 1)
    assert (seen.first_day, seen.last_day) == (
        pd.Timestamp("2026-10-02"),
        pd.Timestamp("2026-10-05"),
    )
    assert seen.sums == {"impressions": 150.0, "clicks": 15.0, "spend": 6.5}
    assert seen.channels == ("search", "social")
    assert seen.form == "CSV, UTF-8"
    assert seen.has_days
    assert seen.kept


def test_a_header_that_serves_nothing_is_told_and_the_others_with_what_they_serve(
    tmp_path: Path,
) -> None:
    seen = looked_at(tmp_path, HEAD.replace("impressions", "mood") + ROWS)
    assert seen.ignored == ("mood",)
    assert seen.mapped["clicks"] == ("clicks",)
    assert "impressions" not in seen.sums


def test_rows_that_would_be_set_aside_or_are_odd_are_counted_by_their_rule(tmp_path: Path) -> None:
    odd = "2026-10-06,search,brand,10,70,1\n"
    wrong = "soon,search,brand,1,1,1\nlater,search,brand,1,1,1\n"
    seen = looked_at(tmp_path, HEAD + ROWS + odd + wrong)
    assert list(seen.refused.values()) == [2]
    assert seen.odd == {"clicks must not exceed impressions": 1}
    assert seen.kept
    assert not looked_at(tmp_path, HEAD + wrong).kept


def test_one_channel_for_all_rows_overrules_what_they_call_theirs(tmp_path: Path) -> None:
    seen = looked_at(tmp_path, HEAD + ROWS, channel="search")
    assert seen.overruled == ("social",)
    assert seen.channels == ()


MAPPING = """name: "Our shop"
table: "channel_daily"
columns:
  date: ["Day"]
  campaign_unit: ["Ad"]
  clicks: ["Clicks"]
  spend: ["Cost"]
"""
OWN = "Day,Ad,Clicks,Cost\n2026-10-02,a,10,5\n2026-10-03,b,20,10\n"


@pytest.mark.parametrize(
    ("total", "differing"),
    [
        ("Total,,30,15", {}),
        ("Total,,31,15", {"clicks": 31.0}),
        ("Total,,30,15.05", {}),
        ("Total,,30,15.1", {"spend": 15.1}),
        ("Total,,,15", {}),
    ],
    ids=["same", "more clicks", "rounded", "beyond rounding", "not said"],
)
def test_a_total_row_that_says_something_else_than_its_rows_is_told(
    tmp_path: Path, total: str, differing: dict[str, float]
) -> None:
    seen = looked_at(tmp_path, f"{OWN}{total}\n", MAPPING, channel="search")
    assert (seen.rows, seen.totals) == (2, 1)
    assert seen.differing == differing


def test_rows_left_out_on_purpose_are_counted_apart_and_no_total_is_held_against_the_rest(
    tmp_path: Path,
) -> None:
    where = MAPPING + 'where: {Ad: ["a"]}\n'
    seen = looked_at(tmp_path, f"{OWN}Total,,30,15\n", where, channel="search")
    assert seen.rows == 1
    assert list(seen.left_out.values()) == [1]
    assert seen.sums["clicks"] == 10.0
    assert seen.differing == {}


def test_money_without_a_currency_is_noticed_unless_header_column_or_layout_say_one(
    tmp_path: Path,
) -> None:
    assert looked_at(tmp_path, OWN, MAPPING, channel="search").names_no_currency
    in_header = OWN.replace("Cost", "Cost (USD)"), MAPPING.replace('"Cost"', '"Cost (USD)"')
    assert not looked_at(tmp_path, *in_header, channel="search").names_no_currency
    in_layout = MAPPING + 'currency: "USD"\n'
    assert not looked_at(tmp_path, OWN, in_layout, channel="search").names_no_currency
    without_money = MAPPING.replace('  spend: ["Cost"]\n', "")
    assert not looked_at(tmp_path, OWN, without_money, channel="search").names_no_currency


def test_rows_of_one_unit_and_day_are_said_to_be_summed(tmp_path: Path) -> None:
    finer = "Day,Ad,Device,Clicks,Cost\n2026-10-02,a,phone,10,5\n2026-10-02,a,desk,20,10\n"
    seen = looked_at(tmp_path, finer, MAPPING, channel="search")
    assert (seen.rows, seen.summed_to) == (2, 1)
    assert looked_at(tmp_path, OWN, MAPPING, channel="search").summed_to == 0


def test_people_s_addresses_that_would_be_pseudonyms_are_noticed(tmp_path: Path) -> None:
    shop = "Order,E-mail,Paid,Sum\n1,a@b.org,2026-10-02 10:00,5\n"
    mapping = """name: "Shop"
table: "orders"
columns:
  order_id: ["Order"]
  customer_id: ["E-mail"]
  ordered_at: ["Paid"]
  revenue: ["Sum"]
"""
    seen = looked_at(tmp_path, shop, mapping, table="orders")
    assert seen.addresses == ("E-mail",)
    by_number = mapping.replace("E-mail", "Buyer"), shop.replace("E-mail", "Buyer")
    assert looked_at(tmp_path, by_number[1], by_number[0], table="orders").addresses == ()


def test_a_file_that_lacks_a_column_of_its_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PlaybookError, match=r"needs the column\(s\) date"):
        looked_at(tmp_path, HEAD.replace("date", "day") + ROWS)
