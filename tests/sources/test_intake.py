"""In which order the files of a source count."""

from pathlib import Path

from playbook.params.model import Source
from playbook.sources.intake import download_order, in_order, read_all
from tests.workspace import Workspace, ads


def source(**imported: str) -> Source:
    entry = {name.replace("_", "."): {"at": at} for name, at in imported.items()}
    return Source.model_validate(
        {"id": "ads", "table": "channel_daily", "files": "ads/*", "imported": entry}
    )


def ordered(of: Source, *names: str) -> list[str]:
    return [file.name for file in in_order(of, [Path(name) for name in names])]


def test_files_are_ordered_by_the_moment_of_their_import() -> None:
    of = source(b_csv="2026-11-01T10:00:00", a_csv="2026-11-02T10:00:00")
    assert ordered(of, "a.csv", "b.csv") == ["b.csv", "a.csv"]


def test_in_one_second_the_one_that_is_written_last_came_last() -> None:
    of = source(b_csv="2026-11-01T10:00:00", a_csv="2026-11-01T10:00:00")
    assert ordered(of, "a.csv", "b.csv") == ["b.csv", "a.csv"]


def test_files_put_there_by_hand_come_before_and_by_their_names() -> None:
    of = source(a_csv="2026-11-01T10:00:00")
    assert ordered(of, "r 2026-10-30.csv", "a.csv", "r 2026-10-02.csv") == [
        "r 2026-10-02.csv",
        "r 2026-10-30.csv",
        "a.csv",
    ]


def test_a_name_tells_its_last_day() -> None:
    assert str(download_order(Path("Sep 1, 2026 - Sep 30, 2026.csv"))[0].date()) == "2026-09-30"


def test_what_can_be_read_is_read_and_what_is_wrong_with_the_rest_is_told(tmp_path: Path) -> None:
    space = Workspace(tmp_path)
    space.put("ads/a.csv", ads("01,Brand,100,10,5,1,50"))
    space.put("ads/b.csv", "no,such,header\n1,2,3\n")
    reads, problems = read_all(space.campaign, space.data, space.params)
    assert [read.file.name for read in reads] == ["a.csv"]
    assert [Path(problem.file).name for problem in problems] == ["b.csv"]
