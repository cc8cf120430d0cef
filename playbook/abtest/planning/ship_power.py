"""The probability that a test ends in "ship": primary better, and no guardrail in the way."""

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import special
from scipy.optimize import brentq

from playbook.abtest.planning.design import Design, Guardrail, Level, independent
from playbook.abtest.stats.moments import Array
from playbook.abtest.stats.multiplicity import dunnett
from playbook.abtest.stats.sequential import boundaries, crossing
from playbook.methods.intervals import normal_quantile

POINTS = 15
"""Paths are drawn at 2**15 Sobol points; the power then misses by about 0.0005."""
LEAST_DF = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """Expected comparison of one arm with the control on one metric, at the planned end.

    Attributes:
        drift: Expected statistic, positive when good.
        se_ratio: Standard error under the null over the true one; not 1 for a plain rate.
        df: Degrees of freedom; infinite for z.
        control_share: The control's share of the variance of the difference.
    """

    drift: float
    se_ratio: float
    df: float
    control_share: float

    @property
    def stretch(self) -> float:
        """By how much the unknown variance blurs the statistic; 1 for z."""
        return 1.0 if math.isinf(self.df) else math.sqrt(1 + self._critical_t**2 / (2 * self.df))

    @property
    def _critical_t(self) -> float:
        return float(special.stdtrit(self.df, 0.975))


@dataclass(frozen=True, kw_only=True, slots=True)
class ShipPower:
    """What a test of some size brings, for its weakest arm.

    Attributes:
        arm: That arm.
        ship: Probability to ship it.
        at_least: The same, however metrics hang together; equal to `ship` without guardrails.
        primary: Probability that the primary metric is shown to be better.
        guardrails: Probability that each guardrail lets pass, in their order.
    """

    arm: str
    ship: float
    at_least: float
    primary: float
    guardrails: tuple[float, ...]


def ship_power(design: Design, lift: float, units: float) -> ShipPower:
    """Return the probability that a treatment with the planned lift is shipped.

    Every treatment is looked at as the only one with an effect; no guardrail changes. Without
    guardrails the probability is exact for normal estimates, by the recursion of the boundaries;
    with guardrails it is that of normal paths of all metrics at Sobol points.

    Args:
        design: Of the test.
        lift: Relative effect on the primary metric.
        units: Of all arms.

    Raises:
        ValueError: A rate would leave 0 to 1.

    Source:
        Jennison & Turnbull (1999), Group Sequential Methods, chapters 3 and 11; Student's t by
        Abramowitz & Stegun 26.7.10.
    """
    arms = (_of_arm(design, lift, units, arm) for arm in design.treatments)
    return min(arms, key=lambda power: power.ship)


def primary_comparison(design: Design, lift: float, units: float, arm: str) -> Comparison:
    """Compare an arm that has the lift with the control on the primary metric."""
    level, w_control, w_arm = design.primary, design.shares[design.control], design.shares[arm]
    reached = level.baseline * (1 + lift)
    if level.kind == "rate" and not 0 < reached < 1:
        raise ValueError(
            f"rates == {level.baseline:g} and {reached:g}, must be above 0 and below 1"
        )
    parts = (
        level.variance_at(level.baseline) / w_control / units,
        level.variance_at(reached) / w_arm / units,
    )
    se_null = math.sqrt(sum(parts))
    if level.is_plain_rate:
        pooled = (w_control * level.baseline + w_arm * reached) / (w_control + w_arm)
        se_null = math.sqrt(pooled * (1 - pooled) * (1 / w_control + 1 / w_arm) / units)
    effect = design.sign * level.baseline * lift
    return _comparison(effect, se_null, parts, (units * w_control, units * w_arm), level)


