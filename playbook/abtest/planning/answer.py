"""The answer to "how large must the test be": sizes, weeks, and the sentences that tell them."""

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from playbook.abtest.decision.sentences import BETWEEN_CLAUSES, BETWEEN_ITEMS, Text, join, same
from playbook.abtest.planning.asked import planned_design, sized
from playbook.abtest.planning.design import Design, Guardrail
from playbook.abtest.planning.pilot import Pilot, pilot
from playbook.abtest.planning.ship_power import looks_asked
from playbook.abtest.planning.sizing import Size, Within, size, weeks_needed, within_weeks
from playbook.abtest.planning.words import say
from playbook.abtest.units.relation import label
from playbook.params.experiment import ExperimentPlan

SMALL = 0.0095
"""Below it one digit after the point would hide a change."""

FEW = 10
MOST_SHOWN = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """How large a test must be.

    Attributes:
        metric: Name of the primary metric; empty where only its level was told.
        design: What was sized.
        size: Of the design.
        plain: The same without covariates; None where there are none.
        daily_units: Units that enter a day, over all arms; NaN where not known.
        weeks: Whole weeks that the size takes; 0 where not known.
        within: What other lengths would show; empty where the units a day are not known.
        within_plain: The same without covariates; empty where there are none.
        file: That the levels were measured in; empty where they were told.
        pilot: What was measured there.
        quantiles: Guardrails that no formula sizes.
    """

    metric: str
    design: Design
    size: Size
    plain: Size | None
    daily_units: float
    weeks: int
    within: tuple[Within, ...]
    within_plain: tuple[Within, ...]
    file: str = ""
    pilot: Pilot | None = None
    quantiles: tuple[str, ...] = ()

    @property
    def unit(self) -> Literal["units", "clusters"]:
        """What is counted."""
        return "clusters" if self.design.primary.by_sums else "units"


def answer(design: Design, lift: float, daily_units: float = math.nan, metric: str = "") -> Answer:
    """Size a design, with and without its covariates.

    Args:
        design: Of the test.
        lift: Relative effect to find.
        daily_units: Units that enter a day, over all arms; NaN where not known.
        metric: Name of the primary metric.

    Raises:
        ValueError: As in `size` and `within_weeks`.
    """
    whole = size(design, lift)
    plain = _without_covariates(design)
    timed = not math.isnan(daily_units)
    return Answer(
        metric=metric,
        design=design,
        size=whole,
        plain=size(plain, lift) if plain else None,
        daily_units=daily_units,
        weeks=weeks_needed(whole.total, daily_units) if timed else 0,
        within=tuple(within_weeks(design, daily_units)) if timed else (),
        within_plain=tuple(within_weeks(plain, daily_units)) if timed and plain else (),
    )


def measured_answer(
    data: Any,
    plan: ExperimentPlan,
    lift: float,
    daily_units: float = math.nan,
    *,
    looks: dict[str, Any] | None = None,
) -> Answer:
    """Size a plan with levels, spreads, covariates and traffic as a pre-period shows them.

    Args:
        data: As for `pilot`.
        plan: Of the test.
        lift: Relative effect to find.
        daily_units: Units that enter a day; those of the file where not known.
        looks: `times` and `spending` of the design, where the plan has no days.

    Raises:
        PlaybookError: As in `pilot`.
        ValueError: As in `answer`.
    """
    before = pilot(data, sized(plan))
    design = planned_design(plan, before.levels, before.correlations)
    daily = before.daily_units if math.isnan(daily_units) else daily_units
    found = answer(
        dataclasses.replace(design, **(looks or {})), lift, daily, metric=plan.primary.name
    )
    return dataclasses.replace(
        found, file=label(data), pilot=before, quantiles=quantile_guardrails(plan)
    )


def quantile_guardrails(plan: ExperimentPlan) -> tuple[str, ...]:
    """Name the guardrails that no formula sizes."""
    return tuple(
        metric.name
        for metric in plan.metrics
        if metric.role == "guardrail" and metric.kind == "quantile"
    )


def as_dict(found: Answer) -> dict[str, Any]:
    """Return an answer as plain data for JSON; what is not known is None."""
    sizes = [each for each in (found.plain, found.size) if each]
    return {
        "metric": found.metric,
        "unit": found.unit,
        "sizes": [dataclasses.asdict(each) for each in sizes],
        "daily_units": _known(found.daily_units),
        "days": 7 * found.weeks or None,
        "weeks": [_week(each) for each in found.within],
        "weeks_without_covariate": [_week(each) for each in found.within_plain],
        "baseline": found.design.primary.baseline,
        "sd": math.sqrt(found.design.primary.variance),
        "measured_in": found.file or None,
        "measured_units": found.pilot.complete if found.pilot else None,
    }


