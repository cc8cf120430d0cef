"""Closed-form intervals: of a proportion, of a difference of two, of a ratio of two means."""

import math

from scipy import special

Interval = tuple[float, float]
UNKNOWN: Interval = (math.nan, math.nan)


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
    return float(special.ndtri(1 - alpha / 2))


def normal_pvalue(z: float) -> float:
    """Return the two-sided p-value of a standard normal statistic."""
    return float(2 * special.ndtr(-abs(z)))


def t_quantile(alpha: float, df: float) -> float:
    """Return the two-sided quantile of Student's t; the normal one where df is infinite."""
    return normal_quantile(alpha) if math.isinf(df) else float(special.stdtrit(df, 1 - alpha / 2))


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
