"""The day of a look, and the day on which a test is over: the plan's, for all who ask.

A command, a run and a notebook take the same day: the one that is given, else the last day of the
data, or the machine's where the data cannot tell (no dates, or nobody enters any more).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

from playbook.abtest.units.gathered import Days
from playbook.params.experiment import ExperimentPlan

Basis = Literal["given", "data", "clock"]
SILENCE = 7
"""Days without a new unit after which nobody enters any more, in a plan with `outcome_days`."""

LONG_AGO = 365
"""Days after which what a test showed may no longer hold."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Calendar:
    """When the test is looked at, and when it is over.

    Attributes:
        day: Of the look; None for a test without dates.
        basis: Where that day comes from.
        end: Day on which the last outcome is known; None for a test without dates.
        days_left: Days until then.
        days_since: Days that have passed since then by the machine's day.
    """

    day: date | None
    basis: Basis
    end: date | None
    days_left: int
    days_since: int


def look_day(
    days: Sequence[date], plan: ExperimentPlan, given: date | None, clock: date
) -> date | None:
    """Return the day of a look; units that entered later are left out.

    Args:
        days: On which units entered within the test, in order.
        plan: With start and end.
        given: Day that was asked for.
        clock: The machine's day, or the last day of the period that is reported.

    Returns:
        None where neither plan nor caller says a day.
    """
    if given is not None:
        return given
    if plan.start is None or plan.end is None:
        return None
    until_now = [day for day in days if day <= clock]
    if not until_now or _entry_has_closed(until_now, plan.end, clock):
        return clock
    return until_now[-1]


def calendar(plan: ExperimentPlan, days: Days | None, given: date | None, clock: date) -> Calendar:
    """Say when a test is looked at, and when it is over; arguments as in `look_day`."""
    day = days.until if days else look_day([], plan, given, clock)
    entered = list(days.entered) if days else []
    basis = _basis(day, entered, given)
    if plan.start is None or plan.end is None or day is None:
        return Calendar(day=day, basis=basis, end=None, days_left=0, days_since=0)
    end = _end(entered, plan, plan.end, day)
    return Calendar(
        day=max(plan.start, day),
        basis=basis,
        end=end,
        days_left=max(0, (end - day).days),
        days_since=max(0, (clock - end).days),
    )


def _basis(day: date | None, entered: Sequence[date], given: date | None) -> Basis:
    if given is not None:
        return "given"
    return "data" if entered and day == entered[-1] else "clock"


def _entry_has_closed(days: Sequence[date], end: date, clock: date) -> bool:
    """Tell whether nobody can enter any more: one day for all, or the last day is reached.

    A test with days of silence between its units has reached its end when no more than such a
    silence is missing and the machine's day lies behind it.
    """
    if len(days) == 1 or days[-1] >= end:
        return True
    return clock > end and (end - days[-1]).days < _longest_gap(days)


def _longest_gap(days: Sequence[date]) -> int:
    return max(((later - earlier).days for earlier, later in pairwise(days)), default=1)


def _end(days: Sequence[date], plan: ExperimentPlan, planned: date, day: date) -> date:
    """Return the day on which the last outcome is known.

    With `outcome_days` a test whose units entered on one day, or that takes in nobody any more, is
    over when their outcomes are.
    """
    if plan.outcome_days is None:
        return planned
    outcome = timedelta(days=plan.outcome_days)
    if days and _is_over(days, planned, day):
        return days[-1] + outcome
    return planned + outcome


def _is_over(days: Sequence[date], planned: date, day: date) -> bool:
    silence = max(SILENCE, 3 * _longest_gap(days))
    return len(days) == 1 or days[-1] >= planned or (day - days[-1]).days >= silence
