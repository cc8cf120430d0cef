"""Was the plan kept, and what each look had to cross."""

import math
from collections.abc import Callable
from datetime import date

import pytest
from scipy import stats

from playbook.abtest import boundaries, confidence_sequence
from playbook.abtest.decision.protocol import (
    always_valid,
    better_sign,
    changed,
    leading_z,
    look_check,
    looks,
    plan_check,
)
from playbook.abtest.stats.sequential import always_critical, peeking_cost
from playbook.params.experiment import ExperimentPlan, plan_hash
from tests.abtest.decision.counts import effect

Plan = Callable[..., ExperimentPlan]

TEN_DAYS = {"start": "2026-09-01", "end": "2026-09-10"}


def days(*of_september: int) -> list[date]:
    return [date(2026, 9, day) for day in of_september]


def test_a_look_stands_at_the_share_of_days_that_have_passed_with_its_own(plan: Plan) -> None:
    found = looks(plan(**TEN_DAYS), [effect()], days(2), days(5)[0])
    assert [each.time for each in found] == pytest.approx([0.2, 0.5])
    assert [each.critical for each in found] == pytest.approx(boundaries([0.2, 0.5]))
    assert [(each.number, each.day) for each in found] == [(1, days(2)[0]), (2, days(5)[0])]


def test_looks_before_the_start_on_the_same_day_or_later_do_not_count(plan: Plan) -> None:
    early = [date(2026, 8, 31)]
    found = looks(plan(**TEN_DAYS), [effect()], [*early, *days(1, 5, 5, 7, 8)], days(7)[0])
    assert [each.day for each in found] == days(1, 5, 7)


def test_the_last_look_is_on_the_planned_end_however_late_today_is(plan: Plan) -> None:
    for today in (None, date(2026, 12, 1)):
        (found,) = looks(plan(**TEN_DAYS), [effect()], [], today)
        assert (found.day, found.time) == (days(10)[0], 1.0)
    (before,) = looks(plan(**TEN_DAYS), [effect()], [], date(2026, 8, 1))
    assert before.day == days(1)[0]


def test_without_dates_there_is_one_look_at_all(plan: Plan) -> None:
    (found,) = looks(plan(), [effect()], days(3), days(9)[0])
    assert (found.day, found.time, found.critical) == (
        days(9)[0],
        1.0,
        pytest.approx(1.95996, rel=1e-5),
    )


def test_a_look_is_crossed_at_its_boundary_in_either_direction(plan: Plan) -> None:
    for p, crossed in ((0.05, True), (0.0501, False)):
        for difference in (1.0, -1.0):
            one = effect(difference=difference, pvalue_adjusted=p)
            (found,) = looks(plan(spending="none"), [one], [], None)
            assert found.crossed == crossed
            assert found.statistic == pytest.approx(
                math.copysign(stats.norm.isf(p / 2), difference)
            )


def test_without_early_stops_only_the_end_can_decide(plan: Plan) -> None:
    here = plan(**TEN_DAYS, spending="none")
    found = looks(here, [effect()], days(5), None)
    assert [each.critical for each in found] == [math.inf, pytest.approx(stats.norm.isf(0.025))]


def test_always_valid_looks_take_units_to_have_come_in_evenly(plan: Plan) -> None:
    here = plan(**TEN_DAYS, spending="always", tune_units=500)
    found = looks(here, [effect()], days(5), None)
    wanted = [always_critical(count, 0.05, 500) for count in (110, 220)]
    assert [each.critical for each in found] == pytest.approx(wanted)


def test_the_leading_arm_is_the_one_with_the_highest_z_where_higher_is_better(plan: Plan) -> None:
    worse = effect(arm="c", difference=-3.0, pvalue_adjusted=0.001)
    unknown = effect(arm="d", pvalue_adjusted=math.nan)
    other = effect(metric="z", pvalue_adjusted=1e-9)
    every = [worse, effect(), unknown, other]
    assert leading_z(plan(), every) == pytest.approx(stats.norm.isf(0.02))
    lower = plan(metrics=[{"name": "y", "role": "primary", "better": "lower"}])
    assert leading_z(lower, every) == pytest.approx(stats.norm.isf(0.0005))
    assert [better_sign(each.primary) for each in (plan(), lower)] == [1, -1]
    assert math.isnan(leading_z(plan(), [unknown]))


