"""What `playbook abtest` was asked to evaluate: units, plan and registration, or why not."""

import datetime as dt
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from playbook.errors import PlaybookError, Problem

if TYPE_CHECKING:
    from playbook.abtest import Evaluation
    from playbook.params.experiment import ExperimentPlan

COUNTS = re.compile(r"^(\d[\d,]*)/(\d[\d,]*)$")
FILE_OPTIONS = {
    "--variant": "variant",
    "--metric": "metrics",
    "--unit": "unit",
    "--covariate": "covariates",
    "--segment": "segments",
    "--control-arm": "control",
    "--money": "money_metric",
    "--monthly-units": "monthly_units",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """Where the units are: in a file, or counted."""

    file: str
    control: str
    treatment: str
    plan: Path | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What is evaluated: units, plan, the plan as registered, and the file that holds it."""

    data: Any
    plan: "ExperimentPlan"
    registered: "ExperimentPlan | None" = None
    registration: Path | None = None


def asked_for(given: Given, quick: dict[str, Any]) -> Asked:
    """Return data and plan of what was asked for.

    Refuse what does not go together.
    """
    is_counted = bool(given.treatment) or bool(COUNTS.match(given.control.replace(" ", "")))
    if is_counted or (given.control and not given.file):
        return _of_counts(given, quick)
    if not given.file:
        raise PlaybookError(
            wrong("FILE", "", "is missing", "Name a file, or give --control and --treatment.")
        )
    if given.plan:
        _refuse_beside_plan(given, quick)
        return _planned(given.file, given.plan)
    absent = [
        f"--{name}"
        for name, value in (("variant", quick["variant"]), ("metric", quick["metrics"]))
        if not value
    ]
    if absent:
        raise PlaybookError(
            *(
                wrong(option, "", "is missing", "Name the column, or give --plan.")
                for option in absent
            )
        )
    _require_metrics(quick)
    return _unplanned(given, quick)


def _of_counts(given: Given, quick: dict[str, Any]) -> Asked:
    from playbook.abtest.decision.ad_hoc import from_counts

    if given.file or given.plan:
        raise PlaybookError(
            wrong("--control, --treatment", "", "cannot stand beside a file or a plan")
        )
    _refuse_unused(quick)
    arms = _counts("--control", given.control), _counts("--treatment", given.treatment)
    gathered, plan = from_counts(*arms, quick["alpha"], quick["shares"])
    return Asked(data=gathered, plan=plan)


def _planned(file: str, plan: Path) -> Asked:
    from playbook.params import registration

    meant, kept = registration.read_plan(plan), registration.beside(plan)
    if not kept.is_file():
        return Asked(data=file, plan=meant)
    before = registration.read_registered(kept)
    return Asked(data=file, plan=meant, registered=before, registration=kept)


def _unplanned(given: Given, quick: dict[str, Any]) -> Asked:
    """Plan a test from its file; ask for the control where its name does not say it."""
    from playbook.abtest import AdHoc, quick_plan
    from playbook.abtest.decision.ad_hoc import arms_of, control_of, open_test
    from playbook.abtest.units.aggregate_ibis import table_of

    named = given.control or quick["control"]
    asked = AdHoc(**quick | {"control": named})
    is_large = table_of(given.file) is not None
    data = given.file if is_large else open_test(given.file, asked)
    arms = [] if named else arms_of(data, quick["variant"])
    taken = named or control_of(arms)
    if taken is None and sys.stdin.isatty():
        taken = typer.prompt(f"Which arm is the control? {', '.join(arms)}")
    plan = quick_plan(data, AdHoc(**quick | {"control": taken}))
    return Asked(data=data, plan=plan)


def _refuse_beside_plan(given: Given, quick: dict[str, Any]) -> None:
    """Refuse what the plan says already, so that nothing is silently left aside."""
    options = FILE_OPTIONS | {"--shares": "shares"}
    said = [option for option, key in options.items() if quick[key]]
    said += ["--control"] if given.control else []
    if said:
        rule, remedy = "is said by the plan", "Leave it out, or change the plan."
        raise PlaybookError(*(wrong(option, "", rule, remedy) for option in said))


def remember(asked: Asked, evaluation: "Evaluation") -> None:
    """Write the look into the registration: later looks have less alpha to spend."""
    from playbook.params import registration

    if asked.registration and evaluation.today and asked.plan.end:
        registration.record_look(asked.registration, min(evaluation.today, asked.plan.end))


def shares_of(text: str) -> dict[str, float]:
    """Read planned shares: arm=share, with commas between."""
    shares: dict[str, float] = {}
    for part in filter(None, (each.strip() for each in text.split(","))):
        arm, equals, share = part.rpartition("=")
        try:
            shares[arm.strip()] = float(share)
        except ValueError:
            equals = ""
        if not (equals and arm.strip() and 0 <= shares[arm.strip()] <= 1):
            rule = "must be arms with a share from 0 to 1 each"
            raise PlaybookError(wrong("--shares", part, rule, "Write it like control=0.1,new=0.9."))
    return shares


def day_of(option: str, text: str) -> dt.date | None:
    """Read the day of an option; None where it was not given."""
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise PlaybookError(wrong(option, text, "is no day", "Write it as YYYY-MM-DD.")) from None


def _refuse_unused(quick: dict[str, Any]) -> None:
    """Refuse options about columns beside counts, which have none; shares they have."""
    given = [option for option, key in FILE_OPTIONS.items() if quick[key]]
    if given:
        rule, remedy = "goes with a file, not with counts", "Leave it out, or name a file."
        raise PlaybookError(*(wrong(option, "", rule, remedy) for option in given))


def _require_metrics(quick: dict[str, Any]) -> None:
    """Refuse a covariate of no metric, and money without the units that it is multiplied with."""
    names = [metric.rpartition(":")[0] for metric in quick["metrics"]]
    strangers = [metric for metric in quick["covariates"] if metric not in names]
    if strangers:
        rule = f"is for a metric that is not asked for, which are: {', '.join(names)}"
        raise PlaybookError(
            *(wrong("--covariate", metric, rule, "Write METRIC=COLUMN.") for metric in strangers)
        )
    if bool(quick["money_metric"]) != bool(quick["monthly_units"]):
        raise PlaybookError(
            wrong(
                "--money, --monthly-units",
                "",
                "belong together: money a unit, and units a month",
                "Give both, or none.",
            )
        )


def _counts(option: str, text: str) -> tuple[int, int]:
    match = COUNTS.match(text.replace(" ", ""))
    if not match:
        remedy = "Give both, like --control 2105/50123 --treatment 2243/50340."
        raise PlaybookError(wrong(option, text, "must be conversions/units", remedy))
    conversions, units = (int(part.replace(",", "")) for part in match.groups())
    return conversions, units


def covariates_of(texts: Sequence[str]) -> dict[str, list[str]]:
    """Read covariates by metric: metric=column each."""
    columns: dict[str, list[str]] = {}
    for text in texts:
        metric, equals, column = text.partition("=")
        if not (metric and equals and column):
            raise PlaybookError(wrong("--covariate", text, "must be METRIC=COLUMN"))
        columns.setdefault(metric, []).append(column)
    return columns


def wrong(
    place: str, value: str, rule: str, remedy: str = "See playbook abtest --help."
) -> Problem:
    """Make the problem of a wrong option."""
    return Problem(file="playbook abtest", place=place, value=value, rule=rule, remedy=remedy)
