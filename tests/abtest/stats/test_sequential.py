"""Looks at a running test: rpact's boundaries, scipy's integrals, simulated walks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.abtest.stats import sequential
from playbook.abtest.stats.sequential import always_critical, boundaries


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


def test_always_valid_limits_hold_at_every_moment() -> None:
    units = np.arange(100, 3001)
    limits = np.array([always_critical(int(n), tune_units=1000) for n in units])
    paths = np.random.default_rng(8).normal(size=(2000, 3000)).cumsum(axis=1)[:, 99:] / np.sqrt(
        units
    )
    assert (np.abs(paths) > limits).any(axis=1).mean() < 0.05
    assert (np.abs(paths) > 1.96).any(axis=1).mean() > 0.3
