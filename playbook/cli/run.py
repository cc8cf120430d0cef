"""The commands that run, check and report campaigns, or begin a workspace."""

import datetime as dt
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.live import Live

from playbook import params
from playbook.cli.terminal import (
    FAILED,
    WRONG,
    Root,
    console,
    done,
    errors,
    print_problems,
    problems_told,
)
from playbook.errors import PlaybookError, Problem

if TYPE_CHECKING:
    from playbook.run.manifest import Manifest
    from playbook.run.plan import Request, Workspace

KernelsOption = Literal["plain", "warm"]

Campaigns = Annotated[
    list[str] | None,
    typer.Argument(metavar="[CAMPAIGN]…", help="Folders below params/; all if none."),
]
One = Annotated[str, typer.Argument(metavar="CAMPAIGN", help="Folder below params/.")]
Month = Annotated[
    str, typer.Option(metavar="YYYY-MM", help="Month; the latest with parameters if none.")
]


def run(
    campaigns: Campaigns = None,
    period: Month = "",
    first: Annotated[
        str, typer.Option("--from", metavar="YYYY-MM", help="First month of several.")
    ] = "",
    last: Annotated[
        str, typer.Option("--to", metavar="YYYY-MM", help="Last month of several, included.")
    ] = "",
    stage: Annotated[
        list[str] | None, typer.Option(metavar="STAGE", help="Only this stage: 1 … 7, or a name.")
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(min=1, help="Notebooks at a time; three for each processor if none."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Run although nothing changed.")] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say what would run and why; run nothing.")
    ] = False,
    kernels: Annotated[
        KernelsOption | None,
        typer.Option(
            help="Fork kernels from a warm server, or start each anew; warm if the system can."
        ),
    ] = None,
    root: Root = Path(),
) -> None:
    """Run the stages and publish the report of each campaign and month.

    A stage runs again if its inputs, the parameters that it reads, its notebook or its code have
    changed; `--explain` says which of them. A run that fails leaves the last good
    one as it is, keeps its notebooks in `outputs/CAMPAIGN/YYYY-MM.failed/`, and stops no other.

    **Examples**

    - `playbook run` — all campaigns, the latest month of each
    - `playbook run double11 --period 2026-10`
    - `playbook run --from 2026-08 --to 2026-10 --jobs 2`
    - `playbook run --explain` — what would run now, and why
    - `playbook run double11 --stage 5` — after looking into one stage

    Exit code: 0 all published, 1 a run failed, 2 wrong usage or parameters.
    """
    from playbook.run import plan

    if period and (first or last):
        raise typer.BadParameter(
            "Give one month, or a first and a last one.",
            param_hint="'--period' with '--from' or '--to'",
        )
    begun = time.perf_counter()
    space = _workspace(root)
    with problems_told():
        requests = plan.requests(
            space,
            campaigns or [],
            (first or period, last or period),
            stage or [],
            force=force,
            kernels=_kernels(kernels),
        )
    from playbook.run import batch, progress
    from playbook.run import explain as explaining

    if explain:
        with problems_told():
            console.print(explaining.table(explaining.explained(requests)))
        raise typer.Exit
    board = progress.Board(requests)
    with Live(get_renderable=board.render, console=console, refresh_per_second=4, transient=True):
        for news in batch.run_all(requests, jobs or batch.default_jobs()):
            board.hear(news)
    console.print(board.summary())
    for place in board.places():
        console.print(place, soft_wrap=True, markup=False, highlight=False)
    if space.index.is_file():
        console.print(f"All reports: {space.index}", soft_wrap=True, markup=False, highlight=False)
    console.print(f"Done in {time.perf_counter() - begun:.0f} seconds.")
    for line in board.problems():
        errors.print(line, style="red", markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(board.exit_code)


def check(campaign: One, period: Month = "", root: Root = Path()) -> None:
    """Validate parameters and data without running; list every problem at once.

    Each problem names file, place, value, rule and remedy. Exit code: 0 all well, 1 data have
    problems, 2 wrong usage or parameters.

    **Example:** `playbook check double11 --period 2026-10`
    """
    from playbook import sources
    from playbook.run import plan

    space = _workspace(root)
    with problems_told():
        [request] = plan.requests(space, [campaign], (period, period))
        parameters = params.load(campaign, request.period, space.params_dir)
        scorecards = params.load_scorecards(space.params_dir)
    with problems_told():
        wrong = [
            *params.scorecard_problems(parameters, scorecards),
            *sources.misnamed(parameters, space.params_dir),
        ]
        found = sources.check(parameters, space.data_dir, space.params_dir)
    problems = list(dict.fromkeys([*wrong, *found]))
    print_problems(problems)
    if problems:
        raise typer.Exit(WRONG if wrong else FAILED)
    done(f"{campaign} {request.period}: parameters and data are in order.")


def report(
    campaigns: Campaigns = None,
    period: Month = "",
    pdf: Annotated[
        bool, typer.Option("--pdf", help="Print each report.html as report.pdf too.")
    ] = False,
    root: Root = Path(),
) -> None:
    """Make pages and workbook of published runs again from their stored tables.

    Use it after a change of wording, style or of what a notebook shows, or to print reports.

    **Examples**

    - `playbook report` — all campaigns, the latest month of each
    - `playbook report double11 --period 2026-10 --pdf`
    """
    from playbook.report.pdf import write_pdf
    from playbook.run import index, pages, plan

    space = _workspace(root)
    with problems_told():
        for request in plan.requests(space, campaigns or [], (period, period)):
            published = _published(request)
            campaign = params.load(request.campaign, request.period, space.params_dir)
            notebooks = published.stages.keys()
            page = pages.write(campaign, published, request.target, space, anew=notebooks)
            for file in (page, write_pdf(page)) if pdf else (page,):
                done(str(file))
    console.print(
        f"All reports: {index.write(space)}", soft_wrap=True, markup=False, highlight=False
    )


def new(
    campaign: Annotated[str, typer.Argument(metavar="CAMPAIGN", help="Id: a-z, 0-9 and '-'.")],
    period: Annotated[
        str, typer.Option(metavar="YYYY-MM", help="First month of the campaign; this one if none.")
    ] = "",
    root: Root = Path(),
) -> None:
    """Write commented parameters for a new campaign; fill in what is marked, then `playbook check`.

    **Example:** `playbook new spring-sale --period 2027-03`
    """
    from playbook.params import skeleton

    with problems_told():
        files = skeleton.write(campaign, period or f"{dt.date.today():%Y-%m}", root)
    for file in files:
        done(str(file))
    where = "" if root == Path() else f" --root {root}"
    console.print(
        f"Fill in what is marked, bring in each export "
        f"(playbook import FILE --campaign {campaign}{where}), "
        f"then: playbook check {campaign}{where}",
        soft_wrap=True,
        markup=False,
    )


def sample(
    root: Root = Path(),
    seed: Annotated[int, typer.Option(help="The same seed writes the same bytes.")] = 20261031,
) -> None:
    """Write the sample workspace: two campaigns with three months of exports, made by a simulator.

    Files of your own are never overwritten. Exit code: 0 written, 2 refused.

    **Example:** `playbook sample --root /tmp/try && playbook run --root /tmp/try`
    """
    from playbook.simulate import write

    with problems_told():
        files = write(root, seed)
    done(f"{len(files)} files below {root.resolve()}")


def _kernels(asked: KernelsOption | None) -> KernelsOption:
    """Return how kernels are started; say so where they cannot be forked."""
    from playbook.run.kernels import server

    if server.can_fork():
        return asked or "warm"
    if asked != "plain":
        console.print("Kernels are started one by one: this system cannot fork them.")
    return "plain"


def _published(request: "Request") -> "Manifest":
    from playbook.run import manifest

    published = manifest.read(request.target)
    if published is None:
        command = f"playbook run {request.campaign} --period {request.period}"
        raise PlaybookError(
            Problem(
                file=str(request.target),
                rule="holds no published run",
                remedy=f"Run it: {command}.",
            )
        )
    return published


def _workspace(root: Path) -> "Workspace":
    from playbook.run.plan import Workspace

    return Workspace(root=root.resolve())
