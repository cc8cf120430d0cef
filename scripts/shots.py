"""Take a picture of every kind of page of the sample.

On a desktop and a phone, light and dark, and on paper.

Usage: python scripts/shots.py (after `playbook run`); the pictures go to outputs/shots/, those of
the READMEs to docs/.
"""

import shutil
import subprocess
import sys
from itertools import product
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from playbook.report.pdf import write_pdf

ROOT = Path(__file__).parents[1]
OUTPUTS = ROOT / "outputs"
SHOTS = OUTPUTS / "shots"
RUNS = ("double11/2026-10", "autumn-launch/2026-10")
WIDTHS = {"desktop": 1280, "phone": 390}
TEST = [
    "data/autumn-launch/experiments/guest-checkout.parquet",
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


def pages() -> dict[str, Path]:
    """List the pages by the name of their picture."""
    found = {"index": OUTPUTS / "index.html", "card": _card()}
    for run in RUNS:
        folder = OUTPUTS / run
        every = (
            folder / "report.html",
            folder / "email.html",
            *sorted((folder / "pages").glob("*.html")),
        )
        found |= {f"{run.split('/')[0]}-{page.stem}": page for page in every}
    return found


def _card() -> Path:
    page = SHOTS / "card.html"
    words = [sys.executable, "-m", "playbook", "abtest", *TEST, "--html", str(page)]
    subprocess.run(words, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return page


def shoot(browser: Browser, name: str, page: Path) -> None:
    """Take a page's pictures in full length."""
    for (device, width), scheme in product(WIDTHS.items(), ("light", "dark")):
        opened = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        opened.goto(page.as_uri())
        opened.screenshot(path=SHOTS / f"{name}-{device}-{scheme}.png", full_page=True)
        opened.close()


def shoot_for_readme(browser: Browser, run: str, language: str) -> None:
    """Take the upper part of a management report, in few colours so that it is small."""
    picture = ROOT / "docs" / f"report_{language}.png"
    opened = browser.new_page(viewport={"width": 1040, "height": 1500})
    opened.goto((OUTPUTS / run / "report.html").as_uri())
    opened.screenshot(path=picture)
    opened.close()
    with Image.open(picture) as taken:
        taken.convert("P", palette=Image.Palette.ADAPTIVE, colors=64).save(picture, optimize=True)


def main() -> None:
    """Take all pictures, and print both management reports."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for name, page in pages().items():
            shoot(browser, name, page)
        for run, language in zip(RUNS, ("zh", "en"), strict=True):
            shoot_for_readme(browser, run, language)
        browser.close()
    for run in RUNS:
        write_pdf(OUTPUTS / run / "report.html")
    print(
        f"{len(list(SHOTS.glob('*.png')))} pictures in {SHOTS}, and report.pdf beside each "
        f"report.html"
    )


if __name__ == "__main__":
    main()
