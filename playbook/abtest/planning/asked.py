"""From a plan, or from what a person types, to the design whose size is asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from playbook.abtest.planning.design import Design, Guardrail, Level
from playbook.errors import PlaybookError, Problem
from playbook.params.experiment import ExperimentPlan, MetricPlan

PLACE = "playbook abtest size"
HOW = {
    "levels": "Give --from FILE, or --guardrail NAME,baseline=LEVEL (and sd= where it is no rate).",
    "--metric": "Write it like converted:rate, revenue:mean or revenue/orders:ratio.",
    "--guardrail": "Write it like refunded=0.1,better=lower; without a file also baseline=, sd=.",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Typed:
    """What a person types of a test that stands in no plan.

    Attributes:
        shares: Planned share by arm, the control first.
        metrics: Each `column:rate`, `column:mean` or `numerator/denominator:ratio`; the first
            decides, the others count where a guardrail names them.
        guardrails: Each `name=margin`, then `better=lower` where a lower value is good.
        covariates: Columns known before the test, by metric.
        unit: Column that identifies the unit.
        cluster: Column of the group that is randomised as a whole.
        date_column: Column of the day.
        better: Which direction of the first metric is good.
        alpha: Two-sided.
        power: Wanted probability to ship.
    """

    shares: Mapping[str, float]
    metrics: Sequence[str]
    guardrails: Sequence[str] = ()
    covariates: Mapping[str, Sequence[str]] = field(default_factory=dict)
    unit: str | None = None
    cluster: str | None = None
    date_column: str | None = None
    better: str = "higher"
    alpha: float = 0.05
    power: float = 0.8


def typed_plan(typed: Typed) -> ExperimentPlan:
    """Write down as a plan what a person typed, for the metrics of a file.

    Raises:
        PlaybookError: A metric, guardrail or share cannot be read, or a guardrail or covariate is
            of a metric that is not named.
    """
    columns = [_column_and_kind(text) for text in typed.metrics]
    names = [column for column, _ in columns]
    guards = dict(parsed_guardrail(text) for text in typed.guardrails)
    _require_named("--guardrail", guards, names[1:])
    _require_named("--covariate", typed.covariates, names)
    content = {
        "id": "size",
        "variant": "variant",
        "unit": typed.unit,
        "cluster": typed.cluster,
        "date_column": typed.date_column,
        "arms": dict(typed.shares),
        "alpha": typed.alpha,
        "power": typed.power,
        "metrics": [
            _metric(column, kind, place, guards.get(column), typed)
            for place, (column, kind) in enumerate(columns)
        ],
    }
    try:
        return ExperimentPlan.model_validate(content)
    except ValidationError as error:
        raise PlaybookError(*map(_invalid, error.errors())) from None


def planned_design(
    plan: ExperimentPlan,
    levels: Mapping[str, Level],
    correlations: tuple[tuple[float, ...], ...] = (),
) -> Design:
    """Design the test of a plan, with its metrics as they stood before.

    Quantiles are left out: no formula tells what a guardrail of that kind needs.

    Args:
        plan: Arms, roles and margins, looks.
        levels: Of the metrics of `sized(plan)`.
        correlations: Of the same, in the same order; empty where they are not measured.

    Raises:
        PlaybookError: A guardrail has no level, or the plan allows any number of looks, for which
            there is no fixed size.
    """
    guards = sized(plan).metrics[1:]
    _require_levels(guards, levels)
    total = sum(plan.arms[arm] for arm in (plan.control, *plan.treatments))
    return Design(
        shares={arm: plan.arms[arm] / total for arm in (plan.control, *plan.treatments)},
        primary=levels[plan.primary.name],
        better=plan.primary.better,
        guardrails=tuple(_guardrail(metric, levels[metric.name]) for metric in guards),
        correlations=correlations,
        primaries=sum(metric.role == "primary" for metric in plan.metrics),
        unsized=sum(metric.role == "guardrail" for metric in plan.metrics) - len(guards),
        alpha=plan.alpha,
        one_sided=plan.alternative == "better",
        power=plan.power,
        times=_times(plan),
        spending=_spending(plan),
    )


def sized(plan: ExperimentPlan) -> ExperimentPlan:
    """Keep the metrics on which ship depends: the first primary one, then the guardrails."""
    guards = [
        metric
        for metric in plan.metrics
        if metric.role == "guardrail" and metric.kind != "quantile"
    ]
    return plan.model_copy(update={"metrics": (plan.primary, *guards)})


def typed_guardrail(text: str) -> Guardrail:
    """Read a guardrail whose level is typed too: `refunds=0.1,baseline=0.03,better=lower`.

    Raises:
        PlaybookError: It cannot be read, or lacks its baseline.
    """
    name, said = parsed_guardrail(text)
    if "baseline" not in said:
        raise PlaybookError(_wrong("--guardrail", text, "lacks its baseline"))
    return Guardrail(
        name=name,
        level=typed_level(said["baseline"], said.get("sd")),
        better="lower" if said.get("better") == "lower" else "higher",
        margin=said["margin"] or None,
    )


def typed_level(baseline: float, sd: float | None, correlation: float = 0.0) -> Level:
    """Describe a metric by its baseline, and by the deviation of a unit where it is no rate.

    Raises:
        ValueError: The correlation is not between −1 and 1, or the deviation not above 0.
    """
    if sd is not None and not sd > 0:
        raise ValueError(f"sd == {sd!r}, must be above 0")
    if not -1 < correlation < 1:
        raise ValueError(f"correlation == {correlation!r}, must be between -1 and 1")
    variance = baseline * (1 - baseline) if sd is None else sd * sd
    return Level(
        kind="rate" if sd is None else "mean",
        baseline=baseline,
        variance=variance,
        variance_cut=correlation**2,
    )


def parsed_guardrail(text: str) -> tuple[str, dict[str, Any]]:
    """Return a guardrail's metric, and what is said of it: margin, better, baseline, sd."""
    first, *rest = text.split(",")
    name, equals, margin = first.partition("=")
    said: dict[str, Any] = {"margin": _number("--guardrail", text, margin) if equals else 0.0}
    if not name or not 0 <= said["margin"] < 1:
        raise PlaybookError(
            _wrong("--guardrail", text, "must be METRIC=MARGIN, the margin below 1")
        )
    for part in rest:
        key, _, value = part.strip().partition("=")
        if key == "better" and value in ("higher", "lower"):
            said[key] = value
        elif key in ("baseline", "sd"):
            said[key] = _number("--guardrail", text, value)
        else:
            raise PlaybookError(_wrong("--guardrail", text, f"{part.strip()!r} cannot be read"))
    return name, said


