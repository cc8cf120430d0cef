"""What became of the last period's proposal: proposed, decided, and what happened since."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from playbook.params import Campaign
from playbook.stages.goals.tables import FOLLOWED
from playbook.stages.shared.findings import records

SAME = 1e-6
"""Relative difference below which a parameter is as proposed."""

BEFORE = {
    "matter": "str",
    "object": "str",
    "from_value": "float64",
    "reason": "str",
    "owner": "str",
}
"""What the table `actions` of the period before brings, with its types."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """One number that was proposed, what the parameters hold now, and what happened."""

    matter: str
    object: str
    kpi: str
    proposed: float
    decided: float
    actual: float


@dataclass(frozen=True, slots=True)
class Decision:
    """A number before the proposal, as proposed, and as decided."""

    from_value: float
    proposed: float
    decided: float


@dataclass(frozen=True, slots=True)
class Progress:
    """A goal's KPI and what it came to."""

    goal: str
    kpi: str
    actual: float


def follow_up(
    campaign: Campaign,
    proposal: Mapping[str, Any] | None,
    actions: pd.DataFrame | None,
    aimed: pd.DataFrame,
    spent: pd.Series,
) -> pd.DataFrame:
    """Compare what was proposed for this period with its parameters and with what happened.

    Args:
        campaign: Parameters of this period.
        proposal: Keys proposed by stage 6 of the period before: goals by id with a target, budget
            by channel.
        actions: That stage's table `actions`; brings the value before, the reason and the owner.
        aimed: The table `aims`.
        spent: Money spent this period, by channel.

    Returns:
        The table `FOLLOWED`.
    """
    proposal = proposal or {}
    rows = [
        *_targets(campaign, proposal.get("goals", {}), aimed),
        *_budgets(campaign, proposal.get("budget", {}), spent),
    ]
    table = pd.DataFrame(rows, columns=list(Proposed.__dataclass_fields__))
    table = table.merge(_before(actions), how="left", on=["matter", "object"])
    table["followed"] = [_outcome(decision) for decision in records(table, Decision)]
    return table[FOLLOWED.names].fillna({"reason": "", "owner": ""})


def _targets(
    campaign: Campaign, goals: Mapping[str, Mapping[str, Any]], aimed: pd.DataFrame
) -> Iterator[Proposed]:
    progress = {goal.goal: goal for goal in records(aimed, Progress)}
    for goal, proposed in goals.items():
        if "target" not in proposed:
            continue
        present = campaign.goals.get(goal)
        reached = progress.get(goal)
        yield Proposed(
            matter="target",
            object=goal,
            kpi=reached.kpi if reached else "",
            proposed=proposed["target"],
            decided=present.target if present else np.nan,
            actual=reached.actual if reached else np.nan,
        )


def _budgets(campaign: Campaign, budget: Mapping[str, Any], spent: pd.Series) -> Iterator[Proposed]:
    for channel, amount in budget.items():
        yield Proposed(
            matter="budget",
            object=channel,
            kpi="spend",
            proposed=float(amount),
            decided=campaign.budget.get(channel, np.nan),
            actual=spent.get(channel, np.nan),
        )


def _before(actions: pd.DataFrame | None) -> pd.DataFrame:
    """Return value, reason and owner of each matter and object before it was proposed to change."""
    if actions is None or actions.empty:
        return pd.DataFrame(columns=list(BEFORE)).astype(BEFORE)
    matter = actions["action"].str.rsplit("_", n=1).str[-1]
    return actions.assign(matter=matter)[list(BEFORE)].drop_duplicates(["matter", "object"])


def _outcome(decision: Decision) -> str:
    if np.isnan(decision.decided):
        return "dropped"
    if np.isclose(decision.decided, decision.proposed, rtol=SAME):
        return "as_proposed"
    if np.isclose(decision.decided, decision.from_value, rtol=SAME):
        return "kept"
    return "otherwise"
