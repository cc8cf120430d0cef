"""The charts: each draws columns of one result table and says in words what it shows."""

import base64
import io
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from playbook.report.fonts import drawable
from playbook.report.theme import ACT, GOOD, PALE, PLAIN, theme
from playbook.report.words import Words, is_signed, label, name, unit_of, value
from playbook.stages.shared.schema import Unit

WIDTH = 6.4
MOST_BARS = 12
STYLES: tuple[Any, ...] = ("-", "--", ":", "-.", (0, (5, 1)))
"""How lines are told apart without colour."""

MOST_LINES = len(STYLES)
MOST_DATES = 6
A_SEASON = 120


@dataclass(frozen=True, kw_only=True, slots=True)
class Chart:
    """A drawn figure and the text that stands for it."""

    figure: Figure
    alt: str


def bars(
    words: Words,
    table: pd.DataFrame,
    *,
    x: str,
    y: str | Sequence[str],
    target: str = "",
    signed: bool = False,
) -> Chart:
    """Draw one horizontal bar per row, the twelve that matter most, from the highest to the lowest.

    Args:
        words: Language and names.
        table: One row per bar; rows without `x` are left out.
        x: Numeric column that gives the length.
        y: Column, or columns, that name the bar.
        target: Numeric column drawn as a tick on the bar; rows may lack it.
        signed: Changes: bars to both sides, coloured and hatched by sign, printed with a sign.
    """
    drawn = table.dropna(subset=[x])
    most = drawn.loc[drawn[x].abs().sort_values(ascending=False, kind="stable").index[:MOST_BARS]]
    rows = most.sort_values(x, ascending=False, kind="stable")
    names = _names(words, rows, [y] if isinstance(y, str) else y)
    unit = unit_of(words, x)
    axes = _axes(0.9 + 0.36 * max(len(rows), 1))
    tints = [_tint(length, signed=signed) for length in rows[x]]
    axes.barh(range(len(rows)), rows[x], color=tints, height=0.66, hatch=None)
    texts = [value(words, number, unit, signed=signed) for number in rows[x]]
    _print_values(axes, rows[x], rows[target] if target else rows[x], texts)
    _hatch_below_zero(axes, signed=signed)
    if target:
        axes.plot(
            rows[target],
            range(len(rows)),
            linestyle="",
            marker="|",
            markersize=16,
            mew=2.5,
            color="#1b1f24",
        )
    axes.set_yticks(range(len(rows)), list(map(drawable, names)))
    axes.invert_yaxis()
    axes.margins(x=0.45 if signed else 0.2)
    axes.axvline(0, color="#5f6b76", linewidth=0.8)
    _value_axis(axes, words, "x", x, unit)
    return Chart(figure=_figure(axes), alt=_listing(words, label(words, x), names, texts))


def _tint(length: float, *, signed: bool) -> str:
    if not signed:
        return PLAIN
    return GOOD if length >= 0 else ACT


def lines(
    words: Words, table: pd.DataFrame, *, x: str, y: str | Sequence[str], by: str = ""
) -> Chart:
    """Draw values over days.

    Args:
        words: Language and names.
        table: One row per day (and group).
        x: Date column.
        y: Numeric column, or several columns of one unit, each a line.
        by: Column whose values become lines; the largest five are drawn.
    """
    columns = [y] if isinstance(y, str) else list(y)
    axes = _axes(2.9)
    series = _series(words, table, x, columns, by)
    for index, (text, line) in enumerate(series.items()):
        axes.plot(
            line.index,
            line.to_numpy(),
            linestyle=STYLES[index],
            label=drawable(text),
            linewidth=1.8,
        )
    if len(series) > 1:
        axes.legend(
            frameon=False,
            ncols=min(len(series), 3),
            loc="lower left",
            bbox_to_anchor=(0, 1),
            fontsize=9,
        )
    _date_axis(axes, pd.DatetimeIndex(table[x].drop_duplicates().sort_values()))
    unit = unit_of(words, columns[0])
    axes.set_ylim(bottom=min(0, axes.get_ylim()[0]))
    _value_axis(axes, words, "y", columns[0], unit)
    if len(columns) > 1:
        axes.set_ylabel("")
    texts = [_range(words, line, unit) for line in series.values()]
    return Chart(
        figure=_figure(axes), alt=_listing(words, label(words, columns[0]), list(series), texts)
    )


