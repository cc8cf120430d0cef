"""Names and units of every column and code that a page prints: one YAML file a stage, in `labels/`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from playbook.metrics import CATALOGUE

STAGES = {
    "goals": "01_goals_and_audience",
    "market": "02_market_and_strategy",
    "content": "03_content_and_materials",
    "channels": "04_channels_and_distribution",
    "monitoring": "05_monitoring_and_tracking",
    "analysis": "06_analysis_and_iteration",
    "appraisal": "07_performance_appraisal",
    "ab_test": "ab_test",
}
"""Stages by short name, which is also the name of their module and of their labels."""

FOLDER = Path(__file__).with_name("labels")


@dataclass(frozen=True, kw_only=True, slots=True)
class Labels:
    """Columns (zh, en, unit, signed: a change or difference) and coded values (zh, en) of one stage's tables."""

    columns: Mapping[str, Mapping[str, Any]]
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@cache
def labels(name: str) -> Labels:
    """Return the labels of a stage over those that all stages share.

    Args:
        name: Stem of a file in `labels/`; one that is not there has only the shared labels.
    """
    own = _read(name)
    shared = [_read("common"), _read(own.get("also", ""))]
    kpis: dict[str, dict[str, Any]] = {
        kpi.id: {"zh": kpi.zh, "en": kpi.en, "unit": kpi.unit} for kpi in CATALOGUE.values()
    }
    return Labels(
        columns={
            key: text
            for part in (kpis, *map(_columns, (*shared, own)))
            for key, text in part.items()
        },
        codes={
            key: text for part in (*shared, own) for key, text in part.get("values", {}).items()
        },
    )


@cache
def phrases() -> Mapping[str, str]:
    """Return Chinese by English for the parts of texts that are made in English, longest first, KPI ids among them."""
    found = {kpi.id: kpi.zh for kpi in CATALOGUE.values()} | _read("phrases")
    return dict(sorted(found.items(), key=lambda item: -len(item[0])))


def _read(name: str) -> dict[str, Any]:
    file = FOLDER / f"{name}.yml"
    return yaml.safe_load(file.read_text(encoding="utf-8")) if file.is_file() else {}


def _columns(content: dict[str, Any]) -> dict[str, Any]:
    return dict(content.get("columns", {}))
