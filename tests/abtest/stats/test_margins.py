"""One-sided tests of a guardrail against its margin, beside scipy and statsmodels."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from playbook.abtest import Effect, compare_means, compare_rates
from playbook.abtest.stats.margins import margin_test
from playbook.params.experiment import MetricPlan

DRAW = np.random.default_rng(3)
CONTROL, TREATMENT = DRAW.normal(10, 3, 200), DRAW.normal(9.8, 4, 240)


def guardrail(**changes: Any) -> MetricPlan:
    return MetricPlan.model_validate({"name": "y", "role": "guardrail"} | changes)


def means(sign: float = 1.0) -> Effect:
    return compare_means(sign * CONTROL, sign * TREATMENT)


@pytest.mark.parametrize(("better", "alternative"), [("higher", "greater"), ("lower", "less")])
def test_an_absolute_margin_is_a_shifted_t_test(better: str, alternative: str) -> None:
    made = margin_test(guardrail(margin_abs=0.5, better=better), means())
    shift = -0.5 if better == "higher" else 0.5
    wanted = stats.ttest_ind(
        TREATMENT, CONTROL + shift, equal_var=False, alternative=alternative
    ).pvalue
    assert made.within == pytest.approx(wanted, rel=1e-9)
    assert made.beyond == pytest.approx(1 - wanted, rel=1e-9)


def test_a_relative_margin_is_a_test_against_a_part_of_the_control() -> None:
    """Welch of the treatment against nine tenths of the control, but for its degrees of freedom."""
    made = margin_test(guardrail(margin=0.1), means())
    found = stats.ttest_ind(TREATMENT, 0.9 * CONTROL, equal_var=False, alternative="greater")
    assert made.within == pytest.approx(float(stats.t.sf(found.statistic, means().df)), rel=1e-9)


def test_turned_round_numbers_and_direction_give_the_same_answer() -> None:
    """A loss that may grow by a tenth is a profit, turned round, that may fall by a tenth."""
    plain = margin_test(guardrail(margin=0.1), means())
    turned = margin_test(guardrail(margin=0.1, better="lower"), means(-1.0))
    assert turned.within == pytest.approx(plain.within, rel=1e-9)


def test_without_a_margin_it_is_the_test_of_no_change() -> None:
    made = margin_test(guardrail(), means())
    assert made.beyond == pytest.approx(means().pvalue / 2, rel=1e-9)


@pytest.mark.parametrize(
    ("treatment", "margin"), [((3, 1000), 0.01), ((0, 1000), 0.005), ((9, 1500), 0.01)]
)
def test_rates_with_few_events_are_compared_by_scores(
    treatment: tuple[int, int], margin: float
) -> None:
    effect = compare_rates(control=(2, 1000), treatment=treatment)
    made = margin_test(guardrail(kind="rate", margin_abs=margin, better="lower"), effect)
    assert made.within == pytest.approx(by_likelihood((2, 1000), treatment, margin), rel=1e-3)


def by_likelihood(control: tuple[int, int], treatment: tuple[int, int], shift: float) -> float:
    """Maximise the restricted likelihood on a fine grid instead of solving the cubic."""
    (hits_c, n_c), (hits_t, n_t) = control, treatment
    rate = np.linspace(1e-7, 1 - shift - 1e-7, 4_000_001)
    likelihood = hits_c * np.log(rate) + (n_c - hits_c) * np.log1p(-rate)
    likelihood += hits_t * np.log(rate + shift) + (n_t - hits_t) * np.log1p(-rate - shift)
    best = rate[np.argmax(likelihood)]
    variance = best * (1 - best) / n_c + (best + shift) * (1 - best - shift) / n_t
    z = (hits_c / n_c + shift - hits_t / n_t) / math.sqrt(variance)
    return float(stats.norm.sf(z))


def test_without_spread_what_is_not_worse_than_the_margin_keeps_it() -> None:
    for value, within in ((1.0, 0.0), (0.96, 0.0), (0.9, 1.0)):
        effect = compare_means([1.0, 1.0, 1.0], [value] * 3)
        assert margin_test(guardrail(margin=0.05), effect).within == within


def test_an_effect_without_an_estimate_has_no_test() -> None:
    effect = compare_means([1.0, 2.0, 3.0], [1.0, 2.0, 4.0])
    unknown = margin_test(guardrail(margin=0.1), replace(effect, difference=math.nan))
    assert math.isnan(unknown.within)
    assert math.isnan(unknown.beyond)
