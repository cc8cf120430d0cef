"""Gather the units of a test from files and tables in memory, through Arrow and DuckDB."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any

import duckdb

from playbook.abtest.stats.effects import Effect
from playbook.abtest.stats.moments import Moments, roll_up
from playbook.abtest.units import relation
from playbook.abtest.units.aggregate import collect, day_of, open_for
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
from playbook.abtest.units.quantiles import quantile_effects
from playbook.abtest.units.relation import Units, quoted
from playbook.errors import PlaybookError
from playbook.params.experiment import ExperimentPlan

STRAY = "stray unit"
ROWS, OTHERS = "rows", "others"


def gather(
    data: Any,
    plan: ExperimentPlan,
    *,
    timezone: str | None = None,
    look_day: Callable[[Sequence[date]], date | None] = max,
) -> Gathered:
    """Read all that the evaluation of a plan needs.

    Args:
        data: Data frame, Arrow table, DuckDB relation, CSV or Parquet path.
        plan: Names the columns.
        timezone: As in `Gather`.
        look_day: As in `Gather`.

    Raises:
        PlaybookError: As in `collect`, or a planned arm has no unit.
    """
    repeats = _repeats(data, plan)
    opened = open_for(data, plan, (), timezone)
    zone = plan.timezone or timezone
    try:
        kept, strays = _units_apart(opened, plan)
        require_units(strays, plan, opened.name)
        kept, clusters = _clusters_apart(kept, plan)
        days = _days(kept, plan, zone, look_day) if plan.date_column else None
    except duckdb.Error as error:
        raise PlaybookError(relation.unreadable(opened.name, error)) from None
    require_days(days, plan, opened.name)
    span = span_of(days) if days else None
    kept = _within(kept, plan, zone, span) if span else kept
    parts = parts_of(lambda by: collect(kept, plan, by, timezone), plan)
    require_arms(roll_up(parts[""]), plan, opened.name)
    return Gathered(
        name=opened.name,
        parts=parts,
        strays=strays,
        clusters=clusters,
        repeats=repeats,
        days=days,
        largest=partial(_extreme, kept, "max"),
        smallest=partial(_extreme, kept, "min"),
        until=partial(_until, kept, parts, plan, timezone),
        quantiles=tuple(_quantiles(kept, plan)),
    )


def _units_apart(data: Units, plan: ExperimentPlan) -> tuple[Units, Strays | None]:
    """Find units that stand twice or in two arms, and take out what does not belong.

    Of rows that are alike in every column one is kept, where so few are that they may be left out.
    """
    if plan.unit is None:
        return data, None
    unit, arm = quoted(plan.unit), quoted(plan.variant)
    rows = data.rows()
    counted = rows.aggregate(f"count(distinct {unit}), count({unit}), count(*)").fetchall()[0]
    distinct, stated, count = counted
    if distinct == count:
        return data, Strays(twice=0, crossed=0, total=distinct)
    named = rows.filter(f"{unit} is not null")
    if distinct == stated:
        strays = Strays(twice=0, crossed=0, unnamed=count - stated, total=distinct)
        return Units(rows=lambda: named, name=data.name), strays
    is_crossed = f"min({arm}) is distinct from max({arm}) as crossed"
    each = named.aggregate(f"{unit} as {quoted(STRAY)}, count(*) as n, {is_crossed}", unit)
    repeated = each.filter("n > 1")
    crossed, again = repeated.aggregate("count(*) filter (crossed), count(*)").fetchall()[0]
    only_once = _joined(named, unit, repeated, "anti")
    alike = _alike(_joined(named, unit, repeated.filter("not crossed"), "semi"), unit)
    alike_units, extra = _counts_of_copies(named, unit, alike)
    strays = Strays(
        copies=extra,
        twice=again - crossed - alike_units,
        crossed=crossed,
        unnamed=count - stated,
        total=distinct,
    )
    return Units(rows=lambda: only_once.union(alike), name=data.name), strays


def _joined(
    rows: duckdb.DuckDBPyRelation, key: str, others: duckdb.DuckDBPyRelation, how: str
) -> duckdb.DuckDBPyRelation:
    """Keep the rows whose key is (semi) or is not (anti) among the strays of `others`."""
    strays = others.project(quoted(STRAY)).set_alias(OTHERS)
    return rows.set_alias(ROWS).join(strays, f"{key} = {quoted(STRAY)}", how=how)


def _alike(rows: duckdb.DuckDBPyRelation, unit: str) -> duckdb.DuckDBPyRelation:
    """Return one row of each unit whose rows are alike in every column."""
    forms = rows.distinct()
    single = forms.aggregate(f"{unit} as {quoted(STRAY)}, count(*) as n", unit).filter("n = 1")
    return _joined(forms, unit, single, "semi")


def _counts_of_copies(
    named: duckdb.DuckDBPyRelation, unit: str, alike: duckdb.DuckDBPyRelation
) -> tuple[int, int]:
    """Count the units of which all rows are alike, and their rows beyond the first."""
    single = alike.project(f"{unit} as {quoted(STRAY)}")
    rows = _joined(named, unit, single, "semi").aggregate("count(*)").fetchall()[0][0]
    ids = alike.aggregate("count(*)").fetchall()[0][0]
    return ids, rows - ids


def _clusters_apart(data: Units, plan: ExperimentPlan) -> tuple[Units, ClusterStrays | None]:
    """Find clusters in two arms and rows without a cluster, and take them out."""
    if plan.cluster is None:
        return data, None
    cluster, arm = quoted(plan.cluster), quoted(plan.variant)
    rows = data.rows()
    named = rows.filter(f"{cluster} is not null")
    each = named.aggregate(
        f"{cluster} as {quoted(STRAY)}, min({arm}) is distinct from max({arm}) as crossed", cluster
    )
    total, crossed = each.aggregate("count(*), count(*) filter (crossed)").fetchall()[0]
    count, stated = rows.aggregate(f"count(*), count({cluster})").fetchall()[0]
    strays = ClusterStrays(crossed=crossed, total=total, unnamed=count - stated, rows=count)
    if not crossed and count == stated:
        return data, strays
    kept = _joined(named, cluster, each.filter("crossed"), "anti")
    return Units(rows=lambda: kept, name=data.name), strays


def _days(
    data: Units,
    plan: ExperimentPlan,
    zone: str | None,
    look_day: Callable[[Sequence[date]], date | None],
) -> Days:
    """Count the rows by day."""
    day = day_of(data, plan.date_column or "", zone)
    counts = data.rows().aggregate(f"coalesce(({day})::varchar, ''), count(*)", day).fetchall()
    return days_of(dict(counts), plan, look_day)


def _within(data: Units, plan: ExperimentPlan, zone: str | None, span: Span) -> Units:
    day = day_of(data, plan.date_column or "", zone)
    first, last = (f"date '{each}'" for each in span)
    kept = data.rows().filter(f"({day}) between {first} and {last}")
    return Units(rows=lambda: kept, name=data.name)


def _until(
    data: Units, parts: dict[str, Moments], plan: ExperimentPlan, timezone: str | None, day: date
) -> Moments:
    """Return the moments of the units that had entered by the end of a day."""
    if plan.cluster is None:
        return until_day(parts, plan, day)
    kept = _within(data, plan, plan.timezone or timezone, (date.min, day))
    return collect(kept, plan, (), timezone)


def _repeats(data: Any, plan: ExperimentPlan) -> tuple[Repeats, ...]:
    """Look for columns that identify somebody and repeat, where every row is taken as a unit."""
    if plan.unit is not None or plan.cluster is not None:
        return ()
    others = {plan.variant, plan.date_column, *plan.segments}
    names = [
        name for name in relation.columns_of(data) if ID_LIKE.search(name) and name not in others
    ]
    if not names:
        return ()
    opened = relation.open_units(data, names)
    counts = ", ".join(f"count(distinct {quoted(name)}), count({quoted(name)})" for name in names)
    row = opened.rows().aggregate(counts).fetchall()[0]
    return tuple(
        Repeats(column=name, ids=row[2 * place], rows=row[2 * place + 1])
        for place, name in enumerate(names)
        if 1 < row[2 * place] < row[2 * place + 1]
    )


def _quantiles(data: Units, plan: ExperimentPlan) -> list[Effect]:
    return [
        effect
        for metric in plan.metrics
        if metric.kind == "quantile"
        for effect in quantile_effects(data, plan, metric)
    ]


def _extreme(data: Units, end: str, column: str) -> float:
    """Return the largest (max) or smallest (min) known value of a column."""
    number = relation.number(column)
    known_numbers = f"filter (not isnan({number}))"
    return float(data.rows().aggregate(f"{end}({number}) {known_numbers}").fetchall()[0][0])
