"""Who orders: nobody while a page is down, and the keen come back."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from playbook.simulate.customers import by_day
from playbook.simulate.scene import Scene
from tests.simulate import reading


def test_an_outage_costs_what_the_same_hours_bring_in_other_weeks(
    root: Path, campaign: str
) -> None:
    orders = (
        pd.read_parquet(root / f"data/{campaign}/orders/orders.parquet")
        .set_index("ordered_at")["revenue"]
        .sort_index()
    )
    for truth in reading.truths(root, campaign, 10).itertuples():
        start, end = pd.Timestamp(truth[5]), pd.Timestamp(truth.to) - pd.Timedelta(minutes=1)
        assert orders[start:end].empty
        weeks = [pd.Timedelta(weeks=week) for week in (-4, -3, -2, -1, 1)]
        usual = np.mean([orders[start + week : end + week].sum() for week in weeks])
        assert truth.size == pytest.approx(usual, rel=0.35)


def test_customers_come_back(root: Path, campaign: str) -> None:
    orders = pd.read_parquet(root / f"data/{campaign}/orders/orders.parquet")
    times = orders["customer_id"].value_counts()
    assert 0.2 < (times > 1).mean() < 0.7
    assert orders["ordered_at"].is_monotonic_increasing


def test_an_order_costs_its_channels_mean_and_some_are_cheaper_or_come_back(
    root: Path, campaign: str, scene: Scene
) -> None:
    orders = pd.read_parquet(root / f"data/{campaign}/orders/orders.parquet")
    means = orders.groupby("channel")["revenue"].agg(["mean", "size"])
    for spec in scene.channels:
        mean, count = means.loc[spec.id]
        assert mean == pytest.approx(spec.aov, rel=4 * 0.35 / np.sqrt(count))
    cheaper = orders[orders["discount"] > 0]
    assert len(cheaper) / len(orders) == pytest.approx(0.3, abs=0.02)
    assert (cheaper["discount"] / cheaper["revenue"]).mean() == pytest.approx(0.12, abs=0.005)
    returned = orders[orders["refund"] > 0]
    assert len(returned) / len(orders) == pytest.approx(0.03, abs=0.01)
    assert returned["refund"].eq(returned["revenue"]).all()


def test_orders_of_a_day_are_counted_with_their_first_buyers() -> None:
    made = pd.DataFrame(
        {
            "order_id": ["o1", "o2", "o3"],
            "ordered_at": pd.to_datetime(
                ["2026-10-01 00:00", "2026-10-01 23:59", "2026-10-02 00:00"]
            ),
            "channel": ["a", "a", "a"],
            "is_new": [True, False, True],
            "revenue": [10.0, 5.0, 1.0],
        }
    )
    assert by_day(made).to_numpy().tolist() == [[2, 1, 15.0], [1, 1, 1.0]]
