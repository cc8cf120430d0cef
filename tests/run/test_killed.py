"""A command that is killed in the middle.

Nothing goes on working behind it, and the next run is as if it had not been.
"""

import subprocess
import sys
import time
from pathlib import Path

from playbook.run.notebooks import MONTHLY_NOTEBOOKS
from tests.run.conftest import PATIENCE, request_for, run, wait_until, write_notebook


def test_run_killed_in_the_middle_leaves_the_good_one_and_can_be_repeated_at_once(
    workspace: Path,
) -> None:
    folder = workspace / "outputs" / "spring"
    notebook = workspace / "notebooks" / f"{MONTHLY_NOTEBOOKS[0]}.ipynb"
    began = workspace / "began"
    write_notebook(
        notebook, f"import time; open({str(began)!r}, 'w').close(); time.sleep({2 * PATIENCE})"
    )
    good = (folder / "2026-10" / "report.html").read_bytes()
    words = ["run", "spring", "--period", "2026-10", "--root", str(workspace)]
    command = subprocess.Popen(
        [sys.executable, "-m", "playbook", *words], stdout=subprocess.DEVNULL
    )
    wait_until(began.is_file)
    command.kill()
    command.wait()
    assert (folder / "2026-10" / "report.html").read_bytes() == good
    write_notebook(notebook, "print('quick')")
    time.sleep(2)
    assert run(request_for(workspace)).state == "published"
    assert {path.name for path in folder.iterdir()} == {"2026-10", ".2026-10.lock"}
