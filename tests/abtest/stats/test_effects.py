import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from playbook.abtest import Summary, compare_means, compare_quantiles, compare_rates
from playbook.abtest.stats import effects as reasons
from playbook.abtest.stats.effects import Step, compare_estimates
from playbook.abtest.stats.estimates import Estimate
from playbook.errors import PlaybookError
from playbook.methods import intervals

RATES = st.tuples(st.integers(0, 400), st.integers(1, 400)).map(
    lambda pair: (min(pair), max(pair[1], min(pair), 1))
)


def test_rates_from_four_numbers() -> None:
    effect = compare_rates(control=(2105, 50123), treatment=(2243, 50340))
    assert effect.difference == pytest.approx(0.0025603, abs=1e-7)
    assert effect.lift == pytest.approx(2243 / 50340 / (2105 / 50123) - 1)
    assert [step.key for step in effect.method] == ["pooled_z", "newcombe", "lift_fieller"]


def test_few_conversions_are_tested_exactly() -> None:
    effect = compare_rates(control=(1, 50), treatment=(6, 50))
    assert effect.method[0].key == "fisher_exact"
    assert effect.pvalue == pytest.approx(0.1117, abs=1e-4)


def test_no_conversion_at_all_says_so() -> None:
    effect = compare_rates(control=(0, 100), treatment=(0, 120))
    assert (effect.difference, effect.pvalue, effect.note) == (0.0, 1.0, reasons.NO_CONVERSIONS)
    assert effect.ci_lower < 0 < effect.ci_upper


def test_lift_over_zero_control_is_undefined_with_a_reason() -> None:
    effect = compare_rates(control=(0, 1000), treatment=(30, 1000))
    assert math.isnan(effect.lift)
    assert effect.note == reasons.CONTROL_NOT_POSITIVE


def test_lift_over_a_negative_control_is_undefined_with_a_reason() -> None:
    effect = compare_means([-10.0, -11, -9, -10], [-5.0, -6, -4, -5])
    assert effect.difference == 5
    assert math.isnan(effect.lift)
    assert effect.note == reasons.CONTROL_NOT_POSITIVE


def test_lift_has_no_interval_where_control_may_be_zero() -> None:
    effect = compare_means([-10.0, 11, -9, 10], [5.0, 6, 4, 5])
    assert effect.lift == 9.0
    assert math.isnan(effect.lift_ci_lower)
    assert effect.note == reasons.CONTROL_NEAR_ZERO


def test_no_variance_no_test() -> None:
    effect = compare_means([1.0, 1, 1], [2.0, 2, 2])
    assert (effect.difference, effect.note) == (1.0, reasons.NO_VARIANCE)
    assert math.isnan(effect.pvalue)


def test_summary_and_values_give_the_same() -> None:
    a, b = np.array([1.0, 4, 2, 8]), np.array([3.0, 9, 7, 5, 6])
    summaries = [
        Summary(n=len(x), mean=float(x.mean()), variance=float(x.var(ddof=1))) for x in (a, b)
    ]
    assert compare_means(*summaries) == compare_means(a, b)


@pytest.mark.parametrize(
    ("control", "treatment", "rule"),
    [
        ((-1, 10), (1, 10), "control is '-1/10'"),
        ((1, 10), (11, 10), "more units converted than there are"),
        ((1, 0), (1, 10), "units at least 1"),
        ((1.5, 10), (1, 10), "whole numbers"),
        ((1,), (1, 10), "must be two numbers"),
        (5, (1, 10), "must be two numbers"),
        ("12", (1, 10), "must be two numbers"),
    ],
)
def test_impossible_counts_are_refused(
    control: tuple[int, int], treatment: tuple[int, int], rule: str
) -> None:
    with pytest.raises(PlaybookError, match=rule):
        compare_rates(control=control, treatment=treatment)


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ([1.0], "at least two known values"),
        ([1.0, math.inf], "infinite"),
        (["x", "y"], "not made of numbers"),
    ],
)
def test_impossible_values_are_refused(values: list[float], rule: str) -> None:
    with pytest.raises(PlaybookError, match=rule):
        compare_means([1.0, 2.0], values)


@pytest.mark.parametrize(
    ("mean", "variance"), [(math.nan, 1.0), (math.inf, 1.0), (1.0, -1.0), (1.0, math.inf)]
)
def test_impossible_moments_are_refused(mean: float, variance: float) -> None:
    with pytest.raises(
        PlaybookError, match=r"treatment is 'mean .*, variance .*': a mean is a number"
    ):
        compare_means([1.0, 2.0], Summary(n=10, mean=mean, variance=variance))


