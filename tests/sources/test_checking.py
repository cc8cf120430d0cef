"""What `check` tells of the data, how grave it is, and what parameters can accept."""

from pathlib import Path

import pytest

from playbook.errors import Problem
from tests.workspace import ADS, HEAD, Workspace, ads


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def of(problems: list[Problem], severity: str) -> list[str]:
    return [str(problem) for problem in problems if problem.severity == severity]


def test_clean_data_tell_nothing(space: Workspace) -> None:
    space.put("ads/a.csv", ads("01,Brand,100,10,5,1,50"))
    assert space.check() == []


def test_the_gravest_comes_first(space: Workspace) -> None:
    space.put("ads/a.csv", ads("01,Brand,5,10,5,1,50", "02,Brand,9,1,free,0,0", "03,B,1,1,1,1,1"))
    space.put("ads/b.csv", ads("03,B,1,1,1,1,1"))
    assert [problem.severity for problem in space.check()] == ["error", "warning", "note", "note"]


@pytest.mark.parametrize(
    ("row", "code", "accepted"),
    [
        ("01,Brand,5,10,5,1,50", "clicks-above-impressions", "clicks must not exceed impressions"),
        ("01,Brand,50,10,5,-1,50", "below-zero", "conversions is below zero"),
    ],
)
def test_what_is_odd_is_a_warning_until_parameters_accept_it_with_a_reason(
    space: Workspace, row: str, code: str, accepted: str
) -> None:
    space.put("ads/a.csv", ads(row))
    [warning] = space.check()
    assert (warning.severity, warning.code) == ("warning", code)
    assert f"accept: {{{code}: reason}}" in warning.remedy
    space.write(ADS, f'accept: {{{code}: "video views are clicks here"}}\n')
    [note] = space.check()
    assert note.severity == "note"
    assert note.rule == f"{accepted} (accepted: video views are clicks here)"


def test_an_unreadable_count_is_an_error_that_no_parameter_accepts(space: Workspace) -> None:
    space.put("ads/a.csv", ads("01,Brand,many,10,5,1,50"))
    [error] = of(space.check(), "error")
    assert "line 2, impressions is 'many': is no number" in error
    assert "The row stays without this cell" in error


def test_a_source_that_loses_more_than_a_twentieth_of_its_spend_fails(space: Workspace) -> None:
    foreign = "2026-10-02,Brand,EUR,100,1,6,0,0\n"
    space.put("ads/a.csv", ads("01,Brand,100,10,94,1,50") + foreign)
    [loss, rule] = of(space.check(), "error")
    assert loss.startswith("sources.ads: spend is '6.00 of 100.00': 6% of it is set aside")
    assert "is not the campaign's currency USD" in rule


def test_a_source_that_loses_less_is_told_by_its_rows_only(space: Workspace) -> None:
    foreign = "2026-10-02,Brand,EUR,100,1,4,0,0\n"
    space.put("ads/a.csv", ads("01,Brand,100,10,96,1,50") + foreign)
    assert ["set aside" in line for line in of(space.check(), "error")] == [False]


def test_what_a_later_file_replaces_is_no_loss(space: Workspace) -> None:
    space.put("ads/a.csv", ads("01,Brand,100,10,50,1,50"))
    space.put("ads/b.csv", ads("01,Brand,100,10,50,1,50"))
    assert of(space.check(), "error") == []


def test_a_month_without_any_row_fails_and_names_the_days_that_there_are(space: Workspace) -> None:
    space.put("ads/a.csv", ads("01,Brand,100,10,5,1,50").replace("2026-10-", "2026-09-"))
    [error] = of(space.check(), "error")
    assert "month is '2026-10': has no row; the data tell 2026-09-01 … 2026-09-01" in error


def test_rows_outside_of_the_month_are_a_note(space: Workspace) -> None:
    other = "2026-09-30,Brand,USD,100,1,6,0,0\n"
    space.put("ads/a.csv", ads("01,Brand,100,10,94,1,50") + other)
    [note] = of(space.check(), "note")
    assert "1 rows are of the month, 1 of other days (2026-09-30 … 2026-10-01)" in note


OWN = '  own: {table: "channel_daily", files: "own/*", mapping: "own.yml", channel: "search"}\n'
MAPPING = 'name: "Own"\ntable: "channel_daily"\ncolumns:\n  date: ["Day"]\n  spend: ["Cost"]\n'


def test_a_mapping_with_a_header_that_no_file_has_fails(space: Workspace) -> None:
    space.write(OWN)
    file = space.params / "spring" / "own.yml"
    file.write_text(f'{MAPPING}  clicks: ["Klicks"]\n', encoding="utf-8")
    space.put("own/a.csv", "Day,Cost,Clicks\n2026-10-01,5,1\n")
    [error] = of(space.check(), "error")
    assert "spring/own.yml: columns.clicks is 'Klicks': names a header that no file" in error


def test_a_line_left_to_fill_in_fails_and_its_explanation_does_not(space: Workspace) -> None:
    space.write(OWN)
    file = space.params / "spring" / "own.yml"
    file.write_text(f"# Look at each line marked FILL IN\n{MAPPING}", encoding="utf-8")
    space.put("own/a.csv", "Day,Cost,Clicks\n2026-10-01,5,1\n")
    assert of(space.check(), "error") == []
    marked = MAPPING.replace('["Cost"]', '["Cost"]    # FILL IN: for example 5')
    file.write_text(marked, encoding="utf-8")
    [error] = of(space.check(), "error")
    assert "own.yml: line 5: is still marked FILL IN (1 lines)" in error


def test_a_file_without_rows_is_told(space: Workspace) -> None:
    space.put("ads/a.csv", HEAD)
    assert "holds no rows" in of(space.check(), "error")[0]


def test_a_last_day_on_which_the_file_came_in_is_told_as_a_part(space: Workspace) -> None:
    entry = """  ads:
    table: "channel_daily"
    files: "ads/*"
    platform: "google-ads"
    channel: "search"
    imported: {"a.csv": {at: "2026-10-02T09:00:00"}, "b.csv": {at: "2026-10-05T09:00:00"}}
"""
    space.write(entry)
    space.put("ads/a.csv", ads("01,Brand,100,10,5,1,50", "02,Brand,40,4,2,0,0"))
    space.put("ads/b.csv", ads("03,Brand,100,10,5,1,50"))
    [note] = of(space.check(), "note")
    assert note.startswith("spring/ads/a.csv: last day is '2026-10-02': is the day on which")
