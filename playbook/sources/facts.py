"""Which rows of all files of a table are one fact: judged, added up, replaced, claimed.

The order is: rows that break a rule go; parts of one key in one file are added up; a later download
takes the place of an earlier one; of several sources one counts for each measure of a channel.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np
import pandas as pd

from playbook.params import Campaign
from playbook.params.model import Source, TableName
from playbook.sources import claims
from playbook.sources.canonical import FileRows
from playbook.sources.contracts import CONTRACTS, Contract
from playbook.sources.downloads import Download, Overlap, replaced
from playbook.sources.files import cells
from playbook.sources.files.grid import LINE
from playbook.sources.files.layout import plain
from playbook.sources.rules import (
    CLAIMED,
    CONTINUED,
    COPY,
    ORIGIN,
    REPLACED,
    TWICE,
    broken,
    judged,
    odd,
    repeated,
)

READ = "_read"
"""Place of the file, among all of a table, from which a row comes."""

OF_NAMES = re.compile(
    r"(?:^|[\s_(-])(?:id\)?$|hour|age|zip|postal)|stunde|编号$|编码$|小时|时段|年龄|邮编",
    re.IGNORECASE,
)
"""What marks a header whose numbers are names."""

MOSTLY = 0.5
BETWEEN = "\x1f"


@dataclass(frozen=True, kw_only=True, slots=True)
class Read:
    """One file of a source, as read."""

    source: Source
    file: Path
    found: FileRows


@dataclass(frozen=True, kw_only=True, slots=True)
class Added:
    """Rows of one file that are parts of one key, and were added up: how many, into how many."""

    file: Path
    rows: int
    into: int


@dataclass(frozen=True, kw_only=True)
class Facts:
    """One table over all its files.

    Attributes:
        table: The canonical rows that count, one a key.
        kept: The rows that stay, before those of one key were added up and sources compared, with
            `_file`, `_line` and `_read`.
        aside: One row per broken rule of a row set aside: row, column, value, rule, `_file`,
            `_line`, `_read`, and `_raw`, what stood in the file.
        flags: The same of what is odd or could not be read in rows that stay.
        added: Per file whose rows were added up.
        overlaps: Per two files of a source that tell the same days.
        claims: Per channel, measure and source that does not count (`playbook.sources.claims`).
    """

    table: pd.DataFrame
    kept: pd.DataFrame
    aside: pd.DataFrame
    flags: pd.DataFrame
    added: Sequence[Added] = ()
    overlaps: Sequence[tuple[str, Overlap]] = ()
    claims: pd.DataFrame


def facts_by_table(campaign: Campaign, reads: Sequence[Read]) -> dict[TableName, Facts]:
    """Judge the rows of every table that a file brings; arguments as in `facts`."""
    tables: dict[TableName, Facts] = {}
    for table, contract in CONTRACTS.items():
        mine = [read for read in reads if read.source.table == table]
        if mine:
            tables[table] = facts(campaign, contract, mine)
    return tables


def facts(campaign: Campaign, contract: Contract, reads: Sequence[Read]) -> Facts:
    """Judge the rows of all files of one table.

    Args:
        campaign: Its channels, currency and sources.
        contract: The table's.
        reads: Its files, source by source, of each the later ones last.
    """
    every, unreadable, unread_cells = _together(reads)
    left = every[~every.index.isin(unreadable["row"])]
    continued = _continued(left, contract, reads)
    kept, wrong = judged(left[~left.index.isin(continued["row"])], contract, campaign)
    flags = pd.concat([unread_cells, odd(kept, contract)], ignore_index=True)
    if contract.summed:
        return _summed(kept, flags, [unreadable, continued, wrong], contract, reads, every)
    copies = repeated(kept, contract)
    kept = kept[~kept.index.isin(copies["row"])]
    aside = pd.concat([unreadable, continued, wrong, copies], ignore_index=True)
    return Facts(
        table=kept,
        kept=kept,
        aside=_with_origin(aside, every, reads),
        flags=_with_origin(_of(flags, kept), every, reads),
        claims=claims.none(),
    )


def _together(reads: Sequence[Read]) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Lay the rows of all files together under one index, with the faults that cost one or not."""
    start, rows, faults, flags = 0, [], [], []
    for place, read in enumerate(reads):
        found = read.found
        index = range(start, start + len(found.rows))
        rows.append(found.rows.set_axis(index).assign(**{READ: place}))
        faults.append(found.faults.assign(row=found.faults["row"] + start))
        flags.append(found.flags.assign(row=found.flags["row"] + start))
        start += len(found.rows)
    return (
        pd.concat(rows),
        pd.concat(faults, ignore_index=True),
        pd.concat(flags, ignore_index=True),
    )


def starts(reads: Sequence[Read]) -> np.ndarray:
    """Return the index of each file's first row among those of all, and the number of all."""
    return np.cumsum([0, *(len(read.found.rows) for read in reads)])


