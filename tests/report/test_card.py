"""The decision card.

Verdict before pictures, numbers of the tables, one language, hostile names inert.
"""

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import numpy as np
import pandas as pd
import pytest

from playbook.abtest import Evaluation, evaluate
from playbook.params.experiment import ExperimentPlan
from playbook.report.card import card_page
from playbook.report.messages import messages

START = date(2026, 10, 5)
PLAN: dict[str, Any] = {
    "id": "form",
    "name": {"zh": "精简表单", "en": "Shorter form"},
    "hypothesis": "x",
    "variant": "group",
    "date_column": "day",
    "arms": {"old": 0.5, "new": 0.5},
    "metrics": [
        {
            "name": "bought",
            "kind": "rate",
            "role": "primary",
            "label": {"zh": "付款率", "en": "Paid"},
        },
        {"name": "revenue", "kind": "mean", "role": "guardrail", "margin": 0.05},
    ],
    "start": START,
    "end": START + timedelta(days=13),
    "looks": [START + timedelta(days=6)],
    "segments": ["device"],
    "money_metric": "revenue",
    "monthly_units": 10000.0,
}


def users(new: str = "new") -> pd.DataFrame:
    """5,600 users over two weeks: 10% of the old arm buy for 20, and 15% of the new one."""
    table = pd.DataFrame({"group": ["old", new] * 2800})
    rank = np.arange(5600) // 2
    table["day"] = [(START + timedelta(days=int(one) % 14)).isoformat() for one in rank]
    table["bought"] = ((rank * 7) % 100 < np.where(table["group"].eq(new), 15, 10)).astype(int)
    table["revenue"] = table["bought"] * 20.0 + rank % 3
    table["device"] = np.where(rank % 5 < 2, "phone", "desk")
    return table


def found(**changes: Any) -> Evaluation:
    return evaluate(
        users(),
        ExperimentPlan.model_validate(PLAN | changes),
        looks_taken=[START + timedelta(days=6)],
    )


def shown(page: str) -> str:
    body = re.sub(r"<(style|head)\b.*?</\1>", "", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body)))


def card(evaluation: Evaluation, language: str = "en") -> str:
    return card_page(evaluation, language=language, currency="USD", data="users.csv")


def test_verdict_and_next_step_stand_before_the_first_picture() -> None:
    page = card(found())
    assert (
        page.index("Paid changed by") < page.index("Roll new out to everyone") < page.index("<img")
    )


def test_card_shows_every_part_of_the_evaluation() -> None:
    text = shown(card(found()))
    for part in (
        "Can the result be trusted?",
        "What changed",
        "By segment",
        "Looks and boundaries",
        "The plan",
    ):
        assert part in text
    assert "Money a month" in text
    assert "Checks passed" in text


def test_numbers_are_those_of_the_evaluation() -> None:
    evaluation = found()
    text = shown(card(evaluation))
    money = evaluation.decision.money
    assert money is not None
    assert f"+${money.mid:,.0f}" in text
    assert f"+{evaluation.effects[0].lift:.1%}" in text
    assert evaluation.plan_hash[:12] in text


def test_looks_show_the_boundary_that_each_had_to_cross() -> None:
    evaluation = found()
    first, last = evaluation.sequential
    assert first.critical == pytest.approx(2.963, abs=0.001)
    text = shown(card(evaluation))
    assert f"{first.critical:.2f}" in text
    assert f"{last.critical:.2f}" in text


def test_chinese_card_has_chinese_words() -> None:
    text = shown(card(found(), "zh"))
    assert "全量上线“new”" in text
    parts = {
        key: said["en"]
        for key, said in messages("experiments").codes.items()
        if key.startswith(("part_", "table_"))
    }
    assert parts
    assert not [key for key, english in parts.items() if english in text]


def test_invalid_result_shows_no_lift_and_no_money_in_large() -> None:
    page = card(found(arms={"old": 0.4, "new": 0.6}))
    assert "The arms do not have the planned sizes" in shown(page)
    assert 'class="card"' not in page


def test_hostile_arm_stays_text() -> None:
    name = '<script>alert(1)</script><img src=x onerror="x">'
    plan = ExperimentPlan.model_validate(PLAN | {"arms": {"old": 0.5, name: 0.5}})
    page = card(evaluate(users(name), plan))
    assert "<script" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;" in page


def test_same_evaluation_gives_the_same_bytes() -> None:
    assert card(found()) == card(found())
