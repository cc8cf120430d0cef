"""How loud, how sought and how dear each brand is, against the period before."""

from datetime import date

import pandas as pd

from playbook.methods.days import in_period

SHARES = {"share_of_voice": "mentions", "share_of_search": "search_index"}
"""Share of search stands for demand: Hankins & Binet (2020), IPA EffWorks."""

COLUMNS = [
    "brand",
    "role",
    "weeks",
    "share_of_voice",
    "share_of_voice_previous",
    "share_of_voice_change",
    "share_of_search",
    "share_of_search_previous",
    "share_of_search_change",
    "price_index",
    "price_index_previous",
    "price_index_change",
]


def rivals(
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
        One row per brand, the loudest first: brand, role (own, rival), weeks, share_of_voice (of
        all mentions), share_of_search (of all searches), price_index (mean week), each with its
        value of the period before and its change (shares in fractions of one, the price as a share
        of the price before). NaN where nothing is known; no rows without a week in the period.
    """
    sides = [_levels(in_period(competitors, *days, column="week")) for days in (now, before)]
    table = sides[0].join(sides[1].drop(columns="weeks").add_suffix("_previous"))
    for share in SHARES:
        table[f"{share}_change"] = table[share] - table[f"{share}_previous"]
    base = table["price_index_previous"]
    table["price_index_change"] = table["price_index"] / base.where(base > 0) - 1
    table = table.rename_axis("brand").reset_index()
    table["role"] = table["brand"].eq(own).map({True: "own", False: "rival"})
    return table.sort_values("share_of_voice", ascending=False, kind="stable", ignore_index=True)[
        COLUMNS
    ]


def _levels(weeks: pd.DataFrame) -> pd.DataFrame:
    by_brand = weeks.groupby("brand")
    levels = pd.DataFrame(
        {
            "weeks": by_brand["week"].nunique().astype("float64"),
            "price_index": by_brand["price_index"].mean(),
        }
    )
    return levels.assign(**{share: _share(weeks, column) for share, column in SHARES.items()})


def _share(weeks: pd.DataFrame, column: str) -> pd.Series:
    counts = weeks.pivot_table(
        index="week", columns="brand", values=column, aggfunc="sum", dropna=False, observed=True
    )
    known = weeks.dropna(subset=[column]).groupby("week")["brand"].nunique().reindex(counts.index)
    whole = counts[known.eq(weeks["brand"].nunique())]
    total = whole.to_numpy().sum()
    return whole.sum() / (total if total > 0 else float("nan"))