def _of(cases: pd.DataFrame, kept: pd.DataFrame) -> pd.DataFrame:
    """Return the cases of rows that stay."""
    return cases[cases["row"].isin(kept.index)].reset_index(drop=True)


def _with_origin(cases: pd.DataFrame, every: pd.DataFrame, reads: Sequence[Read]) -> pd.DataFrame:
    """Say file and line of each case, and what stood there, as JSON."""
    placed = cases.merge(every[[*ORIGIN, READ]], left_on="row", right_index=True, how="left")
    return placed.assign(_raw=_as_they_stood(reads, placed["row"]))


def _as_they_stood(reads: Sequence[Read], rows: pd.Series) -> list[str]:
    """Return rows, by their place among all rows of a table, as JSON of what stood in the file."""
    first_rows = starts(reads)
    files = np.searchsorted(first_rows, rows.to_numpy("int64"), side="right") - 1
    texts = (
        reads[file].found.texts.iloc[row - first_rows[file]]
        for file, row in zip(files, rows, strict=True)
    )
    return [text.drop(LINE).to_json(force_ascii=False) for text in texts]


def _continued(rows: pd.DataFrame, contract: Contract, reads: Sequence[Read]) -> pd.DataFrame:
    """Find the further lines of an order whose first line in the file says all: one row an item."""
    none = broken(rows, pd.Series(data=False, index=rows.index), "", "")
    if contract.table != "orders" or rows.empty:
        return none
    [key] = contract.key
    facts_of_order = [name for name in contract.names if name != key]
    keys = [READ, key]
    further = rows.duplicated(keys)
    if not further.any():
        return none
    first = rows.groupby(keys, sort=False)[facts_of_order].transform("first")
    agrees = (rows[facts_of_order].isna() | rows[facts_of_order].eq(first)).all(axis="columns")
    silent = rows[facts_of_order].isna().any(axis="columns") | _differ(rows, reads)
    return broken(rows, further & agrees & silent, key, CONTINUED)


def _differ(rows: pd.DataFrame, reads: Sequence[Read]) -> pd.Series:
    """Whether a row differs, in what stood in the file, from every one before it."""
    differ = pd.Series(data=False, index=rows.index)
    for place, start in enumerate(starts(reads)[:-1]):
        mine = rows.index[rows[READ].eq(place)]
        texts = reads[place].found.texts.iloc[mine - start].drop(columns=LINE)
        differ[mine] = ~texts.duplicated().to_numpy()
    return differ


def _summed(
    kept: pd.DataFrame,
    flags: pd.DataFrame,
    aside: list[pd.DataFrame],
    contract: Contract,
    reads: Sequence[Read],
    every: pd.DataFrame,
) -> Facts:
    """Take parts together, later files for earlier ones, and of each measure one teller."""
    repeats = _repeats(kept, contract, reads)
    kept = kept[~kept.index.isin(repeats["row"])]
    gone, overlaps = _replaced(kept, reads)
    kept = kept[~kept.index.isin(gone["row"])]
    copies = _copies_of_sources(kept, contract, reads)
    kept = kept[~kept.index.isin(copies["row"])]
    settled, claimed = claims.settled(
        kept.assign(_source=_sources(kept, reads)), [_teller(read) for read in _firsts(reads)]
    )
    says_nothing = settled[list(contract.measures)].isna().all(axis="columns")
    had_something = kept[list(contract.measures)].notna().any(axis="columns")
    silenced = broken(kept, says_nothing & had_something, "", CLAIMED)
    settled = settled[~settled.index.isin(silenced["row"])].drop(columns="_source")
    every_case = pd.concat([*aside, repeats, gone, copies, silenced], ignore_index=True)
    return Facts(
        table=_one_a_key(settled, contract),
        kept=kept[~kept.index.isin(silenced["row"])],
        aside=_with_origin(every_case, every, reads),
        flags=_with_origin(_of(flags, kept), every, reads),
        added=_added(kept, contract, reads),
        overlaps=overlaps,
        claims=claimed,
    )


def _firsts(reads: Sequence[Read]) -> list[Read]:
    """Return one file of each source."""
    return list({read.source.id: read for read in reads}.values())


def _teller(read: Read) -> claims.Teller:
    return claims.Teller(
        source=read.source.id, kind=read.found.layout.kind, measures=read.source.measures
    )


def _by_file(rows: pd.DataFrame) -> Iterator[tuple[int, pd.DataFrame]]:
    """Yield the rows of each file, by its place."""
    for place in rows[READ].unique():
        yield int(place), rows[rows[READ].eq(place)]


def _sources(rows: pd.DataFrame, reads: Sequence[Read]) -> pd.Series:
    names = np.array([read.source.id for read in reads], dtype=object)
    return pd.Series(names[rows[READ].to_numpy()], index=rows.index, dtype="str")


