"""Where a market series moves once its season is taken out."""

from datetime import date
from functools import lru_cache

import numpy as np
import pandas as pd
from scipy import special

from playbook.methods.days import in_period

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

ALPHA = 0.05
FEWEST_STEPS = 10
"""Below ten steps no trend is tested."""

YEAR, WEEK = 365.25, 7
MOST_FILLED = 0.1
"""Share of missing steps up to which they are filled in a straight line before the season is taken
out."""

CLEAR_SEASON = 0.64
"""Strength from which a season counts as one; below it what STL calls season is noise of few
years."""

SAME_EVERY_YEAR = 10001
"""Seasonal smoother of STL so long that every year has the same season: two or three years show no
change in it."""

MOST_MONTHS = 36
COLUMNS = [
    "series_id",
    "unit",
    "first_day",
    "last_day",
    "steps",
    "actual",
    "previous",
    "change",
    "last_year",
    "change_year",
    "slope_year",
    "pvalue",
    "direction",
    "peak_month",
    "method",
]


def trends(
    market_series: pd.DataFrame, now: tuple[date, date], before: tuple[date, date]
) -> pd.DataFrame:
    """Summarise every series up to the end of the period.

    Args:
        market_series: The canonical table; steps of a day, a week or a month.
        now: First and last day of the period.
        before: First and last day of the period before.

    Returns:
        One row per series, in the order of the table: series_id, unit, first_day, last_day, steps,
        actual (mean step of the period), previous, change (share of previous), last_year (same
        month), change_year, slope_year (Sen's slope as a share of the level per year), pvalue (of
        no trend), direction (rising, falling, no_trend, unknown), peak_month (code m01 to m12;
        empty below two years or without a clear season), method (stl: season taken out; no_season:
        none is clear; plain: too short to tell). NaN where the steps are not there.
    """
    until_now = market_series[market_series["date"].le(pd.Timestamp(now[1]))].dropna(
        subset=["value"]
    )
    rows = [
        _row(str(series), part.sort_values("date"), now, before)
        for series, part in until_now.groupby("series_id", sort=False)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def monthly(market_series: pd.DataFrame, until: date) -> pd.DataFrame:
    """Return each series by month, at most three years of it.

    Returns:
        One row per series and month: series_id, date (first day of the month), value (mean step),
        trend (mean of the series without its season and noise; NaN where it is too short to tell),
        trend_index (the trend as a per cent of its first month).
    """
    until_then = market_series[market_series["date"].le(pd.Timestamp(until))].dropna(
        subset=["value"]
    )
    parts = [
        _months(str(series), part.sort_values("date"))
        for series, part in until_then.groupby("series_id", sort=False)
    ]
    columns = ["series_id", "date", "value", "trend", "trend_index"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def season_length(days: pd.DatetimeIndex) -> int:
    """Return the steps of a season: a year where two are there, else a week of daily steps.

    0 for none.
    """
    steps = np.diff(days.to_numpy()) / np.timedelta64(1, "D")
    if not len(steps):
        return 0
    step = float(np.median(steps))
    year = round(YEAR / step)
    if year > 1 and len(days) >= 2 * year:
        return year
    return WEEK if step == 1 and len(days) >= 2 * WEEK else 0


def parts(values: pd.Series) -> pd.DataFrame:
    """Split a series into trend, season and rest.

    Args:
        values: One value per step, indexed by day, in order.

    Returns:
        One row per step: trend, season, rest, which add up to the series. The season is 0 where it
        is not clear; the trend is NaN where fewer than two seasons are there or more than a tenth
        of the steps is missing.

    Source:
        Cleveland, Cleveland, McRae & Terpenning (1990), STL: A seasonal-trend decomposition
        procedure based on loess, Journal of Official Statistics 6; robust form, periodic season.
        Strength of season: Wang, Smith & Hyndman (2006), Data Mining and Knowledge Discovery 13.
    """
    days = pd.DatetimeIndex(values.index)
    period = season_length(days)
    whole = _filled(values) if period else values
    if not period or whole.isna().any():
        return pd.DataFrame({"trend": np.nan, "season": 0.0, "rest": values})
    trend, seasonal, rest = _fitted(whole.to_numpy(dtype="float64").tobytes(), period)
    together = seasonal + rest
    is_clear = rest.var() <= (1 - CLEAR_SEASON) * together.var()
    season = seasonal if is_clear else np.zeros(len(whole))
    split = pd.DataFrame(
        {"trend": trend, "season": season, "rest": together - season}, index=whole.index
    )
    return split.reindex(days)


@lru_cache(maxsize=32)
def _fitted(numbers: bytes, period: int) -> tuple[Array, Array, Array]:
    """Fit STL to the bytes of floats: trend, season, rest.

    The summary of a series and its months ask for the same fit.
    """
    from statsmodels.tsa.seasonal import STL  # here, because it takes seconds to import

    window = period + 1 + period % 2
    values = np.frombuffer(numbers).copy()
    fitted = STL(values, period=period, seasonal=SAME_EVERY_YEAR, trend=window, robust=True).fit()
    return fitted.trend, fitted.seasonal, fitted.resid


def sen_slope(values: Array) -> float:
    """Return the median slope per step over all pairs of steps.

    Source:
        Sen (1968), Estimates of the regression coefficient based on Kendall's tau, JASA 63.
    """
    first, second = np.triu_indices(len(values), 1)
    return float(np.median((values[second] - values[first]) / (second - first)))


def mann_kendall(values: Array) -> float:
    """Return the two-sided p-value of no monotonic trend, for steps that depend on the step before.

    The variance of S is raised by the number of steps over their effective number, as for an AR(1)
    process whose coefficient is estimated from the residuals about Sen's line and corrected for its
    bias; never lowered.

    Args:
        values: One per step, in order, at least five, none missing.

    Source:
        Mann (1945), Econometrica 13; Kendall (1975), Rank correlation methods, 4th ed. (ties); Yue
        & Wang (2004), Water Resources Management 18 (effective sample size); Marriott & Pope
        (1954), Biometrika 41 (bias).
    """
    n = len(values)
    first, second = np.triu_indices(n, 1)
    score = np.sign(values[second] - values[first]).sum()
    ties = np.unique(values, return_counts=True)[1]
    variance = (n * (n - 1) * (2 * n + 5) - (ties * (ties - 1) * (2 * ties + 5)).sum()) / 18
    if variance <= 0:
        return 1.0
    z = (score - np.sign(score)) / np.sqrt(variance * _inflation(values))
    return float(2 * special.ndtr(-abs(z)))


def _inflation(values: Array) -> float:
    """Return steps over effective steps."""
    n = len(values)
    away = values - sen_slope(values) * np.arange(n)
    away = away - away.mean()
    total = (away**2).sum()
    if total <= 0:
        return 1.0
    rho = (n * (away[1:] * away[:-1]).sum() / total + 1) / (n - 4)
    lags = np.arange(1, n)
    return float(1 + 2 * ((1 - lags / n) * np.clip(rho, 0.0, 0.99) ** lags).sum())


def _filled(values: pd.Series) -> pd.Series:
    """Return the series on all its steps; gaps are filled in a straight line where they are few."""
    days = pd.DatetimeIndex(values.index)
    step = np.median(np.diff(days.to_numpy()))
    if step > np.timedelta64(27, "D"):
        return values
    whole = values.reindex(pd.date_range(days[0], days[-1], freq=pd.Timedelta(step)))
    return whole.interpolate("time") if whole.isna().mean() <= MOST_FILLED else whole


def _scaled(values: pd.Series) -> tuple[pd.Series, bool]:
    """Return the series in logarithms if it can be, and whether it is."""
    positive = bool(values.gt(0).all())
    return (np.log(values) if positive else values), positive


def _row(
    series: str, part: pd.DataFrame, now: tuple[date, date], before: tuple[date, date]
) -> tuple[object, ...]:
    values = part.set_index("date")["value"]
    actual, previous = (in_period(part, *days)["value"].mean() for days in (now, before))
    year_ago = [(pd.Timestamp(day) - pd.DateOffset(years=1)).date() for day in now]
    last_year = in_period(part, year_ago[0], year_ago[1])["value"].mean()
    scaled, in_logs = _scaled(values)
    split = parts(scaled)
    slope, pvalue, direction = _trend(scaled - split["season"], in_logs=in_logs)
    return (
        series,
        part["unit"].dropna().iloc[0] if part["unit"].notna().any() else "",
        values.index[0],
        values.index[-1],
        float(len(values)),
        actual,
        previous,
        _change(actual, previous),
        last_year,
        _change(actual, last_year),
        slope,
        pvalue,
        direction,
        _peak(split),
        _method(split),
    )


def _change(actual: float, base: float) -> float:
    return actual / base - 1 if base > 0 else float("nan")


def _trend(adjusted: pd.Series, *, in_logs: bool) -> tuple[float, float, str]:
    """Return slope a year as a share of the level, p-value and direction."""
    values = adjusted.to_numpy(dtype="float64")
    if len(values) < FEWEST_STEPS:
        return float("nan"), float("nan"), "unknown"
    days = pd.DatetimeIndex(adjusted.index).to_numpy()
    steps_a_year = YEAR / float(np.median(np.diff(days) / np.timedelta64(1, "D")))
    slope, pvalue = sen_slope(values) * steps_a_year, mann_kendall(values)
    share = float(np.expm1(slope)) if in_logs else _over_level(slope, float(np.median(values)))
    if pvalue >= ALPHA or not slope:
        return share, pvalue, "no_trend"
    return share, pvalue, "rising" if slope > 0 else "falling"


def _over_level(slope: float, level: float) -> float:
    return slope / abs(level) if level else float("nan")


def _peak(split: pd.DataFrame) -> str:
    """Return the code of the month with the highest season; empty where the season is no year."""
    days = pd.DatetimeIndex(split.index)
    if not split["season"].any() or season_length(days) <= WEEK:
        return ""
    return f"m{split['season'].groupby(days.strftime('%m')).mean().idxmax()}"


def _method(split: pd.DataFrame) -> str:
    if split["trend"].isna().all():
        return "plain"
    return "stl" if split["season"].any() else "no_season"


def _months(series: str, part: pd.DataFrame) -> pd.DataFrame:
    values = part.set_index("date")["value"]
    scaled, in_logs = _scaled(values)
    level = parts(scaled)["trend"]
    table = pd.DataFrame({"value": values, "trend": np.exp(level) if in_logs else level})
    by_month = table.groupby(pd.DatetimeIndex(table.index).to_period("M").to_timestamp()).mean()
    last = by_month.tail(MOST_MONTHS).rename_axis("date").reset_index()
    first = last["trend"].bfill().iloc[0]
    return last.assign(
        series_id=series, trend_index=100 * last["trend"] / (first if first > 0 else np.nan)
    )
