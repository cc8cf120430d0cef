"""What does not belong to a test is left out and told, or stops it where there is too much."""

from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd
import pytest

from playbook.abtest import Check, Evaluation, collect, evaluate
from playbook.abtest.decision.strays import arm_checks
from playbook.errors import PlaybookError
from playbook.params.experiment import ExperimentPlan

Plan = Callable[..., ExperimentPlan]


def rows(sizes: dict[str, int]) -> pd.DataFrame:
    """Units 0, 1, 2 … with values that vary."""
    arm = np.repeat(list(sizes), list(sizes.values()))
    return pd.DataFrame(
        {"arm": arm, "unit": np.arange(len(arm)), "y": np.arange(len(arm)) * 7 % 10.0}
    )


def named(evaluation: Evaluation, name: str) -> Check:
    return next(check for check in evaluation.checks if check.name == name)


def test_strange_arms_are_counted_against_none(plan: Plan) -> None:
    here = plan(arms={"a": 0.5, "b": 0.5, "off": 0.0})
    frame = rows({"a": 50, "b": 50, "off": 2, "x": 3, "y": 4}).assign(
        arm=lambda table: table["arm"].where(table.index != 0, "")
    )
    made = {check.name: check for check in arm_checks(collect(frame, here), here)}
    assert {name: (one.value, one.threshold) for name, one in made.items()} == {
        "arms": (7, 0),
        "arm_missing": (1, 0),
        "leak": (2, 0),
    }
    clean = {check.name: check for check in arm_checks(collect(rows({"a": 5, "b": 5}), here), here)}
    assert {name: (one.value, one.threshold, one.verdict) for name, one in clean.items()} == {
        "arms": (0, 0, "ok"),
        "leak": (0, 0, "ok"),
    }


def test_of_equal_rows_one_counts_and_a_unit_of_two_values_is_left_out(plan: Plan) -> None:
    frame = rows({"a": 2000, "b": 2000})
    again = pd.concat([frame, frame.iloc[[7, 8]], frame.iloc[[9]].assign(y=77.0)])
    result = evaluate(again, plan(unit="unit"))
    assert result.units == {"a": 1999, "b": 2000}
    assert named(result, "units").verdict == "watch"
    alone = evaluate(frame.drop(index=9), plan(unit="unit"))
    assert result.effects[0].pvalue == pytest.approx(alone.effects[0].pvalue, rel=1e-9)


@pytest.mark.parametrize(("twice", "verdict"), [(1, "watch"), (4, "watch"), (5, "stop")])
def test_one_in_a_thousand_may_stand_twice(plan: Plan, twice: int, verdict: str) -> None:
    frame = rows({"a": 2000, "b": 2000})
    again = pd.concat([frame, frame.iloc[:twice]])
    assert named(evaluate(again, plan(unit="unit")), "units").verdict == verdict
    loose = plan(unit="unit", stray_limit=0.01)
    assert named(evaluate(again, loose), "units").verdict == "watch"


def test_a_single_stray_of_a_hundred_may_be_left_out(plan: Plan) -> None:
    for units, verdict in ((50, "watch"), (49, "stop")):
        frame = rows({"a": units, "b": units})
        again = pd.concat([frame, frame.iloc[:1]])
        assert named(evaluate(again, plan(unit="unit")), "units").verdict == verdict


def test_rows_without_a_unit_are_left_out_and_told(plan: Plan) -> None:
    frame = rows({"a": 2000, "b": 2000}).astype({"unit": float})
    frame.loc[:2, "unit"] = np.nan
    result = evaluate(frame, plan(unit="unit"))
    assert (named(result, "unnamed").verdict, result.units["a"]) == ("watch", 1997)
    frame.loc[:99, "unit"] = np.nan
    assert named(evaluate(frame, plan(unit="unit")), "unnamed").verdict == "stop"


def test_every_unit_in_two_arms_is_a_sentence(plan: Plan) -> None:
    frame = pd.DataFrame({"arm": list("abab"), "unit": [1, 1, 2, 2], "y": 1.0})
    with pytest.raises(PlaybookError, match="every one of 2 units stands in two arms"):
        evaluate(frame, plan(unit="unit"))


def test_a_cluster_in_two_arms_or_missing_is_left_out_and_told(plan: Plan) -> None:
    frame = rows({"a": 3000, "b": 3000})
    frame["shop"] = np.where(frame["arm"].eq("a"), frame["unit"] % 600, 600 + frame["unit"] % 600)
    frame["shop"] = frame["shop"].astype(object)
    clean = evaluate(frame, plan(cluster="shop"))
    assert clean.units == {"a": 600, "b": 600}
    frame.loc[0, "shop"] = None
    frame.loc[3000, "shop"] = 5
    result = evaluate(frame, plan(cluster="shop"))
    assert result.units == {"a": 599, "b": 600}
    assert [named(result, name).verdict for name in ("clusters", "unnamed")] == ["watch", "watch"]


def test_rows_of_one_user_taken_as_units_are_told(plan: Plan) -> None:
    frame = rows({"a": 300, "b": 300}).rename(columns={"unit": "user_id"})
    assert all(check.name != "rows" for check in evaluate(frame, plan()).checks)
    frame["user_id"] //= 3
    result = evaluate(frame, plan())
    assert "user_id has 200 values in 600 rows" in named(result, "rows").text["en"]
    assert named(result, "rows").text in result.decision.reasons


def test_days_outside_unreadable_and_later_are_told_apart(plan: Plan) -> None:
    frame = rows({"a": 3000, "b": 3000}).assign(day="2026-09-02").astype({"day": object})
    frame.loc[0, "day"] = "soon"
    frame.loc[1, "day"] = "2026-08-31"
    frame.loc[2:1001, "day"] = "2026-09-10"
    here = plan(date_column="day", start="2026-09-01", end="2026-09-14")
    result = evaluate(frame, here, today=date(2026, 9, 9))
    values = {name: named(result, name).value for name in ("days", "dates", "later")}
    assert values == pytest.approx({"days": 1 / 6000, "dates": 1 / 6000, "later": 1000 / 6000})
    assert [named(result, name).verdict for name in values] == ["watch", "watch", "ok"]
    assert sum(result.units.values()) == 6000 - 1002


def test_units_after_the_day_of_the_look_are_no_part_of_it(plan: Plan) -> None:
    frame = rows({"a": 1400, "b": 1400})
    frame["day"] = np.array("2026-09-01", dtype="datetime64[D]") + frame["unit"].to_numpy() % 14
    here = plan(date_column="day", start="2026-09-01", end="2026-09-14")
    look = evaluate(frame, here, today=date(2026, 9, 7))
    until_then = evaluate(frame[frame["day"] <= np.datetime64("2026-09-07")], here)
    assert look.effects[0].pvalue == pytest.approx(until_then.effects[0].pvalue, rel=1e-9)
    assert look.decision.days_left == until_then.decision.days_left == 7
