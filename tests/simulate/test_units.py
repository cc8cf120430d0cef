"""A channel's day split over its campaigns."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from playbook.simulate.autumn_launch import SCENE
from playbook.simulate.scene import Unit
from playbook.simulate.units import unit_rows

UNITS = (
    Unit(name="brand", impressions=3.0, clicks=1.0, conversions=1.0, spend=2.0),
    Unit(
        name="generic",
        impressions=1.0,
        clicks=1.0,
        conversions=1.0,
        spend=1.0,
        paused=("2026-10-02", "2026-10-02"),
    ),
)
SPEC = replace(SCENE.channels[0], units=UNITS)


@pytest.fixture
def counted() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "date": pd.date_range("2026-10-01", periods=3),
            "impressions": [10_000, 10_000, 0],
            "clicks": [500, 500, 0],
            "conversions": [50, 50, 0],
            "spend": [100.01, 33.33, 0.0],
        }
    )


def test_the_parts_add_up_to_the_day(counted: pd.DataFrame) -> None:
    sums = (
        unit_rows(counted, SPEC, SCENE, 1).groupby("date")[["clicks", "conversions", "spend"]].sum()
    )
    for name in sums.columns:
        assert sums[name].to_numpy() == pytest.approx(counted[name].to_numpy())


def test_each_unit_has_its_share_and_a_paused_one_nothing(counted: pd.DataFrame) -> None:
    found = unit_rows(counted, SPEC, SCENE, 1).set_index(["date", "unit"])
    first, second = (pd.Timestamp(day) for day in ("2026-10-01", "2026-10-02"))
    assert found.loc[(first, "brand"), "impressions"] == pytest.approx(7500, rel=0.03)
    assert found.loc[(first, "brand"), "spend"] == pytest.approx(66.7, rel=0.15)
    assert found.loc[(second, "generic"), ["clicks", "conversions", "spend"]].tolist() == [0, 0, 0]
    assert found.loc[(second, "brand"), "spend"] == pytest.approx(33.33)


def test_a_unit_never_has_more_clicks_than_impressions(counted: pd.DataFrame) -> None:
    few = counted.assign(impressions=counted["clicks"])
    found = unit_rows(few, SPEC, SCENE, 1)
    assert (found["impressions"] >= found["clicks"]).all()
    assert np.allclose(found["spend"] * 100, np.rint(found["spend"] * 100))
