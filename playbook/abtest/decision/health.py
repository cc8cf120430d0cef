"""Can the result be believed at all.

Sizes of the arms, stray units, dates, missing values, balance.
"""

import math
from collections.abc import Callable, Sequence
from itertools import chain, islice

from scipy import special

from playbook.abtest.decision import sentences
from playbook.abtest.decision.calendar import LONG_AGO, Calendar
from playbook.abtest.decision.checks import Check, check, title
from playbook.abtest.decision.sizes import PART_ALPHA, SRM_ALPHA, sizes_key, srm_by, srm_check
from playbook.abtest.decision.strays import arm_checks, date_checks, stray_checks
from playbook.abtest.stats.effects import Effect, Step, compare_estimates
from playbook.abtest.stats.estimates import estimates
from playbook.abtest.stats.metric_effects import left_out
from playbook.abtest.stats.moments import (
    Measured,
    Moments,
    Part,
    blocks,
    measured,
    roll_up,
    units,
)
from playbook.abtest.stats.multiplicity import adjust
from playbook.abtest.stats.sample_ratio import srm
from playbook.abtest.units.gathered import Days, Gathered
from playbook.params.experiment import ExperimentPlan, MetricPlan

OUTLIER_SHIFT = 0.5
"""Standard errors by which one unit may move the difference."""


def week_check(plan: ExperimentPlan, calendar: Calendar, days: Days | None) -> list[Check]:
    """Check that the days so far make full weeks; not of a test that took in all on one day."""
    if plan.start is None or plan.end is None or calendar.day is None:
        return []
    if days is not None and len(days.entered) == 1 and plan.start != plan.end:
        return []
    covered = (min(calendar.day, plan.end) - plan.start).days + 1
    key = "weeks_watch" if covered % 7 else "weeks_ok"
    return [check("weeks", key, value=covered, threshold=7, days=covered)]


def today_check(calendar: Calendar) -> list[Check]:
    """Say which day the test is looked at, where it comes from, and whether it ended long ago."""
    if calendar.day is None or calendar.end is None:
        return []
    key = f"today_{calendar.basis}_ok"
    checks = [check("today", key, value=calendar.days_left, day=calendar.day, end=calendar.end)]
    if calendar.days_since > LONG_AGO:
        years = calendar.days_since / 365.25
        checks.append(check("ended", "ended_watch", value=years, end=calendar.end, years=years))
    return checks


def covariate_checks(moments: Moments, plan: ExperimentPlan) -> list[Check]:
    """Name the covariates that can narrow nothing: constant, all missing, or told by the others."""
    arms = [plan.control, *plan.treatments]
    checks = []
    for metric in plan.metrics:
        useless = left_out(moments, metric, arms, clustered=plan.cluster is not None)
        if useless:
            checks.append(
                check(
                    "covariates",
                    "covariates_watch",
                    subject=metric.name,
                    value=len(useless),
                    metric=title(metric),
                    columns=", ".join(useless),
                )
            )
    return checks


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
        key = sizes_key("balance", p, p, PART_ALPHA)
        checks.append(
            check(
                "balance",
                key,
                subject=column,
                value=p,
                threshold=PART_ALPHA,
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


def validity(gathered: Gathered, plan: ExperimentPlan, calendar: Calendar) -> list[Check]:
    """Make all checks that need no effect."""
    parts, running = gathered.parts, calendar.days_left > 0
    total = roll_up(parts[""])
    cuts = {
        column: part
        for column, part in parts.items()
        if column and not (plan.cluster and column == plan.date_column)
    }
    return [
        srm_check(total, plan, running=running),
        *srm_by(cuts, plan, running=running),
        *arm_checks(total, plan),
        *stray_checks(gathered, plan),
        *date_checks(gathered.days, plan),
        *today_check(calendar),
        *week_check(plan, calendar, gathered.days),
        *(each for metric in plan.metrics for each in missing_check(total, plan, metric)),
        *balance_checks(total, plan),
        *covariate_checks(total, plan),
    ]
