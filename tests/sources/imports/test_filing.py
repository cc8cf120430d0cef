"""Where an imported file goes, and that none is ever written over."""

from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from playbook.params.model import Source
from playbook.sources.imports.filing import place, put, source_for
from tests.stages.shop import campaign

WANTED = {"table": "channel_daily", "platform": "ga4"}


def source(**changes: Any) -> Source:
    return Source.model_validate({"id": "ads", "files": "ads/*.csv"} | WANTED | changes)


@pytest.fixture
def download(tmp_path: Path) -> Path:
    file = tmp_path / "download.csv"
    file.write_text("new", encoding="utf-8")
    return file


def test_a_file_keeps_its_name_in_the_folder_of_its_source(download: Path, tmp_path: Path) -> None:
    found = place(source(), download, tmp_path / "data")
    assert (found.target, found.there, found.displaced) == (
        PurePosixPath("ads/download.csv"),
        False,
        "",
    )


def test_the_same_bytes_are_there_already_and_others_are_numbered(
    download: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "data"
    put(download, folder / "ads" / "download.csv")
    assert place(source(), download, folder).there
    download.write_text("newer", encoding="utf-8")
    found = place(source(), download, folder)
    assert (found.target.name, found.there) == ("download (1).csv", False)
    assert found.displaced == str(folder / "ads" / "download.csv")
    put(download, folder / found.target)
    download.write_text("newest", encoding="utf-8")
    assert place(source(), download, folder).target.name == "download (2).csv"


def test_a_file_is_never_written_over(download: Path, tmp_path: Path) -> None:
    target = tmp_path / "deep" / "target.csv"
    put(download, target)
    download.write_text("other", encoding="utf-8")
    with pytest.raises(FileExistsError):
        put(download, target)
    assert target.read_text(encoding="utf-8") == "new"


@pytest.mark.parametrize(
    ("given", "id"),
    [
        ({"files": "ads/*.csv"}, "any"),
        ({"files": "ads/*.xlsx"}, "ga4"),
        ({"files": "*/*.csv"}, "ga4"),
        ({"files": "ads/download.csv"}, "ga4"),
        ({"files": "ads/*.csv", "channel": "search"}, "ga4"),
        ({"files": "ads/*.csv", "platform": "baidu"}, "ga4"),
    ],
)
def test_a_source_that_says_the_same_and_takes_the_name_is_used_again(
    download: Path, given: dict[str, Any], id: str
) -> None:
    where = campaign(sources={"any": WANTED | given})
    found = source_for(where, WANTED, download, "ga4")
    assert found.id == id
    assert found.files == (given["files"] if id == "any" else "ga4/*")


def test_a_new_source_takes_a_name_that_is_free(download: Path) -> None:
    taken = {"ga4": {"table": "orders", "files": "a.csv"}}
    wanted = WANTED | {"channel": "search"}
    assert source_for(campaign(sources=taken), WANTED, download, "ga4").id == "ga4-2"
    assert source_for(campaign(sources=taken), wanted, download, "ga4").id == "ga4-search"