def texts(found: Answer) -> list[Text]:
    """Say the size, what it counts on, how long it takes, and by which formula."""
    unit = say(f"unit_{found.unit}")
    told = [_size_words(found.size, unit)]
    if found.plain:
        cut = found.size.variance_cut
        told.append(say("size_narrowed", cut=cut, total=found.plain.total, unit=unit))
    if found.weeks:
        told.append(
            say("size_weeks", daily=_count(found.daily_units), days=7 * found.weeks, unit=unit)
        )
    told += _joint_words(found)
    told += _looks_words(found.design)
    told += _measured_words(found, unit)
    if found.quantiles:
        told.append(say("size_quantiles", names=", ".join(found.quantiles)))
    spending = found.design.spending
    parts = [say(f"formula_{part}", spending=spending) for part in found.size.formula]
    return [*told, say("size_formula", parts=join(parts, BETWEEN_CLAUSES))]


def needs(found: Answer) -> list[tuple[Text, Text, float]]:
    """List what ship needs: metric, condition, and how probably this size meets it."""
    power = found.size.power
    name = same(found.metric) if found.metric else say("primary_metric")
    rows = [(name, say("needs_better"), power.primary)]
    rows += [
        (same(guardrail.name), _condition(guardrail), passes)
        for guardrail, passes in zip(found.design.guardrails, power.guardrails, strict=True)
    ]
    return rows


def _without_covariates(design: Design) -> Design | None:
    if design.primary.variance_cut == 0:
        return None
    return dataclasses.replace(
        design, primary=dataclasses.replace(design.primary, variance_cut=0.0)
    )


def _size_words(whole: Size, unit: Text) -> Text:
    about: dict[str, Any] = {
        "baseline": whole.baseline,
        "lift": percent(whole.lift),
        "power": f"{100 * whole.wanted:.4g}%",
        "total": whole.total,
        "unit": unit,
    }
    counts = list(whole.units.values())
    if max(counts) == min(counts):
        return say("size_equal", each=counts[0], **about)
    arms = [say("size_arm", arm=arm, units=units) for arm, units in whole.units.items()]
    return say("size_arms", arms=join(arms, BETWEEN_ITEMS), **about)


def _joint_words(found: Answer) -> list[Text]:
    design, power = found.design, found.size.power
    if not design.guardrails:
        return []
    key = "size_joint_measured" if design.correlations else "size_joint_typed"
    told = [say(key, ship=power.ship, least=power.at_least)]
    open_ones = [guardrail.name for guardrail in design.guardrails if not guardrail.is_margined]
    if open_ones:
        told.append(say("size_unmargined", names=join(list(map(same, open_ones)), BETWEEN_ITEMS)))
    return told


def _looks_words(design: Design) -> list[Text]:
    if len(design.times) == 1:
        return []
    asked = [f"{bound:.2f}" for bound in looks_asked(design)]
    shown = asked if len(asked) <= MOST_SHOWN else [*asked[:3], "…", asked[-1]]
    bounds = join(list(map(same, shown)), BETWEEN_ITEMS)
    return [say("size_looks", looks=len(asked), bounds=bounds)]


def _measured_words(found: Answer, unit: Text) -> list[Text]:
    if found.pilot is None:
        return []
    level = found.design.primary
    counts = {"file": found.file, "complete": found.pilot.complete, "unit": unit}
    told = [say("size_measured", baseline=level.baseline, sd=math.sqrt(level.variance), **counts)]
    if found.pilot.complete < found.pilot.units:
        told.append(say("size_incomplete", units=found.pilot.units, **counts))
    return told


def _condition(guardrail: Guardrail) -> Text:
    if guardrail.margin is not None:
        return say("needs_margin", margin=100 * guardrail.margin)
    if guardrail.margin_abs is not None:
        return say("needs_margin_abs", margin=guardrail.margin_abs)
    return say("needs_no_harm")


def _week(within: Within) -> dict[str, Any]:
    return dataclasses.asdict(within) | {"lift": _known(within.lift)}


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value


def lifts(within: Sequence[Within]) -> list[str]:
    """Print the smallest effects as signed per cent; a dash where none is enough."""
    return ["–" if math.isnan(each.lift) else percent(each.lift) for each in within]


def percent(change: float) -> str:
    """Print a change in signed per cent; a small one with two digits that tell something."""
    return f"{change:+.1%}" if abs(change) >= SMALL else f"{100 * change:+.2g}%"


def _count(daily_units: float) -> str:
    return f"{daily_units:,.0f}" if daily_units >= FEW else f"{daily_units:.2g}"
