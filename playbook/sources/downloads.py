"""Which of several downloads counts on a day: where two tell the same facts, the later one.

A platform's report is downloaded again and again: for days told before (conversions come in late),
after a campaign was renamed or deleted, at another level (campaigns, then ads), or with another
breakdown. Such files tell the same facts, and the later one takes the place of the earlier on all
days that it covers, whatever the rows are called. Files of other campaigns of the same days stand
beside each other, and both count.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Literal

import pandas as pd

from playbook.sources import units
from playbook.sources.canonical import FileRows

GAP = pd.Timedelta(days=7)
"""Days without a row between two with rows that a download covers all the same: a weekend, a
holiday, or the days of a campaign that was deleted since."""

NEAR = 0.005
"""How far two downloads may differ in a day's sum and still tell the same day."""

MOST_DAYS = 0.5
"""Share of common days or rows that must agree where no name does."""

FEWER = 0.05
"""Share of the spend of replaced rows that may be missing in the later file without a word."""

COMPARED = ("impressions", "clicks", "spend", "conversions")
WHOLE = "(all)"
SEGMENT = "segment"
UNIT = "unit"

Meeting = Literal["same", "beside"]


@dataclass(frozen=True, kw_only=True)
class Download:
    """One file of a source, as far as it tells days.

    Attributes:
        name: Of the file.
        found: The file as read.
        rows: Those of its rows that can be used: date, channel, campaign_unit, segment and the
            measures; index unique over all downloads.
        start: Index of the file's first row.
        replaces: Names of files whose place it takes as a whole.
    """

    name: str
    found: FileRows
    rows: pd.DataFrame
    start: int
    replaces: tuple[str, ...] = ()

    @cached_property
    def ends(self) -> tuple[pd.Timestamp, pd.Timestamp]:
        """First and last day."""
        return self.rows["date"].min(), self.rows["date"].max()

    @cached_property
    def names(self) -> pd.DataFrame:
        """What tells its rows apart, one column a level; its breakdown by the headers of it."""
        texts = self.found.texts.iloc[self.rows.index - self.start].set_axis(self.rows.index)
        names = units.parts(texts, self.found.layout)
        unit, segment = self.rows["campaign_unit"], self.rows["segment"]
        if names.empty and not unit.eq(WHOLE).all():
            names[UNIT] = unit
        if not segment.eq(WHOLE).all():
            headers = self.found.layout.taken(texts.columns).get(SEGMENT, ())
            names[f"{SEGMENT} {' / '.join(headers)}"] = segment
        return names

    @cached_property
    def accounts(self) -> pd.Series:
        """The account of each row; empty where the file tells none."""
        texts = self.found.texts.iloc[self.rows.index - self.start].set_axis(self.rows.index)
        return units.accounts(texts, self.found.layout)


@dataclass(frozen=True, kw_only=True, slots=True)
class Overlap:
    """Two files of one source that tell the same days.

    Attributes:
        earlier: Name of the file that came in first.
        later: Name of the other.
        meeting: Whether they tell the same facts, so that the later one counts, or others of the
            same days, so that both do.
        first_day: Of the days that both tell.
        last_day: Of them.
        levels: Whether they tell them at two levels or by two breakdowns.
        spend_before: Of the rows that are replaced, or of the earlier file on these days.
        spend_after: Of the later file on the same days.
    """

    earlier: str
    later: str
    meeting: Meeting
    first_day: pd.Timestamp
    last_day: pd.Timestamp
    levels: bool
    spend_before: float
    spend_after: float

    @property
    def lacks_spend(self) -> bool:
        """Whether the later file tells notably less spend than the rows that it replaces."""
        return self.meeting == "same" and self.spend_after < self.spend_before * (1 - FEWER)


def replaced(downloads: Sequence[Download]) -> tuple[pd.Index, list[Overlap]]:
    """Find the rows whose place a later download takes.

    Args:
        downloads: The files of one source, the later ones last.

    Returns:
        The index of these rows, and every pair of files that tell the same days.
    """
    gone: set[int] = set()
    overlaps: list[Overlap] = []
    for earlier, later in combinations(downloads, 2):
        if earlier.name in later.replaces:
            gone.update(earlier.rows.index)
            continue
        if not _may_meet(earlier, later):
            continue
        shared = earlier.rows[_is_covered(earlier, later)]
        if shared.empty:
            continue
        overlap = _overlap(earlier, later, shared)
        overlaps.append(overlap)
        if overlap.meeting == "same":
            gone.update(shared.index)
    return pd.Index(sorted(gone), dtype="int64"), overlaps


