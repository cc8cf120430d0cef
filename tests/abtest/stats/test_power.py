import math
from collections.abc import Callable
from typing import Any

import pytest

from playbook.abtest import (
    boundaries,
    days_needed,
    detectable_lift,
    reach,
    sample_size,
)
from playbook.abtest.stats import sequential
from playbook.abtest.stats.multiplicity import adjust


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
