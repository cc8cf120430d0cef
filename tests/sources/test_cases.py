"""Downloads that people really had, imported as they would: the right sums, or a word of it."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from playbook import params, sources
from tests.cli.inprocess import playbook

CASES = Path(__file__).parents[1] / "data" / "cases"
BASE = Path(__file__).parents[1] / "data" / "cases-base"

GOOGLE, META, OTHER = "google-search", "meta-social", "other"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return Path(shutil.copytree(BASE, tmp_path / "workspace"))


def brought(root: Path, folder: str, files: str, channel: str) -> str:
    """Import files one after the other; return all that was said."""
    said = ""
    for name in files.split("; "):
        words = (str(CASES / folder / name), "--campaign", "c", "--yes", "--channel", channel)
        done = playbook("import", *words, root=root)
        assert "Traceback" not in done.stdout + done.stderr
        said += done.stdout + done.stderr
    return said


def daily(root: Path) -> pd.DataFrame:
    campaign = params.load("c", "2026-09", root / "params")
    return sources.load(campaign, root / "data", root / "run", root / "params")["channel_daily"]


@pytest.mark.parametrize(
    ("folder", "files", "channel", "right"),
    [
        (
            "twolevels",
            "Campaigns 2026-09.csv; Ads 2026-09.csv",
            META,
            {"spend": 250, "revenue": 1300},
        ),
        ("adgroupnames", "adgroups.csv", GOOGLE, {"spend": 165, "rows": 6}),
        (
            "rename",
            "Campaign report 2026-09-15.csv; Campaign report 2026-09-30.csv",
            GOOGLE,
            {"spend": 1080, "conversions": 34},
        ),
        (
            "restated",
            "Campaign report Sep 10, 2026.csv; Campaign report Sep 30, 2026.csv",
            GOOGLE,
            {"conversions": 7, "revenue": 720},
        ),
        ("clicksgt", "campaigns.csv", GOOGLE, {"spend": 142}),
        ("negrev", "campaigns.csv", GOOGLE, {"spend": 165, "revenue": 880}),
        ("quote", "keywords.tsv", GOOGLE, {"spend": 185, "rows": 5}),
        ("hashtag", "Campaign_report.csv", GOOGLE, {"spend": 1100, "rows": 6}),
        ("hashtag", "meta.csv", META, {"spend": 350, "rows": 3}),
        ("concat", "all_campaigns.csv", GOOGLE, {"spend": 260, "rows": 4}),
        (
            "metaoneday",
            "Campaigns-Sep-1-2026-Sep-1-2026.csv",
            META,
            {"spend": 250, "rows": 2},
        ),
        ("sepline", "c.csv", GOOGLE, {"spend": 50, "rows": 1}),
        ("hourly", "h.csv", GOOGLE, {"spend": 2, "rows": 4}),
        ("ga4plusads", "google.csv; ga4.csv", GOOGLE, {"conversions": 10, "revenue": 1000}),
    ],
)
def test_a_download_brings_the_right_sums(
    root: Path, folder: str, files: str, channel: str, right: dict[str, float]
) -> None:
    brought(root, folder, files, channel)
    table = daily(root)
    sums = {name: len(table) if name == "rows" else table[name].sum() for name in right}
    assert sums == right


@pytest.mark.parametrize(
    ("folder", "files", "channel", "word"),
    [
        ("euro", "kampagnen.csv", GOOGLE, "is not the campaign's currency USD"),
        ("ragged", "report.csv", GOOGLE, "does not have the"),
        ("ga4plusads", "google.csv; ga4.csv", GOOGLE, "is a claim beside another source"),
    ],
)
def test_a_download_that_may_mislead_is_never_silent(
    root: Path, folder: str, files: str, channel: str, word: str
) -> None:
    assert word in brought(root, folder, files, channel)


def test_a_restated_day_leaves_the_check_clean(root: Path) -> None:
    names = "Campaign report Sep 10, 2026.csv; Campaign report Sep 30, 2026.csv"
    brought(root, "restated", names, GOOGLE)
    assert playbook("check", "c", "--period", "2026-09", root=root).returncode == 0