def guardrail_comparison(
    design: Design, guardrail: Guardrail, units: float, arm: str
) -> Comparison:
    """Compare an arm without effect with the margin of a guardrail."""
    level, w_control, w_arm = guardrail.level, design.shares[design.control], design.shares[arm]
    variance = level.variance_at(level.baseline) / units
    parts = (guardrail.control_weight**2 * variance / w_control, variance / w_arm)
    se = math.sqrt(sum(parts))
    return _comparison(guardrail.room, se, parts, (units * w_control, units * w_arm), level)


def primary_criticals(design: Design, shares: list[float]) -> list[float]:
    """Return the |z| of a single arm that each look asks of the primary metric.

    Holm's correction over several primary metrics counts at its strictest, then Dunnett's over the
    arms.

    Args:
        design: Of the test.
        shares: The control's share of the variance for each treatment.
    """
    levels = [2 * float(special.ndtr(-bound)) / design.primaries for bound in _boundaries(design)]
    return [dunnett_critical(level, shares) for level in levels]


def looks_asked(design: Design) -> list[float]:
    """Return the |z| of each look after correction, for arms without effect."""
    half = [primary_comparison(design, 0.0, 1.0, arm).control_share for arm in design.treatments]
    return primary_criticals(design, half)


def dunnett_critical(level: float, shares: list[float]) -> float:
    """Return the |z| at which Dunnett's p-value is `level`; infinite where that is 0.

    Args:
        level: Of all arms together.
        shares: For each treatment the control's share of the variance of the difference.
    """
    if level <= 0:
        return math.inf
    lowest = -float(special.ndtri(level / 2))
    if len(shares) == 1:
        return lowest
    highest = -float(special.ndtri(level / 2 / len(shares))) + 1e-6

    def apart(bound: float) -> float:
        return math.log(dunnett([bound], shares)[0] / level)

    return float(brentq(apart, lowest - 1e-6, highest, xtol=1e-10))


def _boundaries(design: Design) -> list[float]:
    times = design.times
    if design.spending == "none":
        return [*([math.inf] * (len(times) - 1)), normal_quantile(design.alpha)]
    return boundaries(times, design.alpha, design.spending)


def _comparison(
    effect: float,
    se_null: float,
    parts: tuple[float, float],
    sizes: tuple[float, float],
    level: Level,
) -> Comparison:
    variance = sum(parts)
    se = math.sqrt(variance)
    df = math.inf if level.by_z else _welch(parts, sizes)
    return Comparison(
        drift=effect / se, se_ratio=se_null / se, df=df, control_share=parts[0] / variance
    )


def _welch(parts: tuple[float, float], sizes: tuple[float, float]) -> float:
    below = sum(part**2 / max(size - 1, 1e-9) for part, size in zip(parts, sizes, strict=True))
    return max(LEAST_DF, sum(parts) ** 2 / below)


def _of_arm(design: Design, lift: float, units: float, arm: str) -> ShipPower:
    comparisons = [primary_comparison(design, lift, units, each) for each in design.treatments]
    mine = comparisons[design.treatments.index(arm)]
    shares = [each.control_share for each in comparisons]
    asked = [_asked(bound, mine) for bound in primary_criticals(design, shares)]
    primary = crossing(design.times, asked, mine.drift / mine.stretch, "above")
    if not design.guardrails:
        return ShipPower(arm=arm, ship=primary, at_least=primary, primary=primary, guardrails=())
    guards = [guardrail_comparison(design, each, units, arm) for each in design.guardrails]
    passes = tuple(map(_passing, [design] * len(guards), design.guardrails, guards))
    last = float(special.ndtr(mine.drift / mine.stretch - asked[-1]))
    return ShipPower(
        arm=arm,
        ship=_together(design, mine, asked, guards, arm),
        at_least=max(0.0, last - sum(1 - each for each in passes)),
        primary=primary,
        guardrails=passes,
    )


def _asked(bound: float, comparison: Comparison) -> float:
    """Translate a critical |z| into what the true standard error makes of it."""
    if math.isinf(comparison.df) or math.isinf(bound):
        return bound * comparison.se_ratio
    t = -float(special.stdtrit(comparison.df, float(special.ndtr(-bound))))
    return t * (1 - 1 / (4 * comparison.df)) / comparison.stretch


