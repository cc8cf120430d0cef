"""What an evaluation needs of the units, and the form that both ways of gathering it have.

`gather.gather` reads files and tables through Arrow and DuckDB, `gather_ibis.gather` asks a
database through Ibis: twins, of which each fits `Gather` and gives the same.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from playbook.abtest.stats.effects import Effect
from playbook.abtest.stats.moments import Moments, levels, only, roll_up, units
from playbook.errors import PlaybookError, Problem
from playbook.params.experiment import ExperimentPlan

Span = tuple[date, date]
"""First and last day, both included."""

ID_LIKE = re.compile(
    r"(^|[_\s])(u|user|visitor|customer|client|member|device|session|cookie|account)?_?(id|uid)$"
    r"|^(user|visitor|customer|client|member)s?$|openid|unionid|用户|会员|访客|客户|编号",
    re.IGNORECASE,
)
"""Names of columns that identify somebody."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Strays:
    """How many units do not belong; all of them are in no part.

    Attributes:
        copies: Rows that stand twice, alike in every column; one of each counts.
        twice: Units that stand more than once in one arm, with different values.
        crossed: Units in two arms.
        unnamed: Rows without a unit.
        total: All units.
    """

    copies: int = 0
    twice: int
    crossed: int
    unnamed: int = 0
    total: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ClusterStrays:
    """How many clusters do not belong; all of them are in no part.

    Attributes:
        crossed: Clusters with members in two arms.
        total: All clusters.
        unnamed: Rows without a cluster.
        rows: All rows.
    """

    crossed: int
    total: int
    unnamed: int
    rows: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Repeats:
    """A column that looks like the unit's, in data of which every row was taken as a unit."""

    column: str
    ids: int
    rows: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Days:
    """On which days units entered.

    Attributes:
        first: First readable day within the test; None where there is none.
        last: The last one.
        unreadable: Rows whose day is missing or cannot be read; they are in no part.
        outside: Rows with a day before the start or after the end; they are in no part.
        later: Rows of the test after the day of the look; they are in no part.
        total: All rows.
        until: Day of the look; None where nothing says one.
        entered: Rows by day, of those that are in the parts.
    """

    first: date | None
    last: date | None
    unreadable: int
    outside: int
    later: int
    total: int
    until: date | None
    entered: Mapping[date, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Gathered:
    """All that an evaluation needs of the units, wherever they lie.

    Attributes:
        name: Of the data, for messages.
        parts: Moments by segment column, and by the date column; "" for the total. With clusters
            those of the total are of clusters, those of a part of the pieces of clusters in it.
        strays: Units that stand twice or in two arms. None where the plan names no unit.
        clusters: The same of clusters; None where the plan names none.
        repeats: Columns that look like the unit's; only where the plan names no unit.
        days: On which units entered; None where the plan names no date column.
        largest: Returns the largest known value of a column.
        smallest: Returns the smallest one.
        until: Returns the moments of the units that had entered by the end of a day.
        quantiles: Effects on quantiles, which moments do not tell.
    """

    name: str
    parts: Mapping[str, Moments]
    strays: Strays | None
    clusters: ClusterStrays | None = None
    repeats: tuple[Repeats, ...] = ()
    days: Days | None = None
    largest: Callable[[str], float]
    smallest: Callable[[str], float]
    until: Callable[[date], Moments]
    quantiles: tuple[Effect, ...] = ()


class Gather(Protocol):
    """One way to gather the units of a test."""

    def __call__(
        self,
        data: Any,
        plan: ExperimentPlan,
        /,
        *,
        timezone: str | None = None,
        look_day: Callable[[Sequence[date]], date | None] = max,
    ) -> Gathered:
        """Read the units as a plan asks.

        Args:
            data: The units.
            plan: Names the columns.
            timezone: In which moments are cut into days where the plan names none.
            look_day: Returns the day of the look, by the days on which units entered within the
                test; later units are left out. None leaves out nothing.

        Raises:
            PlaybookError: The data cannot be read, lack a column or an arm, or hold what is no
                number.
        """
        ...


def within_limit(count: int, total: int, limit: float) -> bool:
    """Tell whether so few of all may be left out: their share, or a single one of a hundred."""
    return count <= limit * total or (count == 1 and total >= 100)


def days_of(
    entered: Mapping[str, int],
    plan: ExperimentPlan,
    look_day: Callable[[Sequence[date]], date | None],
) -> Days:
    """Sort the days on which units entered by what the plan and the day of the look say of them.

    Args:
        entered: Rows by day as ISO text; "" for those without a readable day.
        plan: With the start and end of the test; without them every day belongs.
        look_day: As in `Gather`.
    """
    counts = {date.fromisoformat(day): rows for day, rows in entered.items() if day}
    first, last = plan.start or date.min, plan.end or date.max
    inside = {day: rows for day, rows in sorted(counts.items()) if first <= day <= last}
    until = look_day(list(inside)) if inside else None
    kept = {day: rows for day, rows in inside.items() if day <= (until or date.max)}
    total, within = sum(entered.values()), sum(inside.values())
    return Days(
        first=next(iter(inside), None),
        last=next(reversed(inside), None),
        unreadable=entered.get("", 0),
        outside=sum(counts.values()) - within,
        later=within - sum(kept.values()),
        total=total,
        until=until,
        entered=kept,
    )


def span_of(days: Days) -> Span | None:
    """Return the days to which rows must be cut; None where all rows lie within."""
    if not days.entered or sum(days.entered.values()) == days.total:
        return None
    return min(days.entered), max(days.entered)


def parts_of(
    collect: Callable[[tuple[str, ...]], Moments], plan: ExperimentPlan
) -> dict[str, Moments]:
    """Collect the moments by each segment column and by day, and their total.

    Clusters are summed up before any cut: their total is asked for by itself, since a cluster that
    lies in several levels would count several times. Without clusters it is that of the first part.

    Args:
        collect: Returns the moments split by columns.
        plan: Names the columns.
    """
    columns = filter(None, (*plan.segments, *plan.concurrent, plan.strata, plan.date_column))
    parts = {column: collect((column,)) for column in dict.fromkeys(columns)}
    if plan.cluster or not parts:
        return {"": collect(()), **parts}
    return {"": next(iter(parts.values())), **parts}


def until_day(parts: Mapping[str, Moments], plan: ExperimentPlan, day: date) -> Moments:
    """Add up the moments of the days up to one; for units, which lie on one day each."""
    column = plan.date_column or ""
    by_day = parts[column]
    wanted = {each for each in levels(by_day, column) if "" < each <= day.isoformat()}
    return roll_up(only(by_day, column, wanted))


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


def require_units(strays: Strays | None, plan: ExperimentPlan, name: str) -> None:
    """Refuse data of which every unit stands in two arms.

    Raises:
        PlaybookError: With the count, and what to look at.
    """
    if strays is None or strays.total == 0 or strays.crossed < strays.total:
        return
    raise PlaybookError(
        Problem(
            file=name,
            place=f"columns {plan.unit} and {plan.variant}",
            rule=f"every one of {strays.total:,} units stands in two arms",
            remedy=f"Name as the unit what was assigned to one arm; {plan.unit} was not.",
        )
    )


def require_days(days: Days | None, plan: ExperimentPlan, name: str) -> None:
    """Refuse data of which no row lies within the test.

    Raises:
        PlaybookError: With the days of the test, and whether days could be read.
    """
    if days is None or days.entered:
        return
    rule = f"no row has a day from {plan.start} to {plan.end}"
    if days.unreadable == days.total:
        rule = "holds no day that can be read"
    if days.later:
        rule = f"the first unit entered on {days.first}, after the day of the look"
    raise PlaybookError(
        Problem(
            file=name,
            place=f"column {plan.date_column}",
            rule=rule,
            remedy="Correct start and end of the plan, or name the column of the day.",
        )
    )
