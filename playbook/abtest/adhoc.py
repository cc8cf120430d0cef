"""A test without a plan: the arms are taken from the data, all of equal planned share."""

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from playbook.abtest import source
from playbook.abtest.reading import MOST_ARMS
from playbook.errors import PlaybookError, Problem
from playbook.params.experiment import ExperimentPlan

CONTROL_NAMES = ("control", "对照组", "对照", "a", "baseline", "0", "false")


def quick_plan(
    data: Any, *, variant: str, metrics: Sequence[str], unit: str | None = None, control: str | None = None,
    alpha: float = 0.05,
) -> ExperimentPlan:  # fmt: skip
    """Plan a test from its data; every arm is expected to be as large as the others.

    Args:
        data: As for `evaluate`.
        variant: Column that holds the arm.
        metrics: Each `column:rate`, `column:mean` or `numerator/denominator:ratio`; the first decides.
        unit: Column that identifies the unit; every row is one where left out.
        control: The arm to compare with; where left out the first known name of a control, else the
            first arm in the alphabet.
        alpha: Accepted probability of a false alarm.

    Raises:
        PlaybookError: A metric cannot be read, a column is missing, or there are fewer than two arms
            or more than `MOST_ARMS`.
    """
    arms = _arms(data, variant)
    first = control or next((arm for name in CONTROL_NAMES for arm in arms if arm.lower() == name), arms[0])
    if first not in arms:
        raise PlaybookError(
            Problem(file=source.label(data), place=f"column {variant}", value=first, rule="the control is no arm",
                    remedy=f"The arms are: {', '.join(arms)}.")
        )  # fmt: skip
    ordered = [first, *(arm for arm in arms if arm != first)]
    content = {
        "id": "ad-hoc", "variant": variant, "unit": unit, "alpha": alpha,
        "arms": dict.fromkeys(ordered, 1 / len(ordered)),
        "metrics": [_metric(text, "primary" if place == 0 else "secondary") for place, text in enumerate(metrics)],
    }  # fmt: skip
    try:
        return ExperimentPlan.model_validate(content)
    except ValidationError as error:
        raise PlaybookError(*(_problem(detail) for detail in error.errors())) from None


def _arms(data: Any, variant: str) -> list[str]:
    units = source.open_units(data, [variant])
    name = source.quoted(variant)
    distinct = units.rows().aggregate(f"{name}::varchar as arm", name).filter("arm is not null and arm <> ''")
    found = sorted(row[0] for row in distinct.limit(MOST_ARMS + 1).fetchall())
    if 2 <= len(found) <= MOST_ARMS:
        return found
    count = (
        f"only the arm {found[0]!r}"
        if len(found) == 1
        else f"more than {MOST_ARMS} different arms"
        if found
        else "no arm"
    )
    raise PlaybookError(
        Problem(file=units.name, place=f"column {variant}", rule=f"holds {count}",
                remedy=f"Name the column that holds the arm: at least 2 and at most {MOST_ARMS} values.")
    )  # fmt: skip


def _metric(text: str, role: str) -> dict[str, str]:
    column, colon, kind = text.rpartition(":")
    if not colon or kind not in ("rate", "mean", "ratio"):
        raise PlaybookError(
            Problem(file="the metrics", place="metric", value=text, rule="must end in :rate, :mean or :ratio",
                    remedy="Write it like converted:rate, revenue:mean or revenue/orders:ratio.")
        )  # fmt: skip
    if kind != "ratio":
        return {"name": column, "kind": kind, "role": role}
    numerator, _, denominator = column.partition("/")
    return {"name": column, "kind": kind, "role": role, "numerator": numerator, "denominator": denominator}


def _problem(detail: Any) -> Problem:
    place = ".".join(str(part) for part in detail["loc"])
    rule = str(detail["msg"]).removeprefix("Value error, ")
    return Problem(file="the test", place=place, rule=rule, remedy="Correct it.")
