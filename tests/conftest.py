"""The sample's month, run once for all tests that look at what comes out.

However many processes run them.
"""

import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """A workspace of its own with the sample, after `playbook run` over its reported month."""
    shared = tmp_path_factory.getbasetemp()
    if hasattr(request.config, "workerinput"):
        shared = shared.parent
    root = shared / "sample"
    with FileLock(shared / "sample.lock"):
        if not root.is_dir():
            run_sample(root)
    return root


def run_sample(root: Path) -> None:
    """Run both campaigns' reported month in a folder beside.

    Which gets its name once all went well.
    """
    unfinished = root.with_name("sample-unfinished")
    unfinished.mkdir()
    for folder in ("params", "data"):
        (unfinished / folder).symlink_to(ROOT / folder)
    words = ["run", "--period", "2026-10", "--root", str(unfinished)]
    done = subprocess.run(
        [sys.executable, "-m", "playbook", *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr + done.stdout
    unfinished.rename(root)
