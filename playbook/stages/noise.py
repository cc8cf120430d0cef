"""How far a month's figure would move by luck: its days are drawn anew, a week at a time, with a fixed seed."""

import numpy as np
import pandas as pd

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

BLOCK = 7
DRAWS = 400
FEWEST_DAYS = 14
"""Below two weeks of days nothing is said about noise."""

TAIL = 0.05
"""Left out on each side: intervals hold 90 %."""


def day_counts(days: int, draws: int, generator: np.random.Generator) -> Array:
    """Draw how often each day counts, in circular blocks of a week.

    Returns:
        One row per draw, one column per day; each row adds up to `days`.

    Source:
        Politis & Romano (1992), A circular block-resampling procedure for stationary data.
    """
    starts = generator.integers(days, size=(draws, -(-days // BLOCK)))
    chosen = (starts[:, :, np.newaxis] + np.arange(BLOCK)).reshape(draws, -1)[:, :days] % days
    counts = np.zeros((draws, days))
    np.add.at(counts, (np.arange(draws)[:, np.newaxis], chosen), 1)
    return counts


def ratio_draws(daily: pd.DataFrame, numerator: str, denominator: str, *, seed: int = 0) -> pd.DataFrame:
    """Draw the ratio of sums of every channel, all channels on the same drawn days.

    Args:
        daily: One row per day and channel of one period.
        numerator: Column above the line.
        denominator: Column below the line.
        seed: Of the draws.

    Returns:
        One row per draw, one column per channel; NaN where nothing is below the line. No rows below
        `FEWEST_DAYS` days.
    """
    known = daily.dropna(subset=[numerator, denominator])
    above = known.pivot_table(index="date", columns="channel", values=numerator, aggfunc="sum")
    below = known.pivot_table(index="date", columns="channel", values=denominator, aggfunc="sum")
    if len(above) < FEWEST_DAYS:
        return pd.DataFrame(columns=above.columns, dtype="float64")
    counts = day_counts(len(above), DRAWS, np.random.default_rng(seed))
    sums = counts @ above.fillna(0).to_numpy(), counts @ below.fillna(0).to_numpy()
    ratio = sums[0] / np.where(sums[1] > 0, sums[1], np.nan)
    return pd.DataFrame(ratio, columns=above.columns)


def interval(drawn: pd.DataFrame) -> pd.DataFrame:
    """Return low and high of each column's draws; NaN where there are none."""
    return pd.DataFrame({"low": drawn.quantile(TAIL), "high": drawn.quantile(1 - TAIL)})
