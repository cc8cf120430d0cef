"""Transitional: parts of texts that are made in English."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

from playbook.metrics import CATALOGUE

FILE = Path(__file__).with_name("labels") / "phrases.yml"


@cache
def phrases() -> Mapping[str, str]:
    """Return Chinese by English for the parts of texts that are made in English, longest first."""
    own = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    parts = {kpi.id: kpi.zh for kpi in CATALOGUE.values()} | own
    return dict(sorted(parts.items(), key=lambda item: -len(item[0])))
