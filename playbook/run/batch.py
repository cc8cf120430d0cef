"""Many campaigns and periods at once.

What depends on nothing else runs side by side: stages, campaigns, and the months of a campaign but
for the stages that start from the month before.
"""

import heapq
import os
import queue
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from graphlib import TopologicalSorter

import psutil

from playbook.errors import Problem
from playbook.hashes import Hashes
from playbook.run import work
from playbook.run.fingerprint import fingerprint
from playbook.run.listed import listed_parts
from playbook.run.notebooks import BLAS_THREADS
from playbook.run.period import Outcome, PeriodRun, Told
from playbook.run.plan import Request, Workspace
from playbook.run.workers import WorkerDiedError, Workers
from playbook.stages import STAGES, stage_of

INDEX = "index"

OF_MULTIPROCESSING = ("multiprocessing.resource_tracker",)

PREPARE, READ, REPORT, END = "prepare", "read", "report", "end"
LONGEST_FIRST = tuple(sorted(STAGES, key=lambda stage: -len(stage.tables)))
"""Who reads most takes longest: begun last, it would be left alone at the end."""

STEPS = (PREPARE, READ, *(stage.notebook for stage in LONGEST_FIRST), REPORT, END)

Task = tuple[int, int]
"""Place of a request, and of one of its steps: what comes first is done first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """News of one step of one run."""

    campaign: str
    period: str
    step: str
    state: Told
    seconds: float


News = queue.Queue[Step | tuple[Task, Future[Outcome | None]]]
"""What threads report: a step of a run, or that a task is done."""


def default_jobs() -> int:
    """Three notebooks a processor: while one waits for its kernel, another computes."""
    return 3 * len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 6


def run_all(requests: Sequence[Request], jobs: int) -> Iterator[Step | Outcome | Problem]:
    """Run requests, several notebooks at a time, each in a kernel of its own.

    Args:
        requests: In any order; of one campaign, a later period starts from what the earlier one
            proposed.
        jobs: Notebooks at a time, at least 1.

    Yields:
        A Step as it happens, and an Outcome at the end of each request; one that fails stops no
        other. At the end a Problem if the page that lists all runs could not be written.
    """
    if not requests:
        return
    os.environ["PYTHONSAFEPATH"] = "1"  # no child takes a file of the current folder for a module
    for variable in BLAS_THREADS:
        os.environ.setdefault(variable, "1")  # one a kernel, as there are several kernels
    ordered = sorted(requests, key=lambda request: (request.period, request.campaign))
    news: News = queue.Queue()
    workers = Workers(ordered[0].kernels)
    hashes = Hashes(ordered[0].workspace.hashes)
    runs = [
        PeriodRun(request, partial(_tell, news, request), workers, hashes) for request in ordered
    ]
    threads = ThreadPoolExecutor(jobs)
    try:
        yield from _work(runs, threads, jobs, news)
        yield from _index(ordered[0].workspace, workers, hashes)
        hashes.write()
    except BaseException:
        threads.shutdown(wait=False, cancel_futures=True)
        _kill_children()
        raise
    finally:
        threads.shutdown()
        workers.close()


def _index(space: Workspace, workers: Workers, hashes: Hashes) -> Iterator[Problem]:
    """Write the page that lists all runs, if one has changed or its look has."""
    now = fingerprint(listed_parts(space, hashes))
    if hashes.fact(INDEX) != now or not space.index.is_file():
        try:
            workers.call(work.write_index, space)
        except WorkerDiedError as error:
            yield Problem(file=str(space.index), rule=str(error), remedy="Run the same again.")
        except OSError as error:
            yield Problem(
                file=str(space.index),
                rule=f"cannot be written ({error.strerror})",
                remedy="Correct the folder of outputs, and run the same again.",
            )
        else:
            hashes.remember(INDEX, now)


def _work(
    runs: Sequence[PeriodRun],
    threads: ThreadPoolExecutor,
    jobs: int,
    news: News,
) -> Iterator[Step | Outcome]:
    """Hand every task to a thread once those before it are done, and pass the news on."""
    order = TopologicalSorter(_graph(runs))
    order.prepare()
    ready: list[Task] = []
    working = 0
    while order.is_active():
        for task in order.get_ready():
            heapq.heappush(ready, task)
        while ready and working < jobs:
            task = heapq.heappop(ready)
            working += 1
            future = threads.submit(_do, runs[task[0]], task[1])
            future.add_done_callback(partial(_report_done, news, task))
        event = news.get()
        if isinstance(event, Step):
            yield event
            continue
        task, future = event
        working -= 1
        order.done(task)
        yield from _told(runs[task[0]], STEPS[task[1]], future)


def _graph(runs: Sequence[PeriodRun]) -> dict[Task, set[Task]]:
    """Say of every step which ones it waits for."""
    graph: dict[Task, set[Task]] = {}
    last_of_campaign: dict[str, int] = {}
    for place, run in enumerate(runs):
        prepare, read, *stages, report, end = ((place, step) for step in range(len(STEPS)))
        before = last_of_campaign.get(run.request.campaign)
        ended_before = set() if before is None else {(before, STEPS.index(END))}
        graph |= {prepare: set(), read: {prepare}}
        for stage, task in zip(LONGEST_FIRST, stages, strict=True):
            graph[task] = {read} | (ended_before if stage.waits else set())
        graph |= {report: set(stages), end: {report} | ended_before}
        last_of_campaign[run.request.campaign] = place
    return graph


def _do(run: PeriodRun, step: int) -> Outcome | None:
    """Take one step of a run; the last one returns its outcome."""
    name = STEPS[step]
    if name == END:
        return run.end()
    others = {PREPARE: run.prepare, READ: run.read, REPORT: run.report}
    if name in others:
        others[name]()
    else:
        run.stage(stage_of(name))
    return None


def _told(run: PeriodRun, step: str, future: "Future[Outcome | None]") -> Iterator[Outcome]:
    """Yield the outcome that a task has brought; an error that nobody foresaw fails its run."""
    error = future.exception()
    if error is not None:
        run.fail(f"{step}: {type(error).__name__}: {error}")
    outcome = None if error else future.result()
    if outcome is not None:
        yield outcome
    elif step == END:
        yield run.outcome("failed", run.request.target)


def _tell(
    news: News,
    request: Request,
    step: str,
    state: Told,
    seconds: float,
) -> None:
    news.put(
        Step(
            campaign=request.campaign,
            period=request.period,
            step=step,
            state=state,
            seconds=seconds,
        )
    )


def _report_done(
    news: News,
    task: Task,
    future: "Future[Outcome | None]",
) -> None:
    news.put((task, future))


def _kill_children() -> None:
    """Kill kernels and workers: the threads that wait for them then come to their end.

    What multiprocessing keeps for itself goes with this process.
    """
    for process in psutil.Process().children(recursive=True):
        try:
            if not any(name in " ".join(process.cmdline()) for name in OF_MULTIPROCESSING):
                process.kill()
        except psutil.NoSuchProcess:
            continue
