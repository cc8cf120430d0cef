"""What an import of one file would bring, before anything is written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import pandas as pd

from playbook.params import Campaign
from playbook.params.model import Source
from playbook.sources import filters
from playbook.sources.canonical import grid_of, layout_of, read_rows
from playbook.sources.contracts import CONTRACTS, DTYPES
from playbook.sources.facts import Read, facts
from playbook.sources.files.grid import LINE
from playbook.sources.files.layout import Layout, currency_of, plain
from playbook.sources.imports.words import PERSON, words_of
from playbook.sources.intake import as_meant

NEAR = 0.005
"""How far a total may be from the sum of its rows: platforms round, and leave out counts that are
too small to tell."""

NOT_SUMMED = ("reach",)


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """One file as it would come in.

    Attributes:
        file: Where it lies now.
        layout: How it is read.
        form: How it is written, such as "CSV, GB18030".
        header_line: Line of the header, from 1.
        rows: How many rows it holds.
        totals: How many total rows are set aside beside them.
        first_day: The earliest, NaT where none is known.
        last_day: The latest.
        mapped: By canonical column, the headers that serve it.
        sums: By canonical column of counts and money; NaN where no row says it.
        differing: By such a column, what the file's own total row says, where no total row says the
            sum of the rows.
        ignored: Headers that serve nothing.
        refused: By rule, how many rows would be set aside.
        odd: By rule, how many rows would stay with something odd or unreadable in them.
        summed_to: How many rows of days and units there would be, where rows of a finer grain are
            summed; 0 where none are.
        notes: What else is to be told of the file.
        channels: What the rows call their channel, where the file says it.
        overruled: What the rows call their channel, where the source says one for all of them.
        left_out: By rule, how many rows the mapping leaves out on purpose; they are not among
            `rows`.
    """

    file: Path
    layout: Layout
    form: str
    header_line: int
    rows: int
    totals: int
    first_day: pd.Timestamp
    last_day: pd.Timestamp
    mapped: Mapping[str, tuple[str, ...]]
    sums: Mapping[str, float]
    differing: Mapping[str, float]
    ignored: tuple[str, ...]
    refused: Mapping[str, int]
    odd: Mapping[str, int]
    summed_to: int
    notes: tuple[str, ...]
    channels: tuple[str, ...]
    overruled: tuple[str, ...]
    left_out: Mapping[str, int]

    @property
    def has_days(self) -> bool:
        """Whether any row says its day."""
        return not pd.isna(self.first_day)

    @property
    def is_known_by_documents_only(self) -> bool:
        """Whether no report of its platform is known from a real download or a public parser."""
        grades = set(self.layout.sure.values())
        return bool(grades) and grades <= {"C", "D"}

    @property
    def names_no_currency(self) -> bool:
        """Whether it holds money and neither header, column nor layout says of which currency."""
        kinds = {column.name: column.kind for column in CONTRACTS[self.layout.table].columns}
        money = [names for name, names in self.mapped.items() if kinds.get(name) == "money"]
        said = [currency_of(header) for header in chain.from_iterable(money)]
        return bool(money) and not (any(said) or "currency" in self.mapped or self.layout.currency)

    @property
    def addresses(self) -> tuple[str, ...]:
        """Headers of people's addresses that serve as their pseudonyms."""
        ids = (self.mapped.get(name, ()) for name in ("customer_id", "user_id", "person_id"))
        return tuple(one for one in chain.from_iterable(ids) if PERSON.search(words_of(one)))

    @property
    def kept(self) -> bool:
        """Whether a single row would stay."""
        return sum(self.refused.values()) < self.rows


def preview(source: Source, file: Path, campaign: Campaign, params_dir: Path) -> Preview:
    """Read a file as the source says, and judge its rows alone.

    Args:
        source: As it would stand in the parameters.
        file: Wherever it lies.
        campaign: Its channels, currency and time zone.
        params_dir: Folder of the campaign's parameters, where mappings lie.

    Raises:
        PlaybookError: The file cannot be opened, or lacks columns of its table.
    """
    layout = layout_of(source, params_dir)
    whole = grid_of(file, layout)
    stays, rules = filters.kept(whole.rows, layout.where)
    grid = replace(whole, rows=whole.rows[stays].reset_index(drop=True))
    read = as_meant(
        read_rows(grid, layout, source, file, campaign.currency, campaign.timezone),
        source,
        campaign,
    )
    contract = CONTRACTS[source.table]
    taken = layout.taken(grid.rows.columns, campaign.currency)
    mapped = {key: names for key, names in taken.items() if names}
    used = {name for names in mapped.values() for name in names}
    conditions = set(map(plain, layout.where))
    days = next(
        (read.rows[name] for name in read.rows if read.rows[name].dtype == DTYPES["day"]),
        pd.Series(),
    )
    numeric = [
        column.name
        for column in contract.columns
        if column.kind in ("count", "money") and column.name in mapped
    ]
    sums = {name: read.rows[name].sum(min_count=1) for name in numeric}
    own_totals = read_rows(
        replace(grid, rows=grid.totals), layout, source, file, campaign.currency, campaign.timezone
    ).rows[numeric]
    became = facts(campaign, contract, [Read(source=source, file=file, found=read)])
    aside = became.aside.drop_duplicates("row")
    return Preview(
        file=file,
        layout=layout,
        form=grid.form,
        header_line=grid.header_line,
        rows=len(read.rows),
        totals=read.totals,
        first_day=days.min(),
        last_day=days.max(),
        mapped=mapped,
        sums=sums,
        differing={} if filters.told(rules) else dict(_differing(sums, own_totals)),
        ignored=tuple(
            name
            for name in map(str, grid.rows)
            if name != LINE and name not in used and plain(name) not in (layout.dates | conditions)
        ),
        refused={str(rule): count for rule, count in aside["rule"].value_counts().items()},
        odd={str(rule): count for rule, count in became.flags["rule"].value_counts().items()},
        summed_to=len(became.table) if became.added else 0,
        notes=read.notes,
        channels=tuple(read.rows["channel"].dropna().unique())
        if "channel" in mapped and not source.channel
        else (),
        overruled=_overruled(grid.rows, mapped, source),
        left_out=filters.told(rules),
    )


def _overruled(
    texts: pd.DataFrame, mapped: Mapping[str, tuple[str, ...]], source: Source
) -> tuple[str, ...]:
    """Return what rows call their channel in a file of which the source says one for all."""
    if not source.channel or "channel" not in mapped:
        return ()
    named = texts[mapped["channel"][0]].astype("str").str.strip()
    return tuple(name for name in named.unique() if name and name != source.channel)


def _differing(sums: Mapping[str, float], totals: pd.DataFrame) -> Iterator[tuple[str, float]]:
    """Yield columns of which every total row says something else than the sum.

    One of several may be of a wider whole, and several together may be those of all groups.
    """
    for name in [str(each) for each in totals if each not in NOT_SUMMED]:
        stated = totals[name].dropna()
        if not len(stated) or pd.isna(sums[name]):
            continue
        wholes = pd.concat([stated, pd.Series([stated.sum()])])
        if not (wholes - sums[name]).abs().le(NEAR * wholes.abs()).any():
            yield name, float(stated.iloc[0])
