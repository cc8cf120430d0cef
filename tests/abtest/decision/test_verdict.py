"""One data set for each rule of the decision, and what is said of it."""

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import special

from playbook.abtest import evaluate
from playbook.abtest.decision import sentences
from playbook.abtest.decision.checks import check
from playbook.abtest.decision.stakes import expected_loss, strength, units_for_margin
from playbook.abtest.decision.verdict import Decision, decide
from playbook.abtest.stats.effects import Effect
from playbook.errors import PlaybookError
from playbook.params.experiment import ExperimentPlan
from tests.abtest.decision.counts import data, effect, standing

Plan = Callable[..., ExperimentPlan]

PRIMARY = {"name": "bought", "kind": "rate", "role": "primary"}
REFUNDS = {"name": "refund", "kind": "rate", "role": "guardrail", "better": "lower", "margin": 0.1}
DATES = {"start": "2026-09-01", "end": "2026-09-14", "looks": ["2026-09-07"]}
DURING, AFTER = date(2026, 9, 7), date(2026, 9, 15)


@pytest.mark.parametrize(
    ("frame", "changes", "today", "action", "rule"),
    [
        pytest.param(
            data((2000, 2300))[200:], {"arms": {"a": 0.6, "b": 0.4}}, AFTER, "invalid", 1, id="srm"
        ),
        pytest.param(data((2000, 2060)), {}, DURING, "hold", 2, id="too early"),
        pytest.param(
            data((2000, 2300)), {"spending": "none"}, DURING, "hold", 2, id="no early stop planned"
        ),
        pytest.param(data((2000, 2300), (1000, 1300)), {}, AFTER, "stop", 3, id="guardrail harmed"),
        pytest.param(data((2000, 1800)), {}, AFTER, "stop", 3, id="primary worse"),
        pytest.param(data((2000, 1600)), {}, DURING, "stop", 3, id="much worse early"),
        pytest.param(
            data((20000, 22000), (10000, 10000), 100_000),
            {},
            AFTER,
            "ship",
            4,
            id="better, nothing harmed",
        ),
        pytest.param(
            data((20000, 22000), (10000, 10000), 100_000),
            {},
            DURING,
            "ship",
            4,
            id="boundary crossed",
        ),
        pytest.param(data((2000, 2300), (100, 100)), {}, AFTER, "hold", 5, id="guardrail unproven"),
        pytest.param(
            data((20000, 20050), (10000, 10000), 100_000),
            {"mde": 0.05},
            AFTER,
            "iterate",
            6,
            id="ruled out",
        ),
        pytest.param(data((2000, 2050)), {"mde": 0.03}, AFTER, "hold", 7, id="open and blind"),
        pytest.param(data((2000, 2050)), {}, AFTER, "iterate", 7, id="open"),
    ],
)
def test_rules(
    frame: pd.DataFrame, changes: dict[str, Any], today: date, action: str, rule: int, plan: Plan
) -> None:
    here = plan(metrics=[PRIMARY, REFUNDS], **(DATES | changes))
    decision = evaluate(frame, here, today=today).decision
    assert (decision.action, decision.rule) == (action, rule)
    assert all(text["zh"] and text["en"] for text in (*decision.reasons, decision.next_step))


def test_an_early_look_says_what_it_needs(plan: Plan) -> None:
    here = plan(metrics=[PRIMARY], **DATES)
    decision = evaluate(data((2000, 2060)), here, today=DURING).decision
    assert (
        decision.reasons[0]["en"]
        == "The test is not over: look 1 of 2 needs z > 2.96 and has 1.05; 7 days left."
    )
    assert decision.next_step["en"] == "Let the test run until 2026-09-14; do not conclude before."
    assert decision.days_left == 7


def test_a_rate_without_a_conversion_says_so(plan: Plan) -> None:
    here = plan(metrics=[{"name": "y", "kind": "rate", "role": "primary"}])
    found = evaluate(pd.DataFrame({"arm": list("ab") * 50, "y": 0}), here)
    assert found.decision.reasons[0]["en"] == "y cannot be tested: no unit converted in either arm."
    assert found.decision.reasons[0]["zh"] == "“y”无法检验：两组都没有转化。"


