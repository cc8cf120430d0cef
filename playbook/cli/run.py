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
    told_as_refused,
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
    with problems_told(root):
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
        with problems_told(root):
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


def check(campaigns: Campaigns = None, period: Month = "", root: Root = Path()) -> None:
    """Validate parameters and data without running; list everything at once.

    **✗ errors** must be mended: the run would fail, or its report mislead. **! warnings** are to be
    looked at; one that is right is accepted in the parameters, with the reason: `accept: {overlap:
    "two accounts"}`. **· notes** only tell. Each names file, place, value, rule and remedy.

    **Examples**

    - `playbook check` — all campaigns, the latest month of each
    - `playbook check double11 --period 2026-10`

    Exit code: 0 no errors, 1 data have errors, 2 wrong usage or parameters.
    """
    from playbook.run import plan

    space = _workspace(root)
    with problems_told(root):
        requests = plan.requests(space, campaigns or [], (period, period))
    codes = [_checked(request, space, root) for request in requests]
    if any(codes):
        raise typer.Exit(max(codes))


def _checked(request: "Request", space: "Workspace", root: Path) -> int:
    """Check one campaign and month, print what there is to tell, and return the exit code."""
    from playbook import sources

    try:
        with told_as_refused():
            parameters = params.load(request.campaign, request.period, space.params_dir)
            scorecards = params.load_scorecards(space.params_dir)
            wrong = [
                *params.scorecard_problems(parameters, scorecards),
                *params.people_problems(parameters, scorecards),
                *sources.misnamed(parameters, space.params_dir),
            ]
            told = sources.check(parameters, space.data_dir, space.params_dir)
    except PlaybookError as error:
        print_problems(error.problems, root)
        return WRONG
    problems = list(dict.fromkeys([*wrong, *told]))
    print_problems(problems, root)
    errors_there = [problem for problem in problems if problem.severity == "error"]
    if not errors_there:
        done(f"{request.campaign} {request.period}: parameters and data are in order.")
        return 0
    return WRONG if any(problem in errors_there for problem in wrong) else FAILED


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
    with problems_told(root):
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
    example: Annotated[
        bool, typer.Option("--example", help="Take the values as they stand, for a first look.")
    ] = False,
    root: Root = Path(),
) -> None:
    """Write commented parameters for a new campaign; fill in what is marked, then `playbook check`.

    **Examples**

    - `playbook new spring-sale --period 2027-03`
    - `playbook new try-out --example` — nothing to fill in, to see how a run goes
    """
    from playbook.params import skeleton

    with problems_told(root):
        month = period or f"{dt.date.today():%Y-%m}"
        files = skeleton.write(campaign, month, root, as_example=example)
    for file in files:
        done(str(file))
    where = "" if root == Path() else f" --root {root}"
    console.print(
        f"{'Bring' if example else 'Fill in what is marked, bring'} in each export "
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

    with problems_told(root):
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
