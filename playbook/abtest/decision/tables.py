"""An evaluation as plain data: JSON types for files, data frames for pages."""

import dataclasses
import math
from collections.abc import Mapping
from datetime import date
from typing import Any

from playbook.abtest.decision import sentences
from playbook.abtest.decision.evaluation import Evaluation
from playbook.abtest.stats.effects import Effect
from playbook.params.experiment import ExperimentPlan


def as_dict(evaluation: Evaluation) -> dict[str, Any]:
    """Return an evaluation in plain JSON types.

    Undefined numbers are null, floats have 12 digits; methods and notes are told in English.
    """
    fields = {
        field.name: getattr(evaluation, field.name) for field in dataclasses.fields(evaluation)
    }
    return {name: _plain(value) for name, value in fields.items()}


def _told(value: Any) -> dict[str, str]:
    """Return what an effect says in codes as English text; nothing of anything else."""
    if not isinstance(value, Effect):
        return {}
    note = sentences.note(value.note)["en"] if value.note else ""
    return {"method": sentences.method(value.method)["en"], "note": note}


def _plain(value: Any) -> Any:
    if isinstance(value, ExperimentPlan):
        return value.model_dump(mode="json")
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        return _plain(fields | _told(value))
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if isinstance(value, float):
        return float(f"{value:.12g}") if math.isfinite(value) else None
    return value.isoformat() if isinstance(value, date) else value
