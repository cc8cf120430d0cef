"""Looking at a running test without fooling oneself: boundaries, peeking, confidence sequences."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special
from scipy.optimize import brentq

from playbook.abtest.stats.moments import Array
from playbook.abtest.stats.quadrature import legendre
from playbook.methods.intervals import Interval, normal_quantile, require_open

Spending = Literal["none", "obf", "pocock", "kim-demets"]
Side = Literal["both", "above"]
NODES = 200
FAR = 10.0
"""A boundary that is never reached in practice; stands where less alpha is spent than can be
counted."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _State:
    """Probability density of a Brownian path that has not yet left its boundaries.

    At quadrature nodes.
    """

    time: float
    place: Array
    weight: Array


_START = _State(time=0.0, place=np.zeros(1), weight=np.ones(1))


def boundaries(
    times: Sequence[float],
    alpha: float = 0.05,
    spending: Spending = "obf",
    information: Sequence[float] | None = None,
) -> list[float]:
    """Return the critical |z| of each look, two-sided, by spending alpha over the looks.

    Args:
        times: Share of the planned test that had passed at each look, rising, the last at most 1:
            by it alpha is spent.
        alpha: False-alarm probability of all looks together.
        spending: obf (Lan–DeMets, O'Brien–Fleming type), pocock (Lan–DeMets, Pocock type),
            kim-demets (power 2), or none (every look as if it were the only one).
        information: What had come in at each look, such as units, rising, on any scale: it says how
            alike the looks are. In proportion to `times` where left out.

    Returns:
        One for each look; infinite where nothing is left to spend.

    Raises:
        ValueError: `times` do not rise within 0 and 1, `information` does not rise with them, alpha
            is not between 0 and 1, or the spending is not known.

    Source:
        Lan & DeMets (1983), Biometrika 70, 659–663, and (1989), Biometrics 45, 1017–1020, for
        spending by calendar time; recursion of Armitage, McPherson & Rowe (1969).
    """
    times = [float(time) for time in times]
    _require_times(times)
    require_open(alpha=alpha)
    seen = _shares(times if information is None else information, len(times))
    if spending == "none":
        return [normal_quantile(alpha)] * len(times)
    if spending not in _SPENT:
        raise ValueError(f"spending == {spending!r}, must be one of {('none', *_SPENT)}")
    limits: list[float] = []
    spent, state = 0.0, None
    for time, share in zip(times, seen, strict=True):
        total = _SPENT[spending](time, alpha)
        limits.append(_critical(state, share, total - spent))
        spent = total
        state = _advance(state, share, limits[-1])
    return limits


def bias_adjusted(times: Sequence[float], critical: Sequence[float], statistic: float) -> float:
    """Return the part of an estimate that is left when a test stopped early.

    A test that stops at a high overstates the effect. What is left is the effect under which the
    estimate at the end of the test, early or not, is on average the one that was seen.

    Args:
        times: Share of the information at each look, the last being the planned end, 1; the look
            before it is the one that stopped the test.
        critical: Critical |z| of all looks but the last.
        statistic: z at the look that stopped the test, beyond its critical value.

    Source:
        Whitehead (1986), On the bias of maximum likelihood estimation following a sequential test,
        Biometrika 73, 573–581.
    """
    seen = abs(statistic) / math.sqrt(times[-2])

    def excess(drift: float) -> float:
        return _expected_estimate(times, critical, drift) - seen

    return float(brentq(excess, -FAR, seen + FAR, xtol=1e-9)) / seen


def _expected_estimate(times: Sequence[float], critical: Sequence[float], drift: float) -> float:
    """Return the mean of the drift's estimate over all ways in which a test may end."""
    total, state = 0.0, _START
    for time, bound in zip(times, critical, strict=False):
        total += float(state.weight @ _beyond(state, time, bound, drift)) / time
        state = _advance(state, time, bound, drift)
    rest = state.place + drift * (times[-1] - state.time)
    return total + float(state.weight @ rest) / times[-1]


def _beyond(state: _State, time: float, bound: float, drift: float) -> Array:
    """Return for each node the mean of the path outside the boundary, times its probability."""
    edge, step = min(bound, FAR) * math.sqrt(time), math.sqrt(time - state.time)
    mean = state.place + drift * (time - state.time)
    above, below = (edge - mean) / step, (-edge - mean) / step
    tails = mean * (special.ndtr(-above) + special.ndtr(below))
    result: Array = tails + step * (_density(above) - _density(below))
    return result


def _density(z: Array) -> Array:
    result: Array = np.exp(-0.5 * z**2) / math.sqrt(2 * math.pi)
    return result


def crossing(
    times: Sequence[float], critical: Sequence[float], drift: float = 0.0, side: Side = "both"
) -> float:
    """Return the probability that z leaves the range between its critical values at some look.

    Args:
        times: As in `boundaries`.
        critical: Critical |z| of each look.
        drift: Expected z at time 1; 0 when there is no effect.
        side: Whether leaving on both sides counts, or only where z is above.
    """
    total, state = 0.0, None
    for time, bound in zip(times, critical, strict=True):
        total += _exit(state, time, bound, drift, side)
        state = _advance(state, time, bound, drift)
    return float(total)


