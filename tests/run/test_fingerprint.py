"""What a stage depends on, and what makes no difference."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from playbook.hashes import Hashes
from playbook.run.fingerprint import (
    SHORT,
    changes,
    drawing_parts,
    fingerprint,
    notebook_digest,
    parameter_digests,
    report_parts,
    stage_parts,
)
from playbook.run.plan import Plan
from playbook.shipped import NOTEBOOKS
from playbook.stages import APPRAISAL, CONTENT, GOALS, MONITORING, Stage
from tests.run.conftest import plan_of, request_for


def notebook(folder: Path, *cells: dict[str, Any]) -> Path:
    sound = {"cell_type": "code", "source": ["a = 1\n", "b"], "metadata": {}, "outputs": []}
    file = folder / f"{len(list(folder.iterdir()))}.ipynb"
    file.write_text(json.dumps({"cells": [sound | cell for cell in cells]}), encoding="utf-8")
    return file


@pytest.fixture
def plan(workspace: Path) -> Plan:
    return plan_of(request_for(workspace))


def kinds(stage: Stage, plan: Plan, *, shipped: bool = True) -> dict[str, set[str]]:
    """Return the parts of a stage by kind."""
    own = plan.request.workspace.notebook(stage.notebook)
    parts = stage_parts(stage, NOTEBOOKS / own.name if shipped else own, plan.material)
    by_kind: dict[str, set[str]] = {}
    for name in parts:
        kind, _, which = name.partition(" ")
        by_kind.setdefault(kind, set()).add(which)
    return by_kind


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"outputs": [{"text": "seen"}]}, True),
        ({"execution_count": 7}, True),
        ({"id": "other"}, True),
        ({"source": "a = 1\nb"}, True),
        ({"source": "a = 2"}, False),
        ({"metadata": {"tags": ["lang-en"]}}, False),
        ({"cell_type": "markdown"}, False),
    ],
)
def test_a_notebook_is_its_cells_and_tags_and_not_what_it_printed(
    tmp_path: Path, change: dict[str, Any], same: bool
) -> None:
    first, second = notebook(tmp_path, {}), notebook(tmp_path, change)
    assert (notebook_digest(first) == notebook_digest(second)) == same


def test_a_thin_notebook_depends_on_what_its_stage_declares(plan: Plan) -> None:
    parts = kinds(CONTENT, plan)
    assert parts["parameter"] == {"channels", "content", "id", "period", "sources"}
    assert "input" not in parts
    assert kinds(GOALS, plan)["input"] == {"spring/daily.csv"}
    assert {"pandas", "duckdb", "statsmodels"} <= parts["library"]
    assert "playbook/stages/content/stage.py" in parts["code"]
    assert not {name for name in parts["code"] if "report" in name or "stages/goals" in name}


def test_any_other_notebook_depends_on_everything(plan: Plan) -> None:
    parts = kinds(CONTENT, plan, shipped=False)
    assert parts["parameter"] == {*type(plan.campaign).model_fields}
    assert parts["input"] == {"spring/daily.csv"}


def test_quality_of_the_data_depends_on_every_input(plan: Plan) -> None:
    assert kinds(MONITORING, plan)["input"] == {"spring/daily.csv"}


def test_a_scorecard_is_a_part_of_the_appraisal_alone(plan: Plan) -> None:
    folder = plan.material.params_dir / "scorecards"
    folder.mkdir()
    (folder / "sem.yml").write_text('name: "A"\n', encoding="utf-8")
    assert kinds(APPRAISAL, plan)["scorecard"] == {"sem.yml"}
    assert "scorecard" not in kinds(GOALS, plan)


def test_the_proposal_of_the_month_before_is_a_part_of_the_first_stage_alone(plan: Plan) -> None:
    findings = plan.material.runs / "2026-09" / "findings"
    findings.mkdir(parents=True)
    (findings / "06_analysis_and_iteration.json").write_text("{}", encoding="utf-8")
    assert kinds(GOALS, plan)["proposal"] == {"of 2026-09"}
    assert "proposal" not in kinds(MONITORING, plan)


def test_the_report_depends_on_each_stage_and_its_notebook(tmp_path: Path) -> None:
    hashes = Hashes(tmp_path / "kept.json")
    parts = report_parts(NOTEBOOKS / "report.ipynb", {"01": "a" * 64, "02": "b"}, hashes)
    assert parts["stage 01"] == "a" * SHORT
    assert "notebook" in parts
    assert not {name for name in parts if name.startswith("code playbook/report")}


def test_pages_depend_on_all_parameters_and_on_the_code_that_draws(plan: Plan) -> None:
    parts = drawing_parts(NOTEBOOKS / "data_quality.ipynb", plan.material)
    renamed = plan.campaign.model_copy(update={"brand": "Other"})
    material = replace(plan.material, parameters=parameter_digests(renamed))
    other = drawing_parts(NOTEBOOKS / "data_quality.ipynb", material)
    assert changes(parts, other) == ["parameters"]
    assert {"code playbook/report/figures.py", "notebook data_quality"} <= set(parts)


def test_changes_name_parts_that_are_other_new_or_gone() -> None:
    before, now = {"a": "1", "b": "1", "c": "1"}, {"a": "1", "b": "2", "d": "1"}
    assert changes(before, now) == ["b", "d (new)", "c (gone)"]
    assert changes(now, now) == []


def test_fingerprint_is_that_of_all_parts() -> None:
    assert fingerprint({"a": "1", "b": "2"}) == fingerprint({"b": "2", "a": "1"})
    assert fingerprint({"a": "1"}) != fingerprint({"a": "2"}) != fingerprint({"b": "2"})
