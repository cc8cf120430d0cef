"""Against what chance really does.

Equals must rarely be told apart, and a planted gap must be seen.
"""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from playbook.methods.bootstrap import DRAWS, day_counts, interval, ratio_draws, widened


def _month(seed: int, search: float = 5.0, social: float = 5.0) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    days = pd.date_range("2026-10-01", "2026-10-31")
    rows = pd.DataFrame(
        {"date": days.repeat(2), "channel": ["search", "social"] * len(days), "spend": 100.0}
    )
    level = rows["channel"].map({"search": search, "social": social})
    return rows.assign(revenue=rows["spend"] * level * generator.lognormal(0, 0.3, len(rows)))


def test_every_draw_has_as_many_days_as_the_month() -> None:
    assert set(day_counts(31, 50, np.random.default_rng(0)).sum(axis=1)) == {31.0}


def test_equal_channels_are_told_apart_about_as_often_as_the_interval_allows() -> None:
    apart = [interval(ratio_draws(_month(seed), "revenue", "spend")) for seed in range(60)]
    covers = sum(
        (found["low"] <= 5.0 * np.exp(0.045)).all() and (found["high"] >= 5.0 * np.exp(0.045)).all()
        for found in apart
    )
    assert covers >= 43  # both of two intervals of 90 %: 81 % of 60 is 49


def test_a_return_twice_as_high_is_seen() -> None:
    found = interval(ratio_draws(_month(1, search=10.0), "revenue", "spend"))
    assert found.loc["search", "low"] > found.loc["social", "high"]


def test_days_on_which_one_side_is_unknown_do_not_count() -> None:
    month = _month(1)
    month.loc[month["date"] >= "2026-10-16", "revenue"] = np.nan
    found = ratio_draws(month, "revenue", "spend").mean()
    first = month[month["date"] < "2026-10-16"].groupby("channel")[["revenue", "spend"]].sum()
    assert found["search"] == pytest.approx(
        first.loc["search", "revenue"] / first.loc["search", "spend"], rel=0.1
    )


def test_ten_days_draw_nothing() -> None:
    assert ratio_draws(_month(1).head(20), "revenue", "spend").empty


def test_draws_are_stretched_by_a_t_of_the_weeks_less_one() -> None:
    freedom, days = 31 / 7 - 1, 31
    drawn = np.random.default_rng(3).normal(0.0, 1.0, (200_000, 1))
    wide = widened(drawn, freedom, days, np.random.default_rng(4))
    low, high = np.quantile(wide, [0.05, 0.95])
    reach = stats.t.ppf(0.95, freedom) / np.sqrt(1 - 7 / days)
    assert high == pytest.approx(reach, rel=0.02)
    assert low == pytest.approx(-reach, rel=0.02)


def test_ratios_of_a_month_have_the_degrees_of_freedom_of_its_weeks_less_one() -> None:
    month = _month(2)
    drawn = ratio_draws(month, "revenue", "spend")
    generator = np.random.default_rng(0)
    search = month[month["channel"].eq("search")]
    counts = day_counts(31, DRAWS, generator)
    ratio = counts @ search["revenue"].to_numpy() / (counts @ search["spend"].to_numpy())
    expected = widened(ratio[:, np.newaxis], 31 / 7 - 1, 31, generator)
    assert drawn["search"].to_numpy() == pytest.approx(expected[:, 0], rel=1e-12)
