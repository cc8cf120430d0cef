"""Closed-form intervals: of a proportion, of a difference of two, of a ratio of two means."""

import math
from collections.abc import Callable

from scipy import special
from scipy.optimize import brentq

Interval = tuple[float, float]
UNKNOWN: Interval = (math.nan, math.nan)
EDGE = 1 - 1e-12
"""A difference of rates so large is one of 1."""


def require_open(**values: float) -> None:
    """Refuse what is no number above 0 and below 1.

    Args:
        values: By the name that the caller knows.

    Raises:
        ValueError: Names the first such value.
    """
    for name, value in values.items():
        if not (isinstance(value, (int, float)) and 0 < value < 1):
            raise ValueError(f"{name} == {value!r}, must be above 0 and below 1")


def normal_quantile(alpha: float) -> float:
    """Return z so that a standard normal value lies within ±z with probability 1 − alpha."""
    return float(-special.ndtri(alpha / 2))


def normal_pvalue(z: float) -> float:
    """Return the two-sided p-value of a standard normal statistic."""
    return float(2 * special.ndtr(-abs(z)))


def t_quantile(alpha: float, df: float) -> float:
    """Return the two-sided quantile of Student's t; the normal one where df is infinite."""
    return normal_quantile(alpha) if math.isinf(df) else float(-special.stdtrit(df, alpha / 2))


def t_pvalue(statistic: float, df: float) -> float:
    """Return the two-sided p-value of Student's t; the normal one where df is infinite."""
    return (
        normal_pvalue(statistic)
        if math.isinf(df)
        else float(2 * special.stdtr(df, -abs(statistic)))
    )


def wilson(conversions: int, units: int, alpha: float = 0.05) -> Interval:
    """Return Wilson's score interval of a proportion.

    Source:
        Wilson (1927); Newcombe (1998), Statistics in Medicine 17, 857–872, method 3.
    """
    z, rate = normal_quantile(alpha), conversions / units
    middle = rate + z * z / (2 * units)
    reach = z * math.sqrt(rate * (1 - rate) / units + z * z / (4 * units * units))
    scale = 1 + z * z / units
    return max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale)


def newcombe(control: tuple[int, int], treatment: tuple[int, int], alpha: float = 0.05) -> Interval:
    """Return the hybrid-score interval of treatment rate minus control rate.

    Args:
        control: Conversions and units.
        treatment: Conversions and units.
        alpha: One minus the confidence.

    Source:
        Newcombe (1998), Statistics in Medicine 17, 873–890, method 10.
    """
    rate_c, rate_t = control[0] / control[1], treatment[0] / treatment[1]
    low_c, high_c = wilson(*control, alpha)
    low_t, high_t = wilson(*treatment, alpha)
    difference = rate_t - rate_c
    lower = difference - math.hypot(rate_t - low_t, high_c - rate_c)
    upper = difference + math.hypot(high_t - rate_t, rate_c - low_c)
    return max(-1.0, lower), min(1.0, upper)


def score_z_difference(
    control: tuple[int, int], treatment: tuple[int, int], difference: float
) -> float:
    """Return the score statistic of "treatment rate − control rate is `difference`".

    At a difference of 0 it is the pooled z statistic.

    Args:
        control: Conversions and units.
        treatment: Conversions and units.
        difference: Above −1 and below 1.

    Source:
        Mee (1984); the restricted estimate of Miettinen & Nurminen (1985), Statistics in Medicine
        4, 213–226, and Farrington & Manning (1990), 9, 1447–1454.
    """
    (hits_c, n_c), (hits_t, n_t) = control, treatment
    total, hits = n_c + n_t, hits_c + hits_t
    square = (n_t + 2 * n_c) * difference - total - hits
    linear = (n_c * difference - total - 2 * hits_c) * difference + hits
    constant = hits_c * difference * (1 - difference)
    third = square / (3 * total)
    inner = third**3 - linear * square / (6 * total**2) + constant / (2 * total)
    reach = math.copysign(math.sqrt(max(0.0, third**2 - linear / (3 * total))), inner)
    ratio = inner / reach**3 if reach else 0.0
    angle = (math.pi + math.acos(min(1.0, max(-1.0, ratio)))) / 3
    rate_c = min(1.0, max(0.0, 2 * reach * math.cos(angle) - third))
    rate_t = min(1.0, max(0.0, rate_c + difference))
    variance = rate_c * (1 - rate_c) / n_c + rate_t * (1 - rate_t) / n_t
    return _standardised(hits_t / n_t - hits_c / n_c - difference, variance)


