"""Texts of a file as numbers, days and moments; what cannot be read says so instead of becoming zero."""

import re
from collections.abc import Iterable

import pandas as pd

NOT_TOLD = re.compile(r"^[<>]\s*\d")
"""A share or count that the platform only bounds, such as "< 10%" or "<5"."""

DECORATION = re.compile(r"[\s¥$€£%'\u00a0]|元|CNY|USD|EUR")
PERIOD = re.compile(r"\d\s*(?:至|~|/|—)\s*\d{4}[-/年]?\d|^\d{8}\s*-\s*\d{8}$")
EXCEL_DAY_ZERO = pd.Timestamp("1899-12-30")
MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august",
         "sep september sept", "oct october", "nov november", "dec december"), start=1,
    )
    for name in names.split()
}  # fmt: skip


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
        Floats; NaN where the cell is no number. A per-cent sign is dropped, not divided by.
    """
    bare = (
        texts.str.normalize("NFKC")
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


def moments(texts: pd.Series, *, day_first: bool = False) -> pd.Series:
    """Read days and moments in the forms that exports use.

    Args:
        texts: ISO, 20260901, 2026/9/1, 2026年9月1日, 9/21/2026, 23-9-2026, "Jun 09, 2018 09:30 pm", Excel serials.
        day_first: Whether 3/4/2026 is the third of April.

    Returns:
        Moments without zone; NaT where the cell is none.
    """
    bare = texts.str.strip().str.replace(r'^="?|"$', "", regex=True)
    bare = bare.str.replace(r"^(\d{4})年(\d{1,2})月(\d{1,2})日?", r"\1-\2-\3", regex=True)
    serial = bare.str.fullmatch(r"[34]\d{4}(\.\d+)?").fillna(value=False)
    compact = bare.str.fullmatch(r"\d{8}(\d{2})?").fillna(value=False)
    found = pd.Series(pd.NaT, index=texts.index, dtype="datetime64[us]")
    days = pd.to_numeric(bare.where(serial), errors="coerce")
    found = found.fillna((EXCEL_DAY_ZERO + pd.to_timedelta(days, unit="D")).astype("datetime64[us]"))
    found = found.fillna(_parsed(bare.where(compact).str.slice(0, 8), "%Y%m%d"))
    year_first = bare.where(~serial & ~compact & bare.str.match(r"^\d{4}[-/.]").fillna(value=False))
    found = found.fillna(_parsed(year_first.str.replace(r"[/.]", "-", regex=True), "mixed"))
    rest = bare.where(~serial & ~compact & year_first.isna())
    return found.fillna(_parsed(rest, "mixed", day_first=day_first))


def days_of_parts(year: pd.Series, month: pd.Series, day: pd.Series) -> pd.Series:
    """Put days together from three columns; a month may be a number or an English name."""
    named = month.str.strip().str.casefold().map(MONTHS)
    number = pd.to_numeric(month, errors="coerce").fillna(named.astype("float64"))
    parts = {"year": pd.to_numeric(year, errors="coerce"), "month": number, "day": pd.to_numeric(day, errors="coerce")}
    return pd.to_datetime(pd.DataFrame(parts), errors="coerce").astype("datetime64[us]")


def _parsed(texts: pd.Series, form: str, *, day_first: bool = False) -> pd.Series:
    known = texts.dropna()
    read = pd.to_datetime(known, errors="coerce", format=form, dayfirst=day_first)
    if isinstance(read.dtype, pd.DatetimeTZDtype):
        read = read.dt.tz_localize(None)
    return read.astype("datetime64[us]").reindex(texts.index)
