"""Not worse, or the same: non-inferiority and equivalence against margins set beforehand."""

from collections.abc import Sequence
from dataclasses import dataclass

from scipy import special

from playbook.abtest.effects import Effect, Summary, compare_means


@dataclass(frozen=True, kw_only=True, slots=True)
class Equivalence:
    """Two one-sided tests of a difference of means against a lower and an upper margin.

    Attributes:
        difference: Treatment minus control.
        low: Lower margin, in the metric's unit.
        high: Upper margin.
        pvalue_low: Of "the difference is not above `low`".
        pvalue_high: Of "the difference is not below `high`".
        pvalue: The larger of the two; small means equivalent.
    """

    difference: float
    low: float
    high: float
    pvalue_low: float
    pvalue_high: float
    pvalue: float


def equivalence(
    control: Sequence[float] | Summary, treatment: Sequence[float] | Summary, *, low: float, high: float
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
        difference=effect.difference, low=low, high=high, pvalue_low=above, pvalue_high=below, pvalue=max(above, below)
    )


def noninferiority(effect: Effect, margin: float) -> float:
    """Return the one-sided p-value of "the difference is not above the margin".

    Args:
        effect: From `compare_means` or of a plan's metric; higher is better.
        margin: Difference that is just not accepted, in the metric's unit; usually below 0.
    """
    return float(special.stdtr(effect.df, (margin - effect.difference) / effect.se))
