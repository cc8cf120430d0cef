"""Moments are cut into days in one zone, whatever the machine's, from every kind of column."""

import datetime as dt
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pytest

from playbook.abtest.units.days import from_number, is_typed, of_column, offsets, sql
from playbook.errors import PlaybookError

LATE = dt.datetime(2026, 11, 20, 2, 30, tzinfo=dt.UTC)
"""Still the 19th in New York, already the 20th in Berlin and Shanghai."""


def column(values: Any, kind: pa.DataType | None = None) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(values, kind)])


def cut(values: Any, kind: pa.DataType | None = None, zone: str | None = None) -> list[Any]:
    days: list[Any] = of_column(column(values, kind), zone, "day", "the data").to_pylist()
    return days


@pytest.mark.parametrize(
    ("zone", "day"), [("America/New_York", 19), ("Europe/Berlin", 20), (None, 20)]
)
def test_a_moment_with_a_zone_is_told_in_the_one_that_is_asked_for(
    zone: str | None, day: int
) -> None:
    wanted = [dt.date(2026, 11, day), None]
    assert cut([LATE, None], pa.timestamp("us", tz="UTC"), zone) == wanted
    assert cut(["2026-11-20T02:30:00+00:00", None], zone=zone) == wanted
    assert cut(["2026-11-20T03:30:00+01:00", None], zone=zone) == wanted


def test_a_moment_is_told_in_its_own_zone_where_none_is_asked_for() -> None:
    assert cut([LATE], pa.timestamp("us", tz="America/New_York")) == [dt.date(2026, 11, 19)]


def test_a_moment_without_a_zone_stands_as_it_is() -> None:
    naive = dt.datetime(2026, 11, 20, 23, 59)
    wanted = [dt.date(2026, 11, 20)]
    for zone in (None, "Asia/Shanghai"):
        assert cut([naive], pa.timestamp("ns"), zone) == wanted
        assert cut(["2026-11-20 23:59:00"], zone=zone) == wanted
        assert cut(["2026-11-20T23:59:00.5"], zone=zone) == wanted


def test_text_is_read_in_the_forms_of_exports_and_what_is_no_day_is_missing() -> None:
    texts = ["2026-11-20", "2026/11/21", "20261122", "soon", "", None, "2026-13-01"]
    days = [dt.date(2026, 11, day) for day in (20, 21, 22)]
    assert cut(texts) == [*days, None, None, None, None]


def test_the_whole_column_says_whether_the_day_comes_first() -> None:
    assert cut(["3/4/2026", "13/4/2026"]) == [dt.date(2026, 4, 3), dt.date(2026, 4, 13)]
    assert cut(["3/4/2026", "3/14/2026"]) == [dt.date(2026, 3, 4), dt.date(2026, 3, 14)]
    with pytest.raises(PlaybookError, match=r"column day is '3/4/2026': may be day/month"):
        cut(["3/4/2026", "4/5/2026"])


def test_days_of_a_dictionary_column_are_read_once() -> None:
    encoded = pd.Series(["2026-11-20", "2026-11-21", "2026-11-20"], dtype="category")
    assert [day.day for day in cut(pa.array(encoded))] == [20, 21, 20]


def test_the_database_cuts_the_same_days_whatever_its_own_zone() -> None:
    connection = duckdb.connect()
    for zone, day in (("America/New_York", 19), ("Europe/Berlin", 20), (None, 20)):
        for session in ("Asia/Tokyo", "America/Los_Angeles"):
            connection.execute(f"set timezone = '{session}'")
            text = sql("moment", "TIMESTAMP WITH TIME ZONE", zone)
            moment = connection.sql("select timestamptz '2026-11-20 02:30:00+00' as moment")
            assert moment.project(str(text)).fetchall() == [(dt.date(2026, 11, day),)]
    assert sql("moment", "TIMESTAMP", "Asia/Tokyo") == "moment::date"
    assert sql("day", "DATE", None) == "day"
    assert sql("day", "VARCHAR", None) is None


def test_offsets_change_with_the_clock() -> None:
    """Berlin is two hours ahead until the 25th of October 2026, 01:00 UTC, and one after."""
    first, last = dt.datetime(2026, 10, 20), dt.datetime(2026, 11, 1)
    changes = offsets("Europe/Berlin", first, last)
    assert [ahead for _, ahead in changes] == [7200, 3600]
    changed = dt.datetime.fromtimestamp(changes[1][0], dt.UTC)
    assert changed == dt.datetime(2026, 10, 25, 1, tzinfo=dt.UTC)
    assert offsets("Asia/Shanghai", first, last) == [(changes[0][0], 28800)]


def test_days_are_counted_from_1970() -> None:
    assert from_number(20_000) == dt.date(2024, 10, 4)
    assert is_typed(pa.date32())
    assert is_typed(pa.timestamp("s"))
    assert not is_typed(pa.string())
