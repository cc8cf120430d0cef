"""A source added by text: all other bytes stay, and what cannot be done so is refused."""

from pathlib import Path

import pytest
import yaml

from playbook.errors import ParameterError
from playbook.params.insertion import (
    add_source,
    take_source,
    with_arrival,
    with_source,
    without_source,
)

PARAMS = Path(__file__).parents[2] / "params"
ENTRY = {
    "table": "channel_daily",
    "platform": "ga4",
    "files": "ga4/*",
    "channels": {"google / cpc": "search"},
}
BLOCK = """  ga4:
    table: "channel_daily"
    platform: "ga4"
    files: "ga4/*"
    channels: {"google / cpc": "search"}
"""
BEFORE = """# 双十一
name: "Spring"   # keep me
sources:         # where the numbers lie
  # the search account
  google:
    table: "channel_daily"
    files: "google/*.csv"   # FILL IN
    # channel: "search"
"""
AFTER = """
# Gross profit
business:
  margin: 0.4
"""


def test_entry_is_put_at_the_end_of_the_sources_and_nothing_else_changes() -> None:
    assert with_source(BEFORE + AFTER, "ga4", ENTRY) == BEFORE + BLOCK + AFTER


@pytest.mark.parametrize("campaign", ["autumn-launch", "double11"])
def test_sample_campaigns_take_a_source_and_keep_every_line(campaign: str) -> None:
    text = (PARAMS / campaign / "campaign.yml").read_text(encoding="utf-8")
    made = with_source(text, "ga4", ENTRY)
    assert made is not None
    assert made.replace(BLOCK, "", 1) == text


def test_last_line_without_an_end_gets_one() -> None:
    assert with_source(BEFORE.rstrip("\n"), "ga4", ENTRY) == BEFORE + BLOCK


def test_file_without_sources_gets_the_key() -> None:
    assert with_source('name: "Spring"\n', "ga4", ENTRY) == 'name: "Spring"\n\nsources:\n' + BLOCK


def test_windows_line_ends_stay() -> None:
    made = with_source(BEFORE.replace("\n", "\r\n"), "ga4", ENTRY)
    assert made == (BEFORE + BLOCK).replace("\n", "\r\n")


def test_last_source_written_in_one_line_or_over_many_is_passed_as_a_whole() -> None:
    text = 'sources:\n    a: {table: "orders",\n        files: "x"}\n\nbudget: {a: 1}\n'
    made = with_source(text, "ga4", ENTRY)
    assert made is not None
    assert yaml.safe_load(made)["sources"].keys() == {"a", "ga4"}
    assert made.startswith(
        'sources:\n    a: {table: "orders",\n        files: "x"}\n    ga4:\n      table'
    )


@pytest.mark.parametrize(
    "text", ["sources: {a: {files: x}}\n", "{sources: {a: {files: x}}}\n", "sources:\n"]
)
def test_sources_in_one_line_are_refused_with_the_entry_to_paste(text: str, tmp_path: Path) -> None:
    file = tmp_path / "campaign.yml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ParameterError, match=r'Add it yourself: ga4: .*"platform": "ga4"'):
        add_source(file, "ga4", ENTRY)
    assert file.read_text(encoding="utf-8") == text


def test_file_is_written_whole(tmp_path: Path) -> None:
    file = tmp_path / "campaign.yml"
    file.write_text(BEFORE + AFTER, encoding="utf-8")
    add_source(file, "ga4", ENTRY)
    assert file.read_text(encoding="utf-8") == BEFORE + BLOCK + AFTER
    assert [one.name for one in tmp_path.iterdir()] == ["campaign.yml"]


ARRIVAL = {"at": "2026-11-01T10:00:00"}


def arrivals(text: str, source: str) -> list[str]:
    return list(yaml.safe_load(text)["sources"][source].get("imported", {}))


BLOCKS = """sources:
  a:
    table: "orders"   # kept
    files: "x"
  # of b
  b:
    table: "orders"
    files: "y"
budget: {a: 1}
"""


def test_the_moment_of_an_import_stands_below_its_source_and_the_last_one_last() -> None:
    text = with_arrival(BLOCKS, "a", "r (1).csv", ARRIVAL)
    assert text is not None
    text = with_arrival(text, "a", "s.csv", ARRIVAL)
    assert text is not None
    assert arrivals(text, "a") == ["r (1).csv", "s.csv"]
    again = with_arrival(text, "a", "r (1).csv", {"at": "2026-11-02T10:00:00"})
    assert again is not None
    assert arrivals(again, "a") == ["s.csv", "r (1).csv"]
    assert again.count("imported:") == 1
    assert '    table: "orders"   # kept\n' in again


def test_what_is_taken_away_leaves_no_empty_key() -> None:
    text = with_arrival(BLOCKS, "b", "r.csv", ARRIVAL)
    assert text is not None
    assert with_arrival(text, "b", "r.csv", {}) == BLOCKS


def test_the_moment_of_a_source_in_one_line_is_refused() -> None:
    assert with_arrival('sources:\n  a: {table: "orders"}\n', "a", "r.csv", ARRIVAL) is None


def test_a_source_goes_with_its_lines_and_the_others_stay() -> None:
    text = without_source(BLOCKS, "b")
    assert text == BLOCKS.replace('  b:\n    table: "orders"\n    files: "y"\n', "")


def test_the_only_source_cannot_be_taken_out(tmp_path: Path) -> None:
    file = tmp_path / "campaign.yml"
    file.write_text('sources:\n  a:\n    table: "orders"\n', encoding="utf-8")
    with pytest.raises(ParameterError, match="cannot be taken out without rewriting the file"):
        take_source(file, "a")
