"""What all commands share at the terminal: where they print, and how a fault is told."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

from playbook.errors import PlaybookError, Problem, visible

if TYPE_CHECKING:
    from playbook.sources.files.progress import Reading

console = Console(emoji=False)
errors = Console(stderr=True, emoji=False)

FAILED, WRONG = 1, 2

UNREADABLE = (PermissionError, IsADirectoryError, NotADirectoryError)
"""What the system says of a file or folder that its owner can mend."""

LOOK_SECONDS = 0.3

Root = Annotated[
    Path,
    typer.Option(
        "--root",
        metavar="DIR",
        help="Workspace that holds params/, data/ and outputs/.",
        file_okay=False,
    ),
]


@contextmanager
def told_as_refused() -> Iterator[None]:
    """Make a PlaybookError of what the system says of a file or folder.

    Raises:
        PlaybookError: A file or folder may not be read, or is none.
    """
    try:
        yield
    except UNREADABLE as error:
        if error.filename is None:
            raise
        raise PlaybookError(Problem.of_file(Path(error.filename), error)) from None


@contextmanager
def problems_told() -> Iterator[None]:
    """Say every problem of an input in its own line, and stop with the code for it."""
    try:
        with told_as_refused():
            yield
    except PlaybookError as error:
        print_problems(error.problems)
        raise typer.Exit(WRONG) from None


@contextmanager
def working(words: str) -> Iterator[None]:
    """Show on a terminal that a reading goes on, for how long and how far it is."""
    from playbook.sources.files.progress import looked_on

    if not errors.is_terminal:
        yield
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
    )
    done = Event()
    with Progress(*columns, console=errors, transient=True) as shown, looked_on() as reading:
        task = shown.add_task(words, total=None)
        looking = Thread(target=_look_on, args=(shown, task, reading, done), daemon=True)
        looking.start()
        try:
            yield
        finally:
            done.set()
            looking.join()


def _look_on(shown: Progress, task: TaskID, reading: "Reading", done: Event) -> None:
    """Draw how far the reading is, until it is done."""
    while not done.wait(LOOK_SECONDS):
        part = reading.share()
        shown.update(task, total=None if part is None else 1.0, completed=part or 0.0)


def done(words: str) -> None:
    """Print what was done as it is: names of files and folders are no markup."""
    console.print(Text.assemble(("✓", "green"), f" {visible(words)}"), soft_wrap=True)


def print_problems(problems: Iterable[Problem]) -> None:
    """Print problems on the error stream, a line each."""
    for problem in problems:
        errors.print(f"✗ {problem}", style="red", markup=False, highlight=False, soft_wrap=True)
