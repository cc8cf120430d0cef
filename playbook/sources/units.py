"""What an export can tell apart: the unit of a row, by the levels at which its platform nests."""

from collections.abc import Mapping

import pandas as pd

from playbook.sources.files.layout import Layout, Level

BETWEEN = " / "
SILENT = ("", "-", "--", "nan", "None", "<NA>")


def names(texts: pd.DataFrame, layout: Layout) -> pd.Series | None:
    """Name the unit of each row: the names of its levels, from the widest, joined.

    The account is part of it where the file holds several. A name that stands over several
    numbers of the platform (ids) gets the number, so that each stays a unit of its own; a level
    without a name is called by its number.

    Args:
        texts: The rows of a file, as they stand.
        layout: Tells the headers of each level.

    Returns:
        Texts, empty where no level says anything; None where the file has no such header.
    """
    by_level = _texts(texts, layout.levels(texts.columns))
    ids = _texts(texts, layout.ids(texts.columns))
    named = _in_order({**ids, **by_level})
    shown = {level: column for level, column in named.items() if _tells(level, column)}
    if not shown:
        return next(iter(named.values()), None)
    joined = _joined(list(shown.values()))
    numbers = [ids[level] for level in _in_order(ids) if level in shown and level in by_level]
    return _told_apart(joined, numbers[-1]) if numbers else joined


def levels(texts: pd.DataFrame, layout: Layout) -> tuple[Level, ...]:
    """Name the levels, from the widest, that a file tells; the account where it holds several."""
    present = {**layout.ids(texts.columns), **layout.levels(texts.columns)}
    columns = _in_order(_texts(texts, present))
    return tuple(level for level, column in columns.items() if _tells(level, column))


def parts(texts: pd.DataFrame, layout: Layout) -> pd.DataFrame:
    """Return the name of each level of a row, one column a level that `levels` names."""
    present = {**layout.ids(texts.columns), **layout.levels(texts.columns)}
    columns = _texts(texts, present)
    told = levels(texts, layout)
    return pd.DataFrame({level: columns[level] for level in told}, index=texts.index)


def accounts(texts: pd.DataFrame, layout: Layout) -> pd.Series:
    """Return the account of each row, by its number or else its name; empty where none is told."""
    present = {**layout.levels(texts.columns), **layout.ids(texts.columns)}
    if "account" not in present:
        return pd.Series("", index=texts.index, dtype="str")
    return _texts(texts, present)["account"]


def _texts(rows: pd.DataFrame, headers: Mapping[Level, str]) -> dict[Level, pd.Series]:
    columns = {level: rows[header].astype("str").str.strip() for level, header in headers.items()}
    return {level: column.mask(column.isin(SILENT), "") for level, column in columns.items()}


def _in_order(columns: Mapping[Level, pd.Series]) -> dict[Level, pd.Series]:
    order: tuple[Level, ...] = ("account", "campaign", "group", "ad")
    return {level: columns[level] for level in order if level in columns}


def _tells(level: Level, column: pd.Series) -> bool:
    """Whether a level tells rows apart: each does, an account only beside another."""
    return level != "account" or len(column.unique()) > 1


def _joined(columns: list[pd.Series]) -> pd.Series:
    """Join texts of a row, leaving out those that say nothing."""
    joined = columns[0]
    for column in columns[1:]:
        between = pd.Series(BETWEEN, index=column.index).mask(joined.eq("") | column.eq(""), "")
        joined = joined + between + column
    return joined


def _told_apart(joined: pd.Series, numbers: pd.Series) -> pd.Series:
    """Add its number to a name that stands over several numbers."""
    numbers_of_name = numbers.groupby(joined).transform("nunique")
    numbered = joined + " [" + numbers + "]"
    return joined.mask(numbers_of_name.gt(1) & numbers.ne(""), numbered)
