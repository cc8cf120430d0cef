"""Tests given as exact counts, and effects given as exact numbers."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from playbook.abtest.decision.calendar import Calendar
from playbook.abtest.decision.case import Standing
from playbook.abtest.decision.checks import Check
from playbook.abtest.decision.corrections import LookLevel, claim_levels
from playbook.abtest.decision.looks import Look
from playbook.abtest.decision.stakes import Strength, strength
from playbook.abtest.stats.effects import Effect, Step
from playbook.params.experiment import ExperimentPlan

OVER = Calendar(day=None, basis="data", end=None, days_left=0, days_since=0)
ONE_LOOK = LookLevel(nominal=lambda alpha: alpha, is_sequential=False)


def data(
    bought: tuple[int, int], refund: tuple[int, int] = (1000, 1000), units: int = 10_000
) -> pd.DataFrame:
    """Exact counts: of `units` in each arm so many bought and so many refunded."""
    place = np.arange(units)
    parts = [
        pd.DataFrame({"arm": arm, "bought": place < bought[i], "refund": place[::-1] < refund[i]})
        for i, arm in enumerate("ab")
    ]
    return pd.concat(parts)


def effect(**changes: Any) -> Effect:
    """A rise from 10 to 11 with a standard error of 0.5; keywords replace its numbers."""
    numbers: dict[str, Any] = {
        "metric": "y",
        "arm": "b",
        "control": 10.0,
        "treatment": 11.0,
        "difference": 1.0,
        "ci_lower": 0.02,
        "ci_upper": 1.98,
        "pvalue": 0.04,
        "lift": 0.1,
        "lift_ci_lower": 0.002,
        "lift_ci_upper": 0.198,
        "se": 0.5,
        "se_control": 0.3,
        "statistic": 2.0,
        "df": math.inf,
        "n_control": 100,
        "n_treatment": 120,
        "pvalue_adjusted": 0.04,
        "method": (Step("welch_t"),),
    }
    return Effect(**(numbers | changes))


def standing(
    plan: ExperimentPlan,
    effects: Sequence[Effect],
    checks: Sequence[Check] = (),
    strengths: Sequence[Strength] | None = None,
    look: LookLevel = ONE_LOOK,
    calendar: Calendar = OVER,
) -> Standing:
    """Where a test stands after its only look, with exact effects."""
    primary = [each for each in effects if each.metric == plan.primary.name]
    able = [strength(plan, each, 14) for each in primary] if strengths is None else strengths
    return Standing(
        checks=checks,
        effects=effects,
        levels=claim_levels(plan, effects, look),
        looks=[Look(number=1, day=None, time=1.0, critical=1.96)],
        strengths=able,
        calendar=calendar,
    )
