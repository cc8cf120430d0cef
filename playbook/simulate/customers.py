"""Who orders: every counted order gets a moment, a price and a customer.

Good customers come back more often.
"""

import numpy as np
import pandas as pd

from playbook.simulate.draw import Bools, Floats, Ints, generator
from playbook.simulate.funnel import Flow
from playbook.simulate.hours import MINUTES, down, per_minute
from playbook.simulate.scene import FIRST, Scene

EARLIER = "2026-02-01"
"""First day of the shop's order history."""

SPREAD = 0.35
"""Standard deviation of the log price of an order."""

HALF_LIFE = 120.0
"""Days after which half of a year's customers have lost interest."""


def orders(scene: Scene, flow: Flow, seed: int) -> pd.DataFrame:
    """Make the shop's orders.

    Half a year before the campaign, then exactly those that the funnel counted.

    Returns:
        One row per order, in order of time: order_id, customer_id, ordered_at, revenue (net of
        discount), discount, refund, channel, is_new.
    """
    rng = generator(seed, scene.campaign, "orders")
    counts = pd.concat(
        [_earlier(scene, flow, rng), flow.counted.set_index(["date", "channel"])["orders"]]
    )
    table = counts.index.repeat(counts.to_numpy()).to_frame(index=False)
    table["ordered_at"] = table["date"] + pd.to_timedelta(
        _minutes(table["date"], scene, rng), unit="min"
    )
    table = table.sort_values("ordered_at", kind="stable", ignore_index=True)
    customers, is_new = _customers(table, scene, rng)
    made: pd.DataFrame = table.assign(
        **_prices(table["channel"], scene, rng),
        order_id=[f"o{number:06d}" for number in range(1, len(table) + 1)],
        customer_id=[f"c{number:05d}" for number in customers],
        is_new=is_new,
    )
    return made


def by_day(made: pd.DataFrame) -> pd.DataFrame:
    """Add orders up: one row per day and channel (index) with orders, new_customers and revenue."""
    days = made["ordered_at"].dt.normalize().rename("date")
    grouped = made.groupby([days, "channel"])
    return grouped.agg(
        orders=("order_id", "size"), new_customers=("is_new", "sum"), revenue=("revenue", "sum")
    )


def _earlier(scene: Scene, flow: Flow, rng: np.random.Generator) -> pd.Series:
    days = pd.date_range(EARLIER, FIRST, inclusive="left", name="date")
    share = flow.counted.groupby("channel", sort=False)["orders"].sum()
    index = pd.MultiIndex.from_product([days, share.index], names=["date", "channel"])
    mean = np.tile(scene.earlier_orders * share / share.sum(), len(days))
    return pd.Series(rng.poisson(mean), index=index, name="orders")


def _minutes(days: pd.Series, scene: Scene, rng: np.random.Generator) -> Ints:
    usual, touched = per_minute(scene), {outage.start[:10] for outage in scene.outages}
    minutes = rng.choice(1440, size=len(days), p=usual)
    for day in sorted(touched):
        here = days.eq(pd.Timestamp(day)).to_numpy()
        still = usual * ~down(pd.Timestamp(day) + MINUTES, scene.outages)
        minutes[here] = rng.choice(1440, size=here.sum(), p=still / still.sum())
    return minutes


def _prices(channels: pd.Series, scene: Scene, rng: np.random.Generator) -> dict[str, Floats]:
    mean = channels.map({spec.id: spec.aov for spec in scene.channels}).to_numpy(dtype="float64")
    revenue = np.round(mean * rng.lognormal(-(SPREAD**2) / 2, SPREAD, len(mean)), 1)
    discount = np.where(rng.random(len(mean)) < 0.3, np.round(0.12 * revenue, 1), 0.0)
    return {
        "revenue": revenue,
        "discount": discount,
        "refund": np.where(rng.random(len(mean)) < 0.03, revenue, 0.0),
    }


def _customers(table: pd.DataFrame, scene: Scene, rng: np.random.Generator) -> tuple[Ints, Bools]:
    """Give each order a customer.

    A new one, or one of those known, the keen and recent ones more often.
    """
    new_share = (
        table["channel"].map({spec.id: spec.new_share for spec in scene.channels}).to_numpy()
    )
    is_new = rng.random(len(table)) < new_share
    is_new[: int(scene.earlier_orders)] = True
    number = np.cumsum(is_new)
    customers = np.where(is_new, number, 0)
    keen = rng.gamma(0.8, 1.0, number[-1])
    day = (table["date"] - table["date"].iloc[0]).dt.days.to_numpy()
    born = day[is_new]
    for today in np.unique(day[~is_new]):
        back = (day == today) & ~is_new
        known = max(int(np.searchsorted(born, today)), 1)
        weight = keen[:known] * 0.5 ** ((today - born[:known]) / HALF_LIFE)
        customers[back] = 1 + rng.choice(known, size=back.sum(), p=weight / weight.sum())
    return customers, is_new
