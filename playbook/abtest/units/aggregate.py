"""One pass over user-level data: from rows to moments."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds

from playbook.abtest.stats.moments import Moments, clamped, columns_of, count_of, merge
from playbook.abtest.units import days, relation
from playbook.abtest.units.shards import SHARD_ROWS, Shard, of_shards
from playbook.errors import PlaybookError, Problem
from playbook.params.experiment import ExperimentPlan, MetricPlan

MOST_ARMS = 50
LARGEST = 1e100
"""Numbers beyond this have squares whose sum a float does not hold."""


def collect(
    data: Any, plan: ExperimentPlan, by: Sequence[str] = (), timezone: str | None = None
) -> Moments:
    """Read user-level data once and return the moments of all metrics of a plan.

    Numbers that lie in a file or table as they are needed are read by Arrow; the database is asked
    only for what has to be computed first: caps, sums over clusters, days from text. Missing (null
    or NaN) is never an observation.

    Args:
        data: Data frame, Arrow table, DuckDB relation, CSV or Parquet path; see
            `relation.open_units`.
        plan: Names the columns.
        by: Columns that split the moments further.
        timezone: In which moments are cut into days where the plan names none.

    Returns:
        Moments per arm, per combination of the `by` columns and per pattern of missing values. An
        arm or segment that is missing has the key "". With clusters the units are clusters; split
        further, they are the parts of a cluster that lie in a level.

    Raises:
        PlaybookError: A column is missing, holds text or infinite values, or there are too many
            arms.
    """
    zone = plan.timezone or timezone
    units = open_for(data, plan, by, timezone)
    names = columns_of(plan)
    try:
        straight = _is_straight(units, plan, by)
        read = _stored if straight else _computed
        shards = read(units, plan, by, names, zone)
        parts = list(_of_few_arms(of_shards(shards, by, names), plan, units.name))
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        raise PlaybookError(relation.unreadable(units.name, error)) from None
    if not all(np.isfinite(part.centre).all() and np.isfinite(part.cross).all() for part in parts):
        _refuse_infinite(units, plan)
    return merge(*parts)


def open_for(
    data: Any, plan: ExperimentPlan, by: Sequence[str] = (), timezone: str | None = None
) -> relation.Units:
    """Open the columns of the data that a plan names; arguments and errors as in `collect`."""
    named = (plan.variant, plan.unit, plan.cluster, plan.date_column, plan.strata)
    keys = (*named, *plan.segments, *plan.concurrent, *by)
    opened = relation.open_units(data, [name for name in keys if name], _number_columns(plan))
    if plan.date_column is None:
        return opened
    try:
        return _with_days(opened, plan.date_column, plan.timezone or timezone)
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        raise PlaybookError(relation.unreadable(opened.name, error)) from None


def day_of(units: relation.Units, column: str, zone: str | None) -> str:
    """Return SQL for the day of the date column of opened units."""
    rows = units.rows()
    kind = str(rows.types[rows.columns.index(column)])
    return days.sql(relation.quoted(column), kind, zone) or relation.quoted(column)


def _with_days(opened: relation.Units, column: str, zone: str | None) -> relation.Units:
    """Turn the date column into days, where it is not typed in a file that stays on disk."""
    table = opened.arrow
    if isinstance(table, ds.Dataset):
        if days.is_typed(table.schema.field(column).type):
            return opened
        table = None
    if table is None:
        rows = opened.rows()
        if days.sql(column, str(rows.types[rows.columns.index(column)]), zone):
            return opened
        table = rows.to_arrow_table()
    if pa.types.is_date32(table.schema.field(column).type):
        return opened
    place = table.column_names.index(column)
    cut = days.of_column(table.column(place), zone, column, opened.name)
    return relation.in_memory(table.set_column(place, column, cut), opened.name)


def _number_columns(plan: ExperimentPlan) -> list[str]:
    columns = (
        name
        for each in plan.metrics
        for name in (each.numerator, each.denominator, *each.covariates)
        if name
    )
    return sorted(set(columns))


def _is_straight(units: relation.Units, plan: ExperimentPlan, by: Sequence[str]) -> bool:
    """Tell whether the columns can be taken as they are stored."""
    if units.arrow is None or plan.cluster or any(metric.clamped for metric in plan.metrics):
        return False
    schema = units.arrow.schema
    plain = all(_is_number(schema.field(name).type) for name in _number_columns(plan))
    return plain and all(
        days.is_typed(schema.field(name).type) for name in by if name == plan.date_column
    )


def _is_number(kind: pa.DataType) -> bool:
    return any(
        test(kind) for test in (pa.types.is_floating, pa.types.is_integer, pa.types.is_boolean)
    )


def _stored(
    units: relation.Units,
    plan: ExperimentPlan,
    by: Sequence[str],
    names: Sequence[str],
    zone: str | None,
) -> Iterator[Shard]:
    """Yield the rows in shards as they are stored."""
    keys = [plan.variant, *by]

    def chosen(load: Shard) -> pa.Table:
        table = load()
        columns = [
            days.of_column(table[key], zone, key, units.name)
            if key == plan.date_column
            else table[key]
            for key in keys
        ]
        columns += [table[name] for name in names]
        return pa.Table.from_arrays(columns, names=list(map(str, range(len(columns)))))

    return (partial(chosen, shard) for shard in relation.shards(units.arrow, {*keys, *names}))


def _computed(
    units: relation.Units,
    plan: ExperimentPlan,
    by: Sequence[str],
    names: Sequence[str],
    zone: str | None,
) -> Iterator[Shard]:
    """Yield the rows in shards as the database computes them."""
    relation.require_numbers(units, _number_columns(plan))
    rows = units.rows()
    values = {name: relation.number(name) for metric in plan.metrics for name in metric.covariates}
    for metric in plan.metrics:
        for name in filter(None, (metric.numerator, metric.denominator)):
            values[clamped(name, metric)] = _value(rows, name, metric)
    keys = [relation.quoted(plan.variant)]
    for name in by:
        is_day = name == plan.date_column
        keys.append(day_of(units, name, zone) if is_day else relation.quoted(name))
    chosen = (
        _clusters(rows, plan.cluster, keys, values, names)
        if plan.cluster
        else _rows(rows, keys, values, names)
    )
    return (partial(pa.Table.from_batches, [batch]) for batch in chosen.to_arrow_reader(SHARD_ROWS))


def _value(rows: duckdb.DuckDBPyRelation, column: str, metric: MetricPlan) -> str:
    """Return SQL for a column's value.

    Clamped at its quantiles over all arms where that is planned.
    """
    number = relation.number(column)
    if not metric.clamped:
        return number
    known_rows = rows.filter(f"not isnan({number})")
    ends = f"[{metric.floor or 0.0!r}, {metric.cap or 1.0!r}]"
    limits, highest = known_rows.aggregate(
        f"quantile_cont({number}, {ends}), max({number})"
    ).fetchall()[0]
    if limits is None:
        return number
    if limits[1] <= 0 < highest:
        raise PlaybookError(
            Problem(
                file="the plan",
                place=f"cap of {column}",
                value=f"{metric.cap:g}",
                remedy="Raise the cap, or leave it out.",
                rule=(
                    "would clamp every positive value, for the quantile of all units is not above 0"
                ),
            )
        )
    low, high = (f"{limit!r}::double" for limit in limits)
    return f"case when not isnan({number}) then least(greatest({number}, {low}), {high}) end"


def _rows(
    units: duckdb.DuckDBPyRelation,
    keys: Sequence[str],
    values: dict[str, str],
    wanted: Sequence[str],
) -> duckdb.DuckDBPyRelation:
    named = [f"{key} as k{place}" for place, key in enumerate(keys)]
    measures = [f"{values[name]} as x{place}" for place, name in enumerate(wanted)]
    return units.project(", ".join([*named, *measures]))


def _clusters(
    units: duckdb.DuckDBPyRelation,
    cluster: str,
    keys: Sequence[str],
    values: dict[str, str],
    wanted: Sequence[str],
) -> duckdb.DuckDBPyRelation:
    """Sum each column over the members of a cluster, and count its known values."""
    known_values = {
        name: f"case when isnan({value}) then null else {value} end"
        for name, value in values.items()
    }
    sums = {name: f"sum({value})::double" for name, value in known_values.items()}
    sums |= {count_of(name): f"count({value})::double" for name, value in known_values.items()}
    group = ", ".join([*keys, relation.quoted(cluster)])
    named = [f"{key} as k{place}" for place, key in enumerate(keys)]
    measures = [f"{sums[name]} as x{place}" for place, name in enumerate(wanted)]
    table = units.aggregate(", ".join([*named, *measures]), group).to_arrow_table()
    return duckdb.connect().from_arrow(table)


def _of_few_arms(parts: Iterable[Moments], plan: ExperimentPlan, name: str) -> Iterator[Moments]:
    """Pass moments on, until there are too many arms."""
    arms: set[str] = set()
    for part in parts:
        arms |= {key[0] for key in part.keys}
        if len(arms) > MOST_ARMS:
            raise PlaybookError(
                Problem(
                    file=name,
                    place=f"column {plan.variant}",
                    rule=f"holds more than {MOST_ARMS} different arms",
                    remedy="Name the column that holds the arm, not the unit.",
                )
            )
        yield part


def _refuse_infinite(units: relation.Units, plan: ExperimentPlan) -> None:
    """Refuse infinite numbers, and numbers whose square is none."""
    columns = _number_columns(plan)
    numbers = [relation.number(column) for column in columns]
    counts = [f"count(*) filter (isinf({number}))" for number in numbers]
    counts += [f"count(*) filter (abs({number}) > {LARGEST!r}::double)" for number in numbers]
    row = units.rows().aggregate(", ".join(counts)).fetchall()[0]
    problems = []
    for place, column in enumerate(columns):
        infinite, large = row[place], row[place + len(columns)]
        if infinite:
            problems.append(_no_number(units.name, column, "infinite", "is not a number", infinite))
        elif large:
            rule = f"is beyond {LARGEST:g}, too large to be compared"
            problems.append(_no_number(units.name, column, "", rule, large))
    if problems:
        raise PlaybookError(*problems)


def _no_number(name: str, column: str, value: str, rule: str, rows: int) -> Problem:
    return Problem(
        file=name,
        place=f"column {column}",
        value=value,
        rule=f"{rule}, in {rows} rows",
        remedy="Clean the column; leave the cell empty where nothing is known.",
    )
