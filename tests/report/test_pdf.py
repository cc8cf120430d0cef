"""Reports on paper: a tagged A4 document from a page.

A clear sentence where no browser is installed.
"""

import re
import shutil
import sys
from pathlib import Path

import pytest

from playbook.errors import PlaybookError
from playbook.report.pdf import write_pdf

PAGE = (
    "<!DOCTYPE html><html "
    'lang="en"><title>Report</title><body><h1>Spend</h1><p>1,234</p></body></html>'
)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    file = tmp_path / "report.html"
    file.write_text(PAGE, encoding="utf-8")
    return file


@pytest.mark.browser
@pytest.mark.skipif(
    shutil.which("chromium") is None, reason="no chromium on this machine: apt-get install chromium"
)
def test_pdf_is_tagged_has_a_language_and_is_a4(page: Path) -> None:
    content = write_pdf(page).read_bytes()
    assert content.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in content
    assert b"/Lang (en)" in content
    [box] = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", content)
    assert [float(side) for side in box] == pytest.approx([595.28, 841.89], abs=1)


@pytest.mark.browser
@pytest.mark.skipif(
    shutil.which("chromium") is None, reason="no chromium on this machine: apt-get install chromium"
)
@pytest.mark.parametrize("campaign", ["double11", "autumn-launch"])
def test_management_report_takes_two_sheets_of_paper(
    sample: Path, tmp_path: Path, campaign: str
) -> None:
    report = Path(shutil.copy(sample / "outputs" / campaign / "2026-10" / "report.html", tmp_path))
    assert len(re.findall(rb"/Type /Page\b", write_pdf(report).read_bytes())) == 2


def test_missing_browser_is_told_with_its_remedy(
    page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)
    with pytest.raises(PlaybookError, match="playwright install chromium"):
        write_pdf(page)
    assert not page.with_suffix(".pdf").exists()
