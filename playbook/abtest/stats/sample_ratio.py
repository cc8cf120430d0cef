"""Sample ratio mismatch: have the arms the planned sizes."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scipy import special

from playbook.errors import PlaybookError, Problem


@dataclass(frozen=True, kw_only=True, slots=True)
class SampleRatio:
    """Chi-square test of observed counts against planned shares."""

    counts: tuple[int, ...]
    expected: tuple[float, ...]
    statistic: float
    df: int
    pvalue: float


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
        Fabijan et al. (2019), Diagnosing sample ratio mismatch in online controlled experiments.
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
    return SampleRatio(
        counts=tuple(count for count, _ in kept),
        expected=tuple(expected),
        statistic=statistic,
        df=len(kept) - 1,
        pvalue=float(special.chdtrc(len(kept) - 1, statistic)),
    )


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
