"""How often a test was looked at, and what each look may claim."""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

import pytest
from scipy import stats

from playbook.abtest import boundaries
from playbook.abtest.decision.calendar import Calendar
from playbook.abtest.decision.corrections import claim_levels, critical
from playbook.abtest.decision.looks import (
    Look,
    Moment,
    look_check,
    look_history,
    look_levels,
    placed_looks,
)
from playbook.abtest.stats.sequential import always_critical, peeking_cost
from playbook.abtest.units.gathered import Days
from playbook.params.experiment import ExperimentPlan
from tests.abtest.decision.counts import effect

Plan = Callable[..., ExperimentPlan]

TEN_DAYS = {"start": "2026-09-01", "end": "2026-09-10"}


def days(*of_september: int) -> list[date]:
    return [date(2026, 9, day) for day in of_september]


def on(day: int, end: int = 10) -> Calendar:
    return Calendar(
        day=date(2026, 9, day),
        basis="given",
        end=date(2026, 9, end),
        days_left=max(0, end - day),
        days_since=0,
    )


def entry(by_day: Mapping[int, int]) -> Days:
    rows = {date(2026, 9, day): count for day, count in by_day.items()}
    total = sum(rows.values())
    return Days(
        first=min(rows),
        last=max(rows),
        unreadable=0,
        outside=0,
        later=0,
        total=total,
        until=None,
        entered=rows,
    )


def limits(plan: ExperimentPlan, moments: tuple[Moment, ...], units: int = 220) -> list[float]:
    return [critical(each.nominal(plan.alpha)) for each in look_levels(plan, moments, units)]


def test_a_look_stands_at_the_share_of_days_that_have_passed_with_its_own(plan: Plan) -> None:
    here = plan(**TEN_DAYS)
    moments = look_history(here, days(2), on(5), None)
    assert [each.time for each in moments] == pytest.approx([0.2, 0.5])
    assert [each.day for each in moments] == days(2, 5)
    assert limits(here, moments) == pytest.approx(boundaries([0.2, 0.5]))


def test_looks_before_the_start_on_the_same_day_or_later_do_not_count(plan: Plan) -> None:
    early = [date(2026, 8, 31)]
    moments = look_history(plan(**TEN_DAYS), [*early, *days(1, 5, 5, 7, 8)], on(7), None)
    assert [each.day for each in moments] == days(1, 5, 7)


def test_the_last_look_is_on_the_end_however_late_today_is(plan: Plan) -> None:
    (moment,) = look_history(plan(**TEN_DAYS), [], on(25), None)
    assert (moment.day, moment.time) == (days(10)[0], 1.0)


def test_without_dates_there_is_one_look_at_all(plan: Plan) -> None:
    undated = Calendar(day=None, basis="data", end=None, days_left=0, days_since=0)
    moments = look_history(plan(), days(3), undated, None)
    assert [each.time for each in moments] == [1.0]
    assert limits(plan(), moments) == pytest.approx([1.95996], rel=1e-5)


def test_boundaries_follow_the_units_and_alpha_the_days(plan: Plan) -> None:
    """Half of the days, but only a tenth of the units: less alike than the days would say."""
    here = plan(**TEN_DAYS)
    ramp = entry({1: 2, 5: 8, 9: 40, 10: 50})
    moments = look_history(here, days(5), on(10), ramp)
    assert [each.units for each in moments] == [10, 100]
    assert limits(here, moments) == pytest.approx(boundaries([0.5, 1.0], information=[0.1, 1.0]))
    assert limits(here, moments)[1] != pytest.approx(boundaries([0.5, 1.0])[1])


def test_planned_units_say_how_much_alpha_an_early_look_spends(plan: Plan) -> None:
    here = plan(**TEN_DAYS, planned_units=400)
    moments = look_history(here, days(5), on(8), entry({1: 50, 5: 50, 8: 100}))
    assert [each.time for each in moments] == pytest.approx([0.25, 0.5])
    ended = look_history(here, [], on(10), entry({1: 50, 10: 50}))
    assert ended[-1].time == 1.0


def test_a_look_that_saw_no_unit_more_than_the_next_is_the_same_look(plan: Plan) -> None:
    here = plan(**TEN_DAYS)
    moments = look_history(here, days(3, 6, 9), on(10), entry({1: 5, 2: 5, 8: 5, 9: 5}))
    assert [each.units for each in moments] == [10, 20]


def test_what_was_read_at_its_end_has_spent_its_alpha(plan: Plan) -> None:
    """Planned for ten days and read on the tenth; then extended to twenty."""
    registered, here = plan(**TEN_DAYS), plan(start="2026-09-01", end="2026-09-20")
    moments = look_history(here, days(10), on(20, end=20), None, registered)
    assert limits(here, moments) == [pytest.approx(1.95996, rel=1e-5), math.inf]
    unread = look_history(here, [], on(20, end=20), None, registered)
    assert limits(here, unread) == pytest.approx([1.95996], rel=1e-5)


