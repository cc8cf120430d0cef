"""What charts draw and say, read back from the figure: lengths, order, marks and the words for them."""

import base64
import io
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex

from playbook.report.figures import (
    MOST_BARS,
    MOST_LINES,
    Chart,
    bars,
    heat,
    intervals,
    lines,
    looks,
    spark,
    svg,
)
from playbook.report.theme import ACT, GOOD
from playbook.report.words import Words

RETURNS = Words(language="en", currency="USD", stage="channels", table="returns")
DAILY = Words(language="en", currency="USD", stage="monitoring", table="daily")
DAYS = pd.date_range("2026-10-01", periods=3)


def axes(chart: Chart) -> Axes:
    (only,) = chart.figure.axes
    return only


def lengths(chart: Chart) -> list[float]:
    return [patch.get_width() for patch in axes(chart).patches]  # type: ignore[attr-defined]


def named(chart: Chart) -> list[str]:
    return [text.get_text() for text in axes(chart).get_yticklabels()]


def of_channels(*spend: float | None) -> pd.DataFrame:
    names = [f"c{place}" for place in range(len(spend))]
    return pd.DataFrame({"channel": names, "spend": pd.Series(spend, dtype="float64")})


def test_bars_go_from_the_highest_to_the_lowest_and_one_that_is_missing_is_left_out() -> None:
    chart = bars(RETURNS, of_channels(1.0, None, 3.0, 2.0), x="spend", y="channel")
    assert lengths(chart) == [3.0, 2.0, 1.0]
    assert named(chart) == ["c2", "c3", "c0"]
    assert axes(chart).yaxis_inverted()
    assert chart.alt == "Spend: c2 $3.00, c3 $2.00, c0 $1.00."


def test_of_many_bars_those_that_matter_most_are_drawn_whatever_their_sign() -> None:
    many = of_channels(*range(1, 15), -99.0)
    chart = bars(RETURNS, many, x="spend", y="channel", signed=True)
    assert len(lengths(chart)) == MOST_BARS
    assert lengths(chart)[-1] == -99.0
    assert min(lengths(chart)[:-1]) == 4.0


def test_changes_are_coloured_and_hatched_by_their_sign_and_amounts_are_not() -> None:
    change = bars(RETURNS, of_channels(2.0, -1.0), x="spend", y="channel", signed=True)
    up, down = axes(change).patches
    assert [to_hex(each.get_facecolor()) for each in (up, down)] == [GOOD, ACT]
    assert (up.get_hatch(), down.get_hatch()) == (None, "///")
    assert "c0 +$2.00, c1 −$1.00" in change.alt
    amount = bars(RETURNS, of_channels(2.0, -1.0), x="spend", y="channel")
    assert len({to_hex(each.get_facecolor()) for each in axes(amount).patches}) == 1
    assert [each.get_hatch() for each in axes(amount).patches] == [None, None]


def test_a_target_is_a_mark_on_its_bar_and_the_value_stands_beyond_both() -> None:
    table = of_channels(2.0, 5.0).assign(average_roas=[4.0, np.nan])
    chart = bars(RETURNS, table, x="spend", y="channel", target="average_roas")
    (marks,) = [line for line in axes(chart).lines if line.get_marker() == "|"]
    assert np.array_equal(np.asarray(marks.get_xdata()), [np.nan, 4.0], equal_nan=True)
    ends = {text.get_text(): text.xy[0] for text in axes(chart).texts}  # type: ignore[attr-defined]
    assert ends == {"$5.00": 5.0, "$2.00": 4.0}


@pytest.mark.parametrize(
    ("language", "told"), [("en", "Spend: no data."), ("zh", "花费：没有数据。")]
)
def test_a_chart_of_nothing_says_so(language: str, told: str) -> None:
    words = Words(language=language, currency="USD", stage="channels", table="returns")
    assert bars(words, of_channels(None), x="spend", y="channel").alt == told


def course(**channels: list[float]) -> pd.DataFrame:
    parts = [
        pd.DataFrame({"date": DAYS, "channel": name, "spend": values})
        for name, values in channels.items()
    ]
    return pd.concat(parts, ignore_index=True)


def drawn(chart: Chart) -> dict[str, list[float]]:
    return {
        str(line.get_label()): np.asarray(line.get_ydata()).tolist() for line in axes(chart).lines
    }


