"""Closed formulas of two arms: how many units, how small an effect; every result names its own."""

import math
from dataclasses import dataclass
from typing import Literal

from scipy import special

from playbook.methods.intervals import normal_quantile, require_open

Formula = Literal["pooled", "arcsine", "miller", "t", "normal"]
FORMULAS = {
    "pooled": "two rates, pooled variance under the null (R power.prop.test)",
    "arcsine": "two rates, arcsine (Cohen's h)",
    "miller": "two rates, control variance under the null (Evan Miller's calculator)",
    "t": "two means, noncentral t",
    "normal": "two means, normal",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class SampleSize:
    """Units that a test needs.

    Attributes:
        per_arm: Units of the control, not rounded.
        total: Whole units over all arms.
        baseline: Level of the control.
        difference: Absolute effect to find.
        lift: The same, relative to the baseline; NaN where the baseline is not above 0.
        alpha: Two-sided.
        power: Probability to find the effect.
        variance_cut: Share of the variance that covariates are expected to take away.
        formula: Name of the formula.
    """

    per_arm: float
    total: int
    baseline: float
    difference: float
    lift: float
    alpha: float
    power: float
    variance_cut: float
    formula: str


def sample_size(
    *,
    baseline: float,
    lift: float,
    sd: float | None = None,
    alpha: float = 0.05,
    power: float = 0.8,
    arms: int = 2,
    correlation: float = 0.0,
    formula: Formula | None = None,
) -> SampleSize:
    """Return the units needed to find an effect, all arms of equal size.

    Args:
        baseline: Rate, or mean, of the control; not 0.
        lift: Relative effect to find, 0.05 for five per cent.
        sd: Standard deviation of a unit; left out for a rate.
        alpha: Two-sided.
        power: Probability to find the effect.
        arms: Number of arms, the control included. Each treatment is compared with the control
            alone.
        correlation: Of a pre-period covariate with the metric; cuts the variance by its square
            (CUPED).
        formula: "pooled" (used where left out), "arcsine" or "miller" for rates; "normal" (used
            where left out) or "t" for means.

    Raises:
        ValueError: The effect is 0, a rate leaves 0 to 1, the formula is not for this kind, or
            alpha, power, sd or the number of arms is out of range.
    """
    chosen = _formula(formula, sd)
    require_open(alpha=alpha, power=power)
    if arms < 2 or (sd is not None and not 0 < sd < math.inf):
        raise ValueError(f"arms == {arms!r} and sd == {sd!r}, must be at least 2 and above 0")
    if not -1 < correlation < 1:
        raise ValueError(f"correlation == {correlation!r}, must be between -1 and 1")
    if not lift or not baseline:
        raise ValueError(f"lift == {lift!r} and baseline == {baseline!r}, must not be 0")
    plain = _per_arm(chosen, baseline, baseline * lift, sd or 0.0, alpha, power)
    per_arm = plain * (1 - correlation**2)
    return SampleSize(
        per_arm=per_arm,
        total=math.ceil(per_arm) * arms,
        baseline=baseline,
        difference=baseline * lift,
        lift=lift,
        alpha=alpha,
        power=power,
        variance_cut=correlation**2,
        formula=FORMULAS[chosen],
    )


def detectable_lift(
    units: float,
    *,
    baseline: float,
    sd: float | None = None,
    alpha: float = 0.05,
    power: float = 0.8,
    correlation: float = 0.0,
    formula: Formula | None = None,
) -> float:
    """Return the smallest relative increase that `units` per arm find with the wanted power.

    Arguments and errors as in `sample_size`. NaN where no increase that keeps the rate below 1 can
    be found.
    """
    if sd is None:
        require_open(baseline=baseline)
    if not (baseline and units > 0):
        raise ValueError(
            f"baseline == {baseline!r} and units == {units!r}, must not be 0, and units be above 0"
        )
    highest = (1 - baseline) / baseline * (1 - 1e-9) if sd is None else 1e6

    from scipy.optimize import brentq

    def lacking(lift: float) -> float:
        size = sample_size(
            baseline=baseline,
            lift=lift,
            sd=sd,
            alpha=alpha,
            power=power,
            correlation=correlation,
            formula=formula,
        )
        return size.per_arm - units

    if lacking(highest) > 0:
        return math.nan
    return float(brentq(lacking, 1e-9, highest, xtol=1e-12))


def arcsine_effect(control: float, treatment: float) -> float:
    """Return Cohen's h of two rates."""
    return 2 * (math.asin(math.sqrt(treatment)) - math.asin(math.sqrt(control)))


def _formula(formula: Formula | None, sd: float | None) -> Formula:
    allowed: tuple[Formula, ...] = (
        ("pooled", "arcsine", "miller") if sd is None else ("normal", "t")
    )
    chosen = formula or allowed[0]
    if chosen not in allowed:
        raise ValueError(f"formula == {chosen!r}, must be one of {allowed}")
    return chosen


def _per_arm(
    formula: Formula, baseline: float, effect: float, sd: float, alpha: float, power: float
) -> float:
    z, z_power = normal_quantile(alpha), float(special.ndtri(power))
    if formula == "normal":
        return 2 * ((z + z_power) * sd / effect) ** 2
    if formula == "t":
        from statsmodels.stats.power import TTestIndPower

        return float(TTestIndPower().solve_power(abs(effect) / sd, power=power, alpha=alpha))
    if not (0 < baseline < 1 and 0 < baseline + effect < 1):
        raise ValueError(
            f"rates == {baseline:g} and {baseline + effect:g}, must be above 0 and below 1"
        )
    if formula == "arcsine":
        from statsmodels.stats.power import NormalIndPower

        h = arcsine_effect(baseline, baseline + effect)
        return float(NormalIndPower().solve_power(abs(h), power=power, alpha=alpha))
    other = baseline + effect
    null = baseline + effect / 2
    if formula == "miller":
        null = baseline
        other = 1 - baseline + effect if baseline > 0.5 else other
        baseline = 1 - baseline if baseline > 0.5 else baseline
    spread = z * math.sqrt(2 * null * (1 - null)) + z_power * math.sqrt(
        baseline * (1 - baseline) + other * (1 - other)
    )
    return (spread / effect) ** 2
