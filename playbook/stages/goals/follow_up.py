"""What became of the last period's proposal: proposed, decided, and what happened since."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from playbook.params import Campaign
from playbook.stages.shared.findings import each

COLUMNS = [
    "matter",
    "object",
    "kpi",
    "from_value",
    "proposed",
    "decided",
    "followed",
    "actual",
    "reason",
    "owner",
]
SAME = 1e-6
"""Relative difference below which a parameter is as proposed."""


def followed(
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
        aimed: One row per goal: goal, kpi, actual.
        spent: Money spent this period, by channel.

    Returns:
        One row per proposed number: matter (target or budget), object (goal or channel), kpi,
        from_value (NaN not known), proposed, decided (the parameter; NaN if it is gone), followed
        (as_proposed, kept, otherwise, dropped), actual (the goal's KPI, or the spend), reason
        (code), owner.
    """
    goals, money = (proposal or {}).get("goals", {}), (proposal or {}).get("budget", {})
    known = {str(row.goal): (row.kpi, row.actual) for row in each(aimed)}
    now = {goal: campaign.goals[goal].target for goal in goals if goal in campaign.goals}
    asked = {goal: change["target"] for goal, change in goals.items() if "target" in change}
    rows = [
        (
            "target",
            goal,
            known.get(goal, ("", np.nan))[0],
            target,
            now.get(goal, np.nan),
            known.get(goal, ("", np.nan))[1],
        )
        for goal, target in asked.items()
    ]
    rows += [
        (
            "budget",
            channel,
            "spend",
            float(amount),
            campaign.budget.get(channel, np.nan),
            spent.get(channel, np.nan),
        )
        for channel, amount in money.items()
    ]
    table = pd.DataFrame(rows, columns=["matter", "object", "kpi", "proposed", "decided", "actual"])
    before = _before(actions)
    table = table.merge(
        before, how="left", left_on=["matter", "object"], right_on=["matter", "object"]
    )
    table["followed"] = [
        _followed(row.from_value, row.proposed, row.decided) for row in each(table)
    ]
    return table[COLUMNS].fillna({"reason": "", "owner": ""})


def _before(actions: pd.DataFrame | None) -> pd.DataFrame:
    names = ["matter", "object", "from_value", "reason", "owner"]
    if actions is None or actions.empty:
        return pd.DataFrame(
            {name: pd.Series(dtype="float64" if name == "from_value" else "str") for name in names}
        )
    matter = actions["action"].str.rsplit("_", n=1).str[-1]
    return actions.assign(matter=matter)[names].drop_duplicates(["matter", "object"])


def _followed(from_value: float, proposed: float, decided: float) -> str:
    if np.isnan(decided):
        return "dropped"
    if np.isclose(decided, proposed, rtol=SAME):
        return "as_proposed"
    return "kept" if np.isclose(decided, from_value, rtol=SAME) else "otherwise"