@pytest.mark.parametrize("spending", ["obf", "pocock"])
def test_a_look_while_the_test_runs_is_never_the_last_one(plan: Plan, spending: str) -> None:
    here = plan(**TEN_DAYS, spending=spending)
    (level,) = look_levels(here, look_history(here, [], on(5), None), 100)
    assert level.is_sequential
    assert critical(level.nominal(0.05)) == pytest.approx(boundaries([0.5], 0.05, spending)[0])


def test_without_early_stops_only_the_end_can_decide(plan: Plan) -> None:
    here = plan(**TEN_DAYS, spending="none")
    found = limits(here, look_history(here, days(5), on(10), None))
    assert found == [math.inf, pytest.approx(stats.norm.isf(0.025))]


def test_always_valid_looks_take_units_to_have_come_in_evenly(plan: Plan) -> None:
    here = plan(**TEN_DAYS, spending="always", tune_units=500)
    found = limits(here, look_history(here, days(5), on(10), None))
    assert found == pytest.approx([always_critical(count, 0.05, 500) for count in (110, 220)])


def look_at(plan: ExperimentPlan, *effects: object) -> Look:
    moments = (Moment(day=None, time=1.0, units=math.nan),)
    (level,) = look_levels(plan, moments, 220)
    levels = claim_levels(plan, effects, level)  # type: ignore[arg-type]
    return placed_looks(plan, moments, [levels], [effects])[0]  # type: ignore[list-item]


def test_a_look_is_crossed_at_its_boundary_in_either_direction(plan: Plan) -> None:
    for p, crossed in ((0.0499, True), (0.0501, False)):
        for difference in (1.0, -1.0):
            found = look_at(plan(), effect(difference=difference, pvalue=p))
            assert found.crossed == crossed
            wanted = math.copysign(stats.norm.isf(p / 2), difference)
            assert found.statistic == pytest.approx(wanted)


def test_harm_needs_more_where_guardrails_share_its_alpha(plan: Plan) -> None:
    here = plan(metrics=[{"name": "y", "role": "primary"}, {"name": "g", "role": "guardrail"}])
    for p, crossed in ((0.024, True), (0.026, False)):
        worse = [effect(difference=-1.0, pvalue=p), effect(metric="g", pvalue=0.9)]
        assert look_at(here, *worse).crossed == crossed


def test_the_leading_arm_is_the_one_with_the_highest_z_where_higher_is_better(plan: Plan) -> None:
    arms = {"a": 0.4, "b": 0.2, "c": 0.2, "d": 0.2}
    worse = effect(arm="c", difference=-3.0, pvalue=0.001)
    unknown = effect(arm="d", pvalue=math.nan)
    higher = look_at(plan(arms=arms), worse, effect(), unknown)
    assert higher.statistic == pytest.approx(stats.norm.isf(0.02))
    lower = plan(arms=arms, metrics=[{"name": "y", "role": "primary", "better": "lower"}])
    assert look_at(lower, worse, effect(), unknown).statistic == pytest.approx(
        stats.norm.isf(0.0005)
    )


@pytest.mark.parametrize(
    ("planned", "taken", "verdict"), [(["2026-09-05"], 1, "ok"), ([], 1, "watch"), ([], 0, "ok")]
)
def test_looks_more_than_planned_are_told_with_their_price(
    plan: Plan, planned: list[str], taken: int, verdict: str
) -> None:
    one = Look(number=1, day=None, time=1.0, critical=1.96)
    sequence = [replace(one, number=place + 1) for place in range(taken + 1)]
    (found,) = look_check(plan(**TEN_DAYS, looks=planned), sequence)
    assert (found.verdict, found.value) == (verdict, taken + 1)
    assert found.threshold == len(planned) + 1
    if verdict == "watch":
        assert f"{peeking_cost(2):.1%}" in found.text["en"]


def test_looks_are_not_counted_without_dates_or_where_any_number_is_allowed(plan: Plan) -> None:
    one = [Look(number=1, day=None, time=1.0, critical=1.96)]
    assert look_check(plan(), one) == []
    assert look_check(plan(**TEN_DAYS, spending="always"), one) == []


def test_looks_of_a_test_without_early_stops_are_told_in_their_own_words(plan: Plan) -> None:
    one = Look(number=1, day=None, time=1.0, critical=1.96)
    texts = []
    for spending in ("none", "obf"):
        (found,) = look_check(plan(**TEN_DAYS, spending=spending), [one, one])
        assert found.verdict == "watch"
        texts.append(found.text["en"])
    assert texts[0] != texts[1]
