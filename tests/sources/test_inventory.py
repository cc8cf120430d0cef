"""Which files a campaign reads, and what makes its tables other ones."""

from pathlib import Path

import pytest

from playbook import params
from playbook.errors import PlaybookError
from playbook.hashes import file_digest
from playbook.params import Campaign
from playbook.sources.inventory import (
    files_of,
    inputs,
    inputs_by_source,
    reading,
    reading_code,
)
from tests.workspace import SPRING

CAMPAIGN = (
    SPRING
    + """sources:
  daily: {table: "channel_daily", files: "ads/*.csv", mapping: "mine.map.yml"}
  posts: {table: "content_plan", files: "posts.csv"}
"""
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for folder in ("params/spring", "data/spring/ads"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "params/spring/campaign.yml").write_text(CAMPAIGN, encoding="utf-8")
    (tmp_path / "params/spring/mine.map.yml").write_text("columns: {}", encoding="utf-8")
    for name in ("ads/b.csv", "ads/a.csv", "posts.csv", "unread.csv"):
        (tmp_path / "data/spring" / name).write_text(name, encoding="utf-8")
    return tmp_path


def campaign(root: Path, period: str = "2026-10") -> Campaign:
    return params.load("spring", period, root / "params")


def test_each_source_lists_its_files_and_its_mapping(root: Path) -> None:
    listed = inputs_by_source(campaign(root), root / "data", root / "params")
    assert listed == {
        "daily": {
            "params/spring/mine.map.yml": file_digest(root / "params/spring/mine.map.yml"),
            "spring/ads/a.csv": file_digest(root / "data/spring/ads/a.csv"),
            "spring/ads/b.csv": file_digest(root / "data/spring/ads/b.csv"),
        },
        "posts": {"spring/posts.csv": file_digest(root / "data/spring/posts.csv")},
    }
    assert list(inputs(campaign(root), root / "data", root / "params")) == [
        "params/spring/mine.map.yml",
        "spring/ads/a.csv",
        "spring/ads/b.csv",
        "spring/posts.csv",
    ]


def test_every_source_without_a_file_is_told_with_what_there_is(root: Path) -> None:
    for file in (root / "data/spring").rglob("*.csv"):
        file.rename(file.with_suffix(".txt"))
    with pytest.raises(PlaybookError) as told:
        inputs_by_source(campaign(root), root / "data", root / "params")
    assert [problem.place for problem in told.value.problems] == [
        "sources.daily.files",
        "sources.posts.files",
    ]
    assert "there are: ads/a.txt, ads/b.txt, posts.txt, unread.txt" in told.value.problems[0].rule


def test_tables_depend_on_channels_currency_zone_and_sources_but_on_no_goal(root: Path) -> None:
    before = reading(campaign(root))
    file = root / "params/spring/campaign.yml"
    for old, new in [
        ('"USD"', '"CNY"'),
        ('"UTC"', '"Asia/Shanghai"'),
        ('posts.csv"', 'posts*.csv"'),
        ("  search: {", "  social: {name: S, kind: paid, owner: s02}\n  search: {"),
    ]:
        file.write_text(CAMPAIGN.replace(old, new), encoding="utf-8")
        assert reading(campaign(root)) != before
    file.write_text(CAMPAIGN.replace("More", "Many"), encoding="utf-8")
    assert reading(campaign(root)) == before


def test_only_a_database_is_read_month_by_month(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_DB", "duckdb:///shop.db")
    assert reading(campaign(root, "2026-09")) == reading(campaign(root))
    file = root / "params/spring/campaign.yml"
    source = '  posts: {table: "content_plan", files: "posts.csv"}'
    database = '  posts: {table: "orders", uri: "${SHOP_DB}"}'
    file.write_text(CAMPAIGN.replace(source, database), encoding="utf-8")
    assert reading(campaign(root, "2026-09")) != reading(campaign(root))


def test_code_that_reads_has_one_hash() -> None:
    assert reading_code() == reading_code(file_digest)
    assert reading_code(lambda file: file.name) != reading_code()


def test_a_link_that_leads_out_is_refused_and_not_read(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "secret.csv"
    outside.write_text("secret", encoding="utf-8")
    (root / "data/spring/ads/link.csv").symlink_to(outside)
    (root / "data/spring/ads/inside.csv").symlink_to(root / "data/spring/unread.csv")
    with pytest.raises(PlaybookError) as caught:
        inputs(campaign(root), root / "data", root / "params")
    [problem] = caught.value.problems
    assert "link.csv: is a symbolic link" in str(problem)
    source = campaign(root).sources["daily"]
    names = [file.name for file in files_of(campaign(root), source, root / "data")]
    assert names == ["a.csv", "b.csv", "inside.csv"]


def test_a_folder_in_place_of_a_file_is_told(root: Path) -> None:
    (root / "data/spring/posts.csv").unlink()
    (root / "data/spring/posts.csv").mkdir()
    with pytest.raises(PlaybookError, match=r"posts\.csv: is a folder, and must be a file"):
        inputs(campaign(root), root / "data", root / "params")
