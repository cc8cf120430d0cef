"""Which column of an unknown file is which column of which canonical table."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import get_args

from playbook.params.model import TableName
from playbook.sources.contracts import CONTRACTS, Column
from playbook.sources.files.cells import CURRENCIES
from playbook.sources.files.layout import Level, currency_of, plain, shipped
from playbook.sources.imports.sampled import Sampled
from playbook.sources.imports.words import (
    AMOUNT,
    LEVELS,
    NOT_REVENUE,
    NOT_SPEND,
    NUMBERED,
    RATE,
    vocabulary,
    words_of,
)

ELSEWHERE = ("channel", "currency")
"""Needed columns that the parameters can say for a whole file."""

MEASURES = ("impressions", "clicks", "visits", "engagements", "conversions", "orders")
WHOLE = ("impressions", "reach", "clicks", "visits", "bounces", "orders", "new_customers")
"""Counts that have no fractions; platforms book fractions of conversions."""

NEEDED = 4
"""What a needed column that is absent takes from the weight of a table."""

MARGIN = 2
"""By how much the weight of a table must exceed that of the next to be certain."""

OWN_NAME = -1
"""Rank of a header that is the canonical column's own name."""

PLAIN_NUMBER = re.compile(r"[-+]?\d{1,3}(?:[.,]?\d{3})*(?:[.,]\d*)?|\d*")

