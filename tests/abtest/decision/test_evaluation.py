"""What an evaluation puts together: corrections, history of looks, equivalences, strengths."""

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from playbook.abtest import evaluate
from playbook.errors import PlaybookError
from playbook.params.experiment import ExperimentPlan

Plan = Callable[..., ExperimentPlan]

DATES: dict[str, Any] = {"start": "2026-09-01", "end": "2026-09-14", "date_column": "day"}
REVENUE = {"name": "revenue", "role": "primary"}


def test_an_earlier_look_is_that_of_the_units_that_had_entered_by_then(
    shop: pd.DataFrame, plan: Plan
) -> None:
    here = plan(metrics=[REVENUE], **DATES)
    result = evaluate(shop, here, looks_taken=[date(2026, 9, 6)], today=date(2026, 9, 14))
    early = shop[shop["day"] <= np.datetime64("2026-09-06")]
    a, b = (early.loc[early["arm"].eq(arm), "revenue"] for arm in "ab")
    p = stats.ttest_ind(b, a, equal_var=False).pvalue
    assert abs(result.sequential[0].statistic) == pytest.approx(stats.norm.isf(p / 2), rel=1e-6)
    assert result.sequential[-1].statistic != result.sequential[0].statistic
    without = evaluate(
        shop,
        plan(metrics=[REVENUE], start="2026-09-01", end="2026-09-14"),
        looks_taken=[date(2026, 9, 6)],
    )
    assert math.isnan(without.sequential[0].statistic)


@pytest.mark.parametrize(
    ("today", "days"),
    [(date(2026, 9, 7), 7), (date(2026, 9, 14), 14), (None, 14), (date(2027, 1, 1), 14)],
)
def test_days_for_the_mde_count_from_the_first_day_to_this_one(
    shop: pd.DataFrame, plan: Plan, today: date | None, days: int
) -> None:
    here = plan(metrics=[REVENUE], mde=0.01, **DATES)
    (able,) = evaluate(shop, here, today=today).power
    assert able.units_needed is not None
    assert able.days_needed == math.ceil(days * able.units_needed / able.units)
    undated = plan(metrics=[REVENUE], mde=0.01)
    assert evaluate(shop, undated).power[0].days_needed is None


def test_a_planned_arm_without_units_is_named_with_what_the_data_hold(
    shop: pd.DataFrame, plan: Plan
) -> None:
    here = plan(metrics=[REVENUE], arms={"a": 0.4, "b": 0.4, "z": 0.2})
    with pytest.raises(PlaybookError, match=r"'z'.* no unit is in it.*The data hold: a, b"):
        evaluate(shop, here)


def test_only_metrics_that_ask_for_equivalence_are_tested_for_it(
    shop: pd.DataFrame, plan: Plan
) -> None:
    same = {"name": "visits", "role": "guardrail", "margin": 0.05, "equivalent": True}
    other = {"name": "revenue_pre", "role": "guardrail", "margin": 0.05}
    found = evaluate(shop, plan(metrics=[REVENUE, same, other])).equivalences
    assert [(each.metric, each.arm, each.high) for each in found] == [("visits", "b", 0.05)]


def test_segments_are_shown_up_to_thirty_levels(shop: pd.DataFrame, plan: Plan) -> None:
    here = plan(metrics=[REVENUE], segments=["level"])
    for count, verdict in ((30, False), (31, True)):
        rows = shop.assign(level=np.arange(len(shop)) // 2 % count)
        result = evaluate(rows, here)
        assert any(check.name == "levels" for check in result.checks) == verdict
        assert len(result.segments) == (0 if verdict else count)


def test_the_registered_plan_is_noted_with_its_day(shop: pd.DataFrame, plan: Plan) -> None:
    before = plan(metrics=[REVENUE], registered_on="2026-08-30")
    found = evaluate(shop, plan(metrics=[REVENUE]), registered=before)
    assert found.plan.registered_on == before.registered_on
    assert found.changes == ()
    assert found.units == {"a": 1000, "b": 1000}


def test_a_trend_is_told_from_a_fifth_of_alpha(plan: Plan) -> None:
    """The slope of the daily effects is read off, and alpha put just on either side of it."""
    generator = np.random.default_rng(2)
    rows = pd.DataFrame(
        {
            "arm": list("ab") * 700,
            "day": np.array("2026-09-01", dtype="datetime64[D]") + np.arange(1400) // 100,
        }
    )
    day = np.arange(1400) // 100
    rows["revenue"] = generator.normal(10, 1, 1400) + 0.06 * day * rows["arm"].eq("b")
    here = plan(metrics=[REVENUE], **DATES)
    pvalue = evaluate(rows, here).trends[0].pvalue
    assert 0 < pvalue < 0.1
    for alpha, verdict in ((5.01 * pvalue, "watch"), (4.99 * pvalue, "ok")):
        result = evaluate(rows, plan(metrics=[REVENUE], alpha=alpha, **DATES))
        (check,) = [check for check in result.checks if check.name == "trend"]
        assert (check.verdict, check.threshold) == (verdict, pytest.approx(alpha / 5))
    assert evaluate(rows, plan(metrics=[REVENUE])).trends == ()


def test_an_effect_is_the_same_object_in_decision_and_table(shop: pd.DataFrame, plan: Plan) -> None:
    found = evaluate(shop, plan(metrics=[REVENUE]))
    assert replace(found.effects[0]) == found.effects[0]
    assert found.decision.arm == found.effects[0].arm


def test_segments_that_agree_raise_no_flag_of_simpson(shop: pd.DataFrame, plan: Plan) -> None:
    result = evaluate(shop, plan(metrics=[REVENUE], segments=["channel"]))
    assert [each.is_reversed for each in result.heterogeneity] == [False]
    names = [check.name for check in result.checks]
    assert (names.count("alike"), names.count("simpson")) == (1, 0)


def test_every_earlier_look_has_its_own_statistic(shop: pd.DataFrame, plan: Plan) -> None:
    taken = [date(2026, 9, day) for day in (4, 8)]
    found = evaluate(shop, plan(metrics=[REVENUE], **DATES), looks_taken=taken).sequential
    assert len({round(each.statistic, 9) for each in found}) == 3
    assert [each.number for each in found] == [1, 2, 3]
