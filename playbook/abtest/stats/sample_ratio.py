"""Sample ratio mismatch: have the arms the planned sizes."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special

from playbook.abtest.stats.moments import Array
from playbook.errors import PlaybookError, Problem


@dataclass(frozen=True, kw_only=True, slots=True)
class SampleRatio:
    """Test of observed counts against planned shares.

    Attributes:
        counts: Units of the arms with a planned share.
        expected: Units that they would have by their shares.
        statistic: Chi-square.
        df: Arms less one.
        pvalue: By `method`.
        method: chi_square; or where fewer than `FEWEST_EXPECTED` units are expected in an arm exact
            (two arms) or monte_carlo (more).
    """

    counts: tuple[int, ...]
    expected: tuple[float, ...]
    statistic: float
    df: int
    pvalue: float
    method: Literal["chi_square", "exact", "monte_carlo"] = "chi_square"


FEWEST_EXPECTED = 10
"""Below this expected count the chi-square distribution is too rough for p-values near 0.001."""

DRAWS = 100_000
CONCENTRATIONS = (100.0, 1_000.0, 10_000.0)
"""Of the Dirichlet priors of the sequential test: from coarse faults of few units to fine ones."""


def srm(
    counts: Sequence[int] | Mapping[str, int], shares: Sequence[float] | Mapping[str, float]
) -> SampleRatio:
    """Test whether the arms have the planned sizes (sample ratio mismatch).

    Args:
        counts: Units per arm.
        shares: Planned share per arm in the same order, or by the same names; any scale. An arm
            planned at 0 is left out.

    Raises:
        PlaybookError: Counts are negative, not whole or all 0, or shares and counts do not match.

    Source:
        Fabijan et al. (2019), Diagnosing sample ratio mismatch in online controlled experiments;
        the exact p-value adds up all results that are not more likely than the observed one.
    """
    observed, planned = _aligned(counts, shares)
    kept = [(count, share) for count, share in zip(observed, planned, strict=True) if share > 0]
    total, scale = sum(count for count, _ in kept), sum(share for _, share in kept)
    if len(kept) < 2 or total == 0 or min(observed) < 0:
        raise PlaybookError(
            Problem(
                file="the sample ratio",
                place="counts",
                value=", ".join(map(str, observed)),
                rule="two arms with a planned share are needed, no count below 0, and some unit",
                remedy="Give the units of every arm.",
            )
        )
    expected = [total * share / scale for _, share in kept]
    statistic = sum(
        (count - mean) ** 2 / mean for (count, _), mean in zip(kept, expected, strict=True)
    )
    units = tuple(count for count, _ in kept)
    pvalue, method = _pvalue(units, [mean / total for mean in expected], statistic)
    return SampleRatio(
        counts=units,
        expected=tuple(expected),
        statistic=statistic,
        df=len(kept) - 1,
        pvalue=pvalue,
        method=method,
    )


def srm_anytime(counts: Mapping[str, int], shares: Mapping[str, float]) -> float:
    """Return a p-value of the planned sizes that holds however often a running test is looked at.

    It is one over a Bayes factor, averaged over priors, and seldom falls below a level by luck at
    any moment of the test.

    Args:
        counts: Units by arm.
        shares: Planned shares by arm; arms planned at 0 are left out.

    Source:
        Lindon & Malek (2022), Anytime-valid inference for multinomial count data, NeurIPS.
    """
    arms = [arm for arm, share in shares.items() if share > 0]
    observed = np.array([counts.get(arm, 0) for arm in arms], dtype=float)
    planned = np.array([shares[arm] for arm in arms], dtype=float)
    planned /= planned.sum()
    factors = [_log_factor(observed, planned, size) for size in CONCENTRATIONS]
    evidence = float(special.logsumexp(factors)) - math.log(len(factors))
    return math.exp(-max(0.0, evidence))


def _log_factor(observed: Array, planned: Array, size: float) -> float:
    """Return the logarithm of the Bayes factor of a Dirichlet prior against the planned shares."""
    prior = size * planned
    whole = special.gammaln(size) - special.gammaln(size + observed.sum())
    parts = special.gammaln(prior + observed) - special.gammaln(prior)
    return float(whole + parts.sum() - observed @ np.log(planned))


def _pvalue(
    counts: Sequence[int], shares: Sequence[float], statistic: float
) -> tuple[float, Literal["chi_square", "exact", "monte_carlo"]]:
    if sum(counts) * min(shares) >= FEWEST_EXPECTED:
        return float(special.chdtrc(len(counts) - 1, statistic)), "chi_square"
    if len(counts) == 2:
        rare = min(range(2), key=lambda arm: shares[arm])
        return _exact(counts[rare], sum(counts), shares[rare]), "exact"
    return _monte_carlo(np.array(counts), np.array(shares)), "monte_carlo"


def _exact(rare: int, total: int, share: float) -> float:
    """Return the two-sided binomial p-value; the rarer arm's count is small, or far in the tail."""
    most = min(total, max(2 * rare, 50 * FEWEST_EXPECTED))
    chances = _binomial(np.arange(most + 1), total, share)
    seen = chances[rare] * (1 + 1e-7)
    return min(1.0, float(chances[chances <= seen].sum()))


