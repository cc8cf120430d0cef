"""The sample's month, run as a user runs it.

What is published, and whether planted truths are found.
"""

import json
import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from lxml import html as lxml_html
from python_calamine import CalamineWorkbook

from playbook import params
from playbook.run.notebooks import MONTHLY_NOTEBOOKS, REPORT

ROOT = Path(__file__).parents[1]
CAMPAIGNS = ("double11", "autumn-launch")
PAGES = [f"pages/{stage}.html" for stage in MONTHLY_NOTEBOOKS] + ["report.html"]
TRUTHS = json.loads((ROOT / "data" / "truth.json").read_text(encoding="utf-8"))["truths"]


def folder(sample: Path, campaign: str) -> Path:
    return sample / "outputs" / campaign / "2026-10"


def table(sample: Path, campaign: str, stage: int, name: str) -> pd.DataFrame:
    return pd.read_parquet(
        folder(sample, campaign) / "tables" / MONTHLY_NOTEBOOKS[stage - 1] / f"{name}.parquet"
    )


def planted(campaign: str, truth: int) -> list[dict[str, Any]]:
    return [one for one in TRUTHS if one["campaign"] == campaign and one["truth"] == truth]


@pytest.mark.parametrize("campaign", CAMPAIGNS)
@pytest.mark.parametrize("page", PAGES)
def test_page_speaks_one_language_and_prints_no_code(
    sample: Path, campaign: str, page: str
) -> None:
    tree = lxml_html.parse(str(folder(sample, campaign) / page)).getroot()
    text = " ".join(tree.xpath("//main//text()[not(ancestor::style)] | //h1/text()"))
    assert tree.xpath("//html/@lang") == [{"double11": "zh-CN", "autumn-launch": "en"}[campaign]]
    assert not re.findall(
        r"\b[a-z]+_[a-z_]+\b", re.sub(r"sum\([a-z_]+\)|gross_profit|\S+\.csv", "", text)
    )
    assert not re.search(r"\b(nan|NaT|None|inf)\b", text)


@pytest.mark.parametrize("campaign", CAMPAIGNS)
def test_report_answers_before_its_first_picture(sample: Path, campaign: str) -> None:
    tree = lxml_html.parse(str(folder(sample, campaign) / "report.html")).getroot()
    order = [
        element.tag
        for element in tree.iter("section", "img")
        if "verdict" in element.get("class", "verdict")
    ]
    assert order[0] == "section"


def test_index_shows_every_campaign_and_what_was_not_reported(sample: Path) -> None:
    tree = lxml_html.parse(str(sample / "outputs" / "index.html")).getroot()
    rows = tree.xpath("//table//tbody/tr")
    assert {row.xpath(".//a/@href")[0] for row in rows} == {
        f"{one}/2026-10/report.html" for one in CAMPAIGNS
    }
    assert all(
        (sample / "outputs" / href).is_file()
        for href in tree.xpath("//main//a/@href")
        if "/" in href
    )
    absent = [item.text for item in tree.xpath("//section[@class='notes']//li")]
    assert sum("2026-09" in text for text in absent) == len(CAMPAIGNS)


@pytest.mark.parametrize("campaign", CAMPAIGNS)
def test_numbers_of_cards_json_and_workbook_agree(sample: Path, campaign: str) -> None:
    board = table(sample, campaign, 5, "board").set_index("kpi")["actual"]
    said = json.loads((folder(sample, campaign) / "report.json").read_text(encoding="utf-8"))
    rows = said["stages"]["05_monitoring_and_tracking"]["tables"]["board"]
    assert {row["kpi"]: row["actual"] for row in rows} == pytest.approx(
        board.to_dict(), nan_ok=True
    )
    book = CalamineWorkbook.from_path(str(folder(sample, campaign) / "report.xlsx"))
    typed = [row[1] for row in book.get_sheet_by_name("05_board").to_python()[1:]]
    assert typed == pytest.approx(board.tolist(), nan_ok=True)
    tree = lxml_html.parse(str(folder(sample, campaign) / "report.html")).getroot()
    spend = tree.xpath(
        "//li[@class='card'][contains(., '花费') or contains(., 'Spend')]/p[@class='value']"
    )[0].text
    digits = float(re.sub(r"[^0-9.]", "", spend)) * (10_000 if "万" in spend else 1)
    assert digits == pytest.approx(board["spend"], rel=0.01)


