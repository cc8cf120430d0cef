"""`playbook sources` and `playbook unimport` as people type them."""

from pathlib import Path

import pytest

from tests.cli.inprocess import playbook
from tests.workspace import Workspace, ads

BLOCK = """  own:
    table: "channel_daily"
    files: "own/*"          # ours
  google-ads:
    table: "channel_daily"
    files: "google-ads/*"
    platform: "google-ads"
    channel: "search"
"""


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "workspace", BLOCK)
    made.put("own/a.csv", "date,channel,impressions\n2026-10-01,mail,5\n")
    for name, row in (("a.csv", "01,Brand,100,10,5,1,50"), ("b.csv", "01,Brand,100,10,6,1,50")):
        (tmp_path / name).write_text(ads(row), encoding="utf-8")
        words = ("import", str(tmp_path / name), "--campaign", "spring", "--yes")
        assert playbook(*words, root=made.root).returncode == 0
    return made


def written(space: Workspace) -> str:
    return (space.params / "spring" / "campaign.yml").read_text(encoding="utf-8")


def test_the_list_names_each_file_and_why_its_rows_do_not_count(space: Workspace) -> None:
    shown = playbook("sources", "spring", root=space.root).stdout
    assert "sources.google-ads" in shown
    assert "google-ads/b.csv" in shown
    assert "1: is replaced by a later file" in shown
    assert "by hand" in shown


def test_a_file_taken_out_is_gone_and_the_earlier_one_counts_again(space: Workspace) -> None:
    assert space.sums("spend") == [6]
    done = playbook("unimport", "b.csv", "--campaign", "spring", "--yes", root=space.root)
    assert done.returncode == 0
    assert not (space.data / "spring" / "google-ads" / "b.csv").exists()
    assert '"b.csv"' not in written(space)
    assert space.sums("spend") == [5]


def test_with_its_last_file_a_source_goes_and_other_lines_stay(space: Workspace) -> None:
    for name in ("a.csv", "b.csv"):
        words = ("unimport", name, "--campaign", "spring", "--yes")
        done = playbook(*words, root=space.root)
    assert "so is the source google-ads" in done.stdout
    assert written(space).endswith('    files: "own/*"          # ours\n')


def test_a_file_that_was_not_imported_is_left(space: Workspace) -> None:
    done = playbook("unimport", "c.csv", "--campaign", "spring", "--yes", root=space.root)
    assert done.returncode == 2
    assert "was not imported; imported are: a.csv, b.csv" in done.stderr


def test_a_name_that_leads_elsewhere_is_no_imported_file(space: Workspace) -> None:
    file = space.params / "spring" / "campaign.yml"
    file.write_text(written(space).replace('"b.csv"', '"../../../keep.txt"'), encoding="utf-8")
    kept = space.root / "keep.txt"
    kept.write_text("mine", encoding="utf-8")
    words = ("unimport", "../../../keep.txt", "--campaign", "spring", "--yes")
    assert playbook(*words, root=space.root).returncode == 2
    assert kept.is_file()


def test_without_a_yes_nothing_goes(space: Workspace) -> None:
    done = playbook("unimport", "b.csv", "--campaign", "spring", root=space.root)
    assert done.returncode == 1
    assert (space.data / "spring" / "google-ads" / "b.csv").is_file()
