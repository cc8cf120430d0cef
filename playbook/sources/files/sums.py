"""Which rows of a table add others up: by a word for it, or by their numbers."""

from collections.abc import Mapping, Sequence
from itertools import chain

import numpy as np
import pandas as pd

from playbook.sources.contracts import CONTRACTS
from playbook.sources.files import cells
from playbook.sources.files.layout import Layout, plain
from playbook.sources.files.vocabulary import is_total, total_words

NAMELESS = frozenset({"", "-", "--", "—"})
NAMING = ("date", "campaign_unit", "channel", "segment")
NOT_ADDED = frozenset({"reach"})
NEAR = 0.002
"""How far a sum may be from its parts: platforms round what they show."""

LEAST_TELLING, FEW_TELLING = 100, 4
"""Number, and count of smaller ones, from which an agreement is no chance."""

MOST_AGREE = 2 / 3
"""Share of a row's numbers that must be sums for the row to be one."""


def totals(table: pd.DataFrame, layout: Layout) -> pd.Series:
    """Find the rows that add others up.

    They bear a word for it where a name stands; or all name cells are blank; or they bear a group's
    name or a day only, and their numbers are the sum of its rows, which for days must be so
    throughout. Several rows with a day and such a word may be of a campaign of that name: their
    numbers decide too.

    Args:
        table: Texts as they stand, a column per header.
        layout: Says which columns name and which measure.

    Returns:
        True for such a row.
    """
    taken = layout.taken(table.columns)
    served = [taken[key][0] for key in NAMING if taken.get(key)]
    named = [*served, *_columns(table, layout, NAMING)]
    texts = {name: table[name].str.strip() for name in dict.fromkeys([*named, *table.columns[:1]])}
    worded = pd.Series(data=False, index=table.index)
    for column in texts.values():
        worded |= _is_worded(column)
    blank = {name: texts[name].isin(NAMELESS) for name in dict.fromkeys(named)}
    nameless = _all([blank[name] for name in served], table.index) & (len(served) > 1)
    units = [name for name in blank if name not in taken.get("date", ())]
    unnamed = _all([blank[name] for name in units], table.index) & bool(units)
    named_like_sums = worded & _all([~blank[name] for name in served], table.index)
    sure = worded & ~named_like_sums if named_like_sums.sum() > 1 else worded
    sure |= nameless if nameless.sum() == 1 else nameless & False
    marked = (worded | nameless | _group_names(texts) | _worded_elsewhere(table, texts)) & ~sure
    wordless = unnamed & ~marked & ~sure
    if not (marked | wordless).any():
        return sure
    measures = _measures(table, layout)
    parts = measures.mask(marked | wordless | sure).fillna(0.0)
    days = table[taken["date"][0]] if taken.get("date") else None
    adding_up = _adding_up(measures[marked], parts, days, next_to=True)
    of_a_day = _adding_up(measures[wordless], parts, days, next_to=False)
    if not of_a_day.all() or not _is_telling(measures[wordless]):
        of_a_day &= False
    found = sure.copy()
    found[adding_up.index] |= adding_up
    found[of_a_day.index] |= of_a_day
    return found


def _is_worded(texts: pd.Series) -> pd.Series:
    words = {text: is_total(str(text)) for text in texts.unique()}
    return texts.map(words).astype("bool")


def _all(columns: Sequence[pd.Series], index: pd.Index) -> pd.Series:
    found = pd.Series(data=True, index=index)
    for column in columns:
        found &= column
    return found


def _columns(table: pd.DataFrame, layout: Layout, keys: Sequence[str]) -> list[str]:
    """Return the columns that may serve some canonical ones."""
    wanted = set()
    for key in keys:
        if key in layout.columns:
            wanted |= {plain(header) for header in layout.columns[key].wanted}
    return [name for name in table.columns if plain(name) in wanted]


def _group_names(texts: Mapping[str, pd.Series]) -> pd.Series:
    """Whether a name is a word for a sum with the name of another row: "Brand Total"."""
    by_column = {name: list(map(str, column.unique())) for name, column in texts.items()}
    names = set(chain.from_iterable(by_column.values()))
    found = pd.Series(data=False, index=next(iter(texts.values())).index)
    for column, own in by_column.items():
        of_group = [name for name in own if _is_of_group(name, names)]
        found |= texts[column].isin(of_group)
    return found


