from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from playbook.abtest import Check, Evaluation, collect, evaluate
from playbook.abtest.decision.calendar import Calendar
from playbook.abtest.decision.health import (
    balance_checks,
    missing_check,
    outlier_check,
    today_check,
    week_check,
)
from playbook.abtest.stats.multiplicity import adjust
from playbook.abtest.units.gathered import Days
from playbook.params.experiment import ExperimentPlan, plan_hash
from tests.abtest.decision.counts import OVER, effect

Plan = Callable[..., ExperimentPlan]

PLAIN: dict[str, Any] = {"name": "revenue", "role": "primary"}
FORTNIGHT = {"start": "2026-09-01", "end": "2026-09-14"}


def found(evaluation: Evaluation, name: str) -> Check:
    return next(check for check in evaluation.checks if check.name == name)


def rows(sizes: dict[str, int]) -> pd.DataFrame:
    """Units 0, 1, 2 … with values that vary."""
    arm = np.repeat(list(sizes), list(sizes.values()))
    return pd.DataFrame(
        {"arm": arm, "unit": np.arange(len(arm)), "y": np.arange(len(arm)) * 7 % 10.0}
    )


def test_48_to_52_stops_and_95_to_5_as_planned_does_not(plan: Plan) -> None:
    broken = evaluate(rows({"a": 5200, "b": 4800}), plan())
    assert (found(broken, "srm").verdict, broken.decision.action, broken.decision.rule) == (
        "stop",
        "invalid",
        1,
    )
    planned = evaluate(rows({"a": 9500, "b": 500}), plan(arms={"a": 0.95, "b": 0.05}))
    assert found(planned, "srm").verdict == "ok"


def test_each_finding_is_said_in_both_languages(plan: Plan) -> None:
    text = found(evaluate(rows({"a": 5200, "b": 4800}), plan()), "srm").text
    assert "a 5,200, b 4,800" in text["en"]
    assert "a 5,200, b 4,800" in text["zh"]


def test_arms_that_were_not_planned_stop(plan: Plan) -> None:
    result = evaluate(rows({"a": 100, "b": 100, "c": 3}), plan())
    assert (found(result, "arms").verdict, found(result, "arms").value) == ("stop", 3)


def test_units_without_an_arm_are_counted(plan: Plan) -> None:
    frame = rows({"a": 100, "b": 100, "c": 4})
    frame.loc[frame["arm"] == "c", "arm"] = None
    result = evaluate(frame, plan())
    assert (found(result, "arm_missing").verdict, found(result, "arm_missing").value) == (
        "watch",
        4,
    )


def test_traffic_in_an_arm_planned_at_zero_stops(plan: Plan) -> None:
    here = plan(arms={"a": 0.5, "b": 0.5, "off": 0.0})
    assert found(evaluate(rows({"a": 100, "b": 100, "off": 1}), here), "leak").verdict == "stop"
    assert found(evaluate(rows({"a": 100, "b": 100}), here), "leak").verdict == "ok"


@pytest.mark.parametrize(("crossed", "verdict"), [(1, "watch"), (2, "stop")])
def test_units_in_two_arms_are_left_out(plan: Plan, crossed: int, verdict: str) -> None:
    frame = rows({"a": 100, "b": 100})
    frame.loc[100 : 99 + crossed, "unit"] = np.arange(crossed)
    result = evaluate(frame, plan(unit="unit"))
    assert found(result, "crossovers").verdict == verdict
    assert result.units == {"a": 100 - crossed, "b": 100 - crossed}


def test_days_outside_the_test_are_found(shop: pd.DataFrame, plan: Plan) -> None:
    here = plan(
        metrics=[{"name": "revenue", "role": "primary"}],
        date_column="day",
        start="2026-09-01",
        end="2026-09-13",
    )
    result = evaluate(shop, here, today=date(2026, 9, 13))
    assert (found(result, "dates").verdict, found(result, "weeks").verdict) == ("stop", "watch")
    assert sum(result.units.values()) == 2000 - (shop["day"] == np.datetime64("2026-09-14")).sum()
    assert (
        found(evaluate(shop, here.model_copy(update={"end": date(2026, 9, 14)})), "weeks").verdict
        == "ok"
    )


