"""Randomness that repeats, and does not move what stands beside it."""

import numpy as np
import pandas as pd
import pytest

from playbook.simulate.draw import between, calendar, factor, generator, period_of
from playbook.simulate.scene import FIRST, LAST


def test_each_table_has_its_own_numbers_and_the_same_every_time() -> None:
    def drawn(seed: int, campaign: str, table: str) -> float:
        return float(generator(seed, campaign, table).random())

    one = drawn(1, "a", "orders")
    assert one == drawn(1, "a", "orders")
    others = {drawn(2, "a", "orders"), drawn(1, "b", "orders"), drawn(1, "a", "units")}
    assert one not in others
    assert len(others) == 3


def test_every_day_from_first_to_last_is_simulated_once() -> None:
    days = calendar()
    assert (days[0], days[-1]) == (pd.Timestamp(FIRST), pd.Timestamp(LAST))
    assert (np.diff(days) == np.timedelta64(1, "D")).all()


def test_noise_multiplies_by_one_on_average() -> None:
    drawn = factor(0.5, 200_000, np.random.default_rng(1))
    assert drawn.mean() == pytest.approx(1, abs=0.01)
    assert np.log(drawn).std() == pytest.approx(0.5, abs=0.01)


def test_both_ends_lie_between_and_without_a_last_day_all_later_ones_do() -> None:
    days = pd.date_range("2026-10-01", periods=5)
    assert between(days, "2026-10-02", "2026-10-03").tolist() == [False, True, True, False, False]
    assert between(days, "2026-10-04").tolist() == [False, False, False, True, True]
    assert period_of(days[:1]) == ["2026-10"]
