"""False alarms and coverage over many simulated tests.

`make bench` runs the same with thousands.
"""

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

BENCHMARK = Path(__file__).parents[3] / "benchmarks" / "abtest_aa.py"
aa = SimpleNamespace(**runpy.run_path(str(BENCHMARK)))
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
