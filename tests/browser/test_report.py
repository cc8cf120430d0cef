"""The management report: what a manager sees first."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser

CHROMIUM = shutil.which("chromium")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None, reason="no chromium on this machine: apt-get install chromium"
    ),
    pytest.mark.parametrize("campaign", ["double11", "autumn-launch"]),
]


def test_verdict_money_and_first_next_step_are_seen_without_scrolling(
    browser: Browser, sample: Path, campaign: str
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(f"file://{sample}/outputs/{campaign}/2026-10/report.html")
    for seen in (
        ".verdict .answer",
        ".verdict p:nth-child(2)",
        ".card:nth-child(3) .value",
        ".findings li .action",
    ):
        box = page.locator(seen).first.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 800
    page.close()


def test_verdict_stands_before_the_first_chart(
    browser: Browser, sample: Path, campaign: str
) -> None:
    page = browser.new_page()
    page.goto(f"file://{sample}/outputs/{campaign}/2026-10/report.html")
    verdict, chart = (page.locator(one).first.bounding_box() for one in (".verdict", "figure"))
    assert verdict is not None
    assert chart is not None
    assert verdict["y"] < chart["y"]
    page.close()
