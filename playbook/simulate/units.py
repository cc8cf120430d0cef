"""A channel's day, split into the campaigns of its platform account."""

import numpy as np
import pandas as pd

from playbook.simulate.draw import Floats, Ints, between, generator
from playbook.simulate.scene import ChannelSpec, Scene

COUNTS = ("impressions", "clicks", "conversions")


def unit_rows(counted: pd.DataFrame, spec: ChannelSpec, scene: Scene, seed: int) -> pd.DataFrame:
    """Split the counted days of a channel over its units; the parts add up to the whole.

    Args:
        counted: One row per day of the channel.
        spec: The channel, with units.
        scene: Its campaign.
        seed: Of the sample.

    Returns:
        One row per day and unit: date, unit, impressions, clicks, conversions, spend. A paused unit
        has zeros.
    """
    rng = generator(seed, scene.campaign, f"channel_daily/{spec.id}/units")
    days = pd.DatetimeIndex(counted["date"])
    parts = {
        name: rng.multinomial(counted[name], _weights(days, spec, name)).ravel() for name in COUNTS
    }
    money = _cents(counted["spend"].to_numpy(), _weights(days, spec, "spend"), rng)
    table = pd.DataFrame(
        {
            "date": days.repeat(len(spec.units)),
            "unit": [unit.name for unit in spec.units] * len(days),
            **parts,
            "spend": money.ravel() / 100,
        }
    )
    return table.assign(impressions=table[["impressions", "clicks"]].max(axis="columns"))


def _weights(days: pd.DatetimeIndex, spec: ChannelSpec, name: str) -> Floats:
    """Return each unit's share of a count by day (days x units)."""
    weights: Floats = np.tile([getattr(unit, name) for unit in spec.units], (len(days), 1))
    for place, unit in enumerate(spec.units):
        if unit.paused:
            weights[between(days, *unit.paused), place] = 0.0
    shares: Floats = weights / weights.sum(axis=1, keepdims=True)
    return shares


def _cents(money: Floats, weights: Floats, rng: np.random.Generator) -> Ints:
    """Split money in cents; the first unit takes what rounding leaves."""
    noisy = weights * rng.lognormal(0, 0.05, weights.shape)
    cents: Ints = np.rint(100 * money[:, None] * noisy / noisy.sum(axis=1, keepdims=True)).astype(
        np.int64
    )
    cents[:, 0] += np.rint(100 * money).astype(np.int64) - cents.sum(axis=1)
    return cents
