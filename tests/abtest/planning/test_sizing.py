"""Sizes against R and statsmodels, and against themselves the other way round."""

import csv
import json
import math
from dataclasses import replace
from pathlib import Path

import pytest

from playbook.abtest import sample_size
from playbook.abtest.planning.design import Design, Guardrail, Level, equal_looks, equal_shares
from playbook.abtest.planning.sizing import (
    detectable_lift,
    formula,
    size,
    weeks_needed,
    within_weeks,
)

ORACLE = Path(__file__).parents[1] / "stats" / "oracle.csv"
RATE = Level(kind="rate", baseline=0.1, variance=0.09)
MEAN = Level(kind="mean", baseline=1.0, variance=1.0)
PLAIN = Design(shares=equal_shares(2), primary=RATE)
GUARD = Guardrail(name="g", level=Level(kind="mean", baseline=50.0, variance=6400.0), margin=0.05)


def oracle(case: str) -> tuple[dict[str, float], dict[str, float]]:
    with ORACLE.open(encoding="utf-8") as file:
        row = next(row for row in csv.DictReader(file) if row["case"] == case)
    return json.loads(row["inputs"]), json.loads(row["expected"])


@pytest.mark.parametrize("case", ["power_prop_R", "power_prop_10_11"])
def test_two_rates_need_what_r_says(case: str) -> None:
    given, expected = oracle(case)
    level = Level(kind="rate", baseline=given["p1"], variance=given["p1"] * (1 - given["p1"]))
    design = replace(PLAIN, primary=level, power=given["power"])
    found = size(design, given["p2"] / given["p1"] - 1)
    assert found.exact / 2 == pytest.approx(expected["n_per_arm"], rel=1e-5)
    assert set(found.units.values()) == {math.ceil(expected["n_per_arm"])}


def test_two_means_need_what_r_and_cohen_say() -> None:
    given, expected = oracle("power_t_cohen")
    found = size(replace(PLAIN, primary=MEAN), given["d"])
    assert found.exact / 2 == pytest.approx(expected["n_per_arm"], abs=0.01)


def test_the_closed_formula_of_two_rates_gives_the_same() -> None:
    assert size(PLAIN, 0.1).exact / 2 == pytest.approx(
        sample_size(baseline=0.1, lift=0.1).per_arm, rel=1e-7
    )


def test_looks_cost_what_the_published_inflation_says() -> None:
    """Kim–DeMets and Lan–DeMets at four looks and 80 %: gsDesign's 1.020, 1.196 and 1.056."""
    plain = size(replace(PLAIN, primary=MEAN), 0.02).exact
    factors = [
        size(replace(PLAIN, primary=MEAN, times=equal_looks(4), spending=spending), 0.02).exact
        / plain
        for spending in ("obf", "pocock", "kim-demets")
    ]
    assert factors == pytest.approx([1.020, 1.196, 1.056], abs=0.001)


def test_unequal_arms_need_more_and_each_its_share() -> None:
    """Of a mean 1 / (4 × 0.1 × 0.9) = 2.78 times as many."""
    design = replace(PLAIN, primary=MEAN)
    found = size(replace(design, shares={"old": 0.1, "new": 0.9}), 0.02)
    assert found.exact / size(design, 0.02).exact == pytest.approx(1 / 0.36, rel=1e-3)
    assert found.units["new"] == pytest.approx(9 * found.units["old"], abs=9)
    assert found.total == sum(found.units.values())


def test_a_guardrail_needs_its_own_units_where_the_primary_metric_needs_fewer() -> None:
    alone, guarded = size(PLAIN, 0.2), size(replace(PLAIN, guardrails=(GUARD,)), 0.2)
    assert guarded.total > alone.total
    assert guarded.power.ship == pytest.approx(0.8, abs=0.001)
    assert guarded.power.primary > 0.9


def test_a_covariate_saves_its_share_of_the_variance() -> None:
    narrowed = replace(MEAN, variance_cut=0.36)
    found = size(replace(PLAIN, primary=narrowed), 0.01).exact
    assert found / size(replace(PLAIN, primary=MEAN), 0.01).exact == pytest.approx(0.64, rel=1e-4)


def test_the_smallest_effect_is_the_size_the_other_way_round() -> None:
    design = replace(PLAIN, guardrails=(GUARD,), times=equal_looks(2))
    found = size(design, 0.1)
    assert detectable_lift(design, found.exact) == pytest.approx(0.1, rel=1e-2)
    fewer = replace(PLAIN, better="lower")
    assert detectable_lift(fewer, size(fewer, -0.1).exact) == pytest.approx(-0.1, rel=1e-4)


def test_no_lift_is_large_enough_where_a_guardrail_has_too_few_units() -> None:
    assert math.isnan(detectable_lift(replace(PLAIN, guardrails=(GUARD,)), 1000))


def test_weeks_are_whole_and_a_full_one_is_enough() -> None:
    assert (weeks_needed(7000, 1000), weeks_needed(7000, 999)) == (1, 2)


def test_weeks_that_one_can_afford_show_less_the_fewer_they_are() -> None:
    found = within_weeks(replace(PLAIN, primary=MEAN), 1000.7)
    assert [each.weeks for each in found] == [1, 2, 3, 4, 6, 8]
    assert [found[0].units, found[3].units] == [7004, 28019]
    assert found[0].lift / found[3].lift == pytest.approx(2.0, rel=1e-3)
    assert math.isnan(within_weeks(PLAIN, 0.1, [1])[0].lift)


@pytest.mark.parametrize(
    ("lift", "rule"),
    [(0.0, "must not be 0"), (math.nan, "must not be 0"), (-0.1, "for the worse")],
)
def test_an_effect_that_is_none_is_refused(lift: float, rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        size(PLAIN, lift)


def test_a_power_that_open_guardrails_forbid_is_refused() -> None:
    """Each of two blocks 0.05 / 2 / 3 of harmless tests, so that 0.99 is out of reach."""
    open_ones = tuple(Guardrail(name=name, level=MEAN) for name in "ab")
    with pytest.raises(ValueError, match="cannot be reached"):
        size(replace(PLAIN, guardrails=open_ones, power=0.99), 0.1)


@pytest.mark.parametrize("daily", [0.0, -5.0, math.inf])
def test_without_traffic_no_week_is_told(daily: float) -> None:
    with pytest.raises(ValueError, match="daily_units"):
        weeks_needed(100, daily)
    with pytest.raises(ValueError, match="daily_units"):
        within_weeks(PLAIN, daily)
    with pytest.raises(ValueError, match="units == 0"):
        detectable_lift(PLAIN, 0)


def test_every_part_of_the_formula_is_named() -> None:
    assert formula(PLAIN) == ("pooled",)
    everything = replace(
        PLAIN,
        shares=equal_shares(3),
        primary=replace(MEAN, variance_cut=0.1),
        guardrails=(GUARD,),
        primaries=2,
        times=(0.5, 1.0),
    )
    assert formula(everything) == ("means", "cuped", "shared", "holm", "looks", "guardrails")
    assert "dunnett" in formula(replace(everything, times=(1.0,)))
    ratio = Level(kind="ratio", baseline=2.0, variance=1.0)
    assert formula(replace(PLAIN, primary=ratio)) == ("ratios",)
    assert formula(replace(PLAIN, primary=replace(ratio, by_sums=True))) == ("clusters",)
