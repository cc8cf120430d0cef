"""Every planned A/B test of a campaign, and what each asks for."""

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd

from playbook.params import Campaign
from playbook.stages import EXPERIMENTS
from playbook.stages.experiments.tables import SUMMARY
from playbook.stages.experiments.trials import trial_findings, trials
from playbook.stages.shared.declared import declared
from playbook.stages.shared.findings import absent, measures, ranked, summary_frame
from playbook.stages.shared.result import Finding, Severity, StageResult

PRESSING = ("ship", "stop", "invalid")
"""Decisions that somebody must take."""


def analyse(
    campaign: Campaign, tables: Mapping[str, pd.DataFrame], look_dates: Sequence[date] = ()
) -> StageResult:
    """Answer, for every planned test that has data, whether the treatment beats the control.

    Args:
        campaign: Parameters with the experiment plans.
        tables: Canonical tables; uses experiment_units.
        look_dates: Last days of the data that earlier runs showed.

    Returns:
        The tables of `experiments.tables`.
    """
    campaign, tables = declared(EXPERIMENTS, campaign, tables)
    tested, untested = trials(campaign, tables["experiment_units"], look_dates)
    decisions = tested["decisions"]
    counts = decisions["decision"].value_counts()
    return StageResult(
        stage=EXPERIMENTS.notebook,
        tables={
            "summary": summary_frame(SUMMARY, {"tests": len(decisions), **counts}),
            **tested,
        },
        findings=(_answer(decisions), *ranked(trial_findings(decisions))),
        missing=absent({"experiments": not campaign.experiments}) | untested,
    )


def _answer(decisions: pd.DataFrame) -> Finding:
    if decisions.empty:
        return Finding(id="ab_test.answer", severity="watch", sentence="no_tests")
    severity: Severity = "act" if decisions["decision"].isin(PRESSING).any() else "watch"
    if decisions["decision"].eq("ship").any():
        return Finding(
            id="ab_test.answer",
            severity=severity,
            sentence="some_ready",
            evidence=measures(SUMMARY, "tests", "ship"),
        )
    return Finding(
        id="ab_test.answer",
        severity=severity,
        sentence="none_ready",
        evidence=measures(SUMMARY, "tests"),
    )