def _binomial(counts: Array, total: int, share: float) -> Array:
    ways = special.gammaln(total + 1) - special.gammaln(counts + 1)
    ways = ways - special.gammaln(total - counts + 1)
    chances: Array = np.exp(ways + counts * math.log(share) + (total - counts) * math.log1p(-share))
    return chances


def _monte_carlo(counts: Array, shares: Array) -> float:
    """Return the share of drawn results that are not more likely than the observed one."""
    generator = np.random.default_rng(0)
    drawn = generator.multinomial(int(counts.sum()), shares, size=DRAWS)
    weight = _log_chance(drawn, shares)
    seen = _log_chance(counts[None, :], shares)[0]
    return float((1 + (weight <= seen + 1e-7).sum()) / (1 + DRAWS))


def _log_chance(counts: Array, shares: Array) -> Array:
    """Return the logarithm of a multinomial probability, less what all results share."""
    chances: Array = (counts * np.log(shares) - special.gammaln(counts + 1)).sum(axis=1)
    return chances


def _aligned(
    counts: Sequence[int] | Mapping[str, int], shares: Sequence[float] | Mapping[str, float]
) -> tuple[list[int], list[float]]:
    _require_whole(_values(counts))
    if isinstance(counts, Mapping) and isinstance(shares, Mapping):
        _require_known([arm for arm in counts if arm and arm not in shares], shares)
        return [int(counts.get(arm, 0)) for arm in shares], list(shares.values())
    observed, planned = _values(counts), _values(shares)
    if len(observed) != len(planned) or any(share < 0 for share in planned):
        raise PlaybookError(
            Problem(
                file="the sample ratio",
                place="shares",
                value=", ".join(map(str, planned)),
                rule=f"{len(observed)} counts need as many shares, none below 0",
                remedy="Give one share per arm.",
            )
        )
    return [int(count) for count in observed], planned


def _require_whole(counts: Sequence[float]) -> None:
    if not all(math.isfinite(count) and count == int(count) for count in counts):
        raise PlaybookError(
            Problem(
                file="the sample ratio",
                place="counts",
                value=", ".join(map(str, counts)),
                rule="are no whole numbers",
                remedy="Give the units of every arm.",
            )
        )


def _require_known(strangers: Sequence[str], shares: Mapping[str, float]) -> None:
    if strangers:
        raise PlaybookError(
            Problem(
                file="the sample ratio",
                place="counts",
                value=", ".join(strangers),
                rule="have no planned share",
                remedy=f"The shares are those of: {', '.join(shares)}.",
            )
        )


def _values(counts: Sequence[float] | Mapping[str, float]) -> list[float]:
    return list(counts.values()) if isinstance(counts, Mapping) else list(counts)
