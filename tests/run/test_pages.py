"""The pages of a small run: each stage its own, all linked, each saying what it was made from."""

import json
from pathlib import Path
from typing import Any

import pytest
from lxml import html as lxml_html
from python_calamine import CalamineWorkbook

from playbook import params
from playbook.errors import PlaybookError
from playbook.run import manifest, pages
from playbook.run.manifest import Manifest
from playbook.run.notebooks import MONTHLY_NOTEBOOKS, QUALITY
from playbook.run.period import Outcome
from playbook.run.plan import Workspace
from tests.run.conftest import write_notebook

NAMED = [*MONTHLY_NOTEBOOKS, QUALITY]


@pytest.fixture
def folder(workspace: Path) -> Path:
    return workspace / "outputs" / "spring" / "2026-10"


def tree(file: Path) -> Any:
    return lxml_html.fromstring(file.read_text(encoding="utf-8"))


def made(folder: Path) -> Manifest:
    found = manifest.read(folder)
    assert found is not None
    return found


def write(workspace: Path, folder: Path, **how: Any) -> Path:
    campaign = params.load("spring", "2026-10", workspace / "params")
    return pages.write(campaign, made(folder), folder, Workspace(root=workspace), **how)


def test_each_stage_has_a_page_that_leads_to_the_report_and_to_every_other(
    published: tuple[Path, Outcome],
) -> None:
    folder = published[1].folder
    files = {file.stem for file in (folder / "pages").glob("*.html")}
    assert files == set(NAMED)
    links = tree(folder / "pages" / f"{NAMED[0]}.html").xpath("//nav//a/@href")
    assert links == ["../report.html", *(f"{name}.html" for name in NAMED)]
    of_report = tree(folder / "report.html").xpath("//nav//a/@href")
    assert of_report == [*(f"pages/{name}.html" for name in NAMED), "report.xlsx"]
    assert all((folder / href).is_file() for href in of_report)


def test_a_page_says_which_run_days_zone_and_currency_it_is_of(
    published: tuple[Path, Outcome],
) -> None:
    folder = published[1].folder
    footer = " ".join(tree(folder / "report.html").xpath("//footer//text()"))
    run = made(folder)
    for fact in ("2026-10-01 – 2026-10-31", "UTC", "USD", run.run_id, run.package):
        assert fact in footer
    (first, *_) = (stage.fingerprint for stage in run.stages.values())
    assert f"sha256 {first[:12]}…, {len(run.inputs)}" in footer


def test_numbers_lie_beside_the_pages_under_the_same_run(published: tuple[Path, Outcome]) -> None:
    folder = published[1].folder
    said = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert said["run_id"] == made(folder).run_id
    assert (said["campaign"], said["currency"]) == ("spring", "USD")
    assert CalamineWorkbook.from_path(str(folder / "report.xlsx")).sheet_names
    assert (folder / "email.html").is_file()


def test_a_stage_that_has_no_notebook_gets_no_page_and_no_link(
    workspace: Path, folder: Path
) -> None:
    (folder / "notebooks" / f"{NAMED[2]}.ipynb").unlink()
    (folder / "pages" / f"{NAMED[2]}.html").unlink()
    report = write(workspace, folder)
    assert not (folder / "pages" / f"{NAMED[2]}.html").exists()
    assert f"pages/{NAMED[2]}.html" not in tree(report).xpath("//nav//a/@href")


def test_the_same_run_gives_the_same_pages(workspace: Path, folder: Path) -> None:
    before = {file.name: file.read_bytes() for file in folder.rglob("*.html")}
    write(workspace, folder)
    assert {file.name: file.read_bytes() for file in folder.rglob("*.html")} == before


def test_drawn_anew_a_notebook_cannot_show_what_the_run_has_not_stored(
    workspace: Path, folder: Path
) -> None:
    code = "from playbook.report import page\npage.headline(own)"
    write_notebook(workspace / "notebooks" / f"{NAMED[0]}.ipynb", code)
    write(workspace, folder)
    with pytest.raises(PlaybookError, match=rf"{NAMED[0]}"):
        write(workspace, folder, anew={NAMED[0]})
