"""How often a test was looked at, and what each look may claim."""

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from itertools import pairwise
from typing import Literal

from scipy import special

from playbook.abtest.decision.calendar import Calendar
from playbook.abtest.decision.checks import Check, check
from playbook.abtest.decision.corrections import Key, Levels, LookLevel, critical
from playbook.abtest.decision.protocol import better_sign
from playbook.abtest.stats.effects import Effect
from playbook.abtest.stats.sequential import always_critical, boundaries, peeking_cost
from playbook.abtest.units.gathered import Days
from playbook.methods.intervals import normal_pvalue, normal_quantile
from playbook.params.experiment import ExperimentPlan, MetricPlan

Spending = Literal["none", "obf", "pocock", "always"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """One look at the data of the first primary metric.

    Attributes:
        number: 1 for the first look.
        day: Of the look; None where the plan has no dates.
        time: Share of the planned test that had passed, by units where they are planned, else by
            days.
        critical: z that the leading arm needs at this look; infinite where nothing can be claimed.
        statistic: z of the leading arm, positive when better; for earlier looks of the units that
            had entered by then, NaN without a date column.
        crossed: Whether this look shows the leading arm better or worse.
    """

    number: int
    day: date | None
    time: float
    critical: float
    statistic: float = math.nan
    crossed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """When a look was taken: its day, the share of the test that had passed, and its units."""

    day: date | None
    time: float
    units: float


def look_history(
    plan: ExperimentPlan,
    taken: Sequence[date],
    calendar: Calendar,
    days: Days | None,
    registered: ExperimentPlan | None = None,
) -> tuple[Moment, ...]:
    """Place all looks so far in the planned test, this one last.

    Alpha is spent by the share of the planned units or, without them, of the planned days; how
    alike two looks are is said by the units that had entered. A look that saw no unit more than the
    one after it is the same look.

    Args:
        plan: Of the test; without dates there is one look.
        taken: Days of earlier looks; those outside the test do not count.
        calendar: With the day of this look and the end of the test.
        days: On which units entered; None without a date column.
        registered: The plan as registered: what was read at its end has spent alpha, also when the
            test was extended since.
    """
    day, start = calendar.day, plan.start
    if start is None or day is None or calendar.end is None:
        return (Moment(day=day, time=1.0, units=math.nan),)
    end = calendar.end
    if registered and registered.end and plan.end and registered.end < plan.end:
        end = min(end, registered.end)
    last = min(day, calendar.end)
    places = [*sorted({each for each in taken if start <= each < last}), last]
    units = _units_by(places, start, days)
    moments = [
        Moment(day=place, time=_time(place, units[place], plan, end), units=units[place])
        for place in places
    ]
    if calendar.days_left == 0 and end == calendar.end:
        moments[-1] = dataclasses.replace(moments[-1], time=1.0)
    return _distinct(moments)


def look_levels(
    plan: ExperimentPlan, moments: Sequence[Moment], units: int
) -> tuple[LookLevel, ...]:
    """Return what each look may claim.

    Args:
        plan: How alpha is spent.
        moments: Of all looks; see `look_history`.
        units: Of two arms at the last look, for always-valid boundaries.
    """
    is_sequential = len(moments) > 1 or moments[-1].time < 1
    return tuple(
        LookLevel(nominal=_nominal(plan, moments, place, units), is_sequential=is_sequential)
        for place in range(len(moments))
    )


def _nominal(
    plan: ExperimentPlan, moments: Sequence[Moment], place: int, units: int
) -> Callable[[float], float]:
    if len(moments) == 1 and moments[0].time >= 1 and plan.spending != "always":
        return lambda alpha: alpha
    limits = partial(
        _limits, plan.spending, tuple(moments), units=units, tune_units=plan.tune_units
    )
    return lambda alpha: normal_pvalue(limits(alpha)[place])


def _units_by(places: Sequence[date], start: date, days: Days | None) -> dict[date, float]:
    """Count the units that had entered by each look; the days since the start without dates."""
    if days is None or len(days.entered) < 2:
        return {place: float((place - start).days + 1) for place in places}
    return {place: _entered_by(place, days) for place in places}


def _entered_by(place: date, days: Days) -> float:
    return float(sum(rows for day, rows in days.entered.items() if day <= place))


def _time(place: date, units: float, plan: ExperimentPlan, end: date) -> float:
    """Return the share of the planned test that had passed at a look."""
    start = plan.start or place
    by_days = ((place - start).days + 1) / ((end - start).days + 1)
    if plan.planned_units is None or place >= end:
        return min(1.0, by_days)
    return min(1.0, units / plan.planned_units)


def _distinct(moments: Sequence[Moment]) -> tuple[Moment, ...]:
    """Leave out looks that saw nothing, or no unit more than the next."""
    kept = [earlier for earlier, later in pairwise(moments) if 0 < earlier.units < later.units]
    return (*kept, moments[-1])


def placed_looks(
    plan: ExperimentPlan,
    moments: Sequence[Moment],
    levels: Sequence[Mapping[Key, Levels]],
    seen: Sequence[Sequence[Effect]],
) -> tuple[Look, ...]:
    """Say what each look showed of the leading arm, and what it needed.

    Args:
        plan: Of the test.
        moments: Of the looks.
        levels: What each look asked for.
        seen: Uncorrected effects that each look saw; none where that is unknown.
    """
    return tuple(
        _look(plan, place + 1, moment, levels[place], seen[place])
        for place, moment in enumerate(moments)
    )


def _look(
    plan: ExperimentPlan,
    number: int,
    moment: Moment,
    levels: Mapping[Key, Levels],
    effects: Sequence[Effect],
) -> Look:
    here = [effect for effect in effects if effect.metric == plan.primary.name]
    scored = [(_signed_z(plan.primary, effect), effect.arm) for effect in here]
    known = [pair for pair in scored if not math.isnan(pair[0])]
    z, arm = max(known, default=(math.nan, plan.treatments[0]))
    level = levels[plan.primary.name, arm]
    limit = critical(level.better)
    return Look(
        number=number,
        day=moment.day,
        time=moment.time,
        critical=limit,
        statistic=z,
        crossed=z >= limit or z <= -critical(level.harm),
    )


def look_check(plan: ExperimentPlan, sequence: Sequence[Look]) -> list[Check]:
    """Compare the looks taken with those planned.

    Nothing to say without dates, or where any number is allowed.
    """
    if plan.start is None or plan.spending == "always":
        return []
    planned, taken = len(plan.looks) + 1, len(sequence)
    over = "looks_none_watch" if plan.spending == "none" else "looks_watch"
    cost = peeking_cost(taken, plan.alpha)
    key = over if taken > planned else "looks_ok"
    return [
        check(
            "looks",
            key,
            value=taken,
            threshold=planned,
            taken=taken,
            planned=planned,
            alpha=plan.alpha,
            cost=cost,
        )
    ]


@lru_cache(maxsize=64)
def _limits(
    spending: Spending, moments: tuple[Moment, ...], alpha: float, units: int, tune_units: int
) -> tuple[float, ...]:
    """Return the critical |z| of each look; infinite where nothing can be claimed.

    Always valid ones take earlier units to have come in evenly.
    """
    times = [moment.time for moment in moments]
    if spending == "none":
        first_end = times.index(1.0) if 1.0 in times else -1
        only = normal_quantile(alpha)
        return tuple(only if place == first_end else math.inf for place in range(len(times)))
    if spending == "always":
        so_far = [max(1, round(units * time / times[-1])) for time in times]
        return tuple(always_critical(count, alpha, tune_units) for count in so_far)
    rising = [time for place, time in enumerate(times) if 1.0 not in times[:place]]
    seen = [moment.units for moment in moments[: len(rising)]]
    information = None if any(math.isnan(each) for each in seen) else seen
    limits = boundaries(rising, alpha, spending, information)
    return (*limits, *[math.inf] * (len(times) - len(limits)))


def _signed_z(metric: MetricPlan, effect: Effect) -> float:
    """Return the normal equivalent of the p-value, positive when the arm is better."""
    if math.isnan(effect.pvalue):
        return math.nan
    z = float(special.ndtri(effect.pvalue / 2))
    return math.copysign(z, better_sign(metric) * effect.difference)