def intervals(
    words: Words, table: pd.DataFrame, *, x: str, lower: str, upper: str, y: str | Sequence[str]
) -> Chart:
    """Draw estimates with their intervals, one row each, and the line of no difference."""
    rows = table.dropna(subset=[x, lower, upper]).head(MOST_BARS)
    names = _names(words, rows, [y] if isinstance(y, str) else y)
    unit = unit_of(words, x)
    axes = _axes(0.9 + 0.45 * max(len(rows), 1))
    places = range(len(rows))
    axes.plot([rows[lower], rows[upper]], [places, places], "-|", color=PLAIN, lw=2, markersize=8)
    axes.plot(rows[x], range(len(rows)), "o", color=PLAIN)
    signed = is_signed(words, x)
    mids = _texts(words, rows[x], unit, signed=signed)
    lows = _texts(words, rows[lower], unit, signed=signed)
    highs = _texts(words, rows[upper], unit, signed=signed)
    for place, (mid, text) in enumerate(zip(rows[x], mids, strict=True)):
        axes.annotate(
            text, (mid, place), (0, 7), textcoords="offset points", ha="center", fontsize=9
        )
    axes.axvline(0, color="#1b1f24", linewidth=1)
    axes.set_yticks(range(len(rows)), list(map(drawable, names)))
    axes.set_ylim(len(rows) - 0.4, -0.7)
    _value_axis(axes, words, "x", x, unit)
    texts = [f"{mid} ({low} … {high})" for mid, low, high in zip(mids, lows, highs, strict=True)]
    return Chart(figure=_figure(axes), alt=_listing(words, label(words, x), names, texts))


def _texts(words: Words, numbers: pd.Series, unit: Unit, *, signed: bool) -> list[str]:
    return [value(words, number, unit, signed=signed) for number in numbers]


def looks(words: Words, table: pd.DataFrame) -> Chart:
    """Draw the evidence of each look at a running test against the boundary that stops it.

    Args:
        words: Language and names.
        table: One row per look: day, time (0-1), statistic and critical (NaN where no early stop is
            planned).
    """
    axes = _axes(2.9)
    for side in (1, -1):
        axes.plot(
            table["time"],
            side * table["critical"],
            "--",
            color=ACT,
            marker="_",
            markersize=12,
            linewidth=1.2,
        )
    axes.plot(table["time"], table["statistic"], "-o", color=PLAIN, linewidth=1.8)
    axes.axhline(0, color="#5f6b76", linewidth=0.8)
    axes.set_xlim(0, 1.05)
    _value_axis(axes, words, "x", "time", unit_of(words, "time"))
    _value_axis(axes, words, "y", "statistic", unit_of(words, "statistic"))
    texts = [
        f"{value(words, statistic, 'multiple')} (±{value(words, needed, 'multiple')})"
        for statistic, needed in zip(table["statistic"], table["critical"], strict=True)
    ]
    days = [value(words, day, "day") for day in table["day"]]
    return Chart(figure=_figure(axes), alt=_listing(words, label(words, "statistic"), days, texts))


def spark(words: Words, course: pd.Series) -> Chart:
    """Draw a small line without axes, its last point marked.

    Args:
        words: Language and currency.
        course: Money by period, earliest first; missing is a gap.
    """
    theme()
    figure = Figure(figsize=(1.4, 0.35))
    figure.set_layout_engine("none")
    axes = figure.add_axes((0.02, 0.1, 0.96, 0.8))
    axes.plot(range(len(course)), course.to_numpy(), color=PLAIN, linewidth=1.4)
    axes.plot([len(course) - 1], course.to_numpy()[-1:], "o", color=PLAIN, markersize=4)
    axes.set_axis_off()
    texts = [value(words, number, "money") for number in course]
    return Chart(
        figure=figure,
        alt=_listing(words, label(words, "revenue"), list(map(str, course.index)), texts),
    )


def heat(words: Words, table: pd.DataFrame, *, x: str, y: str, color: str) -> Chart:
    """Draw a table of two keys as a map, the value printed in each field; missing stays blank."""
    grid = table.pivot_table(
        index=y, columns=x, values=color, aggfunc="sum", sort=False, min_count=1
    )
    unit = unit_of(words, color)
    texts = grid.map(lambda one: value(words, one, unit) if pd.notna(one) else "")
    axes = _axes(1.1 + 0.4 * len(grid))
    sns.heatmap(
        grid,
        ax=axes,
        cmap="Blues",
        annot=texts,
        fmt="",
        cbar=False,
        linewidths=1,
        annot_kws={"size": 9},
    )
    names = [name(words, str(one), y) for one in grid.index]
    axes.set_yticklabels(list(map(drawable, names)), rotation=0)
    ticks = [value(words, one, unit_of(words, x)) for one in grid.columns]
    axes.set_xticks([place + 0.5 for place in range(len(ticks))], ticks, rotation=30, ha="right")
    axes.set(xlabel="", ylabel="")
    sums = grid.sum(axis="columns")
    listed = [value(words, one, unit) for one in sums]
    return Chart(figure=_figure(axes), alt=_listing(words, label(words, color), names, listed))


