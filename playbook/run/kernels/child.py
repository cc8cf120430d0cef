"""A kernel in a process that was forked from the server."""

import ctypes
import gc
import os
import random
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from multiprocessing import parent_process
from multiprocessing.connection import wait
from typing import Any, NoReturn

PR_SET_PDEATHSIG = 1

COLLECTED_AFTER = (100_000, 50, 100)
"""Objects made before garbage is looked for: a notebook makes many and drops few in its seconds."""


def run_kernel(arguments: Sequence[str], environment: Mapping[str, str], folder: str) -> NoReturn:
    """Be a kernel until it is shut down; nothing of another kernel's state is left in it.

    Args:
        arguments: As `ipykernel_launcher` takes them.
        environment: All of the kernel's environment.
        folder: Its working directory.
    """
    os.setsid()
    _end_with_server()
    _end_with_runner()
    _become_fresh(environment, folder)
    os._exit(_serve(arguments))


def _end_with_server() -> None:
    """Have the system kill this process when the server is gone, however it went (Linux)."""
    from playbook.run.kernels import preload

    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != preload.SERVER:
        os._exit(1)
    sys.path[:] = preload.PATH


def _end_with_runner() -> None:
    runner = parent_process()
    if runner is not None:
        threading.Thread(target=_kill_after, args=(runner.sentinel,), daemon=True).start()


def _kill_after(sentinel: int) -> None:
    """Kill this kernel and all that it started."""
    wait([sentinel])
    os.killpg(0, signal.SIGKILL)


def _become_fresh(environment: Mapping[str, str], folder: str) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    gc.set_threshold(*COLLECTED_AFTER)
    random.seed()
    sys.modules["numpy"].random.seed()


def _serve(arguments: Sequence[str]) -> int:
    app = kernel_app()
    sys.argv = ["ipykernel_launcher", *arguments]
    try:
        app.launch_instance(argv=list(arguments))
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def kernel_app() -> Any:
    """Return the kernel's application, without the port that it would open on loopback.

    It would hear there what forked children of the kernel print: of that, nothing is shown.
    """
    from ipykernel import kernelapp

    thread: Any = vars(kernelapp)["IOPubThread"]

    def without_pipe(socket: Any, *, session: Any, **_: Any) -> Any:
        return thread(socket, pipe=False, session=session)

    vars(kernelapp)["IOPubThread"] = without_pipe
    return kernelapp.IPKernelApp
