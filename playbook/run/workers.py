"""Processes for the work of a run that is not a notebook's: reading sources, writing pages."""

import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from typing import ParamSpec, TypeVar

from playbook.run.kernels import server
from playbook.run.notebooks import Kernels

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class WorkerDiedError(Exception):
    """The process of a step died."""


class Workers:
    """One process a thread that asks: it stays for the next task, and dies alone."""

    def __init__(self, kernels: Kernels) -> None:
        """Take processes from the warm server, or start plain ones, when they are asked for."""
        self._warm = kernels == "warm"
        self._mine = threading.local()
        self._all: list[ProcessPoolExecutor] = []

    def call(
        self,
        function: Callable[Arguments, Result],
        *arguments: Arguments.args,
        **named: Arguments.kwargs,
    ) -> Result:
        """Call a function in the process of this thread.

        Raises:
            WorkerDiedError: The process died.
        """
        if not hasattr(self._mine, "process"):
            self._mine.process = self._new()
        process: ProcessPoolExecutor = self._mine.process
        try:
            return process.submit(function, *arguments, **named).result()
        except BrokenProcessPool:
            del self._mine.process
            raise WorkerDiedError("its process died, for example for lack of memory") from None

    def close(self) -> None:
        """End all processes."""
        for process in self._all:
            process.shutdown(cancel_futures=True)

    def _new(self) -> ProcessPoolExecutor:
        if self._warm:
            server.start()
        context = multiprocessing.get_context("forkserver" if self._warm else "spawn")
        process = ProcessPoolExecutor(1, mp_context=context, initializer=_end_with_parent)
        self._all.append(process)
        return process


def _end_with_parent() -> None:
    """End this process when the one that started it is gone, however it went.

    A command that is killed would otherwise leave its processes at work, holding the lock of the
    run.
    """
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent.sentinel,), daemon=True).start()


def _end_after(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
