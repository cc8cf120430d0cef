from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from playbook.abtest import Check, Evaluation, collect, evaluate
from playbook.abtest.decision.health import (
    arm_checks,
    balance_checks,
    date_checks,
    missing_check,
    outlier_check,
    srm_by,
    stray_checks,
    week_check,
)
from playbook.abtest.stats.multiplicity import adjust
from playbook.abtest.units.gathered import Strays
from playbook.params.experiment import ExperimentPlan, plan_hash
from tests.abtest.decision.counts import effect

Plan = Callable[..., ExperimentPlan]

PLAIN = {"name": "revenue", "role": "primary"}


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


def test_units_that_stand_twice_stop(plan: Plan) -> None:
    frame = rows({"a": 100, "b": 100})
    frame.loc[1, "unit"] = 0
    result = evaluate(frame, plan(unit="unit"))
    assert (found(result, "units").verdict, found(result, "units").value) == ("stop", 1)


def test_rows_without_a_unit_are_no_duplicates(plan: Plan) -> None:
    frame = rows({"a": 100, "b": 100}).astype({"unit": float})
    frame.loc[:3, "unit"] = np.nan
    assert found(evaluate(frame, plan(unit="unit")), "units").verdict == "ok"


@pytest.mark.parametrize(("crossed", "verdict"), [(1, "watch"), (10, "stop")])
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
    result = evaluate(shop, here)
    assert (found(result, "dates").verdict, found(result, "weeks").verdict) == ("stop", "watch")
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


def test_simpson_is_flagged(plan: Plan) -> None:
    """B is better in both channels, and worse in total: it got the poor channel."""
    cells = {
        ("a", "rich"): (810, 870),
        ("a", "poor"): (20, 80),
        ("b", "rich"): (77, 80),
        ("b", "poor"): (300, 870),
    }
    parts = [
        pd.DataFrame({"arm": arm, "channel": channel, "y": np.arange(units) < bought})
        for (arm, channel), (bought, units) in cells.items()
    ]
    metric = {"name": "y", "kind": "rate", "role": "primary"}
    result = evaluate(pd.concat(parts), plan(metrics=[metric], segments=["channel"]))
    assert result.effects[0].difference < 0 < result.heterogeneity[0].pooled
    assert result.heterogeneity[0].simpson
    assert found(result, "simpson").verdict == "stop"
    assert result.decision.action == "invalid"
    assert (
        "by −47.68 percentage points in total, but by +4.21 percentage points within each channel"
        in result.decision.reasons[0]["en"]
    )


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


@pytest.mark.parametrize(("crossed", "verdict"), [(0, "ok"), (10, "watch"), (11, "stop")])
def test_one_unit_in_a_hundred_may_be_of_two_arms(crossed: int, verdict: str) -> None:
    checks = stray_checks(Strays(twice=0, crossed=crossed, total=1000))
    assert [check.verdict for check in checks] == ["ok", verdict]
    assert checks[1].value == pytest.approx(crossed / 1000)


def test_a_unit_that_stands_twice_stops_and_no_unit_at_all_does_not() -> None:
    assert [check.verdict for check in stray_checks(Strays(twice=1, crossed=0, total=1000))] == [
        "stop",
        "ok",
    ]
    assert [check.value for check in stray_checks(Strays(twice=0, crossed=0, total=0))] == [
        0.0,
        0.0,
    ]


@pytest.mark.parametrize(
    ("today", "days", "verdict"),
    [
        (date(2026, 9, 7), 7, "ok"),
        (date(2026, 9, 8), 8, "watch"),
        (None, 14, "ok"),
        (date(2026, 12, 1), 14, "ok"),
    ],
)
def test_days_so_far_are_counted_with_the_first_and_should_be_full_weeks(
    plan: Plan, today: date | None, days: int, verdict: str
) -> None:
    (check,) = week_check(plan(start="2026-09-01", end="2026-09-14"), today)
    assert (check.value, check.verdict) == (days, verdict)
    assert week_check(plan(), today) == []


def test_the_first_and_the_last_day_are_within_the_test(plan: Plan) -> None:
    here = plan(start="2026-09-02", end="2026-09-03", date_column="day")
    frame = rows({"a": 50, "b": 50}).assign(
        day=np.array("2026-09-01", dtype="datetime64[D]") + np.arange(100) % 4
    )
    (check,) = date_checks(collect(frame, here, ["day"]), here)
    assert (check.value, check.verdict) == (0.5, "stop")
    inside = frame[frame["day"].isin(np.array(["2026-09-02", "2026-09-03"], dtype="datetime64[D]"))]
    (check,) = date_checks(collect(inside, here, ["day"]), here)
    assert (check.value, check.verdict) == (0.0, "ok")


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


def test_sizes_by_day_are_named_as_days_and_by_segment_by_their_column(
    shop: pd.DataFrame, plan: Plan
) -> None:
    here = plan(metrics=[PLAIN], date_column="day", start="2026-09-01", end="2026-09-14")
    by_day = srm_by(collect(shop, here, ["day"]), here, "day")
    by_channel = srm_by(collect(shop, here, ["channel"]), here, "channel")
    assert "day" in by_day.text["en"].split()
    assert "日期" in by_day.text["zh"]
    assert "channel" in by_channel.text["en"]
    assert (by_day.subject, by_channel.subject) == ("day", "channel")


def test_strange_arms_are_counted_against_none(plan: Plan) -> None:
    here = plan(arms={"a": 0.5, "b": 0.5, "off": 0.0})
    frame = rows({"a": 50, "b": 50, "off": 2, "x": 3, "y": 4}).assign(
        arm=lambda table: table["arm"].where(table.index != 0, "")
    )
    found = {check.name: check for check in arm_checks(collect(frame, here), here)}
    assert {name: (one.value, one.threshold) for name, one in found.items()} == {
        "arms": (7, 0),
        "arm_missing": (1, 0),
        "leak": (2, 0),
    }
    clean = {check.name: check for check in arm_checks(collect(rows({"a": 5, "b": 5}), here), here)}
    assert {name: (one.value, one.threshold, one.verdict) for name, one in clean.items()} == {
        "arms": (0, 0, "ok"),
        "leak": (0, 0, "ok"),
    }


@pytest.mark.parametrize(("units", "known"), [(2, True), (1, False)])
def test_two_units_an_arm_can_be_compared_before_the_test(
    plan: Plan, units: int, known: bool
) -> None:
    here = plan(metrics=[{"name": "y", "role": "primary", "covariates": ["x"]}])
    arms = list("aaaa") + list("bb")[:units]
    frame = pd.DataFrame({"arm": arms, "y": 1.0, "x": [1.0, 2.0, 3.0, 5.0, 9.0, 8.0][: len(arms)]})
    (check,) = balance_checks(collect(frame, here), here)
    assert (check.value < 1.0) == known


def test_full_weeks_are_seven_days(plan: Plan) -> None:
    (check,) = week_check(plan(start="2026-09-01", end="2026-09-14"), None)
    assert check.threshold == 7
