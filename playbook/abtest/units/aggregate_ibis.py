"""The same moments from a table in a database, through Ibis.

Users are summed up there, only sums are fetched.
"""

from collections.abc import Sequence
from datetime import date
from itertools import combinations_with_replacement
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from playbook.abtest.stats.moments import (
    Array,
    Moments,
    clamped,
    columns_of,
    count_of,
    measured,
    merge,
)
from playbook.abtest.units import days
from playbook.abtest.units.aggregate import MOST_ARMS
from playbook.errors import PlaybookError, Problem
from playbook.params.experiment import ExperimentPlan, MetricPlan
from playbook.sources.databases import engines
from playbook.sources.databases.engines import told
from playbook.sources.databases.reduced import known_number

if TYPE_CHECKING:
    import ibis

Pair = tuple[int, int]

SAMPLE_ROWS = 1000


def table_of(data: Any) -> "ibis.Table | None":
    """Return an Ibis table, or a CSV too large for memory as one; else None."""
    if type(data).__module__.startswith("ibis."):
        table: ibis.Table = data
        return table
    file = Path(data) if isinstance(data, (str, Path)) else None
    if (
        file is None
        or file.suffix.lower() != ".csv"
        or not file.is_file()
        or file.stat().st_size <= engines.LARGE_BYTES
    ):
        return None
    with told():
        return engines.open_files([file])


def has_rows(table: "ibis.Table") -> bool:
    """Whether a table has any row."""
    with told():
        few = table.limit(1)
        return bool(ask(few, n=few.count())["n"])


def collect(table: "ibis.Table", plan: ExperimentPlan, by: Sequence[str] = ()) -> Moments:
    """Return the moments of all metrics of a plan, as `aggregate.collect` does.

    Args:
        table: One row per unit.
        plan: Names the columns; they must be numbers or true and false.
        by: Columns that split the moments further.

    Raises:
        PlaybookError: A column is missing, is text or holds infinite values, there are too many
            arms, or the database does not answer.
    """
    require_columns(table, plan, by)
    with told():
        rows = _rows(table, plan, by)
        _refuse_many_arms(rows, plan, name_of(table))
        centre = _centre(rows, len(columns_of(plan)))
        pairs = _pairs(plan)
        sums = _sums(rows, centre, pairs, len(by)).to_pyarrow()
    return _moments(sums, plan, tuple(by), centre, pairs, name_of(table))


def name_of(table: "ibis.Table") -> str:
    """Name a table the way its database does."""
    return str(table.get_name()) if hasattr(table.op(), "name") else "the table"


def require_columns(table: "ibis.Table", plan: ExperimentPlan, by: Sequence[str]) -> None:
    """Refuse a table that lacks a column of the plan, or holds text where numbers are needed."""
    numbers = {
        name
        for metric in plan.metrics
        for name in (metric.numerator, metric.denominator, *metric.covariates)
        if name
    }
    keys = {
        name
        for name in (
            *(plan.variant, plan.unit, plan.cluster, plan.date_column, plan.strata),
            *(*plan.segments, *plan.concurrent, *by),
        )
        if name
    }
    _refuse_quantiles(table, plan)
    absent = sorted((numbers | keys) - set(table.columns))
    kinds = {name: table[name].type() for name in sorted(numbers - set(absent))}
    text = [name for name, kind in kinds.items() if not (kind.is_numeric() or kind.is_boolean())]
    if absent or text:
        held = f"It holds: {', '.join(table.columns[:20])}."
        raise PlaybookError(
            *(_problem(table, name, "is not in the data", held) for name in absent),
            *(
                _problem(
                    table, name, f"holds {kinds[name]}, not numbers", "Name a column of numbers."
                )
                for name in text
            ),
        )


def _refuse_quantiles(table: "ibis.Table", plan: ExperimentPlan) -> None:
    quantiles = [metric for metric in plan.metrics if metric.kind == "quantile"]
    if quantiles:
        rule = "is a quantile: it takes every value, and those stay in the database"
        raise PlaybookError(
            *(
                Problem(
                    file=name_of(table),
                    place=f"metric {metric.name}",
                    rule=rule,
                    remedy="Export it, or plan a mean.",
                )
                for metric in quantiles
            )
        )


def _problem(table: "ibis.Table", column: str, rule: str, remedy: str) -> Problem:
    return Problem(file=name_of(table), place=f"column {column}", rule=rule, remedy=remedy)