def _may_meet(earlier: Download, later: Download) -> bool:
    if earlier.rows.empty or later.rows.empty:
        return False
    return earlier.ends[0] <= later.ends[1] and later.ends[0] <= earlier.ends[1]


def _is_covered(earlier: Download, later: Download) -> pd.Series:
    """Whether the later file covers the day of each row of the earlier, by channel and account."""
    keys = [earlier.rows["channel"]]
    later_keys = [later.rows["channel"]]
    if earlier.accounts.ne("").any() and later.accounts.ne("").any():
        keys.append(earlier.accounts)
        later_keys.append(later.accounts)
    days_of_key = dict(iter(later.rows["date"].groupby(later_keys)))
    covered = pd.Series(data=False, index=earlier.rows.index)
    for key, days in earlier.rows["date"].groupby(keys):
        told = days_of_key.get(key)
        if told is not None:
            covered[days.index] = _within(days, told)
    return covered


def _within(days: pd.Series, told: pd.Series) -> pd.Series:
    """Whether days are told, or lie in a short gap between days that are."""
    ordered = told.drop_duplicates().sort_values().to_numpy()
    at = ordered.searchsorted(days.to_numpy())
    last = len(ordered) - 1
    after = pd.Series(ordered[at.clip(0, last)], index=days.index)
    before = pd.Series(ordered[(at - 1).clip(0, last)], index=days.index)
    is_between = pd.Series((at > 0) & (at <= last), index=days.index)
    return after.eq(days) | (is_between & (after - before).le(GAP))


def _overlap(earlier: Download, later: Download, shared: pd.DataFrame) -> Overlap:
    days = shared["date"].unique()
    told = later.rows[
        later.rows["date"].between(days.min(), days.max())
        & later.rows["channel"].isin(shared["channel"].unique())
    ]
    same = _tell_the_same(earlier, later, shared, told)
    on_days = told[told["date"].isin(days)]
    return Overlap(
        earlier=earlier.name,
        later=later.name,
        meeting="same" if same else "beside",
        first_day=days.min(),
        last_day=days.max(),
        levels=set(earlier.names.columns) != set(later.names.columns),
        spend_before=float(shared["spend"].sum()),
        spend_after=float(on_days["spend"].sum()),
    )


def _tell_the_same(
    earlier: Download, later: Download, shared: pd.DataFrame, told: pd.DataFrame
) -> bool:
    """Whether two files tell the same facts: by their names, else by their numbers."""
    common = [name for name in earlier.names if name in later.names]
    if not common:
        return True
    names = pd.MultiIndex.from_frame(earlier.names.loc[shared.index, common])
    others = pd.MultiIndex.from_frame(later.names.loc[told.index, common])
    return (
        bool(names.isin(others).any())
        or _days_agree(shared, told)
        or any(_rows_agree(shared, told))
    )


def _days_agree(shared: pd.DataFrame, told: pd.DataFrame) -> bool:
    """Whether most days have the same sums, although the names differ."""
    keys = ["channel", "date"]
    measures = ["impressions", "spend"]
    sums = shared.groupby(keys)[measures].sum()
    others = told.groupby(keys)[measures].sum().reindex(sums.index)
    near = (sums - others).abs().le(NEAR * others.abs()) & others.gt(0)
    return bool(near.any(axis="columns").mean() >= MOST_DAYS)


def _rows_agree(shared: pd.DataFrame, told: pd.DataFrame) -> Iterator[bool]:
    """Yield whether most rows that tell something stand in the later file under another name."""
    facts = ["channel", "date", *COMPARED]
    says_something = shared[["impressions", "spend"]].gt(0).any(axis="columns")
    rows = pd.MultiIndex.from_frame(shared.loc[says_something, facts].fillna(0))
    others = pd.MultiIndex.from_frame(told[facts].fillna(0))
    if len(rows):
        yield bool(rows.isin(others).mean() >= MOST_DAYS)
