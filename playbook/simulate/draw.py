"""Randomness: one generator for each table, named, so that a new table does not move the others."""

from zlib import crc32

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from playbook.simulate.scene import FIRST, LAST

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def generator(seed: int, campaign: str, table: str) -> np.random.Generator:
    """Return the generator of one table of one campaign."""
    key = (crc32(campaign.encode()), crc32(table.encode()))
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))


def calendar() -> pd.DatetimeIndex:
    """Every day that is simulated, in order."""
    return pd.date_range(FIRST, LAST, name="date")


def factor(sigma: float, size: int, rng: np.random.Generator) -> Floats:
    """Draw multiplicative noise with mean 1."""
    return rng.lognormal(-sigma * sigma / 2, sigma, size)


def between(days: pd.DatetimeIndex, first: str, last: str | None = None) -> Bools:
    """Say which days lie between two days, both included; no last day means for ever."""
    end = pd.Timestamp(last) if last else pd.Timestamp.max
    return np.asarray((days >= pd.Timestamp(first)) & (days <= end))


def period_of(days: pd.DatetimeIndex) -> list[str]:
    """Return the month of each day as YYYY-MM."""
    return list(days.strftime("%Y-%m"))