def test_each_column_or_group_is_a_line_and_the_words_give_its_range() -> None:
    days = pd.DataFrame({"date": DAYS, "revenue": [3.0, 1.0, 2.0], "spend": [1.0, 1.0, 1.0]})
    both = lines(DAILY, days, x="date", y=["revenue", "spend"])
    assert drawn(both) == {"Revenue": [3.0, 1.0, 2.0], "Spend": [1.0, 1.0, 1.0]}
    assert both.alt == "Revenue: Revenue $1.00 … $3.00, Spend $1.00 … $1.00."
    groups = lines(DAILY, course(a=[1, 2, 3], b=[9, 9, 9]), x="date", y="spend", by="channel")
    assert list(drawn(groups)) == ["b", "a"]


def test_the_five_largest_groups_are_drawn() -> None:
    names = {f"c{size}": [float(size)] * 3 for size in range(1, 8)}
    chart = lines(DAILY, course(**names), x="date", y="spend", by="channel")
    assert list(drawn(chart)) == ["c7", "c6", "c5", "c4", "c3"]
    assert len(drawn(chart)) == MOST_LINES


def test_a_line_of_amounts_stands_on_zero_and_its_dates_are_days_or_months() -> None:
    short = lines(DAILY, course(a=[8, 9, 8]), x="date", y="spend", by="channel")
    assert axes(short).get_ylim()[0] == 0
    assert axes(short).get_xticklabels()[0].get_text() == "10-01"
    months = pd.DataFrame(
        {"date": pd.date_range("2025-01-01", periods=24, freq="MS"), "spend": 1.0}
    )
    long = [
        text.get_text()
        for text in axes(lines(DAILY, months, x="date", y="spend")).get_xticklabels()
    ]
    assert (long[0], len(long)) == ("2025-01", 6)


def test_an_estimate_is_drawn_and_told_with_both_ends() -> None:
    table = pd.DataFrame(
        {
            "channel": ["a", "b"],
            "roas": [2.0, 3.0],
            "roas_low": [1.0, None],
            "roas_high": [4.0, 5.0],
        }
    )
    chart = intervals(RETURNS, table, x="roas", lower="roas_low", upper="roas_high", y="channel")
    assert chart.alt.endswith(": a 2.00 (1.00 … 4.00).")
    ends = np.asarray(axes(chart).lines[0].get_xdata()).tolist()
    assert ends == [1.0, 4.0]


def test_looks_stand_between_both_sides_of_their_boundary() -> None:
    words = Words(language="en", stage="experiments", table="looks")
    table = pd.DataFrame(
        {"day": DAYS[:2], "time": [0.5, 1.0], "statistic": [1.2, -2.5], "critical": [2.9, 2.0]}
    )
    chart = looks(words, table)
    upper, lower, path, _ = (np.asarray(line.get_ydata()).tolist() for line in axes(chart).lines)
    assert (upper, lower) == ([2.9, 2.0], [-2.9, -2.0])
    assert path == [1.2, -2.5]
    assert "Oct 1, 2026 1.20 (±2.90), Oct 2, 2026 −2.50 (±2.00)" in chart.alt


def test_a_small_line_marks_its_last_point_and_leaves_gaps() -> None:
    months = pd.Series([1.0, np.nan, 3.0], index=["2026-08", "2026-09", "2026-10"])
    chart = spark(DAILY, months)
    whole, last = axes(chart).lines
    assert np.isnan(np.asarray(whole.get_ydata(), dtype=float)).tolist() == [False, True, False]
    assert np.asarray(last.get_xdata()).tolist() == [2]
    assert chart.alt == "Revenue: 2026-08 $1.00, 2026-09 –, 2026-10 $3.00."


def test_a_map_prints_sums_and_leaves_what_is_missing_blank() -> None:
    words = Words(language="en", stage="content", table="weeks")
    rows: list[dict[str, Any]] = [
        {"channel": "mail", "week": "2026-10-05", "planned": 2.0},
        {"channel": "mail", "week": "2026-10-05", "planned": 1.0},
        {"channel": "mail", "week": "2026-10-12", "planned": np.nan},
        {"channel": "social", "week": "2026-10-12", "planned": 4.0},
    ]
    chart = heat(words, pd.DataFrame(rows), x="week", y="channel", color="planned")
    assert [text.get_text() for text in axes(chart).texts if text.get_text()] == ["3", "4"]
    assert chart.alt.endswith(": mail 3, social 4.")


def test_a_figure_is_written_as_savefig_writes_it() -> None:
    table = pd.DataFrame({"channel": ["a", "b"], "roas": [1.5, 2.5]})
    once, again = (bars(RETURNS, table, x="roas", y="channel").figure for _ in range(2))
    buffer = io.BytesIO()
    once.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    assert svg(again).endswith(base64.b64encode(buffer.getvalue()).decode("ascii"))