@pytest.mark.parametrize(
    ("mistake", "rule"),
    [
        ({"alpha": 5}, "alpha == 5"),
        ({"alpha": "0.05"}, "alpha == '0.05'"),
        ({"alpha": math.nan}, "alpha == nan"),
        (
            {"relative": "fiedler"},
            r"relative == 'fiedler', must be one of \('fieller', 'delta', 'log'\)",
        ),
    ],
)
def test_settings_out_of_range_are_the_callers_mistake(mistake: dict[str, Any], rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        compare_rates(control=(1, 10), treatment=(2, 10), **mistake)
    with pytest.raises(ValueError, match=rule):
        compare_means([1.0, 2.0], [2.0, 4.0], **mistake)


@pytest.mark.parametrize(
    ("values", "settings", "rule"),
    [
        ([1.0, math.inf], {}, "values == inf"),
        ([1.0], {}, "values == 1 known ones"),
        ([1.0, 2.0], {"quantile": 1.0}, "quantile == 1.0"),
        ([1.0, 2.0], {"alpha": 0}, "alpha == 0"),
    ],
)
def test_a_quantile_of_nothing_is_refused(
    values: list[float], settings: dict[str, float], rule: str
) -> None:
    with pytest.raises(ValueError, match=rule):
        compare_quantiles([1.0, 2.0], values, **settings)


@given(RATES, RATES)
def test_swapping_the_arms_turns_the_sign(first: tuple[int, int], second: tuple[int, int]) -> None:
    there = compare_rates(control=first, treatment=second)
    back = compare_rates(control=second, treatment=first)
    assert back.difference == pytest.approx(-there.difference)
    assert back.ci_lower == pytest.approx(-there.ci_upper)
    assert back.pvalue == pytest.approx(there.pvalue)


@given(RATES, RATES)
def test_interval_holds_the_estimate_and_p_is_a_probability(
    first: tuple[int, int], second: tuple[int, int]
) -> None:
    effect = compare_rates(control=first, treatment=second)
    assert -1 <= effect.ci_lower <= effect.difference <= effect.ci_upper <= 1
    assert 0 <= effect.pvalue <= 1 + 1e-12


@given(
    st.lists(st.floats(1, 1e3), min_size=3, max_size=30),
    st.lists(st.floats(1, 1e3), min_size=3, max_size=30),
    st.floats(0.01, 100),
)
def test_a_change_of_unit_changes_no_lift(a: list[float], b: list[float], scale: float) -> None:
    plain, scaled = compare_means(a, b), compare_means(np.array(a) * scale, np.array(b) * scale)
    assert scaled.lift == pytest.approx(plain.lift, rel=1e-9, abs=1e-12)


def test_fieller_and_difference_agree_on_what_is_significant() -> None:
    effect = compare_means([10.0, 11, 9, 10], [11.0, 12, 10.5, 12])
    assert (effect.ci_lower > 0) == (effect.lift_ci_lower > 0)


def test_quantiles_find_a_shift_and_are_repeatable() -> None:
    generator = np.random.default_rng(3)
    a, b = generator.gamma(2, 10, 4000), generator.gamma(2, 10, 4000) + 3
    effect = compare_quantiles(a, b)
    assert effect.ci_lower < 3 < effect.ci_upper
    assert effect.pvalue <= 0.001
    assert compare_quantiles(a, b) == effect


def test_five_expected_conversions_are_tested_by_z_and_fewer_exactly() -> None:
    enough = compare_rates(control=(3, 50), treatment=(7, 50))  # five expected in each
    assert enough.method[0].key == "pooled_z"
    table = [[7, 43], [3, 47]]
    assert enough.pvalue == pytest.approx(stats.chi2_contingency(table, correction=False).pvalue)
    fewer = compare_rates(control=(3, 50), treatment=(6, 50))
    assert fewer.method[0].key == "fisher_exact"
    assert fewer.pvalue == pytest.approx(stats.fisher_exact([[6, 44], [3, 47]]).pvalue)
    misses = compare_rates(control=(47, 50), treatment=(44, 50))
    assert misses.method[0].key == "fisher_exact"


def test_errors_of_rates_are_those_of_each_arm_alone() -> None:
    found = compare_rates(control=(20, 100), treatment=(30, 120))
    variances = 0.2 * 0.8 / 100, 0.25 * 0.75 / 120
    assert found.se == pytest.approx(math.sqrt(sum(variances)))
    assert found.se_control == pytest.approx(math.sqrt(variances[0]))
    assert (found.difference, found.lift) == (pytest.approx(0.05), pytest.approx(0.25))
    assert (found.n_control, found.n_treatment) == (100, 120)


def test_every_unit_converted_and_none_did_are_told_apart() -> None:
    assert compare_rates(control=(9, 9), treatment=(8, 8)).note == "all_converted"
    assert compare_rates(control=(0, 9), treatment=(0, 8)).note == "no_conversions"
    assert "every unit" not in compare_rates(control=(9, 9), treatment=(7, 8)).note


@pytest.mark.parametrize("method", ["fieller", "delta", "log"])
def test_the_lift_of_means_has_the_interval_that_was_asked_for(method: Any) -> None:
    a, b = [10.0, 11.0, 12.0, 9.0], [12.0, 13.0, 11.5, 14.0]
    found = compare_means(a, b, relative=method, alpha=0.1)
    pairs = [(np.mean(arm), np.var(arm, ddof=1) / len(arm)) for arm in (a, b)]
    by = {"fieller": intervals.fieller, "delta": intervals.delta, "log": intervals.log_ratio}
    quantile = stats.t.isf(0.05, found.df)
    assert (found.lift_ci_lower, found.lift_ci_upper) == pytest.approx(by[method](*pairs, quantile))
    assert [step.key for step in found.method] == ["welch_t", f"lift_{method}"]
    wanted = stats.ttest_ind(b, a, equal_var=False)
    interval = wanted.confidence_interval(0.9)
    assert (found.statistic, found.pvalue, found.df) == pytest.approx(
        (wanted.statistic, wanted.pvalue, wanted.df)
    )
    assert (found.ci_lower, found.ci_upper) == pytest.approx((interval.low, interval.high))


def test_two_values_are_a_sample_and_one_is_none() -> None:
    assert compare_means([1.0, 2.0], [3.0, 5.0]).n_control == 2
    with pytest.raises(PlaybookError, match=r"'1 values': a mean needs at least two known values"):
        compare_means([1.0, math.nan], [3.0, 5.0])


def test_one_arm_without_variance_is_tested_with_the_freedom_of_the_other() -> None:
    found = compare_means([1.0, 1.0, 1.0], [2.0, 3.0, 4.0])
    assert found.df == pytest.approx(2)
    assert found.note == ""


def test_what_covariates_take_away_is_a_share_of_the_variance_of_both_arms() -> None:
    control = Estimate(base=100.0, level=1.0, variance=2.0, n=50, cut=0.5)
    treatment = Estimate(base=100.0, level=2.0, variance=3.0, n=60, cut=0.25)
    found = compare_estimates(control, treatment, alpha=0.05, method=(Step("t"),), df=math.inf)
    assert found.variance_cut == pytest.approx(1 - 5 / (2 / 0.5 + 3 / 0.75))
    assert (found.control, found.treatment, found.difference) == (101.0, 102.0, 1.0)
    assert found.statistic == pytest.approx(1 / math.sqrt(5))
    whole = Estimate(base=0.0, level=1.0, variance=0.0, n=50, cut=1.0)
    assert compare_estimates(whole, treatment, alpha=0.05, method=(Step("t"),)).variance_cut == 1.0


def test_estimates_without_two_units_or_without_a_ratio_say_why_they_are_not_tested() -> None:
    known = Estimate(base=0.0, level=1.0, variance=2.0, n=50)
    one = Estimate(base=0.0, level=1.0, variance=math.nan, n=1)
    lost = Estimate(base=0.0, level=math.nan, variance=math.nan, n=9)
    two = Estimate(base=0.0, level=1.0, variance=2.0, n=2)
    notes = [
        compare_estimates(known, arm, alpha=0.05, method=(Step("t"),)).note
        for arm in (one, lost, two)
    ]
    assert notes[:2] == ["too_few", "no_denominator"]
    assert notes[2] != "too_few"


@pytest.mark.parametrize(
    ("test", "pvalue"),
    [
        ("auto", stats.fisher_exact([[7, 8], [1, 14]]).pvalue),
        ("fisher", stats.fisher_exact([[7, 8], [1, 14]]).pvalue),
        ("boschloo", stats.boschloo_exact([[7, 1], [8, 14]]).pvalue),
        ("z", stats.chi2_contingency([[7, 8], [1, 14]], correction=False).pvalue),
    ],
)
def test_the_test_of_two_rates_may_be_chosen(test: Any, pvalue: float) -> None:
    found = compare_rates(control=(1, 15), treatment=(7, 15), test=test)
    assert found.pvalue == pytest.approx(pvalue, rel=1e-6)


def test_boschloo_is_for_small_arms() -> None:
    with pytest.raises(PlaybookError, match="for arms of up to 1,000 units"):
        compare_rates(control=(10, 1001), treatment=(10, 500), test="boschloo")
    assert compare_rates(control=(0, 9), treatment=(0, 9), test="boschloo").pvalue == 1.0
