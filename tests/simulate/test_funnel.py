"""Counts of a funnel hang together whatever is drawn."""

from playbook.simulate.autumn_launch import SCENE
from playbook.simulate.draw import calendar, period_of
from playbook.simulate.funnel import flow

MONTHS = sorted(set(period_of(calendar())))
BUDGETS = {spec.id: dict.fromkeys(MONTHS, 30_000.0) for spec in SCENE.channels}
FOUND = flow(SCENE, BUDGETS, 7)


def test_every_channel_has_every_day_once() -> None:
    counts = FOUND.counted.groupby("channel")["date"].agg(["size", "nunique"])
    assert set(counts.index) == {spec.id for spec in SCENE.channels}
    assert (counts["size"] == len(calendar())).all()
    assert (counts["nunique"] == len(calendar())).all()


def test_no_step_of_the_funnel_is_larger_than_the_one_before() -> None:
    counted = FOUND.counted
    assert (counted["clicks"] <= counted["impressions"]).all()
    assert (counted["orders"] <= counted["visits"]).all()
    assert (counted["bounces"] <= counted["visits"] - counted["orders"]).all()
    assert (counted[["impressions", "clicks", "visits", "orders", "conversions"]] >= 0).all(
        axis=None
    )


def test_the_same_seed_counts_the_same_and_another_does_not() -> None:
    assert flow(SCENE, BUDGETS, 7).counted.equals(FOUND.counted)
    assert not flow(SCENE, BUDGETS, 8).counted["clicks"].equals(FOUND.counted["clicks"])


def test_orders_are_those_expected_of_the_visits_that_were_not_lost() -> None:
    both = FOUND.counted.merge(FOUND.true, on=["date", "channel"], suffixes=("", "_true"))
    expected = (both["visits_true"] * both["cvr"] * (1 - both["lost"])).sum()
    assert abs(both["orders"].sum() / expected - 1) < 0.02
