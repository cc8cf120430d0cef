"""Moments of shards of rows.

Groups side by side by sorting, values shifted near 0, products by matrix multiplication.
"""

import math
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from playbook.abtest.stats.moments import Array, Moments

SHARD_ROWS = 65_536
"""Rows whose columns together stay in a processor's cache."""

STEP_ROWS = 2048
"""Rows multiplied at once: small enough that the matrix library starts no threads of its own."""

MOST_CODES = 65_536
"""Codes up to this number are sorted by radix, in linear time."""

FEW_CODES = 3
"""Up to so many codes it is faster to pick the rows of each than to sort."""

Shard = Callable[[], pa.Table]


def of_shards(
    shards: Iterable[Shard], by: Sequence[str], columns: Sequence[str]
) -> Iterator[Moments]:
    """Take the moments of shards on all processors, with few shards in memory at once.

    Args:
        shards: Each loads a table whose columns are the arm, the segments `by`, and the measured
            `columns`, in this order; missing is null or NaN.
        by: Names of the segment columns.
        columns: Names of the measured columns.

    Returns:
        One or more for each shard that has rows, in order. A column that holds an infinite value
        has a centre that is not finite.
    """
    pieces = _in_threads(partial(_of_shard, by=tuple(by), columns=tuple(columns)), shards)
    return (moments for part in pieces for moments in part)


def _in_threads(
    work: Callable[[Shard], list[Moments]], shards: Iterable[Shard]
) -> Iterator[list[Moments]]:
    threads = os.cpu_count() or 1
    waiting: deque[Future[list[Moments]]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        for shard in shards:
            waiting.append(pool.submit(work, shard))
            if len(waiting) > 2 * threads:
                yield waiting.popleft().result()
        yield from (each.result() for each in waiting)


def _of_shard(shard: Shard, by: tuple[str, ...], columns: tuple[str, ...]) -> list[Moments]:
    table = shard()
    return [
        _of_rows(table.slice(at, SHARD_ROWS), by, columns)
        for at in range(0, table.num_rows, SHARD_ROWS)
    ]


def _of_rows(table: pa.Table, by: tuple[str, ...], columns: tuple[str, ...]) -> Moments:
    keys = [_coded(column) for column in table.columns[: 1 + len(by)]]
    values = [_doubles(column) for column in table.columns[1 + len(by) :]]
    with np.errstate(invalid="ignore", over="ignore"):
        centre, holes = _first_centres(values)
        products = _products(keys, values, centre, holes) if np.isfinite(centre).all() else None
        if products is None or not np.isfinite(products[2]).all():
            centre, holes = _centres(values)
            products = _products(keys, values, centre, holes)
    first, n, mean, cross = products
    is_known = np.ones(mean.shape, dtype=bool)
    for place, hole in holes.items():
        is_known[:, place] = ~hole[first]
    named = zip(*(_named(codes, names, first) for codes, names in keys), strict=True)
    return Moments(
        columns=columns,
        by=by,
        keys=tuple(named),
        known=is_known,
        n=n,
        centre=centre,
        mean=mean,
        cross=cross,
    )


def _products(
    keys: Sequence[tuple[Array, Sequence[Any]]],
    values: Sequence[Array],
    centre: Array,
    holes: dict[int, Array],
) -> tuple[Array, Array, Array, Array]:
    """Return for each group its first row, its size.

    The means of its columns less their centre, and cross-products.

    Without `holes` a missing value makes its group's mean missing: the centre of the first rows
    serves where none is.
    """
    group = _joined(
        [*((codes, len(names)) for codes, names in keys), *((hole, 2) for hole in holes.values())]
    )
    order = _order(group)
    starts = _starts(group[order])
    return order[starts], *_grouped(_shifted(values, centre, order, holes), starts)


def _coded(column: pa.ChunkedArray) -> tuple[Array, Sequence[Any]]:
    """Return a small number for each value, and the values by number."""
    if pa.types.is_integer(column.type) and not column.null_count:
        numbers = column.to_numpy()
        low, high = int(numbers.min()), int(numbers.max())
        if high - low < 256:
            return (numbers - low).astype(np.uint8), range(low, high + 1)
    encoded = column.combine_chunks().dictionary_encode()
    values = [*encoded.dictionary.to_pylist(), None]
    return encoded.indices.cast(pa.int32()).fill_null(len(values) - 1).to_numpy(), values


def _named(codes: Array, values: Sequence[Any], rows: Array) -> list[str]:
    return [_text(values[code]) for code in codes[rows]]


def _text(value: Any) -> str:
    """Write a key as the database would; a missing one is empty."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _doubles(column: pa.ChunkedArray) -> Array:
    doubles: Array = pc.cast(column, pa.float64(), safe=False).to_numpy()
    return doubles


def _first_centres(values: Sequence[Array]) -> tuple[Array, dict[int, Array]]:
    """Return the mean of each column's first values, not finite where one is missing."""
    return np.array([value[:STEP_ROWS].mean() for value in values]), {}


def _centres(values: Sequence[Array]) -> tuple[Array, dict[int, Array]]:
    """Return the mean of each column's known values, and where some are missing."""
    means = [value.mean() for value in values]
    holes = {place: np.isnan(values[place]) for place, mean in enumerate(means) if math.isnan(mean)}
    for place, hole in holes.items():
        known_values = values[place][~hole]
        means[place] = known_values.mean() if known_values.size else 0.0
    return np.array(means), holes


def _joined(parts: Sequence[tuple[Array, int]]) -> Array:
    """Join codes to one, in the smallest type that holds them."""
    group, size = parts[0]
    for codes, count in parts[1:]:
        size *= count
        small = np.min_scalar_type(size - 1)
        group = np.multiply(group, count, dtype=small, casting="unsafe") + codes.astype(
            small, copy=False
        )
        if size > MOST_CODES:
            groups, group = np.unique(group, return_inverse=True)
            size = len(groups)
    return group.astype(np.min_scalar_type(size - 1), copy=False)


def _order(group: Array) -> Array:
    """Return the rows in the order of their codes, and of the rows within a code."""
    codes = int(group.max()) + 1
    if codes > FEW_CODES:
        return np.argsort(group, kind="stable")
    return np.concatenate([np.flatnonzero(group == code) for code in range(codes)])


def _starts(ordered: Array) -> Array:
    """Return where each run of equal codes begins."""
    return np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))


