"""One notebook in a kernel of its own: what it gets, and how each way of failing is told."""

from pathlib import Path

import nbformat
import pytest

from playbook.errors import PlaybookError
from playbook.run.execute import StageError, execute

VALUES = {"campaign": "spring"}


def notebook(folder: Path, code: str, parameters: str = 'campaign = "none"') -> Path:
    cells = [
        nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell(code),
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    folder.mkdir(exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), folder / "stage.ipynb")
    return folder / "stage.ipynb"


def test_parameters_are_injected_and_the_folder_is_the_notebooks_own(tmp_path: Path) -> None:
    source = notebook(
        tmp_path / "notebooks", "import pathlib; print(campaign, pathlib.Path.cwd().name)"
    )
    execute(source, tmp_path / "out" / "stage.ipynb", VALUES)
    made = nbformat.read(tmp_path / "out" / "stage.ipynb", as_version=4)
    assert made.cells[-1].outputs[0].text == "spring notebooks\n"


def test_unknown_parameter_is_refused_before_anything_runs(tmp_path: Path) -> None:
    source = notebook(tmp_path, "open('ran', 'w').close()")
    with pytest.raises(PlaybookError, match="campain: the notebook has no such parameter"):
        execute(source, tmp_path / "out.ipynb", {"campain": "spring"})
    assert not (tmp_path / "ran").exists()


def test_failing_cell_keeps_the_notebook_as_failed_with_its_traceback(tmp_path: Path) -> None:
    source = notebook(tmp_path, "raise ValueError('spend is negative')")
    with pytest.raises(StageError, match="ValueError: spend is negative"):
        execute(source, tmp_path / "out.ipynb", VALUES)
    kept = nbformat.read(tmp_path / "out.failed.ipynb", as_version=4)
    assert any(one.output_type == "error" for cell in kept.cells for one in cell.get("outputs", []))
    assert not (tmp_path / "out.ipynb").exists()


def test_cell_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    source = notebook(tmp_path, "import time; time.sleep(60)")
    with pytest.raises(StageError, match="longer than 1 seconds"):
        execute(source, tmp_path / "out.ipynb", VALUES, timeout=1)


def test_kernel_that_dies_is_told(tmp_path: Path) -> None:
    source = notebook(tmp_path, "import os; os._exit(1)")
    with pytest.raises(StageError, match="kernel died"):
        execute(source, tmp_path / "out.ipynb", VALUES)
