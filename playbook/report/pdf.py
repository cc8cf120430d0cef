"""A page as a tagged PDF, printed by Chromium; an optional extra."""

import shutil
from pathlib import Path

from playbook.errors import PlaybookError, Problem

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
NEEDS = Problem(
    file="--pdf",
    rule="needs Playwright and a Chromium browser",
    remedy="Install them: pip install 'marketing-playbook[pdf]' && playwright install chromium.",
)


def write_pdf(page: Path) -> Path:
    """Print an HTML page beside itself, on A4, as its print style says.

    Args:
        page: A page of ours; nothing is fetched for it.

    Returns:
        The PDF: tagged, so that a screen reader follows it, with the page's language and outline.

    Raises:
        PlaybookError: Playwright or Chromium is not installed.
    """
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        raise PlaybookError(NEEDS) from None
    target = page.with_suffix(".pdf")
    installed = next(filter(None, map(shutil.which, BROWSERS)), None)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=installed, args=["--no-sandbox"])
            opened = browser.new_context(offline=True).new_page()
            opened.goto(page.resolve().as_uri())
            opened.pdf(
                path=target, format="A4", tagged=True, outline=True, prefer_css_page_size=True
            )
            browser.close()
    except Error as error:
        raise PlaybookError(NEEDS) from error
    return target
