"""Planned tests that are simulated user by user and decided by `evaluate`, to count what is shipped."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from playbook.abtest import evaluate
from playbook.abtest.planning.asked import planned_design
from playbook.abtest.planning.design import Level
from playbook.abtest.planning.sizing import Size, size
from playbook.params.experiment import ExperimentPlan

Columns = dict[str, np.ndarray[Any, Any]]
Draw = Callable[[np.random.Generator, int, float], Columns]
"""Draws the units of an arm: generator, number, relative effect on the first metric."""

START = date(2026, 3, 2)
DAYS = 20


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A plan, the true levels of its metrics, and how units come about."""

    plan: Mapping[str, Any]
    levels: Mapping[str, Level]
    lift: float
    draw: Draw
    correlations: tuple[tuple[float, ...], ...] = ()

    @cached_property
    def written(self) -> ExperimentPlan:
        return ExperimentPlan.model_validate(
            {"id": "simulated", "variant": "arm", "mde": abs(self.lift), **self.plan}
        )

    @cached_property
    def size(self) -> Size:
        return size(planned_design(self.written, self.levels, self.correlations), self.lift)


def rate(p: float) -> Level:
    return Level(kind="rate", baseline=p, variance=p * (1 - p))


def converted(rng: np.random.Generator, n: int, lift: float) -> Columns:
    return {"converted": (rng.random(n) < 0.2 * (1 + lift)).astype(float)}


def revenue(rng: np.random.Generator, n: int, lift: float) -> Columns:
    """Mean 10, standard deviation 10, correlated 0.6 with what was spent before."""
    before = rng.normal(size=n)
    own = 0.6 * before + 0.8 * rng.normal(size=n)
    return {"revenue": 10 * (1 + lift) + 10 * own, "revenue_before": 5 + 3 * before}


def orders(rng: np.random.Generator, n: int, lift: float) -> Columns:
    """Money per order 20, with 1 to 5 orders a unit; its level differs between units."""
    count = rng.integers(1, 6, size=n).astype(float)
    worth = 20 + 6 * rng.normal(size=n)
    return {"money": count * (worth + 20 * lift), "orders": count}


ORDERS_VARIANCE = 36 * (9 + 2) / 9
"""Of money − 20 × orders, over the squared mean of orders: 36 × E[count²] / 3²."""


def guarded(rng: np.random.Generator, n: int, lift: float) -> Columns:
    """A rate, with a mean that hangs together with it and a rate of complaints that does not."""
    sold = (rng.random(n) < 0.2 * (1 + lift)).astype(float)
    base = (rng.random(n) < 0.2).astype(float)
    pages = 10 + 4 * (0.5 * (base - 0.2) / 0.4 + math.sqrt(0.75) * rng.normal(size=n))
    return {
        "converted": sold,
        "pages": pages,
        "complained": (rng.random(n) < 0.1).astype(float),
    }


def shops(rng: np.random.Generator, n: int, lift: float) -> Columns:
    """Ten customers a shop, who resemble each other; shops are what is assigned."""
    shop = np.repeat(np.arange(n), 10)
    level = 50 * (1 + lift) + 5 * rng.normal(size=n)[shop]
    return {"shop": shop, "basket": level + 10 * rng.normal(size=10 * n)}


def related(rng: np.random.Generator, n: int, lift: float) -> Columns:
    """Two means of 10 with a deviation of 10, correlated 0.8; the first has the effect."""
    first = rng.normal(size=n)
    second = 0.8 * first + 0.6 * rng.normal(size=n)
    return {"revenue": 10 * (1 + lift) + 10 * first, "visits": 10 + 10 * second}


SHOPS_VARIANCE = 5**2 + 10**2 / 10
"""Of the mean of a shop's ten customers."""

