"""Effects by level and by day, against meta-analysis and weighted lines of statsmodels."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.api import WLS, add_constant

from playbook.abtest import collect
from playbook.abtest.stats.effects import Effect, compare_means
from playbook.abtest.stats.metric_effects import effects
from playbook.abtest.stats.moments import roll_up
from playbook.abtest.stats.multiplicity import adjust
from playbook.abtest.stats.segments import (
    Segment,
    by_segment,
    cochran_q,
    daily_trend,
    heterogeneity,
)
from playbook.params.experiment import ExperimentPlan

Plan = Callable[..., ExperimentPlan]

REVENUE = [{"name": "revenue", "role": "primary"}]


def level(name: str, treatment: list[float], control: list[float]) -> Segment:
    return Segment(column="channel", level=name, effect=compare_means(control, treatment))


def total(difference: float, pvalue: float = 0.5) -> Effect:
    """An effect over all units of a wanted sign."""
    found = compare_means([0.0, 1.0, 2.0], [difference, difference + 1.0, difference + 2.0])
    return Effect(**{name: getattr(found, name) for name in found.__slots__} | {"pvalue": pvalue})


def test_cochrans_q_is_the_weighted_sum_of_squares_about_the_weighted_mean() -> None:
    pooled, q, p = cochran_q([1.0, 2.0], [0.5, 1.0])
    assert pooled == pytest.approx((4 * 1 + 1 * 2) / 5)
    assert q == pytest.approx(4 * 0.2**2 + 0.8**2)
    assert p == pytest.approx(stats.chi2.sf(q, 1))


def test_each_level_is_compared_within_itself_and_corrected_for_all(
    shop: pd.DataFrame, plan: Plan
) -> None:
    here = plan(metrics=REVENUE, segments=["channel"])
    found = by_segment(collect(shop, here, ["channel"]), here, here.primary, "channel")
    assert [segment.level for segment in found] == ["search", "social"]
    for segment in found:
        part = shop[shop["channel"].eq(segment.level)]
        a, b = (part.loc[part["arm"].eq(arm), "revenue"] for arm in "ab")
        assert segment.effect.pvalue == pytest.approx(
            stats.ttest_ind(b, a, equal_var=False).pvalue, rel=1e-6
        )
    wanted = adjust([segment.effect.pvalue for segment in found])
    assert [segment.effect.pvalue_adjusted for segment in found] == pytest.approx(wanted)


def test_two_levels_are_enough_and_one_or_one_without_variance_is_not() -> None:
    one, other = level("x", [1.0, 2.0, 3.0], [0.0, 1.0, 2.0]), level("y", [1.0, 2.0], [3.0, 4.0])
    flat = level("z", [1.0, 1.0], [2.0, 2.0])
    assert heterogeneity([one], total(1.0)) is None
    assert heterogeneity([one, flat], total(1.0)) is None
    found = heterogeneity([one, other], total(1.0))
    assert found is not None
    assert (found.df, found.column) == (1, "channel")
    assert heterogeneity([one, flat, other], total(1.0)) == found


def test_simpson_needs_opposite_signs_and_one_of_the_two_to_be_significant() -> None:
    up = [level("x", [5.0, 6.0, 7.0], [1.0, 2.0, 3.0]), level("y", [5.0, 6.0], [1.0, 2.0])]
    flags = {
        (difference, pvalue): heterogeneity(up, total(difference, pvalue))
        for difference in (-1.0, 1.0)
        for pvalue in (0.01, 0.5)
    }
    assert {key: one.is_reversed for key, one in flags.items() if one} == {
        (-1.0, 0.01): True,
        (-1.0, 0.5): True,  # the levels are significant
        (1.0, 0.01): False,
        (1.0, 0.5): False,
    }
    weak = [level("x", [1.2, 2.0, 3.0], [1.0, 2.0, 3.0]), level("y", [1.1, 2.0], [1.0, 2.0])]
    unsure, sure = (heterogeneity(weak, total(-1.0, p)) for p in (0.5, 0.01))
    assert (unsure and unsure.is_reversed, sure and sure.is_reversed) == (False, True)


def test_a_trend_is_the_weighted_line_through_the_effects_of_the_days(
    shop: pd.DataFrame, plan: Plan
) -> None:
    here = plan(
        metrics=REVENUE, date_column="day", start="2026-09-01", end="2026-09-14", segments=[]
    )
    found = daily_trend(collect(shop, here, ["day"]), here, here.primary, "b")
    assert found is not None
    rows = [
        effects(roll_up(collect(part, here)), here.primary, ["a", "b"], alpha=0.05)[0]
        for _, part in shop.groupby("day")
    ]
    line = WLS(
        [row.difference for row in rows],
        add_constant(np.arange(len(rows))),
        weights=[row.se**-2 for row in rows],
    ).fit()
    assert found.slope == pytest.approx(line.params[1], rel=1e-6)
    z = line.params[1] / (line.bse[1] / np.sqrt(line.scale))
    assert found.pvalue == pytest.approx(2 * stats.norm.sf(abs(z)), rel=1e-6)
    assert found.days == 14


@pytest.mark.parametrize(("days", "known"), [(5, True), (4, False)])
def test_a_trend_needs_five_days(shop: pd.DataFrame, plan: Plan, days: int, known: bool) -> None:
    here = plan(metrics=REVENUE, date_column="day", start="2026-09-01", end="2026-09-14")
    few = shop[shop["day"] < np.datetime64("2026-09-01") + days]
    assert (daily_trend(collect(few, here, ["day"]), here, here.primary, "b") is not None) == known


def test_days_are_compared_without_covariates(shop: pd.DataFrame, plan: Plan) -> None:
    dates = {"date_column": "day", "start": "2026-09-01", "end": "2026-09-14"}
    plain = plan(metrics=REVENUE, **dates)
    narrowed = plan(metrics=[REVENUE[0] | {"covariates": ["revenue_pre"]}], **dates)
    slopes = []
    for here in (plain, narrowed):
        found = daily_trend(collect(shop, here, ["day"]), here, here.primary, "b")
        assert found is not None
        slopes.append(found.slope)
    assert slopes[0] == pytest.approx(slopes[1])
