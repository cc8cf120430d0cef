"""What cannot be known of an unknown file: the questions that a person must answer."""

import re
from collections.abc import Mapping, Sequence

import pandas as pd

from playbook.params.model import TableName
from playbook.sources.contracts import CONTRACTS
from playbook.sources.imports.pairing import (
    MARGIN,
    MEASURES,
    Pairs,
    currency_of_cells,
    currency_said,
    is_local,
)
from playbook.sources.imports.sampled import Sampled
from playbook.sources.imports.words import (
    CENTS,
    COARSE,
    CURRENCY,
    ENDS,
    MICROS,
    PAID,
    RATE,
    STARTS,
    STATUS,
    UNPAID,
    words_of,
)

EITHER_WAY = re.compile(r"^\s*(\d{1,2})[-/](\d{1,2})[-/](\d{4}|\d{2})\b")
"""A day such as 3/4/2026, which is in March or in April."""

BY_LINE: Mapping[TableName, str] = {"audience": "person_id", "content_plan": "content_id"}
"""Tables of which each line is one, where no column numbers them."""

FEW = 12
"""Different words that a column of states or kinds has at most."""

KINDS: Mapping[str, str] = {
    "impression": r"impression|曝光|展示|view.?through",
    "click": r"click|点击|klick|clic\b",
    "conversion": r"conver|purchase|order|paid|buy|转化|下单|支付|购买|kauf|achat|compra",
    "visit": r"visit|session|page.?view|访问|浏览|besuch",
}
UP: Mapping[str, str] = {
    "1": r"^(1|true|yes|up|ok|online|available|success\w*|2\d\d( ok)?|正常|可用|是)$",
    "0": r"^(0|false|no|down|offline|error|timeout|fail\w*|unavailable|[45]\d\d.*)$"
    r"|^(异常|不可用|否|超时)$",
}


def questions(sampled: Sampled, ranked: Sequence[Pairs], currency: str) -> dict[str, str]:
    """Ask what a file leaves open, by the place in the mapping where the answer stands.

    Args:
        sampled: The file.
        ranked: Its pairs for every table, the likeliest first.
        currency: The campaign's.

    Returns:
        By "table", "day_first", "where" or a canonical column, what is to be said; empty where the
        mapping can be used as it is.
    """
    pairs = ranked[0]
    asked = _of_left_out(sampled, pairs)
    if not is_certain(ranked):
        likely = " or ".join(one.table for one in ranked[:2])
        asked["table"] = f"which table it feeds, {likely}"
    asked |= _of_lacking(sampled, pairs)
    asked |= _of_others(pairs)
    asked |= _of_money(sampled, pairs, currency)
    asked |= _of_lines(sampled, pairs)
    asked |= _of_days(sampled, pairs)
    asked |= _of_words(sampled, pairs)
    return asked


def is_certain(ranked: Sequence[Pairs]) -> bool:
    """Whether the likeliest table of a file is far ahead of the next."""
    first, second = ranked[:2]
    return first.weight > 0 and first.weight - second.weight >= MARGIN


def span(sampled: Sampled, pairs: Pairs) -> str:
    """Return the header of the last day where the date's header is a first day; empty elsewhere."""
    header = pairs.headers.get("date", "")
    if not STARTS.search(words_of(header)):
        return ""
    ends = [one for one in sampled.headers if ENDS.search(words_of(one)) and sampled.is_day(one)]
    return ends[0] if ends else ""


def date_parts(sampled: Sampled, pairs: Pairs) -> dict[str, str]:
    """Find the headers of a day that stands in columns of its parts; the year may be among them."""
    if pairs.table != "channel_daily" or "date" in pairs.headers:
        return {}
    by_word = {words_of(header): header for header in sampled.headers}
    if not {"month", "day"} <= by_word.keys():
        return {}
    return {part: by_word[part] for part in ("year", "month", "day") if part in by_word}


def status_header(sampled: Sampled, pairs: Pairs) -> str:
    """Return the header that says of each order whether it was paid; empty where none does."""
    if pairs.table != "orders":
        return ""
    found = [header for header in sampled.headers if STATUS.search(words_of(header))]
    telling = [header for header in found if any(map(PAID.search, _states(sampled, header)))]
    return telling[0] if telling else ""