EQUAL = {"old": 0.5, "new": 0.5}
RATE = [{"name": "converted", "kind": "rate", "role": "primary"}]
SCENARIOS: dict[str, Scenario] = {
    "a rate in two arms": Scenario(
        plan={"arms": EQUAL, "metrics": RATE},
        levels={"converted": rate(0.2)},
        lift=0.2,
        draw=converted,
    ),
    "three arms with Dunnett": Scenario(
        plan={"arms": {"old": 0.4, "new": 0.3, "other": 0.3}, "metrics": RATE},
        levels={"converted": rate(0.2)},
        lift=0.2,
        draw=converted,
    ),
    "shares of 10 and 90": Scenario(
        plan={"arms": {"old": 0.1, "new": 0.9}, "metrics": RATE},
        levels={"converted": rate(0.2)},
        lift=0.3,
        draw=converted,
    ),
    "a mean with CUPED": Scenario(
        plan={
            "arms": EQUAL,
            "metrics": [{"name": "revenue", "role": "primary", "covariates": ["revenue_before"]}],
        },
        levels={"revenue": Level(kind="mean", baseline=10.0, variance=100.0, variance_cut=0.36)},
        lift=0.15,
        draw=revenue,
    ),
    "a ratio": Scenario(
        plan={
            "arms": EQUAL,
            "metrics": [
                {
                    "name": "money/orders",
                    "kind": "ratio",
                    "role": "primary",
                    "numerator": "money",
                    "denominator": "orders",
                }
            ],
        },
        levels={"money/orders": Level(kind="ratio", baseline=20.0, variance=ORDERS_VARIANCE)},
        lift=0.04,
        draw=orders,
    ),
    "two guardrails": Scenario(
        plan={
            "arms": EQUAL,
            "metrics": [
                *RATE,
                {"name": "pages", "role": "guardrail", "margin": 0.04},
                {
                    "name": "complained",
                    "kind": "rate",
                    "role": "guardrail",
                    "better": "lower",
                    "margin": 0.3,
                },
            ],
        },
        levels={
            "converted": rate(0.2),
            "pages": Level(kind="mean", baseline=10.0, variance=16.0),
            "complained": rate(0.1),
        },
        lift=0.2,
        draw=guarded,
    ),
    "four looks": Scenario(
        plan={
            "arms": EQUAL,
            "metrics": RATE,
            "date_column": "day",
            "start": START,
            "end": START + timedelta(days=DAYS - 1),
            "looks": [START + timedelta(days=day - 1) for day in (5, 10, 15)],
        },
        levels={"converted": rate(0.2)},
        lift=0.2,
        draw=converted,
    ),
    "three arms, a guardrail and three looks": Scenario(
        plan={
            "arms": {"old": 0.4, "new": 0.3, "other": 0.3},
            "metrics": [
                *RATE,
                {"name": "pages", "role": "guardrail", "margin": 0.04},
            ],
            "date_column": "day",
            "start": START,
            "end": START + timedelta(days=DAYS - 1),
            "looks": [START + timedelta(days=day - 1) for day in (8, 14)],
            "spending": "pocock",
        },
        levels={
            "converted": rate(0.2),
            "pages": Level(kind="mean", baseline=10.0, variance=16.0),
        },
        lift=0.2,
        draw=guarded,
    ),
    "few clusters": Scenario(
        plan={
            "arms": EQUAL,
            "cluster": "shop",
            "metrics": [{"name": "basket", "role": "primary"}],
        },
        levels={"basket": Level(kind="mean", baseline=50.0, variance=SHOPS_VARIANCE, by_sums=True)},
        lift=0.12,
        draw=shops,
    ),
    "a guardrail that goes with the primary metric": Scenario(
        plan={
            "arms": EQUAL,
            "metrics": [
                {"name": "revenue", "role": "primary"},
                {"name": "visits", "role": "guardrail", "margin": 0.15},
            ],
        },
        levels=dict.fromkeys(
            ("revenue", "visits"), Level(kind="mean", baseline=10.0, variance=100.0)
        ),
        correlations=((1.0, 0.8), (0.8, 1.0)),
        lift=0.15,
        draw=related,
    ),
}


def shipped(scenario: Scenario, seed: int) -> bool:
    """Whether one simulated test ends in "ship" for the arm that has the effect, at some look."""
    plan, units = scenario.written, scenario.size.units
    rng = np.random.default_rng(seed)
    parts = []
    for arm, count in units.items():
        columns = scenario.draw(rng, count, scenario.lift if arm == "new" else 0.0)
        frame = pd.DataFrame(columns)
        frame["arm"] = arm
        if "shop" in columns:
            frame["shop"] = arm + frame["shop"].astype(str)
        frame["day"] = pd.Timestamp(START) + pd.to_timedelta(
            np.arange(len(frame)) * DAYS // len(frame), unit="D"
        )
        parts.append(frame)
    data = pd.concat(parts, ignore_index=True)
    days = [*plan.looks, plan.end]
    for place, day in enumerate(days):
        seen = data if day is None else data[data["day"] <= pd.Timestamp(day)]
        decision = evaluate(seen, plan, today=day, looks_taken=days[:place]).decision
        if decision.action != "hold" or day == plan.end:
            return decision.action == "ship" and decision.arm == "new"
    return False


def share_shipped(name: str, tests: int) -> float:
    """Return the share of simulated tests that are shipped."""
    return sum(shipped(SCENARIOS[name], seed) for seed in range(tests)) / tests