def _repeats(kept: pd.DataFrame, contract: Contract, reads: Sequence[Read]) -> pd.DataFrame:
    """Find rows of one key in one file that are no parts of it: copies, and contradictions."""
    key = ", ".join(contract.key)
    again = kept[kept.duplicated([*contract.key, READ], keep=False)]
    cases = [broken(again, pd.Series(data=False, index=again.index), "", "")]
    first_rows = starts(reads)
    for place, rows in _by_file(again):
        texts = reads[place].found.texts.iloc[rows.index - first_rows[place]].set_axis(rows.index)
        copy = texts.drop(columns=LINE).duplicated()
        left = rows[~copy]
        grain = _finer(texts[~copy], reads[place].found)
        known = left[list(contract.key)].assign(_grain=grain)
        cases += [
            broken(rows, copy, key, COPY),
            broken(left, known.duplicated(keep=False), key, TWICE),
        ]
    return pd.concat(cases, ignore_index=True)


def _finer(texts: pd.DataFrame, found: FileRows) -> pd.Series:
    """Return what tells rows of one key apart beside it: words and ids that serve no column."""
    layout = found.layout
    used = {name for names in layout.taken(texts.columns).values() for name in names}
    taken = {LINE, *used}
    grain = pd.Series("", index=texts.index, dtype="str")
    for name in map(str, texts):
        if name in taken or plain(name) in layout.dates:
            continue
        column = texts[name].astype("str")
        if OF_NAMES.search(name.strip()) or cells.numbers(column).isna().mean() > MOSTLY:
            grain = grain + BETWEEN + column
    return grain


def _replaced(
    kept: pd.DataFrame, reads: Sequence[Read]
) -> tuple[pd.DataFrame, list[tuple[str, Overlap]]]:
    """Find, source by source, the rows whose place a later file takes."""
    first_rows = starts(reads)
    gone: list[pd.Index] = []
    overlaps: list[tuple[str, Overlap]] = []
    by_source = groupby(enumerate(reads), key=lambda numbered: numbered[1].source.id)
    for source, numbered in by_source:
        downloads = [
            Download(
                name=read.file.name,
                found=read.found,
                rows=kept[kept[READ].eq(place)],
                start=int(first_rows[place]),
                replaces=_replaces(read),
            )
            for place, read in numbered
        ]
        index, met = replaced(downloads)
        gone.append(index)
        overlaps += [(source, overlap) for overlap in met]
    index = pd.Index(np.concatenate(gone) if gone else [], dtype="int64")
    return broken(kept, kept.index.to_series().isin(index), "date, channel", REPLACED), overlaps


def _replaces(read: Read) -> tuple[str, ...]:
    arrival = read.source.imported.get(read.file.name)
    return arrival.replaces if arrival else ()


def _copies_of_sources(
    kept: pd.DataFrame, contract: Contract, reads: Sequence[Read]
) -> pd.DataFrame:
    """Find rows that another source of the same platform tells again, copied or told anew."""
    platforms = np.array([_platform(read) for read in reads], dtype=object)
    of_platform = kept.assign(
        _platform=platforms[kept[READ].to_numpy()], _source=_sources(kept, reads)
    )
    key = [*contract.key, "_platform"]
    other = of_platform.duplicated(key, keep=False) & ~of_platform.duplicated(
        [*key, "_source"], keep=False
    )
    facts_told = [*contract.names, "_platform"]
    copy = other & of_platform.duplicated(facts_told, keep="first")
    again = (
        other
        & ~copy
        & of_platform[~copy].duplicated(key, keep="last").reindex(kept.index, fill_value=False)
    )
    names = ", ".join(contract.key)
    cases = [broken(kept, copy, names, COPY), broken(kept, again, names, REPLACED)]
    return pd.concat(cases, ignore_index=True)


def _platform(read: Read) -> str:
    return read.source.platform or read.source.mapping or ""


def _one_a_key(rows: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """Add up the rows of one key; people reached are never added, and are missing then."""
    key = list(contract.key)
    several = rows.duplicated(key, keep=False)
    if not several.any():
        return rows
    measures = list(contract.measures)
    groups = rows[several].groupby(key, sort=False, dropna=False)
    added = rows.copy()
    for measure in measures:
        sums = groups[measure].transform("sum", min_count=1)
        if measure == "reach":
            sums = sums.where(groups[measure].transform("count").le(1))
        added.loc[several, measure] = sums
    return added[~rows.duplicated(key)]


def _added(kept: pd.DataFrame, contract: Contract, reads: Sequence[Read]) -> list[Added]:
    """Count, for each file, the rows that are parts of a key."""
    parts = kept[kept.duplicated([*contract.key, READ], keep=False)]
    return [
        Added(
            file=reads[place].file,
            rows=len(rows),
            into=len(rows.drop_duplicates(list(contract.key))),
        )
        for place, rows in _by_file(parts)
    ]
