"""One pass over user-level data, in the database: from rows to moments."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np

from playbook.abtest import source
from playbook.abtest.moments import Array, Moments, capped, columns_of, count_of, measured, merge
from playbook.errors import PlaybookError, Problem
from playbook.params.experiment import ExperimentPlan

MOST_ARMS = 50
SAMPLE_ROWS = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class _Query:
    """Rows with columns k0.. (arm and segments) and x0.. (measured); pairs are those whose products are needed."""

    rows: duckdb.DuckDBPyRelation
    by: tuple[str, ...]
    columns: tuple[str, ...]
    pairs: tuple[tuple[int, int], ...]
    name: str


def collect(data: Any, plan: ExperimentPlan, by: Sequence[str] = ()) -> Moments:
    """Read user-level data once and return the moments of all metrics of a plan.

    A second pass is made only where values are missing: missing (NULL or NaN) is never an observation.

    Args:
        data: Data frame, Arrow table, DuckDB relation, CSV or Parquet path; see `source.open_units`.
        plan: Names the columns.
        by: Columns that split the moments further.

    Returns:
        Moments per arm, per combination of the `by` columns and per pattern of missing values. An
        arm or segment that is missing has the key "".

    Raises:
        PlaybookError: A column is missing, holds text or infinite values, or there are too many arms.
    """
    query = _query(data, plan, tuple(by))
    try:
        found = _aggregate(query)
    except duckdb.Error as error:
        raise PlaybookError(source.unreadable(query.name, error)) from None
    arms = {key[0] for key in found.keys}
    if len(arms) > MOST_ARMS:
        raise PlaybookError(
            Problem(file=query.name, place=f"column {plan.variant}", rule=f"holds {len(arms)} different arms",
                    remedy="Name the column that holds the arm, not the unit.")
        )  # fmt: skip
    return found


def open_for(data: Any, plan: ExperimentPlan, by: Sequence[str] = ()) -> source.Units:
    """Open the columns of the data that a plan names; arguments and errors as in `collect`."""
    keys = (plan.variant, plan.unit, plan.cluster, plan.date_column, *plan.segments, *by)
    return source.open_units(data, [name for name in keys if name], _number_columns(plan))


def _number_columns(plan: ExperimentPlan) -> list[str]:
    found = (name for each in plan.metrics for name in (each.numerator, each.denominator, *each.covariates) if name)
    return sorted(set(found))


def _query(data: Any, plan: ExperimentPlan, by: tuple[str, ...]) -> _Query:
    units = open_for(data, plan, by)
    source.require_numbers(units, _number_columns(plan))
    caps = {(name, metric.cap) for metric in plan.metrics for name in (metric.numerator, metric.denominator) if name}
    caps |= {(name, None) for metric in plan.metrics for name in metric.covariates}
    values = {capped(column, cap): _value(units.rows, column, cap) for column, cap in sorted(caps, key=str)}
    wanted = columns_of(plan)
    keys = [source.quoted(plan.variant), *(_segment(name, plan) for name in by)]
    rows = (
        _clusters(units.rows, plan.cluster, keys, values, wanted)
        if plan.cluster
        else _rows(units.rows, keys, values, wanted)
    )
    return _Query(rows=rows, by=by, columns=wanted, pairs=_pairs(plan, wanted), name=units.name)


def _segment(name: str, plan: ExperimentPlan) -> str:
    """Return SQL for a segment column; moments of the date column are cut into days."""
    return f"try_cast({source.quoted(name)} as date)" if name == plan.date_column else source.quoted(name)


def _pairs(plan: ExperimentPlan, wanted: Sequence[str]) -> tuple[tuple[int, int], ...]:
    needed = set()
    for metric in plan.metrics:
        places = sorted(wanted.index(name) for name in measured(metric, clustered=plan.cluster is not None).columns)
        needed |= {(low, high) for low in places for high in places if low <= high}
    return tuple(sorted(needed))


def _value(units: duckdb.DuckDBPyRelation, column: str, cap: float | None) -> str:
    """Return SQL for a column's value, clamped at its quantile over all arms where a cap is planned."""
    number = source.number(column)
    if cap is None:
        return number
    known = units.filter(f"not isnan({number})")
    limit, highest = known.aggregate(f"quantile_cont({number}, {cap!r}), max({number})").fetchall()[0]
    if limit is None:
        return number
    if limit <= 0 < highest:
        raise PlaybookError(
            Problem(file="the plan", place=f"cap of {column}", value=f"{cap:g}", remedy="Raise the cap, or leave it out.",
                    rule="would clamp every positive value, for the quantile of all units is not above 0")
        )  # fmt: skip
    return f"least({number}, {limit!r}::double)"


def _rows(
    units: duckdb.DuckDBPyRelation, keys: Sequence[str], values: dict[str, str], wanted: Sequence[str]
) -> duckdb.DuckDBPyRelation:
    named = [f"{key} as k{place}" for place, key in enumerate(keys)]
    measures = [f"{values[name]} as x{place}" for place, name in enumerate(wanted)]
    return units.project(", ".join([*named, *measures]))