@pytest.mark.parametrize(
    ("planned", "taken", "verdict"), [(["2026-09-05"], 1, "ok"), ([], 1, "watch"), ([], 0, "ok")]
)
def test_looks_more_than_planned_are_told_with_their_price(
    plan: Plan, planned: list[str], taken: int, verdict: str
) -> None:
    here = plan(**TEN_DAYS, looks=planned)
    sequence = looks(here, [effect()], days(*range(3, 3 + taken)), None)
    (found,) = look_check(here, sequence)
    assert (found.verdict, found.value) == (verdict, taken + 1)
    assert found.threshold == len(planned) + 1
    if verdict == "watch":
        assert f"{peeking_cost(2):.1%}" in found.text["en"]


def test_looks_are_not_counted_without_dates_or_where_any_number_is_allowed(plan: Plan) -> None:
    one = looks(plan(), [effect()], [], None)
    assert look_check(plan(), one) == []
    assert look_check(plan(**TEN_DAYS, spending="always"), one) == []


def test_always_valid_intervals_are_those_of_the_units_of_both_arms(plan: Plan) -> None:
    here = plan(**TEN_DAYS, spending="always", tune_units=300)
    known, unknown = effect(), effect(arm="c", se=math.nan)
    (found,) = always_valid(here, [known, unknown, effect(arm="d", se=0.0)])
    interval, p = confidence_sequence(1.0, 0.5, 220, tune_units=300)
    assert ((found.ci_lower, found.ci_upper), found.pvalue) == (interval, p)
    assert always_valid(plan(), [known]) == ()


def test_changes_since_registration_are_listed_field_by_field(plan: Plan) -> None:
    before = plan(hypothesis="more")
    after = plan(hypothesis="less", alpha=0.1)
    found = {each.field: (each.registered, each.now) for each in changed(before, after)}
    assert found == {"hypothesis": ("more", "less"), "alpha": ("0.05", "0.1")}
    assert changed(before, before) == ()
    assert changed(None, after) == ()


def test_arms_in_another_order_are_a_change_for_the_first_is_the_control(plan: Plan) -> None:
    (found,) = changed(plan(arms={"a": 0.5, "b": 0.5}), plan(arms={"b": 0.5, "a": 0.5}))
    assert found.field == "arms"


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [({"alpha": 0.1}, "stop"), ({"hypothesis": "less"}, "watch"), ({}, "ok")],
)
def test_a_decisive_change_stops_and_another_is_watched(
    plan: Plan, changes: dict[str, object], verdict: str
) -> None:
    before = plan(hypothesis="more")
    here = plan(**({"hypothesis": "more"} | changes))
    registered = here.model_copy(update={"registered_hash": plan_hash(before)})
    found = plan_check(registered, changed(before, here))
    assert (found.verdict, found.value) == (verdict, len(changes))


def test_a_plan_that_was_never_registered_is_open_and_another_hash_is_watched(plan: Plan) -> None:
    here = plan()
    assert plan_check(here, ()).verdict == "ok"
    assert math.isnan(plan_check(here, ()).value)
    kept = here.model_copy(update={"registered_hash": plan_hash(here)})
    told = plan_check(kept, ()).text["en"]
    assert plan_hash(here)[:12] in told
    assert plan_hash(here)[:13] not in told
    other = here.model_copy(update={"registered_hash": "0" * 64})
    assert (plan_check(other, ()).verdict, plan_check(other, ()).value) == ("watch", 1)


def test_looks_of_a_test_without_early_stops_are_told_in_their_own_words(plan: Plan) -> None:
    texts = []
    for spending in ("none", "obf"):
        here = plan(**TEN_DAYS, spending=spending)
        (found,) = look_check(here, looks(here, [effect()], days(4, 5), None))
        assert found.verdict == "watch"
        texts.append(found.text["en"])
    assert texts[0] != texts[1]
