"""Names and units of every column and code that a page prints: one YAML file a stage, in `labels/`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from playbook.metrics import CATALOGUE

FOLDER = Path(__file__).with_name("labels")


@dataclass(frozen=True, kw_only=True, slots=True)
class Labels:
    """Columns (zh, en, unit) and coded values (zh, en) of one stage's tables."""

    columns: Mapping[str, Mapping[str, str]]
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@cache
def labels(name: str) -> Labels:
    """Return the labels of a stage over those that all stages share.

    Args:
        name: Stem of a file in `labels/`; one that is not there has only the shared labels.
    """
    shared, own = _read("common"), _read(name)
    kpis: dict[str, dict[str, str]] = {kpi.id: {"zh": kpi.zh, "en": kpi.en, "unit": kpi.unit} for kpi in CATALOGUE.values()}
    return Labels(
        columns={**kpis, **_columns(shared), **_columns(own)},
        codes={**shared.get("values", {}), **own.get("values", {})},
    )


def _read(name: str) -> dict[str, Any]:
    file = FOLDER / f"{name}.yml"
    return yaml.safe_load(file.read_text(encoding="utf-8")) if file.is_file() else {}


def _columns(content: dict[str, Any]) -> dict[str, Any]:
    return content.get("columns") or {key: value for key, value in content.items() if key != "values"}
