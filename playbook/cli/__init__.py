"""The `playbook` command: parses, calls, prints."""

from typing import Annotated

import typer

from playbook import __version__
from playbook.cli import abtest, imports, inputs, run
from playbook.cli.terminal import console

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    add_completion=False,
    help="Run the monthly marketing playbook: platform exports in, a management report out.\n\n"
    "**Start here:** `playbook sample` writes two example campaigns, `playbook run` runs them, "
    "and the last line says where the report lies.",
)
app.add_typer(
    abtest.app,
    name="abtest",
    help="Evaluate an A/B test from a file or from counts; register its plan.",
)
app.command("import")(imports.import_files)
app.command("sources")(inputs.sources)
app.command("unimport")(inputs.unimport)
for command in (run.run, run.check, run.report, run.new, run.sample):
    app.command()(command)


@app.callback(invoke_without_command=True)
def main(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    """Hold the options that stand before a command."""
    if version:
        console.print(f"playbook {__version__}")
        raise typer.Exit
