"""Cells as platforms write them, against what people read."""

import pandas as pd
import pytest

from playbook.sources.files import cells


def texts(*values: str) -> pd.Series:
    return pd.Series(values, dtype="str")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,034.55", 1034.55),
        ("¥1,200.50", 1200.5),
        ("4.44%", 4.44),
        ("-3", -3),
        ("(12)", -12),
        ("\u22125", -5),
        ("１", 1),
        ("125 (7.2%)", 125),
    ],
)
def test_number_is_read_through_its_decoration(text: str, number: float) -> None:
    assert cells.numbers(texts(text)).item() == number


def test_decimal_comma_is_decided_by_the_file_not_by_the_cell() -> None:
    assert cells.numbers(texts("1.300,00", "1.234"), decimal_comma=True).tolist() == [1300, 1234]
    assert cells.numbers(texts("1,300.00", "1.234")).tolist() == [1300, 1.234]


def test_what_is_no_number_is_missing_and_not_zero() -> None:
    assert cells.numbers(texts("abc", "12a", "inf", "1_000")).isna().all()


def test_separators_of_the_other_kind_are_no_number_rather_than_ten_times_as_much() -> None:
    assert cells.numbers(texts("12,5", "1.300,50", "1,00,000.5")).fillna(-1).tolist() == [
        -1,
        -1,
        100000.5,
    ]
    assert cells.numbers(texts("0.5", "1,034.55", "12,5"), decimal_comma=True).fillna(
        -1
    ).tolist() == [-1, -1, 12.5]


@pytest.mark.parametrize("text", ["", "--", "-", "—", "< 10%", "> 90%", "<5"])
def test_cell_that_says_nothing_is_missing(text: str) -> None:
    assert cells.missing(texts(text), ("", "-", "--", "—")).item()


@pytest.mark.parametrize(
    "text",
    [
        "2026-09-01",
        "20260901",
        "2026/9/1",
        "2026年9月1日",
        "9/1/2026",
        "2026090108",
        "46266",
        '="2026-09-01"',
        "Sep 01, 2026 09:30 pm",
        "2026-09-01T10:00:00+08:00",
        "9/1/26",
        "1-Sep-26",
        "01.09.2026",
        "2026-09-01 周二",
        "Tue, 1 Sep 2026",
        "2026-09-01 20:00:00 UTC",
        "9/1/2026 12:05:00 AM",
    ],
)
def test_day_is_read_in_every_form_of_the_exports(text: str) -> None:
    assert cells.moments(texts(text)).dt.strftime("%Y-%m-%d").item() == "2026-09-01"


def test_day_comes_first_only_where_the_layout_says_so() -> None:
    assert cells.moments(texts("3/4/2026"), day_first=True).dt.month.item() == 4
    assert cells.moments(texts("3/4/2026")).dt.month.item() == 3


def test_day_above_twelve_is_not_taken_for_a_month_to_make_it_fit() -> None:
    assert cells.moments(texts("9/23/2026", "23-9-2026", "2026-23-09")).notna().tolist() == [
        True,
        False,
        False,
    ]
    assert cells.moments(texts("9/23/2026", "23-9-2026"), day_first=True).notna().tolist() == [
        False,
        True,
    ]


@pytest.mark.parametrize("text", ["2026-09", "2026年9月", "Sep 2026", "202609", "2026", "2026-W36"])
def test_month_or_week_is_not_booked_on_its_first_day(text: str) -> None:
    assert cells.moments(texts(text)).isna().all()


def test_time_of_day_is_read_with_am_and_pm() -> None:
    found = cells.moments(
        texts(
            "9/1/2026 12:05 AM", "9/1/2026 12:05 pm", "2026年9月1日 20:30", "2026-09-01T07:00:01.5"
        )
    )
    assert found.dt.strftime("%H:%M:%S.%f").tolist() == [
        "00:05:00.000000",
        "12:05:00.000000",
        "20:30:00.000000",
        "07:00:01.500000",
    ]


def test_moment_with_an_offset_is_told_in_the_zone_that_is_wanted() -> None:
    found = cells.moments(
        texts("2026-09-01T20:00:00Z", "2026-09-02T04:00:00+08:00"), zone="Asia/Shanghai"
    )
    assert found.dt.strftime("%m-%d %H").tolist() == ["09-02 04", "09-02 04"]


def test_moment_written_in_another_zone_is_moved_and_an_hour_that_never_was_is_missing() -> None:
    there = cells.moments(texts("2026-07-01 20:00", "2026-03-08 02:30"))
    found = cells.moved(there, "America/New_York", "Asia/Shanghai")
    assert found.dt.strftime("%m-%d %H").fillna("").tolist() == ["07-02 08", ""]


