"""How jupyter_client gets its kernels here: forked from the warm server, or started as ever."""

import asyncio
import multiprocessing
import os
import signal
import threading
from collections.abc import Mapping
from contextlib import suppress
from multiprocessing.process import BaseProcess
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Bool

from playbook.run.kernels.child import run_kernel

NAME = "playbook-provisioner"
LAUNCHER = "ipykernel_launcher"
KERNEL = "playbook-kernel"
POLL_SECONDS = 0.01

UNKNOWN = 255
"""The exit code of a kernel whose server was gone before it could tell."""

exit_codes: dict[str, int] = {}
"""How kernels ended, by their connection file: negative is the signal that killed one."""

_processes = threading.Lock()
"""multiprocessing keeps one list of processes, and looks at all when one is started."""


class Forked:
    """A forked kernel, with the members of subprocess.Popen that jupyter_client uses."""

    stdin = stdout = stderr = None

    def __init__(self, arguments: list[str], environment: Mapping[str, str], folder: str) -> None:
        """Ask the server to fork a kernel.

        Raises:
            OSError: There is no server to ask.
            EOFError: It died when asked.
        """
        self._process: BaseProcess = multiprocessing.get_context("forkserver").Process(
            target=run_kernel, args=(arguments, dict(environment), folder), name=KERNEL
        )
        with _processes:
            self._process.start()
        self.pid = self._process.pid

    def poll(self) -> int | None:
        """Return its exit code, none while it runs."""
        with _processes:
            return self._process.exitcode

    def wait(self) -> int | None:
        """Return the exit code of a kernel that has ended."""
        return self.poll()

    def send_signal(self, number: int) -> None:
        """Send a signal to it, if it still runs."""
        if self.poll() is None and self.pid is not None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)


def _forked(arguments: list[str], environment: Mapping[str, str], folder: str) -> Forked | None:
    """Fork a kernel, from a server started anew where the last one was killed; None without one."""
    for _ in range(2):
        with suppress(OSError, EOFError):
            return Forked(arguments, environment, folder)
    return None


def _kill_left() -> None:
    """Kill kernels that nobody has shut down: this process would wait for their end for ever."""
    for process in multiprocessing.active_children():
        if process.name == KERNEL:
            process.kill()


Finalize(None, _kill_left, exitpriority=10)


class PlaybookProvisioner(LocalProvisioner):
    """Kernels of the runner; the exit code of each is noted, so that its end can be told."""

    warm = Bool(default_value=False, help="Fork the kernel from the warm server.").tag(config=True)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork a kernel, or start one where it cannot be forked."""
        if not self.warm or LAUNCHER not in cmd:
            return await super().launch_kernel(cmd, **kwargs)
        arguments = cmd[cmd.index(LAUNCHER) + 1 :]
        environment = {**kwargs.get("env", os.environ)}
        folder = str(kwargs.get("cwd") or Path.cwd())
        forked: Any = _forked(arguments, environment, folder)
        if forked is None:
            return await super().launch_kernel(cmd, **kwargs)
        self.process = forked
        self.pid = self.pgid = forked.pid
        self.cwd = folder
        return self.connection_info

    async def poll(self) -> int | None:
        """Return the exit code of the kernel, none while it runs."""
        code: int | None = await super().poll()
        manager: Any = self.parent
        if code is not None and self.process is not None:
            exit_codes.setdefault(manager.connection_file, code)
            self._end_group()
        return code

    def _end_group(self) -> None:
        """Kill what a kernel that has ended had started and left: a killed one could not."""
        if self.pgid is not None and hasattr(os, "killpg"):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pgid, signal.SIGKILL)

    async def wait(self) -> int | None:
        """Wait for the end of the kernel, looking more often than jupyter_client does."""
        while self.process is not None and await self.poll() is None:
            await asyncio.sleep(POLL_SECONDS)
        code: int | None = await super().wait()
        return code