def test_change_and_interval_are_told_in_the_same_measure(plan: Plan) -> None:
    frame = pd.DataFrame(
        {"arm": list("ab") * 4, "y": [1.0, 2, 0, 5, 0, 1, 0, 4]}
    )  # the control may be 0: no interval
    text = evaluate(frame, plan()).decision.reasons[0]["en"]
    assert text.startswith("y is open: changed by +2.75 (interval −0.")
    here = plan(metrics=[{"name": "y", "kind": "rate", "role": "primary"}])
    frame = pd.DataFrame({"arm": list("ab") * 50, "y": [0, 1, 0, 0] * 25})
    assert (
        "changed by +50.00 percentage points (95% interval"
        in evaluate(frame, here).decision.reasons[0]["en"]
    )


def test_harm_is_told_without_a_double_minus(plan: Plan) -> None:
    reason = evaluate(data((2000, 1800)), plan(metrics=[PRIMARY])).decision.reasons[0]
    assert reason["en"] == "bought got worse by 10.0% (corrected p = 0.00031)."


def test_a_secondary_metric_that_surely_moved_is_told_once_the_test_is_over(plan: Plan) -> None:
    here = plan(metrics=[PRIMARY, {"name": "refund", "kind": "rate"}], **DATES)
    frame = data((2000, 2020), refund=(1000, 1300))
    said = [text["en"] for text in evaluate(frame, here, today=AFTER).decision.reasons]
    assert any(text.startswith("refund, a secondary metric, changed by +30.0%") for text in said)
    for other, day in ((frame, DURING), (data((2000, 2020)), AFTER)):
        reasons = evaluate(other, here, today=day).decision.reasons
        assert not any("secondary" in text["en"] for text in reasons)


def test_looks_that_were_not_planned_are_counted_and_priced(plan: Plan) -> None:
    here = plan(metrics=[PRIMARY], **DATES)
    taken = [date(2026, 9, day) for day in (3, 5, 7, 9)]
    result = evaluate(data((2000, 2100)), here, today=AFTER, looks_taken=taken)
    assert len(result.sequential) == 5
    check = next(check for check in result.checks if check.name == "looks")
    assert "14.2%" in check.text["en"]
    assert result.sequential[-1].critical > 1.97
    assert check.text in result.decision.reasons


def test_of_three_arms_the_best_is_shipped(plan: Plan) -> None:
    frame = pd.concat([data((2000, 2300)), data((0, 2500)).query("arm == 'b'").assign(arm="c")])
    here = plan(metrics=[PRIMARY], arms={"a": 0.4, "b": 0.3, "c": 0.3})
    here = here.model_copy(update={"arms": {"a": 1 / 3, "b": 1 / 3, "c": 1 / 3}})
    decision = evaluate(frame, here).decision
    assert (decision.action, decision.arm) == ("ship", "c")
    assert decision.reasons[0]["en"].startswith("bought (c) changed by +25.0%")


@pytest.mark.parametrize("mde", [None, 0.05])
def test_an_arm_that_does_harm_is_switched_off_while_another_goes_on(
    plan: Plan, mde: float | None
) -> None:
    arms = {"a": 1 / 3, "b": 1 / 3, "c": 1 / 3}
    dates = {"start": "2026-09-01", "end": "2026-09-28", "mde": mde}
    here = plan(arms=arms, metrics=[{"name": "y", "kind": "rate", "role": "primary"}], **dates)
    hits = {"a": 600, "b": 612, "c": 420}
    frame = pd.DataFrame({"arm": np.repeat(list("abc"), 6000), "y": np.tile(np.arange(6000), 3)})
    frame["y"] = (frame["y"] < frame["arm"].map(hits)).astype(int)
    decision = evaluate(frame, here, today=date(2026, 9, 10)).decision
    assert (decision.action, decision.arm, decision.rule) == ("hold", "b", 2)
    assert decision.reasons[1]["en"].startswith("c should be switched off: y got worse by 30.0%")
    assert decision.next_step["en"] == "Let the test run until 2026-09-28; do not conclude before."


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param({"arm": ["a", "a", "b", "b"], "y": [0.0, 0, 0, 0]}, id="all zero"),
        pytest.param({"arm": ["a", "a", "b", "b"], "y": [1.0, 1, 2, 2]}, id="no variance"),
        pytest.param({"arm": ["a", "b"], "y": [1.0, 2]}, id="one unit an arm"),
        pytest.param(
            {"arm": ["a", "a", "b", "b"], "y": [1.0, 2, np.nan, np.nan]}, id="no value in an arm"
        ),
    ],
)
def test_tests_that_cannot_be_tested_are_still_reported(frame: dict[str, Any], plan: Plan) -> None:
    result = evaluate(pd.DataFrame(frame), plan())
    assert result.decision.action == "iterate"
    assert "cannot be tested" in result.decision.reasons[0]["en"]