@pytest.mark.parametrize(
    "line",
    [
        "Report Start: September 21, 2026, 12:00 AM",
        "Begindatum van rapport: 21 september 2026 00:00",
        "# 20260921",
        "Report Time: 9/21/2026",
        "2026年9月21日",
        "21. September 2026",
        "le 21 septembre 2026",
        "时间范围：2026-09-21",
    ],
)
def test_day_is_found_within_a_line(line: str) -> None:
    assert [f"{day:%Y-%m-%d}" for day in cells.days_within(line)] == ["2026-09-21"]


def test_impossible_day_is_no_date() -> None:
    assert cells.moments(texts("2026-02-30", "soon", "")).isna().all()


@pytest.mark.parametrize(
    "text", ["20260901至20260930", "2026-09-01 ~ 2026-09-07", "9/1/2026 - 9/7/2026"]
)
def test_cell_of_several_days_is_known_as_such(text: str) -> None:
    assert cells.periods(texts(text)).item()


def test_days_are_put_together_from_an_english_month() -> None:
    found = cells.days_of_parts(texts("2020", "2020"), texts("April", "6"), texts("30", "1"))
    assert found.dt.strftime("%Y-%m-%d").tolist() == ["2020-04-30", "2020-06-01"]


@pytest.mark.parametrize("text", ["10\u00b2", "\u0661\u0662\u0663", "1\u2075", "\u2460"])
def test_a_digit_that_is_no_plain_one_is_no_number(text: str) -> None:
    assert cells.numbers(texts(text)).isna().all()


@pytest.mark.parametrize("text", ["1e400", "9" * 400, "1e308", "-1e18"])
def test_a_number_beyond_counting_is_none_and_said_to_be(text: str) -> None:
    assert cells.numbers(texts(text)).isna().all()
    assert cells.beyond(texts(text)).all()
    assert not cells.beyond(texts("1e17", "x", "10")).any()


@pytest.mark.parametrize(
    ("text", "currency", "is_foreign"),
    [
        ("\u20ac30", "USD", True),
        ("\uffe5300", "USD", True),
        ("30 EUR", "USD", True),
        ("$30", "EUR", True),
        ("$30", "CAD", False),
        ("\u00a530", "JPY", False),
        ("30\u5143", "CNY", False),
        ("\u20ac30", "", False),
        ("30", "USD", False),
    ],
)
def test_the_sign_of_another_currency_is_noticed(
    text: str, currency: str, is_foreign: bool
) -> None:
    assert cells.foreign(texts(text), currency).item() is is_foreign


@pytest.mark.parametrize(
    ("written", "stated", "day_first"),
    [
        (["3/4/2026", "13/4/2026"], None, True),
        (["3/4/2026", "13/4/2026"], False, True),
        (["3/4/2026", "4/13/2026"], True, False),
        (["03-04-26", "Thu, 30/04/2026", ""], None, True),
        (["3/4/2026 08:15", "3/13/2026 08:15"], None, False),
        (["3/4/2026", "5/6/2026"], None, None),
        (["3/4/2026", "5/6/2026"], True, True),
        (["3/4/2026", "5/6/2026"], False, False),
        (["13/4/2026", "4/13/2026"], None, False),
        (["4/4/2026", "5/5/2026"], None, False),
        (["2026-09-01", "3.4.2026", "2026/3/4", "--"], None, False),
        ([], None, False),
    ],
)
def test_a_number_above_twelve_decides_for_the_column_else_what_is_stated_else_it_is_asked(
    written: list[str], stated: bool | None, day_first: bool | None
) -> None:
    assert cells.writes_day_first(texts(*written), stated=stated) is day_first


def test_a_cell_that_means_two_days_is_known() -> None:
    either = cells.either_way(texts("", "5/5/2026", "3/4/2026", "2026-09-01", "13/4/2026"))
    assert either.tolist() == [False, False, True, False, False]


@pytest.mark.parametrize(
    "written",
    [
        ["2026-09-01T00:00:00Z", "2026-09-02T00:00:00Z"],
        ["2026-09-01T00:00:00.000Z", "2026-09-02T00:00:00+00:00"],
        ["2026-09-01 00:00:00 UTC", "2026-09-02 00:00:00+0000"],
        ["2026-09-01T00:00:00+08:00", "2026-09-02T00:00:00+08:00"],
    ],
)
def test_midnights_throughout_are_the_days_as_written_and_not_the_evenings_before(
    written: list[str],
) -> None:
    found = cells.moments(texts(*written), zone="America/New_York")
    assert found.dt.strftime("%Y-%m-%d %H:%M").tolist() == ["2026-09-01 00:00", "2026-09-02 00:00"]


def test_a_midnight_among_other_moments_is_a_moment() -> None:
    found = cells.moments(
        texts("2026-09-01T00:00:00Z", "2026-09-01T13:00:00Z"), zone="America/New_York"
    )
    assert found.dt.strftime("%Y-%m-%d %H:%M").tolist() == ["2026-08-31 20:00", "2026-09-01 09:00"]
