"""What a new campaign is given."""

from datetime import date
from pathlib import Path

import pytest

from playbook import params
from playbook.errors import PlaybookError
from playbook.params import skeleton


def test_skeleton_passes_the_check(tmp_path: Path) -> None:
    skeleton.write("autumn-2", "2027-02", tmp_path)
    found = params.load("autumn-2", "2027-02", tmp_path / "params")
    assert found.goals["revenue"].deadline == date(2027, 2, 28)


def test_skeleton_overwrites_nothing(tmp_path: Path) -> None:
    skeleton.write("autumn", "2027-02", tmp_path)
    with pytest.raises(PlaybookError, match="exists already"):
        skeleton.write("autumn", "2027-02", tmp_path)


@pytest.mark.parametrize(
    ("campaign", "period"), [("Autumn", "2027-02"), ("autumn", "2027-2"), ("../x", "2027-02")]
)
def test_skeleton_refuses_what_is_no_id_or_month(
    tmp_path: Path, campaign: str, period: str
) -> None:
    with pytest.raises(PlaybookError):
        skeleton.write(campaign, period, tmp_path)
