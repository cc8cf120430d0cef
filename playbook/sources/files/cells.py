"""Texts of a file as numbers, days and moments.

What cannot be read says so instead of becoming zero.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

import pandas as pd
from babel.dates import get_month_names

NOT_TOLD = re.compile(r"^[<>]\s*\d")
"""A share or count that the platform only bounds, such as "< 10%" or "<5"."""

DECORATION = re.compile(r"[\s¥$€£%'\u00a0]|元|CNY|USD|EUR")
HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    0x3000: " ",
    0xFFE5: "¥",
    0xFFE1: "£",
    0x2212: "-",
    **dict.fromkeys((0xA0, 0x2007, 0x2009, 0x202F), " "),
}
"""Full width as half width; a superscript is no digit."""

CURRENCIES: Mapping[str, tuple[str, ...]] = {
    "€": ("EUR",),
    "£": ("GBP", "EGP", "LBP", "SYP", "SDG", "FKP", "GIP", "SHP"),
    "¥": ("CNY", "JPY"),
    "元": ("CNY", "TWD", "HKD", "MOP"),
    "CNY": ("CNY",),
    "USD": ("USD",),
    "EUR": ("EUR",),
}
"""By sign that may stand in a cell, the currencies that it can mean; "$" is not here, since a dozen
dollars and pesos write it."""

NOT_DOLLARS = frozenset(
    {"EUR", "GBP", "CNY", "JPY", "CHF", "INR", "KRW", "SEK", "NOK", "DKK", "PLN"}
)
MOST = 1e18
"""A number that is as large is none that can be counted."""

SHARE = re.compile(r"(?<=\d)\s*\([\d.,]+\s*%\)$")
"""A share told after its count, such as "125 (7.2%)"."""

NUMBER = re.compile(
    r"[-+]?(?:[0-9]{1,3}(?:,[0-9]{2,3})*,[0-9]{3}(?:\.[0-9]*)?"
    r"|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)"
)
"""A number with a point, its thousands (or, in India, hundreds of them) parted by commas or not
parted at all."""

ZONED = re.compile(r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})$")
MIDNIGHT = re.compile(r"^\d{4}-\d{2}-\d{2}[T ]00:00(?::00(?:[.,]0+)?)?\s*(?P<offset>\S*)$")
"""The first moment of a day, as systems write a day that they keep as a moment."""

IN_NUMBERS = re.compile(r"^(\d{1,2})[-/](\d{1,2})[-/](?:\d{4}|\d{2})(?!\d)")
"""A day whose two first parts may be day and month, or month and day."""

PERIOD = re.compile(
    r"\d\s*(?:至|~|/|—)\s*\d{4}[-/年]?\d|^\d{8}\s*-\s*\d{8}$|\d\s+(?:[-–]|to|bis)\s+\d"
)
WEEKDAY = re.compile(
    r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+|\s*[(（]?(?:周|星期)[一二三四五六日天][)）]?$",
    re.IGNORECASE,
)
EXCEL_DAY_ZERO = pd.Timestamp("1899-12-30")
MONTHS = {
    name.casefold().rstrip("."): number
    for language in ("en", "nl", "de", "fr", "es", "it", "pt")
    for width in ("wide", "abbreviated")
    for number, name in get_month_names(width, locale=language).items()
} | {"sept": 9}
NAMED_DAY = re.compile(
    r"(?P<d>\d{1,2})\.?[\s-]+(?P<m>[^\W\d_]+)\.?[\s-]+(?P<y>\d{4})"
    r"|(?P<m2>[^\W\d_]+)\.?[\s-]+(?P<d2>\d{1,2}),?[\s-]+(?P<y2>\d{4})"
)
DAY = re.compile(
    r"(?<!\d)(?:\d{4}年\d{1,2}月\d{1,2}|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|20\d{6}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4})(?!\d)"
)
SHORT_YEAR = re.compile(r"^(\d{1,2}/\d{1,2}/|\d{1,2}[\s-][^\W\d_]+[\s-])(\d{2})(?!\d)")
"""A year of two digits after slashes or a month's name, as a spreadsheet shows days: 9/1/26,
1-Sep-26."""

MOMENT = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"
    r"(?:[T\s,]+(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d(?:\.\d+)?))?\s*(?P<half>[aApP])?(?:\.?[mM]\.?)?)?"
)


def missing(texts: pd.Series, tokens: Iterable[str]) -> pd.Series:
    """Whether a cell says nothing: one of the tokens, or only a bound."""
    stripped = texts.str.strip()
    return (
        texts.isna()
        | stripped.isin(list(tokens))
        | stripped.str.match(NOT_TOLD).fillna(value=False)
    )


def numbers(texts: pd.Series, *, decimal_comma: bool = False) -> pd.Series:
    """Read numbers with thousands separators, currency and per-cent signs.

    Brackets mean below zero.

    Args:
        texts: Cells as they stand.
        decimal_comma: Whether the file writes 1.234,56; the cell alone cannot tell.

    Returns:
        Floats; NaN where the cell is no number, also where its separators cannot be those of the
        file ("12,5" beside a decimal point). A per-cent sign is dropped, not divided by, and so is
        a share told in brackets after a count.
    """
    read = _read(texts, decimal_comma=decimal_comma)
    return read.where(read.abs().lt(MOST))


def beyond(texts: pd.Series, *, decimal_comma: bool = False) -> pd.Series:
    """Whether a cell is written as a number that is not finite or too large to be counted."""
    return _read(texts, decimal_comma=decimal_comma).abs().ge(MOST)


def foreign(texts: pd.Series, currency: str) -> pd.Series:
    """Whether a cell bears the sign of another currency than a given one; "" is any."""
    signs = [sign for sign, meant in CURRENCIES.items() if currency and currency not in meant]
    signs += ["$"] if currency in NOT_DOLLARS else []
    if not signs:
        return pd.Series(data=False, index=texts.index)
    any_sign = "|".join(map(re.escape, signs))
    wide = texts.str.translate(HALF_WIDTH)
    return wide.str.contains(any_sign, regex=True).fillna(value=False).astype("bool")


def currency_of(columns: Iterable[pd.Series]) -> str:
    """Return the currency whose sign every amount bears, where the sign means one only."""
    written = [column for column in columns if column.dtype == "str"]
    amounts = [column[~missing(column, ("", "-", "--"))] for column in written]
    texts = pd.concat(amounts) if amounts else pd.Series(dtype="str")
    if texts.empty:
        return ""
    for sign, meant in CURRENCIES.items():
        if len(meant) == 1 and texts.str.contains(sign, regex=False).all():
            return meant[0]
    return ""


def _read(texts: pd.Series, *, decimal_comma: bool) -> pd.Series:
    bare = (
        texts.str.translate(HALF_WIDTH)
        .str.replace(SHARE, "", regex=True)
        .str.replace(DECORATION, "", regex=True)
        .str.replace(r"^\((.+)\)$", r"-\1", regex=True)
    )
    bare = bare.str.translate(str.maketrans(".,", ",.")) if decimal_comma else bare
    numerals = bare.where(bare.str.fullmatch(NUMBER).fillna(value=False))
    return pd.to_numeric(numerals.str.replace(",", ""), errors="coerce").astype("float64")


def periods(texts: pd.Series) -> pd.Series:
    """Whether a cell covers more than one day, such as 20260901至20260930."""
    return texts.str.contains(PERIOD).fillna(value=False)


def moments(texts: pd.Series, *, day_first: bool = False, zone: str = "UTC") -> pd.Series:
    """Read days and moments in the forms that exports use.

    Args:
        texts: ISO, 20260901, 2026/9/1, 2026年9月1日, 9/21/2026, 23-9-2026, "Jun 09, 2018 09:30 pm",
            Excel serials.
        day_first: Whether 3/4/2026 is the third of April; 3.4.2026 always is.
        zone: In it a moment is told that states its offset from UTC.

    Returns:
        Moments without zone; NaT where the cell is none: also for a month without a day, and for
        23-9-2026 in a file that writes the month first.
    """
    bare = texts.str.strip().str.replace(r'^="?|"$', "", regex=True)
    bare = bare.mask(periods(bare))
    parsed = _parsed(bare, "%Y-%m-%d")
    for read in (
        _moments_of_numbers,
        lambda rest: _zoned(rest, zone),
        lambda rest: _written(rest, day_first=day_first),
    ):
        rest = bare[parsed.isna() & bare.notna()]
        parsed = parsed.fillna(read(rest)) if len(rest) else parsed
    return parsed


def _moments_of_numbers(texts: pd.Series) -> pd.Series:
    """Read days of digits alone: 20260901, 2026090108 with an hour, and a spreadsheet's 46266."""
    serial = pd.to_numeric(texts.where(texts.str.fullmatch(r"[34]\d{4}(\.\d+)?")), errors="coerce")
    compact = texts.where(texts.str.fullmatch(r"\d{8}(\d{2})?")).str.slice(0, 8)
    days = (EXCEL_DAY_ZERO + pd.to_timedelta(serial, unit="D")).astype("datetime64[us]")
    return days.fillna(_parsed(compact, "%Y%m%d"))