def peeking_cost(looks: int, alpha: float = 0.05) -> float:
    """Return the false-alarm probability of stopping at the first p below alpha.

    The looks are equally spaced.

    Source:
        Armitage, McPherson & Rowe (1969), Journal of the Royal Statistical Society A 132, 235–244.
    """
    require_open(alpha=alpha)
    if looks < 1:
        raise ValueError(f"looks == {looks!r}, must be at least 1")
    times = [(look + 1) / looks for look in range(looks)]
    return crossing(times, [normal_quantile(alpha)] * looks)


def confidence_sequence(
    difference: float, se: float, units: int, *, alpha: float = 0.05, tune_units: int = 5000
) -> tuple[Interval, float]:
    """Return an interval and p-value that hold at every moment, however often one looks.

    Args:
        difference: Estimated effect.
        se: Its standard error.
        units: Units of both arms.
        alpha: One minus the confidence.
        tune_units: Number of units at which the interval is narrowest.

    Raises:
        ValueError: There is no standard error, or no unit.

    Source:
        Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas (2021), Time-uniform central limit theory,
        equation 9.
    """
    require_open(alpha=alpha)
    if not (se > 0 and units > 0 and tune_units > 0):
        raise ValueError(
            f"se == {se!r}, units == {units!r} and tune_units == {tune_units!r}, must be above 0"
        )
    critical = always_critical(units, alpha, tune_units)
    scale = units * _rho2(alpha, tune_units) + 1
    evidence = (difference / se) ** 2 * (scale - 1) / (2 * scale) - math.log(scale) / 2
    return (difference - critical * se, difference + critical * se), math.exp(-max(0.0, evidence))


def always_critical(units: int, alpha: float = 0.05, tune_units: int = 5000) -> float:
    """Return the |z| beyond which a confidence sequence leaves out 0.

    Arguments and source as there.
    """
    scale = units * _rho2(alpha, tune_units) + 1
    return math.sqrt(2 * scale / (scale - 1) * math.log(math.sqrt(scale) / alpha))


def _rho2(alpha: float, tune_units: int) -> float:
    return (-2 * math.log(alpha) + math.log(-2 * math.log(alpha) + 1)) / tune_units


def _obf(time: float, alpha: float) -> float:
    return float(4 * special.ndtr(-special.ndtri(1 - alpha / 4) / math.sqrt(time)))


def _pocock(time: float, alpha: float) -> float:
    return alpha * math.log(1 + (math.e - 1) * time)


def _kim_demets(time: float, alpha: float) -> float:
    return float(alpha * time**2)


_SPENT: Mapping[Spending, Callable[[float, float], float]] = {
    "obf": _obf,
    "pocock": _pocock,
    "kim-demets": _kim_demets,
}


def _shares(information: Sequence[float], looks: int) -> list[float]:
    """Scale the information of the looks so that the last has 1 or its own share."""
    seen = [float(each) for each in information]
    rising = all(later > earlier for earlier, later in zip([0.0, *seen], seen, strict=False))
    if len(seen) != looks or not rising:
        raise ValueError(f"information == {information!r}, must rise above 0 with every look")
    return [each / seen[-1] for each in seen]


def _require_times(times: Sequence[float]) -> None:
    pairs = zip([0.0, *times], times, strict=False)
    if not times or any(later <= earlier for earlier, later in pairs) or times[-1] > 1:
        raise ValueError(f"times == {times!r}, must rise, above 0 and at most 1")


def _critical(state: _State | None, time: float, spend: float) -> float:
    if spend <= 0:
        return math.inf
    if _exit(state, time, FAR) >= spend:
        return FAR
    return float(brentq(lambda bound: _exit(state, time, bound) - spend, 0.0, FAR, xtol=1e-12))


def _exit(
    state: _State | None, time: float, bound: float, drift: float = 0.0, side: Side = "both"
) -> float:
    """Return the probability of leaving at this look, having stayed until now."""
    edge = bound * math.sqrt(time)
    if state is None:
        state = _State(time=0.0, place=np.zeros(1), weight=np.ones(1))
    step = math.sqrt(time - state.time)
    mean = state.place + drift * (time - state.time)
    leave = special.ndtr((mean - edge) / step)
    leave = leave + special.ndtr((-edge - mean) / step) if side == "both" else leave
    return float(state.weight @ leave)


def _advance(state: _State | None, time: float, bound: float, drift: float = 0.0) -> _State:
    """Carry the density on to this look, inside the boundaries; Gauss–Legendre quadrature."""
    edge = min(bound, FAR) * math.sqrt(time)
    node, weight = legendre(NODES)
    place = edge * node
    if state is None:
        state = _State(time=0.0, place=np.zeros(1), weight=np.ones(1))
    step = math.sqrt(time - state.time)
    apart = (place[:, None] - state.place[None, :] - drift * (time - state.time)) / step
    density = np.exp(-0.5 * apart**2) @ state.weight / (step * math.sqrt(2 * math.pi))
    return _State(time=time, place=place, weight=edge * weight * density)
