"""The scoring rules of the appraisal.

100 is as agreed, missing is never zero, nothing is rounded before the grade.

Each rule with its formula: `docs/methods.md`, Scores of the appraisal; worked cases in
`tests/stages/appraisal/scoring_cases.csv`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from math import fsum, isnan, nan
from types import MappingProxyType

import numpy as np

CAP = 120.0
LEAST_COVERED = 0.6
"""Share of the weight that must be scored, and share that must rest on objective data, for a
grade."""

ROUNDING = 1e-9
"""What sums of weights may lack of a share that they make up."""

RUBRIC: Mapping[int, float] = MappingProxyType({1: 0.0, 2: 60.0, 3: 100.0, 4: 110.0, 5: 120.0})
"""Points of a rated level; level 3 is as agreed."""

GRADES: tuple[tuple[float, str, float], ...] = (
    (110.0, "S", 1.5),
    (105.0, "A", 1.2),
    (95.0, "B", 1.0),
    (80.0, "C", 0.8),
    (-1.0, "D", 0.5),
)
"""Lower edge, grade, and coefficient of the step table."""

COEFFICIENT: tuple[tuple[float, float], ...] = (
    (60.0, 0.0),
    (80.0, 0.8),
    (100.0, 1.0),
    (110.0, 1.2),
    (120.0, 1.5),
)
"""Score and coefficient at the bends of the straight line."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Scored:
    """One KPI of a sheet.

    Its class, weight, score (NaN missing), and whether it rests on objective data.
    """

    kind: str
    weight: float
    score: float
    objective: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Total:
    """The total of a sheet.

    Attributes:
        score: 0 to the cap, 100 is as agreed; NaN where the sheet is too thin to be rated.
        coverage: Share of the weight that has a score, 0-1.
        objective_share: Share of the weight, after redistribution, that rests on objective data,
            0-1.
    """

    score: float
    coverage: float
    objective_share: float


def linear(actual: float, target: float, *, cap: float = CAP, gate: float | None = None) -> float:
    """Score 100 x actual / target, 0 below the gate.

    Args:
        actual: In the unit of the target; NaN gives NaN.
        target: Above zero.
        cap: Most that can be scored; 100 where more is of no use.
        gate: Ratio below which nothing is scored; the gate itself passes.

    Raises:
        ValueError: The target is not above zero.
    """
    return _gated(actual / _positive(target), cap, gate)


def lower_is_better(
    actual: float, target: float, *, cap: float = CAP, gate: float | None = None
) -> float:
    """Score 100 x (2 - actual / target): ten per cent over costs what ten per cent under earns.

    Raises:
        ValueError: The target is not above zero.
    """
    return _gated(2 - actual / _positive(target), cap, gate)


def cost_ratio(spend: float, results: float, target: float, *, cap: float = CAP) -> float:
    """Score a cost per result.

    Money spent without a result scores 0, no money and no result is missing.
    """
    if isnan(spend) or isnan(results) or (spend == 0 and results == 0):
        return nan
    return lower_is_better(spend / results, target, cap=cap) if results else 0.0


def span(actual: float, *, worst: float, target: float, best: float, cap: float = CAP) -> float:
    """Score 0 at `worst`, 100 at `target`, the cap at `best`, straight lines between.

    Works with any sign.
    """
    points = sorted([(worst, 0.0), (target, 100.0), (best, cap)])
    return ladder_interpolated(actual, points)


def ladder(actual: float, steps: Sequence[tuple[float, float]], *, lower: bool = False) -> float:
    """Score the best step reached; an edge belongs to the better step, below all is 0."""
    if isnan(actual):
        return nan
    reached = [score for edge, score in steps if (actual <= edge if lower else actual >= edge)]
    return max(reached, default=0.0)


def ladder_interpolated(actual: float, points: Sequence[tuple[float, float]]) -> float:
    """Score on straight lines between (value, score) points of rising value, constant outside."""
    if isnan(actual):
        return nan
    values, scores = zip(*points, strict=True)
    return float(np.interp(actual, values, scores))


def deduction(items: Sequence[tuple[float, float, float]], *, base: float = 100.0) -> float:
    """Take off count x points for each (count, points, most), never below 0.

    A missing count gives NaN.
    """
    taken = fsum(
        nan if isnan(count) else min(count * points, most) for count, points, most in items
    )
    return nan if isnan(taken) else max(0.0, base - taken)


