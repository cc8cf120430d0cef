"""A test without a plan: the arms are taken from the data, their sizes are shown and not judged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from pydantic import ValidationError

from playbook.abtest.stats.effects import compare_rates
from playbook.abtest.stats.moments import Moments
from playbook.abtest.units import relation
from playbook.abtest.units.aggregate import MOST_ARMS
from playbook.abtest.units.gathered import ID_LIKE, Gathered
from playbook.errors import PlaybookError, Problem
from playbook.params.experiment import ExperimentPlan

CONTROL_NAMES = (
    (
        "control",
        "ctrl",
        "对照组",
        "对照",
        "holdout",
        "hold out",
        "hold-out",
        "baseline",
        "control group",
    ),
    ("old", "original", "current", "旧版", "原版"),
    ("a", "group a", "variant a", "version a", "0", "false"),
)
"""Names that say control, the plainest first; an arm is taken only where no other is as plain."""

MOST_UNITS = 10**15
"""Counts above this are no units, and floats do not count them exactly."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AdHoc:
    """What a person says of a test that was not planned.

    Attributes:
        variant: Column that holds the arm.
        metrics: Each `column:rate`, `column:mean` or `numerator/denominator:ratio`; the first
            decides.
        unit: Column that identifies the unit; every row is one where left out.
        control: The arm to compare with; where left out the arm whose name says control.
        shares: Planned share of the units by arm; where left out the sizes are shown, and nothing
            follows from them.
        alpha: Accepted probability of a false alarm.
        covariates: Columns known before the test, by metric.
        segments: Columns by which the effect is also shown.
        money_metric: Metric that is money per unit.
        monthly_units: Units in a month that the decision will touch.
    """

    variant: str
    metrics: Sequence[str]
    unit: str | None = None
    control: str | None = None
    shares: Mapping[str, float] = field(default_factory=dict)
    alpha: float = 0.05
    covariates: Mapping[str, Sequence[str]] = field(default_factory=dict)
    segments: Sequence[str] = ()
    money_metric: str | None = None
    monthly_units: float | None = None


def quick_plan(data: Any, test: AdHoc) -> ExperimentPlan:
    """Plan a test from its data.

    Args:
        data: As for `evaluate`.
        test: What is known of the test.

    Raises:
        PlaybookError: A metric cannot be read, a column is missing, there are fewer than two arms
            or more than `MOST_ARMS`, no arm's name says control, or the shares are not those of
            the arms.
    """
    arms = arms_of(data, test.variant)
    control = test.control or control_of(arms)
    if control is None:
        raise PlaybookError(_no_control(data, test.variant, arms))
    if control not in arms:
        raise PlaybookError(
            Problem(
                file=relation.label(data),
                place=f"column {test.variant}",
                value=control,
                rule="the control is no arm",
                remedy=f"The arms are: {', '.join(arms)}.",
            )
        )
    ordered = [control, *(arm for arm in arms if arm != control)]
    _require_shares(test.shares, ordered)
    metrics: list[dict[str, Any]] = []
    for text in test.metrics:
        role = "secondary" if metrics else "primary"
        metrics.append(_metric(text, role, test.covariates))
    content = {
        "id": "ad-hoc",
        "variant": test.variant,
        "unit": test.unit,
        "alpha": test.alpha,
        "arms": {arm: test.shares.get(arm, 1 / len(ordered)) for arm in ordered},
        "sizes_planned": bool(test.shares),
        "segments": list(test.segments),
        "money_metric": test.money_metric,
        "monthly_units": test.monthly_units,
        "metrics": metrics,
    }
    try:
        return ExperimentPlan.model_validate(content)
    except ValidationError as error:
        raise PlaybookError(*(_problem(detail) for detail in error.errors())) from None


def open_test(data: Any, test: AdHoc) -> relation.Units:
    """Open once all that an unplanned test needs, so that a file of text is parsed once.

    Columns that look like the unit's come along where none is named, to be told if they repeat.

    Raises:
        PlaybookError: A metric cannot be read, or the data lack a column.
    """
    metrics = [_metric(text, "secondary", test.covariates) for text in test.metrics]
    numbers = [
        name
        for metric in metrics
        for name in (metric.get("numerator", metric["name"]), metric.get("denominator"))
        if name
    ]
    numbers += [name for metric in metrics for name in metric["covariates"]]
    keys = [test.variant, *([test.unit] if test.unit else []), *test.segments]
    if test.unit is None:
        keys += [name for name in relation.columns_of(data) if ID_LIKE.search(name)]
    return relation.open_units(data, keys, numbers)


def control_of(arms: Sequence[str]) -> str | None:
    """Return the arm whose name says control; None where none does, or two do alike."""
    for names in CONTROL_NAMES:
        called = [arm for arm in arms if arm.casefold().replace("_", " ").strip() in names]
        if len(called) == 1:
            return called[0]
        if called:
            return None
    return None


def _no_control(data: Any, variant: str, arms: Sequence[str]) -> Problem:
    return Problem(
        file=relation.label(data),
        place=f"column {variant}",
        value=", ".join(arms),
        rule="no arm says by its name that it is the control, or several do",
        remedy=f"Name it: --control {arms[0]!r} (or AdHoc(control=…)).",
    )