def _written(texts: pd.Series, *, day_first: bool) -> pd.Series:
    """Read days whose parts are told apart by signs or a month's name, time or not."""
    bare = texts.str.replace(WEEKDAY, "", regex=True).str.replace(
        SHORT_YEAR, r"\g<1>20\2", regex=True
    )
    bare = bare.str.replace(NAMED_DAY, _numeric_day, regex=True)
    bare = bare.str.replace(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", r"\1-\2-\3", regex=True)
    bare = bare.str.replace(r"^(\d{1,2})\.(\d{1,2})\.(\d{4})", r"\3-\2-\1", regex=True)
    order = r"\3-\2-\1" if day_first else r"\3-\1-\2"
    bare = bare.str.replace(r"^(\d{1,2})[-/](\d{1,2})[-/](\d{4})", order, regex=True)
    parts = bare.where(bare.str.fullmatch(MOMENT)).str.extract(MOMENT)
    hour, minute, second = (
        pd.to_numeric(parts[name]).fillna(0) for name in ("hour", "minute", "second")
    )
    half = parts["half"].str.casefold()
    hour = (hour % 12 + half.eq("p") * 12).where(half.notna(), hour)
    days = pd.to_datetime(parts[["year", "month", "day"]], errors="coerce")
    return (days + pd.to_timedelta(hour * 3600 + minute * 60 + second, unit="s")).astype(
        "datetime64[us]"
    )


def writes_day_first(texts: pd.Series, *, stated: bool | None = None) -> bool | None:
    """Say whether a column writes 3/4/2026 for the third of April.

    Args:
        texts: All cells of the column; only days in numbers parted by "/" or "-" count, with the
            year last.
        stated: What platform or mapping say; None where they say nothing.

    Returns:
        What the cells allow: one number above 12 decides for all. What is stated, where the cells
        allow both or neither. False where it does not matter. None where it matters and nothing
        says it: it must be asked.
    """
    bare = texts.str.strip().str.replace(r'^="?|"$', "", regex=True)
    parts = bare.str.replace(WEEKDAY, "", regex=True).str.extract(IN_NUMBERS).dropna()
    numerals = parts.astype("int64")
    first, second = numerals[0], numerals[1]
    day_first, month_first = bool(second.le(12).all()), bool(first.le(12).all())
    if day_first != month_first:
        return day_first
    if first.eq(second).all() or not day_first:
        return bool(stated)
    return stated


def either_way(texts: pd.Series) -> pd.Series:
    """Whether a cell means one day with the day first, and another with the month first."""
    day_first, month_first = moments(texts, day_first=True), moments(texts)
    return day_first.notna() & month_first.notna() & day_first.ne(month_first)


def moved(times: pd.Series, there: str, here: str) -> pd.Series:
    """Tell moments of one zone in another.

    NaT for the hours that a change of the clock skips or repeats.
    """
    if there == here:
        return times
    placed = times.dt.tz_localize(there, ambiguous="NaT", nonexistent="NaT")
    local: pd.Series = placed.dt.tz_convert(here).dt.tz_localize(None)
    return local


def days_within(text: str, *, day_first: bool = False) -> list[pd.Timestamp]:
    """Find the days that a line of text names, in its order.

    Digits in any form of `moments`, or with a month's name.
    """
    return list(_days_within(text, day_first=day_first))


@lru_cache(maxsize=256)
def _days_within(text: str, *, day_first: bool) -> tuple[pd.Timestamp, ...]:
    days = DAY.findall(NAMED_DAY.sub(_numeric_day, text))
    if not days:
        return ()
    return tuple(moments(pd.Series(days, dtype="str"), day_first=day_first).dropna())


def _numeric_day(match: re.Match[str]) -> str:
    year, month, day = (match[letter] or match[f"{letter}2"] for letter in "ymd")
    number = MONTHS.get(month.casefold())
    return f"{year}-{number:02d}-{int(day):02d}" if number else match[0]


def days_of_parts(year: pd.Series, month: pd.Series, day: pd.Series) -> pd.Series:
    """Put days together from three columns; a month may be a number or an English name."""
    named = month.str.strip().str.casefold().map(MONTHS)
    number = pd.to_numeric(month, errors="coerce").fillna(named.astype("float64"))
    parts = {
        "year": pd.to_numeric(year, errors="coerce"),
        "month": number,
        "day": pd.to_numeric(day, errors="coerce"),
    }
    return pd.to_datetime(pd.DataFrame(parts), errors="coerce").astype("datetime64[us]")


def _parsed(texts: pd.Series, form: str) -> pd.Series:
    read = pd.to_datetime(texts.dropna(), errors="coerce", format=form)
    return read.astype("datetime64[us]").reindex(texts.index)


def _zoned(texts: pd.Series, zone: str) -> pd.Series:
    """Tell moments that state their offset in a zone; midnights throughout are days as written."""
    stated = texts[texts.str.contains(ZONED)]
    if _stand_for_days(stated):
        return _parsed(stated.str.slice(0, 10), "%Y-%m-%d").reindex(texts.index)
    read = pd.to_datetime(stated, errors="coerce", format="mixed", utc=True)
    return (
        read.dt.tz_convert(zone).dt.tz_localize(None).astype("datetime64[us]").reindex(texts.index)
    )


def _stand_for_days(texts: pd.Series) -> bool:
    """Whether all moments are the midnight of one offset: days that a system keeps as moments."""
    found = texts.str.extract(MIDNIGHT)["offset"]
    offsets = found.replace(["UTC", "GMT", "+00:00", "+0000", "-00:00"], "Z")
    return bool(found.notna().all()) and len(set(offsets)) == 1
