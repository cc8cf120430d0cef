"""The world around: weekly market series, and what the brands do."""

import numpy as np
import pandas as pd

from playbook.simulate.draw import between, factor, generator
from playbook.simulate.scene import Rival, Scene, Series

SERIES_WEEKS = pd.date_range("2023-10-30", "2026-10-26", freq="7D", name="date")
BRAND_WEEKS = pd.date_range("2025-11-03", "2026-10-26", freq="7D", name="week")


def market_series(scene: Scene, seed: int) -> pd.DataFrame:
    """Draw three years of weekly market series.

    Returns:
        One row per series and week (Monday): series_id, date, value, unit, source.
    """
    rng = generator(seed, scene.campaign, "market_series")
    return pd.concat([_one_series(series, rng) for series in scene.series], ignore_index=True)


def _one_series(series: Series, rng: np.random.Generator) -> pd.DataFrame:
    weeks = np.arange(len(SERIES_WEEKS))
    year = (
        2
        * np.pi
        * (SERIES_WEEKS.isocalendar().week.to_numpy(dtype="float64") - series.peak_week)
        / 52.18
    )
    level = (
        series.level
        * (1 + series.growth) ** (weeks / 52.18)
        * np.exp(series.swing * (np.cos(year) + 0.4 * np.cos(2 * year)))
    )
    if series.step_on:
        level = level * np.where(between(SERIES_WEEKS, series.step_on), 1 + series.step, 1.0)
    value = np.round(level * factor(series.noise, len(weeks), rng), 1)
    return pd.DataFrame(
        {
            "series_id": series.id,
            "date": SERIES_WEEKS.strftime("%Y-%m-%d"),
            "value": value,
            "unit": series.unit,
            "source": series.source,
        }
    )


def competitors(scene: Scene, seed: int) -> pd.DataFrame:
    """Draw a year of weeks of every brand, our own included.

    Returns:
        One row per brand and week (Monday): brand, week, mentions, search_index, price_index,
        est_spend.
    """
    rng = generator(seed, scene.campaign, "competitors")
    return pd.concat([_one_brand(rival, rng) for rival in scene.rivals], ignore_index=True)


def _one_brand(rival: Rival, rng: np.random.Generator) -> pd.DataFrame:
    n = len(BRAND_WEEKS)
    after = (
        np.zeros(n)
        if rival.cut_on is None
        else between(BRAND_WEEKS, rival.cut_on).astype("float64")
    )
    louder = 1 + rival.mentions_rise * after
    return pd.DataFrame(
        {
            "brand": rival.brand,
            "week": BRAND_WEEKS.strftime("%Y-%m-%d"),
            "mentions": rng.poisson(rival.mentions * louder * factor(0.08, n, rng)),
            "search_index": rng.poisson(
                rival.searches * (1 + (louder - 1) / 2) * factor(0.05, n, rng)
            ),
            "price_index": np.round(
                rival.price_index * (1 - rival.price_cut * after) + rng.normal(0, 0.4, n), 1
            ),
            "est_spend": np.round(rival.spend * louder * factor(0.1, n, rng), -2),
        }
    )
