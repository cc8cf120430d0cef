"""The first page of a workspace, over runs of two campaigns that differ in month and verdict."""

from typing import Any

import pandas as pd
import pytest
from lxml import html as lxml_html

from playbook.params import Campaign
from playbook.report.index import Absent, Entry, index
from playbook.report.page import view_of
from playbook.stages.shared.result import Finding, Severity, StageResult
from tests.stages.shop import campaign

STAGE = "06_analysis_and_iteration"


def run(where: Campaign, severity: Severity = "good", **actual: float) -> Entry:
    """A published run; its board holds what is given."""
    said = Finding(id="analysis.answer", severity=severity, sentence="nothing_known")
    board = pd.DataFrame({"kpi": list(actual), "actual": list(actual.values())})
    result = StageResult(stage=STAGE, tables={}, findings=(said,))
    return Entry(
        campaign=where,
        href=f"{where.id}/{where.period}/report.html",
        analysis=view_of(where, result, "analysis"),
        board=board,
    )


def shown(*entries: Entry, absent: tuple[Absent, ...] = (), language: str = "en") -> Any:
    return lxml_html.fromstring(index(entries, absent, language))


def rows(page: Any) -> list[list[str]]:
    cells = page.xpath("//section[@aria-labelledby='latest']//tbody/tr")
    return [[" ".join(cell.text_content().split()) for cell in row] for row in cells]


def test_of_each_campaign_the_latest_month_stands_in_front_and_earlier_ones_below() -> None:
    months = [run(campaign(period=period)) for period in ("2026-09", "2026-10", "2026-08")]
    page = shown(*months)
    assert page.xpath("//section[@aria-labelledby='latest']//tbody//a/@href") == [
        "shop/2026-10/report.html"
    ]
    earlier = page.xpath("//section[@aria-labelledby='earlier']//a")
    assert [link.get("href") for link in earlier] == [
        "shop/2026-09/report.html",
        "shop/2026-08/report.html",
    ]
    assert earlier[0].text_content() == "Shop · September 2026"


def test_what_needs_a_decision_comes_first_then_what_is_to_be_watched_then_by_name() -> None:
    severities: dict[str, Severity] = {"a": "good", "b": "watch", "c": "act", "d": "act"}
    names = {"a": "Alder", "b": "Birch", "c": "Yew", "d": "Cedar"}
    page = shown(
        *(run(campaign(id=id, name=names[id]), severity) for id, severity in severities.items())
    )
    found = page.xpath("//section[@aria-labelledby='latest']//tbody//a")
    assert [link.text_content().split(" · ")[0].strip() for link in found] == [
        "Cedar",
        "Yew",
        "Birch",
        "Alder",
    ]


def test_money_and_return_are_those_of_the_board_and_a_dash_where_it_knows_none() -> None:
    [known] = rows(shown(run(campaign(), revenue=73_800.0, spend=3280.0, roas=22.5)))
    assert known[-3:] == ["$73,800", "$3,280", "22.50"]
    [unknown] = rows(shown(run(campaign(), clicks=5.0)))
    assert unknown[-3:] == ["–", "–", "–"]
    [empty] = rows(shown(run(campaign())))
    assert empty[-3:] == ["–", "–", "–"]


def test_the_course_of_revenue_is_that_of_the_published_months_in_order() -> None:
    october = run(campaign(), revenue=30.0)
    september = run(campaign(period="2026-09"), revenue=20.0)
    other = run(campaign(id="other", period="2026-08"), revenue=99.0)
    charts = shown(october, september, other).xpath("//img[starts-with(@alt, 'Revenue')]/@alt")
    assert "Revenue: 2026-09 $20.00, 2026-10 $30.00." in charts


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("not_reported", "spring · 2026-09: has parameters, was not run."),
        ("run_failed", "spring · 2026-09: the last run failed."),
        ("damaged", "spring · 2026-09: files of the run were changed or removed"),
        ("older_version", "spring · 2026-09: made by an older version; run it again."),
    ],
)
def test_what_was_not_reported_is_told_with_its_reason(reason: str, told: str) -> None:
    lone = Absent(campaign="spring", period="2026-09", reason=reason)
    page = shown(run(campaign()), absent=(lone,))
    [note] = page.xpath("//section[contains(@class, 'notes')]//li")
    assert note.text_content().strip().startswith(told)
    assert not shown(run(campaign())).xpath("//section[contains(@class, 'notes')]")


def test_the_page_speaks_its_language_and_each_campaign_its_own() -> None:
    named = {"zh": "商店", "en": "Shop"}
    chinese = campaign(id="laden", language="zh", name=named)
    page = shown(run(campaign(name=named)), run(chinese), language="zh")
    assert page.get("lang") == "zh-CN"
    names = {row[0] for row in rows(page)}
    assert names == {"ShopOctober 2026", "商店2026年10月"}
