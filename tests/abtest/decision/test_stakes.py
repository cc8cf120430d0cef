"""What a test can see and what a wrong decision costs, worked by hand."""

import math
from collections.abc import Callable
from datetime import date

import numpy as np
import pytest

from playbook.abtest import evaluate
from playbook.abtest.decision.stakes import (
    expected_loss,
)
from playbook.params.experiment import ExperimentPlan
from tests.abtest.decision.counts import data

Plan = Callable[..., ExperimentPlan]

PRIMARY = {"name": "bought", "kind": "rate", "role": "primary"}
DATES = {"start": "2026-09-01", "end": "2026-09-14", "looks": ["2026-09-07"]}
AFTER = date(2026, 9, 15)


def test_money_follows_the_effect(plan: Plan) -> None:
    here = plan(metrics=[PRIMARY], value_per_conversion=50.0, monthly_units=100_000)
    result = evaluate(data((2000, 2200)), here)
    money = result.decision.money
    assert money is not None
    assert money.mid == pytest.approx(0.02 * 50 * 100_000)
    assert money.low == pytest.approx(result.effects[0].ci_lower * 5e6)
    assert 0 < money.regret < 100


def test_money_is_not_made_up(plan: Plan) -> None:
    assert evaluate(data((2000, 2200)), plan(metrics=[PRIMARY])).decision.money is None


def test_expected_loss_is_that_of_a_normal_gain() -> None:
    generator = np.random.default_rng(5)
    draws = generator.normal(1.0, 2.0, 1_000_000)
    assert expected_loss(1.0, 2.0) == pytest.approx(np.maximum(0, -draws).mean(), rel=0.01)
    assert expected_loss(-3.0, 0.0) == 3.0


def test_power_says_what_could_have_been_seen(plan: Plan) -> None:
    power = evaluate(
        data((2000, 2050)), plan(metrics=[PRIMARY], mde=0.05, **DATES), today=AFTER
    ).power[0]
    se = math.sqrt(0.2 * 0.8 / 10_000 + 0.205 * 0.795 / 10_000)
    assert power.detectable_lift == pytest.approx(2.8016 * se / 0.2, rel=1e-4)
    assert power.units_needed == math.ceil(10_000 * (power.detectable_lift / 0.05) ** 2)
    assert power.days_needed == math.ceil(14 * power.units_needed / 10_000)
