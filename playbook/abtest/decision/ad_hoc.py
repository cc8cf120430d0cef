"""A test without a plan: the arms are taken from the data, all of equal planned share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb
from pydantic import ValidationError

from playbook.abtest.stats.effects import compare_rates
from playbook.abtest.units import relation
from playbook.abtest.units.aggregate import MOST_ARMS
from playbook.errors import PlaybookError, Problem
from playbook.params.experiment import ExperimentPlan

CONTROL_NAMES = ("control", "对照组", "对照", "a", "baseline", "0", "false")


@dataclass(frozen=True, kw_only=True, slots=True)
class AdHoc:
    """What a person says of a test that was not planned.

    Attributes:
        variant: Column that holds the arm.
        metrics: Each `column:rate`, `column:mean` or `numerator/denominator:ratio`; the first
            decides.
        unit: Column that identifies the unit; every row is one where left out.
        control: The arm to compare with; where left out the first known name of a control, else the
            first arm in the alphabet.
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
    alpha: float = 0.05
    covariates: Mapping[str, Sequence[str]] = field(default_factory=dict)
    segments: Sequence[str] = ()
    money_metric: str | None = None
    monthly_units: float | None = None


def quick_plan(data: Any, test: AdHoc) -> ExperimentPlan:
    """Plan a test from its data; every arm is expected to be as large as the others.

    Args:
        data: As for `evaluate`.
        test: What is known of the test.

    Raises:
        PlaybookError: A metric cannot be read, a column is missing, or there are fewer than two
            arms or more than `MOST_ARMS`.
    """
    arms = _arms(data, test.variant)
    control = test.control or _control_of(arms)
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
    metrics: list[dict[str, Any]] = []
    for text in test.metrics:
        role = "secondary" if metrics else "primary"
        metrics.append(_metric(text, role, test.covariates))
    content = {
        "id": "ad-hoc",
        "variant": test.variant,
        "unit": test.unit,
        "alpha": test.alpha,
        "arms": dict.fromkeys(ordered, 1 / len(ordered)),
        "segments": list(test.segments),
        "money_metric": test.money_metric,
        "monthly_units": test.monthly_units,
        "metrics": metrics,
    }
    try:
        return ExperimentPlan.model_validate(content)
    except ValidationError as error:
        raise PlaybookError(*(_problem(detail) for detail in error.errors())) from None


def _control_of(arms: Sequence[str]) -> str:
    """Return the first arm that bears a known name of a control, else the first of all."""
    by_name = {arm.lower(): arm for arm in reversed(arms)}
    for name in CONTROL_NAMES:
        if name in by_name:
            return by_name[name]
    return arms[0]


def _arms(data: Any, variant: str) -> list[str]:
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
    control: tuple[int, int], treatment: tuple[int, int], alpha: float = 0.05
) -> tuple[duckdb.DuckDBPyRelation, ExperimentPlan]:
    """Lay out two arms known by their counts, to be evaluated like any other test.

    Args:
        control: Conversions and units.
        treatment: The same of the new version.
        alpha: Accepted probability of a false alarm.

    Returns:
        One row per unit with `variant` and `converted`, made inside the database; and a plan of one
        rate and equal shares.

    Raises:
        PlaybookError: An arm has fewer than two units, or more conversions than units.
    """
    compare_rates(control=control, treatment=treatment, alpha=alpha)
    connection = duckdb.connect()
    parts = [
        connection.sql(
            "select ?::varchar as variant, (range < ?)::integer as converted from range(?)",
            params=[arm, *counts],
        )
        for arm, counts in (("control", control), ("treatment", treatment))
    ]
    rows = parts[0].union(parts[1])
    test = AdHoc(variant="variant", metrics=["converted:rate"], alpha=alpha)
    return rows, quick_plan(rows, test)


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
