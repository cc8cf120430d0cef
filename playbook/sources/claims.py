"""Which source counts where several tell the same measure of a channel; the others claim.

The ad platform, the analytics of the site and the shop each tell the conversions and the revenue of
a channel, by rules of their own. Added up they would count twice. For each channel and measure one
kind of source counts on the days that it covers, by what it knows best: analytics the visits, the
shop the orders and the revenue, the platform spend, impressions and clicks. What parameters say of
a source (`measures`) goes before.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from playbook.sources.files.layout import Kind

STATED = -1
"""Rank of a source whose parameters name the measure."""

PLATFORM_FIRST: tuple[Kind, ...] = ("ads", "shop", "analytics")
SHOP_FIRST: tuple[Kind, ...] = ("shop", "ads", "analytics")
ANALYTICS_FIRST: tuple[Kind, ...] = ("analytics", "shop", "ads")

ORDER: Mapping[str, tuple[Kind, ...]] = {
    "impressions": PLATFORM_FIRST,
    "reach": PLATFORM_FIRST,
    "clicks": PLATFORM_FIRST,
    "visits": ANALYTICS_FIRST,
    "bounces": ANALYTICS_FIRST,
    "engagements": PLATFORM_FIRST,
    "conversions": PLATFORM_FIRST,
    "orders": SHOP_FIRST,
    "new_customers": SHOP_FIRST,
    "revenue": SHOP_FIRST,
    "spend": PLATFORM_FIRST,
}
"""By measure, which kind of source knows it best; the next one counts where that tells nothing."""

CLAIMS = (
    "channel",
    "measure",
    "source",
    "claimed",
    "counts",
    "counted",
    "first_day",
    "last_day",
)
"""Columns of the table `claims`: one row per channel, measure and source that does not count, on
the days on which both tell it: its sum, the sources that count, and their sum."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Teller:
    """A source that tells measures of days.

    Attributes:
        source: Its id.
        kind: Of its platform; None where the mapping does not say.
        measures: For which the parameters say that it counts; empty where they leave it open.
    """

    source: str
    kind: Kind | None
    measures: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Part:
    """What one source tells of one measure of one channel."""

    teller: Teller
    numbers: pd.Series
    days: pd.Series

    @property
    def tells(self) -> bool:
        """Whether it tells more than zeros."""
        return bool(self.numbers.fillna(0).ne(0).any())


def settled(rows: pd.DataFrame, tellers: Sequence[Teller]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Leave each measure of a channel to the source that knows it best.

    Args:
        rows: channel_daily of all sources with `_source`, the id of each row's.
        tellers: The sources.

    Returns:
        The rows, with the measures missing that another source counts; and the claims (`CLAIMS`).
    """
    if rows["_source"].nunique() < 2 and not any(teller.measures for teller in tellers):
        return rows, _table([])
    by_source = {teller.source: _with_kind(teller, rows) for teller in tellers}
    settled_rows = rows.copy()
    claims: list[dict[str, object]] = []
    for channel, of_channel in rows.groupby("channel", sort=False):
        for measure in ORDER:
            parts = [
                _Part(teller=by_source[str(source)], numbers=each[measure], days=each["date"])
                for source, each in of_channel.groupby("_source", sort=False)
            ]
            for claim, index in _claims(parts, measure):
                settled_rows.loc[index, measure] = float("nan")
                claims.append({"channel": channel, "measure": measure, **claim})
    return settled_rows, _table(claims)


def _with_kind(teller: Teller, rows: pd.DataFrame) -> Teller:
    """Give a source whose mapping says no kind the one that its measures show."""
    if teller.kind is not None:
        return teller
    told = rows.loc[rows["_source"].eq(teller.source), list(ORDER)].notna().any()
    kind: Kind = "analytics"
    if told[["spend", "impressions", "reach", "clicks"]].any():
        kind = "ads"
    elif told[["orders", "revenue", "new_customers"]].any():
        kind = "shop"
    return Teller(source=teller.source, kind=kind, measures=teller.measures)


def _rank(teller: Teller, measure: str) -> int:
    if teller.measures:
        return STATED if measure in teller.measures else len(ORDER)
    kind = teller.kind or "analytics"
    return ORDER[measure].index(kind)


def _claims(parts: Sequence[_Part], measure: str) -> Iterator[tuple[dict[str, object], pd.Index]]:
    """Yield what does not count, with the index of its rows: sources below the best of a day."""
    silenced = [part for part in parts if _rank(part.teller, measure) == len(ORDER)]
    open_parts = [part for part in parts if part not in silenced and part.tells]
    ranks = sorted({_rank(part.teller, measure) for part in open_parts})
    for part in silenced:
        if part.numbers.notna().any():
            yield _claim(part, part.numbers.notna(), open_parts)
    covered: list[_Part] = []
    for rank in ranks:
        here = [part for part in open_parts if _rank(part.teller, measure) == rank]
        for part in here:
            beaten = part.numbers.notna() & _is_covered(part.days, covered)
            if beaten.any():
                yield _claim(part, beaten, covered)
        covered += here


def _is_covered(days: pd.Series, others: Sequence[_Part]) -> pd.Series:
    """Whether days lie between the first and the last that one of other sources tells."""
    covered = pd.Series(data=False, index=days.index)
    for other in others:
        told = other.days[other.numbers.notna()]
        covered |= days.between(told.min(), told.max())
    return covered


def _claim(
    part: _Part, beaten: pd.Series, counting: Sequence[_Part]
) -> tuple[dict[str, object], pd.Index]:
    days = part.days[beaten]
    counted = sum(
        float(other.numbers[other.days.between(days.min(), days.max())].sum()) for other in counting
    )
    claim = {
        "source": part.teller.source,
        "claimed": float(part.numbers[beaten].sum()),
        "counts": ", ".join(other.teller.source for other in counting),
        "counted": counted if counting else float("nan"),
        "first_day": days.min(),
        "last_day": days.max(),
    }
    return claim, part.numbers.index[beaten]


def none() -> pd.DataFrame:
    """Return the table of claims without rows."""
    return _table([])


def _table(claims: list[dict[str, object]]) -> pd.DataFrame:
    kinds = {
        "claimed": "float64",
        "counted": "float64",
        "first_day": "datetime64[us]",
        "last_day": "datetime64[us]",
    }
    texts = dict.fromkeys((name for name in CLAIMS if name not in kinds), "str")
    return pd.DataFrame(claims, columns=list(CLAIMS)).astype({**texts, **kinds})
