"""How loud, how sought and how dear each brand is, against the period before."""

from datetime import date

import pandas as pd

from playbook.methods.days import in_period
from playbook.stages.market.tables import RIVALS

SHARES = {"share_of_voice": "mentions", "share_of_search": "search_index"}
"""Share of search stands for demand: Hankins & Binet (2020), IPA EffWorks."""


def competition(
    competitors: pd.DataFrame, own: str, now: tuple[date, date], before: tuple[date, date]
) -> pd.DataFrame:
    """Compare the brands of the market.

    Shares count only weeks in which every brand of the period is known, so that a brand without
    data does not raise the others. A week belongs to the period in which its Monday lies.

    Args:
        competitors: The canonical table, the own brand included.
        own: Name of the own brand; empty if it is not named.
        now: First and last day of the period.
        before: First and last day of the period before.

    Returns:
        The table `RIVALS`, the loudest first; no rows without a week in the period.
    """
    levels = _levels(in_period(competitors, *now, column="week"))
    previous = _levels(in_period(competitors, *before, column="week")).drop(columns="weeks")
    table = levels.join(previous.add_suffix("_previous"))
    for share in SHARES:
        table[f"{share}_change"] = table[share] - table[f"{share}_previous"]
    price_before = table["price_index_previous"]
    table["price_index_change"] = table["price_index"] / price_before.where(price_before > 0) - 1
    table = table.rename_axis("brand").reset_index()
    table["role"] = table["brand"].eq(own).map({True: "own", False: "rival"})
    loudest_first = table.sort_values(
        "share_of_voice", ascending=False, kind="stable", ignore_index=True
    )
    return loudest_first[RIVALS.names]


def _levels(weeks: pd.DataFrame) -> pd.DataFrame:
    by_brand = weeks.groupby("brand")
    levels = {
        "weeks": by_brand["week"].nunique().astype("float64"),
        "price_index": by_brand["price_index"].mean(),
    }
    for share, column in SHARES.items():
        levels[share] = _share(weeks, column)
    return pd.DataFrame(levels)


def _share(weeks: pd.DataFrame, column: str) -> pd.Series:
    counts = weeks.pivot_table(
        index="week", columns="brand", values=column, aggfunc="sum", dropna=False, observed=True
    )
    brands = weeks.dropna(subset=[column]).groupby("week")["brand"].nunique()
    is_complete = brands.reindex(counts.index).eq(weeks["brand"].nunique())
    whole = counts[is_complete]
    total = whole.to_numpy().sum()
    return whole.sum() / (total if total > 0 else float("nan"))
