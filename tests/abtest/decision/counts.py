"""Tests given as exact counts, and effects given as exact numbers."""

import math
from typing import Any

import numpy as np
import pandas as pd

from playbook.abtest.stats.effects import Effect, Step


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
