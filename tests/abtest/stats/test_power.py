import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.abtest import (
    AdHoc,
    boundaries,
    days_needed,
    detectable_lift,
    quick_plan,
    reach,
    sample_size,
)
from playbook.abtest.decision import stakes
from playbook.abtest.stats import bayes, sequential
from playbook.abtest.stats.multiplicity import adjust, dunnett
from playbook.errors import PlaybookError


def test_detectable_lift_is_the_other_way_round() -> None:
    size = sample_size(baseline=0.1, lift=0.1)
    assert detectable_lift(size.per_arm, baseline=0.1) == pytest.approx(0.1, rel=1e-6)
    assert size.formula == "two rates, pooled variance under the null (R power.prop.test)"


def test_a_covariate_saves_the_square_of_its_correlation() -> None:
    plain, narrowed = (
        sample_size(baseline=50, lift=0.02, sd=80, correlation=rho).per_arm for rho in (0.0, 0.6)
    )
    assert narrowed == pytest.approx(0.64 * plain)


def test_days_are_full_weeks() -> None:
    size = sample_size(baseline=0.1, lift=0.1)
    assert days_needed(size, daily_units=2500) == 14
    with pytest.raises(ValueError, match="daily_units == 0"):
        days_needed(size, daily_units=0)


def test_weeks_that_one_can_afford_show_less_the_fewer_they_are() -> None:
    size = sample_size(baseline=48, sd=80, lift=0.03, arms=3)
    found = reach(3 * size.per_arm / 14, baseline=48, sd=80, arms=3, correlation=0.6, weeks=(1, 2))
    assert [each.days for each in found] == [7, 14]
    assert found[1].lift == pytest.approx(0.03, rel=1e-4)  # whole units
    assert found[0].lift == pytest.approx(0.03 * math.sqrt(2), rel=1e-4)
    assert found[1].lift_narrowed == pytest.approx(0.03 * 0.8, rel=1e-4)


