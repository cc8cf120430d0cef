"""What jupyter_client asks of a kernel: to be interrupted, restarted, and looked at."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
from jupyter_client.manager import AsyncKernelManager
from traitlets.config import Config

from playbook.run.kernels import provisioner, server
from playbook.run.kernels.folder import process_folder

pytestmark = pytest.mark.skipif(not server.can_fork(), reason="this system cannot fork kernels")


@asynccontextmanager
async def kernel(folder: Path) -> AsyncIterator[tuple[Any, Any]]:
    """Start a warm kernel; yield its manager and a client."""
    config = Config({"PlaybookProvisioner": {"warm": True}})
    manager = AsyncKernelManager(
        kernel_name="python3", transport="ipc", ip=str(folder / "kernel"), config=config
    )
    await manager.start_kernel()
    client = manager.client()
    client.start_channels()
    await client.wait_for_ready(timeout=60)
    try:
        yield manager, client
    finally:
        client.stop_channels()
        await manager.shutdown_kernel(now=True)


async def reply(client: Any, code: str) -> dict[str, Any]:
    return dict((await client.execute_interactive(code, timeout=30, output_hook=id))["content"])


def live(test: Callable[[Any, Any], Awaitable[None]], monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a test with a live kernel."""
    monkeypatch.setenv("JUPYTER_DEFAULT_PROVISIONER_NAME", provisioner.NAME)

    async def run() -> None:
        folder = process_folder() / "live"
        folder.mkdir(exist_ok=True)
        async with kernel(folder) as (manager, client):
            await test(manager, client)

    asyncio.run(run())


def test_cell_is_interrupted_and_the_kernel_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(manager: Any, client: Any) -> None:
        sleeping = asyncio.create_task(reply(client, "import time; time.sleep(20)"))
        await asyncio.sleep(0.5)
        await manager.interrupt_kernel()
        assert (await sleeping)["ename"] == "KeyboardInterrupt"
        assert (await reply(client, "1"))["status"] == "ok"

    live(test, monkeypatch)


def test_restarted_kernel_has_forgotten_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(manager: Any, client: Any) -> None:
        await reply(client, "kept = 1")
        await manager.restart_kernel()
        await client.wait_for_ready(timeout=30)
        assert (await reply(client, "kept"))["ename"] == "NameError"

    live(test, monkeypatch)


def test_kernel_is_a_child_of_the_server_and_leaves_no_zombie(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pids = []

    async def test(manager: Any, client: Any) -> None:
        pids.append(manager.provisioner.pid)
        parent = psutil.Process(pids[0]).parent()
        assert parent is not None
        assert parent.ppid() == os.getpid()
        assert "forkserver" in " ".join(parent.cmdline())

    live(test, monkeypatch)
    assert not psutil.pid_exists(pids[0])


def test_kernel_of_another_program_is_started_as_ever(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async def test(manager: Any, _client: Any) -> None:
        given = await manager.provisioner.launch_kernel(
            ["sleep", "30"], env=dict(os.environ), cwd=str(tmp_path)
        )
        assert given == manager.provisioner.connection_info
        assert psutil.Process(manager.provisioner.pid).ppid() == os.getpid()

    live(test, monkeypatch)


LEFT = """
import os
import subprocess
import sys
from pathlib import Path
from playbook.run.kernels import provisioner, server
if __name__ == "__main__":
    server.start()
    forked = provisioner.Forked(["--IPKernelApp.log_level=50"], dict(os.environ), "/")
    print(forked.pid)
"""


def test_kernel_that_nobody_shut_down_does_not_keep_its_process_from_ending(tmp_path: Path) -> None:
    script = tmp_path / "left.py"
    script.write_text(LEFT, encoding="utf-8")
    words = [sys.executable, str(script)]
    ended = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60)
    assert not psutil.pid_exists(int(ended.stdout))
