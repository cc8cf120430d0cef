"""Runs side by side: a workspace may hold any file, and none of them is taken for a module."""

import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from playbook.errors import Problem
from playbook.run import batch
from playbook.run.batch import Step
from playbook.run.notebooks import MONTHLY_NOTEBOOKS
from playbook.run.period import Outcome
from playbook.run.plan import Request
from playbook.run.progress import Board
from tests.run.conftest import request_for, run, wait_until, write_notebook

INTRUDERS = ("multiprocessing.py", "papermill.py", "json.py", "pandas.py", "ipykernel_launcher.py")


@pytest.mark.parametrize("program", [["-m", "playbook"], ["-P", "-m", "playbook"]])
def test_no_file_of_the_current_folder_is_imported(workspace: Path, program: list[str]) -> None:
    for name in INTRUDERS:
        (workspace / name).write_text(
            f"open({str(workspace / 'intruded')!r}, 'w')\nraise SystemExit(7)"
        )
        (workspace / "notebooks" / name).write_bytes((workspace / name).read_bytes())
    words = ["run", "spring", "--period", "2026-10", "--force", "--stage", "1"]
    done = subprocess.run(
        [sys.executable, *program, *words],
        cwd=workspace,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    assert not (workspace / "intruded").exists()


def steps(*requests: Request, jobs: int = 4) -> list[Step]:
    return [news for news in batch.run_all(requests, jobs) if isinstance(news, Step)]


def test_nothing_asked_for_is_nothing_done() -> None:
    assert list(batch.run_all([], jobs=1)) == []


def meeting(workspace: Path, stage: str, other: str) -> None:
    """Let a stage wait for another one: it ends only if the other runs at the same time."""
    mine, awaited = (str(workspace / f"began-{name}") for name in (stage, other))
    code = (
        "import time, pathlib\n"
        f"pathlib.Path({mine!r}).touch()\n"
        "until = time.monotonic() + 60\n"
        f"while not pathlib.Path({awaited!r}).exists() and time.monotonic() < until: time.sleep(0.05)\n"
        f"assert pathlib.Path({awaited!r}).exists()"
    )
    write_notebook(workspace / "notebooks" / f"{stage}.ipynb", code)


def test_stages_run_side_by_side_and_the_report_after_all(workspace: Path) -> None:
    first, second = MONTHLY_NOTEBOOKS[2:4]
    meeting(workspace, first, second)
    meeting(workspace, second, first)
    order = [(step.step, step.state) for step in steps(request_for(workspace, force=True))]
    assert order[:2] == [("import", "running"), ("import", "done")]
    assert order[-2:] == [("report", "running"), ("report", "done")]
    assert {step for step, state in order if state == "done"} == {
        "import",
        *MONTHLY_NOTEBOOKS,
        "report",
    }


def test_months_overlap_but_for_stages_that_start_from_the_month_before(workspace: Path) -> None:
    market, goals = MONTHLY_NOTEBOOKS[1], MONTHLY_NOTEBOOKS[0]
    november = replace(request_for(workspace), period="2026-11")
    told = steps(request_for(workspace, force=True), november, jobs=8)
    at = {(step.period, step.step, step.state): place for place, step in enumerate(told)}
    assert at["2026-11", market, "running"] < at["2026-10", "report", "done"]
    assert at["2026-11", goals, "running"] > at["2026-10", "report", "done"]


def test_an_interrupted_batch_ends_its_kernels_and_leaves_the_good_run(workspace: Path) -> None:
    stage, began = MONTHLY_NOTEBOOKS[3], workspace / "began"
    code = f"import time; open({str(began)!r}, 'w').close(); time.sleep(120)"
    write_notebook(workspace / "notebooks" / f"{stage}.ipynb", code)
    folder = workspace / "outputs" / "spring"
    good = (folder / "2026-10" / "report.html").read_bytes()
    words = ["run", "spring", "--period", "2026-10", "--root", str(workspace)]
    command = subprocess.Popen(
        [sys.executable, "-m", "playbook", *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    runner = psutil.Process(command.pid)
    wait_until(began.is_file)
    children = runner.children(recursive=True)
    command.send_signal(signal.SIGINT)
    _, told = command.communicate(timeout=60)
    assert command.returncode == 130
    assert told == ""
    assert psutil.wait_procs(children, timeout=10)[1] == []
    assert (folder / "2026-10" / "report.html").read_bytes() == good
    assert run(request_for(workspace, "spring", MONTHLY_NOTEBOOKS[0])).state == "unchanged"


def test_an_error_that_nobody_foresaw_fails_its_run_and_no_other(workspace: Path) -> None:
    for folder in ("params", "data"):
        shutil.copytree(workspace / folder / "spring", workspace / folder / "autumn")
    shutil.rmtree(workspace / "outputs" / "spring")
    (workspace / "outputs" / "spring").write_text("a file, and no folder", encoding="utf-8")
    news = batch.run_all([request_for(workspace), request_for(workspace, "autumn")], jobs=4)
    outcomes = {each.campaign: each for each in news if isinstance(each, Outcome)}
    assert outcomes["autumn"].state == "published"
    assert outcomes["spring"].state == "failed"
    assert "FileExistsError" in outcomes["spring"].problems[0]


def test_page_of_all_runs_that_cannot_be_written_is_told_after_the_runs(workspace: Path) -> None:
    (workspace / "outputs" / "index.html").unlink()
    (workspace / "outputs" / "index.html").mkdir()
    *_, outcome, problem = batch.run_all([request_for(workspace)], jobs=2)
    assert isinstance(outcome, Outcome)
    assert isinstance(problem, Problem)
    assert "index.html: cannot be written (Is a directory)" in str(problem)
    board = Board([request_for(workspace)])
    for news in (outcome, problem):
        board.hear(news)
    assert list(board.problems()) == [str(problem)]
    assert board.exit_code == 1
