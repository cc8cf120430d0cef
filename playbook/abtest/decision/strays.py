"""What does not belong to the test: strange arms, units that stand twice, days outside of it."""

from typing import Any

from playbook.abtest.decision.checks import Check, check
from playbook.abtest.stats.moments import Moments, units
from playbook.abtest.units.gathered import ClusterStrays, Days, Gathered, Strays, within_limit
from playbook.params.experiment import ExperimentPlan


def arm_checks(moments: Moments, plan: ExperimentPlan) -> list[Check]:
    """Check for arms that were not planned, arms planned at 0, and units without an arm."""
    counts = units(moments)
    strangers = {arm: count for arm, count in counts.items() if arm and arm not in plan.arms}
    stray = sum(strangers.values())
    checks = [
        check(
            "arms",
            "arms_stop",
            value=stray,
            threshold=0,
            arms=", ".join(sorted(strangers)),
            count=stray,
        )
        if strangers
        else check("arms", "arms_ok", value=0, threshold=0)
    ]
    if counts.get(""):
        checks.append(
            check("arm_missing", "arms_watch", value=counts[""], threshold=0, count=counts[""])
        )
    for arm in (name for name, share in plan.arms.items() if share == 0):
        count = counts.get(arm, 0)
        key = "leak_stop" if count else "leak_ok"
        checks.append(
            check("leak", key, subject=arm, value=count, threshold=0, arm=arm, count=count)
        )
    return checks


def stray_checks(gathered: Gathered, plan: ExperimentPlan) -> list[Check]:
    """Judge what was left out: units that stand twice or in two arms, and rows that belong nowhere.

    Few may be left out; more of them, and the data do not fit the plan.
    """
    checks = []
    if gathered.strays is not None:
        checks += _unit_checks(gathered.strays, plan)
    if gathered.clusters is not None:
        checks += _cluster_checks(gathered.clusters, plan)
    checks += [
        check(
            "rows",
            "rows_watch",
            subject=each.column,
            value=each.rows / each.ids,
            column=each.column,
            ids=each.ids,
            rows=each.rows,
        )
        for each in gathered.repeats
    ]
    return checks


def _unit_checks(strays: Strays, plan: ExperimentPlan) -> list[Check]:
    twice = strays.copies + strays.twice
    checks = [
        _left_out("units", twice, strays.total, plan, copies=strays.copies, units=strays.twice),
        _left_out("crossovers", strays.crossed, strays.total, plan),
    ]
    if strays.unnamed:
        rows = strays.total + strays.unnamed
        checks.append(_left_out("unnamed", strays.unnamed, rows, plan, column=plan.unit))
    return checks


def _cluster_checks(strays: ClusterStrays, plan: ExperimentPlan) -> list[Check]:
    checks = [_left_out("clusters", strays.crossed, strays.total, plan)]
    if strays.unnamed:
        checks.append(_left_out("unnamed", strays.unnamed, strays.rows, plan, column=plan.cluster))
    return checks


def _left_out(name: str, count: int, total: int, plan: ExperimentPlan, **values: Any) -> Check:
    """Judge how many of all are left out: none, few enough to go on, or too many."""
    key = f"{name}_ok"
    if count:
        few = within_limit(count, total, plan.stray_limit)
        key = f"{name}_watch" if few else f"{name}_stop"
    share = count / max(total, 1)
    return check(
        name,
        key,
        value=share,
        threshold=plan.stray_limit,
        count=count,
        share=share,
        limit=plan.stray_limit,
        **values,
    )


def date_checks(days: Days | None, plan: ExperimentPlan) -> list[Check]:
    """Check that units entered between start and end, on days that can be read."""
    if days is None:
        return []
    checks = [_left_out("days", days.unreadable, days.total, plan, column=plan.date_column)]
    if plan.start is not None and plan.end is not None:
        checks.append(_left_out("dates", days.outside, days.total, plan))
    if days.later:
        share = days.later / days.total
        checks.append(
            check("later", "later_ok", value=share, count=days.later, last=max(days.entered))
        )
    return checks
