"""Have the arms their planned sizes: in all, within segments and on each day."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from playbook.abtest.decision import sentences
from playbook.abtest.decision.checks import Check, check
from playbook.abtest.stats.moments import Moments, levels, only, units
from playbook.abtest.stats.multiplicity import adjust
from playbook.abtest.stats.sample_ratio import srm, srm_anytime
from playbook.params.experiment import ExperimentPlan

SRM_ALPHA = 0.001
"""Below this p-value the sizes of the arms are not luck (Fabijan et al. 2019)."""

SRM_WATCH = 0.01
"""Below this p-value the sizes of the arms are looked at with care."""

PART_ALPHA = 0.0004
"""The same as `SRM_ALPHA` for all segments and days together, and for all covariates together: so
that a sound test is called invalid in at most two of a thousand cases, by all checks together."""

MOST_TOLD = 10
"""A column that tells the arms apart has few levels; one with more is an id of the unit."""

DAY: sentences.Text = {"zh": "日期", "en": "day"}


def srm_check(moments: Moments, plan: ExperimentPlan, *, running: bool) -> Check:
    """Check the sizes of the arms over the whole test.

    Nothing follows from sizes that nobody planned. While the test runs, and is looked at again and
    again, only a p-value that holds at every moment stops it.
    """
    counts = {arm: units(moments).get(arm, 0) for arm in plan.arms}
    sizes = ", ".join(f"{arm} {count:,}" for arm, count in counts.items())
    if not plan.sizes_planned:
        return check("srm", "srm_unplanned", value=math.nan, counts=sizes)
    p = srm(counts, plan.arms).pvalue
    limit = srm_anytime(counts, plan.arms) if running else p
    key = sizes_key("srm", limit, p, SRM_ALPHA)
    return check("srm", key, value=p, threshold=SRM_ALPHA, p=sentences.pvalue(p), counts=sizes)


def sizes_key(name: str, limit: float, p: float, alpha: float) -> str:
    """Return the sentence on sizes: wrong, to be looked at, or as planned."""
    if limit < alpha:
        return f"{name}_stop"
    return f"{name}_watch" if p < SRM_WATCH else f"{name}_ok"


def srm_by(parts: Mapping[str, Moments], plan: ExperimentPlan, *, running: bool) -> list[Check]:
    """Check the sizes of the arms within each level of the segment columns, and on each day.

    Holm over all levels of all columns. A column that tells the arms apart by itself is named and
    left out.

    Args:
        parts: Moments by column.
        plan: With planned shares.
        running: As in `srm_check`.
    """
    if not plan.sizes_planned:
        return []
    is_arm = {column: _tells_the_arm(part) for column, part in parts.items()}
    places = [
        (column, level)
        for column, part in parts.items()
        if not is_arm[column]
        for level in levels(part, column)
    ]
    counts = [_counts(parts[column], plan, column, level) for column, level in places]
    fixed = _over_levels([_srm_pvalue(each, plan, running=False) for each in counts])
    limits = fixed
    if running:
        limits = _over_levels([_srm_pvalue(each, plan, running=True) for each in counts])
    checks = [
        check(
            "srm_part",
            "srm_part_arm_watch",
            subject=column,
            value=1.0,
            column=_called(column, plan),
        )
        for column in parts
        if is_arm[column]
    ]
    for column in dict.fromkeys(column for column, _ in places):
        here = [place for place, each in enumerate(places) if each[0] == column]
        worst = min(here, key=lambda place: (limits[place], fixed[place]))
        key = sizes_key("srm_part", limits[worst], fixed[worst], PART_ALPHA)
        checks.append(
            check(
                "srm_part",
                key,
                subject=column,
                value=fixed[worst],
                threshold=PART_ALPHA,
                p=sentences.pvalue(fixed[worst]),
                level=places[worst][1] or "–",
                column=_called(column, plan),
            )
        )
    return checks


def _called(column: str, plan: ExperimentPlan) -> Any:
    return DAY if column == plan.date_column else column


def _tells_the_arm(part: Moments) -> bool:
    """Tell whether every level of a column lies in one arm only, and more than one arm has some."""
    arms_of: dict[str, set[str]] = {}
    for arm, level, *_ in part.keys:
        arms_of.setdefault(level, set()).add(arm)
    several = len({arm for arms in arms_of.values() for arm in arms}) > 1
    alone = all(len(arms) == 1 for arms in arms_of.values())
    return several and alone and len(arms_of) < MOST_TOLD


def _counts(part: Moments, plan: ExperimentPlan, column: str, level: str) -> dict[str, int]:
    entered = units(only(part, column, {level}))
    return {arm: entered.get(arm, 0) for arm in plan.arms}


def _srm_pvalue(counts: Mapping[str, int], plan: ExperimentPlan, *, running: bool) -> float:
    if not any(counts[arm] for arm, share in plan.arms.items() if share > 0):
        return math.nan
    return srm_anytime(counts, plan.arms) if running else srm(counts, plan.arms).pvalue


def _over_levels(pvalues: Sequence[float]) -> list[float]:
    return [1.0 if math.isnan(p) else p for p in adjust(pvalues)]
