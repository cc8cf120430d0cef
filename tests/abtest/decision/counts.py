"""Tests given as exact counts."""

import numpy as np
import pandas as pd


def data(
    bought: tuple[int, int], refund: tuple[int, int] = (1000, 1000), units: int = 10_000
) -> pd.DataFrame:
    """Exact counts: of `units` in each arm so many bought and so many refunded."""
    place = np.arange(units)
    parts = [
        pd.DataFrame({"arm": arm, "bought": place < bought[i], "refund": place[::-1] < refund[i]})
        for i, arm in enumerate("ab")
    ]
    return pd.concat(parts)
