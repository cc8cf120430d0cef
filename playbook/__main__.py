"""Run the command as `python -m playbook`; no file of the current folder is taken for a module."""

import sys

if not sys.flags.safe_path:
    del sys.path[0]  # the current folder, which `python -m` puts first

from playbook.cli import app

app(prog_name="playbook")
