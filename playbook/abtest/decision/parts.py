"""Is the effect the same everywhere and every day: what the parts of a test show, as checks."""

from collections.abc import Mapping, Sequence
from typing import Any

from playbook.abtest.decision import sentences
from playbook.abtest.decision.checks import Check, check, title
from playbook.abtest.stats.effects import Effect
from playbook.abtest.stats.moments import Moments
from playbook.abtest.stats.multiplicity import adjust
from playbook.abtest.stats.segments import (
    MOST_LEVELS,
    Heterogeneity,
    Segment,
    Trend,
    by_segment,
    daily_trend,
    heterogeneity,
)
from playbook.params.experiment import ExperimentPlan


def segment_results(
    parts: Mapping[str, Moments], plan: ExperimentPlan, effects: Sequence[Effect]
) -> tuple[tuple[Segment, ...], tuple[Heterogeneity, ...], list[Check]]:
    """Compare the arms within the levels of every segment column, and say whether they differ.

    The arms of other tests that ran at the same time are looked at in the same way.
    """
    split: list[Segment] = []
    alike: list[Heterogeneity] = []
    checks: list[Check] = []
    for column in (*plan.segments, *plan.concurrent):
        count = len({key[1] for key in parts[column].keys})
        if count > MOST_LEVELS:
            checks.append(
                check(
                    "levels",
                    "levels_watch",
                    subject=column,
                    value=count,
                    threshold=MOST_LEVELS,
                    column=column,
                    count=count,
                )
            )
            continue
        here = by_segment(parts[column], plan, plan.primary, column)
        split += here
        for total in (effect for effect in effects if effect.metric == plan.primary.name):
            of_arm = [segment for segment in here if segment.effect.arm == total.arm]
            tested = heterogeneity(of_arm, total, plan.alpha)
            if tested:
                alike.append(tested)
    return tuple(split), tuple(alike), checks + _alike_checks(alike, plan)


def _alike_checks(alike: Sequence[Heterogeneity], plan: ExperimentPlan) -> list[Check]:
    """Judge heterogeneity after Holm over columns and arms."""
    checks = []
    for each, p in zip(alike, adjust([difference.pvalue for difference in alike]), strict=True):
        about: dict[str, Any] = {
            "arm": each.arm,
            "metric": title(plan.primary),
            "column": each.column,
        }
        name = "interaction" if each.column in plan.concurrent else "alike"
        checks.append(
            check(
                name,
                f"{name}_watch" if p < plan.alpha else f"{name}_ok",
                subject=f"{each.column}, {each.arm}",
                value=p,
                threshold=plan.alpha,
                p=sentences.pvalue(p),
                **about,
            )
        )
    return checks


def reversed_checks(
    alike: Sequence[Heterogeneity], checks: Sequence[Check], plan: ExperimentPlan
) -> list[Check]:
    """Say where a wrong mix of the arms turns the effect round (Simpson).

    Effects that differ between segments are no fault; arms that are made up differently are.
    """
    mixed = {
        check.subject for check in checks if check.name == "srm_part" and check.verdict == "stop"
    }
    kind = plan.primary.kind
    return [
        check(
            "simpson",
            "simpson_stop",
            subject=f"{each.column}, {each.arm}",
            value=each.standardised,
            arm=each.arm,
            metric=title(plan.primary),
            column=each.column,
            total=sentences.points(kind, each.total),
            within=sentences.points(kind, each.standardised),
        )
        for each in alike
        if each.is_reversed and each.column in mixed
    ]


def trend_results(
    parts: Mapping[str, Moments], plan: ExperimentPlan
) -> tuple[tuple[Trend, ...], list[Check]]:
    """Say whether the effect changes over the days of entry."""
    if plan.date_column is None:
        return (), []
    daily = [
        daily_trend(parts[plan.date_column], plan, plan.primary, arm) for arm in plan.treatments
    ]
    trends = tuple(trend for trend in daily if trend)
    return trends, [_trend_check(trend, plan) for trend in trends]


def _trend_check(trend: Trend, plan: ExperimentPlan) -> Check:
    limit = plan.alpha / 5
    key = "trend_watch" if trend.pvalue < limit else "trend_ok"
    return check(
        "trend",
        key,
        subject=trend.arm,
        value=trend.pvalue,
        threshold=limit,
        metric=title(plan.primary),
        slope=sentences.points(plan.primary.kind, trend.slope),
        p=sentences.pvalue(trend.pvalue),
    )
