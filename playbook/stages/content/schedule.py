"""What is planned when: coverage, gaps, clashes, readiness and mix of a period's content."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from playbook.stages.content.tables import COVERAGE, MIX, READINESS

LONG_GAP = 7
"""Days in a row without a piece from which a channel counts as silent."""

DIMENSIONS = ("theme", "format", "persona")
MOST_VALUES = 15
NOT_GIVEN = "(none)"


def coverage(
    pieces: pd.DataFrame, kinds: pd.Series, start: date, end: date, posts_per_day: int
) -> pd.DataFrame:
    """Say how well the plan covers each channel's days.

    Args:
        pieces: One row per piece and channel planned in the period.
        kinds: Kind of channel, by channel, of every channel that should have content.
        start: First day of the period.
        end: Last day, included.
        posts_per_day: How many pieces a channel may publish on one day.

    Returns:
        The table `COVERAGE`; the state is act without any piece, and watch with a clash, or a week
        of silence on an owned channel.
    """
    days = pd.date_range(start, end)
    counts = per_day(pieces)
    rows = []
    for channel, kind in zip(map(str, kinds.index), kinds, strict=True):
        own = counts[counts["channel"].eq(channel)].set_index("date")["planned"]
        by_day = own.reindex(days, fill_value=0.0)
        longest_gap, gap_from = _longest_gap(by_day)
        clash_days = float(by_day.gt(posts_per_day).sum())
        is_silent = kind == "owned" and longest_gap >= LONG_GAP
        state = "watch" if clash_days or is_silent else "good"
        row = {
            "channel": channel,
            "kind": kind,
            "planned": by_day.sum(),
            "days_with_plan": float(by_day.gt(0).sum()),
            "days_without": float(by_day.eq(0).sum()),
            "longest_gap": longest_gap,
            "gap_from": gap_from,
            "clash_days": clash_days,
            "state": state if by_day.any() else "act",
        }
        rows.append(row)
    return COVERAGE.frame(rows).astype({"gap_from": "datetime64[us]"})


def weeks(pieces: pd.DataFrame, channels: Iterable[str], start: date, end: date) -> pd.DataFrame:
    """Count pieces by channel and week.

    Returns:
        The table `WEEKS`; 0 where nothing is planned.
    """
    days = pd.Series(pd.date_range(start, end, unit="us"))
    mondays = _week(days, start).drop_duplicates()
    every_week = pd.MultiIndex.from_product([list(channels), mondays], names=["channel", "week"])
    week = _week(pieces["planned_at"], start).rename("week")
    counts = pieces.groupby([pieces["channel"], week]).size().astype("float64")
    return counts.reindex(every_week, fill_value=0.0).rename("planned").reset_index()


def per_day(pieces: pd.DataFrame) -> pd.DataFrame:
    """Count pieces: one row per channel and day that has any: channel, date, planned."""
    day = pieces["planned_at"].dt.normalize().rename("date")
    counts = pieces.groupby([pieces["channel"], day]).size()
    return counts.astype("float64").rename("planned").reset_index()


def clashes(pieces: pd.DataFrame, posts_per_day: int) -> pd.DataFrame:
    """List the days on which a channel has more pieces than allowed, as `CLASHES` says."""
    counts = per_day(pieces)
    crowded = counts[counts["planned"] > posts_per_day]
    return crowded.assign(allowed=float(posts_per_day)).reset_index(drop=True)


def readiness(pieces: pd.DataFrame) -> pd.DataFrame:
    """Say how many pieces were approved before their moment of publication.

    Returns:
        The table `READINESS`; no rows where no piece of the period carries a moment of approval.
    """
    if pieces["ready_at"].isna().all():
        return READINESS.frame([])
    lead = (pieces["planned_at"] - pieces["ready_at"]).dt.total_seconds() / 3600
    marked = pieces.assign(
        lead_hours=lead,
        planned=1.0,
        ready=lead.ge(0).astype("float64"),
        ready_late=lead.lt(0).astype("float64"),
        not_ready=lead.isna().astype("float64"),
    )
    by_channel = marked.groupby("channel")
    table = by_channel[["planned", "ready", "ready_late", "not_ready"]].sum()
    table["ready_rate"] = table["ready"] / table["planned"]
    table["lead_hours"] = by_channel["lead_hours"].median()
    is_missing, is_late = table["not_ready"] > 0, table["ready_late"] > 0
    table["state"] = np.select([is_missing, is_late], ["act", "watch"], "good")
    return table.reset_index()[READINESS.names]


def mix(pieces: pd.DataFrame) -> pd.DataFrame:
    """Count pieces by theme, format and persona.

    Returns:
        The table `MIX`; what is not filled in counts as "(none)", and a dimension that is never
        filled in is left out.
    """
    parts = [_shares(pieces[name], name) for name in DIMENSIONS if pieces[name].notna().any()]
    if not parts:
        return MIX.frame([])
    return pd.concat(parts, ignore_index=True)[MIX.names]


def uncovered(pieces: pd.DataFrame) -> pd.DataFrame:
    """List the pairs of persona and theme that no piece of the period serves: persona, theme."""
    with_words = pieces.dropna(subset=["persona", "theme"])
    pairs = pd.MultiIndex.from_product(
        [sorted(with_words["persona"].unique()), sorted(with_words["theme"].unique())]
    )
    served = pd.MultiIndex.from_frame(with_words[["persona", "theme"]])
    return pd.DataFrame(list(pairs.difference(served)), columns=["persona", "theme"]).astype("str")


def _shares(values: pd.Series, dimension: str) -> pd.DataFrame:
    counts = values.fillna(NOT_GIVEN).value_counts().head(MOST_VALUES).astype("float64")
    table = counts.rename("planned").rename_axis("value").reset_index()
    return table.assign(dimension=dimension, share=table["planned"] / len(values))


def _week(moments: pd.Series, start: date) -> pd.Series:
    """Return the Monday of each moment, or the first day of the period."""
    days = moments.dt.normalize()
    mondays = days - pd.to_timedelta(days.dt.day_of_week, unit="D")
    first = pd.Timestamp(start)
    return pd.Series(mondays.where(mondays >= first, first))


def _longest_gap(by_day: pd.Series) -> tuple[float, Any]:
    """Return length and first day of the longest run of days without a piece."""
    is_silent = by_day.eq(0)
    if not is_silent.any():
        return 0.0, pd.NaT
    runs = (~is_silent).cumsum()[is_silent]
    lengths = runs.groupby(runs).size()
    longest = runs.index[runs.map(lengths).eq(lengths.max())]
    return float(lengths.max()), longest[0]
