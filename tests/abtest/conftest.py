"""A small shop in which two arms can be compared."""

import numpy as np
import pandas as pd
import pytest


@pytest.fixture
def shop() -> pd.DataFrame:
    """Two thousand visitors: b buys more often, spends more; orders_pre goes with revenue."""
    generator = np.random.default_rng(20260901)
    n = 2000
    arm = np.where(np.arange(n) % 2, "b", "a")
    before = generator.gamma(2.0, 5.0, n)
    lucky = generator.random(n)
    return pd.DataFrame(
        {
            "user": np.arange(n),
            "arm": arm,
            "day": np.array("2026-09-01", dtype="datetime64[D]") + np.arange(n) // 2 % 14,
            "channel": np.where(np.arange(n) // 2 % 4, "search", "social"),
            "bought": (lucky < np.where(arm == "b", 0.26, 0.20)).astype(int),
            "revenue": before + generator.normal(0, 4, n) + np.where(arm == "b", 1.5, 0.0),
            "visits": 1 + np.arange(n) % 3,
            "revenue_pre": before,
            "visits_pre": 1 + np.arange(n) // 2 % 3,
        }
    )
