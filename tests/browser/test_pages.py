"""The pages in a real Chromium: offline, without scripts, accessible, and within the window."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, sync_playwright

from playbook.run.notebooks import STAGES

CHROMIUM = shutil.which("chromium")
PAGES = ["report.html", *(f"pages/{stage}.html" for stage in STAGES)]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine: apt-get install chromium"),
    pytest.mark.parametrize("campaign", ["double11", "autumn-launch"]),
    pytest.mark.parametrize("page", PAGES),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


def visit(browser: Browser, file: Path, **how: Any) -> tuple[Any, list[str]]:
    """Open a page offline; return it with every request that it makes beyond itself."""
    context = browser.new_context(offline=True, **how)
    opened = context.new_page()
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(f"file://{file}")
    return opened, [url for url in asked if not url.startswith(("data:", f"file://{file}"))]


def path(sample: Path, campaign: str, page: str) -> Path:
    return sample / "outputs" / campaign / "2026-10" / page


def test_page_asks_nothing_of_the_network_and_runs_no_script(
    browser: Browser, sample: Path, campaign: str, page: str
) -> None:
    opened, asked = visit(browser, path(sample, campaign, page))
    assert asked == []
    assert opened.locator("script").count() == 0
    opened.context.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_page_is_no_wider_than_the_window(browser: Browser, sample: Path, campaign: str, page: str, width: int) -> None:
    opened, _ = visit(browser, path(sample, campaign, page), viewport={"width": width, "height": 800})
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    opened.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, sample: Path, campaign: str, page: str, scheme: str) -> None:
    context = browser.new_context(offline=True, color_scheme=scheme, bypass_csp=True)  # type: ignore[arg-type]
    opened = context.new_page()
    opened.goto(f"file://{path(sample, campaign, page)}")
    found = Axe().run(opened)
    assert [one["id"] for one in found.response["violations"]] == []
    context.close()
