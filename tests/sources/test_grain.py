"""Weeks and months are known as such, and booked over their days where somebody says so."""

from pathlib import Path

import pandas as pd
import pytest

from playbook.sources.grain import told
from playbook.sources.rules import MONTHLY, WEEKLY
from tests.workspace import Workspace

ENTRY = '  own: {{table: "channel_daily", files: "own.csv", channel: "search"{}}}\n'
WEEKS = "date,impressions,reach,spend\n2026-09-28,70,7,14\n2026-10-05,140,9,7\n2026-10-12,7,1,7\n"


def days(*texts: str) -> pd.Series:
    return pd.Series(pd.to_datetime(list(texts)))


@pytest.mark.parametrize(
    ("texts", "rule"),
    [
        (("2026-09-07", "2026-09-14", "2026-09-21"), WEEKLY),
        (("2026-09-21", "2026-09-07", "2026-09-14", "2026-09-14"), WEEKLY),
        (("2026-09-07", "2026-09-14"), ""),
        (("2026-09-07", "2026-09-14", "2026-09-28"), ""),
        (("2026-09-07", "2026-09-14", "2026-09-15", "2026-09-21"), ""),
        (("2026-12-01", "2027-01-01"), MONTHLY),
        (("2026-09-01", "2026-11-01"), ""),
        (("2026-09-01", "2026-10-02"), ""),
        (("2026-09-01",), ""),
        ((), ""),
    ],
)
def test_weeks_and_months_are_told_by_the_distance_of_all_days(
    texts: tuple[str, ...], rule: str
) -> None:
    assert told(days(*texts)) == rule


def test_a_weekly_file_is_never_read_as_daily_in_silence(tmp_path: Path) -> None:
    space = Workspace(tmp_path, ENTRY.format(""))
    space.put("own.csv", WEEKS)
    tables = space.load()
    assert tables["channel_daily"].empty
    assert set(tables["rejects"]["rule"]) == {WEEKLY}
    assert any("--grain week (grain: of the source)" in problem.remedy for problem in space.check())


def test_a_week_is_booked_evenly_over_its_days_and_that_is_told(tmp_path: Path) -> None:
    space = Workspace(tmp_path, ENTRY.format(', grain: "week"'))
    space.put("own.csv", WEEKS)
    table = space.load()["channel_daily"]
    assert table[["impressions", "spend"]].sum().tolist() == pytest.approx([217, 28])
    october = table[table["date"].ge("2026-10-01")]
    assert len(october) == 4 + 7 + 7
    assert october["spend"].sum() == pytest.approx(14 * 4 / 7 + 7 + 7)
    assert table["reach"].isna().all()
    assert any("booked evenly over its days" in str(problem) for problem in space.check())


def test_a_month_ends_with_its_last_day(tmp_path: Path) -> None:
    space = Workspace(tmp_path, ENTRY.format(', grain: "month"'))
    space.put("own.csv", "date,spend\n2026-09-01,30\n2026-10-01,62\n")
    table = space.load()["channel_daily"]
    assert table["date"].max() == pd.Timestamp("2026-10-31")
    assert table.set_index("date")["spend"].loc["2026-09-30":"2026-10-01"].tolist() == [1, 2]


def test_rows_that_tell_first_and_last_day_are_booked_where_that_is_meant(tmp_path: Path) -> None:
    text = "date,spend\n2026-10-01/2026-10-10,20\n2026-10-12,5\nsoon,7\n"
    space = Workspace(tmp_path, ENTRY.format(""))
    space.put("own.csv", text)
    assert space.sums("spend") == [5]
    space.write(ENTRY.format(', grain: "period"'))
    table = space.load()["channel_daily"]
    assert table["spend"].tolist() == pytest.approx([2.0] * 10 + [5])
    [reject] = space.load()["rejects"].to_dict("records")
    assert (reject["line"], reject["value"]) == (4, "soon")


def test_days_that_are_meant_as_days_stay(tmp_path: Path) -> None:
    space = Workspace(tmp_path, ENTRY.format(', grain: "day"'))
    space.put("own.csv", WEEKS)
    assert space.load()["channel_daily"]["spend"].tolist() == [14, 7, 7]
