"""Estimates of an arm, against numpy's moments and a regression by hand."""

import math

import numpy as np
import pytest

from playbook.abtest.stats.estimates import estimates
from playbook.abtest.stats.moments import Block, Measured, Part

GENERATOR = np.random.default_rng(4)
BEFORE = {arm: GENERATOR.gamma(3.0, 2.0, n) for arm, n in (("a", 40), ("b", 50))}
AFTER = {arm: 0.7 * before + GENERATOR.normal(5, 1, before.size) for arm, before in BEFORE.items()}
NARROWED = Measured(outcome=Part(numerator="y"), covariates=(Part(numerator="x"),))
PLAIN = Measured(outcome=Part(numerator="y"))
RATIO = Measured(outcome=Part(numerator="y", denominator="x"))


def block(*columns: np.ndarray, centre: float = 0.0) -> Block:
    """Moments of columns, means counted from a centre."""
    table = np.column_stack(columns)
    apart = table - table.mean(axis=0)
    return Block(
        n=len(table),
        centre=np.full(table.shape[1], centre),
        mean=table.mean(axis=0) - centre,
        cross=apart.T @ apart,
        filled=0,
    )


def test_a_mean_has_the_variance_of_a_mean() -> None:
    found = estimates({arm: block(values, centre=3.0) for arm, values in AFTER.items()}, PLAIN)
    for arm, values in AFTER.items():
        assert found[arm].value == pytest.approx(values.mean())
        assert (found[arm].base, found[arm].level) == (3.0, pytest.approx(values.mean() - 3.0))
        assert found[arm].variance == pytest.approx(values.var(ddof=1) / values.size)
        assert (found[arm].cut, found[arm].n) == (0.0, values.size)


def test_a_covariate_shifts_each_arm_by_theta_times_its_distance_from_the_common_mean() -> None:
    found = estimates({arm: block(AFTER[arm], BEFORE[arm]) for arm in "ab"}, NARROWED)
    x, y = (np.concatenate([side["a"], side["b"]]) for side in (BEFORE, AFTER))
    theta = np.cov(x, y)[0, 1] / x.var(ddof=1)
    for arm in "ab":
        rest = AFTER[arm] - theta * BEFORE[arm]
        assert found[arm].level == pytest.approx(rest.mean() + theta * x.mean())
        assert found[arm].variance == pytest.approx(rest.var(ddof=1) / rest.size)
        assert found[arm].cut == pytest.approx(1 - rest.var() / AFTER[arm].var())


def test_a_ratio_is_that_of_the_sums_with_the_variance_of_the_delta_method() -> None:
    found = estimates({arm: block(AFTER[arm], BEFORE[arm], centre=2.0) for arm in "ab"}, RATIO)
    for arm in "ab":
        ratio = AFTER[arm].sum() / BEFORE[arm].sum()
        away = (AFTER[arm] - ratio * BEFORE[arm]) / BEFORE[arm].mean()
        assert found[arm].value == pytest.approx(ratio)
        assert found[arm].base == 0.0
        assert found[arm].variance == pytest.approx(away.var(ddof=1) / away.size)


def test_a_ratio_over_nothing_is_unknown() -> None:
    zero = np.zeros(4)
    found = estimates({"a": block(np.arange(4.0), zero)}, RATIO)["a"]
    assert math.isnan(found.value)


def test_two_units_have_a_variance_and_one_has_none() -> None:
    found = estimates({"a": block(np.array([1.0, 3.0])), "b": block(np.array([2.0]))}, PLAIN)
    assert found["a"].variance == pytest.approx(1.0)
    assert math.isnan(found["b"].variance)


def test_a_constant_covariate_changes_nothing_and_a_constant_outcome_has_nothing_to_cut() -> None:
    same = {arm: block(AFTER[arm], np.ones(AFTER[arm].size)) for arm in "ab"}
    plain = estimates({arm: block(AFTER[arm]) for arm in "ab"}, PLAIN)
    assert estimates(same, NARROWED)["a"].variance == pytest.approx(plain["a"].variance)
    flat = {arm: block(np.ones(BEFORE[arm].size), BEFORE[arm]) for arm in "ab"}
    assert estimates(flat, NARROWED)["a"].cut == 0.0
