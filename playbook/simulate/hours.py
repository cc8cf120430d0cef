"""The hours of a day: when people order, and when a page did not answer."""

from collections.abc import Collection

import numpy as np
import pandas as pd

from playbook.simulate.draw import Bools, Floats
from playbook.simulate.scene import Outage, Scene

MINUTES = pd.to_timedelta(np.arange(1440), unit="min")


def per_minute(scene: Scene) -> Floats:
    """Return how a day's orders spread over its 1440 minutes; adds up to 1."""
    weight: Floats = np.repeat(np.asarray(scene.hours, dtype="float64"), 60)
    share: Floats = weight / weight.sum()
    return share


def down(moments: pd.DatetimeIndex, outages: Collection[Outage]) -> Bools:
    """Say at which moments any of these outages lasted."""
    found = np.zeros(len(moments), dtype=bool)
    for outage in outages:
        start = pd.Timestamp(outage.start)
        found |= np.asarray(
            (moments >= start) & (moments < start + pd.Timedelta(minutes=outage.minutes))
        )
    return found


def lost_share(day: pd.Timestamp, scene: Scene, outages: Collection[Outage]) -> float:
    """Return the share of a day's usual orders that falls into these outages."""
    return float(per_minute(scene)[down(day + MINUTES, outages)].sum())


def lost_shares(days: pd.DatetimeIndex, scene: Scene, pages: Collection[str]) -> Floats:
    """Return the share of each day's usual orders that falls into outages of these pages."""
    chosen = [outage for outage in scene.outages if outage.page in pages]
    touched = {pd.Timestamp(outage.start).normalize() for outage in chosen}
    return np.array([lost_share(day, scene, chosen) if day in touched else 0.0 for day in days])
