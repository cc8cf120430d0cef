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


def test_days_are_drawn_in_runs_of_a_week_that_go_round_the_month() -> None:
    """Of two weeks exactly two blocks: every day counts as often as blocks cover it."""
    counts = day_counts(14, 400, np.random.default_rng(1))
    for row in counts:
        assert set(np.unique(row)) <= {0.0, 1.0, 2.0}
        once = np.flatnonzero(np.diff(np.r_[row, row[0]]))
        assert len(once) in (0, 2, 4)  # the borders of the two runs
    assert counts.mean(axis=0) == pytest.approx(np.ones(14), abs=0.15)
    assert counts[:, 0].var() > 0.3


def test_a_column_of_draws_that_are_not_known_stays_unknown_beside_one_that_is() -> None:
    drawn = np.column_stack([np.full(50, np.nan), np.full(50, 3.0), np.full(50, 1.0)])
    drawn[:25, 2] = np.nan
    wide = widened(drawn, 3.0, 28, np.random.default_rng(1))
    assert np.isnan(wide[:, 0]).all()
    assert wide[:, 1] == pytest.approx(np.full(50, 3.0))
    assert wide[25:, 2] == pytest.approx(np.ones(25))


def test_a_draw_that_alone_is_known_is_its_own_middle() -> None:
    drawn = np.full((50, 1), np.nan)
    drawn[7] = 3.0
    assert widened(drawn, 3.0, 28, np.random.default_rng(1))[7].item() == pytest.approx(3.0)


def test_a_channel_that_spent_less_than_one_of_the_currency_is_drawn_too() -> None:
    month = _month(1)
    month["spend"] *= 1e-4
    month["revenue"] *= 1e-4
    assert set(ratio_draws(month, "revenue", "spend").columns) == {"search", "social"}


def test_fourteen_days_are_enough_and_thirteen_are_not() -> None:
    month = _month(1)
    days = sorted(month["date"].unique())
    enough = ratio_draws(month[month["date"].isin(days[:14])], "revenue", "spend")
    assert enough.shape == (DRAWS, 2)
    assert ratio_draws(month[month["date"].isin(days[:13])], "revenue", "spend").empty


def test_a_channel_without_anything_below_the_line_is_left_out() -> None:
    month = _month(1)
    month.loc[month["channel"].eq("social"), "spend"] = 0.0
    assert list(ratio_draws(month, "revenue", "spend").columns) == ["search"]


def test_draws_that_happen_to_have_nothing_below_the_line_are_unknown() -> None:
    month = _month(1)
    rare = month["channel"].eq("social") & month["date"].gt("2026-10-02")
    month.loc[rare, "spend"] = 0.0
    found = ratio_draws(month, "revenue", "spend")["social"]
    assert 0 < found.isna().sum() < DRAWS
    assert np.isfinite(found.dropna()).all()


def test_a_ratio_is_never_below_nothing() -> None:
    month = _month(1)
    month["revenue"] *= np.where(month["date"].dt.day.eq(5), 500.0, 0.001)
    assert ratio_draws(month, "revenue", "spend").min().min() == 0.0


def test_another_seed_draws_other_days_and_the_first_is_nought() -> None:
    one, other = (ratio_draws(_month(1), "revenue", "spend", seed=seed) for seed in (0, 1))
    pd.testing.assert_frame_equal(ratio_draws(_month(1), "revenue", "spend"), one)
    assert not one.equals(other)


def test_an_interval_leaves_out_a_twentieth_on_each_side() -> None:
    found = interval(pd.DataFrame({"a": np.arange(101.0)}))
    assert found.loc["a"].to_dict() == {"low": pytest.approx(5.0), "high": pytest.approx(95.0)}
