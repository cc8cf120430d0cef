"""The pages in a real Chromium: offline, without scripts, accessible, and within the window."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from playbook.run.notebooks import STAGES

CHROMIUM = shutil.which("chromium")
REPORTS = ["report.html", *(f"pages/{stage}.html" for stage in STAGES)]
PAGES = [
    "index.html",
    *(f"{campaign}/2026-10/{page}" for campaign in ("double11", "autumn-launch") for page in REPORTS),
]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine: apt-get install chromium"),
    pytest.mark.parametrize("page", PAGES),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@contextmanager
def visited(browser: Browser, file: Path, **how: Any) -> Iterator[tuple[Page, list[str]]]:
    """Open a page offline; give it with every request that it makes beyond itself."""
    context = browser.new_context(offline=True, **how)
    opened = context.new_page()
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(f"file://{file}")
    yield opened, [url for url in asked if not url.startswith(("data:", f"file://{file}"))]
    context.close()


def test_page_asks_nothing_of_the_network_runs_no_script_and_fits_the_window(
    browser: Browser, sample: Path, page: str
) -> None:
    with visited(browser, sample / "outputs" / page) as (opened, asked):
        assert asked == []
        assert opened.locator("script").count() == 0
        for width in (390, 1280):
            opened.set_viewport_size({"width": width, "height": 800})
            assert opened.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, sample: Path, page: str, scheme: str) -> None:
    with visited(browser, sample / "outputs" / page, color_scheme=scheme, bypass_csp=True) as (opened, _):
        found = Axe().run(opened)
    assert [one["id"] for one in found.response["violations"]] == []
