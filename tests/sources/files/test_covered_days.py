"""Days that a file states once for all its rows."""

import pandas as pd
import pytest

from playbook.sources.files.covered_days import spread, stated, until
from playbook.sources.files.layout import Period

FIRST = Period(lines=("Date range",), on_first_day=True)


@pytest.mark.parametrize(
    ("lines", "day_first", "days"),
    [
        (["Report", "Date range: 2026-09-01 - 2026-09-30"], False, "2026-09-01/2026-09-30"),
        (["Date range: 2026-09-30 - 2026-09-01"], False, "2026-09-01/2026-09-30"),
        (["Date range: 2026-09-05"], False, "2026-09-05"),
        (["Date range: 03/04/2026"], True, "2026-04-03"),
        (["Date range: 03/04/2026"], False, "2026-03-04"),
        (["Made on 2026-09-30"], False, ""),
        (["Date range: all"], False, ""),
        ([], False, ""),
    ],
)
def test_only_lines_that_state_the_period_count(
    lines: list[str], day_first: bool, days: str
) -> None:
    assert stated(lines, FIRST, day_first=day_first) == days


def test_rows_that_all_bear_the_first_day_are_of_the_whole_period() -> None:
    whole = "2026-09-01/2026-09-30"
    first = pd.Series(["2026-09-01", "2026-09-01"])
    mixed = pd.Series(["2026-09-01", "2026-09-02"])
    assert spread(first, whole, FIRST, day_first=False).tolist() == [whole, whole]
    assert spread(mixed, whole, FIRST, day_first=False) is mixed
    assert spread(first, "2026-09-01", FIRST, day_first=False) is first
    never = Period(lines=("Date range",), on_first_day=False)
    assert spread(first, whole, never, day_first=False) is first


def test_first_and_last_day_are_joined_where_they_differ() -> None:
    days = pd.Series(["2026-09-01", "2026-09-01", "2026-09-01"])
    ends = pd.Series(["2026-09-01", "2026-09-07", " "])
    assert until(days, ends).tolist() == ["2026-09-01", "2026-09-01/2026-09-07", "2026-09-01"]
