"""What an import of one file would bring, before anything is written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from playbook.params import Campaign
from playbook.params.model import Source
from playbook.sources.canonical import grid_of, layout_of, read_rows
from playbook.sources.contracts import CONTRACTS, DTYPES
from playbook.sources.files.grid import LINE
from playbook.sources.files.layout import Layout, plain
from playbook.sources.rules import judged

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
        channels: What the rows call their channel, where the file says it.
        notes: What of the file is not read, or must be known of its reading; a sentence each.
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
    channels: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def has_days(self) -> bool:
        """Whether any row says its day."""
        return not pd.isna(self.first_day)

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
    grid = grid_of(file, layout)
    read = read_rows(grid, layout, source, file, campaign.currency, campaign.timezone)
    contract = CONTRACTS[source.table]
    mapped = {key: names for key, names in layout.taken(grid.rows.columns).items() if names}
    used = {name for names in mapped.values() for name in names}
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
    readable = read.rows[~read.rows.index.isin(read.faults["row"])]
    broken = pd.concat([read.faults, judged(readable, contract, campaign)[1]])
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
        differing=dict(_differing(sums, own_totals)),
        ignored=tuple(
            name
            for name in map(str, grid.rows)
            if name != LINE and name not in used and plain(name) not in layout.dates
        ),
        refused={
            str(rule): count
            for rule, count in broken.drop_duplicates("row")["rule"].value_counts().items()
        },
        channels=tuple(read.rows["channel"].dropna().unique())
        if "channel" in mapped and not source.channel
        else (),
        notes=grid.notes,
    )


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
