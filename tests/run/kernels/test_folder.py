"""The folder of a process: its own, private, and cleared away after those that were killed."""

import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

from playbook.run.kernels.folder import process_folder
from tests.run.kernels.conftest import MAKE


def test_folder_is_one_for_a_process_and_private() -> None:
    folder = process_folder()
    assert folder == process_folder()
    assert str(os.getpid()) in folder.name
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_folder_goes_with_its_process() -> None:
    made = subprocess.run([sys.executable, "-c", MAKE], capture_output=True, text=True, check=True)
    assert not Path(made.stdout.strip()).exists()


def test_folder_of_a_killed_process_is_cleared_away_by_the_next(folder: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"],
        capture_output=True,
        text=True,
        check=True,
    )
    left = folder / f"playbook-{ended.stdout.strip()}-abc_123"
    others = [folder / f"playbook-{os.getpid()}-abc", folder / "playbook-notes"]
    for each in (left, *others):
        each.mkdir()
    subprocess.run(
        [sys.executable, "-c", MAKE], env={"TMPDIR": str(folder)}, check=True, capture_output=True
    )
    assert sorted(folder.iterdir()) == sorted(others)
    assert tempfile.gettempdir() != str(folder)