def _rows(table: "ibis.Table", plan: ExperimentPlan, by: Sequence[str]) -> "ibis.Table":
    """Name arm and segments k0.., measured columns x0..; with a cluster, one row per cluster."""
    keys = {f"k{place}": _key(table, name, plan) for place, name in enumerate((plan.variant, *by))}
    values = {
        name: known_number(table[name]) for metric in plan.metrics for name in metric.covariates
    }
    for metric in plan.metrics:
        for name in filter(None, (metric.numerator, metric.denominator)):
            values[clamped(name, metric)] = _value(table, name, metric)
    if plan.cluster is None:
        return table.select(
            **keys, **{f"x{place}": values[name] for place, name in enumerate(columns_of(plan))}
        )
    sums = {name: value.sum() for name, value in values.items()}
    sums |= {count_of(name): value.count().cast("float64") for name, value in values.items()}
    wanted = {f"x{place}": sums[name] for place, name in enumerate(columns_of(plan))}
    return table.group_by(**keys, cluster=table[plan.cluster]).aggregate(**wanted)


def _key(table: "ibis.Table", name: str, plan: ExperimentPlan) -> Any:
    is_moment = name == plan.date_column and not table[name].type().is_integer()
    return table[name].cast("date") if is_moment else table[name]


def _value(table: "ibis.Table", column: str, metric: MetricPlan) -> Any:
    """Return a column's value, clamped at its quantiles over all arms where that is planned."""
    number = known_number(table[column])
    if metric.floor is not None:
        low = _quantile(table, column, metric.floor)[0]
        number = number if low is None else (number < low).ifelse(low, number)
    if metric.cap is not None:
        high, highest = _quantile(table, column, metric.cap)
        _refuse_all_clamped(column, metric.cap, high, highest)
        number = number if high is None else (number > high).ifelse(high, number)
    return number


def _refuse_all_clamped(
    column: str, share: float, limit: float | None, highest: float | None
) -> None:
    if limit is not None and highest is not None and limit <= 0 < highest:
        raise PlaybookError(
            Problem(
                file="the plan",
                place=f"cap of {column}",
                value=f"{share:g}",
                remedy="Raise the cap, or leave it out.",
                rule=(
                    "would clamp every positive value, for the quantile of all units is not above 0"
                ),
            )
        )


def _quantile(table: "ibis.Table", column: str, share: float) -> tuple[float | None, float | None]:
    """Return the quantile of the known values, between the two nearest, and the highest value.

    Most engines have no exact quantile, but all can sort and skip; only Spark skips badly, and has
    one.
    """
    values = table.select(x=known_number(table[column]))
    known_values = values.filter(values.x.notnull())
    facts = ask(known_values, n=known_values.count(), highest=known_values.x.max())
    if not facts["n"]:
        return None, None
    limit = (
        ask(known_values, x=known_values.x.quantile(share))["x"]
        if _is_spark(table)
        else _between(known_values, share, facts["n"])
    )
    return limit, facts["highest"]


def _between(known_values: "ibis.Table", share: float, n: int) -> float:
    place = share * (n - 1)
    near = known_values.order_by("x").limit(2, offset=int(place)).to_pyarrow()["x"].to_pylist()
    return float(near[0] + (near[-1] - near[0]) * (place - int(place)))


def _is_spark(table: "ibis.Table") -> bool:
    return bool(table.get_backend().name == "pyspark")


def ask(table: "ibis.Table", **wanted: Any) -> dict[str, Any]:
    """Ask for sums over all rows."""
    [rows] = table.aggregate(**wanted).to_pyarrow().to_pylist()
    return dict(rows)


def _refuse_many_arms(rows: "ibis.Table", plan: ExperimentPlan, name: str) -> None:
    arms = rows.select("k0").distinct().limit(MOST_ARMS + 2)
    if ask(arms, n=arms.count())["n"] > MOST_ARMS + 1:
        raise PlaybookError(
            Problem(
                file=name,
                place=f"column {plan.variant}",
                rule=f"holds more than {MOST_ARMS} different arms",
                remedy="Name the column that holds the arm, not the unit.",
            )
        )


def _pairs(plan: ExperimentPlan) -> tuple[Pair, ...]:
    """Return the pairs of columns whose products some metric needs."""
    wanted = columns_of(plan)
    clustered = plan.cluster is not None
    places = [
        sorted(map(wanted.index, measured(metric, clustered=clustered).columns))
        for metric in plan.metrics
    ]
    return tuple(
        sorted({pair for each in places for pair in combinations_with_replacement(each, 2)})
    )


