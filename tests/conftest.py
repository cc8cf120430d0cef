"""What many tests share.

The sample's month is run once for all that look at what comes out, however many processes run
them. Examples of hypothesis repeat, and none has a deadline: a slow machine is no wrong result.
"""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from hypothesis import settings

from playbook.params.experiment import ExperimentPlan
from tests.reached import Word, watch, words_of_stages

ROOT = Path(__file__).parents[1]
Plan = Callable[..., ExperimentPlan]

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """A workspace of its own with the sample, after `playbook run` over its reported month."""
    shared = tmp_path_factory.getbasetemp()
    if hasattr(request.config, "workerinput"):
        shared = shared.parent
    root = shared / "sample"
    with FileLock(shared / "sample.lock"):
        if not root.is_dir():
            run_sample(root)
    return root


def run_sample(root: Path, *campaigns: str) -> None:
    """Run the reported month of some campaigns, or of both, in a folder beside.

    Which gets its name once all went well.
    """
    unfinished = root.with_name("sample-unfinished")
    unfinished.mkdir()
    for folder in ("params", "data"):
        (unfinished / folder).symlink_to(ROOT / folder)
    words = ["run", *campaigns, "--period", "2026-10", "--root", str(unfinished)]
    done = subprocess.run(
        [sys.executable, "-m", "playbook", *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr + done.stdout
    unfinished.rename(root)


REACHED: set[Word] = set()


def pytest_configure(config: pytest.Config) -> None:
    """Look at every finding and result that is made in a test."""
    watch(REACHED)


def pytest_testnodedown(node: Any) -> None:
    """Take over what the tests of another process reached."""
    REACHED.update(tuple(word) for word in getattr(node, "workeroutput", {}).get("words", ()))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail a run of the whole suite that left a word of the stages unreached."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["words"] = sorted(REACHED)
        return
    if exitstatus != 0 or not is_whole(session.config):
        return
    unreached = sorted(words_of_stages() - REACHED)
    if unreached:
        raise pytest.UsageError(f"words of the stages that no test reaches: {unreached}")


def is_whole(config: pytest.Config) -> bool:
    """Whether all tests were asked for, those apart that take long."""
    is_part = any(
        config.getoption(name, default=False) for name in ("keyword", "lf", "collectonly")
    )
    is_marked = config.getoption("markexpr") not in ("", "not slow")
    return config.args == ["tests"] and not is_marked and not is_part


@pytest.fixture
def plan() -> Plan:
    """Make a plan of two equal arms and one primary mean; keywords replace its parts."""

    def make(**changes: Any) -> ExperimentPlan:
        parts = {
            "id": "t",
            "variant": "arm",
            "arms": {"a": 0.5, "b": 0.5},
            "metrics": [{"name": "y", "role": "primary"}],
        }
        return ExperimentPlan.model_validate(parts | changes)

    return make