def on_off(*, met: bool) -> float:
    """Score 100 or 0; only for duties that are done or not done."""
    return 100.0 if met else 0.0


def rubric(levels: Sequence[float], points: Mapping[int, float] = RUBRIC) -> float:
    """Score the mean points of all raters' levels; NaN without a rater."""
    return fsum(points[int(level)] for level in levels) / len(levels) if levels else nan


def veto(total: float, caps: Sequence[float]) -> float:
    """Limit a total by the lowest cap of the vetoes that were triggered; never raises it."""
    return min(total, *caps) if caps else total


def weights_in_force(items: Sequence[Scored]) -> list[float]:
    """Redistribute the weight of what is missing, first within its class, then over the classes.

    Returns:
        One share per item, adding up to 1; 0 where the score is missing; all 0 where nothing is
        scored.
    """
    scored = [item for item in items if not isnan(item.score)]
    covered = _weight_by_kind(scored)
    agreed = _weight_by_kind(items)
    whole = fsum(agreed[kind] for kind, weight in covered.items() if weight)
    shares = []
    for item in items:
        if isnan(item.score) or not item.weight:
            shares.append(0.0)
        else:
            shares.append(agreed[item.kind] / whole * item.weight / covered[item.kind])
    return shares


def _weight_by_kind(items: Sequence[Scored]) -> dict[str, float]:
    weights: dict[str, list[float]] = {}
    for item in items:
        weights.setdefault(item.kind, []).append(item.weight)
    return {kind: fsum(own) for kind, own in weights.items()}


def total(
    items: Sequence[Scored], *, cap: float = CAP, least_covered: float = LEAST_COVERED
) -> Total:
    """Add up a sheet.

    Args:
        items: The KPIs of the sheet that are due.
        cap: Most that the total can be.
        least_covered: Share of weight that must be scored, and that must be objective.
    """
    shares = weights_in_force(items)
    agreed = fsum(item.weight for item in items)
    scored = fsum(item.weight for item in items if not isnan(item.score))
    coverage = scored / agreed if agreed else 0.0
    objective = fsum(share for share, item in zip(shares, items, strict=True) if item.objective)
    rated = min(coverage, objective) >= least_covered - ROUNDING
    score = fsum(share * item.score for share, item in zip(shares, items, strict=True) if share)
    return Total(
        score=_clip(score, cap) if rated else nan,
        coverage=coverage,
        objective_share=objective,
    )


def half_up(score: float) -> float:
    """Round to two decimals, halves up, so that the printed number is the graded one."""
    if isnan(score):
        return nan
    return float(Decimal(repr(round(score, 9))).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))


def grade(score: float, bands: Sequence[tuple[float, str, float]] = GRADES) -> tuple[str, float]:
    """Return grade and step coefficient of a total; no grade and NaN where it is missing."""
    if isnan(score):
        return "", nan
    return next((name, coefficient) for edge, name, coefficient in bands if half_up(score) >= edge)


def coefficient(score: float, points: Sequence[tuple[float, float]] = COEFFICIENT) -> float:
    """Return the pay coefficient on the straight line; proposes, a person decides."""
    return ladder_interpolated(score, points)


def roll_up(scores: Sequence[float], weights: Sequence[float]) -> float:
    """Weighted mean over the periods that were rated; NaN where none was."""
    scored = [
        (score, weight) for score, weight in zip(scores, weights, strict=True) if not isnan(score)
    ]
    whole = fsum(weight for _, weight in scored)
    return fsum(score * weight for score, weight in scored) / whole if whole else nan


def share_of_target(target: float, days_in_role: float, days: float) -> float:
    """Cut the target of someone who joined or left within the period to the days in the role."""
    return target * min(days_in_role / days, 1.0)


def _positive(target: float) -> float:
    if target <= 0:
        raise ValueError(f"target == {target}, must be > 0; score it by span")
    return target


def _gated(ratio: float, cap: float, gate: float | None) -> float:
    if isnan(ratio):
        return nan
    return 0.0 if gate is not None and ratio < gate else _clip(100 * ratio, cap)


def _clip(score: float, cap: float) -> float:
    return min(max(score, 0.0), cap)