def _shifted(
    values: Sequence[Array], centre: Array, order: Array, holes: dict[int, Array]
) -> Array:
    """Return a row of ones and a row for each column.

    In order, less its centre, 0 where missing.
    """
    rows = np.empty((1 + len(values), len(order)))
    rows[0] = 1.0
    for place, value in enumerate(values):
        row = rows[1 + place]
        np.take(value, order, out=row, mode="clip")
        row -= centre[place]
        if place in holes:
            np.nan_to_num(row, copy=False)
    return rows


def _grouped(rows: Array, starts: Array) -> tuple[Array, Array, Array]:
    """Return each group's size, means, and sums of products of deviations."""
    ends = np.append(starts[1:], rows.shape[1])
    products = np.array([_raw(rows[:, start:end]) for start, end in zip(starts, ends, strict=True)])
    n = (ends - starts).astype(float)
    mean = products[:, :, 0] / n[:, None]
    return n, mean, products[:, :, 1:] - n[:, None, None] * mean[:, :, None] * mean[:, None, :]


def _raw(rows: Array) -> Array:
    """Sum the products of all rows with all but the first.

    Steps multiplied in one call leave other threads free.
    """
    count = rows.shape[1] // STEP_ROWS or 1
    whole = rows.shape[1] // count * count
    steps, rest = rows[:, :whole].reshape(len(rows), count, -1).transpose(1, 0, 2), rows[:, whole:]
    products: Array = (
        np.matmul(steps[:, 1:], steps.transpose(0, 2, 1)).sum(axis=0) + rest[1:] @ rest.T
    )
    return products
