"""The probability that a test ends in "ship": primary better, and no guardrail in the way."""

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import special

from playbook.abtest.planning.claims import Bounds, bounds
from playbook.abtest.planning.design import Design, Guardrail, Level, independent
from playbook.abtest.stats.moments import Array
from playbook.abtest.stats.sequential import crossing

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


def looks_asked(design: Design) -> tuple[float, ...]:
    """Return the |z| that each look asks of the primary metric, for arms without effect."""
    return _bounds(design, 0.0, 1.0).better


def _bounds(design: Design, lift: float, units: float) -> Bounds:
    """Return what the looks ask of the primary metric."""
    shares = [
        primary_comparison(design, lift, units, arm).control_share for arm in design.treatments
    ]
    return bounds(design, shares)


def _guard_bounds(design: Design) -> Bounds:
    """Return what the looks ask of guardrails, whose arms are as noisy as the control."""
    control = design.shares[design.control]
    shares = [1 / control / (1 / control + 1 / design.shares[arm]) for arm in design.treatments]
    return bounds(design, shares)


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
    mine = primary_comparison(design, lift, units, arm)
    better = [_asked(bound, mine) for bound in _bounds(design, lift, units).better]
    primary = crossing(design.times, better, mine.drift / mine.stretch, "above")
    if not design.guardrails:
        return ShipPower(arm=arm, ship=primary, at_least=primary, primary=primary, guardrails=())
    guards = [guardrail_comparison(design, each, units, arm) for each in design.guardrails]
    passes = tuple(map(_passing, [design] * len(guards), design.guardrails, guards))
    last = float(special.ndtr(mine.drift / mine.stretch - better[-1]))
    return ShipPower(
        arm=arm,
        ship=_together(design, _bounds(design, lift, units), [mine, *guards], arm),
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


def _passing(design: Design, guardrail: Guardrail, comparison: Comparison) -> float:
    """Return how probably a guardrail without change is in nobody's way at the last look."""
    asked = _guard_bounds(design)
    if guardrail.is_margined:
        held = _asked(asked.held[-1], comparison)
        return float(special.ndtr(comparison.drift / comparison.stretch - held))
    harm = [_asked(bound, comparison) for bound in asked.harm]
    return 1 - crossing(design.times, harm, 0.0, "above")


def _together(design: Design, of_primary: Bounds, comparisons: list[Comparison], arm: str) -> float:
    """Return the share of paths that ship: at some look, before any that shows harm."""
    z, of_guards = _paths(design, comparisons, arm), _guard_bounds(design)
    margined = [guardrail.is_margined for guardrail in design.guardrails]
    alive, shipped = np.ones(len(z), dtype=bool), np.zeros(len(z), dtype=bool)
    for look in range(len(design.times)):
        here = z[:, look]
        held = [of_guards.held[look] if has_margin else -math.inf for has_margin in margined]
        wanted = [of_primary.better[look], *held]
        harmful = [of_primary.harm[look], *([of_guards.harm[look]] * len(margined))]
        passed = (here > _all_asked(wanted, comparisons)).all(axis=1)
        harmed = (here < -_all_asked(harmful, comparisons)).any(axis=1)
        shipped |= alive & passed & ~harmed
        alive &= ~shipped & ~harmed
    return float(shipped.mean())


def _all_asked(limits: list[float], comparisons: list[Comparison]) -> Array:
    asked = [_asked(limit, each) for limit, each in zip(limits, comparisons, strict=True)]
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
