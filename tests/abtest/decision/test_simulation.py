"""False alarms and coverage over many simulated tests.

`make bench` runs the same with thousands.
"""

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"
aa = SimpleNamespace(**runpy.run_path(str(BENCHMARKS / "abtest_aa.py")))
verdicts = SimpleNamespace(**runpy.run_path(str(BENCHMARKS / "abtest_verdicts.py")))
TESTS = 400


@pytest.fixture(scope="module")
def alarms() -> dict[str, float]:
    return aa.false_alarms(TESTS)


@pytest.fixture(scope="module")
def coverage() -> dict[str, float]:
    return aa.coverage(TESTS)


@pytest.mark.parametrize("metric", ["rate", "mean", "ratio", "cuped mean", "cuped ratio"])
def test_false_alarms_are_as_frequent_as_alpha(metric: str, alarms: dict[str, float]) -> None:
    assert alarms[metric] == pytest.approx(0.05, abs=aa.tolerance(TESTS, 0.05))


@pytest.mark.parametrize("metric", ["rate", "mean", "ratio", "cuped mean", "cuped ratio"])
def test_intervals_of_the_lift_hold_the_truth(metric: str, coverage: dict[str, float]) -> None:
    assert coverage[metric] == pytest.approx(0.95, abs=aa.tolerance(TESTS, 0.95))


def test_planned_looks_keep_alpha_and_naive_ones_do_not() -> None:
    found = aa.false_alarms_over_looks(1000)
    assert found["obf"] == pytest.approx(0.05, abs=aa.tolerance(1000, 0.05))
    assert found["naive"] > 0.10


SAMPLED = {
    "shops assigned, dates and segments": 80,
    "revenue of web, app and business": 150,
    "four arms, four guardrails, four looks": 40,
    "one-sided, four guardrails, four looks": 50,
}
"""Rows of the benchmark that the suite runs, with the number of tests of each."""


@pytest.mark.parametrize("name", SAMPLED)
def test_where_nothing_differs_hardly_any_test_is_shipped_stopped_or_invalid(name: str) -> None:
    tests = SAMPLED[name]
    counts = verdicts.verdicts(verdicts.A_A[name], tests, seed=7_000_000, workers=1)
    assert verdicts.within(counts["ship"] + counts["stop"], tests, 0.05)
    assert verdicts.within(counts["invalid"], tests, 0.002)
    assert sum(counts.values()) == tests


def test_a_larger_effect_is_shipped() -> None:
    """So that the rows above are not calm because nothing is ever claimed."""
    from dataclasses import replace

    row = replace(verdicts.A_A["four guardrails, four looks"], lift=0.4, units=12_000)
    counts = verdicts.verdicts(row, 12, workers=1)
    assert counts["ship"] >= 9
