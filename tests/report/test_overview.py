"""What the management report says of gaps, and in which unit a number prints."""

import re
from dataclasses import replace

import pandas as pd

from playbook.report.overview import decisions, headline, pressing, unanswered
from playbook.report.page import table_html, view_of
from playbook.report.words import words_for
from playbook.stages.goals.tables import SUMMARY
from playbook.stages.shared.findings import measures
from playbook.stages.shared.result import Finding, StageResult
from tests.stages.shop import campaign


def test_what_two_stages_miss_is_said_once_in_the_words_of_the_first() -> None:
    goals = StageResult(
        stage="01_goals_and_audience",
        tables={},
        findings=(),
        missing={"goals": {}},
    )
    analysis = StageResult(
        stage="06_analysis_and_iteration",
        tables={},
        findings=(),
        missing={"goals": {}, "experiments": {}},
    )
    views = {
        "goals": view_of(campaign(), goals, "goals"),
        "analysis": view_of(campaign(), analysis, "analysis"),
    }
    said = re.findall(r"<li>(No .*?)</li>", str(unanswered(views).data))
    assert said == [
        "No goals are set: whether they are reachable cannot be said.",
        "No experiment is planned in this campaign.",
    ]


def test_report_of_one_stage_alone_opens_with_the_answer_of_that_stage_and_says_it_once() -> None:
    told = (
        Finding(id="a", severity="act", sentence="no_goals"),
        Finding(
            id="b",
            severity="act",
            sentence="straight_liners",
            evidence=measures(SUMMARY, "straight_liners"),
        ),
    )
    summed = SUMMARY.frame([("straight_liners", 0.2)])
    none = StageResult(stage="06_analysis_and_iteration", tables={}, findings=())
    alone = StageResult(stage="01_goals_and_audience", tables={"summary": summed}, findings=told)
    views = {
        "analysis": view_of(campaign(), none, "analysis"),
        "goals": view_of(campaign(), alone, "goals"),
    }
    assert "No goals are set" in str(headline(views).data)
    assert "No goals are set" not in str(decisions(views).data)
    assert "20.0% of those asked" in str(decisions(views).data)


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


def test_decisions_come_before_looks_and_the_heavier_comes_first() -> None:
    weights = {"light": ("act", 1.0), "heavy": ("act", 9.0), "look": ("watch", 99.0)}
    findings = [
        Finding(id=key, severity=severity, weight=weight, sentence="no_goals")
        for key, (severity, weight) in weights.items()
    ]
    answer = Finding(id="answer", severity="good", sentence="no_goals")
    result = StageResult(
        stage="01_goals_and_audience", tables={}, findings=(answer, *findings[::-1])
    )
    chosen = pressing({"analysis": view_of(campaign(), result, "goals")})
    assert [finding.id for _, finding in chosen] == ["heavy", "light", "look"]
