"""The effect of a treatment on one metric: difference, interval, p-value and relative lift."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from playbook.abtest.stats.estimates import Estimate
from playbook.errors import PlaybookError, Problem
from playbook.methods import intervals
from playbook.methods.intervals import Interval

Relative = Literal["fieller", "delta", "log"]
RateTest = Literal["auto", "z", "fisher", "boschloo"]
SMALL_EXPECTED = 5
"""Below this expected count of conversions or misses the exact test is used (Cochran 1954)."""

MOST_BOSCHLOO = 1000
"""Units of an arm up to which every table is counted."""

FEW_EVENTS = 20
"""Below this count of conversions in an arm the intervals are those of score tests."""

CONTROL_NOT_POSITIVE = "control_not_positive"
CONTROL_NEAR_ZERO = "control_near_zero"
NO_CONVERSIONS = "no_conversions"
ALL_CONVERTED = "all_converted"
NO_VARIANCE = "no_variance"
TOO_FEW = "too_few"
NO_DENOMINATOR = "no_denominator"
"""Codes of why an effect has no number; the engine's messages say each in words."""

_LIFT_INTERVAL: Mapping[Relative, Callable[[Interval, Interval, float], Interval]] = {
    "fieller": intervals.fieller,
    "delta": intervals.delta,
    "log": intervals.log_ratio,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """A sample by its moments: number of units, mean, and variance with n − 1 below the line."""

    n: int
    mean: float
    variance: float


@dataclass(frozen=True, slots=True)
class Step:
    """One step of how an effect was computed.

    Attributes:
        key: Of the engine's messages, such as welch_t or cuped.
        number: Covariates, draws or the quantile; NaN where the step has none.
    """

    key: str
    number: float = math.nan


@dataclass(frozen=True, kw_only=True, slots=True)
class Ends:
    """Ends of the intervals of a difference and of its lift; confidence 1 − alpha."""

    alpha: float
    ci_lower: float
    ci_upper: float
    lift_ci_lower: float
    lift_ci_upper: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Effect:
    """Treatment minus control on one metric, two-sided.

    Rates, lifts and shares are fractions. NaN means undefined, and `note` says why.

    Attributes:
        metric: Id of the metric; empty where the numbers were given without a plan.
        arm: The treatment.
        control: Level in the control, in the metric's unit.
        treatment: Level in the treatment.
        difference: Treatment minus control.
        ci_lower: Lower end of the interval of the difference, confidence 1 − alpha.
        ci_upper: Its upper end.
        pvalue: Probability of a difference at least as large by luck alone.
        lift: Treatment / control − 1.
        lift_ci_lower: Lower end of the lift's interval.
        lift_ci_upper: Its upper end.
        se: Standard error of the difference (unpooled).
        se_control: Standard error of the control's level.
        statistic: z or t; NaN for an exact test.
        df: Degrees of freedom; infinite for z.
        n_control: Units of the control with a known value.
        n_treatment: Units of the treatment with a known value.
        alpha: Of the intervals.
        variance_cut: Share of the variance that covariates took away.
        pvalue_adjusted: After correction for several arms, metrics and looks; the p-value where
            there is one of each.
        corrected: Ends of the intervals that fit the corrected p-value; None where nothing was
            corrected, see `shown`.
        method: Test and intervals, step by step.
        note: Why something is undefined or replaced; empty where all is plain.
    """

    metric: str = ""
    arm: str = "treatment"
    control: float
    treatment: float
    difference: float
    ci_lower: float
    ci_upper: float
    pvalue: float
    lift: float
    lift_ci_lower: float
    lift_ci_upper: float
    se: float
    se_control: float
    statistic: float
    df: float
    n_control: int
    n_treatment: int
    alpha: float = 0.05
    variance_cut: float = 0.0
    pvalue_adjusted: float = math.nan
    corrected: Ends | None = None
    method: tuple[Step, ...]
    note: str = ""

    @property
    def shown(self) -> Ends:
        """The ends that stand beside the corrected p-value."""
        return self.corrected or self.ends

    @property
    def ends(self) -> Ends:
        """The ends of this effect alone, as if it were the only one."""
        return Ends(
            alpha=self.alpha,
            ci_lower=self.ci_lower,
            ci_upper=self.ci_upper,
            lift_ci_lower=self.lift_ci_lower,
            lift_ci_upper=self.lift_ci_upper,
        )


def compare_rates(
    *,
    control: tuple[int, int],
    treatment: tuple[int, int],
    alpha: float = 0.05,
    relative: Relative = "fieller",
    test: RateTest = "auto",
) -> Effect:
    """Compare two conversion rates given as counts.

    The p-value is that of the pooled z test, or of Fisher's exact test where a count below
    `SMALL_EXPECTED` is expected; the interval of the difference is Newcombe's. With fewer than
    `FEW_EVENTS` conversions in an arm both intervals are those of score tests, whatever `relative`
    says. That of the lift never reaches below −1.

    Args:
        control: Conversions and units.
        treatment: Conversions and units.
        alpha: Two-sided, above 0 and below 1.
        relative: Method of the lift's interval.
        test: Of the p-value: auto as above, z, fisher, or boschloo, which is exact as well and
            finds more, for arms of up to `MOST_BOSCHLOO` units.

    Raises:
        PlaybookError: Counts are negative, not whole, without units, or more convert than there
            are; or arms are too large for Boschloo's test.

    Source:
        Newcombe (1998), Statistics in Medicine 17, 873–890, method 10; Fieller (1954);
        Mee (1984) and Koopman (1984) for few events.
    """
    _require_settings(alpha, relative)
    _require_counts(control=control, treatment=treatment)
    (hits_c, n_c), (hits_t, n_t) = control, treatment
    rate_c, rate_t = hits_c / n_c, hits_t / n_t
    variance_c, variance_t = rate_c * (1 - rate_c) / n_c, rate_t * (1 - rate_t) / n_t
    z, pvalue, step = _rate_test(control, treatment, test)
    quantile = intervals.normal_quantile(alpha)
    lift, lift_interval, note = _lift(
        (rate_c, variance_c), (rate_t, variance_t), quantile, relative
    )
    by, is_few = f"lift_{relative}", has_few_events(control, treatment)
    between = intervals.score_difference if is_few else intervals.newcombe
    lower, upper = between(control, treatment, alpha)
    if rate_c > 0 and is_few:
        by, lift_interval, note = "lift_score", intervals.score_ratio(control, treatment, alpha), ""
    lift_interval = (max(-1.0, lift_interval[0]), lift_interval[1])
    if rate_c == rate_t and rate_c in (0, 1):
        note = ALL_CONVERTED if rate_c else NO_CONVERSIONS
    return Effect(
        control=rate_c,
        treatment=rate_t,
        difference=rate_t - rate_c,
        ci_lower=lower,
        ci_upper=upper,
        pvalue=pvalue,
        lift=lift,
        lift_ci_lower=lift_interval[0],
        lift_ci_upper=lift_interval[1],
        se=math.sqrt(variance_c + variance_t),
        se_control=math.sqrt(variance_c),
        statistic=z,
        df=math.inf,
        n_control=n_c,
        n_treatment=n_t,
        alpha=alpha,
        pvalue_adjusted=pvalue,
        method=(Step(step), Step("score_interval" if is_few else "newcombe"), Step(by)),
        note=note,
    )


def compare_means(
    control: Sequence[float] | Summary,
    treatment: Sequence[float] | Summary,
    *,
    alpha: float = 0.05,
    relative: Relative = "fieller",
) -> Effect:
    """Compare two means with Welch's t.

    Args:
        control: Values (missing ones as NaN are left out), or their `Summary`.
        treatment: The same for the treatment.
        alpha: Two-sided, above 0 and below 1.
        relative: Method of the lift's interval.

    Raises:
        PlaybookError: An arm has fewer than two values, or a value is infinite or no number.

    Source:
        Welch (1947), Biometrika 34, 28–35; lift by Fieller (1954).
    """
    _require_settings(alpha, relative)
    arms = {"control": _summary(control, "control"), "treatment": _summary(treatment, "treatment")}
    estimates = [
        Estimate(base=0.0, level=arm.mean, variance=arm.variance / arm.n, n=arm.n)
        for arm in arms.values()
    ]
    return compare_estimates(*estimates, alpha=alpha, method=(Step("welch_t"),), relative=relative)


def compare_estimates(
    control: Estimate,
    treatment: Estimate,
    *,
    alpha: float,
    method: tuple[Step, ...],
    df: float | None = None,
    relative: Relative = "fieller",
) -> Effect:
    """Compare two independent estimates.

    Args:
        control: Of the control.
        treatment: Of the treatment.
        alpha: Two-sided.
        method: Steps up to the estimates and their test, for the result.
        df: Degrees of freedom; infinite for z, Welch–Satterthwaite where left out.
        relative: Method of the lift's interval.
    """
    difference = treatment.level - control.level + (treatment.base - control.base)
    variance = control.variance + treatment.variance
    freedom = _welch_df(control, treatment) if df is None else df
    trouble = _trouble(control, treatment)
    se = math.sqrt(variance)
    statistic = math.nan if trouble else difference / se
    quantile = math.nan if trouble else intervals.t_quantile(alpha, freedom)
    pvalue = math.nan if trouble else intervals.t_pvalue(statistic, freedom)
    lift, lift_interval, note = _lift(
        (control.value, control.variance), (treatment.value, treatment.variance), quantile, relative
    )
    return Effect(
        control=control.value,
        treatment=treatment.value,
        difference=difference,
        ci_lower=difference - quantile * se,
        ci_upper=difference + quantile * se,
        pvalue=pvalue,
        lift=lift,
        lift_ci_lower=lift_interval[0],
        lift_ci_upper=lift_interval[1],
        se=se,
        se_control=math.sqrt(control.variance),
        statistic=statistic,
        df=freedom,
        n_control=control.n,
        n_treatment=treatment.n,
        alpha=alpha,
        variance_cut=_cut(control, treatment),
        pvalue_adjusted=pvalue,
        method=(*method, Step(f"lift_{relative}")),
        note=trouble or note,
    )


def _rate_test(
    control: tuple[int, int], treatment: tuple[int, int], test: RateTest
) -> tuple[float, float, str]:
    (hits_c, n_c), (hits_t, n_t) = control, treatment
    share = (hits_c + hits_t) / (n_c + n_t)
    if test == "boschloo":
        return math.nan, boschloo(control, treatment), "boschloo_exact"
    is_small = min(n_c, n_t) * min(share, 1 - share) < SMALL_EXPECTED
    if test == "fisher" or (test == "auto" and is_small) or share in (0, 1):
        return math.nan, fisher(control, treatment), "fisher_exact"
    z = (hits_t / n_t - hits_c / n_c) / math.sqrt(share * (1 - share) * (1 / n_c + 1 / n_t))
    return z, intervals.normal_pvalue(z), "pooled_z"


def has_few_events(control: tuple[int, int], treatment: tuple[int, int]) -> bool:
    """Tell whether an arm has fewer than `FEW_EVENTS` conversions."""
    return min(control[0], treatment[0]) < FEW_EVENTS


def is_of_counts(effect: Effect) -> bool:
    """Tell whether an effect compares two rates by their counts."""
    return any(step.key in ("newcombe", "score_interval") for step in effect.method)


def fisher(control: tuple[int, int], treatment: tuple[int, int]) -> float:
    """Return the two-sided p-value of Fisher's exact test."""
    from scipy.stats import fisher_exact

    table = np.array([[hits, units - hits] for hits, units in (treatment, control)])
    return float(fisher_exact(table).pvalue)


def boschloo(control: tuple[int, int], treatment: tuple[int, int]) -> float:
    """Return the two-sided p-value of Boschloo's exact test.

    Raises:
        PlaybookError: An arm has more than `MOST_BOSCHLOO` units.

    Source:
        Boschloo (1970), Statistica Neerlandica 24, 1–35.
    """
    from scipy.stats import boschloo_exact

    largest = max(control[1], treatment[1])
    if largest > MOST_BOSCHLOO:
        rule = f"Boschloo's test is for arms of up to {MOST_BOSCHLOO:,} units"
        _refuse("test", f"boschloo, {largest:,} units", rule)
    table = np.array([[hits, units - hits] for hits, units in (treatment, control)])
    if not table.sum(axis=0).all():
        return 1.0
    return float(boschloo_exact(table.T).pvalue)


def _lift(
    control: Interval, treatment: Interval, quantile: float, relative: Relative
) -> tuple[float, Interval, str]:
    if math.isnan(control[0]) or math.isnan(treatment[0]):
        return math.nan, intervals.UNKNOWN, NO_DENOMINATOR
    if control[0] <= 0:
        return math.nan, intervals.UNKNOWN, CONTROL_NOT_POSITIVE
    interval = (
        intervals.UNKNOWN
        if math.isnan(quantile)
        else _LIFT_INTERVAL[relative](control, treatment, quantile)
    )
    return (
        treatment[0] / control[0] - 1,
        interval,
        CONTROL_NEAR_ZERO if math.isnan(interval[0]) else "",
    )


def _welch_df(control: Estimate, treatment: Estimate) -> float:
    """Return the Welch–Satterthwaite degrees of freedom; NaN where there is no variance."""
    if min(control.n, treatment.n) < 2 or not control.variance + treatment.variance > 0:
        return math.nan
    squares = control.variance**2 / (control.n - 1) + treatment.variance**2 / (treatment.n - 1)
    return (control.variance + treatment.variance) ** 2 / squares


def _trouble(control: Estimate, treatment: Estimate) -> str:
    if min(control.n, treatment.n) < 2:
        return TOO_FEW
    if math.isnan(control.value) or math.isnan(treatment.value):
        return NO_DENOMINATOR
    return "" if control.variance + treatment.variance > 0 else NO_VARIANCE


def _cut(control: Estimate, treatment: Estimate) -> float:
    total = control.variance + treatment.variance
    plain = sum(
        arm.variance / (1 - arm.cut) if arm.cut < 1 else math.inf for arm in (control, treatment)
    )
    return 1 - total / plain if plain > 0 else 0.0


def _summary(values: Any, place: str) -> Summary:
    summary = values if isinstance(values, Summary) else _summarised(values, place)
    if summary.n < 2:
        _refuse(place, f"{summary.n} values", "a mean needs at least two known values")
    if not (math.isfinite(summary.mean) and 0 <= summary.variance < math.inf):
        rule = "a mean is a number, and a variance one that is not below 0"
        _refuse(place, f"mean {summary.mean:g}, variance {summary.variance:g}", rule)
    return summary


def _summarised(values: Any, place: str) -> Summary:
    try:
        numbers = np.asarray(values, dtype=float).ravel()
    except (TypeError, ValueError):
        _refuse(place, "text", "is not made of numbers")
    known_numbers = numbers[~np.isnan(numbers)]
    if np.isinf(known_numbers).any():
        _refuse(place, "infinite", "holds infinite values")
    if known_numbers.size < 2:
        return Summary(n=known_numbers.size, mean=math.nan, variance=math.nan)
    return Summary(
        n=known_numbers.size,
        mean=float(known_numbers.mean()),
        variance=float(known_numbers.var(ddof=1)),
    )


def _require_settings(alpha: float, relative: str) -> None:
    intervals.require_open(alpha=alpha)
    if relative not in _LIFT_INTERVAL:
        raise ValueError(f"relative == {relative!r}, must be one of {tuple(_LIFT_INTERVAL)}")


def _require_counts(**arms: Any) -> None:
    for place, counts in arms.items():
        if not isinstance(counts, Sequence) or isinstance(counts, str) or len(counts) != 2:
            _refuse(place, str(counts), "must be two numbers: conversions and units")
        hits, n = counts
        if not (_is_count(hits) and _is_count(n)) or n < 1:
            _refuse(
                place, f"{hits}/{n}", "conversions and units are whole numbers, units at least 1"
            )
        if hits > n:
            _refuse(place, f"{hits}/{n}", "more units converted than there are")


def _is_count(value: Any) -> bool:
    return isinstance(value, (int, float, np.integer)) and bool(
        0 <= value < math.inf and int(value) == value
    )


def _refuse(place: str, value: str, rule: str) -> None:
    raise PlaybookError(
        Problem(file="the comparison", place=place, value=value, rule=rule, remedy="Correct it.")
    )
