"""What a command imports before it has anything to compute."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.run.conftest import request_for, run

HEAVY = (
    "IPython",
    "duckdb",
    "jinja2",
    "matplotlib",
    "nbclient",
    "nbformat",
    "numpy",
    "pandas",
    "pandera",
    "papermill",
    "pyarrow",
    "scipy",
    "seaborn",
    "statsmodels",
)
ASK = """
import sys
from playbook.cli import app
try:
    app(sys.argv[1:], prog_name="playbook")
finally:
    print("imported:", *(name for name in {heavy!r} if name in sys.modules))
"""


def imported(*words: str) -> tuple[str, int]:
    """Return which heavy modules a command imports, and its exit code."""
    done = subprocess.run(
        [sys.executable, "-c", ASK.format(heavy=HEAVY), *words],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.splitlines()[-1], done.returncode


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--help"], 0),
        (["--version"], 0),
        (["run", "--help"], 0),
        (["abtest", "--help"], 0),
        (["import", "--help"], 0),
        (["run", "--colour"], 2),
        (["run", "nobody", "--root", "nowhere"], 2),
        (["run", "--period", "2026-10", "--from", "2026-09"], 2),
        (["new", "Not A Name"], 2),
    ],
)
def test_help_and_wrong_usage_answer_without_heavy_imports(words: list[str], code: int) -> None:
    assert imported(*words) == ("imported:", code)


def test_run_with_nothing_to_do_answers_without_heavy_imports(workspace: Path) -> None:
    run(request_for(workspace))
    words = ["run", "spring", "--period", "2026-10", "--root", str(workspace)]
    assert imported(*words) == ("imported:", 0)
    assert imported(*words, "--explain") == ("imported:", 0)


def test_run_with_something_to_do_leaves_pandas_to_its_kernels(workspace: Path) -> None:
    words = ["run", "spring", "--period", "2026-10", "--root", str(workspace), "--force"]
    told, code = imported(*words, "--stage", "1")
    assert code == 0
    assert "papermill" in told
    assert not {"pandas", "matplotlib", "statsmodels", "pandera", "duckdb"} & set(told.split())
