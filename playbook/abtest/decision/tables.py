"""An evaluation as plain data: JSON types for files, data frames for pages."""

import dataclasses
import math
from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from playbook.abtest.decision.evaluation import Evaluation
from playbook.abtest.decision.health import Check
from playbook.params.experiment import ExperimentPlan


def effects_table(evaluation: Evaluation) -> pd.DataFrame:
    """Return the effects, one row per metric and treatment."""
    roles = {metric.name: metric for metric in evaluation.plan.metrics}
    rows = [
        {
            "role": roles[effect.metric].role,
            "kind": roles[effect.metric].kind,
            **dataclasses.asdict(effect),
        }
        for effect in evaluation.effects
    ]
    return pd.DataFrame(rows)


def checks_table(evaluation: Evaluation) -> pd.DataFrame:
    """Return the checks, one row each, with the sentence in columns zh and en."""
    rows = [_flat(check) for check in evaluation.checks]
    return pd.DataFrame(rows)


def segments_table(evaluation: Evaluation) -> pd.DataFrame:
    """Return the effects of the first primary metric, one row per segment column.

    Level and treatment.
    """
    rows = [
        {"column": each.column, "level": each.level, **dataclasses.asdict(each.effect)}
        for each in evaluation.segments
    ]
    return pd.DataFrame(rows)


def looks_table(evaluation: Evaluation) -> pd.DataFrame:
    """Return the looks taken, one row each."""
    return pd.DataFrame([dataclasses.asdict(look) for look in evaluation.sequential])


def as_dict(evaluation: Evaluation) -> dict[str, Any]:
    """Return an evaluation in plain JSON types.

    Undefined numbers are null, floats have 12 digits.
    """
    found = {
        field.name: getattr(evaluation, field.name) for field in dataclasses.fields(evaluation)
    }
    return {name: _plain(value) for name, value in found.items()}


def _flat(check: Check) -> dict[str, Any]:
    row = dataclasses.asdict(check)
    return {**{key: value for key, value in row.items() if key != "text"}, **check.text}


def _plain(value: Any) -> Any:
    if isinstance(value, ExperimentPlan):
        return value.model_dump(mode="json")
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)
        }
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if isinstance(value, float):
        return float(f"{value:.12g}") if math.isfinite(value) else None
    return value.isoformat() if isinstance(value, date) else value