def _centre(rows: "ibis.Table", size: int) -> Array:
    """Return a value near each column's mean; which rows it comes from does not matter."""
    few = rows.limit(SAMPLE_ROWS)
    row = ask(few, **{f"x{place}": few[f"x{place}"].mean() for place in range(size)})
    means = np.array([row[f"x{place}"] or 0.0 for place in range(size)], dtype=float)
    return np.where(np.isfinite(means), means, 0.0)


def _sums(rows: "ibis.Table", centre: Array, pairs: Sequence[Pair], segments: int) -> "ibis.Table":
    """Sum shifted values and their products for each arm, segment and pattern of missing values."""
    keys = [f"k{place}" for place in range(1 + segments)]
    bits = [
        rows[f"x{place}"].isnull().ifelse(1 << place, 0).cast("int64")
        for place in range(len(centre))
    ]
    shifted = {f"x{place}": rows[f"x{place}"] - float(value) for place, value in enumerate(centre)}
    moved = rows.select(*keys, absent=sum(bits[1:], bits[0]), **shifted)
    sums = {f"s{place}": moved[f"x{place}"].sum() for place in range(len(centre))}
    products = {
        f"p{low}_{high}": (moved[f"x{low}"] * moved[f"x{high}"]).sum() for low, high in pairs
    }
    return moved.group_by([*keys, "absent"]).aggregate(n=moved.count(), **sums, **products)


def _moments(
    table: pa.Table,
    plan: ExperimentPlan,
    by: tuple[str, ...],
    centre: Array,
    pairs: Sequence[Pair],
    name: str,
) -> Moments:
    """Turn shifted sums into means and centred products."""
    columns, size = columns_of(plan), len(centre)
    n = np.asarray(table["n"].to_pylist(), dtype=float)
    absent = np.asarray(table["absent"].to_pylist(), dtype=np.int64)
    is_known = (absent[:, None] >> np.arange(size)) & 1 == 0
    sums = np.stack([_floats(table[f"s{place}"]) for place in range(size)], axis=1)
    _refuse_infinite(is_known & ~np.isfinite(sums), columns, name)
    mean = np.where(is_known, sums, 0.0) / n[:, None]
    cross = np.full((len(n), size, size), np.nan)
    for low, high in pairs:
        product = _floats(table[f"p{low}_{high}"]) - n * mean[:, low] * mean[:, high]
        cross[:, low, high] = cross[:, high, low] = np.where(
            is_known[:, low] & is_known[:, high], product, 0.0
        )
    key_columns = [table[f"k{place}"].to_pylist() for place in range(1 + len(by))]
    for place, column in enumerate(by):
        if column == plan.date_column:
            key_columns[1 + place] = [as_day(day) for day in key_columns[1 + place]]
    keys = zip(*(map(key_text, column) for column in key_columns), strict=True)
    return merge(
        Moments(
            columns=columns,
            by=by,
            keys=tuple(keys),
            known=is_known,
            n=n,
            centre=centre,
            mean=mean,
            cross=cross,
        )
    )


def _floats(column: pa.ChunkedArray) -> Array:
    return np.array([np.nan if value is None else float(value) for value in column.to_pylist()])


def _refuse_infinite(wrong: Array, columns: Sequence[str], name: str) -> None:
    """Refuse columns of which a sum is not finite.

    Args:
        wrong: (G, k) whether it is so.
        columns: (k,) names.
        name: Of the data.
    """
    problems = [
        Problem(
            file=name,
            place=f"column {column}",
            value="infinite",
            rule="is not a number, in some rows",
            remedy="Clean the column; leave the cell empty where nothing is known.",
        )
        for place, column in enumerate(columns)
        if wrong[:, place].any()
    ]
    if problems:
        raise PlaybookError(*problems)


def key_text(key: Any) -> str:
    """Write a key as DuckDB casts it to text; a missing one is empty."""
    if isinstance(key, bool):
        return str(key).lower()
    if key is None:
        return ""
    return key.isoformat() if isinstance(key, date) else str(key)


def as_day(value: Any) -> Any:
    """Return a day that was counted from 1970 on as a day; anything else as it is."""
    return days.from_number(value) if isinstance(value, int) else value
