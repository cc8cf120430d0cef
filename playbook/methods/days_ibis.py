"""How far the moments of a table reach, asked of the database in which it stays."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from playbook.sources.databases.engines import told

if TYPE_CHECKING:
    import ibis


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """How many moments there are, how many of a period, and the first and last of all.

    `first` and `last` are without zone, in that of the period; NaT where there is no moment.
    """

    rows: int
    rows_in_period: int
    first: pd.Timestamp
    last: pd.Timestamp


def span(
    table: "ibis.Table", column: str, start: pd.Timestamp, end: pd.Timestamp, timezone: str
) -> Span:
    """Count the moments of a column; one row is fetched.

    Args:
        table: Rows that stay in their database.
        column: Of moments; rows without one do not count.
        start: First moment of the period.
        end: First moment after the period.
        timezone: Of `start` and `end`, for columns whose moments have a zone.

    Raises:
        PlaybookError: The database does not answer.
    """
    moment: Any = table[column]
    zoned = bool(moment.type().timezone)
    low, high = (_placed(limit, timezone) if zoned else limit for limit in (start, end))
    within = (moment >= low.to_pydatetime()) & (moment < high.to_pydatetime())
    with told():
        [facts] = (
            table.aggregate(
                rows=moment.count(),
                rows_in_period=within.cast("int64").sum(),
                first=moment.min(),
                last=moment.max(),
            )
            .to_pyarrow()
            .to_pylist()
        )
    first, last = (_local(facts[name], timezone) for name in ("first", "last"))
    return Span(
        rows=int(facts["rows"]),
        rows_in_period=int(facts["rows_in_period"] or 0),
        first=first,
        last=last,
    )


def _placed(limit: pd.Timestamp, timezone: str) -> pd.Timestamp:
    return limit.tz_localize(timezone).tz_convert("UTC")


def _local(moment: Any, timezone: str) -> pd.Timestamp:
    """Return a moment as the campaign's clock shows it."""
    stamp = pd.Timestamp(moment)
    return stamp.tz_convert(timezone).tz_localize(None) if stamp.tzinfo else stamp
