"""The folder of this process for what lives no longer than it: sockets, connection files."""

import os
import re
import shutil
import tempfile
import threading
from functools import cache
from multiprocessing.util import Finalize
from pathlib import Path

import psutil

FOLDER = "PLAYBOOK_PROCESS_FOLDER"
"""Names the folder to the server of kernels, which clears it away when this process was killed."""

NAME = re.compile(r"playbook-(?P<pid>\d+)-\w+")

LONGEST_PARENT = 40
"""Characters of a folder in which the path of a socket does not get longer than systems allow."""

LAST = -1000
"""After all that multiprocessing tidies up at the end, for its socket lies in the folder too."""


_making = threading.Lock()


def process_folder() -> Path:
    """Return the folder of this process, readable by its user only; gone when the process ends.

    What processes left that were killed together with their server is cleared away when it is made.
    """
    with _making:
        return _made()


@cache
def _made() -> Path:
    parent = tempfile.gettempdir()
    if len(parent) > LONGEST_PARENT:
        parent = "/tmp"  # noqa: S108 - the folder in it is private
    _sweep(Path(parent))
    folder = Path(tempfile.mkdtemp(prefix=f"playbook-{os.getpid()}-", dir=parent))
    Finalize(
        None, shutil.rmtree, (folder, True), exitpriority=LAST
    )  # not in a fork of this process
    return folder


def _sweep(parent: Path) -> None:
    for folder in parent.glob("playbook-*"):
        name = NAME.fullmatch(folder.name)
        if name and not psutil.pid_exists(int(name["pid"])):
            shutil.rmtree(folder, ignore_errors=True)