def svg(figure: Figure) -> str:
    """Return the figure as a data URI.

    SVG with text as paths, the same bytes for the same figure, and the same as `savefig` writes,
    which draws everything once more to lay it out.
    """
    buffer = io.BytesIO()
    FigureCanvasSVG(figure).print_svg(buffer, metadata={"Date": None, "Creator": None})
    return "data:image/svg+xml;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")


def _axes(height: float) -> Axes:
    theme()
    return Figure(figsize=(WIDTH, height)).add_subplot()


def _figure(axes: Axes) -> Figure:
    figure = axes.get_figure(root=True)
    if figure is None:
        raise ValueError("axes without a figure")
    return figure


def _names(words: Words, rows: pd.DataFrame, columns: Sequence[str]) -> list[str]:
    names = []
    for keys in rows[list(columns)].itertuples(index=False, name=None):
        parts = [name(words, str(key), column) for key, column in zip(keys, columns, strict=True)]
        names.append(" · ".join(filter(None, parts)))
    return names


def _series(
    words: Words, table: pd.DataFrame, x: str, columns: list[str], by: str
) -> dict[str, pd.Series]:
    if not by:
        return {label(words, column): table.set_index(x)[column] for column in columns}
    wide = table.pivot_table(index=x, columns=by, values=columns[0], aggfunc="sum", min_count=1)
    largest = wide.sum().sort_values(ascending=False).head(MOST_LINES).index
    return {name(words, str(row), by): wide[row] for row in largest}


def _print_values(axes: Axes, values: pd.Series, targets: pd.Series, texts: Sequence[str]) -> None:
    """Print each value beyond the end of its bar, and beyond its target.

    On the side away from zero.
    """
    for place, (one, target, text) in enumerate(zip(values, targets, texts, strict=True)):
        end, gap, side = one, -4, "right"
        if one >= 0:
            end, gap, side = np.nanmax([one, target]), 5, "left"
        axes.annotate(
            text,
            (end, place),
            (gap, 0),
            textcoords="offset points",
            ha=side,
            va="center",
            fontsize=9,
        )


def _hatch_below_zero(axes: Axes, *, signed: bool) -> None:
    for patch in axes.patches:
        if signed and patch.get_width() < 0:  # type: ignore[attr-defined]
            patch.set_hatch("///")
            patch.set_edgecolor("white")


def _value_axis(axes: Axes, words: Words, side: str, column: str, unit: Unit) -> None:
    axis = axes.xaxis if side == "x" else axes.yaxis
    axis.set_major_formatter(FuncFormatter(_ticks(words, unit)))
    axis.set_major_locator(MaxNLocator(nbins=3 if side == "x" and unit == "money" else 5))
    axis.set_label_text(label(words, column))
    axes.grid(visible=False, axis="y" if side == "x" else "x")


def _ticks(words: Words, unit: Unit) -> Callable[[float, int | None], str]:
    """Return what prints a tick; each is asked for ten times while a figure is laid out."""
    printed = cache(lambda one: value(words, one, unit) if one else "0")
    return lambda one, _: printed(one)


def _date_axis(axes: Axes, days: pd.DatetimeIndex) -> None:
    """Mark days of the data, the first among them."""
    marked = days[:: max(1, math.ceil(len(days) / MOST_DATES))]
    long = len(days) > 1 and (days[-1] - days[0]).days >= A_SEASON
    axes.set_xticks(marked.to_numpy(), list(marked.strftime("%Y-%m" if long else "%m-%d")))
    axes.margins(x=0.01)
    axes.set_facecolor("white")
    axes.spines["bottom"].set_color(PALE)


def _range(words: Words, line: pd.Series, unit: Unit) -> str:
    if line.dropna().empty:
        return value(words, None, unit)
    return f"{value(words, line.min(), unit)} … {value(words, line.max(), unit)}"


def _listing(words: Words, title: str, names: Sequence[str], texts: Sequence[str]) -> str:
    comma, colon, stop = ("，", "：", "。") if words.language == "zh" else (", ", ": ", ".")
    if not names:
        return title + (colon + "没有数据" if words.language == "zh" else ": no data") + stop
    return (
        title
        + colon
        + comma.join(f"{row} {text}" for row, text in zip(names, texts, strict=True))
        + stop
    )
