"""From budget to expected visits.

Pacing, carry-over, Hill saturation, and demand that comes anyway.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from playbook.simulate.draw import Floats, between, factor, period_of
from playbook.simulate.scene import ChannelSpec, Event, Scene, Stage

USUAL_DELIVERY = 0.985


def demand(days: pd.DatetimeIndex, scene: Scene) -> Floats:
    """Return the market's pull by day, 1 on an average early day.

    Growth, weekday, ramp towards the sale.
    """
    growth = 1 + scene.growth * np.arange(len(days)) / len(days)
    weekday: Floats = np.asarray(scene.weekday)[days.day_of_week]
    since = (days - pd.Timestamp(scene.ramp_on)).days.to_numpy()
    left = (days[-1] - pd.Timestamp(scene.ramp_on)).days
    return growth * weekday * (1 + scene.ramp * np.clip(since / left, 0, 1))


def factors(days: pd.DatetimeIndex, events: Sequence[Event], channel: str, stage: Stage) -> Floats:
    """Multiply the factors of all events that touch a channel at a stage, by day."""
    found = np.ones(len(days))
    for event in events:
        if event.channel == channel and stage in event.factors:
            found[between(days, event.first, event.last)] *= event.factors[stage]
    return found


def spend(
    days: pd.DatetimeIndex,
    spec: ChannelSpec,
    budget: Mapping[str, float],
    scene: Scene,
    rng: np.random.Generator,
) -> Floats:
    """Spread each month's budget over its days by weekday; a channel that overspends runs dry.

    Args:
        days: All days.
        spec: The channel.
        budget: Money by month.
        scene: Weekdays and events.
        rng: Of the channel.

    Returns:
        Money by day.
    """
    weight = np.asarray(scene.weekday)[days.day_of_week] * factor(0.04, len(days), rng)
    months = np.asarray(period_of(days))
    if spec.gone_on:
        month, day = spec.gone_on
        weight[(months == month) & (days.day > day)] = 0.0
    plan = np.zeros(len(days))
    for month, money in budget.items():
        here = months == month
        used = (
            1.0
            if spec.gone_on and spec.gone_on[0] == month
            else spec.delivery.get(month, USUAL_DELIVERY)
        )
        plan[here] = money * used * weight[here] / weight[here].sum()
    return np.round(plan * factors(days, scene.events, spec.id, "spend"), 2)


def caused(money: Floats, reference: float, spec: ChannelSpec) -> Floats:
    """Return the effect of spend by day, 1 at a steady reference spend: carry-over, then Hill."""
    stock, kept = np.empty(len(money)), reference
    for day, paid in enumerate(money):
        kept = spec.carry_over * kept + (1 - spec.carry_over) * paid
        stock[day] = kept
    level = (stock / reference) ** spec.slope
    half = spec.half_point**spec.slope
    share: Floats = level / (half + level) * (half + 1)
    return share


def expected(
    days: pd.DatetimeIndex, spec: ChannelSpec, money: Floats, reference: float, scene: Scene
) -> pd.DataFrame:
    """Return what a channel brings on average by day.

    Returns:
        One row per day: impressions, caused (visits that spend brought), visits (with those that
        come anyway), cvr.
    """
    pull = demand(days, scene) * factors(days, scene.events, spec.id, "demand")
    per_day = spec.iroas * reference / (spec.cvr * spec.aov)
    steady = per_day * spec.base_share / (1 - spec.base_share)
    on = np.where(money > 0, 1.0, 0.1) if spec.paid else np.ones(len(days))
    dearer = factors(days, scene.events, spec.id, "cpm")
    brought = per_day * caused(money / dearer, reference, spec) * np.sqrt(pull)
    shown = money if spec.paid else reference * pull
    lost = factors(days, scene.events, spec.id, "visits")
    return pd.DataFrame(
        {
            "impressions": 1000
            * shown
            / (spec.cpm * dearer)
            * (factors(days, scene.events, spec.id, "demand") if spec.paid else 1.0),
            "caused": brought * lost,
            "visits": (brought + steady * pull * on) * lost,
            "cvr": spec.cvr * factors(days, scene.events, spec.id, "cvr"),
        },
        index=days,
    )
