"""Orders lost while a page was down."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from playbook.simulate.autumn_launch import SCENE
from playbook.simulate.hours import MINUTES, down, lost_share, lost_shares, per_minute
from playbook.simulate.scene import Outage

DAY = pd.Timestamp("2026-10-05")
EVEN = replace(
    SCENE,
    hours=(1.0,) * 24,
    outages=(Outage(page="landing", start="2026-10-05 06:00", minutes=144),),
)


def test_orders_of_a_day_spread_over_all_its_minutes() -> None:
    share = per_minute(SCENE)
    assert share.size == 1440
    assert share.sum() == pytest.approx(1)
    assert share[:60] == pytest.approx(np.full(60, share[0]))


def test_a_page_is_down_from_its_first_minute_to_the_one_before_it_answers() -> None:
    found = down(DAY + MINUTES, [Outage(page="landing", start="2026-10-05 00:01", minutes=2)])
    assert found[:4].tolist() == [False, True, True, False]


def test_two_outages_at_the_same_time_lose_an_order_once() -> None:
    twice = [*EVEN.outages, *EVEN.outages]
    assert lost_share(DAY, EVEN, twice) == pytest.approx(0.1)


def test_only_outages_of_the_pages_asked_for_count_and_only_on_their_day() -> None:
    days = pd.date_range("2026-10-04", periods=3)
    assert lost_shares(days, EVEN, ("landing",)) == pytest.approx([0, 0.1, 0])
    assert lost_shares(days, EVEN, ("checkout",)) == pytest.approx([0, 0, 0])