def unpaid_header(sampled: Sampled, pairs: Pairs) -> tuple[str, ...]:
    """Return the header by which some of the orders were never paid; empty where none says so."""
    header = status_header(sampled, pairs)
    unpaid = header and any(UNPAID.search(state) for state in _states(sampled, header))
    return (header,) if unpaid else ()


def paid_states(sampled: Sampled, header: str) -> tuple[str, ...]:
    """Return the states of orders that count, as they stand in a column."""
    return tuple(state for state in _states(sampled, header) if PAID.search(state))


def codes(sampled: Sampled, pairs: Pairs, column: str) -> dict[str, str]:
    """Say what the words of a column mean, where the canonical table has words of its own."""
    meanings = {"kind": KINDS, "up": UP}.get(column, {})
    found: dict[str, str] = {}
    for text in _states(sampled, pairs.headers[column]):
        meant = (key for key, words in meanings.items() if re.search(words, text, re.IGNORECASE))
        meaning = next(meant, "")
        if meaning and meaning != text:
            found[text] = meaning
    return found


def amounts(pairs: Pairs) -> tuple[str, ...]:
    """Name the columns of money that were found."""
    columns = CONTRACTS[pairs.table].columns
    return tuple(one.name for one in columns if one.kind == "money" and one.name in pairs.headers)


def currency_header(sampled: Sampled) -> str:
    """Return the header of a column of currencies; empty where none is."""
    return next((one for one in sampled.headers if CURRENCY.search(words_of(one))), "")


def divisor(header: str) -> int:
    """Return what the numbers below a header are divided by: micros and 分 by header, else 1."""
    if MICROS.search(words_of(header)):
        return 1_000_000
    return 100 if CENTS.search(header) or CENTS.search(words_of(header)) else 1


def currencies(sampled: Sampled, pairs: Pairs, currency: str) -> dict[str, str]:
    """Return the currency of each column of money, as header or cells say it."""
    found = {}
    for name in amounts(pairs):
        header = pairs.headers[name]
        said = currency_said(header) or currency_of_cells(sampled, header, currency)
        if said:
            found[name] = said
    return found


def _states(sampled: Sampled, header: str) -> list[str]:
    return list(sampled.said(header).unique())


def _of_lacking(sampled: Sampled, pairs: Pairs) -> dict[str, str]:
    meanings = {column.name: column.meaning for column in CONTRACTS[pairs.table].columns}
    asked = {
        name: f"no column was found for it ({meanings[name]})"
        for name in pairs.lacking
        if name != BY_LINE.get(pairs.table) and not (name == "date" and date_parts(sampled, pairs))
    }
    if pairs.table == "orders" and "revenue" not in pairs.headers:
        asked["revenue"] = "no column of amounts was found for it"
    measures = (*MEASURES, "reach", "revenue", "spend")
    if pairs.table == "channel_daily" and not any(name in pairs.headers for name in measures):
        asked["impressions"] = (
            "no column of counts or money was found: impressions, clicks, spend …"
        )
    return asked


def _of_left_out(sampled: Sampled, pairs: Pairs) -> dict[str, str]:
    """Ask whether a column that nobody took is the money of a file that seems to have none."""
    if pairs.table != "channel_daily" or {"spend", "revenue"} & set(pairs.headers):
        return {}
    amounts_like = [
        header
        for header in sampled.headers
        if header not in pairs.taken
        and not RATE.search(header)
        and sampled.is_number(header)
        and (sampled.has_fractions(header) or sampled.signs(header))
        and not sampled.has_percent(header)
    ]
    return {"spend": f"whether it is {' or '.join(amounts_like)}"} if amounts_like else {}


def _of_others(pairs: Pairs) -> dict[str, str]:
    """Ask where two columns are called alike and only one can serve."""
    kinds = {column.name: column.kind for column in CONTRACTS[pairs.table].columns}
    return {
        name: f"it or {' or '.join(others)}"
        for name, others in pairs.others.items()
        if kinds[name] in ("count", "money") or (kinds[name] == "day" and not _is_span(pairs, name))
    }


