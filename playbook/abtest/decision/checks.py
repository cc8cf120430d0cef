"""One question about the validity of a test, its answer, and the sentence that says it."""

import math
from dataclasses import dataclass
from typing import Any, Literal

from playbook.abtest.decision import sentences
from playbook.params.experiment import MetricPlan

Verdict = Literal["ok", "watch", "stop"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """One question about validity.

    Attributes:
        name: Id of the check.
        subject: Metric, column or arm that it is about; empty for the whole test.
        verdict: ok, watch (read with care) or stop (the result cannot be used).
        value: The number that was looked at: a p-value, a share or a count.
        threshold: What the number was compared with; NaN where any is accepted.
        text: The finding as a sentence in zh and en.
    """

    name: str
    subject: str = ""
    verdict: Verdict
    value: float
    threshold: float = math.nan
    text: sentences.Text


def check(
    name: str,
    key: str,
    /,
    *,
    subject: str = "",
    value: float,
    threshold: float = math.nan,
    **values: Any,
) -> Check:
    """Make a check from a sentence; the end of its key (_ok, _watch, _stop) is the verdict."""
    verdict: Verdict = "ok"
    if key.endswith("_stop"):
        verdict = "stop"
    elif key.endswith("_watch"):
        verdict = "watch"
    return Check(
        name=name,
        subject=subject,
        verdict=verdict,
        value=float(value),
        threshold=threshold,
        text=sentences.say(key, **values),
    )


def title(metric: MetricPlan) -> sentences.Text:
    """Name a metric for readers in both languages."""
    return metric.label.model_dump() if metric.label else {"zh": metric.name, "en": metric.name}
