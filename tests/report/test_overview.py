"""What the management report says of gaps, and how a table prints numbers whose unit depends on the row."""

import re
from dataclasses import replace

import pandas as pd

from playbook.report.overview import decisions, headline, unanswered
from playbook.report.page import table_html, view_of
from playbook.report.words import words_for
from playbook.stages.shared.result import Finding, StageResult
from tests.stages.shop import campaign


def test_what_two_stages_miss_is_said_once_in_the_words_of_the_first() -> None:
    goals = StageResult(
        stage="01_goals_and_audience",
        tables={},
        findings=(),
        missing={"goals": _both("No goals: A.")},
    )
    analysis = StageResult(
        stage="06_analysis_and_iteration",
        tables={},
        findings=(),
        missing={"goals": _both("No goals: B."), "experiments": _both("No tests.")},
    )
    views = {
        "goals": view_of(campaign(), goals, "goals"),
        "analysis": view_of(campaign(), analysis, "analysis"),
    }
    said = re.findall(r"<li>(No .*?)</li>", str(unanswered(views).data))
    assert said == ["No goals: A.", "No tests."]


def test_report_of_one_stage_alone_opens_with_the_answer_of_that_stage_and_says_it_once() -> None:
    told = (
        Finding(id="a", severity="act", text=_both("B wins.")),
        Finding(id="b", severity="act", text=_both("Look.")),
    )
    none = StageResult(stage="06_analysis_and_iteration", tables={}, findings=())
    alone = StageResult(stage="ab_test", tables={}, findings=told)
    views = {
        "analysis": view_of(campaign(), none, "analysis"),
        "ab_test": view_of(campaign(), alone, "ab_test"),
    }
    assert "B wins." in str(headline(views).data)
    assert "B wins." not in str(decisions(views).data)
    assert "Look." in str(decisions(views).data)


def test_levels_of_a_cause_are_printed_in_the_unit_of_its_step() -> None:
    causes = pd.DataFrame(
        {
            "step": ["ctr", "cpm", "order_rate", "roas"],
            "previous": [0.0155, 0.99, 0.061, 2.5],
            "effect": [1.0] * 4,
        }
    )
    html = str(
        table_html(replace(words_for(campaign(), "analysis"), table="causes"), causes, "Causes")
    )
    assert all(f">{text}<" in html for text in ("1.6%", "$0.99", "6.1%", "2.50"))


def _both(text: str) -> dict[str, str]:
    return {"zh": text, "en": text}
