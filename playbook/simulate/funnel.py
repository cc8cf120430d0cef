"""From expected visits to what is counted.

Impressions, clicks, visits, orders, and the platform's conversions.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from playbook.simulate.draw import Floats, calendar, factor, generator
from playbook.simulate.hours import lost_shares
from playbook.simulate.response import expected, factors, spend
from playbook.simulate.scene import ChannelSpec, Scene

NOISE = 0.045
ATTRIBUTED = 0.94
"""Share of a channel's orders that the platform's own counting sees."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Flow:
    """What is counted and what is true, each one row per day and channel.

    `counted`: date, channel, impressions, clicks, visits, bounces, engagements, conversions,
    orders, spend. `true`: date, channel, impressions, spend, caused, visits, cvr, lost (share of
    the day's orders lost to outages), aov.
    """

    counted: pd.DataFrame
    true: pd.DataFrame


def flow(scene: Scene, budgets: Mapping[str, Mapping[str, float]], seed: int) -> Flow:
    """Simulate every channel of a campaign.

    Args:
        scene: The campaign.
        budgets: Money by channel and month.
        seed: Of the sample.
    """
    parts = [_channel(spec, scene, budgets[spec.id], seed) for spec in scene.channels]
    counted = pd.concat([counted for counted, _ in parts], ignore_index=True)
    return Flow(counted=counted, true=pd.concat([true for _, true in parts], ignore_index=True))


def _channel(
    spec: ChannelSpec, scene: Scene, budget: Mapping[str, float], seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    days, rng = calendar(), generator(seed, scene.campaign, f"channel_daily/{spec.id}")
    money = spend(days, spec, budget, scene, rng)
    mean = expected(days, spec, money, sum(budget.values()) / len(days), scene)
    lost = lost_shares(days, scene, ("landing", "checkout"))
    unseen = lost_shares(days, scene, ("landing",))
    table = _counted(days, spec, scene, mean, lost, unseen, rng).assign(
        channel=spec.id, spend=money
    )
    true = mean.assign(channel=spec.id, spend=money, lost=lost, aov=spec.aov)
    return table.reset_index(), true.reset_index()


def _counted(
    days: pd.DatetimeIndex,
    spec: ChannelSpec,
    scene: Scene,
    mean: pd.DataFrame,
    lost: Floats,
    unseen: Floats,
    rng: np.random.Generator,
) -> pd.DataFrame:
    n = len(days)
    impressions = rng.poisson(mean["impressions"] * factor(NOISE, n, rng))
    people = rng.poisson(mean["visits"] * factor(NOISE, n, rng) / spec.visit_rate)
    clicks = np.round(people * factors(days, scene.events, spec.id, "clicks")).astype(int)
    visits = rng.binomial(people, spec.visit_rate * (1 - unseen))
    orders = rng.binomial(visits, mean["cvr"] * (1 - (lost - unseen) / (1 - unseen)))
    seen = rng.binomial(orders, ATTRIBUTED) + rng.poisson(orders * spec.view_through)
    tracked = rng.binomial(seen, factors(days, scene.events, spec.id, "tracking"))
    engagements = rng.binomial(impressions, spec.engagement_rate or 0.0).astype("float64")
    return pd.DataFrame(
        {
            "impressions": np.maximum(impressions, clicks),
            "clicks": clicks,
            "visits": visits,
            "bounces": rng.binomial(visits - orders, spec.bounce_rate),
            "engagements": engagements if spec.engagement_rate is not None else np.nan,
            "conversions": tracked,
            "orders": orders,
        },
        index=days,
    )
