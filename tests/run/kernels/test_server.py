"""The server that kernels are forked from: warm, single-threaded, and gone with its runner."""

import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from playbook.run.execute import StageError
from playbook.run.kernels import server
from tests.run.kernels.conftest import MAKE, Run, notebook, printed

pytestmark = pytest.mark.skipif(not server.can_fork(), reason="this system cannot fork kernels")

PATIENCE = 30
RUNNER = """
import sys
from pathlib import Path
from playbook.run.execute import execute
from playbook.run.kernels import server
if __name__ == "__main__":
    server.start()
    execute(Path(sys.argv[1]), Path(sys.argv[2]), {"campaign": "spring"}, 60, "warm")
"""


def of_this_process() -> psutil.Process:
    """Return the server of this process."""
    [process] = (
        child
        for child in psutil.Process().children()
        if "forkserver" in " ".join(child.cmdline()) and child.status() != psutil.STATUS_ZOMBIE
    )
    return process


def test_server_has_one_thread_and_so_can_be_forked(shown: Run) -> None:
    shown("warm", "1")
    assert len(list((Path("/proc") / str(of_this_process().pid) / "task").iterdir())) == 1


def test_kernel_dies_with_its_server_and_the_next_gets_a_new_one(shown: Run) -> None:
    shown("warm", "1")
    pid = of_this_process().pid
    code = f"import os, signal, time; os.kill({pid}, signal.SIGKILL); time.sleep(60)"
    with pytest.raises(StageError, match="its kernel died"):
        shown("warm", code)
    assert printed(shown("warm", "print('again')")) == "again\n"
    assert of_this_process().pid != pid


def started(tmp_path: Path, folder: Path) -> subprocess.Popen[bytes]:
    """Start a runner of one endless notebook, with its temporary files in a folder."""
    script = tmp_path / "runner.py"
    script.write_text(RUNNER, encoding="utf-8")
    file = notebook(
        tmp_path, "import subprocess, time; subprocess.Popen(['sleep', '60']); time.sleep(60)"
    )
    words = [sys.executable, str(script), str(file), str(tmp_path / "out.ipynb")]
    return subprocess.Popen(words, env={"TMPDIR": str(folder), "HOME": str(tmp_path)})


def still_there(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Return the processes that have not ended within half a minute."""
    _, alive = psutil.wait_procs(processes, timeout=PATIENCE)
    return [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]


def is_emptied(folder: Path) -> bool:
    """Whether a folder is empty within half a minute."""
    until = time.monotonic() + PATIENCE
    while any(folder.iterdir()) and time.monotonic() < until:
        time.sleep(0.05)
    return not any(folder.iterdir())


def with_sleeper(runner: psutil.Process) -> list[psutil.Process]:
    """Wait until the notebook runs; return all processes of the run."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        processes = runner.children(recursive=True)
        if any(process.name() == "sleep" for process in processes):
            return processes
        time.sleep(0.05)
    raise AssertionError("the notebook did not start")


def test_killed_runner_leaves_no_process_and_no_file(tmp_path: Path, folder: Path) -> None:
    command = started(tmp_path, folder)
    processes = with_sleeper(psutil.Process(command.pid))
    command.kill()
    command.wait()
    assert still_there(processes) == []
    assert is_emptied(folder)


@pytest.mark.slow
@pytest.mark.parametrize("turn", range(30))
def test_nothing_is_left_whoever_is_killed_at_whatever_moment(
    tmp_path: Path, folder: Path, turn: int
) -> None:
    draw = random.Random(turn)  # noqa: S311
    command = started(tmp_path, folder)
    runner = psutil.Process(command.pid)
    time.sleep(draw.uniform(0.1, 6))
    processes = runner.children(recursive=True)
    victim = draw.choice([runner, *processes])
    victim.send_signal(signal.SIGKILL)
    with suppress(subprocess.TimeoutExpired):
        command.wait(timeout=8)
    if command.poll() is None:
        processes += runner.children(recursive=True)
        command.kill()
    command.wait()
    assert still_there(processes) == []
    subprocess.run(
        [sys.executable, "-c", MAKE], env={"TMPDIR": str(folder)}, check=True, capture_output=True
    )
    assert is_emptied(folder)
