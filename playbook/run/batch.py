"""Many campaigns and periods at once.

Campaigns side by side, the periods of one after each other.
"""

import multiprocessing
import os
import queue
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from itertools import groupby
from multiprocessing.connection import wait
from multiprocessing.managers import SyncManager
from typing import Any

from playbook.errors import ParameterError, PlaybookError
from playbook.run.period import Outcome, Told, run
from playbook.run.plan import Request

LISTEN_SECONDS = 0.2


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """News of one step of one run."""

    campaign: str
    period: str
    step: str
    state: Told
    seconds: float


def run_all(requests: Sequence[Request], jobs: int) -> Iterator[Step | Outcome]:
    """Run requests, `jobs` campaigns at a time, each in a process of its own.

    Args:
        requests: In the order of their periods; those of one campaign run one after the other,
            because a period starts from what the one before proposed.
        jobs: Campaigns at a time, at least 1.

    Yields:
        A Step as it happens, and an Outcome at the end of each request; one that fails stops no
        other.
    """
    os.environ["PYTHONSAFEPATH"] = "1"  # no child takes a file of the current folder for a module
    ordered = sorted(requests, key=lambda request: (request.campaign, request.period))
    chains = [list(chain) for _, chain in groupby(ordered, key=lambda request: request.campaign)]
    context = multiprocessing.get_context("spawn")
    manager = SyncManager(ctx=context)
    manager.start(_end_with_parent)
    with (
        manager,
        ProcessPoolExecutor(jobs, mp_context=context, initializer=_end_with_parent) as pool,
    ):
        news = manager.Queue()
        futures = {pool.submit(_chain, chain, news): chain for chain in chains}
        yield from _listen(futures, news)


def _end_with_parent() -> None:
    """End this process when the one that started it is gone, however it went.

    A command that is killed would otherwise leave its processes at work, holding the lock of the
    run.
    """
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent.sentinel,), daemon=True).start()


def _end_after(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


def _chain(chain: Sequence[Request], news: Any) -> None:
    """Run the periods of one campaign; every step and outcome goes through the queue."""
    for request in chain:

        def tell(step: str, state: Told, seconds: float, request: Request = request) -> None:
            news.put(
                Step(
                    campaign=request.campaign,
                    period=request.period,
                    step=step,
                    state=state,
                    seconds=seconds,
                )
            )

        try:
            news.put(run(request, tell))
        except PlaybookError as error:
            bad = isinstance(error, ParameterError)
            news.put(replace(_failed(request, map(str, error.problems)), bad_parameters=bad))


def _listen(futures: dict[Future[None], list[Request]], news: Any) -> Iterator[Step | Outcome]:
    """Pass the news on until every process is done; report the requests of one that died."""
    ended: set[tuple[str, str]] = set()
    while True:
        running = [future for future in futures if not future.done()]
        for event in _drain(news):
            if isinstance(event, Outcome):
                ended.add((event.campaign, event.period))
            yield event
        if not running:
            break
    yield from _died(futures, ended)


def _drain(news: Any) -> Iterator[Step | Outcome]:
    try:
        yield news.get(timeout=LISTEN_SECONDS)
        while True:
            yield news.get_nowait()
    except queue.Empty:
        return


def _died(
    futures: dict[Future[None], list[Request]], ended: set[tuple[str, str]]
) -> Iterator[Outcome]:
    for future, chain in futures.items():
        error = future.exception()
        if error is None:
            continue
        reason = (
            "its process died, for example for lack of memory"
            if isinstance(error, BrokenProcessPool)
            else None
        )
        for request in chain:
            if (request.campaign, request.period) not in ended:
                yield _failed(request, (reason or f"{type(error).__name__}: {error}",))


def _failed(request: Request, problems: Iterable[str]) -> Outcome:
    return Outcome(
        campaign=request.campaign,
        period=request.period,
        state="failed",
        folder=request.target,
        problems=tuple(problems),
    )
