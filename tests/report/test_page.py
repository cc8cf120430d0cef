"""What a notebook's cells show of a stage's result: words, order, cards, tables and what they leave out."""

import base64
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from lxml import html as lxml_html

from playbook.report import figures, page, store
from playbook.report.page import View, view_of
from playbook.stages.channels.tables import CHANNELS, RETURNS
from playbook.stages.shared.findings import cells
from playbook.stages.shared.result import Finding, StageResult
from tests.report.test_export import RESULT, campaign

STAGE = "04_channels_and_distribution"


def view(language: str = "en", **changes: Any) -> View:
    return view_of(campaign(language), replace(RESULT, **changes), "channels")


def tree(shown: Any) -> Any:
    text = shown.data or "<p></p>"
    return lxml_html.fragment_fromstring(text, create_parent="div")


def words(shown: Any) -> str:
    texts = tree(shown).xpath(".//text()[not(parent::style)]")
    return " ".join("".join(texts).split())


def lost(identifier: str, severity: Any) -> Finding:
    row = {"channel": "search"}
    evidence = cells(CHANNELS, row, channel="channel", clicks="clicks", rate="visit_rate")
    return Finding(id=identifier, severity=severity, sentence="lost_clicks", evidence=evidence)


def test_the_headline_is_the_first_finding_or_the_one_that_is_asked_for() -> None:
    both = view(findings=(lost("channels.answer", "good"), *RESULT.findings))
    assert "Have the channel's owner propose" not in words(page.headline(both))
    chosen = words(page.headline(both, "channels.lost-clicks.search"))
    assert "Of 50 clicks on Search only 40.0% reached the site" in chosen
    assert "Have the channel's owner propose a cut or a remedy before next period." in chosen


def test_without_a_finding_the_headline_says_what_has_not_run() -> None:
    said = words(page.headline(view(findings=())))
    assert said
    assert said != words(page.headline(view("zh", findings=())))


def test_the_other_findings_follow_in_order_and_then_what_could_not_be_answered() -> None:
    three = tuple(lost(f"channels.{name}", "watch") for name in ("answer", "b", "c"))
    shown = page.findings(view(findings=three))
    assert words(shown).count("Of 50 clicks on Search") == 2
    assert "Visits are not known: what follows a click cannot be seen." in words(shown)
    assert page.findings(view(findings=three[:1], missing={})).data == ""


def test_a_gap_of_several_subjects_is_worded_for_each() -> None:
    gaps = {
        "experiment_without_data.a": {"experiment": "a"},
        "experiment_without_data.b": {"experiment": "b"},
    }
    result = StageResult(stage="06", tables={}, findings=(), missing=gaps)
    assert page.missing_texts(view_of(campaign("en"), result, "analysis")) == {
        "experiment_without_data.a": "Experiment a has no data in this period.",
        "experiment_without_data.b": "Experiment b has no data in this period.",
    }


def test_a_table_shows_its_first_rows_in_their_units_and_the_csv_holds_all() -> None:
    many = pd.DataFrame({"channel": [f"c{n}" for n in range(4)], "spend": [1200.0, 2, 3, None]})
    shown = page.table(view(tables={"channels": many}), "channels", most=3)
    rows = [row.text_content() for row in tree(shown).xpath(".//tbody/tr")]
    assert rows == ["c0$1,200", "c1$2.00", "c2$3.00"]
    (link,) = tree(shown).xpath(".//a[@download]")
    assert link.get("download") == "spring_2026-10_channels.csv"
    content = base64.b64decode(link.get("href").split(",")[1]).decode("utf-8-sig")
    assert len(content.splitlines()) == 5
    assert "1 more" in words(shown)
    whole = page.table(view(tables={"channels": many}), "channels", most=4)
    assert "more" not in words(whole)


def test_columns_are_those_asked_for_and_of_the_page_s_language() -> None:
    chosen = page.table(view(), "channels", columns=("clicks", "channel"))
    heads = [head.text_content() for head in tree(chosen).xpath(".//thead//th")]
    assert heads == ["Clicks", "Channel"]
    chinese = tree(page.table(view("zh"), "channels", columns=("clicks",)))
    assert chinese.xpath(".//thead//th")[0].text_content() == "点击量"


@pytest.mark.parametrize("tables", [{}, {"channels": RESULT.tables["channels"].iloc[:0]}])
def test_what_is_not_there_or_empty_shows_nothing(tables: dict[str, pd.DataFrame]) -> None:
    nothing = view(tables=tables)
    assert page.table(nothing, "channels").data == ""
    drawn = page.figure(nothing, "channels", figures.bars, title="returns", x="spend", y="channel")
    assert drawn.data == ""
    assert page.cards(nothing, "channels", ("spend",)).data == ""


def test_a_state_is_a_word_and_a_missing_value_a_dash() -> None:
    board = pd.DataFrame({"kpi": ["spend"], "actual": [None], "state": ["act"]})
    result = StageResult(stage="05", tables={"board": board}, findings=())
    shown = tree(page.table(view_of(campaign("en"), result, "monitoring"), "board"))
    texts = [cell.text_content().strip() for cell in shown.xpath(".//tbody/tr/*")]
    assert texts[:2] == ["Spend", "–"]
    assert "act" not in texts
    assert texts[2]


def test_a_figure_draws_the_rows_that_are_asked_for_with_their_data() -> None:
    two = pd.DataFrame({"channel": ["search", "social"], "spend": [5.0, 7.0]})
    shown = page.figure(
        view(tables={"returns": two}),
        RETURNS.name,
        figures.bars,
        where="spend > 6",
        x="spend",
        y="channel",
    )
    assert tree(shown).xpath(".//img/@alt") == ["Spend: social $7.00."]
    assert len(tree(shown).xpath(".//tbody/tr")) == 1
    assert "Spring · 2026-10" in words(shown)


BOARD = pd.DataFrame(
    {
        "kpi": ["spend", "revenue", "clicks"],
        "actual": [120.0, 50.0, None],
        "previous": [100.0, None, 1.0],
        "change": [0.2, None, None],
        "target": [100.0, None, None],
        "state": ["act", "", ""],
    }
)


def test_a_card_holds_the_actual_against_the_plan_then_against_the_month_before() -> None:
    board = StageResult(stage="05", tables={"board": BOARD}, findings=())
    shown = view_of(campaign("en"), board, "monitoring")
    spend, revenue = page.card_items(shown, "board", ("spend", "clicks", "revenue", "orders"))
    assert (spend["name"], spend["value"], spend["state"]) == ("Spend", "$120", "act")
    assert [line["value"] for line in spend["lines"]] == ["+20.0%", "+20.0%"]
    assert "$100" in spend["lines"][0]["name"]
    assert [line["value"] for line in revenue["lines"]] == ["–"]
    assert (revenue["state"], revenue["word"]) == ("", "")


def test_a_view_that_is_opened_is_kept_for_drawing_again(tmp_path: Path) -> None:
    opened = page.open_view(campaign("zh"), RESULT, tmp_path)
    assert (opened.caption, opened.prefix) == ("春促 · 2026-10", "spring_2026-10")
    kept = store.read(STAGE, tmp_path)
    assert kept is not None
    assert kept.findings == RESULT.findings