def _is_of_group(name: str, names: set[str]) -> bool:
    for word, rest in (name.rpartition(" ")[::-2], name.partition(" ")[::2]):
        if word.casefold().strip(":") in total_words() and rest.strip(" :-") in names:
            return bool(rest)
    return False


def _worded_elsewhere(table: pd.DataFrame, texts: Mapping[str, pd.Series]) -> pd.Series:
    """Whether a word for a sum stands in a column that names nothing the layout knows."""
    found = pd.Series(data=False, index=table.index)
    for name in table.columns:
        if name not in texts and table[name].dtype == "str":
            found |= table[name].str.strip().str.casefold().isin(total_words())
    return found


def _measures(table: pd.DataFrame, layout: Layout) -> pd.DataFrame:
    """Return the numbers of the columns that can be added up."""
    kinds = {column.name: column.kind for column in CONTRACTS[layout.table].columns}
    keys = [name for name, kind in kinds.items() if kind in ("count", "money")]
    names = _columns(table, layout, [key for key in keys if key not in NOT_ADDED])
    comma = layout.writes_comma(table.columns)
    read = {name: cells.numbers(table[name], decimal_comma=comma) for name in names}
    return pd.DataFrame(read, index=table.index)


def _adding_up(
    stated: pd.DataFrame, parts: pd.DataFrame, days: pd.Series | None, *, next_to: bool
) -> pd.Series:
    """Whether a row's numbers are the sum of all others, of its day's, or of those next to it.

    Args:
        stated: The numbers of the rows in question.
        parts: Those of all rows, of the rows in question and other sums nothing.
        days: Of all rows; None where the table has none.
        next_to: Whether the rows above or below count, up to the next sum.
    """
    alike = pd.Series(data=False, index=stated.index)
    if stated.empty:
        return alike
    whole = np.tile(parts.sum().to_numpy(), (len(stated), 1))
    wholes = [pd.DataFrame(whole, index=stated.index, columns=stated.columns)]
    if days is not None:
        of_day = parts.groupby(days.to_numpy()).sum()
        wholes.append(of_day.loc[days[stated.index]].set_axis(stated.index))
    if next_to:
        wholes += _next_to(parts, stated.index)
    for each in wholes:
        alike |= _agree(stated, each)
    return alike


def _is_telling(stated: pd.DataFrame) -> bool:
    """Whether numbers are enough, or large or fine enough, not to agree with a sum by chance."""
    said = stated.to_numpy()
    said = said[~np.isnan(said) & (said != 0)]
    is_special = (said >= LEAST_TELLING) | (said % 1 != 0)
    return len(said) >= FEW_TELLING or bool(is_special.any())


def _next_to(parts: pd.DataFrame, rows: pd.Index) -> list[pd.DataFrame]:
    """Return for rows the sums of the rows above and below them, up to the next in question."""
    sums = np.vstack([np.zeros((1, parts.shape[1])), parts.cumsum().to_numpy()])
    places = parts.index.get_indexer(rows)
    above = sums[places] - sums[np.concatenate([[0], places[:-1] + 1])]
    below = sums[np.concatenate([places[1:], [len(parts)]])] - sums[places + 1]
    return [pd.DataFrame(each, index=rows, columns=parts.columns) for each in (above, below)]


def _agree(stated: pd.DataFrame, whole: pd.DataFrame) -> pd.Series:
    """Whether most numbers that a row states are those of a whole that is not nothing.

    Not all: people and orders that several rows count are one in their sum.
    """
    says_something = stated.notna() & whole.ne(0)
    near = (stated - whole).abs() <= NEAR * whole.abs() + 0.011
    agreeing = (near & says_something).sum(axis="columns")
    count = (stated.notna() & (says_something | stated.ne(0))).sum(axis="columns")
    return agreeing.ge(MOST_AGREE * count) & agreeing.gt(0)
