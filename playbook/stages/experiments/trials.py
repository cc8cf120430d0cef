"""What the campaign's planned experiments showed: one evaluation each, told as a decision."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from playbook.abtest import Evaluation, evaluate
from playbook.abtest.units import aggregate_ibis
from playbook.errors import PlaybookError
from playbook.params import Campaign
from playbook.params.experiment import ExperimentPlan
from playbook.stages.experiments.evaluated import tables_of
from playbook.stages.experiments.tables import DECISIONS
from playbook.stages.shared.findings import cells, records
from playbook.stages.shared.result import Finding, Severity

SEVERITY: Mapping[str, Severity] = {
    "ship": "act",
    "stop": "act",
    "invalid": "act",
    "hold": "watch",
    "iterate": "watch",
}


def trials(
    campaign: Campaign, experiment_units: Any, look_dates: Sequence[date] = ()
) -> tuple[dict[str, pd.DataFrame], dict[str, Mapping[str, str]]]:
    """Evaluate every planned experiment that has begun and has data.

    Args:
        campaign: Experiment plans by id, as registered too, and the period up to whose end they are
            looked at.
        experiment_units: One row per experiment and unit, outcomes in columns of their own; a
            frame, or an Ibis table.
        look_dates: Last days of the data that earlier runs showed; each within a test's time counts
            as a look at it.

    Returns:
        The tables of `tables_of`, and what could not be evaluated, as a stage's result has it.

    Source:
        `playbook.abtest`, which names the source of each test.
    """
    evaluations: list[Evaluation] = []
    missing: dict[str, Mapping[str, str]] = {}
    for plan in campaign.experiments.values():
        units = _units(experiment_units, plan)
        if units is None or (plan.start and plan.start > campaign.end):
            missing[f"experiment_without_data.{plan.id}"] = {"experiment": plan.id}
            continue
        try:
            evaluations.append(
                evaluate(
                    units,
                    plan,
                    looks_taken=look_dates,
                    clock=campaign.end,
                    timezone=campaign.timezone,
                    registered=campaign.registered.get(plan.id),
                )
            )
        except PlaybookError as error:
            missing[f"experiment_unusable.{plan.id}"] = {
                "experiment": plan.id,
                "problem": str(error.problems[0]),
            }
    return tables_of(evaluations), missing


@dataclass(frozen=True, slots=True)
class Decided:
    """A row of the table `decisions`, as far as findings need it."""

    experiment: str
    decision: str
    money_mid: float


def trial_findings(decisions: pd.DataFrame) -> Iterator[Finding]:
    """Tell each decision with the reason that led to it, and the next step as the action."""
    for test in records(decisions, Decided):
        yield Finding(
            id=f"analysis.experiment.{test.experiment}",
            severity=SEVERITY[test.decision],
            weight=0.0 if pd.isna(test.money_mid) else abs(test.money_mid),
            sentence="trial",
            evidence=cells(
                DECISIONS,
                {"experiment": test.experiment},
                experiment="experiment",
                decision="decision",
                reason="reason",
                next="next",
            ),
            action="next_step",
        )


def _units(experiment_units: Any, plan: ExperimentPlan) -> Any:
    """Take the rows of one experiment, where they lie; None where there is none."""
    mine = experiment_units["experiment"] == plan.id
    if isinstance(experiment_units, pd.DataFrame):
        return experiment_units[mine] if mine.any() else None
    units = experiment_units.filter(mine)
    return units if aggregate_ibis.has_rows(units) else None
