"""A page speaks one language.

What is left in the other comes from the data, the parameters, or the field itself.
"""

import re
from pathlib import Path

import pytest
from lxml import html as lxml_html

from playbook.run.notebooks import MONTHLY_NOTEBOOKS, QUALITY

PAGES = [
    "report.html",
    "email.html",
    *(f"pages/{name}.html" for name in (*MONTHLY_NOTEBOOKS, QUALITY)),
]
THE_FIELD = {
    "CSV",
    "Excel",
    "KOL",
    "SEM",
    "SMART",
    "CUPED",
    "Welch",
    "Newcombe",
    "Fieller",
    "Fisher",
    "ROI",
    "CPA",
}
DATA = {
    # arms, segments and their levels, metrics, tests, pages and files of the sample, which have no other name
    "control",
    "short",
    "banner",
    "video",
    "orange",
    "device",
    "desktop",
    "mobile",
    "converted",
    "revenue_pre",
    "checkout",
    "landing",
    "baidu",
    "oceanengine",
}
IDS = r"[\w.-]*(?:/[\w./-]+|\d[\w.-]*|-[\w-]+|\.\w+)|sha256.*"


def texts(page: Path) -> list[str]:
    root = lxml_html.parse(page).getroot()
    shown = ".//text()[not(ancestor::style) and not(ancestor::footer)] | .//@alt | .//@aria-label"
    return list(root.xpath(shown) if page.name == "email.html" else root.body.xpath(shown))


@pytest.mark.parametrize("page", PAGES)
def test_english_page_holds_no_chinese(sample: Path, page: str) -> None:
    found = texts(sample / "outputs" / "autumn-launch" / "2026-10" / page)
    assert [
        text for text in found if re.search(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]", text)
    ] == []


@pytest.mark.parametrize("page", PAGES)
def test_chinese_page_holds_no_english_but_names_of_the_data_and_of_the_field(
    sample: Path, page: str
) -> None:
    found = " ".join(texts(sample / "outputs" / "double11" / "2026-10" / page))
    words = set(re.findall(r"[A-Za-z_]{3,}", re.sub(IDS, " ", found)))
    assert words - THE_FIELD - DATA == set()