MAJOR = (
    "USD EUR GBP CNY RMB JPY HKD TWD SGD AUD CAD NZD CHF SEK NOK DKK PLN CZK HUF INR KRW THB BRL"
)
CODE = re.compile(rf"\b({'|'.join(MAJOR.split())})\b", re.IGNORECASE)
LOCAL = re.compile(r"\blocal\b|本币|当地货币", re.IGNORECASE)
"""A header of an amount in a currency that it does not name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pairs:
    """The columns of a canonical table and the headers that serve them.

    Attributes:
        table: Canonical table.
        headers: By canonical column, the header.
        others: By canonical column, headers that may be meant as well.
        levels: By level of the platform, the header that names the unit.
        ids: By level of the platform, the header of the unit's number.
        weight: How much speaks for the table.
    """

    table: TableName
    headers: Mapping[str, str]
    others: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    levels: Mapping[Level, str] = field(default_factory=dict)
    ids: Mapping[Level, str] = field(default_factory=dict)
    weight: int = 0

    @property
    def lacking(self) -> tuple[str, ...]:
        """The needed columns of the table that no header serves, nor the parameters can say."""
        return tuple(name for name in needed(self.table) if name not in self.headers)

    @property
    def taken(self) -> frozenset[str]:
        """Every header that serves something."""
        return frozenset((*self.headers.values(), *self.levels.values(), *self.ids.values()))


def needed(table: TableName) -> tuple[str, ...]:
    """Name the columns of a table that its file must bring."""
    columns = CONTRACTS[table].columns
    required = [one.name for one in columns if one.required and one.default is None]
    return tuple(name for name in required if name not in ELSEWHERE)


def tables_by_weight(sampled: Sampled, currency: str = "") -> tuple[Pairs, ...]:
    """Pair the headers of a file with the columns of every table, the likeliest table first.

    Where nothing speaks for any table, channel_daily stands first: it is what most files feed.

    Args:
        sampled: The file.
        currency: The campaign's, which of several amounts is taken.
    """
    pairs = [paired(sampled, table, currency) for table in vocabulary()]
    in_order = sorted(pairs, key=lambda one: one.weight, reverse=True)
    if in_order[0].weight > 0:
        return tuple(in_order)
    return tuple(sorted(in_order, key=lambda one: one.table != "channel_daily"))


def paired(sampled: Sampled, table: TableName, currency: str = "") -> Pairs:
    """Pair the headers of a file with the columns of one table.

    A header serves one column, and only where its cells read as what the column holds: an id or an
    amount is never taken for a count, nor a ratio for a sum.

    Args:
        sampled: The file.
        table: Canonical table.
        currency: The campaign's, which of several amounts is taken.
    """
    levels, ids = _units(sampled) if table == "channel_daily" else ({}, {})
    free = [name for name in sampled.headers if name not in (*levels.values(), *ids.values())]
    headers: dict[str, str] = {}
    others: dict[str, tuple[str, ...]] = {}
    kinds = {column.name: column for column in CONTRACTS[table].columns}
    for name in vocabulary()[table]:
        ranked = _ranked(sampled, table, kinds[name], free, currency)
        if ranked:
            best, *rest = ranked
            headers[name] = best[1]
            others[name] = tuple(header for rank, header in rest if rank == best[0])
            free.remove(best[1])
    headers |= _only_day(sampled, table, headers, free)
    order = CONTRACTS[table].names
    in_order = {name: headers[name] for name in order if name in headers}
    pairs = Pairs(table=table, headers=in_order, others=others, levels=levels, ids=ids)
    return Pairs(
        table=table,
        headers=in_order,
        others={name: rest for name, rest in others.items() if rest},
        levels=levels,
        ids=ids,
        weight=_weight(pairs),
    )


def _only_day(
    sampled: Sampled, table: TableName, headers: Mapping[str, str], free: list[str]
) -> dict[str, str]:
    """Take the only column of days for the day that a table needs, whatever it is called."""
    wanted = [
        column.name
        for column in CONTRACTS[table].columns
        if column.kind in ("day", "moment") and column.required and column.name not in headers
    ]
    if len(wanted) != 1:
        return {}
    worded = [name for name in free if not PLAIN_NUMBER.fullmatch(sampled.example(name))]
    days = [name for name in worded if sampled.is_worded(name) and sampled.is_day(name)]
    return {wanted[0]: days[0]} if len(days) == 1 else {}


def currency_said(header: str) -> str:
    """Return the currency that a header names, in brackets or as a word: cost_in_usd."""
    match = CODE.search(words_of(header))
    code = match[1].upper() if match else ""
    return currency_of(header) or {"RMB": "CNY"}.get(code, code)


def is_local(header: str) -> bool:
    """Whether a header says that its amounts are in a currency which it does not name."""
    return bool(LOCAL.search(words_of(header)))


def currency_of_cells(sampled: Sampled, header: str, currency: str) -> str:
    """Return the currency whose sign stands in the cells of a column.

    The campaign's where the sign may mean it; empty where no sign stands there.
    """
    meant = [CURRENCIES.get(sign, ("USD",)) for sign in sorted(sampled.signs(header))]
    if not meant:
        return ""
    return currency if any(currency in codes for codes in meant) else meant[0][0]


def _weight(pairs: Pairs) -> int:
    words = vocabulary()[pairs.table]
    found = sum(words[name].weight for name in pairs.headers)
    found += 1 if pairs.levels or pairs.ids else 0
    if pairs.table == "channel_daily" and not _measures(pairs):
        found -= NEEDED
    return found - NEEDED * len(pairs.lacking)


def _measures(pairs: Pairs) -> list[str]:
    names = (*MEASURES, "revenue", "spend")
    return [name for name in names if name in pairs.headers]


def _units(sampled: Sampled) -> tuple[dict[Level, str], dict[Level, str]]:
    """Find the headers that name the unit, and those of its numbers, by level."""
    names: dict[Level, str] = {}
    ids: dict[Level, str] = {}
    for level in reversed(get_args(Level)):
        for header in sampled.headers:
            if header in (*names.values(), *ids.values()) or not _is_of(level, header):
                continue
            numbered = bool(NUMBERED.search(words_of(header)))
            if numbered and level not in ids:
                ids[level] = header
            elif not numbered and level not in names and sampled.is_worded(header):
                names[level] = header
    order = get_args(Level)
    return (
        {level: names[level] for level in order if level in names},
        {level: ids[level] for level in order if level in ids},
    )


def _is_of(level: Level, header: str) -> bool:
    """Whether a header names a level: a platform calls it so, or it has a word for it."""
    bare = re.sub(NUMBERED, " ", words_of(header))
    has_word = bool(LEVELS[level].search(" ".join(bare.split())))
    is_measure = bool(RATE.search(words_of(header)) or AMOUNT.search(words_of(header)))
    return has_word and not is_measure and not _is_about_units(words_of(header))


def _is_about_units(words: str) -> bool:
    """Whether a header tells something about a unit, not its name."""
    return bool(
        re.search(r"status|type|objective|budget|状态|类型|目标|预算|delivery|数$|次数", words)
    )


def _ranked(
    sampled: Sampled, table: TableName, column: Column, free: list[str], currency: str
) -> list[tuple[tuple[int, int], str]]:
    """Rank the headers that may serve a column: by currency, then by how well they are called."""
    found = list(_candidates(sampled, table, column, free))
    if column.kind == "money":
        return sorted(
            (((_foreign(sampled, header, currency), rank), header) for rank, header in found),
            key=lambda one: one[0],
        )
    return sorted((((0, rank), header) for rank, header in found), key=lambda one: one[0])


def _candidates(
    sampled: Sampled, table: TableName, column: Column, free: list[str]
) -> Iterator[tuple[int, str]]:
    known = _known(column.name) if table == "channel_daily" else frozenset()
    words = vocabulary()[table][column.name]
    for header in free:
        rank = OWN_NAME if plain(header) == column.name else words.rank(header)
        if rank is None and plain(header) in known:
            rank = len(words.patterns)
        if rank is not None and reads(sampled, header, column):
            yield rank, header


@cache
def _known(column: str) -> frozenset[str]:
    """Return the headers by which a shipped platform knows a column, as compared."""
    fields = [layout.columns[column] for layout in shipped().values() if column in layout.columns]
    return frozenset(plain(header) for one in fields for header in one.headers)


def _foreign(sampled: Sampled, header: str, currency: str) -> int:
    """Rank an amount by its currency: the campaign's, none said, a local one, another."""
    said = currency_said(header) or currency_of_cells(sampled, header, currency)
    if said:
        return 0 if said == currency else 3
    return 2 if is_local(header) else 1


