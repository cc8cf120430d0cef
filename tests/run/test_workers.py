"""Work in other processes: it comes back, fails as it would here, and dies alone."""

import os
import signal
import threading

import pytest

from playbook.errors import PlaybookError, Problem
from playbook.run.kernels import server
from playbook.run.workers import WorkerDiedError, Workers


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def refuse() -> None:
    raise PlaybookError(Problem(file="a.csv", rule="is empty", remedy="Fill it."))


@pytest.fixture
def workers() -> Workers:
    if not server.can_fork():
        pytest.skip("this system cannot fork workers")
    return Workers("warm")


def test_result_comes_back_from_another_process_which_stays(workers: Workers) -> None:
    pids = {workers.call(os.getpid) for _ in range(2)}
    assert len(pids) == 1
    assert os.getpid() not in pids
    workers.close()


def test_error_comes_back_whole(workers: Workers) -> None:
    with pytest.raises(PlaybookError) as told:
        workers.call(refuse)
    assert told.value.problems[0].rule == "is empty"
    workers.close()


def test_process_that_dies_is_told_and_replaced(workers: Workers) -> None:
    with pytest.raises(WorkerDiedError, match="lack of memory"):
        workers.call(die)
    assert workers.call(abs, -1) == 1
    workers.close()


def test_each_thread_has_its_own(workers: Workers) -> None:
    pids = [workers.call(os.getpid)]
    thread = threading.Thread(target=lambda: pids.append(workers.call(os.getpid)))
    thread.start()
    thread.join()
    assert len(set(pids)) == 2
    workers.close()


def test_plain_workers_do_the_same() -> None:
    plain = Workers("plain")
    assert plain.call(abs, -2) == 2
    plain.close()
