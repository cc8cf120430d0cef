"""The day of a look and the end of a test, by plan, data and clock."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from playbook.abtest.decision.calendar import calendar, look_day
from playbook.abtest.units.gathered import Days
from playbook.params.experiment import ExperimentPlan

Plan = Callable[..., ExperimentPlan]
MONTH = {"start": "2026-09-01", "end": "2026-09-28", "date_column": "day"}
LATER = date(2026, 11, 26)


def september(*days: int) -> list[date]:
    return [date(2026, 9, day) for day in days]


def entered(*days: int, until: date | None = None, later: int = 0) -> Days:
    places = september(*days)
    return Days(
        first=places[0],
        last=places[-1],
        unreadable=0,
        outside=0,
        later=later,
        total=len(days) + later,
        until=until or places[-1],
        entered=dict.fromkeys(places, 1),
    )


@pytest.mark.parametrize(
    ("days", "given", "clock", "day"),
    [
        pytest.param(range(1, 8), None, LATER, 7, id="the last day of the data"),
        pytest.param(range(1, 8), 5, LATER, 5, id="the day that was asked for"),
        pytest.param(range(1, 29), None, date(2026, 9, 20), 20, id="nothing beyond the clock"),
        pytest.param([3, 6, 10, 26], None, LATER, None, id="a silence as long as others: over"),
        pytest.param([3, 6, 10, 12], None, LATER, 12, id="a silence longer than any: running"),
        pytest.param([1], None, LATER, None, id="a mailing goes by the clock"),
        pytest.param(range(1, 29), None, LATER, None, id="the last day is reached"),
    ],
)
def test_the_day_of_a_look(
    plan: Plan, days: range, given: int | None, clock: date, day: int | None
) -> None:
    asked = None if given is None else date(2026, 9, given)
    found = look_day(september(*days), plan(**MONTH), asked, clock)
    assert found == (clock if day is None else date(2026, 9, day))


def test_without_dates_no_day_is_taken_unless_one_is_given(plan: Plan) -> None:
    assert look_day([], plan(), None, LATER) is None
    assert look_day([], plan(), date(2026, 9, 3), LATER) == date(2026, 9, 3)


def test_without_a_date_column_the_clock_counts(plan: Plan) -> None:
    found = calendar(plan(start="2026-09-01", end="2026-09-28"), None, None, date(2026, 9, 20))
    assert (found.day, found.basis, found.days_left) == (date(2026, 9, 20), "clock", 8)


def test_a_running_test_has_the_days_left_that_the_plan_says(plan: Plan) -> None:
    found = calendar(plan(**MONTH), entered(*range(1, 8)), None, LATER)
    assert (found.basis, found.end, found.days_left) == ("data", date(2026, 9, 28), 21)


@pytest.mark.parametrize(
    ("outcome", "day", "left"), [(7, 5, 3), (7, 8, 0), (0, 1, 0), (None, 8, 20), (None, 28, 0)]
)
def test_a_mailing_ends_with_its_outcome_window(
    plan: Plan, outcome: int | None, day: int, left: int
) -> None:
    here = plan(**MONTH, outcome_days=outcome)
    found = calendar(here, entered(1, until=date(2026, 9, day)), date(2026, 9, day), LATER)
    assert found.days_left == left


@pytest.mark.parametrize(("day", "left"), [(12, 23), (13, 23), (14, 0)])
def test_a_test_that_takes_in_nobody_any_more_ends_with_the_outcome_of_the_last(
    plan: Plan, day: int, left: int
) -> None:
    """Entry from the 1st to the 7th, outcomes take seven days: over on the 14th, not before."""
    here = plan(**MONTH, outcome_days=7)
    until = date(2026, 9, day)
    found = calendar(here, entered(*range(1, 8), until=until), until, LATER)
    assert found.days_left == (left if day == 14 else 35 - day)


def test_outcomes_of_the_last_units_are_waited_for(plan: Plan) -> None:
    here = plan(**MONTH, outcome_days=7)
    for day, left in ((date(2026, 9, 28), 7), (date(2026, 10, 5), 0)):
        assert calendar(here, entered(*range(1, 29), until=day), day, LATER).days_left == left


def test_the_days_since_the_end_are_by_the_clock(plan: Plan) -> None:
    every: Any = range(1, 29)
    assert calendar(plan(**MONTH), entered(*every), None, LATER).days_since == 59
    assert calendar(plan(**MONTH), entered(1, 2), None, date(2026, 9, 3)).days_since == 0
