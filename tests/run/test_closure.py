"""Which code a notebook depends on, and whether it leaves all reading to its stage."""

import json
from pathlib import Path

import pytest

from playbook.hashes import Hashes
from playbook.run.closure import PACKAGE, drawing_files, is_thin, modules_reached
from playbook.shipped import NOTEBOOKS
from playbook.stages import CONTENT, STAGES

LOAD = """
from playbook import params, sources
from playbook.report import page
from playbook.stages import content
run = params.load(campaign, period, params_dir)
tables = sources.load(run, data_dir, run_dir, params_dir)
"""
SHOW = "view = page.open_view(run, content.analyse(run, tables), run_dir)\npage.table(view, 'mix')"


def notebook(folder: Path, code: str) -> Path:
    file = folder / "stage.ipynb"
    cell = {"cell_type": "code", "source": code, "metadata": {}}
    file.write_text(json.dumps({"cells": [cell]}), encoding="utf-8")
    return file


def reached(code: str, tmp_path: Path, *, drawing: bool = False) -> set[str]:
    files = modules_reached(code, Hashes(tmp_path / "kept.json"), drawing=drawing)
    return {file.relative_to(PACKAGE).as_posix() for file in files}


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.id)
def test_shipped_notebooks_leave_all_reading_to_their_stage(stage: object) -> None:
    notebook_of_stage = NOTEBOOKS / f"{stage.notebook}.ipynb"  # type: ignore[attr-defined]
    assert is_thin(notebook_of_stage, stage)  # type: ignore[arg-type]


def test_report_leaves_all_reading_to_what_stages_stored() -> None:
    assert is_thin(NOTEBOOKS / "report.ipynb", None)


@pytest.mark.parametrize(
    "code",
    [
        LOAD + SHOW + "\ntables['audience']",
        LOAD + SHOW + "\nrun.goals",
        LOAD + "other = tables\n" + SHOW,
        LOAD + SHOW + "\nprint(run)",
        LOAD + SHOW + "\nimport pandas as pd",
        LOAD + SHOW + "\nfrom pathlib import Path",
        LOAD.replace("import content", "import goals as content") + SHOW,
        LOAD.replace("content", "goals") + SHOW.replace("content", "goals"),
        LOAD + "mine = params.load(campaign, period, params_dir)\n" + SHOW,
        LOAD + "sources.load(run, data_dir, run_dir, params_dir)['orders']\n" + SHOW,
        LOAD + SHOW + "\n%matplotlib inline",
    ],
)
def test_notebook_that_reads_for_itself_is_not_thin(tmp_path: Path, code: str) -> None:
    assert is_thin(notebook(tmp_path, LOAD + SHOW), CONTENT)
    assert not is_thin(notebook(tmp_path, code), CONTENT)


def test_imports_are_followed_down_to_the_last_module_and_into_functions(tmp_path: Path) -> None:
    files = reached("from playbook.stages import experiments", tmp_path)
    assert {"stages/experiments/stage.py", "abtest/stats/power.py", "metrics.py"} <= files
    assert {"__init__.py", "stages/__init__.py"} <= files
    assert "stages/content/stage.py" not in files
    assert "cli/run.py" not in files


def test_data_files_beside_a_module_count_as_code(tmp_path: Path) -> None:
    files = reached("from playbook import sources", tmp_path)
    assert {"sources/platforms/baidu.yml", "params/skeleton_month.yml"} <= files


def test_what_only_draws_is_followed_only_where_that_is_asked(tmp_path: Path) -> None:
    code = "from playbook.report import page"
    assert not {file for file in reached(code, tmp_path) if file.startswith("report/")}
    drawn = reached(code, tmp_path, drawing=True)
    assert {"report/page.py", "report/messages/page.yml", "report/template/page.css"} <= drawn


def test_drawing_is_the_folder_of_the_report_and_the_pages() -> None:
    names = {file.relative_to(PACKAGE).as_posix() for file in drawing_files()}
    assert {"report/figures.py", "report/template/pieces.html.j2", "run/pages.py"} <= names
    assert not {name for name in names if not name.startswith(("report/", "run/pages.py"))}


def test_import_of_something_else_reaches_nothing(tmp_path: Path) -> None:
    assert reached("import pandas\nfrom collections import abc", tmp_path) == set()
