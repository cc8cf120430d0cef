"""Gather the units of a test from a table in a database, through Ibis; twin of `gather`."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from playbook.abtest.stats.moments import Moments, roll_up
from playbook.abtest.units import days
from playbook.abtest.units.aggregate_ibis import (
    as_day,
    ask,
    collect,
    key_text,
    name_of,
    require_columns,
)
from playbook.abtest.units.gathered import (
    ID_LIKE,
    ClusterStrays,
    Days,
    Gathered,
    Repeats,
    Span,
    Strays,
    days_of,
    parts_of,
    require_arms,
    require_days,
    require_units,
    span_of,
    until_day,
)
from playbook.params.experiment import ExperimentPlan
from playbook.sources.databases.engines import told
from playbook.sources.databases.reduced import known_number

if TYPE_CHECKING:
    import ibis

ISO_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}"


def gather(
    table: "ibis.Table",
    plan: ExperimentPlan,
    *,
    timezone: str | None = None,
    look_day: Callable[[Sequence[date]], date | None] = max,
) -> Gathered:
    """Ask a database for all that the evaluation of a plan needs.

    Args:
        table: One row per unit, in any engine that Ibis speaks to.
        plan: Names the columns.
        timezone: As in `Gather`.
        look_day: As in `Gather`.

    Raises:
        PlaybookError: As in `collect`.
    """
    require_columns(table, plan, ())
    name, zone = name_of(table), plan.timezone or timezone
    with told():
        repeats = _repeats(table, plan)
        kept, strays = _units_apart(table, plan)
        require_units(strays, plan, name)
        kept, clusters = _clusters_apart(kept, plan)
        if plan.date_column:
            kept = kept.mutate(**{plan.date_column: _day(kept, plan.date_column, zone)})
        entered = _days(kept, plan, look_day) if plan.date_column else None
    require_days(entered, plan, name)
    span = span_of(entered) if entered else None
    kept = _within(kept, plan, span) if span else kept
    parts = parts_of(partial(collect, kept, plan), plan)
    require_arms(roll_up(parts[""]), plan, name)
    return Gathered(
        name=name,
        parts=parts,
        strays=strays,
        clusters=clusters,
        repeats=repeats,
        days=entered,
        largest=partial(_extreme, kept, "max"),
        smallest=partial(_extreme, kept, "min"),
        until=partial(_until, kept, parts, plan),
    )


def _units_apart(table: "ibis.Table", plan: ExperimentPlan) -> tuple["ibis.Table", Strays | None]:
    """Find units that stand twice or in two arms, and take out what does not belong.

    Of rows that are alike in every column that the plan names one is kept.
    """
    if plan.unit is None:
        return table, None
    table = table.select(*_columns(plan))
    named = table.filter(table[plan.unit].notnull())
    arm = named[plan.variant].cast("string")
    each = named.group_by(plan.unit).aggregate(n=named.count(), low=arm.min(), high=arm.max())
    is_crossed = _differ(each.low, each.high)
    again = each.n > 1
    facts = ask(
        each,
        total=each.count(),
        rows=each.n.sum(),
        repeated=again.sum(),
        crossed=is_crossed.sum(),
    )
    unnamed = int(ask(table, n=table.count())["n"]) - int(facts["rows"] or 0)
    total, repeated = int(facts["total"]), int(facts["repeated"] or 0)
    kept = named if unnamed else table
    if not repeated:
        return kept, Strays(twice=0, crossed=0, unnamed=unnamed, total=total)
    crossed = int(facts["crossed"] or 0)
    forms = named.semi_join(each.filter(again & ~is_crossed), plan.unit).distinct()
    single = forms.group_by(plan.unit).aggregate(n=forms.count())
    alike = forms.semi_join(single.filter(single.n == 1), plan.unit)
    alike_units = int(ask(alike, n=alike.count())["n"])
    rows_of_alike = named.semi_join(alike, plan.unit)
    copies = int(ask(rows_of_alike, n=rows_of_alike.count())["n"]) - alike_units
    strays = Strays(
        copies=copies,
        twice=repeated - crossed - alike_units,
        crossed=crossed,
        unnamed=unnamed,
        total=total,
    )
    return named.anti_join(each.filter(again), plan.unit).union(alike), strays


def _columns(plan: ExperimentPlan) -> list[str]:
    """List the columns that a plan names, each once."""
    named = (plan.variant, plan.unit, plan.cluster, plan.date_column, plan.strata)
    keys = (*named, *plan.segments, *plan.concurrent)
    numbers = [
        name
        for metric in plan.metrics
        for name in (metric.numerator, metric.denominator, *metric.covariates)
    ]
    return list(dict.fromkeys(filter(None, (*keys, *numbers))))


def _clusters_apart(
    table: "ibis.Table", plan: ExperimentPlan
) -> tuple["ibis.Table", ClusterStrays | None]:
    """Find clusters in two arms and rows without a cluster, and take them out."""
    if plan.cluster is None:
        return table, None
    named = table.filter(table[plan.cluster].notnull())
    arm = named[plan.variant].cast("string")
    each = named.group_by(plan.cluster).aggregate(n=named.count(), low=arm.min(), high=arm.max())
    is_crossed = _differ(each.low, each.high)
    facts = ask(each, total=each.count(), rows=each.n.sum(), crossed=is_crossed.sum())
    rows = int(ask(table, n=table.count())["n"])
    unnamed, crossed = rows - int(facts["rows"] or 0), int(facts["crossed"] or 0)
    strays = ClusterStrays(crossed=crossed, total=int(facts["total"]), unnamed=unnamed, rows=rows)
    if not unnamed and not crossed:
        return table, strays
    return named.anti_join(each.filter(is_crossed), plan.cluster), strays


def _differ(low: Any, high: Any) -> Any:
    """Tell whether two values differ; never where both are missing."""
    return (low != high).fill_null(False)  # noqa: FBT003 - the name of the argument differs between versions


def _day(table: "ibis.Table", column: str, zone: str | None) -> Any:
    """Return the day of a column: as it is, or a moment's, told in a zone where it has one.

    Databases know no zones, or each their own: the offset from UTC is added by its changes.
    """
    value: Any = table[column]
    kind = value.type()
    if kind.is_string():
        is_day = value.re_search(ISO_DAY)
        return is_day.ifelse(value, None).substr(0, 10).cast("date")
    if not (kind.is_timestamp() and kind.timezone):
        return value.cast("date")
    here = zone or (kind.timezone if "/" in kind.timezone else days.UTC)
    ends = ask(table, first=value.min(), last=value.max())
    if ends["first"] is None:
        return value.cast("date")
    changes = days.offsets(here, *(_in_utc(ends[name]) for name in ("first", "last")))
    seconds = value.epoch_seconds()
    ahead: Any = changes[0][1]
    for second, offset in changes[1:]:
        ahead = (seconds >= second).ifelse(offset, ahead)
    return ((seconds + ahead) / 86_400).floor().cast("int64")


def _in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC) if moment.tzinfo else moment


def _days(
    table: "ibis.Table",
    plan: ExperimentPlan,
    look_day: Callable[[Sequence[date]], date | None],
) -> Days:
    """Count the rows by day."""
    column = plan.date_column or ""
    counts = table.group_by(day=table[column]).aggregate(n=table.count()).to_pyarrow().to_pylist()
    entered = {key_text(as_day(row["day"])): int(row["n"]) for row in counts}
    return days_of(entered, plan, look_day)


def _within(table: "ibis.Table", plan: ExperimentPlan, span: Span) -> "ibis.Table":
    day: Any = table[plan.date_column or ""]
    first, last = span
    if day.type().is_integer():
        epoch = days.EPOCH
        return table.filter((day >= (first - epoch).days) & (day <= (last - epoch).days))
    return table.filter((day >= first) & (day <= last))


def _until(
    table: "ibis.Table", parts: dict[str, Moments], plan: ExperimentPlan, day: date
) -> Moments:
    """Return the moments of the units that had entered by the end of a day."""
    if plan.cluster is None:
        return until_day(parts, plan, day)
    return collect(_within(table, plan, (date(1970, 1, 1), day)), plan)


def _repeats(table: "ibis.Table", plan: ExperimentPlan) -> tuple[Repeats, ...]:
    """Look for columns that identify somebody and repeat, where every row is taken as a unit."""
    if plan.unit is not None or plan.cluster is not None:
        return ()
    others = {plan.variant, plan.date_column, *plan.segments}
    names = [name for name in table.columns if ID_LIKE.search(name) and name not in others]
    counts = {
        name: ask(table, ids=table[name].nunique(), rows=table[name].count()) for name in names
    }
    return tuple(
        Repeats(column=name, ids=int(count["ids"]), rows=int(count["rows"]))
        for name, count in counts.items()
        if 1 < count["ids"] < count["rows"]
    )


def _extreme(table: "ibis.Table", end: str, column: str) -> float:
    """Return the largest (max) or smallest (min) known value of a column."""
    with told():
        value = known_number(table[column])
        return float(ask(table, x=value.max() if end == "max" else value.min())["x"])
