"""Not worse, or the same: non-inferiority and equivalence against margins set beforehand."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from playbook.abtest.stats.effects import Effect, Summary, compare_means


@dataclass(frozen=True, kw_only=True, slots=True)
class Equivalence:
    """Two one-sided tests of a difference of means against a lower and an upper margin.

    Attributes:
        metric: Id of the metric; empty where the numbers were given without a plan.
        arm: The treatment.
        difference: Treatment minus control, in the metric's unit; or the lift, where the margins
            are relative.
        low: Lower margin, in the same unit.
        high: Upper margin.
        pvalue_low: Of "the difference is not above `low`".
        pvalue_high: Of "the difference is not below `high`".
        pvalue: The larger of the two; small means equivalent.
    """

    metric: str = ""
    arm: str = "treatment"
    difference: float
    low: float
    high: float
    pvalue_low: float
    pvalue_high: float
    pvalue: float


def equivalence(
    control: Sequence[float] | Summary,
    treatment: Sequence[float] | Summary,
    *,
    low: float,
    high: float,
) -> Equivalence:
    """Test whether two means differ by less than the margins (TOST, Welch).

    Raises:
        ValueError: The margins are not in order.

    Source:
        Schuirmann (1987), Journal of Pharmacokinetics and Biopharmaceutics 15, 657–680.
    """
    if not low < high:
        raise ValueError(f"low == {low!r}, must be below high == {high!r}")
    effect = compare_means(control, treatment)
    above = noninferiority(effect, low)
    below = float(special.stdtr(effect.df, (effect.difference - high) / effect.se))
    return Equivalence(
        difference=effect.difference,
        low=low,
        high=high,
        pvalue_low=above,
        pvalue_high=below,
        pvalue=max(above, below),
    )


def relative_equivalence(effect: Effect, margin: float) -> Equivalence:
    """Test whether a treatment lies within a relative margin around the control (TOST of a ratio).

    Args:
        effect: From a plan's metric.
        margin: 0.02 for two per cent either way.

    Returns:
        p-values are NaN where the lift is undefined.

    Source:
        Sasabuchi (1988), A multivariate test with composite hypotheses; Hauschke, Kieser & Hothorn
        (1999).
    """
    above = float(special.stdtr(effect.df, -_apart(effect, 1 - margin)))
    below = float(special.stdtr(effect.df, _apart(effect, 1 + margin)))
    return Equivalence(
        metric=effect.metric,
        arm=effect.arm,
        difference=effect.lift,
        low=-margin,
        high=margin,
        pvalue_low=above,
        pvalue_high=below,
        pvalue=float(np.maximum(above, below)),
    )


def noninferiority(effect: Effect, margin: float) -> float:
    """Return the one-sided p-value of "the difference is not above the margin".

    Args:
        effect: From `compare_means` or of a plan's metric; higher is better.
        margin: Difference that is just not accepted, in the metric's unit; usually below 0.
    """
    return float(special.stdtr(effect.df, (margin - effect.difference) / effect.se))


def _apart(effect: Effect, ratio: float) -> float:
    """Return by how many standard errors the treatment lies above the control times a ratio."""
    se = math.sqrt(effect.se**2 + (ratio**2 - 1) * effect.se_control**2)
    return (
        (effect.treatment - ratio * effect.control) / se
        if se > 0 and effect.control > 0
        else math.nan
    )
