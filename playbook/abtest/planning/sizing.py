"""How many units, how many weeks, and how small an effect: the size of a planned test."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from scipy.optimize import brentq

from playbook.abtest.planning.design import Design
from playbook.abtest.planning.ship_power import ShipPower, ship_power

WEEKS = (1, 2, 3, 4, 6, 8)
MOST_UNITS = 1e13
LEAST_AN_ARM = 2
FormulaPart = Literal[
    "pooled",
    "means",
    "ratios",
    "clusters",
    "cuped",
    "dunnett",
    "shared",
    "holm",
    "looks",
    "guardrails",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    """Units that a test needs.

    Attributes:
        units: Whole units by arm.
        total: Their sum.
        exact: Units of all arms, not rounded.
        baseline: Level of the primary metric in the control.
        lift: Relative effect to find.
        difference: The same in the metric's unit.
        alpha: Two-sided, of all looks.
        wanted: Probability to ship that was asked for.
        power: What this size brings, and which arm and metric is the weakest.
        variance_cut: Share of the primary metric's variance that covariates take away.
        formula: Parts that the formula is made of.
    """

    units: Mapping[str, int]
    total: int
    exact: float
    baseline: float
    lift: float
    difference: float
    alpha: float
    wanted: float
    power: ShipPower
    variance_cut: float
    formula: tuple[FormulaPart, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Within:
    """What a test of some length can see.

    Attributes:
        weeks: Length.
        units: Whole units of all arms by then.
        lift: Smallest relative effect that is shipped with the wanted power, with its sign; NaN
            where none is, however large.
    """

    weeks: int
    units: int
    lift: float


def size(design: Design, lift: float) -> Size:
    """Return the units with which the planned effect is shipped with the wanted power.

    Args:
        design: Of the test.
        lift: Relative effect on the primary metric, 0.05 for five per cent; below 0 where lower is
            better.

    Raises:
        ValueError: The effect is 0 or for the worse, a rate leaves 0 to 1, or no number of units
            brings the power, because guardrails without a margin block too often.
    """
    _require_effect(design, lift)
    exact = _units(design, lift)
    units = {
        arm: max(LEAST_AN_ARM, math.ceil(exact * share - 1e-9))
        for arm, share in design.shares.items()
    }
    total = sum(units.values())
    return Size(
        units=units,
        total=total,
        exact=exact,
        baseline=design.primary.baseline,
        lift=lift,
        difference=design.primary.baseline * lift,
        alpha=design.alpha,
        wanted=design.power,
        power=ship_power(design, lift, total),
        variance_cut=design.primary.variance_cut,
        formula=formula(design),
    )


def detectable_lift(design: Design, units: float) -> float:
    """Return the smallest relative effect that so many units ship with the wanted power.

    Args:
        design: Of the test.
        units: Of all arms.

    Returns:
        With the sign of what is good; NaN where no effect is enough.

    Raises:
        ValueError: There is no unit.
    """
    if not units > 0:
        raise ValueError(f"units == {units!r}, must be above 0")
    direction = design.sign * (1 if design.primary.baseline > 0 else -1)
    highest = _highest(design, direction)

    def lacking(size_of_lift: float) -> float:
        return design.power - ship_power(design, direction * size_of_lift, units).ship

    if lacking(highest) > 0:
        return math.nan
    return direction * float(brentq(lacking, 1e-9, highest, xtol=1e-9, rtol=1e-6))


def weeks_needed(total: float, daily_units: float) -> int:
    """Return the whole weeks in which all arms together reach their size.

    Raises:
        ValueError: No unit enters.
    """
    _require_traffic(daily_units)
    return math.ceil(total / daily_units / 7 - 1e-9)


def within_weeks(design: Design, daily_units: float, weeks: Sequence[int] = WEEKS) -> list[Within]:
    """Return the smallest effect that is shipped after each of some lengths.

    Raises:
        ValueError: No unit enters.
    """
    _require_traffic(daily_units)
    units = [int(7 * count * daily_units) for count in weeks]
    return [
        Within(weeks=count, units=total, lift=detectable_lift(design, total) if total else math.nan)
        for count, total in zip(weeks, units, strict=True)
    ]


def formula(design: Design) -> tuple[FormulaPart, ...]:
    """Name the parts that the size of a test is computed from."""
    parts: list[tuple[FormulaPart, bool]] = [
        (_test_of(design), True),
        ("cuped", design.primary.variance_cut > 0),
        ("dunnett", len(design.treatments) > 1 and len(design.times) == 1),
        ("shared", len(design.treatments) > 1 and len(design.times) > 1),
        ("holm", design.primaries > 1),
        ("looks", len(design.times) > 1),
        ("guardrails", bool(design.guardrails)),
    ]
    return tuple(part for part, applies in parts if applies)


def _test_of(design: Design) -> FormulaPart:
    if design.primary.by_sums:
        return "clusters"
    if design.primary.is_plain_rate:
        return "pooled"
    return "ratios" if design.primary.kind == "ratio" else "means"


def _units(design: Design, lift: float) -> float:
    """Find the units of all arms at which the wanted power is reached."""

    def lacking(log_units: float) -> float:
        return design.power - ship_power(design, lift, math.exp(log_units)).ship

    low, high = math.log(LEAST_AN_ARM), math.log(64.0)
    while lacking(high) > 0:
        low, high = high, high + math.log(16.0)
        if high > math.log(MOST_UNITS):
            raise ValueError(
                f"power == {design.power:g}, cannot be reached: guardrails without a margin block "
                f"too often, or the lift is too small"
            )
    if lacking(low) <= 0:
        return math.exp(low)
    return math.exp(float(brentq(lacking, low, high, xtol=1e-11, rtol=1e-12)))


def _highest(design: Design, direction: int) -> float:
    """Return the largest effect worth looking at: up to what a rate allows."""
    baseline = design.primary.baseline
    if direction < 0:
        return 1 - 1e-9
    return (1 - baseline) / baseline * (1 - 1e-9) if design.primary.kind == "rate" else 1e6


def _require_effect(design: Design, lift: float) -> None:
    if not lift or not math.isfinite(lift):
        raise ValueError(f"lift == {lift!r}, must not be 0")
    if design.sign * lift * design.primary.baseline < 0:
        raise ValueError(f"lift == {lift!r}, is a change for the worse, which is never shipped")


def _require_traffic(daily_units: float) -> None:
    if not 0 < daily_units < math.inf:
        raise ValueError(f"daily_units == {daily_units!r}, must be above 0")
