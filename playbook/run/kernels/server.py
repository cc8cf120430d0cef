"""The warm server: imports the heavy modules once, and forks kernels and workers from then on.

It is the fork server of multiprocessing, with its modules imported beforehand.
"""

import multiprocessing
import multiprocessing.forkserver
import os
import sys
import tempfile
import threading

from playbook.run.kernels.folder import FOLDER, process_folder

PRELOAD = "playbook.run.kernels.preload"

_starting = threading.Lock()


def can_fork() -> bool:
    """Say whether a server can be had: not on Windows, and on macOS no fork is safe."""
    return sys.platform.startswith("linux") or "bsd" in sys.platform


def start() -> None:
    """Start the server if it does not run; it ends with this process, and imports meanwhile."""
    with _starting:
        folder = process_folder()
        os.environ[FOLDER] = str(folder)
        multiprocessing.set_forkserver_preload([PRELOAD])
        usual = tempfile.tempdir
        tempfile.tempdir = str(folder)  # the server's socket lies there too
        try:
            multiprocessing.forkserver.ensure_running()
        finally:
            tempfile.tempdir = usual