def _is_span(pairs: Pairs, name: str) -> bool:
    return bool(STARTS.search(words_of(pairs.headers[name])))


def _of_money(sampled: Sampled, pairs: Pairs, currency: str) -> dict[str, str]:
    said = currencies(sampled, pairs, currency)
    asked = {
        name: "in which currency its amounts are; say it as currency: above"
        for name in amounts(pairs)
        if name not in said and is_local(pairs.headers[name])
    }
    if len(set(said.values())) > 1 and "currency" not in pairs.headers:
        first, *others = said
        for name in others:
            if said[name] != said[first]:
                asked[name] = f"its amounts are in {said[name]}, those of {first} in {said[first]}"
    if "currency" not in CONTRACTS[pairs.table].names:
        asked |= _of_foreign(sampled, pairs, {**said}, currency)
    return asked


def _of_foreign(
    sampled: Sampled, pairs: Pairs, said: Mapping[str, str], currency: str
) -> dict[str, str]:
    """Ask for the amounts of a table that holds the campaign's currency only."""
    column = currency_header(sampled)
    named = (code.upper() for code in _states(sampled, column)) if column else ()
    codes = {*said.values(), *named}
    foreign = sorted(codes - {currency})
    money = amounts(pairs)
    if not (money and foreign and currency):
        return {}
    return {money[0]: f"its amounts are in {', '.join(foreign)}, the campaign's in {currency}"}


def _of_lines(sampled: Sampled, pairs: Pairs) -> dict[str, str]:
    """Ask of orders that stand on several lines whether an amount is the order's or the line's."""
    order, amount = pairs.headers.get("order_id"), pairs.headers.get("revenue")
    if pairs.table != "orders" or not (order and amount):
        return {}
    lines = sampled.rows[sampled.rows[amount].str.strip().ne("")]
    if not lines[order].duplicated().any():
        return {}
    return {
        "order_id": "whether the lines of an order add up; if each bears the order's whole amount, "
        "keep one of them by where:"
    }


def _of_days(sampled: Sampled, pairs: Pairs) -> dict[str, str]:
    days = [
        (name, pairs.headers[name])
        for name in ("date", "planned_at", "published_at", "ordered_at", "touched_at", "checked_at")
        if name in pairs.headers
    ]
    asked: dict[str, str] = {}
    for name, header in days:
        if _may_be_either(sampled.said(header)):
            example = sampled.example(header)
            asked["day_first"] = f'true if "{example}" is day/month, false if it is month/day'
        if name == "date" and pairs.table == "channel_daily" and COARSE.search(words_of(header)):
            asked[name] = "its rows seem to stand for weeks or months; a row must be of one day"
    parts = date_parts(sampled, pairs)
    if parts and "year" not in parts:
        asked["date_parts"] = "the year"
    return asked


def _may_be_either(texts: pd.Series) -> bool:
    """Whether days of a column can be read with the day first as well as with the month first."""
    parts = texts.str.extract(EITHER_WAY).iloc[:, :2]
    if len(parts) == 0 or parts.isna().any(axis=None):
        return False
    first, second = parts[0].astype("int64"), parts[1].astype("int64")
    return bool(first.le(12).all() and second.le(12).all() and first.ne(second).any())


def _of_words(sampled: Sampled, pairs: Pairs) -> dict[str, str]:
    """Ask what words mean that the canonical table has not."""
    asked: dict[str, str] = {}
    for name, known in (("kind", {*KINDS}), ("up", {*UP})):
        if name in pairs.headers:
            said = set(_states(sampled, pairs.headers[name])) - known
            unknown = sorted(said - set(codes(sampled, pairs, name)))
            if unknown:
                asked[name] = f"what these mean: {', '.join(unknown[:FEW])}"
    header = status_header(sampled, pairs)
    if header:
        states = _states(sampled, header)
        unclear = [one for one in states if not (PAID.search(one) or UNPAID.search(one))]
        if unclear:
            asked["where"] = f"whether these count as orders: {', '.join(unclear[:FEW])}"
    return asked
