"""Goals of the shop and what becomes of them."""

from typing import Any

import pandas as pd

from playbook.params import Campaign
from playbook.stages.goals.stage import analyse
from tests.stages.shop import FUNNELS, campaign, tables

AUGUST, OCTOBER = "2026-08-01", "2026-10-31"


OCTOBER_DAYS = 22 + 9 * 1.2


def goal(**changes: Any) -> dict[str, Any]:
    """A sound goal: October's revenue."""
    return {
        "name": "Revenue",
        "kpi": "revenue",
        "target": 100000.0,
        "deadline": OCTOBER,
        "owner": "s01",
        "relevant_to": "the year",
    } | changes


def with_goals(**goals: dict[str, Any]) -> Campaign:
    return campaign(goals=goals)


def revenue_a_day() -> float:
    return sum(
        spend / cpm * 1000 * ctr * rate * cvr * aov
        for spend, cpm, ctr, rate, cvr, aov in FUNNELS.values()
    )


def aim(where: Campaign, daily: pd.DataFrame, which: str = "g") -> pd.Series:
    return analyse(where, tables(channel_daily=daily)).tables["aims"].set_index("goal").loc[which]


def fixes(where: Campaign, daily: pd.DataFrame) -> list[str]:
    return analyse(where, tables(channel_daily=daily)).tables["fixes"]["fix"].tolist()
