"""A test as it is planned: arms, looks, guardrails, and how each metric stands before it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from playbook.abtest.stats.sequential import Spending
from playbook.methods.intervals import require_open

Kind = Literal["rate", "mean", "ratio"]
Better = Literal["higher", "lower"]
SHARES_SLACK = 1e-3


@dataclass(frozen=True, kw_only=True, slots=True)
class Level:
    """How a metric stands before the test.

    Attributes:
        kind: rate, mean or ratio.
        baseline: Level of the control, in the metric's unit.
        variance: Of a unit, without covariates; of a ratio by the delta method, of a rate p(1 − p).
        variance_cut: Share of it that covariates take away, 0 to below 1.
        by_sums: Whether units are clusters, whose mean is a ratio of two sums.
    """

    kind: Kind
    baseline: float
    variance: float
    variance_cut: float = 0.0
    by_sums: bool = False

    @property
    def is_plain_rate(self) -> bool:
        """Whether the test is that of two counts, whose variance follows from the rates."""
        return self.kind == "rate" and not self.by_sums and self.variance_cut == 0

    @property
    def by_z(self) -> bool:
        """Whether the test takes z; else Student's t."""
        return self.is_plain_rate or (self.kind == "ratio" and not self.by_sums)

    def variance_at(self, level: float) -> float:
        """Return the variance of a unit in an arm of that level, covariates taken into account.

        It follows the level for a rate of single units; else it is that of the control.
        """
        follows = self.kind == "rate" and not self.by_sums
        variance = level * (1 - level) if follows else self.variance
        return variance * (1 - self.variance_cut)


@dataclass(frozen=True, kw_only=True, slots=True)
class Guardrail:
    """A metric that must not suffer.

    Attributes:
        name: Id of the metric.
        level: Before the test; no change by the treatment is planned for.
        better: Which direction is good.
        margin: Relative worsening that is accepted; None without one.
        margin_abs: The same in the metric's unit. Without either the guardrail blocks only when it
            is significantly worse.
    """

    name: str
    level: Level
    better: Better = "higher"
    margin: float | None = None
    margin_abs: float | None = None

    @property
    def is_margined(self) -> bool:
        """Whether ship needs the proof that it is not worse than a margin."""
        return self.margin is not None or self.margin_abs is not None

    @property
    def control_weight(self) -> float:
        """What the control is multiplied with before it is compared: 1, or what a margin leaves."""
        lower_is_worse = (self.better == "higher") == (self.level.baseline > 0)
        worse = self.margin or 0.0
        return 1 - worse if lower_is_worse else 1 + worse

    @property
    def room(self) -> float:
        """Distance between no change and the margin, in the metric's unit; 0 without a margin."""
        return self.margin_abs or (self.margin or 0.0) * abs(self.level.baseline)


@dataclass(frozen=True, kw_only=True, slots=True)
class Design:
    """What is planned.

    Attributes:
        shares: Planned share of the units by arm, the control first; they add up to 1.
        primary: How the metric that decides stands.
        better: Which direction of it is good.
        guardrails: In the order of the plan.
        correlations: Of the metrics' values of a unit, covariates taken away; the primary first,
            then the guardrails. Empty where not measured: then they are taken as independent.
        primaries: Number of primary metrics; Holm's correction is planned for at its strictest.
        unsized: Number of guardrails of a kind that no formula sizes; they share the alpha of harm.
        alpha: That a test in which nothing differs is shipped or stopped, over all looks.
        one_sided: Whether nearly all of it is for "better".
        power: Wanted probability to ship.
        times: Share of the units at each look, the last is 1.
        spending: How alpha is spent over the looks.
    """

    shares: Mapping[str, float]
    primary: Level
    better: Better = "higher"
    guardrails: tuple[Guardrail, ...] = ()
    correlations: tuple[tuple[float, ...], ...] = ()
    primaries: int = 1
    unsized: int = 0
    alpha: float = 0.05
    one_sided: bool = False
    power: float = 0.8
    times: tuple[float, ...] = (1.0,)
    spending: Spending = "obf"

    def __post_init__(self) -> None:
        """Refuse what no test can be.

        Raises:
            ValueError: Names the value and its rule.
        """
        require_open(alpha=self.alpha, power=self.power)
        _require_shares(self.shares)
        for level in (self.primary, *(each.level for each in self.guardrails)):
            _require_level(level)
        if self.power <= self.alpha:
            raise ValueError(f"power == {self.power:g}, must be above alpha == {self.alpha:g}")

    @property
    def control(self) -> str:
        """Name of the arm that the others are compared with."""
        return next(iter(self.shares))

    @property
    def treatments(self) -> tuple[str, ...]:
        """The other arms."""
        return tuple(self.shares)[1:]

    @property
    def guards(self) -> int:
        """Number of guardrails, of whatever kind."""
        return len(self.guardrails) + self.unsized

    @property
    def sign(self) -> int:
        """Return 1 where a higher primary metric is better, −1 where a lower one is."""
        return 1 if self.better == "higher" else -1


def equal_shares(arms: int) -> dict[str, float]:
    """Name arms control, B, C … of equal shares.

    Raises:
        ValueError: Fewer than two, or more than 26 arms.
    """
    if not 2 <= arms <= 26:
        raise ValueError(f"arms == {arms!r}, must be from 2 to 26")
    names = ["control", *(chr(ord("A") + place) for place in range(1, arms))]
    return dict.fromkeys(names, 1 / arms)


def equal_looks(looks: int) -> tuple[float, ...]:
    """Place looks evenly over the units of a test; the last is at its end.

    Raises:
        ValueError: Fewer than one, or more than 50 looks.
    """
    if not 1 <= looks <= 50:
        raise ValueError(f"looks == {looks!r}, must be from 1 to 50")
    return tuple((place + 1) / looks for place in range(looks))


def _require_shares(shares: Mapping[str, float]) -> None:
    if len(shares) < 2 or not all(share > 0 for share in shares.values()):
        raise ValueError("shares must be of at least two arms, each above 0")
    total = sum(shares.values())
    if abs(total - 1) > SHARES_SLACK:
        raise ValueError(f"the shares of the arms add up to {total:g}, must be 1")


def _require_level(level: Level) -> None:
    if level.kind == "rate" and not 0 < level.baseline < 1:
        raise ValueError(f"baseline == {level.baseline:g}, must be above 0 and below 1 for a rate")
    if not level.baseline or not math.isfinite(level.baseline):
        raise ValueError(f"baseline == {level.baseline!r}, must be a number and not be 0")
    if not 0 < level.variance < math.inf:
        spread = math.sqrt(max(level.variance, 0))
        raise ValueError(f"sd == {spread:g}, must be above 0, and its square a number")
    if not 0 <= level.variance_cut < 1:
        raise ValueError(f"variance_cut == {level.variance_cut!r}, must be from 0 to below 1")


def independent(count: int) -> tuple[tuple[float, ...], ...]:
    """Return the correlations of metrics of which none tells anything of another."""
    return tuple(_unit_row(place, count) for place in range(count))


def _unit_row(place: int, count: int) -> tuple[float, ...]:
    return tuple(float(other == place) for other in range(count))
