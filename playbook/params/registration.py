"""Plans of A/B tests on disk: as people write them, and as registered before the data."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from playbook.errors import ParameterError, Problem
from playbook.params.document import Document, read_document, told
from playbook.params.experiment import ExperimentPlan, plan_hash

FOLDER = "registered"
"""Below a campaign's parameters: one file a registered experiment."""


def read_plan(file: Path) -> ExperimentPlan:
    """Read the plan of one test from a YAML file; its id is the file's name where left out.

    Raises:
        ParameterError: With every problem: file, key and line, value, rule and remedy.
    """
    return _valid(read_document(file), {"id": file.stem.split(".")[0]})


def beside(file: Path) -> Path:
    """Name the file that holds the registration of a plan that stands in a file of its own."""
    return file.with_name(f"{file.stem}.registered.yml")


def below(params_dir: Path, campaign: str, experiment: str) -> Path:
    """Name the file that holds the registration of a campaign's experiment."""
    return params_dir / campaign / FOLDER / f"{experiment}.yml"


def register(plan: ExperimentPlan, file: Path, day: date) -> bool:
    """Write a plan with its hash, for good: a later evaluation says what has changed since.

    Args:
        plan: As meant.
        file: Of the registration; see `beside` and `below`.
        day: Of the registration.

    Returns:
        Whether it was written; False where the same plan is registered already.

    Raises:
        ParameterError: Another plan is registered there.
    """
    if file.is_file():
        if plan_hash(read_registered(file)) == plan_hash(plan):
            return False
        raise ParameterError(
            Problem(
                file=str(file),
                place="experiment",
                value=plan.id,
                rule="another plan is registered already",
                remedy=(
                    "Evaluate, and the changes are shown; or give the changed test an "
                    "id of its own."
                ),
            )
        )
    file.parent.mkdir(parents=True, exist_ok=True)
    registered = {"registered_on": day.isoformat(), "registered_hash": plan_hash(plan)}
    _write(file, _content(plan) | registered)
    return True


def _content(plan: ExperimentPlan) -> dict[str, Any]:
    return plan.model_dump(mode="json", exclude_defaults=True) | {"arms": dict(plan.arms)}


def _write(file: Path, content: Mapping[str, Any]) -> None:
    """Write a registration whole or not at all."""
    text = yaml.safe_dump(dict(content), allow_unicode=True, sort_keys=False)
    beside_it = file.with_name(f".{file.name}.new")
    try:
        beside_it.write_text(text, encoding="utf-8")
        beside_it.replace(file)
    except OSError as error:
        raise ParameterError(
            Problem(
                file=str(file),
                rule=f"cannot be written ({error.strerror})",
                remedy="Make file and folder writable, and look again: a look must be counted.",
            )
        ) from None


def record_look(file: Path, day: date) -> bool:
    """Write down that a registered test was looked at; later looks have less alpha to spend.

    Args:
        file: Of the registration.
        day: Of the look, as the evaluation says it.

    Returns:
        Whether it was written; False where the look stands there already.

    Raises:
        ParameterError: The registration cannot be read or written.
    """
    plan = read_registered(file)
    if day in plan.looks_taken:
        return False
    looks = sorted({*plan.looks_taken, day})
    _write(file, _content(plan) | {"looks_taken": [each.isoformat() for each in looks]})
    return True


def read_registered(file: Path) -> ExperimentPlan:
    """Read a registration back.

    Raises:
        ParameterError: It cannot be read, or was changed by hand since.
    """
    plan = _valid(read_document(file), {})
    if plan.registered_hash != plan_hash(plan):
        raise ParameterError(
            Problem(
                file=str(file),
                place="registered_hash",
                value=plan.registered_hash or "",
                rule="does not fit the plan below it: the registration was changed by hand",
                remedy="Restore the file as it was registered.",
            )
        )
    return plan


def registered(folder: Path) -> dict[str, ExperimentPlan]:
    """Read all registrations of a campaign, by experiment."""
    return {file.stem: read_registered(file) for file in sorted((folder / FOLDER).glob("*.yml"))}


def _valid(document: Document, defaults: dict[str, str]) -> ExperimentPlan:
    try:
        return ExperimentPlan.model_validate({**defaults, **document.content})
    except ValidationError as error:
        raise ParameterError(*(told([document], detail) for detail in error.errors())) from None
