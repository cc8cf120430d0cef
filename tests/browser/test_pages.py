"""Every kind of page in a real Chromium.

Offline, without scripts, accessible, within the window, names inert.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from playbook.run.notebooks import MONTHLY_NOTEBOOKS, QUALITY
from tests.cli.inprocess import playbook
from tests.report.test_export import HOSTILE, rendered

CHROMIUM = shutil.which("chromium")
CAMPAIGNS = ("double11", "autumn-launch")
REPORTS = [
    "report.html",
    "email.html",
    *(f"pages/{name}.html" for name in (*MONTHLY_NOTEBOOKS, QUALITY)),
]
PAGES = [
    "index.html",
    "card-zh.html",
    "card-en.html",
    *(f"{campaign}/2026-10/{page}" for campaign in CAMPAIGNS for page in REPORTS),
]
FRAGMENT = (
    "document-title",
    "html-has-lang",
    "landmark-one-main",
    "page-has-heading-one",
    "region",
)
"""Rules for whole pages, which an e-mail's fragment is not."""

DATA = (
    Path(__file__).parents[2] / "data" / "autumn-launch" / "experiments" / "guest-checkout.parquet"
)
CARD = [
    str(DATA),
    "--variant",
    "variant",
    "--unit",
    "unit_id",
    "--metric",
    "converted:rate",
    "--metric",
    "revenue:mean",
    "--covariate",
    "revenue=revenue_pre",
    "--segment",
    "device",
]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None, reason="no chromium on this machine: apt-get install chromium"
    ),
]


@pytest.fixture(scope="module")
def outputs(sample: Path) -> Path:
    """The sample's pages, and a decision card in each language beside them."""
    folder = sample / "outputs"
    for language in ("zh", "en"):
        words = [
            "abtest",
            *CARD,
            "--html",
            str(folder / f"card-{language}.html"),
            "--lang",
            language,
        ]
        done = playbook(*words)
        assert done.returncode == 0, done.stderr
    return folder


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


@pytest.mark.parametrize("page", PAGES)
def test_page_asks_nothing_of_the_network_runs_no_script_and_fits_the_window(
    browser: Browser, outputs: Path, page: str
) -> None:
    with visited(browser, outputs / page) as (opened, asked):
        assert asked == []
        assert opened.locator("script").count() == 0
        for width in (390, 1280):
            opened.set_viewport_size({"width": width, "height": 800})
            assert opened.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("page", PAGES)
def test_axe_finds_nothing_on_a_desktop_and_a_phone_in_light_and_dark(
    browser: Browser, outputs: Path, page: str
) -> None:
    """Every kind of page is there twice, once a campaign: each sees half of the four ways."""
    schemes = ("light", "dark") if page.startswith("autumn") else ("dark", "light")
    ignored = FRAGMENT if page.endswith("email.html") else ()
    options = {"rules": {rule: {"enabled": False} for rule in ignored}}
    with visited(browser, outputs / page, bypass_csp=True) as (opened, _):
        for width, scheme in zip((390, 1280), schemes, strict=True):
            opened.set_viewport_size({"width": width, "height": 800})
            opened.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            found = Axe().run(opened, options=options)
            assert [(one["id"], width, scheme) for one in found.response["violations"]] == []


@pytest.mark.parametrize(
    "name", [HOSTILE, "<svg/onload=document.title='PWNED'>", "[x](javascript:alert`1`)"]
)
def test_hostile_name_does_nothing(browser: Browser, tmp_path: Path, name: str) -> None:
    file = tmp_path / "page.html"
    file.write_text(rendered("en", tmp_path, channel=name), encoding="utf-8")
    with visited(browser, file, bypass_csp=True) as (opened, asked):
        assert opened.title().startswith("Which pays?")
        assert opened.locator("a[href^=javascript], [onerror], [onload], script").count() == 0
        assert asked == []
        assert name in opened.locator("main").inner_text()
