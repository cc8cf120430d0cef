"""A month knows its days and its neighbours, over the ends of years too."""

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.params import Period

MONTHS = st.builds(Period, st.integers(1950, 2090), st.integers(1, 12))


def test_december_is_followed_by_january_of_the_next_year() -> None:
    december = Period.of("2026-12")
    assert str(december.next) == "2027-01"
    assert str(Period.of("2027-01").previous) == "2026-12"
    assert (december.start, december.end) == (date(2026, 12, 1), date(2026, 12, 31))


@given(MONTHS)
def test_the_last_day_is_that_of_the_calendar(month: Period) -> None:
    assert month.end.day == calendar.monthrange(month.year, month.month)[1]
    assert month.end + timedelta(days=1) == month.next.start


@given(MONTHS, st.integers(-500, 500))
def test_going_on_and_back_ends_where_it_began(month: Period, steps: int) -> None:
    assert month.after(steps).after(-steps) == month


@given(MONTHS)
def test_it_reads_what_it_prints(month: Period) -> None:
    assert Period.of(str(month)) == month


def test_months_between_hold_both_ends() -> None:
    between = Period.of("2026-11").until(Period.of("2027-02"))
    assert [str(month) for month in between] == ["2026-11", "2026-12", "2027-01", "2027-02"]


def test_no_month_lies_between_a_later_and_an_earlier_one() -> None:
    assert Period.of("2026-11").until(Period.of("2026-10")) == []


@pytest.mark.parametrize("text", ["2026-13", "2026-1", "October", "2026-10-01", ""])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"[Ii]nvalid|month"):
        Period.of(text)
