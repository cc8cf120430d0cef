"""What all commands share at the terminal: where they print, and how a fault is told."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from playbook.errors import PlaybookError, Problem

console = Console()
errors = Console(stderr=True)

FAILED, WRONG = 1, 2

Root = Annotated[
    Path,
    typer.Option("--root", metavar="DIR", help="Workspace that holds params/, data/ and outputs/.", file_okay=False),
]


@contextmanager
def problems_told() -> Iterator[None]:
    """Say every problem of an input in a line of its own, and stop with the code for wrong usage."""
    try:
        yield
    except PlaybookError as error:
        print_problems(error.problems)
        raise typer.Exit(WRONG) from None


def print_problems(problems: Iterable[Problem]) -> None:
    """Print problems on the error stream, a line each."""
    for problem in problems:
        errors.print(f"✗ {problem}", style="red", markup=False, highlight=False, soft_wrap=True)
