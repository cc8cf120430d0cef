"""Runs side by side: a workspace may hold any file, and none of them is taken for a module."""

import subprocess
import sys
from pathlib import Path

import pytest

INTRUDERS = ("multiprocessing.py", "papermill.py", "json.py", "pandas.py", "ipykernel_launcher.py")


@pytest.mark.parametrize("program", [["-m", "playbook"], ["-P", "-m", "playbook"]])
def test_no_file_of_the_current_folder_is_imported(workspace: Path, program: list[str]) -> None:
    for name in INTRUDERS:
        (workspace / name).write_text(
            f"open({str(workspace / 'intruded')!r}, 'w')\nraise SystemExit(7)"
        )
        (workspace / "notebooks" / name).write_bytes((workspace / name).read_bytes())
    words = ["run", "spring", "--period", "2026-10", "--force"]
    done = subprocess.run(
        [sys.executable, *program, *words],
        cwd=workspace,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    assert not (workspace / "intruded").exists()
