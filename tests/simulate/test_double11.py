"""What the Chinese campaign plants, read back from its files by simple sums."""

from pathlib import Path

import pandas as pd
import pytest

from playbook import params
from tests.simulate import reading

CAMPAIGN = "double11"


@pytest.fixture
def daily(root: Path) -> pd.DataFrame:
    return reading.daily(root, CAMPAIGN)


def test_its_money_is_in_cny(root: Path) -> None:
    assert params.load(CAMPAIGN, "2026-10", root / "params").currency == "CNY"


def test_ocean_feed_costs_more_than_it_returns(root: Path, daily: pd.DataFrame) -> None:
    margin = params.load(CAMPAIGN, "2026-10", root / "params").business.margin
    assert margin is not None
    sums = daily[daily["month"].eq("2026-10")].groupby("channel")[["revenue", "spend"]].sum()
    profit = margin * sums["revenue"] - sums["spend"]
    assert profit.idxmin() == "ocean-feed"
    assert profit["ocean-feed"] < 0


def test_people_order_most_at_nine_in_the_evening(root: Path) -> None:
    orders = pd.read_parquet(root / f"data/{CAMPAIGN}/orders/orders.parquet")
    by_hour = orders["ordered_at"].dt.hour.value_counts()
    assert by_hour.idxmax() == 21
    assert by_hour[21] > 5 * by_hour[3]


def test_demand_rises_from_the_twentieth_to_the_sale(daily: pd.DataFrame) -> None:
    """By 35 % on the last day of eleven, so by 25 % over seven; an owned channel shows it whole."""
    owned = daily[daily["channel"].eq("wechat-official")].set_index("date")["impressions"]
    last, before = owned["2026-10-25":].sum(), owned["2026-10-11":"2026-10-17"].sum()
    assert last / before == pytest.approx(1.25, abs=0.06)


def test_the_events_of_october_hit_their_channels(daily: pd.DataFrame) -> None:
    wide = daily.pivot(index="date", columns="channel")
    tracked = wide["conversions"]["ocean-feed"]
    assert tracked["2026-10-14"] < 0.2 * tracked["2026-10-07"]
    spend = wide["spend"]["partner-media"]
    assert spend["2026-10-20"] > 0
    assert spend["2026-10-22":].sum() == 0
