"""Which days a file covers as a whole, where its rows do not say their own day."""

from collections.abc import Iterable

import pandas as pd

from playbook.sources.files import cells
from playbook.sources.files.layout import Period


def stated(above: Iterable[str], period: Period, *, day_first: bool) -> str:
    """Return the period that the lines above a header state.

    Args:
        above: The lines, each as text.
        period: Says which lines count.
        day_first: Whether 3/4/2026 is the third of April.

    Returns:
        One day as 2026-09-01, several as 2026-09-01/2026-09-30; empty where no line names a day.
    """
    lines = [line for line in above if line.startswith(period.lines)]
    days = [day for line in lines for day in cells.days_within(line, day_first=day_first)]
    if not days:
        return ""
    first, last = (f"{day:%Y-%m-%d}" for day in (min(days), max(days)))
    return first if first == last else f"{first}/{last}"


def spread(days: pd.Series, whole: str, period: Period, *, day_first: bool) -> pd.Series:
    """Give rows that all bear the first day of a longer period that period as their date.

    Args:
        days: Texts of the date column.
        whole: What `stated` returned.
        period: Says whether the platform writes so at all.
        day_first: Whether 3/4/2026 is the third of April.
    """
    first = whole.partition("/")[0]
    read = cells.moments(days, day_first=day_first)
    if period.on_first_day and first != whole and read.eq(pd.Timestamp(first)).all():
        return pd.Series(whole, index=days.index, dtype="str")
    return days


def until(days: pd.Series, ends: pd.Series) -> pd.Series:
    """Join first and last day where they differ."""
    return days.where(days.eq(ends) | ends.str.strip().eq(""), days + "/" + ends)
