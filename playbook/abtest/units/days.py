"""On which day a unit entered: moments cut into days in the plan's zone, whatever the machine's.

Days as they are, moments without a zone as they stand, moments with a zone in the plan's, text in
the forms that exports write.
"""

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from playbook.abtest.stats.moments import Array
from playbook.errors import PlaybookError, Problem
from playbook.sources.files import cells

UTC = "UTC"
ISO = r"^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?$"
"""A day, or a moment without a zone, whose first ten characters are the day."""

EPOCH = dt.date(1970, 1, 1)


def is_typed(kind: pa.DataType) -> bool:
    """Tell whether a column holds days or moments, and no text of them."""
    return bool(pa.types.is_date(kind) or pa.types.is_timestamp(kind))


def of_column(column: pa.ChunkedArray, zone: str | None, name: str, file: str) -> pa.ChunkedArray:
    """Turn a column of days, moments or text into days.

    Args:
        column: As stored.
        zone: In which moments that have a zone are told; theirs where None, UTC for text.
        name: Of the column, for messages.
        file: Of the data, for messages.

    Returns:
        Days (date32), as many as there are rows; null where there is none or it cannot be read.

    Raises:
        PlaybookError: Text that may be day/month or month/day, and nothing says which.
    """
    kind = column.type
    if pa.types.is_date(kind):
        return column.cast(pa.date32())
    if pa.types.is_timestamp(kind):
        return _of_moments(column, zone)
    encoded = column.combine_chunks().dictionary_encode()
    texts = encoded.dictionary.cast(pa.string()).to_pylist()
    days = _of_texts(texts, zone or UTC, name, file)
    return pa.chunked_array([pc.take(pa.array(days, pa.date32()), encoded.indices)])


def sql(column: str, kind: str, zone: str | None) -> str | None:
    """Return SQL for the day of a typed column of DuckDB; None where the column is no such.

    Args:
        column: Quoted.
        kind: Its type in DuckDB.
        zone: As in `of_column`.
    """
    if kind == "DATE":
        return column
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"timezone('{zone or UTC}', {column})::date"
    return f"{column}::date" if kind.startswith("TIMESTAMP") else None


def _of_moments(column: pa.ChunkedArray, zone: str | None) -> pa.ChunkedArray:
    """Cut moments into days; those that have a zone in the one that is asked for."""
    kind = column.type
    if kind.tz is None:
        return column.cast(pa.date32(), safe=False)
    placed = column.cast(pa.timestamp(kind.unit, tz=zone or kind.tz))
    return pc.local_timestamp(placed).cast(pa.date32(), safe=False)


def _of_texts(texts: Sequence[str | None], zone: str, name: str, file: str) -> list[dt.date | None]:
    """Read distinct texts: those that begin with an ISO day by their first characters."""
    written = pd.Series(list(texts), dtype="str")
    plain = written.str.fullmatch(ISO.strip("^$")).fillna(value=False)
    short = written.where(~plain, written.str.slice(0, 10))
    distinct = pd.Series(short.dropna().unique(), dtype="str")
    day_first = cells.writes_day_first(distinct)
    if day_first is None:
        raise PlaybookError(_either_way(distinct, name, file))
    moments = cells.moments(distinct, day_first=day_first, zone=zone)
    by_text = dict(zip(distinct, _dates(moments.to_numpy()), strict=True))
    return [by_text.get(text) for text in short.astype("object")]


def _dates(moments: Array) -> list[dt.date | None]:
    return moments.astype("datetime64[D]").astype(object).tolist() if moments.size else []


def _either_way(texts: pd.Series, name: str, file: str) -> Problem:
    undecided = texts[cells.either_way(texts)]
    return Problem(
        file=file,
        place=f"column {name}",
        value=str(undecided.iloc[0]),
        rule="may be day/month or month/day, and no other row tells which",
        remedy="Write the days as YYYY-MM-DD.",
    )


def from_number(number: int) -> dt.date:
    """Return the day that lies so many days after 1970-01-01."""
    return EPOCH + dt.timedelta(days=int(number))


def offsets(zone: str, first: dt.datetime, last: dt.datetime) -> list[tuple[int, int]]:
    """Return from which second after 1970 on a zone is how many seconds ahead of UTC.

    For databases, which know no zones or each their own.

    Args:
        zone: As in `of_column`.
        first: First moment, in UTC.
        last: Last moment, in UTC.

    Returns:
        Pairs of second and offset, rising; the first counts for all earlier moments.
    """
    hours = pd.date_range(first.date(), last.date() + dt.timedelta(days=2), freq="h", tz=UTC)
    local = hours.tz_convert(zone).tz_localize(None)
    ahead = np.asarray((local - hours.tz_localize(None)) // pd.Timedelta(seconds=1))
    seconds = np.asarray(hours.tz_localize(None).astype("datetime64[s]")).astype("int64")
    changes = np.flatnonzero(np.append(True, ahead[1:] != ahead[:-1]))
    return [(int(seconds[place]), int(ahead[place])) for place in changes]