def test_one_arm_only_is_refused(plan: Plan) -> None:
    with pytest.raises(PlaybookError, match="arm is 'b': is planned, but no unit is in it"):
        evaluate(pd.DataFrame({"arm": ["a", "a"], "y": [1.0, 2]}), plan())


def test_a_rate_of_other_values_is_refused(plan: Plan) -> None:
    frame = pd.DataFrame({"arm": ["a", "a", "b", "b"], "bought": [0, 2, 1, 0]})
    with pytest.raises(PlaybookError, match="is a rate, but its values are not all 0 or 1"):
        evaluate(frame, plan(metrics=[PRIMARY]))


def test_earlier_looks_are_shown_as_they_would_have_been(shop: pd.DataFrame, plan: Plan) -> None:
    here = plan(metrics=[PRIMARY], date_column="day", **DATES)
    result = evaluate(shop, here, today=AFTER, looks_taken=[DURING])
    early = evaluate(shop[shop["day"] <= pd.Timestamp(DURING)], here, today=DURING)
    assert result.sequential[0].statistic == pytest.approx(early.sequential[-1].statistic)
    assert [look.time for look in result.sequential] == [0.5, 1.0]


@pytest.mark.parametrize(("better", "best"), [("higher", "b"), ("lower", "a")])
def test_chances_to_be_best(better: str, best: str, plan: Plan) -> None:
    chances = evaluate(data((2000, 2300)), plan(metrics=[PRIMARY | {"better": better}])).chances
    assert max(chances, key=lambda arm: chances[arm]) == best
    assert sum(chances.values()) == pytest.approx(1)


def test_the_better_arm_loses_least_whatever_the_direction(plan: Plan) -> None:
    for better, best in (("higher", "b"), ("lower", "a")):
        found = evaluate(data((2000, 2300)), plan(metrics=[PRIMARY | {"better": better}]))
        losses = found.losses
        assert min(losses, key=lambda arm: losses[arm]) == best
        assert abs(losses["b"] - losses["a"]) == pytest.approx(
            abs(found.effects[0].difference), rel=1e-6
        )


def test_a_guardrail_harmed_beyond_its_margin_does_not_stop_a_look_before_its_boundary(
    plan: Plan,
) -> None:
    harmed = data((20000, 20100), (10000, 11700), 100_000)
    at_end = evaluate(harmed, plan(metrics=[PRIMARY, REFUNDS], **DATES), today=AFTER).decision
    assert (at_end.action, at_end.rule) == ("stop", 3)
    slight = data((2000, 2010), (1000, 1110), 10_000)
    tight = REFUNDS | {"margin": 0.01}
    guarded = plan(metrics=[PRIMARY, tight], **DATES)
    early = evaluate(slight, guarded, today=DURING)
    [refund] = [effect for effect in early.effects if effect.metric == "refund"]
    boundary = 2 * float(special.ndtr(-early.sequential[-1].critical))
    assert boundary < refund.pvalue < 0.05  # significant at the end, not at this look
    assert (early.decision.action, early.decision.rule) == ("hold", 2)


def test_regret_is_of_the_action_taken_shipping_or_not(plan: Plan) -> None:
    worth = {"money_metric": "bought", "monthly_units": 1000.0, "metrics": [PRIMARY]}
    shipped = evaluate(data((2000, 2300)), plan(**worth), today=AFTER).decision
    assert (shipped.action, shipped.money is not None) == ("ship", True)
    left = evaluate(data((2000, 2010)), plan(**worth), today=AFTER).decision
    assert left.action != "ship"
    for decision, sign in ((shipped, 1), (left, -1)):
        money = decision.money
        assert money is not None
        se = (money.high - money.low) / 2 / special.ndtri(0.975)
        assert money.regret == pytest.approx(expected_loss(sign * money.mid, se), rel=1e-2)


def decided(
    plan: Plan, *effects: Effect, metrics: list[dict[str, Any]], **changes: Any
) -> Decision:
    """Decide on exact effects after the end, without checks."""
    here = plan(metrics=metrics, **changes)
    return decide(here, standing(here, effects))


Y = {"name": "y", "role": "primary"}


@pytest.mark.parametrize(
    ("low", "high", "rule"),
    [(-0.049, 0.049, 6), (-0.05, 0.049, 7), (-0.049, 0.05, 7)],
)
def test_an_effect_is_ruled_out_where_its_interval_lies_strictly_within_the_mde(
    plan: Plan, low: float, high: float, rule: int
) -> None:
    one = effect(lift_ci_lower=low, lift_ci_upper=high, pvalue=0.9, pvalue_adjusted=0.9)
    assert decided(plan, one, metrics=[Y], mde=0.05).rule == rule


