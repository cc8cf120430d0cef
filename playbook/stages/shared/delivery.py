"""Whether content came out as planned.

Every piece of the plan against the log of what was published.
"""

from collections.abc import Sequence
from datetime import date

import pandas as pd

from playbook.methods.days import in_period
from playbook.metrics import compute

LATE = 0.9
"""On-time rate below which publishing is a matter to look at."""


def planned_pieces(
    plan: pd.DataFrame, log: pd.DataFrame, start: date, end: date, on_time_minutes: float
) -> pd.DataFrame:
    """Pair each piece planned for a period with its publication.

    Args:
        plan: One row per piece and channel.
        log: One row per published piece and channel.
        start: First day of the period.
        end: Last day, included.
        on_time_minutes: How far from the planned moment, early or late, still counts as on time.

    Returns:
        The rows of the plan that fall into the period, with published_at (NaT if it never was),
        minutes_late (negative is early), and planned, published and on_time as 1 or 0.
    """
    pairs = in_period(plan, start, end, "planned_at").merge(
        log[["content_id", "channel", "published_at"]], on=["content_id", "channel"], how="left"
    )
    late = (pairs["published_at"] - pairs["planned_at"]).dt.total_seconds() / 60
    return pairs.assign(
        minutes_late=late,
        planned=1.0,
        published=pairs["published_at"].notna().astype("float64"),
        on_time=late.abs().le(on_time_minutes).astype("float64"),
    )


def delivery(pieces: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """Count pieces planned, published and on time, with their rates.

    Args:
        pieces: What `planned_pieces` returned.
        by: Grouping columns such as channel or owner; none counts all together.

    Returns:
        One row per group: the grouping columns, planned, published, on_time, on_quantity_rate,
        on_time_rate (fractions of what was planned).
    """
    groups = [pieces[name] for name in by] or [pd.Series(0, index=pieces.index)]
    counts = pieces.groupby(groups)[["planned", "published", "on_time"]].sum()
    rates = compute(pieces, ["on_quantity_rate", "on_time_rate"], by=by)
    return counts.join(rates).reset_index(drop=not by)
