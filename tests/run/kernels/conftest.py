"""A notebook of given cells, run in a kernel of either kind."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from playbook.run.execute import execute
from playbook.run.kernels import server
from playbook.run.notebooks import Kernels

MAKE = "from playbook.run.kernels.folder import process_folder; print(process_folder())"
"""A process that makes its folder, and clears away those of processes that are gone."""

Run = Callable[..., list[Any]]


def notebook(folder: Path, *cells: str) -> Path:
    """Write a notebook of code cells after an empty one of parameters."""
    parameters = nbformat.v4.new_code_cell('campaign = ""', metadata={"tags": ["parameters"]})
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    made = nbformat.v4.new_notebook(
        cells=[parameters, *map(nbformat.v4.new_code_cell, cells)], metadata=kernel
    )
    file = folder / "notebooks" / "stage.ipynb"
    file.parent.mkdir(exist_ok=True)
    nbformat.write(made, file)
    return file


@pytest.fixture(scope="session", autouse=True)
def _server() -> None:
    if server.can_fork():
        server.start()


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for temporary files with a name that is short enough for sockets."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        yield Path(name)


@pytest.fixture
def shown(tmp_path: Path) -> Run:
    """Run cells, and return the outputs of each."""

    def run(kernels: Kernels, *cells: str, timeout: int = 60) -> list[Any]:
        output = tmp_path / "out" / "stage.ipynb"
        execute(notebook(tmp_path, *cells), output, {"campaign": "spring"}, timeout, kernels)
        made = nbformat.read(output, as_version=4)
        return [cell.outputs for cell in made.cells[-len(cells) :]]

    return run


def printed(outputs: list[Any]) -> str:
    """Return what the one cell of a notebook printed."""
    [cell] = outputs
    return "".join(output.text for output in cell if output.output_type == "stream")