@pytest.mark.parametrize(
    ("p", "difference", "action"),
    [
        (0.0499, 1.0, "ship"),
        (0.0501, 1.0, "iterate"),
        (0.0499, -1.0, "stop"),
        (0.0501, -1.0, "iterate"),
    ],
)
def test_benefit_and_harm_need_a_p_value_below_that_of_the_look(
    plan: Plan, p: float, difference: float, action: str
) -> None:
    one = effect(difference=difference, pvalue=p, pvalue_adjusted=p)
    assert decided(plan, one, metrics=[Y], spending="none").action == action


def test_a_lower_cost_ships_where_lower_is_better(plan: Plan) -> None:
    one = effect(difference=-1.0, ci_lower=-1.9, ci_upper=-0.1, pvalue=0.01, pvalue_adjusted=0.01)
    assert decided(plan, one, metrics=[Y | {"better": "lower"}]).action == "ship"
    assert decided(plan, one, metrics=[Y]).action == "stop"


def test_more_units_are_asked_for_by_the_guardrail_that_needs_most(plan: Plan) -> None:
    good = effect(pvalue=0.001, pvalue_adjusted=0.001)
    loose = effect(metric="g", treatment=10.0, difference=0.0, pvalue=0.9)
    metrics = [Y, {"name": "g", "role": "guardrail", "margin": 0.02}]
    found = decided(plan, good, loose, metrics=metrics)
    assert (found.action, found.rule) == ("hold", 5)
    here = plan(metrics=metrics)
    assert f"{units_for_margin(here, here.metrics[1], loose):,}" in found.next_step["en"]


def test_days_left_are_those_to_the_planned_end_and_never_below_nothing(plan: Plan) -> None:
    frame, here = data((2000, 2060)), plan(metrics=[PRIMARY], **DATES)
    days = [evaluate(frame, here, today=day).decision.days_left for day in (DURING, AFTER, None)]
    assert days == [7, 0, 0]
    assert evaluate(frame, plan(metrics=[PRIMARY])).decision.days_left is None


def test_a_secondary_metric_is_told_only_below_alpha(plan: Plan) -> None:
    metrics = [Y, {"name": "s"}]
    for p, told in ((0.0499, True), (0.05, False)):
        other = effect(metric="s", pvalue=p, pvalue_adjusted=p)
        found = decided(plan, effect(), other, metrics=metrics)
        assert any("secondary" in reason["en"] for reason in found.reasons) == told


def test_a_stop_by_the_parts_of_the_sample_is_told_after_that_of_the_whole(plan: Plan) -> None:
    here = plan()
    made = [
        check(name, key, value=0, p="= 0", level="x", column="c", counts="a 1", subject="")
        for name, key in (("srm_part", "srm_part_stop"), ("srm", "srm_stop"))
    ]
    found = decide(here, standing(here, [effect()], made))
    assert (found.action, found.rule) == ("invalid", 1)
    assert list(found.reasons[:2]) == [made[1].text, made[0].text]


def test_an_arm_without_an_estimate_never_leads(plan: Plan) -> None:
    lost = effect(arm="c", difference=math.nan, pvalue=math.nan, pvalue_adjusted=math.nan)
    low = effect(difference=-0.1, pvalue=0.9, pvalue_adjusted=0.9)
    arms = {"a": 0.4, "b": 0.3, "c": 0.3}
    assert decided(plan, low, lost, metrics=[Y], arms=arms).arm == "b"


def test_a_guardrail_that_nobody_touched_holds_up_nothing(plan: Plan) -> None:
    """No refund in either arm: no harm is possible, and no eternal hold follows."""
    frame = data((2000, 2300), refund=(0, 0))
    for margin in (0.1, None):
        metrics = [PRIMARY, REFUNDS | {"margin": margin}]
        assert evaluate(frame, plan(metrics=metrics)).decision.action == "ship"
    absolute = REFUNDS | {"margin": None, "margin_abs": 0.001}
    assert evaluate(frame, plan(metrics=[PRIMARY, absolute])).decision.action == "ship"
    tight = REFUNDS | {"margin": None, "margin_abs": 0.0001}
    assert evaluate(frame, plan(metrics=[PRIMARY, tight])).decision.rule == 5


