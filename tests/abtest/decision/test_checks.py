"""One question about validity: its verdict stands at the end of the key of its sentence."""

import math

import pytest

from playbook.abtest.decision.checks import check, title
from playbook.params.experiment import MetricPlan


@pytest.mark.parametrize(
    ("key", "verdict"), [("weeks_ok", "ok"), ("weeks_watch", "watch"), ("days_stop", "stop")]
)
def test_the_end_of_the_key_is_the_verdict(key: str, verdict: str) -> None:
    made = check("x", key, value=8, days=8, count=3, share=0.1, limit=0.001, column="day")
    assert (made.name, made.verdict, made.value) == ("x", verdict, 8.0)
    assert math.isnan(made.threshold)
    assert made.text["zh"] != made.text["en"]


def test_a_metric_is_called_by_its_label_else_by_its_name() -> None:
    plain = MetricPlan.model_validate({"name": "cvr"})
    named = MetricPlan.model_validate({"name": "cvr", "label": {"zh": "转化率", "en": "Rate"}})
    assert title(plain) == {"zh": "cvr", "en": "cvr"}
    assert title(named) == {"zh": "转化率", "en": "Rate"}
