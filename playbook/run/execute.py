"""One notebook through papermill, in a kernel of its own."""

import logging
import os
import signal
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import playbook.notebook_format  # noqa: F401  # papermill would import it the slow way

# isort: split
import papermill
from jupyter_core.utils import ensure_event_loop
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.engines import NBClientEngine, NotebookExecutionManager, papermill_engines
from papermill.exceptions import PapermillExecutionError
from papermill.iorw import write_ipynb
from traitlets.config import Config

from playbook.errors import PlaybookError, Problem
from playbook.run.kernels import provisioner
from playbook.run.kernels.folder import process_folder
from playbook.run.notebooks import CELL_TIMEOUT, PARAMETERS, Kernels

QUIET = [
    "--IPKernelApp.log_level=50",
    "--IPKernelApp.ignore_cwd=True",
    "--HistoryManager.enabled=False",
]
"""A kernel says nothing on the terminal, imports no module from the folder that it runs in, and
keeps no history of what it ran."""

DEFAULT_PROVISIONER = "JUPYTER_DEFAULT_PROVISIONER_NAME"


ENGINE = "playbook"
INJECTED = "injected-parameters"
"""The tag of the cell that papermill puts in; its id here too, instead of one drawn at random."""


class SavingOnce(NBClientEngine):  # type: ignore[misc]
    """Papermill's own engine, but for when it saves: not twice a cell, once at the end."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: NotebookExecutionManager, kernel_name: str, *, unfinished: str, **options: Any
    ) -> Any:
        """Execute a notebook; what there is of it is saved when it does not come to its end."""
        for cell in nb_man.nb.cells:
            if INJECTED in cell.metadata.get("tags", ()):
                cell["id"] = INJECTED
        try:
            return super().execute_managed_notebook(nb_man, kernel_name, **options)
        except Exception:
            write_ipynb(nb_man.nb, unfinished)
            raise


papermill_engines.register(ENGINE, SavingOnce)


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
    notebook: Path,
    output: Path,
    parameters: Mapping[str, str],
    timeout: int = CELL_TIMEOUT,
    kernels: Kernels = "plain",
) -> None:
    """Run one notebook through papermill in a kernel of its own; several threads may at a time.

    Args:
        notebook: Read, never written.
        output: Written while it runs as `<stem>.failed.ipynb`, and under its own name once it is
            done.
        parameters: Values of its parameters cell, paths absolute.
        timeout: Seconds that one cell may take.
        kernels: Fork the kernel from the warm server, or start a plain one.

    Raises:
        PlaybookError: An unknown parameter.
        StageError: A cell failed, took too long, or its kernel died.
    """
    refuse_unknown(notebook, parameters)
    logging.getLogger("papermill").setLevel(logging.CRITICAL)  # what went wrong is raised
    os.environ[DEFAULT_PROVISIONER] = provisioner.NAME
    unfinished = output.with_suffix(".failed.ipynb")
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="k", dir=process_folder()) as folder:
        connection = f"{folder}/kernel.json"
        try:
            papermill.execute_notebook(
                str(notebook),
                str(unfinished),
                parameters=dict(parameters),
                engine_name=ENGINE,
                request_save_on_cell_execute=False,
                unfinished=str(unfinished),
                kernel_name="python3",
                progress_bar=False,
                resources={"metadata": {"path": str(notebook.parent)}},
                execution_timeout=timeout,
                extra_arguments=QUIET,
                config=_config(folder, connection, kernels),
            )
        except PapermillExecutionError as error:
            raise StageError(f"cell {error.cell_index}: {error.ename}: {error.evalue}") from None
        except CellTimeoutError as error:
            raise StageError(
                f"a cell took longer than {timeout} seconds: {str(error).splitlines()[0]}"
            ) from None
        except DeadKernelError:
            raise StageError(_death(provisioner.exit_codes.get(connection))) from None
        except (OSError, EOFError, RuntimeError) as error:
            raise StageError(f"its kernel did not start: {error}") from None
        finally:
            provisioner.exit_codes.pop(connection, None)
            ensure_event_loop().close()  # this thread's, which nbclient leaves open
    unfinished.replace(output)


def _death(exit_code: int | None) -> str:
    """Say how a kernel ended in the middle of a cell."""
    if exit_code is None or exit_code == provisioner.UNKNOWN:
        return "its kernel died"
    if exit_code >= 0:
        return f"its kernel died: a cell ended the process with exit code {exit_code}"
    name = signal.Signals(-exit_code).name
    if -exit_code == signal.SIGKILL:
        return f"its kernel died, killed by the system ({name}), for example for lack of memory"
    return f"its kernel died of {name}, for example of a fault in a compiled library"


def _config(folder: str, connection: str, kernels: Kernels) -> Config:
    """Talk to the kernel through sockets in a folder of its own, where the system has such.

    No port is opened there.
    """
    config = Config({"PlaybookProvisioner": {"warm": kernels == "warm"}})
    config.KernelManager.connection_file = connection
    if os.name == "posix":
        config.KernelManager.transport = "ipc"
        config.KernelManager.ip = f"{folder}/kernel"
    return config