@pytest.mark.parametrize("campaign", CAMPAIGNS)
def test_footer_tells_how_many_rows_were_read_and_set_aside(sample: Path, campaign: str) -> None:
    tree = lxml_html.parse(str(folder(sample, campaign) / "report.html")).getroot()
    footer = " ".join(tree.xpath("//footer//text()"))
    assert re.search(r"(剔除 0 行|0 set aside)", footer)


@pytest.mark.parametrize("campaign", CAMPAIGNS)
def test_report_is_light_enough_for_an_e_mail(sample: Path, campaign: str) -> None:
    assert (folder(sample, campaign) / "report.html").stat().st_size <= 400 * 1024
    assert (folder(sample, campaign) / "email.html").stat().st_size <= 100 * 1024


@pytest.mark.parametrize("campaign", CAMPAIGNS)
def test_second_run_executes_nothing(sample: Path, campaign: str) -> None:
    words = ["run", campaign, "--period", "2026-10", "--root", str(sample)]
    done = subprocess.run(
        [sys.executable, "-m", "playbook", *words], capture_output=True, text=True, check=False
    )
    assert (done.returncode, "nothing changed" in done.stdout) == (0, True)


@pytest.mark.parametrize("campaign", CAMPAIGNS)
def test_planted_cause_of_the_miss_comes_first(sample: Path, campaign: str) -> None:
    first = table(sample, campaign, 6, "causes").iloc[0]
    assert (first["channel"], first["step"]) == (
        {"double11": "baidu-search", "autumn-launch": "google-search"}[campaign],
        "order_rate",
    )
    assert first["effect"] < 0


@pytest.mark.parametrize("campaign", CAMPAIGNS)
def test_all_planted_outages_of_the_month_are_found(sample: Path, campaign: str) -> None:
    wanted = {
        one["from"][:16] for one in planted(campaign, 10) if one["from"].startswith("2026-10")
    }
    found = table(sample, campaign, 5, "outages")["started_at"]
    assert set(found) == wanted


@pytest.mark.parametrize("campaign", CAMPAIGNS)
def test_both_faults_of_pacing_are_red(sample: Path, campaign: str) -> None:
    pacing = table(sample, campaign, 5, "pacing").set_index("channel")
    for one in planted(campaign, 11):
        assert pacing.loc[one["where"], "state"] == "act"


@pytest.mark.parametrize("campaign", CAMPAIGNS)
def test_verdicts_of_the_planted_experiments_are_right(sample: Path, campaign: str) -> None:
    decided = table(sample, campaign, 6, "decisions").set_index("experiment")["decision"]
    kinds = {one["id"]: one["what"] for one in planted(campaign, 14)}
    assert len(kinds) == 4
    for experiment, what in kinds.items():
        if what == "lift":
            assert decided[experiment] == "ship"
        if what == "srm":
            assert decided[experiment] == "invalid"
        if what == "null":
            assert decided[experiment] in ("iterate", "hold")


@pytest.mark.parametrize("campaign", CAMPAIGNS)
def test_channel_below_break_even_is_told_as_losing(sample: Path, campaign: str) -> None:
    returns = table(sample, campaign, 4, "returns").set_index("channel")["verdict"]
    assert (
        returns[{"double11": "ocean-feed", "autumn-launch": "google-display"}[campaign]] == "loses"
    )


@pytest.mark.parametrize("campaign", CAMPAIGNS)
def test_proposal_copied_to_the_next_month_is_valid_as_it_is(
    sample: Path, campaign: str, tmp_path: Path
) -> None:
    shutil.copytree(ROOT / "params" / campaign, tmp_path / campaign)
    shutil.copy(folder(sample, campaign) / "next_params.yml", tmp_path / campaign / "2026-11.yml")
    this, following = (params.load(campaign, period, tmp_path) for period in ("2026-10", "2026-11"))
    assert following.goals.keys() == this.goals.keys()
    assert following.budget.keys() == this.budget.keys()
    assert all(goal.deadline >= date(2026, 11, 1) for goal in following.goals.values())
    assert following.budget != this.budget


@pytest.mark.parametrize("campaign", CAMPAIGNS)
def test_manifest_says_that_every_stage_ran(sample: Path, campaign: str) -> None:
    made = json.loads((folder(sample, campaign) / "manifest.json").read_text(encoding="utf-8"))
    assert {stage: one["state"] for stage, one in made["stages"].items()} == dict.fromkeys(
        (*MONTHLY_NOTEBOOKS, REPORT), "run"
    )