def _clusters(
    units: duckdb.DuckDBPyRelation, cluster: str, keys: Sequence[str], values: dict[str, str], wanted: Sequence[str]
) -> duckdb.DuckDBPyRelation:
    """Sum each column over the members of a cluster, and count its known values."""
    known = {name: f"case when isnan({value}) then null else {value} end" for name, value in values.items()}
    sums = {name: f"sum({value})::double" for name, value in known.items()}
    sums |= {count_of(name): f"count({value})::double" for name, value in known.items()}
    group = ", ".join([*keys, source.quoted(cluster)])
    named = [f"{key} as k{place}" for place, key in enumerate(keys)]
    measures = [f"{sums[name]} as x{place}" for place, name in enumerate(wanted)]
    table = units.aggregate(", ".join([*named, *measures]), group).to_arrow_table()
    return duckdb.connect().from_arrow(table)


def _aggregate(query: _Query) -> Moments:
    centre = _centre(query)
    found = _sums(query, centre, missing=False)
    if not _complete(query, found):
        _refuse_infinite(query)
        found = _sums(query, centre, missing=True)
    return _moments(query, centre, found)


def _centre(query: _Query) -> Array:
    """Return a value near each column's mean; which rows it comes from does not matter."""
    means = ", ".join(f"avg(x{place}) filter (isfinite(x{place}))" for place in range(len(query.columns)))
    row = query.rows.limit(SAMPLE_ROWS).aggregate(means).fetchall()[0]
    return np.array([0.0 if value is None else value for value in row])


def _sums(query: _Query, centre: Array, *, missing: bool) -> dict[str, Array]:
    """Sum shifted values and their products; with `missing`, apart for each pattern of missing values."""
    places = range(len(query.columns))
    keys = [f"k{place}" for place in range(1 + len(query.by))]
    pattern = " + ".join(f"{1 << place}::bigint * coalesce(isnan(x{place}), true)::bigint" for place in places)
    absent = [f"{pattern} as absent"] if missing else []
    shifted = [f"x{place} - {float(centre[place])!r}::double as x{place}" for place in places]
    rows = query.rows.project(", ".join([*keys, *absent, *shifted]))
    everything = " + ".join(f"x{place}" for place in places)
    sums = [f"sum(x{place}) as s{place}" for place in places]
    products = [f"sum(x{low} * x{high}) as p{low}_{high}" for low, high in query.pairs]
    group = [*keys, "absent"] if missing else keys
    counts = ["count(*) as n", f"count({everything}) as complete"]
    found = _as_text(rows.aggregate(", ".join([*group, *counts, *sums, *products]), ", ".join(group)), keys)
    return {name: column.to_numpy() for name, column in zip(found.columns, found.to_arrow_table().columns, strict=True)}


def _as_text(found: duckdb.DuckDBPyRelation, keys: Sequence[str]) -> duckdb.DuckDBPyRelation:
    texts = ", ".join(f"coalesce({key}::varchar, '') as {key}" for key in keys)
    return found.project(f"* replace ({texts})")


def _complete(query: _Query, found: dict[str, Array]) -> bool:
    """Tell whether no value was missing: NULL lowers the count, NaN and infinity spoil a sum."""
    sums = [found[f"s{place}"] for place in range(len(query.columns))]
    return np.array_equal(found["complete"], found["n"]) and bool(np.isfinite(sums).all())


def _refuse_infinite(query: _Query) -> None:
    counts = ", ".join(f"count(*) filter (isinf(x{place}))" for place in range(len(query.columns)))
    row = query.rows.aggregate(counts).fetchall()[0]
    problems = [
        Problem(file=query.name, place=f"column {name}", value="infinite", rule=f"is not a number, in {count} rows",
                remedy="Clean the column; leave the cell empty where nothing is known.")
        for name, count in zip(query.columns, row, strict=True) if count
    ]  # fmt: skip
    if problems:
        raise PlaybookError(*problems)


def _moments(query: _Query, centre: Array, found: dict[str, Array]) -> Moments:
    size = len(query.columns)
    n = np.asarray(found["n"], dtype=float)
    absent = np.asarray(found.get("absent", np.zeros(len(n))), dtype=np.int64)
    known = (absent[:, None] >> np.arange(size)) & 1 == 0
    sums = np.stack([found[f"s{place}"] for place in range(size)], axis=1)
    mean = np.where(known, sums, 0.0) / n[:, None]
    cross = np.full((len(n), size, size), np.nan)
    for low, high in query.pairs:
        product = found[f"p{low}_{high}"] - n * mean[:, low] * mean[:, high]
        cross[:, low, high] = cross[:, high, low] = np.where(known[:, low] & known[:, high], product, 0.0)
    keys = zip(*(found[f"k{place}"].tolist() for place in range(1 + len(query.by))), strict=True)
    unordered = Moments(
        columns=query.columns, by=query.by, keys=tuple(keys), known=known, n=n, centre=centre, mean=mean, cross=cross
    )
    return merge(unordered)
