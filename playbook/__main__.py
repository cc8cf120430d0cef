"""Run the command as `python -m playbook`."""

from playbook.cli import app

app(prog_name="playbook")
