"""How a file is laid out: which header serves, in which unit, in which order of days."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from playbook.errors import ParameterError
from playbook.sources.files.layout import (
    LEAST_SIGNS,
    SHIPPED,
    Layout,
    Origin,
    currency_of,
    plain,
    read_layout,
    shipped,
)
from playbook.sources.imports.recognition import bears_sign


def layout(**changes: Any) -> Layout:
    base = {"name": "Own", "table": "channel_daily", "columns": {"clicks": ["Clicks", "点击"]}}
    return Layout.model_validate(base | changes)


@pytest.mark.parametrize(
    ("header", "compared"),
    [
        ("  Amount spent (USD) ", "amount spent"),
        ("消耗（元）", "消耗"),
        ("展示(次)", "展示"),
        ('\ufeff"Day"', "day"),
        ("Link  clicks", "link clicks"),
        ("Reach (ABC)", "reach (abc)"),
        ("CTR(%)", "ctr"),
    ],
)
def test_headers_are_compared_without_unit_width_case_and_blanks(
    header: str, compared: str
) -> None:
    assert plain(header) == compared


@pytest.mark.parametrize(
    ("header", "code"),
    [("Spend (EUR)", "EUR"), ("Spend (XYZ)", ""), ("Spend", ""), ("(EUR) Spend", "")],
)
def test_a_header_may_end_in_its_currency(header: str, code: str) -> None:
    assert currency_of(header) == code


@pytest.mark.parametrize(
    "ways",
    [
        {},
        {"headers": ["a"], "constant": "x"},
        {"add": ["a"], "join": ["b"]},
        {"line": True, "headers": ["a"]},
    ],
)
def test_a_column_comes_from_exactly_one_place(ways: dict[str, Any]) -> None:
    told = "must say one of headers, levels, add, join, constant or line"
    with pytest.raises(ValidationError, match=told):
        Origin.model_validate(ways)


def test_of_alternatives_the_first_that_the_file_has_serves_and_all_of_a_sum() -> None:
    columns = {"clicks": ["Clicks", "点击"], "spend": {"add": ["Cost", "Fee", "Tax"]}}
    found = layout(columns=columns).taken(["点击", "clicks", "Fee", "Cost"])
    assert found == {"clicks": ("clicks",), "spend": ("Cost", "Fee")}
    assert layout().taken(["Views"]) == {"clicks": ()}


def test_of_two_headers_that_differ_in_their_unit_the_first_serves() -> None:
    found = layout(columns={"spend": "Cost"}).taken(["Cost (USD)", "Cost (EUR)"])
    assert found == {"spend": ("Cost (USD)",)}


def test_a_column_that_the_table_lacks_is_refused_unless_its_columns_are_open() -> None:
    with pytest.raises(ValidationError, match="channel_daily has no column shoe_size"):
        layout(columns={"shoe_size": "Shoes"})
    assert layout(table="audience", columns={"q_service": "Q1"}).columns["q_service"].headers == (
        "Q1",
    )


def test_a_file_shows_by_its_headers_how_it_writes_numbers_and_days() -> None:
    german = layout(decimal_comma=["Klicks"], day_first=["Tag"])
    assert german.writes_comma(["KLICKS ", "x"])
    assert not german.writes_comma(["Clicks"])
    assert german.writes_day_first(["tag"])
    assert not german.writes_day_first(["Day"])
    assert layout(day_first=True).writes_day_first([])


def test_parts_of_a_date_are_headers_too() -> None:
    found = layout(date_parts={"year": 2026, "month": "Month", "day": "Day"})
    assert found.dates == {"2026", "month", "day"}
    assert found.headers == {"2026", "month", "day", "clicks", "点击"}


@pytest.mark.parametrize("platform", sorted(shipped()))
def test_a_shipped_platform_says_how_sure_it_is_and_by_what_it_is_known(platform: str) -> None:
    found = shipped()[platform]
    assert found.sure
    assert found.signs
    assert all(len({*sign.all, *sign.some}) >= LEAST_SIGNS for sign in found.signs)


def test_a_sign_of_fewer_than_three_headers_is_refused() -> None:
    with pytest.raises(ValidationError, match="must name at least 3 headers"):
        layout(signs=[["Amount spent", "Day"]])
    with pytest.raises(ValidationError, match="must name at least 3 headers"):
        layout(signs=[{"all": ["Cost (USD)", "cost"], "some": ["Day"]}])


def test_a_sign_needs_all_and_as_many_of_some_as_make_three() -> None:
    [listed, counted] = layout(
        signs=[["a", "b", "c"], {"all": ["a"], "some": ["b", "c", "d"]}]
    ).signs
    assert listed.stands_in({"a", "b", "c"})
    assert not listed.stands_in({"a", "b", "d"})
    assert counted.stands_in({"a", "b", "d"})
    assert not counted.stands_in({"a", "b", "x"})
    assert not counted.stands_in({"b", "c", "d"})


def test_no_sign_of_one_platform_holds_that_of_another() -> None:
    lines = [
        (platform, set(map(plain, (*sign.all, *sign.some))))
        for platform, found in shipped().items()
        for sign in found.signs
    ]
    taken = [
        (platform, other)
        for platform, line in lines
        for other, found in shipped().items()
        if other != platform and bears_sign([(1, sorted(line))], found)
    ]
    assert taken == []


def test_where_takes_lists_of_values() -> None:
    assert layout(where={"Status": ["paid"]}).where == {"Status": ("paid",)}
    with pytest.raises(ValidationError):
        layout(where={"Status": []})


def test_of_headers_that_differ_in_their_currency_the_campaign_s_serves() -> None:
    names = ["Amount spent (EUR)", "Amount spent (USD)"]
    spend = layout(columns={"spend": ["Amount spent"]})
    assert spend.taken(names, "USD") == {"spend": ("Amount spent (USD)",)}
    assert spend.taken(names, "GBP") == {"spend": ("Amount spent (EUR)",)}
    named = layout(columns={"spend": ["Amount spent (USD)"]})
    assert named.taken(names, "EUR") == {"spend": ("Amount spent (USD)",)}


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("Cost (USD)", "USD"),
        ("Spend [EUR]", "EUR"),
        ("花费（CNY）", "CNY"),
        ("消费(人民币)", "CNY"),
        ("Spend (€)", "EUR"),
        ("Spend (US$)", "USD"),
        ("Spend ($)", ""),
        ("消耗(元)", ""),
        ("Clicks (all)", ""),
        ("Reach (ABC)", ""),
    ],
)
def test_a_header_says_its_currency_in_brackets(header: str, code: str) -> None:
    assert currency_of(header) == code


def test_a_fault_of_a_mapping_names_file_key_and_line(tmp_path: Path) -> None:
    file = tmp_path / "own.yml"
    text = (SHIPPED / "ga4.yml").read_text(encoding="utf-8")
    file.write_text(text + "\ncolour: red\n", encoding="utf-8")
    with pytest.raises(ParameterError, match=r"own\.yml: colour \(line \d+\)"):
        read_layout(file)