def test_a_day_before_the_end_no_secondary_metric_is_told(plan: Plan) -> None:
    metrics = [PRIMARY, {"name": "refund", "kind": "rate"}]
    frame = data((20000, 22000), (10000, 13000), 100_000)
    for today, told in ((date(2026, 9, 13), False), (date(2026, 9, 14), True)):
        found = evaluate(frame, plan(metrics=metrics, **DATES), today=today).decision
        assert any("secondary" in reason["en"] for reason in found.reasons) == told


@pytest.mark.parametrize(("needed", "action"), [(101, "hold"), (100, "iterate"), (None, "iterate")])
def test_an_open_test_goes_on_while_it_needs_more_units_than_it_has(
    plan: Plan, needed: int | None, action: str
) -> None:
    here = plan(metrics=[Y])
    one = effect(pvalue=0.9, pvalue_adjusted=0.9)
    able = replace(strength(here, one, 14), units=100, units_needed=needed)
    found = decide(here, standing(here, [one], strengths=[able]))
    assert (found.action, found.rule) == (action, 7)
    assert found.reasons[-1]["en"].count(f"{able.detectable_lift:.1%}") == 1


def test_an_arm_that_harms_two_metrics_is_switched_off_for_the_first(plan: Plan) -> None:
    metrics = [Y, {"name": "g", "role": "guardrail"}]
    arms = {"a": 0.4, "b": 0.3, "c": 0.3}
    worse = {"difference": -1.0, "ci_lower": -1.9, "ci_upper": -0.1, "pvalue": 1e-4}
    effects = [
        effect(pvalue=1e-4, pvalue_adjusted=1e-4),
        effect(arm="c", pvalue_adjusted=1e-4, **worse),
        effect(metric="g", pvalue=0.9),
        effect(metric="g", arm="c", pvalue_adjusted=1e-4, **worse),
    ]
    found = decided(plan, *effects, metrics=metrics, arms=arms)
    assert (found.action, found.arm) == ("ship", "b")
    off = [one["en"] for one in found.reasons if "switched off" in one["en"]]
    assert len(off) == 1
    assert "c should be switched off: Guardrail g got worse" in off[0]


def test_a_win_says_whether_any_guardrail_stood_beside_it(plan: Plan) -> None:
    good = effect(pvalue=0.001, pvalue_adjusted=0.001)
    held = effect(metric="g", pvalue=0.9)
    alone = decided(plan, good, metrics=[Y])
    beside = decided(
        plan, good, held, metrics=[Y, {"name": "g", "role": "guardrail", "margin": 0.1}]
    )
    assert alone.reasons[1] == sentences.say("no_guardrails")
    assert beside.reasons[1] == sentences.say("guardrails_hold")


def test_only_a_changed_plan_and_too_many_looks_are_remarked(plan: Plan) -> None:
    here, one = plan(metrics=[Y]), effect()
    made = [
        check("plan", "plan_ok", value=0, hash="x"),
        check("weeks", "weeks_watch", value=8, days=8),
        check("plan", "plan_watch", value=1, fields="alpha"),
    ]
    reasons = decide(here, standing(here, [one], made)).reasons
    assert [check.text in reasons for check in made] == [False, False, True]


def test_a_one_sided_test_ships_earlier_and_stops_nothing_that_is_worse(plan: Plan) -> None:
    frame = data((1000, 1075), units=10_000)
    worse = data((1000, 800), units=10_000)
    two, one = (plan(metrics=[PRIMARY], alternative=each) for each in ("two-sided", "better"))
    assert [evaluate(frame, each).decision.action for each in (two, one)] == ["iterate", "ship"]
    assert [evaluate(worse, each).decision.action for each in (two, one)] == ["stop", "iterate"]
    assert "(90% interval +0." in evaluate(frame, one).decision.reasons[0]["en"]


def test_money_of_an_early_stop_is_less_the_luck_of_it(plan: Plan) -> None:
    """Only a ship owes its estimate to the stop: harm is told as it was seen."""
    worth = {"value_per_conversion": 50.0, "monthly_units": 1000.0, "metrics": [PRIMARY]}
    frame = data((2000, 2200), units=10_000)
    early, late = (
        evaluate(frame, plan(**worth, **DATES), today=day).decision for day in (DURING, AFTER)
    )
    assert (early.action, late.action) == ("ship", "ship")
    assert early.early is not None
    assert late.early is None
    assert early.money is not None
    assert late.money is not None
    assert early.money.mid == pytest.approx(early.early.keep * late.money.mid)
    assert 0.5 < early.early.keep < 0.99
    harmful = evaluate(data((2000, 1600)), plan(**worth, **DATES), today=DURING).decision
    assert (harmful.action, harmful.early) == ("stop", None)
