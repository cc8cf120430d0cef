"""The notebooks of a run: which there are, what they take, and how one is executed."""

import logging
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from playbook.errors import PlaybookError, Problem

SHIPPED = Path(__file__).parents[2] / "notebooks"
STAGES = (
    "01_goals_and_audience",
    "02_market_and_strategy",
    "03_content_and_materials",
    "04_channels_and_distribution",
    "05_monitoring_and_tracking",
    "06_analysis_and_iteration",
    "07_performance_appraisal",
)
REPORT = "report"
EXTRA = ("ab_test",)
PARAMETERS = ("campaign", "period", "params_dir", "data_dir", "run_dir")
CELL_TIMEOUT = 600


class StageError(Exception):
    """A notebook that did not run to its end; the message is its last line, the traceback is in the notebook."""


def named(stage: str) -> str:
    """Return the notebook that a user means by '5', '05', 'monitoring' or its full name.

    Raises:
        PlaybookError: No notebook is meant, or more than one.
    """
    every = (*STAGES, *EXTRA)
    number = stage.zfill(2) if stage.isdigit() else stage
    found = [one for one in every if one == stage or one.startswith(f"{number}_")]
    found = found or [one for one in every if stage and stage in one]
    if len(found) != 1:
        raise PlaybookError(
            Problem(file="--stage", place="stage", value=stage, rule=f"is not one of {', '.join(every)}",
                    remedy="Give a number from 1 to 7, or a name.")
        )  # fmt: skip
    return found[0]


def refuse_unknown(notebook: Path, parameters: Mapping[str, str]) -> None:
    """Refuse parameters that the notebook does not declare; papermill would only warn, and run with the default.

    Raises:
        PlaybookError: Naming the notebook and the parameter.
    """
    declared = papermill.inspect_notebook(str(notebook))
    problems = [
        Problem(file=str(notebook), place=name, rule="the notebook has no such parameter",
                remedy=f"Its parameters cell must hold {', '.join(PARAMETERS)}.")
        for name in parameters if name not in declared
    ]  # fmt: skip
    if problems:
        raise PlaybookError(*problems)


def execute(notebook: Path, output: Path, parameters: Mapping[str, str], timeout: int = CELL_TIMEOUT) -> None:
    """Run one notebook through papermill in a kernel of its own.

    Args:
        notebook: Read, never written.
        output: Written while it runs as `<stem>.failed.ipynb`, and under its own name once it is done.
        parameters: Values of its parameters cell, paths absolute.
        timeout: Seconds that one cell may take.

    Raises:
        PlaybookError: An unknown parameter.
        StageError: A cell failed, took too long, or its kernel died.
    """
    refuse_unknown(notebook, parameters)
    logging.getLogger("papermill").setLevel(logging.ERROR)
    unfinished = output.with_suffix(".failed.ipynb")
    output.parent.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix="playbook-") as sockets:
            papermill.execute_notebook(
                str(notebook), str(unfinished), parameters=dict(parameters), kernel_name="python3", progress_bar=False,
                cwd=str(notebook.parent), execution_timeout=timeout, config=_local(sockets),
            )  # fmt: skip
    except PapermillExecutionError as error:
        raise StageError(f"cell {error.cell_index}: {error.ename}: {error.evalue}") from None
    except CellTimeoutError as error:
        raise StageError(f"a cell took longer than {timeout} seconds: {str(error).splitlines()[0]}") from None
    except DeadKernelError:
        raise StageError("its kernel died, for example for lack of memory") from None
    except RuntimeError as error:
        raise StageError(f"its kernel did not start: {error}") from None
    unfinished.replace(output)


def _local(sockets: str) -> Config:
    """Talk to the kernel through sockets in a folder of its own, where the system has such: no port is opened."""
    if os.name != "posix":
        return Config()
    return Config({"KernelManager": {"transport": "ipc", "ip": f"{sockets}/kernel"}})
