"""Market series of any length that end with the shop's October."""

from typing import Any

import numpy as np
import pandas as pd

from tests.stages.shop import filled


def series(
    values: Any, end: str = "2026-10-26", freq: str = "7D", name: str = "search"
) -> pd.DataFrame:
    """One market series that ends on a day."""
    days = pd.date_range(end=end, periods=len(values), freq=freq)
    rows = [
        {"series_id": name, "date": day, "value": value}
        for day, value in zip(days, values, strict=True)
    ]
    return filled("market_series", rows)


def yearly(
    weeks: int, *, growth: float = 0.0, swing: float = 0.0, peak_week: int = 45, noise: float = 0.02
) -> pd.DataFrame:
    """Weeks with a yearly swing, a growth a year and noise with a fixed seed."""
    days = pd.date_range(end="2026-10-26", periods=weeks, freq="7D")
    phase = 2 * np.pi * (days.isocalendar().week.to_numpy(dtype="float64") - peak_week) / 52.18
    level = 100 * (1 + growth) ** (np.arange(weeks) / 52.18) * np.exp(swing * np.cos(phase))
    return series(level * np.exp(np.random.default_rng(3).normal(0, noise, weeks)))