def _require_shares(shares: Mapping[str, float], arms: Sequence[str]) -> None:
    """Refuse shares that are not one for each arm."""
    if shares and set(shares) != set(arms):
        raise PlaybookError(
            Problem(
                file="the test",
                place="shares",
                value=", ".join(shares),
                rule=f"are not those of the arms, which are: {', '.join(arms)}",
                remedy="Give each arm its share, like control=0.1,new=0.9.",
            )
        )


def arms_of(data: Any, variant: str) -> list[str]:
    """List the arms that data hold.

    Raises:
        PlaybookError: The column is missing, or holds fewer than two or more than `MOST_ARMS`.
    """
    units = relation.open_units(data, [variant])
    name = relation.quoted(variant)
    distinct = (
        units.rows()
        .aggregate(f"{name}::varchar as arm", name)
        .filter("arm is not null and arm <> ''")
    )
    arms = sorted(row[0] for row in distinct.limit(MOST_ARMS + 1).fetchall())
    if 2 <= len(arms) <= MOST_ARMS:
        return arms
    count = f"more than {MOST_ARMS} different arms" if arms else "no arm"
    if len(arms) == 1:
        count = f"only the arm {arms[0]!r}"
    raise PlaybookError(
        Problem(
            file=units.name,
            place=f"column {variant}",
            rule=f"holds {count}",
            remedy=(
                f"Name the column that holds the arm: at least 2 and at most {MOST_ARMS} values."
            ),
        )
    )


def from_counts(
    control: tuple[int, int],
    treatment: tuple[int, int],
    alpha: float = 0.05,
    shares: Mapping[str, float] | None = None,
) -> tuple[Gathered, ExperimentPlan]:
    """Take two arms known by their counts, to be evaluated like any other test.

    Args:
        control: Conversions and units.
        treatment: The same of the new version.
        alpha: Accepted probability of a false alarm.
        shares: Planned shares of `control` and `treatment`; without them sizes are not judged.

    Returns:
        The units summed up, as an evaluation needs them; and a plan of one rate.

    Raises:
        PlaybookError: An arm has no unit, more conversions than units, or more than `MOST_UNITS`.
    """
    arms = {"control": control, "treatment": treatment}
    for arm, (_, units) in arms.items():
        if units > MOST_UNITS:
            raise PlaybookError(_too_many(arm, units))
    compare_rates(control=control, treatment=treatment, alpha=alpha)
    planned = shares or {}
    _require_shares(planned, list(arms))
    plan = ExperimentPlan.model_validate(
        {
            "id": "ad-hoc",
            "variant": "variant",
            "alpha": alpha,
            "arms": {arm: planned.get(arm, 0.5) for arm in arms},
            "sizes_planned": bool(planned),
            "metrics": [
                {"name": "converted", "kind": "rate", "role": "primary", "numerator": "converted"}
            ],
        }
    )
    moments = _moments(arms)
    return Gathered(
        name="the counts",
        parts={"": moments},
        strays=None,
        largest=lambda _: 1.0,
        smallest=lambda _: 0.0,
        until=lambda _: moments,
    ), plan


def _moments(arms: Mapping[str, tuple[int, int]]) -> Moments:
    """Return the moments that so many zeros and ones have."""
    units = np.array([units for _, units in arms.values()], dtype=float)
    rates = np.array([hits for hits, _ in arms.values()], dtype=float) / units
    return Moments(
        columns=("converted",),
        by=(),
        keys=tuple((arm,) for arm in arms),
        known=np.ones((len(arms), 1), dtype=bool),
        n=units,
        centre=np.zeros(1),
        mean=rates[:, None],
        cross=(units * rates * (1 - rates))[:, None, None],
    )


def _too_many(arm: str, units: int) -> Problem:
    return Problem(
        file="the counts",
        place=arm,
        value=f"{units}",
        rule=f"is more than {MOST_UNITS:,} units",
        remedy="Give the counts of one test.",
    )


def _metric(text: str, role: str, covariates: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    column, colon, kind = text.rpartition(":")
    if not colon or kind not in ("rate", "mean", "ratio"):
        raise PlaybookError(
            Problem(
                file="the metrics",
                place="metric",
                value=text,
                rule="must end in :rate, :mean or :ratio",
                remedy="Write it like converted:rate, revenue:mean or revenue/orders:ratio.",
            )
        )
    if kind != "ratio":
        return {
            "name": column,
            "kind": kind,
            "role": role,
            "covariates": list(covariates.get(column, ())),
        }
    numerator, _, denominator = column.partition("/")
    if not (numerator and denominator):
        raise PlaybookError(
            Problem(
                file="the metrics",
                place="metric",
                value=text,
                rule="a ratio names two columns",
                remedy="Write it like revenue/orders:ratio.",
            )
        )
    return {
        "name": column,
        "kind": kind,
        "role": role,
        "numerator": numerator,
        "denominator": denominator,
        "covariates": list(covariates.get(column, ())),
    }


def _problem(detail: Any) -> Problem:
    place = ".".join(str(part) for part in detail["loc"])
    rule = str(detail["msg"]).removeprefix("Value error, ")
    return Problem(file="the test", place=place, rule=rule, remedy="Correct it.")
