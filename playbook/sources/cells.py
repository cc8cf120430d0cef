"""Texts of a file as numbers, days and moments; what cannot be read says so instead of becoming zero."""

import re
from collections.abc import Iterable

import pandas as pd
from babel.dates import get_month_names

NOT_TOLD = re.compile(r"^[<>]\s*\d")
"""A share or count that the platform only bounds, such as "< 10%" or "<5"."""

DECORATION = re.compile(r"[\s¥$€£%'\u00a0]|元|CNY|USD|EUR")
SHARE = re.compile(r"(?<=\d)\s*\([\d.,]+\s*%\)$")
"""A share told after its count, such as "125 (7.2%)"."""

ZONED = re.compile(r"\d{2}:\d{2}.*(?:Z|[+-]\d{2}:?\d{2})$")
PERIOD = re.compile(r"\d\s*(?:至|~|/|—)\s*\d{4}[-/年]?\d|^\d{8}\s*-\s*\d{8}$")
EXCEL_DAY_ZERO = pd.Timestamp("1899-12-30")
MONTHS = {
    name.casefold().rstrip("."): number
    for language in ("en", "nl", "de", "fr", "es", "it", "pt")
    for width in ("wide", "abbreviated")
    for number, name in get_month_names(width, locale=language).items()
} | {"sept": 9}
NAMED_DAY = re.compile(
    r"(?P<d>\d{1,2})\.?\s+(?P<m>[^\W\d_]+)\.?\s+(?P<y>\d{4})|(?P<m2>[^\W\d_]+)\.?\s+(?P<d2>\d{1,2}),?\s+(?P<y2>\d{4})"
)
DAY = re.compile(
    r"(?<!\d)(?:\d{4}年\d{1,2}月\d{1,2}|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|20\d{6}|\d{1,2}[-/]\d{1,2}[-/]\d{4})(?!\d)"
)


def missing(texts: pd.Series, tokens: Iterable[str]) -> pd.Series:
    """Whether a cell says nothing: one of the tokens, or only a bound."""
    stripped = texts.str.strip()
    return texts.isna() | stripped.isin(list(tokens)) | stripped.str.match(NOT_TOLD).fillna(value=False)


def numbers(texts: pd.Series, *, decimal_comma: bool = False) -> pd.Series:
    """Read numbers with thousands separators, currency and per-cent signs; brackets mean below zero.

    Args:
        texts: Cells as they stand.
        decimal_comma: Whether the file writes 1.234,56; the cell alone cannot tell.

    Returns:
        Floats; NaN where the cell is no number. A per-cent sign is dropped, not divided by, and so is a share told in
        brackets after a count.
    """
    bare = (
        texts.str.normalize("NFKC")
        .str.replace(SHARE, "", regex=True)
        .str.replace(DECORATION, "", regex=True)
        .str.replace(r"^\((.+)\)$", r"-\1", regex=True)
    )
    bare = bare.str.replace("\u2212", "-")
    thousands, point = (".", ",") if decimal_comma else (",", ".")
    bare = bare.str.replace(thousands, "").str.replace(point, ".")
    return pd.to_numeric(bare, errors="coerce").astype("float64")


def periods(texts: pd.Series) -> pd.Series:
    """Whether a cell covers more than one day, such as 20260901至20260930."""
    return texts.str.contains(PERIOD).fillna(value=False)


def moments(texts: pd.Series, *, day_first: bool = False, zone: str = "UTC") -> pd.Series:
    """Read days and moments in the forms that exports use.

    Args:
        texts: ISO, 20260901, 2026/9/1, 2026年9月1日, 9/21/2026, 23-9-2026, "Jun 09, 2018 09:30 pm", Excel serials.
        day_first: Whether 3/4/2026 is the third of April.
        zone: In it a moment is told that states its offset from UTC.

    Returns:
        Moments without zone; NaT where the cell is none.
    """
    bare = texts.str.strip().str.replace(r'^="?|"$', "", regex=True)
    bare = bare.str.replace(r"^(\d{4})年(\d{1,2})月(\d{1,2})日?", r"\1-\2-\3", regex=True)
    serial = bare.str.fullmatch(r"[34]\d{4}(\.\d+)?").fillna(value=False)
    compact = bare.str.fullmatch(r"\d{8}(\d{2})?").fillna(value=False)
    bare = bare.mask(periods(bare))
    zoned = bare.str.contains(ZONED).fillna(value=False)
    found = _zoned(bare.where(zoned), zone)
    bare = bare.mask(zoned)
    days = pd.to_numeric(bare.where(serial), errors="coerce")
    found = found.fillna((EXCEL_DAY_ZERO + pd.to_timedelta(days, unit="D")).astype("datetime64[us]"))
    found = found.fillna(_parsed(bare.where(compact).str.slice(0, 8), "%Y%m%d"))
    year_first = bare.where(~serial & ~compact & bare.str.match(r"^\d{4}[-/.]").fillna(value=False))
    found = found.fillna(_parsed(year_first.str.replace(r"[/.]", "-", regex=True), "mixed"))
    rest = bare.where(~serial & ~compact & year_first.isna())
    return found.fillna(_parsed(rest, "mixed", day_first=day_first))


def moved(found: pd.Series, there: str, here: str) -> pd.Series:
    """Tell moments of one zone in another; NaT for the hours that a change of the clock skips or repeats."""
    if there == here:
        return found
    placed = found.dt.tz_localize(there, ambiguous="NaT", nonexistent="NaT")
    told: pd.Series = placed.dt.tz_convert(here).dt.tz_localize(None)
    return told


def days_within(text: str, *, day_first: bool = False) -> list[pd.Timestamp]:
    """Find the days that a line of text names, in its order: digits in any form of `moments`, or with a month's name."""
    numeric = NAMED_DAY.sub(_numeric_day, text)
    found = pd.Series(DAY.findall(numeric), dtype="str")
    return list(moments(found, day_first=day_first).dropna())


def _numeric_day(found: re.Match[str]) -> str:
    year, month, day = (found[one] or found[f"{one}2"] for one in "ymd")
    number = MONTHS.get(month.casefold())
    return f"{year}-{number:02d}-{int(day):02d}" if number else found[0]


def days_of_parts(year: pd.Series, month: pd.Series, day: pd.Series) -> pd.Series:
    """Put days together from three columns; a month may be a number or an English name."""
    named = month.str.strip().str.casefold().map(MONTHS)
    number = pd.to_numeric(month, errors="coerce").fillna(named.astype("float64"))
    parts = {"year": pd.to_numeric(year, errors="coerce"), "month": number, "day": pd.to_numeric(day, errors="coerce")}
    return pd.to_datetime(pd.DataFrame(parts), errors="coerce").astype("datetime64[us]")


def _parsed(texts: pd.Series, form: str, *, day_first: bool = False) -> pd.Series:
    known = texts.dropna()
    read = pd.to_datetime(known, errors="coerce", format=form, dayfirst=day_first)
    return read.astype("datetime64[us]").reindex(texts.index)


def _zoned(texts: pd.Series, zone: str) -> pd.Series:
    read = pd.to_datetime(texts.dropna(), errors="coerce", format="mixed", utc=True)
    return read.dt.tz_convert(zone).dt.tz_localize(None).astype("datetime64[us]").reindex(texts.index)
