"""What the management report says of gaps, and in which unit a number prints."""

import re
from dataclasses import replace

import pandas as pd

from playbook.report.overview import data_until, decisions, headline, pressing, unanswered
from playbook.report.page import table_html, view_of
from playbook.report.words import words_for
from playbook.sources.quality import Loss, losses_table
from playbook.stages.goals.tables import SUMMARY
from playbook.stages.monitoring.data_quality import loss_findings, quality_losses
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


def test_what_a_source_lost_stands_before_the_verdict_and_not_again_below() -> None:
    loss = Loss(source="google-ads", measure="spend", lost=12.0, total=100.0)
    losses = quality_losses({"losses": losses_table([loss])})
    monitoring = StageResult(
        stage="05_monitoring_and_tracking",
        tables={"quality_losses": losses},
        findings=tuple(loss_findings(losses)),
    )
    analysis = StageResult(
        stage="06_analysis_and_iteration",
        tables={},
        findings=(Finding(id="a", severity="good", sentence="nothing_known"),),
    )
    views = {
        "analysis": view_of(campaign(), analysis, "analysis"),
        "monitoring": view_of(campaign(), monitoring, "monitoring"),
    }
    shown = str(headline(views).data)
    lost = "Spend of the source google-ads: 12.0% is set aside ($12.00 of $100)"
    assert shown.index(lost) < shown.index('class="verdict')
    assert pressing(views) == []


def reached(*rows: tuple[str, str, float]) -> str:
    names = ["channel", "last_day", "missing_days"]
    reach = pd.DataFrame(rows, columns=names)
    reach["last_day"] = pd.to_datetime(reach["last_day"])
    monitoring = StageResult(
        stage="05_monitoring_and_tracking", tables={"quality_reach": reach}, findings=()
    )
    return data_until(view_of(campaign(), monitoring, "monitoring"))


def test_data_that_reach_the_end_need_no_word() -> None:
    assert reached(("search", "2026-10-31", 0.0), ("social", "2026-10-28", 0.0)) == ""


def test_data_that_end_early_say_until_when_and_which_channels_end_before() -> None:
    assert "2026" in reached(("search", "2026-10-25", 6.0), ("social", "2026-10-25", 6.0))
    early = reached(("social", "2026-10-20", 11.0), ("search", "2026-10-31", 0.0))
    assert "until" in early
    assert "data until" not in early
