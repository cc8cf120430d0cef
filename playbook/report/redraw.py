"""Pages of a published run drawn again.

A notebook's showing cells over the stored tables, without a kernel.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from IPython.display import HTML

from playbook.errors import PlaybookError, Problem
from playbook.notebook_format import nbformat
from playbook.params import Campaign
from playbook.report.overview import read_views
from playbook.stages import STAGES


def redrawn(notebook: Path, campaign: Campaign, run_dir: Path) -> Any:
    """Show again what a run found, as the notebook shows it now.

    A cell that is one expression shows something; imports are made; every other line (parameters,
    loading, computing) is left out, since what it made is in the store: `run`, `view` and `stages`
    are read from there.

    Args:
        notebook: Of a stage, or the report; the present one, not the one that was run.
        campaign: Parameters of the run.
        run_dir: Folder of the run, with tables/ and findings/.

    Returns:
        The notebook as nbformat has it, each showing cell with its output.

    Raises:
        PlaybookError: A cell shows what is not in the store.
    """
    content = nbformat.read(notebook, as_version=4)
    names = _names(notebook, campaign, run_dir)
    for cell in (each for each in content.cells if each.cell_type == "code"):
        try:
            cell.outputs = [_output(shown) for shown in _run(cell.source, names)]
        except Exception as error:
            raise PlaybookError(
                Problem(
                    file=str(notebook),
                    place=f"cell {cell.id}",
                    value=f"{type(error).__name__}: {error}",
                    rule="cannot be shown from stored tables",
                    remedy="Run it: playbook run --force.",
                )
            ) from error
    return content


def _names(notebook: Path, campaign: Campaign, run_dir: Path) -> dict[str, Any]:
    views = read_views(campaign, run_dir)
    stage = next((each.id for each in STAGES if each.notebook == notebook.stem), None)
    return {"run": campaign, "stages": views} | ({"view": views[stage]} if stage else {})


def _run(source: str, names: dict[str, Any]) -> Iterator[HTML]:
    """Make a cell's imports, and yield what it shows."""
    for line in ast.parse(source).body:
        if isinstance(line, ast.Import | ast.ImportFrom):
            exec(compile(ast.Module([line], []), "cell", "exec"), names)  # noqa: S102 - the user's own notebook
        elif isinstance(line, ast.Expr):
            yield eval(compile(ast.Expression(line.value), "cell", "eval"), names)  # noqa: S307 - the same


def _output(shown: HTML) -> Any:
    return nbformat.v4.new_output(
        "execute_result", {"text/html": shown.data}, metadata=shown.metadata or {}
    )