def test_sizes_are_checked_by_day_and_segment(shop: pd.DataFrame, plan: Plan) -> None:
    here = plan(
        metrics=[{"name": "revenue", "role": "primary"}], segments=["channel"], date_column="day"
    )
    lost = shop[~((shop["channel"] == "social") & (shop["arm"] == "b") & (shop["user"] % 3 > 0))]
    checks = {
        check.subject: check for check in evaluate(lost, here).checks if check.name == "srm_part"
    }
    assert checks["channel"].verdict == "stop"
    assert "social" in checks["channel"].text["en"]
    assert checks["day"].verdict == "ok"


def test_missing_more_often_in_one_arm_is_seen(shop: pd.DataFrame, plan: Plan) -> None:
    here = plan(metrics=[{"name": "revenue", "role": "primary"}])
    fewer = shop.assign(
        revenue=shop["revenue"].where(~((shop["arm"] == "b") & (shop["user"] % 5 == 1)))
    )
    assert found(evaluate(fewer, here), "missing").verdict == "watch"
    alike = shop.assign(revenue=shop["revenue"].where(shop["user"] // 2 % 5 > 0))
    assert found(evaluate(alike, here), "missing").verdict == "ok"


def test_a_covariate_that_already_differs_stops(shop: pd.DataFrame, plan: Plan) -> None:
    here = plan(metrics=[{"name": "revenue", "role": "primary", "covariates": ["revenue_pre"]}])
    assert found(evaluate(shop, here), "balance").verdict == "ok"
    leaked = shop.assign(revenue_pre=shop["revenue_pre"] + 2.0 * (shop["arm"] == "b"))
    assert found(evaluate(leaked, here), "balance").verdict == "stop"


def test_one_huge_value_is_pointed_out(shop: pd.DataFrame, plan: Plan) -> None:
    here = plan(metrics=[{"name": "revenue", "role": "primary"}])
    assert found(evaluate(shop, here), "outlier").verdict == "ok"
    whale = shop.copy()
    whale.loc[1, "revenue"] = 1e5
    assert found(evaluate(whale, here), "outlier").verdict == "watch"


def test_a_fading_effect_is_a_trend(plan: Plan) -> None:
    generator = np.random.default_rng(4)
    n = 28_000
    arm, day = np.where(np.arange(n) % 2, "b", "a"), np.arange(n) // 2 % 14
    effect = np.where(arm == "b", 1.0 - day / 14, 0.0)
    frame = pd.DataFrame({"arm": arm, "y": generator.normal(10, 2, n) + effect})
    frame["day"] = np.array("2026-09-01", dtype="datetime64[D]") + day
    result = evaluate(frame, plan(date_column="day"))
    assert found(result, "trend").verdict == "watch"
    assert result.trends[0].slope == pytest.approx(-1 / 14, abs=0.03)


SIMPSON = {
    ("a", "rich"): (700, 870),
    ("a", "poor"): (20, 80),
    ("b", "rich"): (70, 80),
    ("b", "poor"): (300, 870),
}
"""B is better in both channels, and worse in total: it got the poor channel."""


def in_channels(cells: dict[tuple[str, str], tuple[int, int]]) -> pd.DataFrame:
    parts = [
        pd.DataFrame({"arm": arm, "channel": channel, "y": np.arange(units) < bought})
        for (arm, channel), (bought, units) in cells.items()
    ]
    return pd.concat(parts)


BOUGHT = {"name": "y", "kind": "rate", "role": "primary"}


def test_arms_made_up_differently_that_turn_the_effect_round_are_simpsons(plan: Plan) -> None:
    result = evaluate(in_channels(SIMPSON), plan(metrics=[BOUGHT], segments=["channel"]))
    assert result.effects[0].difference < 0 < result.heterogeneity[0].standardised
    assert result.heterogeneity[0].is_reversed
    assert found(result, "simpson").verdict == "stop"
    assert result.decision.action == "invalid"
    reasons = " ".join(reason["en"] for reason in result.decision.reasons)
    assert "by −36.84 percentage points in total, but by +8.26" in reasons


def test_effects_that_differ_between_segments_are_no_fault(plan: Plan) -> None:
    """Up in the small channel, down in the large one, arms made up alike: told, and valid."""
    cells = {
        ("a", "rich"): (300, 600),
        ("b", "rich"): (420, 600),
        ("a", "poor"): (5200, 10_000),
        ("b", "poor"): (4900, 10_000),
    }
    result = evaluate(in_channels(cells), plan(metrics=[BOUGHT], segments=["channel"]))
    assert found(result, "alike").verdict == "watch"
    assert all(check.verdict != "stop" for check in result.checks)
    assert result.decision.action != "invalid"


def test_a_column_of_ids_is_no_segment(shop: pd.DataFrame, plan: Plan) -> None:
    here = plan(metrics=[{"name": "revenue", "role": "primary"}], segments=["user"])
    result = evaluate(shop, here)
    assert found(result, "levels").verdict == "watch"
    assert result.segments == ()


def test_registration_is_compared(shop: pd.DataFrame, plan: Plan) -> None:
    before = plan(metrics=[{"name": "revenue", "role": "primary"}], hypothesis="more")
    kept = before.model_copy(update={"registered_hash": plan_hash(before)})
    assert found(evaluate(shop, kept), "plan").verdict == "ok"
    reworded = kept.model_copy(update={"hypothesis": "less"})
    result = evaluate(shop, reworded, registered=kept)
    assert (found(result, "plan").verdict, [each.field for each in result.changes]) == (
        "watch",
        ["hypothesis"],
    )
    assert found(result, "plan").text in result.decision.reasons
    assert found(evaluate(shop, reworded), "plan").verdict == "watch"


def test_another_metric_after_registration_invalidates(shop: pd.DataFrame, plan: Plan) -> None:
    before = plan(metrics=[{"name": "revenue", "role": "primary"}])
    after = plan(metrics=[{"name": "bought", "kind": "rate", "role": "primary"}])
    result = evaluate(shop, after, registered=before)
    assert result.decision.action == "invalid"
    assert "metrics" in result.decision.reasons[0]["en"]


@pytest.mark.parametrize(
    ("day", "days", "verdict"), [(7, 7, "ok"), (8, 8, "watch"), (20, 14, "ok")]
)
def test_days_so_far_are_counted_with_the_first_and_should_be_full_weeks(
    plan: Plan, day: int, days: int, verdict: str
) -> None:
    (check,) = week_check(plan(**FORTNIGHT), replace(OVER, day=date(2026, 9, day)), None)
    assert (check.value, check.threshold, check.verdict) == (days, 7, verdict)
    assert week_check(plan(), OVER, None) == []


def test_a_mailing_covers_no_weeks(plan: Plan) -> None:
    """All units entered on one day: weekdays cannot colour the result by who entered when."""
    sent = date(2026, 9, 1)
    entered = Days(
        first=sent,
        last=sent,
        unreadable=0,
        outside=0,
        later=0,
        total=9,
        until=date(2026, 9, 8),
        entered={sent: 9},
    )
    assert week_check(plan(**FORTNIGHT), replace(OVER, day=date(2026, 9, 8)), entered) == []


@pytest.mark.parametrize(("since", "names"), [(365, ["today"]), (366, ["today", "ended"])])
def test_a_test_of_long_ago_is_told(since: int, names: list[str]) -> None:
    day = date(2024, 9, 14)
    times = Calendar(day=day, basis="data", end=day, days_left=0, days_since=since)
    made = today_check(times)
    assert [check.name for check in made] == names
    assert all(f"{since / 365.25:.1f} years ago" in check.text["en"] for check in made[1:])
    assert today_check(OVER) == []


def test_covariates_that_narrow_nothing_are_named(shop: pd.DataFrame, plan: Plan) -> None:
    columns = ["revenue_pre", "same", "again", "empty"]
    frame = shop.assign(same=7.0, again=shop["revenue_pre"] * -3 + 5, empty=np.nan)
    here = plan(metrics=[PLAIN | {"covariates": columns}])
    result = evaluate(frame, here)
    assert "same, again, empty" in found(result, "covariates").text["en"]
    alone = evaluate(shop, plan(metrics=[PLAIN | {"covariates": ["revenue_pre"]}]))
    assert result.effects[0].pvalue == pytest.approx(alone.effects[0].pvalue, rel=1e-9)
    assert result.effects[0].method == alone.effects[0].method
    assert not any(check.name == "covariates" for check in alone.checks)


def test_missing_values_are_compared_by_the_chi_square_of_known_and_missing(plan: Plan) -> None:
    here = plan()
    frame = rows({"a": 400, "b": 400})
    frame.loc[frame.index[:60], "y"] = np.nan
    frame.loc[frame.index[-30:], "y"] = np.nan
    (check,) = missing_check(collect(frame, here), here, here.primary)
    table = [[60, 30], [340, 370]]
    assert check.value == pytest.approx(stats.chi2_contingency(table, correction=False).pvalue)
    assert "11.25% in all" in check.text["en"]
    assert missing_check(collect(rows({"a": 9, "b": 9}), here), here, here.primary) == []
    nothing = rows({"a": 9, "b": 9}).assign(y=np.nan)
    assert missing_check(collect(nothing, here), here, here.primary) == []


def test_the_arms_are_compared_before_the_test_by_welch_and_corrected_by_holm(
    shop: pd.DataFrame, plan: Plan
) -> None:
    metric = {"name": "revenue", "role": "primary", "covariates": ["revenue_pre", "visits_pre"]}
    here = plan(metrics=[metric])
    found = {check.subject: check.value for check in balance_checks(collect(shop, here), here)}
    a, b = (shop[shop["arm"].eq(arm)] for arm in "ab")
    raw = [
        stats.ttest_ind(b[name], a[name], equal_var=False).pvalue
        for name in ("revenue_pre", "visits_pre")
    ]
    assert list(found.values()) == pytest.approx(adjust(raw), rel=1e-6)
    assert balance_checks(collect(shop, plan(metrics=[PLAIN])), plan(metrics=[PLAIN])) == []


def test_the_largest_value_moves_the_difference_by_its_distance_over_the_smaller_arm(
    plan: Plan,
) -> None:
    one = effect()
    (check,) = outlier_check(lambda _: 35.0, plan(), plan().primary, [one])
    assert check.value == pytest.approx((35 - 10) / 100 / 0.5)
    assert check.verdict == "ok"  # just half a standard error
    (above,) = outlier_check(lambda _: 35.1, plan(), plan().primary, [one])
    assert above.verdict == "watch"
    rate = plan(metrics=[{"name": "y", "kind": "rate", "role": "primary"}])
    assert outlier_check(lambda _: 35.0, rate, rate.primary, [one]) == []
    capped = plan(metrics=[{"name": "y", "role": "primary", "cap": 0.9}])
    assert outlier_check(lambda _: 35.0, capped, capped.primary, [one]) == []


@pytest.mark.parametrize(("units", "known"), [(2, True), (1, False)])
def test_two_units_an_arm_can_be_compared_before_the_test(
    plan: Plan, units: int, known: bool
) -> None:
    here = plan(metrics=[{"name": "y", "role": "primary", "covariates": ["x"]}])
    arms = list("aaaa") + list("bb")[:units]
    frame = pd.DataFrame({"arm": arms, "y": 1.0, "x": [1.0, 2.0, 3.0, 5.0, 9.0, 8.0][: len(arms)]})
    (check,) = balance_checks(collect(frame, here), here)
    assert (check.value < 1.0) == known
