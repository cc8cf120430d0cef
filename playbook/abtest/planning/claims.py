"""What each look will ask of each metric: the levels of the evaluation, known before the test.

Half of alpha is for "better", half for harm, as in `playbook.abtest.decision.corrections`; a test
checks that both ask for the same.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from scipy import special

from playbook.abtest.planning.design import Design
from playbook.abtest.stats.multiplicity import dunnett_level, split_alpha
from playbook.abtest.stats.sequential import Spending, boundaries
from playbook.methods.intervals import normal_quantile


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounds:
    """The |z| that each look asks of one metric and arm; infinite where nothing can be claimed.

    Attributes:
        better: To be better.
        harm: To be worse.
        held: For a guardrail to be shown to keep its margin.
    """

    better: tuple[float, ...]
    harm: tuple[float, ...]
    held: tuple[float, ...]


def bounds(design: Design, control_shares: Sequence[float]) -> Bounds:
    """Return what the looks of a test ask of a metric.

    Looked at once, arms are corrected by Dunnett; over several looks they share alpha evenly.
    Several primary metrics share it at Holm's strictest, and harm shares its half with all
    guardrails.

    Args:
        design: Of the test.
        control_shares: For each treatment the control's share of the variance of its difference.
    """
    of_alpha = _single(control_shares) if len(design.times) == 1 else _shared(design)
    split = split_alpha(
        design.alpha,
        primaries=design.primaries,
        guardrails=design.guards,
        one_sided=design.one_sided,
    )
    never = (math.inf,) * len(design.times)
    return Bounds(
        better=of_alpha(split.better / design.primaries),
        harm=of_alpha(split.harm) if split.harm else never,
        held=of_alpha(design.alpha),
    )


def _single(control_shares: Sequence[float]) -> Callable[[float], tuple[float, ...]]:
    shares = tuple(control_shares)
    return lambda alpha: (_dunnett(shares, alpha),)


def _shared(design: Design) -> Callable[[float], tuple[float, ...]]:
    arms = len(design.treatments)
    return lambda alpha: _of_looks(design.times, alpha / arms, design.spending)


@lru_cache(maxsize=256)
def _dunnett(control_shares: tuple[float, ...], alpha: float) -> float:
    return float(-special.ndtri(dunnett_level(control_shares, alpha) / 2))


@lru_cache(maxsize=256)
def _of_looks(times: tuple[float, ...], alpha: float, spending: Spending) -> tuple[float, ...]:
    if spending == "none":
        return (*([math.inf] * (len(times) - 1)), normal_quantile(alpha))
    return tuple(boundaries(times, alpha, spending))
