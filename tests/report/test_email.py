"""The e-mail: verdict, cards and decisions in a small fragment in which names stay text."""

import pandas as pd

from playbook.report.email import fragment
from playbook.report.page import View
from playbook.report.words import Words
from playbook.stages import STAGES
from playbook.stages.analysis import tables as schema
from playbook.stages.shared.findings import cells
from playbook.stages.shared.result import Finding, Severity, StageResult

HOSTILE = '<script>alert(1)</script><img src=x onerror="y">'
BOARD = pd.DataFrame(
    [
        {
            "kpi": "spend",
            "actual": 1234.0,
            "previous": 1000.0,
            "change": 0.234,
            "target": 1300.0,
            "attainment": 0.95,
            "state": "watch",
        }
    ]
)
CAUSES = pd.DataFrame(
    {"cause": ["a", "b", "c"], "step": ["answer", "cause", "calm"], "channel": HOSTILE, "effect": 1}
)


def views(*findings: Finding) -> dict[str, View]:
    tables = {"analysis": {"causes": CAUSES}, "monitoring": {"board": BOARD}}
    return {
        stage.id: View(
            result=StageResult(
                stage=stage.notebook,
                tables=tables.get(stage.id, {}),
                findings=findings if stage.id == "analysis" else (),
            ),
            words=Words(language="en", currency="USD", stage=stage.id),
            caption="Spring",
            prefix="spring",
        )
        for stage in STAGES
    }


def told(key: str, severity: Severity, action: str = "") -> Finding:
    named = cells(schema.CAUSES, {"step": key}, channel="channel", step="step", effect="effect")
    return Finding(
        id=key,
        severity=severity,
        sentence="cause",
        clauses=("moved",),
        evidence=named,
        action=action,
    )


def test_verdict_comes_before_cards_and_cards_before_decisions() -> None:
    html = fragment(views(told("answer", "act", "approve_step"), told("cause", "watch")))
    assert (
        html.index("answer of")
        < html.index("Approve or refuse this step")
        < html.index("$1,234")
        < html.index("cause of")
    )
    assert "−5.1%" in html


def test_what_is_on_plan_is_left_out_below_the_verdict() -> None:
    assert "calm of" not in fragment(views(told("answer", "good"), told("calm", "good")))


def test_names_stay_text_and_styles_stand_in_the_tags() -> None:
    html = fragment(views(told("answer", "act")))
    assert "<script" not in html
    assert "<img" not in html
    assert "<style" not in html
    assert "&lt;script&gt;" in html


def test_nothing_is_said_where_the_analysis_was_not_run() -> None:
    assert fragment(views()) == ""
