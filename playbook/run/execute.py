"""One notebook through papermill, in a kernel of its own."""

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
from playbook.run.notebooks import CELL_TIMEOUT, PARAMETERS

QUIET = ["--IPKernelApp.log_level=50", "--IPKernelApp.ignore_cwd=True"]
"""A kernel says nothing on the terminal, and imports no module from the folder that it runs in."""


class StageError(Exception):
    """A notebook that did not run to its end.

    The message is its last line, the traceback is in the notebook.
    """


def refuse_unknown(notebook: Path, parameters: Mapping[str, str]) -> None:
    """Refuse parameters that the notebook does not declare.

    Papermill would only warn, and run with the default.

    Raises:
        PlaybookError: Naming the notebook and the parameter.
    """
    declared = papermill.inspect_notebook(str(notebook))
    problems = [
        Problem(
            file=str(notebook),
            place=name,
            rule="the notebook has no such parameter",
            remedy=f"Its parameters cell must hold {', '.join(PARAMETERS)}.",
        )
        for name in parameters
        if name not in declared
    ]
    if problems:
        raise PlaybookError(*problems)


def execute(
    notebook: Path, output: Path, parameters: Mapping[str, str], timeout: int = CELL_TIMEOUT
) -> None:
    """Run one notebook through papermill in a kernel of its own.

    Args:
        notebook: Read, never written.
        output: Written while it runs as `<stem>.failed.ipynb`, and under its own name once it is
            done.
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
                str(notebook),
                str(unfinished),
                parameters=dict(parameters),
                kernel_name="python3",
                progress_bar=False,
                cwd=str(notebook.parent),
                execution_timeout=timeout,
                extra_arguments=QUIET,
                config=_local(sockets),
            )
    except PapermillExecutionError as error:
        raise StageError(f"cell {error.cell_index}: {error.ename}: {error.evalue}") from None
    except CellTimeoutError as error:
        raise StageError(
            f"a cell took longer than {timeout} seconds: {str(error).splitlines()[0]}"
        ) from None
    except DeadKernelError:
        raise StageError("its kernel died, for example for lack of memory") from None
    except RuntimeError as error:
        raise StageError(f"its kernel did not start: {error}") from None
    unfinished.replace(output)


def _local(sockets: str) -> Config:
    """Talk to the kernel through sockets in a folder of its own, where the system has such.

    No port is opened.
    """
    if os.name != "posix":
        return Config()
    return Config({"KernelManager": {"transport": "ipc", "ip": f"{sockets}/kernel"}})
