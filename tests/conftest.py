"""The sample's month, run once for all tests that look at what comes out."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of its own with the sample, after `playbook run` over its reported month."""
    root = tmp_path_factory.mktemp("sample")
    for folder in ("params", "data"):
        (root / folder).symlink_to(ROOT / folder)
    words = ["run", "--period", "2026-10", "--root", str(root)]
    done = subprocess.run(
        [sys.executable, "-m", "playbook", *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return root
