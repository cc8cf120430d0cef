"""The command line in the test's own process: the same answers as a command's, in a tenth of the time.

Start-up, exit and signals are tested with real processes (`tests.cli.test_run.typed`).
"""

import subprocess
import traceback
from pathlib import Path

from typer.testing import CliRunner

from playbook.cli import app
from playbook.cli.terminal import console, errors

WIDTH = 200


def playbook(*words: str, root: Path | None = None) -> "subprocess.CompletedProcess[str]":
    """Run a command; what it raises stands in stderr as a traceback."""
    console.width = errors.width = WIDTH
    place = ["--root", str(root)] if root else []
    done = CliRunner().invoke(app, [*words, *place])
    said = done.stderr
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        said += "".join(traceback.format_exception(done.exception))
    return subprocess.CompletedProcess([*words, *place], done.exit_code, done.stdout, said)