def score_z_ratio(control: tuple[int, int], treatment: tuple[int, int], ratio: float) -> float:
    """Return the score statistic of "treatment rate / control rate is `ratio`".

    At a ratio of 1 it is the pooled z statistic.

    Args:
        control: Conversions and units.
        treatment: Conversions and units.
        ratio: Above 0.

    Source:
        Koopman (1984), Biometrics 40, 513–517; Miettinen & Nurminen (1985).
    """
    (hits_c, n_c), (hits_t, n_t) = control, treatment
    square = (n_c + n_t) * ratio
    linear = n_t * ratio + hits_t + n_c + hits_c * ratio
    root = math.sqrt(max(0.0, linear**2 - 4 * square * (hits_c + hits_t)))
    rate_c = min(1.0, 2 * (hits_c + hits_t) / (linear + root))
    rate_t = min(1.0, ratio * rate_c)
    variance = rate_t * (1 - rate_t) / n_t + ratio**2 * rate_c * (1 - rate_c) / n_c
    return _standardised(hits_t / n_t - ratio * hits_c / n_c, variance)


def _standardised(apart: float, variance: float) -> float:
    if variance > 0:
        return apart / math.sqrt(variance)
    return math.copysign(math.inf, apart) if apart else 0.0


def score_difference(
    control: tuple[int, int], treatment: tuple[int, int], alpha: float = 0.05
) -> Interval:
    """Return the score interval of treatment rate minus control rate.

    It holds 0 just where the pooled z test is not significant. Arguments and source as in
    `score_z_difference`.
    """
    z, middle = normal_quantile(alpha), treatment[0] / treatment[1] - control[0] / control[1]

    def beyond(bound: float) -> Callable[[float], float]:
        return lambda difference: score_z_difference(control, treatment, difference) - bound

    low, high = _root(beyond(z), -EDGE, middle), _root(beyond(-z), middle, EDGE)
    return (-1.0 if low <= -EDGE else low), (1.0 if high >= EDGE else high)


def score_ratio(
    control: tuple[int, int], treatment: tuple[int, int], alpha: float = 0.05
) -> Interval:
    """Return the score interval of treatment rate / control rate − 1.

    It holds 0 just where the pooled z test is not significant, and never reaches below −1.
    Arguments and source as in `score_z_ratio`.

    Returns:
        NaN where nothing converted in the control, so that the interval would be unbounded.
    """
    if control[0] == 0:
        return UNKNOWN
    z, middle = normal_quantile(alpha), treatment[0] * control[1] / treatment[1] / control[0]

    def beyond(bound: float) -> Callable[[float], float]:
        return lambda ratio: score_z_ratio(control, treatment, ratio) - bound

    low = _root(beyond(z), 1e-12, middle) if treatment[0] else 0.0
    high = max(1.0, 2 * middle)
    while score_z_ratio(control, treatment, high) > -z:
        high *= 2
    return low - 1, _root(beyond(-z), max(middle, 1e-12), high) - 1


def _root(beyond: Callable[[float], float], low: float, high: float) -> float:
    """Return where a falling function is 0 between two ends; the end where it nowhere is."""
    if beyond(low) <= 0:
        return low
    return high if beyond(high) >= 0 else float(brentq(beyond, low, high, xtol=1e-13))


def fieller(control: Interval, treatment: Interval, quantile: float) -> Interval:
    """Return the interval of treatment / control − 1 for two independent means.

    Args:
        control: Mean and variance of the mean; the mean must be above 0.
        treatment: Mean and variance of the mean.
        quantile: Two-sided quantile of the difference's reference distribution.

    Returns:
        Lower and upper lift; NaN where the control cannot be told from 0, so that the interval
        would be unbounded.

    Source:
        Fieller (1954), Journal of the Royal Statistical Society B 16, 175–185.
    """
    (mean_c, variance_c), (mean_t, variance_t) = control, treatment
    square = quantile * quantile
    slack = mean_c * mean_c - square * variance_c
    inside = (mean_c * mean_t) ** 2 - slack * (mean_t * mean_t - square * variance_t)
    if slack <= 0 or inside < 0:
        return UNKNOWN
    root = math.sqrt(inside)
    return (mean_c * mean_t - root) / slack - 1, (mean_c * mean_t + root) / slack - 1


def delta_se(control: Interval, treatment: Interval) -> float:
    """Return the delta-method standard error of treatment / control − 1.

    Arguments as in `fieller`.
    """
    (mean_c, variance_c), (mean_t, variance_t) = control, treatment
    return math.sqrt(variance_t + (mean_t / mean_c) ** 2 * variance_c) / abs(mean_c)


def delta(control: Interval, treatment: Interval, quantile: float) -> Interval:
    """Return the symmetric delta-method interval of the lift; arguments as in `fieller`."""
    lift = treatment[0] / control[0] - 1
    reach = quantile * delta_se(control, treatment)
    return lift - reach, lift + reach


def log_ratio(control: Interval, treatment: Interval, quantile: float) -> Interval:
    """Return the interval of the lift that is symmetric for the logarithm of the ratio.

    Arguments as in `fieller`; for two rates this is Katz's interval of the risk ratio. NaN where
    the treatment is not above 0.
    """
    (mean_c, variance_c), (mean_t, variance_t) = control, treatment
    if mean_t <= 0:
        return UNKNOWN
    reach = quantile * math.sqrt(variance_t / mean_t**2 + variance_c / mean_c**2)
    return mean_t / mean_c * math.exp(-reach) - 1, mean_t / mean_c * math.exp(reach) - 1
