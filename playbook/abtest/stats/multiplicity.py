"""Several arms, metrics or segments at once: corrected p-values."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special
from scipy.optimize import brentq

from playbook.abtest.stats.moments import Array
from playbook.abtest.stats.quadrature import legendre, unit_legendre
from playbook.methods import intervals

Method = Literal["holm", "bh", "bonferroni", "hommel", "by", "hochberg"]
TINY = 1e-10
"""Below this p-value Dunnett's and Bonferroni's are the same, and the integral has no digits
left."""

_STATSMODELS = {
    "bonferroni": "bonferroni",
    "hommel": "hommel",
    "by": "fdr_by",
    "hochberg": "simes-hochberg",
}
_METHODS = ("holm", "bh", *_STATSMODELS)


GUARDED_SHARE = 0.2
"""Part of alpha that a one-sided test keeps for the harm of guardrails."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Budget:
    """How alpha is split; both parts as two-sided levels, of which one side is used.

    Attributes:
        better: For "better" over all arms, primary metrics and looks.
        harm: For harm of each metric that can do any, over all arms and looks.
    """

    better: float
    harm: float


def split_alpha(alpha: float, *, primaries: int, guardrails: int, one_sided: bool) -> Budget:
    """Split the false-alarm probability of a test between "better" and harm.

    Args:
        alpha: That a test in which nothing differs is shipped or stopped.
        primaries: Number of primary metrics, which do harm too where the test is two-sided.
        guardrails: Number of guardrails; they share the alpha of harm evenly.
        one_sided: Whether nearly all of alpha is for "better".
    """
    if not one_sided:
        return Budget(better=alpha, harm=alpha / (primaries + guardrails))
    if not guardrails:
        return Budget(better=2 * alpha, harm=0.0)
    kept = GUARDED_SHARE * alpha
    return Budget(better=2 * (alpha - kept), harm=2 * kept / guardrails)


def adjust(pvalues: Sequence[float], method: Method = "holm") -> list[float]:
    """Return adjusted p-values; undefined ones (NaN) stay undefined and do not count.

    Args:
        pvalues: In any order.
        method: holm (keeps the chance of any false alarm) or bh (keeps the share of false alarms
            among the findings) are computed here, so that a page need not wait for statsmodels;
            bonferroni, hommel, by and hochberg are statsmodels' own.

    Raises:
        ValueError: A p-value is not between 0 and 1, or the method is not known.

    Source:
        Holm (1979); Benjamini & Hochberg (1995).
    """
    values = np.asarray(pvalues, dtype=float)
    is_known = ~np.isnan(values)
    wrong = values[is_known & ~((values >= 0) & (values <= 1 + 1e-9))]
    if wrong.size:
        raise ValueError(f"pvalue == {wrong[0]:g}, must be from 0 to 1")
    if method not in _METHODS:
        raise ValueError(f"method == {method!r}, must be one of {_METHODS}")
    result = np.full(values.shape, np.nan)
    if is_known.any():
        result[is_known] = _adjusted(values[is_known], method)
    return [float(value) for value in result]


def _adjusted(values: Array, method: Method) -> Array:
    if method == "holm":
        return _in_order(values, lambda p: np.maximum.accumulate(p * np.arange(len(p), 0, -1)))
    if method == "bh":
        return _in_order(
            values,
            lambda p: np.minimum.accumulate((p * len(p) / np.arange(1, len(p) + 1))[::-1])[::-1],
        )
    from statsmodels.stats.multitest import multipletests

    return np.asarray(multipletests(values, method=_STATSMODELS[method])[1])


def _in_order(values: Array, rule: Callable[[Array], Array]) -> Array:
    order = np.argsort(values, kind="stable")
    result = np.empty_like(values)
    result[order] = np.minimum(rule(values[order]), 1.0)
    return result


def dunnett(
    statistics: Sequence[float], control_shares: Sequence[float], df: float = math.inf
) -> list[float]:
    """Return two-sided p-values of several treatments against one control, all at once.

    Args:
        statistics: t or z of each treatment against the control.
        control_shares: For each treatment the control's share of the variance of the difference;
            one half when both arms are as large and as noisy.
        df: Degrees of freedom of the common variance; infinite for z.

    Source:
        Dunnett (1955), Journal of the American Statistical Association 50, 1096–1121; with unequal
        variances as in Hasler & Hothorn (2008).
    """
    load = _loads(control_shares)
    return [_together(value, load, df) for value in statistics]


def dunnett_level(control_shares: Sequence[float], alpha: float = 0.05) -> float:
    """Return the two-sided level of each treatment at which all together have `alpha`.

    Args:
        control_shares: As in `dunnett`.
        alpha: False-alarm probability of all treatments together.
    """
    load = _loads(control_shares)
    if len(load) < 2:
        return alpha

    def beyond(bound: float) -> float:
        return _any_beyond(bound, load, math.inf) - alpha

    low, high = (intervals.normal_quantile(level) for level in (alpha, alpha / len(load)))
    return intervals.normal_pvalue(brentq(beyond, low - 1e-9, high + 1e-6, xtol=1e-12))


def _loads(control_shares: Sequence[float]) -> Array:
    """Return the weight of the control's part; just below 1 where a treatment has no variance."""
    loads: Array = np.sqrt(np.minimum(np.asarray(control_shares, dtype=float), 1 - 1e-9))
    return loads


def _together(value: float, load: Array, df: float) -> float:
    alone = intervals.t_pvalue(value, df)
    if math.isnan(alone) or alone < TINY:
        return alone * len(load)
    return float(np.clip(_any_beyond(abs(value), load, df), alone, min(1.0, alone * len(load))))


def _any_beyond(bound: float, load: Array, df: float) -> float:
    """Return the probability that some |t| passes the bound.

    `load` is the weight of the control's part.
    """
    node, weight = legendre(200)
    common = 8.5 * node
    mass = 8.5 * weight * np.exp(-0.5 * common**2) / math.sqrt(2 * math.pi)
    scales, shares = _scales(df)
    rest = np.sqrt(1 - load**2)
    above = special.ndtr((load * common[:, None] - bound * scales[:, None, None]) / rest)
    below = special.ndtr((-load * common[:, None] - bound * scales[:, None, None]) / rest)
    some = -np.expm1(np.log1p(-np.minimum(above + below, 1 - 1e-16)).sum(axis=2))
    return float(shares @ (some @ mass))


def _scales(df: float) -> tuple[Array, Array]:
    """Return values of s = sqrt(chi²/df) and their probabilities."""
    if math.isinf(df):
        return np.ones(1), np.ones(1)
    share, weight = unit_legendre(100)
    return np.sqrt(special.chdtri(df, 1 - share) / df), weight
