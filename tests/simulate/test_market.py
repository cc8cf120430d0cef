"""Truths 7 and 8: series grow, step and peak as planted, a rival cuts its price and gets louder."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from playbook import params
from playbook.simulate.scene import Scene
from tests.simulate import reading


def test_market_series_grow_and_step_as_planted(root: Path, campaign: str, scene: Scene) -> None:
    wide = reading.csv(root / f"data/{campaign}/market/series.csv").pivot(
        index="date", columns="series_id", values="value"
    )
    year_on_year = (np.log(wide) - np.log(wide.shift(52))).dropna()
    for series in scene.series:
        stepped = year_on_year.index >= pd.Timestamp(series.step_on or "2027-01-01")
        unexplained = (
            year_on_year[series.id] - np.log1p(series.growth) - stepped * np.log1p(series.step)
        )
        assert abs(unexplained.mean()) < 0.02
        assert unexplained.std() < 0.08


def test_one_series_has_no_trend_and_the_others_peak_before_winter(
    root: Path, campaign: str
) -> None:
    table = reading.csv(root / f"data/{campaign}/market/series.csv")
    flat = reading.truths(root, campaign, 7).query("size == 0")["where"].tolist()
    assert len(flat) == 1
    by_month = (
        table[~table["series_id"].isin(flat)]
        .groupby(["series_id", table["date"].dt.month])["value"]
        .mean()
    )
    assert by_month.groupby("series_id").idxmax().map(lambda place: place[1]).isin([10, 11]).all()


def test_a_rival_cuts_its_price_and_gets_louder(
    root: Path, campaign: str, plan: params.Campaign
) -> None:
    table = reading.csv(root / f"data/{campaign}/market/competitors.csv")
    cut, louder = (reading.truths(root, campaign, 8).loc[name] for name in ("price-cut", "louder"))
    rival = table[table["brand"].eq(cut["where"])]
    after = rival["week"] >= pd.Timestamp(cut["from"])
    price, mentions = (rival.groupby(after)[name].mean() for name in ("price_index", "mentions"))
    assert price[True] / price[False] - 1 == pytest.approx(cut["size"], abs=0.01)
    assert mentions[True] / mentions[False] - 1 == pytest.approx(louder["size"], abs=0.12)
    assert plan.brand in set(table["brand"])
    assert after.sum() >= 6


def test_weeks_begin_on_monday_and_end_with_the_month(root: Path, campaign: str) -> None:
    series = reading.csv(root / f"data/{campaign}/market/series.csv")["date"]
    brands = reading.csv(root / f"data/{campaign}/market/competitors.csv")["week"]
    for weeks, count in ((series, 157), (brands, 52)):
        assert weeks.dt.day_of_week.eq(0).all()
        assert (weeks.nunique(), weeks.max()) == (count, pd.Timestamp("2026-10-26"))


def test_brands_have_the_planted_size_until_something_changes(
    root: Path, campaign: str, scene: Scene
) -> None:
    table = reading.csv(root / f"data/{campaign}/market/competitors.csv")
    before = table[table["week"] < "2026-09-07"].groupby("brand")[["mentions", "search_index"]]
    means = before.mean()
    planted = pd.DataFrame(
        {rival.brand: (rival.mentions, rival.searches) for rival in scene.rivals}
    ).T.loc[means.index]
    assert means.to_numpy() == pytest.approx(planted.to_numpy(), rel=0.05)
