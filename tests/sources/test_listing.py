"""What has come in, and how much of it counts."""

from datetime import date
from pathlib import Path

import pytest

from playbook.errors import PlaybookError
from playbook.sources.listing import BY_HAND, listed
from tests.workspace import Workspace, ads


def test_each_file_is_listed_with_its_days_and_the_rows_that_count(tmp_path: Path) -> None:
    space = Workspace(tmp_path)
    space.put("ads/a.csv", ads("01,Brand,100,10,5,1,50", "02,Brand,100,10,free,1,50"))
    space.put("ads/b.csv", ads("01,Brand,100,10,6,1,50"))
    first, second = listed(space.campaign, space.data, space.params)
    assert (first.source, first.file, first.rows, first.counting) == ("ads", "ads/a.csv", 2, 0)
    assert (first.first_day, first.last_day) == (date(2026, 10, 1), date(2026, 10, 2))
    assert "1: is replaced by a later file" in first.rest
    assert "1: is no number" in first.rest
    assert (second.counting, second.rest, second.came_in) == (1, "", BY_HAND)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    space = Workspace(tmp_path)
    space.put("ads/b.csv", "no,such,header\n1,2,3\n")
    with pytest.raises(PlaybookError, match="no line has the headers"):
        listed(space.campaign, space.data, space.params)
