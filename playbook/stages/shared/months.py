"""The days of a period and of the one before it, cut from the history."""

import pandas as pd

from playbook.methods.days import in_period
from playbook.params import Campaign
from playbook.stages.shared.daily import by_channel_day


def months(
    campaign: Campaign, channel_daily: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return history, period and period before: each one row per day and channel."""
    daily = by_channel_day(channel_daily)
    past = campaign.in_month(campaign.month.previous)
    return (
        daily,
        in_period(daily, campaign.start, campaign.end),
        in_period(daily, past.start, past.end),
    )