def reads(sampled: Sampled, header: str, column: Column) -> bool:
    """Whether a header and its cells can be what a column holds."""
    words = words_of(header)
    if column.kind in ("day", "moment"):
        return sampled.is_day(header)
    if column.kind == "text":
        return _is_text(sampled, header, column.name)
    if column.name == "up":
        return len(sampled.said(header)) > 0
    is_rate = RATE.search(words) or RATE.search(header) or sampled.has_percent(header)
    if is_rate and column.kind != "number":
        return False
    if not sampled.is_number(header) or NUMBERED.search(words) or sampled.is_long(header):
        return False
    if column.kind == "count":
        return _is_count(sampled, header, column.name)
    unwanted = {"spend": NOT_SPEND, "revenue": NOT_REVENUE}.get(column.name)
    return not (unwanted and unwanted.search(words))


def _is_text(sampled: Sampled, header: str, column: str) -> bool:
    is_id = column.endswith("_id")
    said = sampled.said(header)
    if said.empty or (is_id and sampled.has_fractions(header)):
        return False
    if column == "currency":
        return bool(said.str.fullmatch(r"[A-Za-z]{3}").all())
    return is_id or sampled.is_worded(header)


def _is_count(sampled: Sampled, header: str, column: str) -> bool:
    """Whether numbers count something: no header of money, no sign of a currency, no fractions."""
    if AMOUNT.search(words_of(header)) or currency_said(header) or sampled.signs(header):
        return False
    return not (column in WHOLE and sampled.has_fractions(header))