def _harm_bounds(design: Design, comparison: Comparison) -> list[float]:
    """Return beyond which |z| a guardrail counts as harmed at each look."""
    least = normal_quantile(design.alpha)
    return [_asked(max(least, bound), comparison) for bound in _boundaries(design)]


def _passing(design: Design, guardrail: Guardrail, comparison: Comparison) -> float:
    """Return how probably a guardrail without change is in nobody's way at the last look."""
    if guardrail.is_margined:
        asked = _asked(normal_quantile(design.alpha), comparison)
        return float(special.ndtr(comparison.drift / comparison.stretch - asked))
    return 1 - crossing(design.times, _harm_bounds(design, comparison), 0.0, "above")


def _together(
    design: Design, mine: Comparison, asked: list[float], guards: list[Comparison], arm: str
) -> float:
    """Return the share of paths that ship: at some look, before any that shows harm."""
    z = _paths(design, [mine, *guards], arm)
    proof = _asked_of_guards(design, guards)
    harm = np.array([_harm_bounds(design, each) for each in guards])
    alive, shipped = np.ones(len(z), dtype=bool), np.zeros(len(z), dtype=bool)
    for look in range(len(design.times)):
        better = z[:, look, 0] > asked[look]
        held = (z[:, look, 1:] > proof).all(axis=1)
        harmed = (z[:, look, 1:] < -harm[:, look]).any(axis=1) | (z[:, look, 0] < -asked[look])
        shipped |= alive & better & held & ~harmed
        alive &= ~shipped & ~harmed
    return float(shipped.mean())


def _asked_of_guards(design: Design, guards: list[Comparison]) -> Array:
    """Return what each guardrail must pass for ship: nothing where it has no margin."""
    least = normal_quantile(design.alpha)
    asked = [
        _asked(least, comparison) if guardrail.is_margined else -math.inf
        for guardrail, comparison in zip(design.guardrails, guards, strict=True)
    ]
    return np.array(asked)


def _paths(design: Design, comparisons: list[Comparison], arm: str) -> Array:
    """Draw the statistics of all metrics at all looks.

    Returns:
        Paths by looks by metrics, the primary first.
    """
    times = np.array(design.times)
    steps = np.sqrt(np.diff(times, prepend=0.0))
    noise = _normal_points(len(times), len(comparisons)) @ _root(statistics_related(design, arm)).T
    walk = np.cumsum(noise * steps[:, None], axis=1) / np.sqrt(times)[:, None]
    drift = np.array([each.drift / each.stretch for each in comparisons])
    paths: Array = walk + drift * np.sqrt(times)[:, None]
    return paths


def statistics_related(design: Design, arm: str) -> Array:
    """Return the correlations of the statistics of all metrics for one arm, the primary first."""
    values = np.array(design.correlations or independent(1 + len(design.guardrails)))
    w_control, w_arm = design.shares[design.control], design.shares[arm]
    weights = np.array([1.0, *(each.control_weight for each in design.guardrails)])
    signs = [design.sign, *(1 if each.better == "higher" else -1 for each in design.guardrails)]
    apart = 1 / w_arm + weights**2 / w_control
    common = 1 / w_arm + np.outer(weights, weights) / w_control
    related: Array = values * common / np.sqrt(np.outer(apart, apart)) * np.outer(signs, signs)
    return related


def _root(related: Array) -> Array:
    values, vectors = np.linalg.eigh(related)
    root: Array = vectors * np.sqrt(np.clip(values, 0.0, None))
    return root


@cache
def _normal_points(looks: int, metrics: int) -> Array:
    from scipy.stats import qmc

    points = qmc.Sobol(looks * metrics, seed=7).random_base2(POINTS)
    shaped: Array = special.ndtri(points).reshape(-1, looks, metrics)
    return shaped
