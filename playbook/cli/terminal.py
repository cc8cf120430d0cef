"""What all commands share at the terminal: where they print, and how a fault is told."""

import datetime as dt
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
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

from playbook import params
from playbook.errors import PlaybookError, Problem, Severity, visible

if TYPE_CHECKING:
    from playbook.params import Campaign
    from playbook.sources.files.progress import Reading

console = Console(emoji=False)
errors = Console(stderr=True, emoji=False)

FAILED, WRONG = 1, 2

UNREADABLE = (PermissionError, IsADirectoryError, NotADirectoryError)
"""What the system says of a file or folder that its owner can mend."""

LOOK_SECONDS = 0.3

COMMAND = re.compile(r"\bplaybook (?:check|import|new|report|run|sample|sources|unimport)\b")
"""A command in the words of a problem."""

Root = Annotated[
    Path,
    typer.Option(
        "--root",
        metavar="DIR",
        help="Workspace that holds params/, data/ and outputs/.",
        file_okay=False,
    ),
]


def latest_of(campaign: str, params_dir: Path) -> "Campaign":
    """Read a campaign's parameters of the latest month that has some, else of this month.

    Raises:
        ParameterError: They cannot be used.
    """
    latest = params.periods(campaign, params_dir)[-1:]
    return params.load(campaign, latest[0] if latest else f"{dt.date.today():%Y-%m}", params_dir)


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
def problems_told(root: Path = Path()) -> Iterator[None]:
    """Say every problem of an input in its own line, and stop with the code for it."""
    try:
        with told_as_refused():
            yield
    except PlaybookError as error:
        print_problems(error.problems, root)
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


SIGNS: Mapping[Severity, tuple[str, str]] = {
    "error": ("✗", "red"),
    "warning": ("!", "yellow"),
    "note": ("·", "dim"),
}
"""By how grave a problem is, the sign before it and its colour."""


def print_problems(problems: Iterable[Problem], root: Path = Path()) -> None:
    """Print problems on the error stream, a line each; commands in them reach the workspace."""
    for problem in problems:
        sign, style = SIGNS[problem.severity]
        line = in_workspace(str(problem), root)
        errors.print(f"{sign} {line}", style=style, markup=False, highlight=False, soft_wrap=True)


def in_workspace(words: str, root: Path) -> str:
    """Add the option for the workspace to each command that words name, where it needs one."""
    if root == Path():
        return words
    return COMMAND.sub(rf"\g<0> --root {shlex.quote(str(root))}", words)
