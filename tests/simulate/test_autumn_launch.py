"""What the English campaign plants, read back from its files by simple sums."""

from pathlib import Path

import pandas as pd
import pytest

from playbook import params
from tests.simulate import reading

CAMPAIGN = "autumn-launch"


@pytest.fixture
def daily(root: Path) -> pd.DataFrame:
    return reading.daily(root, CAMPAIGN)


def test_its_money_is_in_usd(root: Path) -> None:
    assert params.load(CAMPAIGN, "2026-10", root / "params").currency == "USD"


def test_google_display_costs_more_than_it_returns(root: Path, daily: pd.DataFrame) -> None:
    margin = params.load(CAMPAIGN, "2026-10", root / "params").business.margin
    assert margin is not None
    sums = daily[daily["month"].eq("2026-10")].groupby("channel")[["revenue", "spend"]].sum()
    profit = margin * sums["revenue"] - sums["spend"]
    assert profit.idxmin() == "google-display"
    assert profit["google-display"] < 0


def test_people_order_most_from_eight_to_ten_in_the_evening(root: Path) -> None:
    orders = pd.read_parquet(root / f"data/{CAMPAIGN}/orders/orders.parquet")
    by_hour = orders["ordered_at"].dt.hour.value_counts()
    assert set(by_hour.index[:2]) == {20, 21}
    assert by_hour.iloc[0] > 5 * by_hour[3]


def test_the_events_of_october_hit_their_channels(daily: pd.DataFrame) -> None:
    wide = daily.pivot(index="date", columns="channel")
    tracked = wide["conversions"]["google-search"]
    assert tracked["2026-10-15"] < 0.2 * tracked["2026-10-08"]
    spend = wide["spend"]["affiliates"]
    assert spend["2026-10-20"] > 0
    assert spend["2026-10-22":].sum() == 0
