"""Every planned A/B test of a campaign, and what each asks for."""

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd

from playbook.params import Campaign
from playbook.stages.experiments.trials import tell_trials, trials
from playbook.stages.shared.findings import cells, ranked
from playbook.stages.shared.result import Finding, StageResult

STAGE = "ab_test"
MISSING: Mapping[str, Mapping[str, str]] = {
    "experiments": {
        "zh": "参数中没有 A/B 测试方案。",
        "en": "No A/B test is planned in the parameters.",
    },
}


def analyse(
    campaign: Campaign, tables: Mapping[str, pd.DataFrame], looked: Sequence[date] = ()
) -> StageResult:
    """Answer, for every planned test that has data, whether the treatment beats the control.

    Args:
        campaign: Parameters with the experiment plans.
        tables: Canonical tables; uses experiment_units.
        looked: Last days of the data that earlier runs showed.

    Returns:
        Tables summary (one row per measure: tests, decided, by decision), and those of `trials`.
    """
    tested, missing = trials(campaign, tables["experiment_units"], looked)
    decisions = tested["decisions"]
    counts = decisions["decision"].value_counts()
    summary = pd.DataFrame(
        {
            "measure": ["tests", *counts.index],
            "value": [float(len(decisions)), *counts.astype("float64")],
        }
    )
    absent = {"experiments": MISSING["experiments"]} if not campaign.experiments else {}
    return StageResult(
        stage=STAGE,
        tables={"summary": summary, **tested},
        findings=(_answer(decisions), *ranked(tell_trials(decisions))),
        missing={**absent, **missing},
    )


def _answer(decisions: pd.DataFrame) -> Finding:
    if decisions.empty:
        return Finding(id="ab_test.answer", severity="watch", text=MISSING["experiments"])
    urgent = decisions["decision"].isin(["ship", "stop", "invalid"]).any()
    ships = decisions["decision"].eq("ship").any()
    return Finding(
        id="ab_test.answer",
        severity="act" if urgent else "watch",
        text={
            "zh": "共评估 {tests} 个测试"
            + ("，其中 {ship} 个可以上线。" if ships else "，目前没有可以上线的。"),
            "en": "Tests evaluated: {tests}"
            + ("; ready to ship: {ship}." if ships else "; none is ready to ship."),
        },
        evidence=cells("summary", {"measure": "tests"}, tests=("value", "count"))
        | (cells("summary", {"measure": "ship"}, ship=("value", "count")) if ships else {}),
    )
