"""Brands and their weeks."""

import pandas as pd

from tests.stages.shop import filled


def brands(**weeks: list[tuple[str, float, float]]) -> pd.DataFrame:
    """By brand: week, mentions, price index; searches are twice the mentions."""
    rows = [
        {
            "brand": brand,
            "week": pd.Timestamp(week),
            "mentions": mentions,
            "search_index": 2 * mentions,
            "price_index": price,
        }
        for brand, values in weeks.items()
        for week, mentions, price in values
    ]
    return filled("competitors", rows)