@pytest.mark.parametrize(
    ("mistake", "rule"),
    [
        ({"lift": 0.0}, "must not be 0"),
        ({"lift": 20.0}, "must be above 0 and below 1"),
        ({"lift": 0.1, "formula": "t"}, "formula == 't'"),
        ({"lift": 0.1, "correlation": 1.0}, "correlation == 1.0"),
        ({"lift": 0.1, "sd": -5.0}, "sd == -5.0"),
        ({"lift": 0.1, "power": 1.2}, "power == 1.2"),
        ({"lift": 0.1, "alpha": 0.0}, "alpha == 0.0"),
        ({"lift": 0.1, "arms": 1}, "arms == 1"),
    ],
)
def test_mistakes_of_the_caller(mistake: dict[str, float], rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        sample_size(baseline=0.1, **mistake)


@pytest.mark.parametrize(
    ("call", "rule"),
    [
        (lambda: detectable_lift(1000, baseline=0.0), "baseline == 0.0"),
        (lambda: detectable_lift(0, baseline=0.1), "units == 0"),
        (lambda: boundaries([0.5, 1.0], 1.5), "alpha == 1.5"),
        (lambda: boundaries([0.5, 1.0], 0.05, "always"), ("spending == 'always', must be one of")),  # type: ignore[arg-type]
        (lambda: sequential.confidence_sequence(1.0, 0.0, 100), "se == 0.0"),
        (lambda: sequential.peeking_cost(5, 1.0), "alpha == 1.0"),
        (lambda: adjust([0.1, 2.0]), "pvalue == 2"),
        (lambda: adjust([0.1], "sidak"), ("method == 'sidak', must be one of")),  # type: ignore[arg-type]
    ],
)
def test_a_setting_that_does_not_exist_is_named(call: Callable[[], Any], rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        call()


def test_times_may_be_an_array() -> None:
    assert boundaries(np.array([0.5, 1.0])) == boundaries([0.5, 1.0])


@given(st.integers(2, 12), st.sampled_from(["obf", "pocock", "kim-demets"]))
def test_boundaries_spend_just_alpha(count: int, spending: sequential.Spending) -> None:
    times = [(look + 1) / count for look in range(count)]
    assert sequential.crossing(times, boundaries(times, 0.05, spending)) == pytest.approx(
        0.05, rel=1e-6
    )


def test_daily_looks_for_four_weeks() -> None:
    limits = boundaries([day / 28 for day in range(1, 29)])
    assert limits[0] >= 8
    assert limits == sorted(limits, reverse=True)


@pytest.mark.parametrize("times", [[], [0.5, 0.5], [0.8, 0.4], [0.5, 1.2], [0.0, 1.0]])
def test_times_must_rise(times: list[float]) -> None:
    with pytest.raises(ValueError, match="must rise"):
        boundaries(times)


def test_confidence_sequence_is_wider_than_a_single_look() -> None:
    (low, high), p = sequential.confidence_sequence(0.01, 0.004, 40_000)
    assert low < 0.01 - 1.96 * 0.004 < 0.01 + 1.96 * 0.004 < high
    assert p > 0.0124


def test_adjusting_leaves_missing_p_values_out() -> None:
    assert adjust([0.01, math.nan, 0.04], "holm") == pytest.approx(
        [0.02, math.nan, 0.04], nan_ok=True
    )


@given(st.lists(st.floats(0, 5), min_size=2, max_size=6))
def test_dunnett_lies_between_one_test_and_bonferroni(z: list[float]) -> None:
    alone = [math.erfc(value / math.sqrt(2)) for value in z]
    for p, single in zip(dunnett(z, [0.5] * len(z)), alone, strict=True):
        assert single * (1 - 1e-9) <= p <= min(1.0, len(z) * single) * (1 + 1e-9)


def test_best_of_three_means_by_simulation() -> None:
    draws = np.random.default_rng(7).normal([0.0, 0.5, 0.8], [1.0, 1.0, 0.5], (400_000, 3))
    simulated = np.bincount(draws.argmax(axis=1)) / len(draws)
    assert bayes.best_means([(0.0, 1.0), (0.5, 1.0), (0.8, 0.5)]) == pytest.approx(
        simulated, abs=0.004
    )


@pytest.mark.parametrize(
    ("gain", "errors"),
    [(0.0, (1.0, 1.0)), (0.5, (0.02, 1.0)), (3.0, (1.0, 2.0)), (-8.0, (1.0, 1.0))],
)
def test_the_loss_of_one_of_two_arms_is_the_normal_loss_integral(
    gain: float, errors: tuple[float, float]
) -> None:
    found = bayes.losses_of_means([(100.0, errors[0]), (100.0 + gain, errors[1])])
    se = math.hypot(*errors)
    expected = [stakes.expected_loss(-gain, se), stakes.expected_loss(gain, se)]
    assert found == pytest.approx(expected, rel=1e-6, abs=1e-12)


def test_losses_of_three_arms_by_simulation() -> None:
    generator = np.random.default_rng(5)
    drawn = generator.normal([0.0, 0.5, 0.6], [1.0, 0.3, 0.5], (400_000, 3))
    expected = (drawn.max(axis=1, keepdims=True) - drawn).mean(axis=0)
    assert bayes.losses_of_means([(0.0, 1.0), (0.5, 0.3), (0.6, 0.5)]) == pytest.approx(
        expected, abs=5e-3
    )


def test_without_a_plan_arms_come_from_the_data() -> None:
    frame = pd.DataFrame(
        {"g": ["treatment", "control", "treatment"], "y": [1, 0, 1], "n": [1, 2, 3]}
    )
    plan = quick_plan(frame, AdHoc(variant="g", metrics=["y:rate", "y/n:ratio"]))
    assert (plan.control, plan.treatments, plan.primary.name) == ("control", ("treatment",), "y")
    assert plan.metrics[1].denominator == "n"


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ({"metrics": ["y"]}, "must end in :rate, :mean or :ratio"),
        ({"metrics": ["y:median"]}, "must end in :rate, :mean or :ratio"),
        ({"metrics": ["y:rate"], "control": "z"}, "the control is no arm"),
        ({"metrics": ["y:rate"], "variant": "y"}, "holds only the arm '1'"),
        ({"metrics": ["y:rate", "y:mean"]}, "metrics stand twice"),
        ({"metrics": []}, "at least 1 item"),
        ({"metrics": ["y:rate"], "variant": "G"}, "Did you mean 'g'"),
    ],
)
def test_unplanned_tests_that_make_no_sense(given: dict[str, str], rule: str) -> None:
    frame = pd.DataFrame({"g": ["a", "b"], "y": [1, 1]})
    with pytest.raises(PlaybookError, match=rule):
        quick_plan(frame, AdHoc(**({"variant": "g"} | given)))


def test_a_column_of_ids_is_no_arm() -> None:
    with pytest.raises(PlaybookError, match="holds more than 50 different arms"):
        quick_plan(
            pd.DataFrame({"id": range(100_000), "y": 1}), AdHoc(variant="id", metrics=["y:mean"])
        )
