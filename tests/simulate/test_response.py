"""From money to visits, with curves worked by hand."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from playbook.simulate.autumn_launch import SCENE
from playbook.simulate.response import caused, demand, expected, factors, spend
from playbook.simulate.scene import ChannelSpec, Event

SPEC = ChannelSpec(
    id="x",
    cpm=10.0,
    iroas=2.0,
    base_share=0.25,
    carry_over=0.5,
    half_point=1.0,
    slope=1.0,
    visit_rate=0.9,
    bounce_rate=0.4,
    cvr=0.05,
    aov=100.0,
    new_share=0.5,
)
DAYS = pd.date_range("2026-09-07", periods=14)
FLAT = replace(SCENE, weekday=(1.0,) * 7, growth=0.0, ramp=0.0, ramp_on="2026-09-07", events=())


def test_steady_spend_causes_one_and_half_of_it_less() -> None:
    assert caused(np.full(5, 100.0), 100.0, SPEC) == pytest.approx(np.ones(5))
    found = caused(np.array([0.0, 0.0]), 100.0, SPEC)  # half, then a quarter, is carried over
    assert found == pytest.approx([0.5 / 1.5 * 2, 0.25 / 1.25 * 2])


def test_demand_grows_by_weekday_and_ramps_up_to_the_last_day() -> None:
    assert demand(DAYS, FLAT) == pytest.approx(np.ones(14))
    monday = replace(FLAT, weekday=(2.0,) + (1.0,) * 6)
    assert demand(DAYS, monday)[[0, 1, 7]] == pytest.approx([2, 1, 2])
    assert demand(DAYS, replace(FLAT, ramp=0.5))[[0, -1]] == pytest.approx([1, 1.5])
    assert demand(DAYS, replace(FLAT, growth=0.14))[[0, 1]] == pytest.approx([1, 1.01])


def test_events_of_a_channel_and_stage_multiply_on_their_days() -> None:
    events = [
        Event(
            id="a",
            kind="k",
            channel="x",
            first="2026-09-08",
            last="2026-09-09",
            factors={"cvr": 0.5},
        ),
        Event(
            id="b",
            kind="k",
            channel="x",
            first="2026-09-09",
            last="2026-09-09",
            factors={"cvr": 0.5},
        ),
        Event(
            id="c", kind="k", channel="y", first="2026-09-07", last="2026-09-20", factors={"cvr": 9}
        ),
    ]
    assert factors(DAYS, events, "x", "cvr")[:4] == pytest.approx([1, 0.5, 0.25, 1])
    assert factors(DAYS, events, "x", "cpm") == pytest.approx(np.ones(14))


def test_a_months_money_is_spread_over_its_days_but_for_what_is_not_delivered() -> None:
    rng = np.random.default_rng(1)
    assert spend(DAYS, SPEC, {"2026-09": 1400.0}, FLAT, rng).sum() == pytest.approx(
        1400 * 0.985, abs=0.1
    )
    short = replace(SPEC, delivery={"2026-09": 0.75})
    assert spend(DAYS, short, {"2026-09": 1400.0}, FLAT, rng).sum() == pytest.approx(1050, abs=0.1)


def test_a_channel_that_runs_dry_spends_all_before_and_nothing_after() -> None:
    dry = replace(SPEC, gone_on=("2026-09", 12))
    money = spend(DAYS, dry, {"2026-09": 600.0}, FLAT, np.random.default_rng(1))
    assert money.sum() == pytest.approx(600, abs=0.1)
    assert (money[:6] > 0).all()
    assert (money[6:] == 0).all()


def test_a_steady_channel_earns_its_planted_return_beside_what_comes_anyway() -> None:
    found = expected(DAYS, SPEC, np.full(14, 100.0), 100.0, FLAT)
    earned = found["caused"] * found["cvr"] * SPEC.aov
    assert earned.to_numpy() == pytest.approx(np.full(14, 200.0))
    assert (found["caused"] / found["visits"]).to_numpy() == pytest.approx(np.full(14, 0.75))
    assert found["impressions"].to_numpy() == pytest.approx(np.full(14, 10_000.0))