def _column_and_kind(text: str) -> tuple[str, str]:
    column, _, kind = text.rpartition(":")
    top, slash, below = column.partition("/")
    fits = kind in ("rate", "mean") or (kind == "ratio" and slash and below)
    if not (top and fits):
        raise PlaybookError(_wrong("--metric", text, "must end in :rate, :mean or :ratio"))
    return column, kind


def _metric(
    column: str, kind: str, place: int, guard: Mapping[str, Any] | None, typed: Typed
) -> dict[str, Any]:
    top, _, below = column.partition("/")
    content: dict[str, Any] = {
        "name": column,
        "kind": kind,
        "numerator": top if kind == "ratio" else column,
        "denominator": below if kind == "ratio" else None,
        "role": _role(place, guard),
        "better": typed.better if place == 0 else (guard or {}).get("better", "higher"),
        "covariates": list(typed.covariates.get(column, ())),
    }
    return content | {"margin": guard["margin"] or None} if guard else content


def _role(place: int, guard: Mapping[str, Any] | None) -> str:
    if place == 0:
        return "primary"
    return "guardrail" if guard else "secondary"


def _guardrail(metric: MetricPlan, level: Level) -> Guardrail:
    return Guardrail(
        name=metric.name,
        level=level,
        better=metric.better,
        margin=metric.margin,
        margin_abs=metric.margin_abs,
    )


def _require_levels(guards: Sequence[MetricPlan], levels: Mapping[str, Level]) -> None:
    absent = [metric.name for metric in guards if metric.name not in levels]
    if absent:
        rule = "is a guardrail of the plan whose level is not told"
        raise PlaybookError(*(_wrong("levels", name, rule) for name in absent))


def _times(plan: ExperimentPlan) -> tuple[float, ...]:
    """Place the planned looks: by the share of the days that have passed by then."""
    if plan.start is None or plan.end is None:
        return (1.0,)
    whole = (plan.end - plan.start).days + 1
    days = sorted({*(day for day in plan.looks if day < plan.end), plan.end})
    return tuple(((day - plan.start).days + 1) / whole for day in days)


def _spending(plan: ExperimentPlan) -> Any:
    if plan.spending == "always":
        raise PlaybookError(
            Problem(
                file=PLACE,
                place="spending",
                value="always",
                rule="a test that may be looked at any number of times has no fixed size",
                remedy="Plan looks with spending: obf, or size it for a fixed end.",
            )
        )
    return plan.spending


def _require_named(option: str, given: Mapping[str, Any], names: Sequence[str]) -> None:
    strangers = [name for name in given if name not in names]
    if strangers:
        rule = f"is of no metric that --metric names: {', '.join(names) or 'none'}"
        raise PlaybookError(*(_wrong(option, name, rule) for name in strangers))


def _number(option: str, text: str, value: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise PlaybookError(_wrong(option, text, f"{value!r} is no number")) from None


def _invalid(detail: Any) -> Problem:
    place = ".".join(str(part) for part in detail["loc"])
    rule = str(detail["msg"]).removeprefix("Value error, ")
    return Problem(file=PLACE, place=place, rule=rule, remedy="Correct it.")


def _wrong(option: str, value: str, rule: str) -> Problem:
    remedy = HOW.get(option, "See playbook abtest size --help.")
    return Problem(file=PLACE, place=option, value=value, rule=rule, remedy=remedy)
