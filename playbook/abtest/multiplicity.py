"""Several arms, metrics or segments at once: corrected p-values."""

import math
from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
from scipy import special

from playbook.abtest.moments import Array

Method = Literal["holm", "bh", "bonferroni", "hommel", "by", "hochberg"]
_STATSMODELS = {"bonferroni": "bonferroni", "hommel": "hommel", "by": "fdr_by", "hochberg": "simes-hochberg"}


def adjust(pvalues: Sequence[float], method: Method = "holm") -> list[float]:
    """Return adjusted p-values; undefined ones (NaN) stay undefined and do not count.

    Args:
        pvalues: In any order.
        method: holm (keeps the chance of any false alarm) or bh (keeps the share of false alarms
            among the findings) are computed here, so that a page need not wait for statsmodels;
            bonferroni, hommel, by and hochberg are statsmodels' own.

    Source:
        Holm (1979); Benjamini & Hochberg (1995).
    """
    found = np.asarray(pvalues, dtype=float)
    known = ~np.isnan(found)
    result = np.full(found.shape, np.nan)
    if known.any():
        result[known] = _adjusted(found[known], method)
    return [float(value) for value in result]


def _adjusted(found: Array, method: Method) -> Array:
    if method == "holm":
        return _in_order(found, lambda p: np.maximum.accumulate(p * np.arange(len(p), 0, -1)))
    if method == "bh":
        return _in_order(found, lambda p: np.minimum.accumulate((p * len(p) / np.arange(1, len(p) + 1))[::-1])[::-1])
    from statsmodels.stats.multitest import multipletests

    return np.asarray(multipletests(found, method=_STATSMODELS[method])[1])


def _in_order(found: Array, rule: Callable[[Array], Array]) -> Array:
    order = np.argsort(found, kind="stable")
    result = np.empty_like(found)
    result[order] = np.minimum(rule(found[order]), 1.0)
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
    load = np.sqrt(np.asarray(control_shares, dtype=float))
    return [1 - _all_within(abs(value), load, df) if math.isfinite(value) else math.nan for value in statistics]


def _all_within(bound: float, load: Array, df: float) -> float:
    """Return the probability that no |t| passes the bound; `load` is the weight of the control's part."""
    node, weight = np.polynomial.legendre.leggauss(200)
    common = 8.5 * node
    mass = 8.5 * weight * np.exp(-0.5 * common**2) / math.sqrt(2 * math.pi)
    scales, shares = _scales(df)
    rest = np.sqrt(1 - load**2)
    upper = (bound * scales[:, None, None] + load * common[:, None]) / rest
    lower = (-bound * scales[:, None, None] + load * common[:, None]) / rest
    inside = (special.ndtr(upper) - special.ndtr(lower)).prod(axis=2)
    return float(shares @ (inside @ mass))


def _scales(df: float) -> tuple[Array, Array]:
    """Return values of s = sqrt(chi²/df) and their probabilities."""
    if math.isinf(df):
        return np.ones(1), np.ones(1)
    node, weight = np.polynomial.legendre.leggauss(100)
    share = (node + 1) / 2
    return np.sqrt(special.chdtri(df, 1 - share) / df), weight / 2
