"""What the server of kernels imports before it forks any; imported by the server, and only there.

Each kernel inherits the imported modules, so that none pays for them. Nothing here may start a
thread, which a fork would not carry over: Arrow, DuckDB and the pools of BLAS are imported and
never called.
"""

import atexit
import builtins
import gc
import os
import shutil
import signal
import sys
from contextlib import suppress
from importlib import import_module
from types import SimpleNamespace

import psutil

from playbook.left_out import left_out
from playbook.run.kernels.folder import FOLDER
from playbook.run.notebooks import BLAS_THREADS

KERNEL = (
    "faulthandler",
    "IPython.core.completer",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.magics.ast_mod",
    "IPython.core.magics.execution",
    "IPython.core.pylabtools",
    "IPython.extensions.storemagic",
    "ipykernel.debugger",
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "ipykernel.zmqshell",
    "psutil",
    "sqlite3",
    "tornado.platform.asyncio",
)
WORK = (
    "playbook.notebook_format",
    "matplotlib.pyplot",
    "pandas",
    "pyarrow.parquet",
    "scipy.stats",
    "seaborn",
    "statsmodels.stats.multitest",
    "statsmodels.stats.power",
    "statsmodels.tsa.seasonal",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "pandas.core.methods.to_dict",
    "pandas.core.reshape.reshape",
    "pandas.io.formats.csvs",
    "encodings.unicode_escape",
    "encodings.utf_8_sig",
    "playbook.cli",
    "playbook.params",
    "playbook.sources.tables",
    "playbook.report.figures",
    "playbook.report.card",
    "playbook.report.overview",
    "playbook.run.pages",
    "playbook.stages.goals",
    "playbook.stages.market",
    "playbook.stages.content",
    "playbook.stages.channels",
    "playbook.stages.monitoring",
    "playbook.stages.analysis",
    "playbook.stages.appraisal",
    "playbook.stages.experiments",
)
"""What the stages, the reading of sources and the pages import, some of it late."""

THREADED = "polars"
"""Statsmodels imports it where it is installed, and it starts threads."""

ENVIRONMENT = {
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    **dict.fromkeys(BLAS_THREADS, "1"),
}
"""No pool of threads is started, figures are drawn below the cell as in every kernel, and the
debugger keeps quiet."""

SERVER = os.getpid()
PATH = [folder for folder in sys.path if folder]
"""Where a kernel looks for modules: as a kernel started anew, never in the current folder."""


def _import_all() -> None:
    """Import as a kernel does: pandas and matplotlib look for one to choose how they display."""
    for variable, value in ENVIRONMENT.items():
        os.environ.setdefault(variable, value)
    builtins.get_ipython = lambda: SimpleNamespace(kernel=object())  # type: ignore[attr-defined]
    try:
        with left_out(THREADED):
            for name in (*WORK, *KERNEL):
                import_module(name)
    finally:
        del builtins.get_ipython  # type: ignore[attr-defined]


def _clear_folder() -> None:
    """Clear away what the runner could not, since it was killed."""
    if os.getpid() == SERVER and FOLDER in os.environ:
        shutil.rmtree(os.environ[FOLDER], ignore_errors=True)


def _kill_kernels() -> None:
    """Kill every kernel with all that it started, before the system kills the kernel alone."""
    if os.getpid() == SERVER:
        for child in psutil.Process().children():
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(child.pid, signal.SIGKILL)


gc.disable()  # nothing that is imported is garbage
_import_all()
import_module("playbook.report.warm").warm()
gc.enable()
atexit.register(_clear_folder)
atexit.register(_kill_kernels)
