"""The daily table that every ratio starts from.

The sources of a channel are added up by day, reach is not.
"""

from collections.abc import Iterable, Sequence

import pandas as pd

from playbook.metrics import compute, with_profit
from playbook.params import Campaign
from playbook.params.model import KpiId
from playbook.sources.contracts import CONTRACTS

ADDITIVE = tuple(
    column.name
    for column in CONTRACTS["channel_daily"].columns
    if column.kind in ("count", "money") and column.name != "reach"
)
"""Columns of `channel_daily` that may be added up over sources, units and days."""

LOST_CLICKS = 0.6
"""Visits per click below which clicks get lost on their way, or are not counted."""

LEAST_SPENT = 0.01
"""Share of all spend below which a channel is not compared: too little money to matter."""


def by_channel_day(channel_daily: pd.DataFrame) -> pd.DataFrame:
    """Add up the rows of all sources, units and segments of a channel's day.

    An ad platform brings impressions and spend, the site's own analytics brings visits and revenue,
    on rows of their own; a ratio of both is right only after this step.

    Args:
        channel_daily: The canonical table.

    Returns:
        One row per date and channel, in that order; a column is NaN where no row of the day knows
        it. Reach is left out because it does not add up.
    """
    table = channel_daily.reindex(columns=["date", "channel", *ADDITIVE])
    return table.groupby(["date", "channel"], observed=True, as_index=False)[list(ADDITIVE)].sum(
        min_count=1
    )


def kpi_table(
    daily: pd.DataFrame, kpis: Iterable[KpiId], by: Sequence[str], campaign: Campaign
) -> pd.DataFrame:
    """Compute KPIs by group, with the margin and the other acquisition cost of the parameters.

    Args:
        daily: One row per day and channel of one period; the other acquisition cost is spread over
            all of it.
        kpis: Ids of the catalogue that may be added up.
        by: Grouping columns; they become the index. None gives one row with index 0, or no row of
            no data.
        campaign: Margin and other acquisition cost.

    Returns:
        As `metrics.compute`.
    """
    business = campaign.business
    return compute(with_profit(daily, business.margin, business.other_acquisition_cost), kpis, by)
