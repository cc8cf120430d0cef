"""Can the result be believed at all.

Sizes of the arms, stray units, dates, missing values, balance.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, islice
from typing import Any, Literal

from scipy import special

from playbook.abtest.decision import sentences
from playbook.abtest.stats.effects import Effect, Step, compare_estimates
from playbook.abtest.stats.estimates import estimates
from playbook.abtest.stats.moments import (
    Measured,
    Moments,
    Part,
    blocks,
    levels,
    measured,
    only,
    roll_up,
    units,
)
from playbook.abtest.stats.multiplicity import adjust
from playbook.abtest.stats.sample_ratio import srm
from playbook.abtest.units.gathered import Strays
from playbook.params.experiment import ExperimentPlan, MetricPlan

Verdict = Literal["ok", "watch", "stop"]
SRM_ALPHA = 0.001
"""Below this p-value the sizes of the arms are not luck (Fabijan et al. 2019)."""

MOST_STRAY = 0.01
"""Share of units in two arms, or outside the dates, above which the data do not fit the plan."""

OUTLIER_SHIFT = 0.5
"""Standard errors by which one unit may move the difference."""
DAY: sentences.Text = {"zh": "日期", "en": "day"}


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


def srm_check(moments: Moments, plan: ExperimentPlan) -> Check:
    """Check the sizes of the arms over the whole test."""
    counts = {arm: units(moments).get(arm, 0) for arm in plan.arms}
    p = srm(counts, plan.arms).pvalue
    sizes = ", ".join(f"{arm} {count:,}" for arm, count in counts.items())
    key = "srm_stop" if p < SRM_ALPHA else "srm_ok"
    return check("srm", key, value=p, threshold=SRM_ALPHA, p=sentences.pvalue(p), counts=sizes)


def srm_by(moments: Moments, plan: ExperimentPlan, column: str) -> Check:
    """Check the sizes of the arms within each level of a segment column, or on each day.

    Holm over the levels.
    """
    names = levels(moments, column)
    raw = []
    for name in names:
        entered = units(only(moments, column, {name}))
        counts = {arm: entered.get(arm, 0) for arm in plan.arms}
        raw.append(srm(counts, plan.arms).pvalue if any(counts.values()) else math.nan)
    adjusted = [1.0 if math.isnan(p) else p for p in adjust(raw)]
    p, level = min(zip(adjusted, names, strict=True))
    key = "srm_part_stop" if p < SRM_ALPHA else "srm_part_ok"
    return check(
        "srm_part",
        key,
        subject=column,
        value=p,
        threshold=SRM_ALPHA,
        p=sentences.pvalue(p),
        level=level,
        column=DAY if column == plan.date_column else column,
    )


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


def stray_checks(strays: Strays | None) -> list[Check]:
    """Judge how many of all units stand twice in one arm, and how many in two; none is unknown."""
    if strays is None:
        return []
    return [_units_check(strays.twice), _crossover_check(strays.crossed, strays.total)]


def _units_check(twice: int) -> Check:
    return check(
        "units", "units_stop" if twice else "units_ok", value=twice, threshold=0, count=twice
    )


def _stray_key(name: str, count: float, share: float) -> str:
    """Return the sentence on units that do not belong: none, few enough to go on, or too many."""
    if not count:
        return f"{name}_ok"
    return f"{name}_watch" if share <= MOST_STRAY else f"{name}_stop"


def _crossover_check(crossed: int, total: int) -> Check:
    share = crossed / max(total, 1)
    return check(
        "crossovers",
        _stray_key("crossovers", crossed, share),
        value=share,
        threshold=MOST_STRAY,
        count=crossed,
        share=share,
        limit=MOST_STRAY,
    )


def date_checks(by_day: Moments, plan: ExperimentPlan) -> list[Check]:
    """Check that units entered between start and end."""
    if plan.start is None or plan.end is None or plan.date_column is None:
        return []
    days = levels(by_day, plan.date_column)
    inside = {day for day in days if day and plan.start <= date.fromisoformat(day) <= plan.end}
    counts = {day: sum(units(only(by_day, plan.date_column, {day})).values()) for day in days}
    stray = sum(count for day, count in counts.items() if day not in inside)
    share = stray / sum(counts.values())
    key = _stray_key("dates", stray, share)
    return [check("dates", key, value=share, threshold=MOST_STRAY, count=stray, share=share)]


def week_check(plan: ExperimentPlan, today: date | None) -> list[Check]:
    """Check that the days so far make full weeks."""
    if plan.start is None or plan.end is None:
        return []
    days = (min(today or plan.end, plan.end) - plan.start).days + 1
    return [
        check(
            "weeks", "weeks_watch" if days % 7 else "weeks_ok", value=days, threshold=7, days=days
        )
    ]


def missing_check(moments: Moments, plan: ExperimentPlan, metric: MetricPlan) -> list[Check]:
    """Check that a metric is missing equally often in every arm.

    No check where nothing is missing.
    """
    what = Measured(outcome=measured(metric, clustered=plan.cluster is not None).outcome)
    arms = [plan.control, *plan.treatments]
    known_units = {arm: block.n for arm, block in blocks(moments, what, arms).items()}
    everyone = units(moments)
    missing = {arm: everyone.get(arm, 0) - known_units[arm] for arm in arms}
    if not any(missing.values()) or not any(known_units.values()):
        return []
    sizes = {arm: everyone.get(arm, 0) for arm in arms}
    statistic = srm(missing, sizes).statistic + srm(known_units, sizes).statistic
    p = float(special.chdtrc(len(arms) - 1, statistic))
    share = sum(missing.values()) / sum(sizes.values())
    key = "missing_watch" if p < SRM_ALPHA else "missing_ok"
    return [
        check(
            "missing",
            key,
            subject=metric.name,
            value=p,
            threshold=SRM_ALPHA,
            metric=title(metric),
            share=share,
            p=sentences.pvalue(p),
        )
    ]


def balance_checks(moments: Moments, plan: ExperimentPlan) -> list[Check]:
    """Check that the arms were equal before the test, on every covariate.

    Holm over arms and covariates.
    """
    columns = sorted(set(chain.from_iterable(metric.covariates for metric in plan.metrics)))
    if plan.cluster or not columns:
        return []
    imbalances = {column: _imbalance(moments, plan, column) for column in columns}
    every = list(chain.from_iterable(imbalances.values()))
    adjusted = iter(adjust([effect.pvalue for effect in every]))
    checks = []
    for column, effects in imbalances.items():
        of_column = list(islice(adjusted, len(effects)))
        p = min((p for p in of_column if not math.isnan(p)), default=1.0)
        key = "balance_stop" if p < SRM_ALPHA else "balance_ok"
        checks.append(
            check(
                "balance",
                key,
                subject=column,
                value=p,
                threshold=SRM_ALPHA,
                p=sentences.pvalue(p),
                column=column,
                metric=_narrowed(plan, column),
            )
        )
    return checks


def _imbalance(moments: Moments, plan: ExperimentPlan, column: str) -> list[Effect]:
    what = Measured(outcome=Part(numerator=column))
    arms = blocks(moments, what, [plan.control, *plan.treatments])
    if any(block.n < 2 for block in arms.values()):
        return []
    each = estimates(arms, what)
    method = (Step("welch_t"),)
    return [
        compare_estimates(each[plan.control], each[arm], alpha=plan.alpha, method=method)
        for arm in plan.treatments
    ]


def outlier_check(
    largest_of: Callable[[str], float],
    plan: ExperimentPlan,
    metric: MetricPlan,
    effects: Sequence[Effect],
) -> list[Check]:
    """Check that the largest value of a mean does not carry the difference alone."""
    spread = [effect for effect in effects if effect.se > 0]
    if metric.kind != "mean" or metric.clamped or plan.cluster or not spread:
        return []
    highest = largest_of(metric.numerator)
    shift = max(_shift(highest, effect) for effect in spread)
    key = "outlier_watch" if shift > OUTLIER_SHIFT else "outlier_ok"
    return [
        check(
            "outlier",
            key,
            subject=metric.name,
            value=shift,
            threshold=OUTLIER_SHIFT,
            metric=title(metric),
            shift=shift,
            amount=highest,
        )
    ]


def _shift(highest: float, effect: Effect) -> float:
    """Return by how many standard errors the difference would move without the largest value."""
    return (highest - effect.control) / min(effect.n_control, effect.n_treatment) / effect.se


def _narrowed(plan: ExperimentPlan, column: str) -> sentences.Text:
    """Name the metrics that a covariate narrows."""
    titles = [title(metric) for metric in plan.metrics if column in metric.covariates]
    return {language: _listed(titles, language) for language in ("zh", "en")}


def _listed(titles: Sequence[sentences.Text], language: str) -> str:
    return ", ".join(dict.fromkeys(each[language] for each in titles))


def title(metric: MetricPlan) -> sentences.Text:
    """Name a metric for readers in both languages."""
    return metric.label.model_dump() if metric.label else {"zh": metric.name, "en": metric.name}


def validity(parts: Mapping[str, Moments], plan: ExperimentPlan, today: date | None) -> list[Check]:
    """Make all checks that need no effect.

    Args:
        parts: Moments by segment column; "" for the total.
        plan: Of the test.
        today: Day of the evaluation.
    """
    total = roll_up(parts[""])
    checks = [srm_check(total, plan)]
    checks += [srm_by(part, plan, column) for column, part in parts.items() if column]
    checks += arm_checks(total, plan)
    if plan.date_column:
        checks += date_checks(parts[plan.date_column], plan)
    checks += week_check(plan, today)
    checks += [each for metric in plan.metrics for each in missing_check(total, plan, metric)]
    return checks + balance_checks(total, plan)
