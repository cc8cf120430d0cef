"""Files whose rows tell weeks, months or longer periods: known as such, and booked over their days.

A total of a week on the week's first day would make one day seem seven, and a month's comparison
wrong at both ends. Where the parameters say the grain, each measure is spread evenly over the days.
"""

from dataclasses import replace

import pandas as pd

from playbook.params.model import Grain
from playbook.sources.canonical import FileRows
from playbook.sources.contracts import Contract
from playbook.sources.files import cells
from playbook.sources.rules import MANY_DAYS, MONTHLY, NO_DATE, WEEKLY

WEEK = pd.Timedelta(days=7)
FEWEST_WEEKS, FEWEST_MONTHS = 3, 2
"""Days of a file from which their distance tells that each stands for a week or a month."""

EVENLY = "each {} is booked evenly over its days"


def told(days: pd.Series) -> str:
    """Return the rule that all rows of a file break whose days stand for weeks or months.

    Args:
        days: The day of each row, NaT where it has none.

    Returns:
        `WEEKLY` where every day follows the one before after a week, `MONTHLY` where each is the
        first of a month that follows the one before; empty where rows tell days.
    """
    distinct = days.dropna().drop_duplicates().sort_values()
    if len(distinct) >= FEWEST_WEEKS and distinct.diff().dropna().eq(WEEK).all():
        return WEEKLY
    months = distinct.dt.year * 12 + distinct.dt.month
    follows = bool(months.diff().dropna().eq(1).all())
    if len(distinct) >= FEWEST_MONTHS and distinct.dt.day.eq(1).all() and follows:
        return MONTHLY
    return ""


def booked(found: FileRows, contract: Contract, grain: Grain | None) -> FileRows:
    """Book rows of longer periods over their days, or set them aside where nobody says the grain.

    Args:
        found: A file as read.
        contract: Of its table; only tables whose rows are added up have a grain.
        grain: As the parameters or the mapping say; None where they leave it open.

    Returns:
        The same file: of "week" and "month" each row that tells its first day, and of all but "day"
        each row that tells first and last, as one row a day with an even part of each count and
        sum (people reached are missing then); with None, rows that seem to tell weeks or months
        among the faults.
    """
    if not contract.summed or grain == "day":
        return found
    if grain is None:
        return _doubted(found)
    spans = _spans(found, grain)
    known = spans["last"].notna()
    days = (spans["last"] - spans["first"]).dt.days.add(1).where(known, 1).astype("int64")
    if days.eq(1).all():
        return found
    rows = found.rows.assign(date=spans["first"].where(known, found.rows["date"]))
    times = rows.index.repeat(days)
    spread = rows.loc[times]
    offset = spread.groupby(level=0).cumcount()
    parts = days.loc[times].to_numpy()
    measures = [name for name in contract.measures if name in spread]
    spread = spread.assign(date=spread["date"] + pd.to_timedelta(offset, unit="D"))
    spread[measures] = spread[measures].div(parts, axis="index")
    spread["reach"] = spread["reach"].mask(parts > 1)
    starts = days.cumsum() - days
    unread = found.faults[~_is_period(found.faults, known)]
    return replace(
        found,
        rows=spread.astype({"date": "datetime64[us]"}).reset_index(drop=True),
        texts=found.texts.loc[times].reset_index(drop=True),
        faults=unread.assign(row=unread["row"].map(starts)),
        flags=found.flags.assign(row=found.flags["row"].map(starts)),
        notes=(*found.notes, EVENLY.format(grain)),
    )


def _is_period(faults: pd.DataFrame, known: pd.Series) -> pd.Series:
    """Whether a fault is that of a day which turned out to be a period."""
    of_day = faults["column"].eq("date") & faults["rule"].isin([MANY_DAYS, NO_DATE])
    return of_day & faults["row"].isin(known.index[known])


def _doubted(found: FileRows) -> FileRows:
    rule = told(found.rows["date"])
    if not rule:
        return found
    rows = found.rows.index[found.rows["date"].notna()]
    days = found.rows.loc[rows, "date"].dt.strftime("%Y-%m-%d")
    doubts = pd.DataFrame({"row": rows, "column": "date", "value": days, "rule": rule})
    return replace(found, faults=pd.concat([found.faults, doubts], ignore_index=True))


def _spans(found: FileRows, grain: Grain) -> pd.DataFrame:
    """Return first and last day of each row; no last one where the row does not tell it."""
    first = found.rows["date"].copy()
    last = pd.Series(pd.NaT, index=first.index, dtype="datetime64[us]")
    if grain == "week":
        last = first + WEEK - pd.Timedelta(days=1)
    elif grain == "month":
        last = first + pd.offsets.MonthEnd(0)
    long = found.faults[found.faults["rule"].eq(MANY_DAYS)]
    for row, text in zip(long["row"], long["value"], strict=True):
        days = cells.days_within(str(text), day_first=bool(found.day_first))
        if len(days) > 1:
            first[row], last[row] = min(days), max(days)
    return pd.DataFrame({"first": first, "last": last})
