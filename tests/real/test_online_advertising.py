"""Three months of a real company's display campaigns through `playbook run`, against sums of its own."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from lxml import html as lxml_html

pytestmark = pytest.mark.real

CAMPAIGN = """
name: {zh: "展示广告", en: "Display advertising"}
language: "en"
currency: "USD"
timezone: "UTC"
objective: "Sales at a sound cost"
channels:
  abc: {name: "Placement abc", kind: "paid", owner: "s01"}
  def: {name: "Placement def", kind: "paid", owner: "s01"}
  ghi: {name: "Placement ghi", kind: "paid", owner: "s01"}
  jkl: {name: "Placement jkl", kind: "paid", owner: "s01"}
  mno: {name: "Placement mno", kind: "paid", owner: "s01"}
  unknown: {name: "Placement not known", kind: "paid", owner: "s01"}
sources:
  display: {table: "channel_daily", files: "display.csv", mapping: "display.yml"}
"""
MONTHS = ("2020-04", "2020-05", "2020-06")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The campaign after `playbook run` over its three months."""
    from tests.real.conftest import FOLDER

    if not FOLDER.is_dir():
        pytest.skip(f"the real data sets are not at {FOLDER}")
    root = tmp_path_factory.mktemp("display")
    (root / "params" / "display").mkdir(parents=True)
    (root / "data" / "display").mkdir(parents=True)
    (root / "params" / "display" / "campaign.yml").write_text(CAMPAIGN, encoding="utf-8")
    shutil.copy(
        Path(__file__).with_name("online_advertising.yml"),
        root / "params" / "display" / "display.yml",
    )
    source = FOLDER / "online-advertising" / "online_advertising_performance_data.csv"
    shutil.copy(source, root / "data" / "display" / "display.csv")
    words = ["run", "display", "--from", MONTHS[0], "--to", MONTHS[-1], "--root", str(root)]
    done = subprocess.run(
        [sys.executable, "-m", "playbook", *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return root


def stored(workspace: Path, month: str, table: str) -> pd.DataFrame:
    return pd.read_parquet(
        workspace / "outputs" / "display" / month / "tables" / f"{table}.parquet"
    )


def daily(workspace: Path) -> pd.DataFrame:
    table = stored(workspace, "2020-06", "canonical/channel_daily")
    return table.assign(
        month=table["date"].dt.month, camp=table["campaign_unit"].str.split(" / ").str[0]
    )


@pytest.mark.parametrize("month", MONTHS)
def test_report_is_published_for_the_month(workspace: Path, month: str) -> None:
    assert (workspace / "outputs" / "display" / month / "report.html").is_file()


@pytest.mark.parametrize(
    ("camp", "month", "impressions", "spend", "clicks", "conversions"),
    [
        ("camp 1", 5, 50_561_849, 53_350.7809, 475_132, 232_739),
        ("camp 2", 4, 45_492_269, 17_037.3496, 881_158, 13_767),
    ],
)
def test_sums_of_months_without_faults_are_those_of_the_source(
    workspace: Path,
    camp: str,
    month: int,
    impressions: int,
    spend: float,
    clicks: int,
    conversions: int,
) -> None:
    table = daily(workspace)
    rows = table[table["camp"].eq(camp) & table["month"].eq(month)]
    found = rows[["impressions", "clicks", "conversions", "spend"]].sum()
    assert found[["impressions", "clicks", "conversions"]].tolist() == [
        impressions,
        clicks,
        conversions,
    ]
    assert found["spend"] == pytest.approx(spend, abs=5e-5)


def test_kept_and_rejected_rows_together_are_the_whole_file(workspace: Path) -> None:
    rejects = stored(workspace, "2020-06", "rejects")
    assert len(daily(workspace)) + rejects["line"].nunique() == 15_408
    copies = rejects[rejects["rule"].eq("is an exact copy of another row")]
    assert sum(int(json.loads(row)["displays"]) for row in copies["row"]) == 3_464
    assert len(copies) == 5
    flags = stored(workspace, "2020-06", "flags")
    impossible = flags[flags["rule"].eq("clicks must not exceed impressions")]
    assert len(impossible) == 2
    assert impossible["line"].tolist() == [
        13_019,
        13_181,
    ]  # 14 and 15 June of camp 3; line 1 is the header


def test_impressions_are_those_of_the_source_less_the_copies(workspace: Path) -> None:
    assert daily(workspace)["impressions"].sum() == 239_017_725 - 3_464


def test_na_is_a_placement_and_not_missing(workspace: Path) -> None:
    assert daily(workspace)["channel"].eq("unknown").sum() > 400


def test_conversions_beyond_clicks_are_shown_and_do_not_stop_the_run(workspace: Path) -> None:
    table = daily(workspace)
    by_channel = table.groupby("channel")[["clicks", "conversions"]].sum()
    assert (by_channel["conversions"] > by_channel["clicks"]).any() or (
        table["conversions"] > table["clicks"]
    ).any()


@pytest.mark.parametrize("month", MONTHS)
def test_stages_without_data_say_so_in_one_line(workspace: Path, month: str) -> None:
    folder = workspace / "outputs" / "display" / month / "pages"
    for stage in ("02_market_and_strategy", "03_content_and_materials", "07_performance_appraisal"):
        tree = lxml_html.parse(str(folder / f"{stage}.html"))
        assert tree.xpath("//section[contains(@class, 'verdict')]")
        assert tree.xpath("//section[contains(@class, 'notes')]//li | //p[@class='answer']")


def test_report_says_what_could_not_be_answered(workspace: Path) -> None:
    text = (
        lxml_html.parse(str(workspace / "outputs" / "display" / "2020-06" / "report.html"))
        .getroot()
        .text_content()
    )
    assert "What could not be answered" in text
    assert "nan" not in text.lower().split()
