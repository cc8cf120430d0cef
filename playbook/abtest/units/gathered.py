"""What an evaluation needs of the units, and the form that both ways of gathering it have.

`gather.gather` reads files and tables through Arrow and DuckDB, `aggregate_ibis.gather` asks a
database through Ibis: twins, of which each fits `Gather` and gives the same.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from playbook.abtest.stats.effects import Effect
from playbook.abtest.stats.moments import Moments, units
from playbook.errors import PlaybookError, Problem
from playbook.params.experiment import ExperimentPlan


@dataclass(frozen=True, kw_only=True, slots=True)
class Strays:
    """How many units do not belong.

    Attributes:
        twice: Units that stand more than once in one arm.
        crossed: Units in two arms.
        total: All units.
    """

    twice: int
    crossed: int
    total: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Gathered:
    """All that an evaluation needs of the units, wherever they lie.

    Attributes:
        name: Of the data, for messages.
        parts: Moments by segment column; "" for the total.
        strays: Units that stand twice or in two arms; the latter are in no part. None where the
            plan names no unit.
        largest: Returns the largest known value of a column.
        quantiles: Effects on quantiles, which moments do not tell.
    """

    name: str
    parts: Mapping[str, Moments]
    strays: Strays | None
    largest: Callable[[str], float]
    quantiles: tuple[Effect, ...] = ()


class Gather(Protocol):
    """One way to gather the units of a test."""

    def __call__(self, data: Any, plan: ExperimentPlan, /) -> Gathered:
        """Read the units as a plan asks.

        Raises:
            PlaybookError: The data cannot be read, lack a column or an arm, or hold what is no
                number.
        """
        ...


def parts_of(
    collect: Callable[[tuple[str, ...]], Moments], plan: ExperimentPlan
) -> dict[str, Moments]:
    """Collect the moments by each segment column and by day; the total is the first of them.

    Args:
        collect: Returns the moments split by columns.
        plan: Names the columns.
    """
    columns = [*plan.segments, *([plan.date_column] if plan.date_column else [])]
    parts = {column: collect((column,)) for column in dict.fromkeys(columns)}
    total = next(iter(parts.values())) if parts else collect(())
    return {"": total, **parts}


def require_arms(total: Moments, plan: ExperimentPlan, name: str) -> None:
    """Refuse data in which a planned arm has no unit.

    Raises:
        PlaybookError: With every such arm, and the arms that the data hold.
    """
    present = sorted(arm for arm in units(total) if arm)
    problems = [
        Problem(
            file=name,
            place=f"column {plan.variant}",
            value=arm,
            rule="is planned, but no unit is in it",
            remedy=f"The data hold: {', '.join(present[:10]) or 'no arm'}.",
        )
        for arm in (plan.control, *plan.treatments)
        if arm not in present
    ]
    if problems:
        raise PlaybookError(*problems)
