"""Whole verdicts by the thousand: what the card promises, counted.

Run `python benchmarks/abtest_verdicts.py [TESTS]` (2,000 a row where left out; an hour on two
cores). Each simulated test is evaluated as a user would: rows, plan, looks on their days, until it
is shipped, stopped or over. Nothing differs in the rows of A/A tests: of them at most 5 % may be
shipped or stopped, and at most 0.2 % be called invalid. With the planned effect the share that is
shipped is the planned power. The suite runs a sample of the rows with fewer tests.
"""

import datetime as dt
import math
import sys
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from typing import Any

import numpy as np
import pandas as pd

from playbook.abtest import evaluate
from playbook.params.experiment import ExperimentPlan

START = dt.date(2026, 9, 1)
DAYS = 28
CLOCK = dt.date(2026, 11, 1)
GUARDRAILS = [
    {"name": "refund", "kind": "rate", "role": "guardrail", "better": "lower", "margin": 0.5},
    {"name": "visits", "role": "guardrail"},
    {"name": "errors", "kind": "rate", "role": "guardrail", "better": "lower"},
    {"name": "spend", "role": "guardrail", "margin_abs": 20.0},
]
SALES = [{"name": "bought", "kind": "rate", "role": "primary"}]
MONEY = [{"name": "revenue", "role": "primary"}]


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One kind of test.

    Attributes:
        arms: Number of arms, the control included.
        units: Of all arms.
        metrics: Of the plan.
        looks: Number of looks, the last at the end.
        spending: Of alpha over the looks.
        rate: Of the control.
        lift: True lift of every treatment.
        options: More keys of the plan.
        is_ramped: Whether traffic grows from day to day.
        is_clustered: Whether shops are assigned, not users.
    """

    arms: int = 2
    units: int = 2000
    metrics: list[dict[str, Any]] = field(default_factory=lambda: SALES)
    looks: int = 1
    spending: str = "obf"
    rate: float = 0.2
    lift: float = 0.0
    options: Mapping[str, Any] = field(default_factory=dict)
    is_ramped: bool = False
    is_clustered: bool = False


SEGMENTS = {"segments": ["device", "country"]}
A_A: Mapping[str, Row] = {
    "rate, one look": Row(options=SEGMENTS),
    "rate of 1 %, segments": Row(units=6000, rate=0.01, options=SEGMENTS),
    "rate of 40 %, segments": Row(rate=0.4, options=SEGMENTS),
    "revenue of web, app and business": Row(metrics=MONEY, options={"segments": ["customer"]}),
    "shops assigned, dates and segments": Row(
        is_clustered=True, options={"cluster": "shop", "segments": ["device"]}
    ),
    "four guardrails": Row(metrics=[*SALES, *GUARDRAILS]),
    "four guardrails, four looks": Row(metrics=[*SALES, *GUARDRAILS], looks=4, is_ramped=True),
    "four looks, pocock, segments": Row(
        looks=4, spending="pocock", is_ramped=True, options=SEGMENTS
    ),
    "three arms, four guardrails": Row(arms=3, units=3000, metrics=[*SALES, *GUARDRAILS]),
    "four arms, four guardrails, four looks": Row(
        arms=4, units=4000, metrics=[*SALES, *GUARDRAILS], looks=4, is_ramped=True
    ),
    "one-sided, four guardrails, four looks": Row(
        metrics=[*SALES, *GUARDRAILS],
        looks=4,
        is_ramped=True,
        options={"alternative": "better"},
    ),
    "28 looks, pocock, ramp-up": Row(looks=28, spending="pocock", is_ramped=True),
}


def planned(row: Row) -> ExperimentPlan:
    """Plan a test of a kind."""
    names = ["control", *[f"new {place}" for place in range(1, row.arms)]]
    return ExperimentPlan.model_validate(
        {
            "id": "simulated",
            "variant": "arm",
            "unit": "user",
            "date_column": "day",
            "arms": dict.fromkeys(names, 1 / row.arms),
            "metrics": row.metrics,
            "start": START.isoformat(),
            "end": (START + dt.timedelta(days=DAYS - 1)).isoformat(),
            "looks": [day.isoformat() for day in look_days(row)[:-1]],
            "spending": row.spending,
        }
        | dict(row.options)
    )


def look_days(row: Row) -> list[dt.date]:
    """Return the days of the looks, evenly spread, the last at the end."""
    ends = [round(DAYS * (place + 1) / row.looks) for place in range(row.looks)]
    return [START + dt.timedelta(days=end - 1) for end in ends]


def simulated(row: Row, seed: int) -> pd.DataFrame:
    """Draw the users of one test."""
    draw = np.random.default_rng(seed)
    n = row.units
    shop = draw.integers(0, 40, n)
    shops = draw.permutation(np.arange(40) % row.arms)
    arm = shops[shop] if row.is_clustered else draw.integers(0, row.arms, n)
    taste = draw.normal(0, 0.3, 40)[shop] if row.is_clustered else np.zeros(n)
    weight = np.arange(6, DAYS + 6) if row.is_ramped else np.ones(DAYS)
    day = draw.choice(DAYS, n, p=weight / weight.sum())
    customer = draw.choice(3, n, p=[0.7, 0.25, 0.05])
    rate = np.clip(row.rate * (1 + row.lift * (arm > 0)) * np.exp(taste), 0, 1)
    price = np.array([20.0, 35.0, 900.0])[customer]
    names = np.array(["control", *[f"new {place}" for place in range(1, row.arms)]])
    return pd.DataFrame(
        {
            "user": np.arange(n),
            "arm": names[arm],
            "shop": shop,
            "day": np.datetime64(START) + day,
            "device": draw.choice(["phone", "desk"], n),
            "country": draw.choice(["DE", "FR", "MT"], n, p=[0.6, 0.395, 0.005]),
            "customer": np.array(["web", "app", "business"])[customer],
            "bought": draw.random(n) < rate,
            "revenue": price * draw.gamma(0.5, 2.0, n) * (1 + row.lift * (arm > 0)),
            "refund": draw.random(n) < 0.05,
            "visits": draw.poisson(3.0, n),
            "errors": draw.random(n) < 0.02,
            "spend": draw.normal(100, 60, n),
        }
    )


def verdict(row: Row, seed: int) -> str:
    """Look at one test on its days until it is decided, and return how it ended."""
    plan, data = planned(row), simulated(row, seed)
    taken: list[dt.date] = []
    action = "hold"
    for day in look_days(row):
        decision = evaluate(data, plan, looks_taken=taken, today=day, clock=CLOCK).decision
        action = str(decision.action)
        if action in ("ship", "stop", "invalid"):
            break
        taken.append(day)
    return action


def verdicts(row: Row, tests: int, seed: int = 0, workers: int = 2) -> Counter[str]:
    """Count how so many tests of a kind end."""
    seeds = range(seed, seed + tests)
    if workers < 2:
        return Counter(map(partial(verdict, row), seeds))
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        return Counter(pool.map(partial(verdict, row), seeds, chunksize=20))


def within(count: int, tests: int, most: float) -> bool:
    """Tell whether a share may well be at most so much: within three standard errors."""
    return count / tests <= most + 3 * math.sqrt(most * (1 - most) / tests)


def main(tests: int) -> None:
    """Print how often each kind of A/A test is shipped or stopped, and called invalid."""
    print(f"{'A/A tests':44} {'ship':>7} {'stop':>7} {'both':>7} {'invalid':>8}   of {tests:,}")
    for place, (name, row) in enumerate(A_A.items()):
        counts = verdicts(row, tests, seed=1_000_000 * place)
        wrong = counts["ship"] + counts["stop"]
        sound = within(wrong, tests, 0.05) and within(counts["invalid"], tests, 0.002)
        shares = [counts[key] / tests for key in ("ship", "stop")]
        print(
            f"{name:44} {shares[0]:7.2%} {shares[1]:7.2%} {wrong / tests:7.2%} "
            f"{counts['invalid'] / tests:8.2%}   {'within' if sound else 'OUTSIDE'}",
            flush=True,
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 2000)
