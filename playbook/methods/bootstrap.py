"""How far a month's figure would move by luck.

Its days are drawn anew, a week at a time, with a fixed seed.
"""

import numpy as np
import pandas as pd

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

BLOCK = 7
DRAWS = 2000
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


def widened(drawn: Array, freedom: float, days: int, generator: np.random.Generator) -> Array:
    """Stretch draws around their mean as far as so few weeks deserve.

    A month holds four or five weeks: blocks drawn from them vary too little by the factor 1 - block
    / days, and their spread is itself uncertain, which a t distribution allows for. Without this,
    three channels of equal return are told apart in a quarter of all months.

    Args:
        drawn: One row per draw.
        freedom: Degrees of freedom: whole weeks of the days less one, of each sample.
        days: Of the shorter sample.
        generator: Of the stretching.

    Source:
        Lahiri (2003), Resampling Methods for Dependent Data, section 3.2 (bias of the block
        variance).
    """
    stretch = np.sqrt(freedom / generator.chisquare(freedom, len(drawn)) / (1 - BLOCK / days))
    is_known = np.isfinite(drawn)
    center = np.where(is_known, drawn, 0.0).sum(axis=0) / np.maximum(is_known.sum(axis=0), 1)
    wide: Array = center + (drawn - center) * stretch.reshape(-1, *[1] * (drawn.ndim - 1))
    return wide


def ratio_draws(
    daily: pd.DataFrame, numerator: str, denominator: str, *, seed: int = 0
) -> pd.DataFrame:
    """Draw the ratio of sums of every channel, all channels on the same drawn days.

    Args:
        daily: One row per day and channel of one period.
        numerator: Column above the line.
        denominator: Column below the line.
        seed: Of the draws.

    Returns:
        One row per draw, one column per channel with anything below the line; never below 0. No
        rows below `FEWEST_DAYS` days.
    """
    known_days = daily.dropna(subset=[numerator, denominator])
    above = known_days.pivot_table(index="date", columns="channel", values=numerator, aggfunc="sum")
    below = known_days.pivot_table(
        index="date", columns="channel", values=denominator, aggfunc="sum"
    )
    above, below = (table.loc[:, below.sum() > 0] for table in (above, below))
    if len(above) < FEWEST_DAYS:
        return pd.DataFrame(columns=above.columns, dtype="float64")
    generator = np.random.default_rng(seed)
    counts = day_counts(len(above), DRAWS, generator)
    sums = counts @ above.fillna(0).to_numpy(), counts @ below.fillna(0).to_numpy()
    ratio = sums[0] / np.where(sums[1] > 0, sums[1], np.nan)
    stretched = widened(ratio, weeks(len(above)) - 1, len(above), generator)
    return pd.DataFrame(stretched, columns=above.columns).clip(lower=0.0)


def weeks(days: int) -> float:
    """Return how many blocks the days hold."""
    return days / BLOCK


def interval(drawn: pd.DataFrame) -> pd.DataFrame:
    """Return low and high of each column's draws; NaN where there are none."""
    return pd.DataFrame({"low": drawn.quantile(TAIL), "high": drawn.quantile(1 - TAIL)})
