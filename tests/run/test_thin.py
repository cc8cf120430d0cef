"""Whether a notebook leaves all reading to its stage."""

import json
from pathlib import Path

import pytest

from playbook.run.thin import is_thin
from playbook.shipped import NOTEBOOKS
from playbook.stages import CONTENT, STAGES, Stage

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


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.id)
def test_shipped_notebooks_leave_all_reading_to_their_stage(stage: Stage) -> None:
    assert is_thin(NOTEBOOKS / f"{stage.notebook}.ipynb", stage)


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
