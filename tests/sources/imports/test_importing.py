"""From a downloaded file to a source of the parameters: what it is, where it goes, what is written."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml

from playbook import params
from playbook.errors import PlaybookError
from playbook.params import Campaign
from playbook.sources.imports.importing import (
    Import,
    carry_out,
    channel_of,
    channels_given,
    kind_of,
    mapping_name,
    must_bring_rows,
    own_mapping,
    plan,
    slug,
)
from tests.workspace import ADS, Workspace

EXPORT = Path(__file__).parents[2] / "data" / "exports" / "google-ads" / "campaign_en_daily.csv"
CANONICAL = "date,channel,campaign_unit,impressions,clicks,spend\n2026-10-01,search,a,100,10,5\n"
MAPPING = """name: "Our shop"
table: "channel_daily"
signs:
  - ["Shop day", "Shelf", "Looks"]
columns:
  date: ["Shop day"]
  campaign_unit: ["Shelf"]
  impressions: ["Looks"]
"""
OWN = "Shop day,Shelf,Looks\n2026-10-01,top,7\n"
IN_LINES = (
    "  ads:\n"
    '    table: "channel_daily"\n'
    '    files: "ads/*"\n'
    '    platform: "google-ads"\n'
    '    channel: "search"\n'
)
NOON = dt.datetime(2026, 11, 2, 12, 30, 5)


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "work", IN_LINES)


@pytest.fixture
def beside(space: Workspace) -> Path:
    return space.params / "spring"


def file(folder: Path, text: str, name: str = "day.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def planned(space: Workspace, given: Path, *replaces: str, **kind: Any) -> Import:
    wanted = kind or {"table": "channel_daily", "platform": "google-ads", "channel": "search"}
    return plan(
        given, wanted, space.campaign, space.params / "spring", space.data / "spring", replaces
    )


def test_a_file_is_of_the_platform_of_its_headers_or_canonical_or_unknown(
    tmp_path: Path, beside: Path
) -> None:
    assert kind_of(EXPORT, "", beside) == {"table": "channel_daily", "platform": "google-ads"}
    assert kind_of(file(tmp_path, CANONICAL), "", beside) == {"table": "channel_daily"}
    assert kind_of(file(tmp_path, "Mood,Moon\n1,2\n"), "", beside) is None


def test_a_mapping_of_the_team_that_knows_the_file_goes_before_unless_it_is_still_open(
    tmp_path: Path, beside: Path
) -> None:
    given = file(tmp_path, OWN)
    mapping = file(beside, MAPPING, "shelf.yml")
    assert own_mapping(given, beside) == "shelf.yml"
    assert kind_of(given, "", beside) == {"table": "channel_daily", "mapping": "shelf.yml"}
    assert mapping_name(given, beside) == "shelf.yml"
    mapping.unlink()
    assert own_mapping(given, beside) == ""


def test_what_a_person_chose_counts_and_a_platform_that_is_none_is_refused(
    tmp_path: Path, beside: Path
) -> None:
    file(beside, MAPPING, "shelf.yml")
    given = file(tmp_path, CANONICAL)
    assert kind_of(given, "shelf.yml", beside) == {"table": "channel_daily", "mapping": "shelf.yml"}
    with pytest.raises(
        PlaybookError, match=r"'google-add': is none of .*Did you mean google-ads\?"
    ):
        kind_of(given, "google-add", beside)


def two_channels(campaign: Campaign) -> list[str]:
    return sorted(campaign.channels)


def test_the_channel_is_said_by_the_rows_by_the_same_platform_or_by_a_person(
    space: Workspace, tmp_path: Path, beside: Path
) -> None:
    campaign = space.campaign
    assert two_channels(campaign) == ["mail", "search"]
    canonical = {"table": "channel_daily"}
    assert channel_of(canonical, file(tmp_path, CANONICAL), campaign, beside) == ""
    google = {"table": "channel_daily", "platform": "google-ads"}
    assert channel_of(google, EXPORT, campaign, beside) == "search"
    file(beside, MAPPING, "shelf.yml")
    shelf = {"table": "channel_daily", "mapping": "shelf.yml"}
    assert channel_of(shelf, file(tmp_path, OWN), campaign, beside) is None


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ([], {}),
        ([""], {}),
        (["search"], {"channel": "search"}),
        (["google / cpc=search"], {"channels": {"google / cpc": "search"}}),
        (["a=b=search", "m=mail"], {"channels": {"a=b": "search", "m": "mail"}}),
    ],
)
def test_channels_are_read_as_a_person_gives_them(
    space: Workspace, given: list[str], read: dict[str, object]
) -> None:
    assert channels_given(given, space.campaign) == read


@pytest.mark.parametrize(
    "given", [["radio"], ["a=radio"], ["search", "mail"], ["search", "a=mail"]]
)
def test_a_channel_that_is_none_or_two_for_all_rows_are_refused(
    space: Workspace, given: list[str]
) -> None:
    with pytest.raises(PlaybookError, match="must be one of search, mail, or NAME=ID"):
        channels_given(given, space.campaign)


def test_planning_writes_nothing_and_carrying_out_files_the_copy_and_says_when(
    space: Workspace, beside: Path
) -> None:
    before = (beside / "campaign.yml").read_text(encoding="utf-8")
    coming = planned(space, EXPORT)
    assert (coming.source.id, coming.is_new, coming.is_last) == ("ads", False, False)
    assert (beside / "campaign.yml").read_text(encoding="utf-8") == before
    assert not list(space.data.rglob("*.csv"))
    assert carry_out(coming, beside, space.data / "spring", NOON)
    assert (space.data / "spring" / "ads" / EXPORT.name).read_bytes() == EXPORT.read_bytes()
    said = yaml.safe_load((beside / "campaign.yml").read_text(encoding="utf-8"))
    assert said["sources"]["ads"]["imported"] == {EXPORT.name: {"at": "2026-11-02T12:30:05"}}
    assert planned(space, EXPORT).is_last


def test_where_the_moment_cannot_be_written_the_file_comes_in_and_that_is_said(
    space: Workspace, beside: Path
) -> None:
    space.write(ADS)  # the source in one line, which no line of text can be added to
    before = (beside / "campaign.yml").read_text(encoding="utf-8")
    assert not carry_out(planned(space, EXPORT), beside, space.data / "spring", NOON)
    assert (space.data / "spring" / "ads" / EXPORT.name).is_file()
    assert (beside / "campaign.yml").read_text(encoding="utf-8") == before


def test_a_file_of_a_new_kind_brings_its_source(
    space: Workspace, tmp_path: Path, beside: Path
) -> None:
    file(beside, MAPPING, "shelf.yml")
    kind = {"table": "channel_daily", "mapping": "shelf.yml", "channel": "mail"}
    coming = planned(space, file(tmp_path, OWN), **kind)
    assert (coming.source.id, coming.is_new) == ("shelf", True)
    carry_out(coming, beside, space.data / "spring", NOON)
    source = params.load("spring", "2026-10", space.params).sources["shelf"]
    assert (source.mapping, source.channel, source.table) == ("shelf.yml", "mail", "channel_daily")


def test_a_file_takes_the_place_only_of_one_that_is_there(space: Workspace, beside: Path) -> None:
    with pytest.raises(
        PlaybookError, match=r"'old.csv': is no file of the source ads; there are none"
    ):
        planned(space, EXPORT, "old.csv")
    space.put("ads/old.csv", EXPORT.read_text(encoding="utf-8"))
    coming = planned(space, EXPORT, "old.csv")
    carry_out(coming, beside, space.data / "spring", NOON)
    said = yaml.safe_load((beside / "campaign.yml").read_text(encoding="utf-8"))
    assert said["sources"]["ads"]["imported"][EXPORT.name]["replaces"] == ["old.csv"]


def test_a_file_of_which_no_row_would_stay_is_refused_with_its_reasons(
    space: Workspace, tmp_path: Path
) -> None:
    good = planned(space, file(tmp_path, CANONICAL), table="channel_daily")
    must_bring_rows(good.preview)
    radio = CANONICAL.replace("search", "radio")
    other = planned(space, file(tmp_path, radio, "radio.csv"), table="channel_daily")
    with pytest.raises(
        PlaybookError,
        match=r'is no channel of the parameters \(1 rows\).*--channel "radio=ID"',
    ):
        must_bring_rows(other.preview)


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("Ads Report (1)", "ads-report-1"),
        ("日报", "file"),
        ("--a__b--", "a-b"),
        ("x" * 80, "x" * 60),
    ],
)
def test_an_id_is_made_of_a_name(name: str, made: str) -> None:
    assert slug(name) == made


@pytest.mark.parametrize(
    ("name", "mapping"),
    [
        ("Report.csv", "report.yml"),
        ("campaign.csv", "mapping-campaign.yml"),
        ("2026-10.csv", "mapping-2026-10.yml"),
    ],
)
def test_a_mapping_gets_a_free_name_that_means_nothing_else(
    tmp_path: Path, beside: Path, name: str, mapping: str
) -> None:
    given = file(tmp_path, "Mood,Moon\n1,2\n", name)
    assert mapping_name(given, beside) == mapping
    file(beside, "name: [", mapping)
    assert mapping_name(given, beside) == mapping.replace(".yml", "-2.yml")
