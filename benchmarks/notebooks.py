"""The seven notebooks of a month by every way to run them, side by side: seconds, CPU seconds, ratios.

    python benchmarks/notebooks.py [CAMPAIGNS] [REPEATS]       # 4 and 2 where left out

Each way executes the same notebooks on the same tables, seven for each campaign, into a folder of
its own: papermill's command one by one, papermill in one process, a pool of two processes over
papermill, ploomber-engine if it is installed, our runner with plain kernels and with warm ones.
The limit is the sum of the time in cells over the processors, as warm kernels take it that run one
at a time, so that none waits for another. Of each way the least of the repeats counts. CPU seconds
are what the whole machine was busy, so nothing else should run.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[1]
PERIOD = "2026-10"
ORIGINALS = ("double11", "autumn-launch")
PAPERMILL = [sys.executable, "-m", "papermill"]

WARM, ALONE = "ours, warm kernels", "ours, warm, one at a time"
ONE_BY_ONE = "alone"

Job = tuple[Path, Path, dict[str, str]]
"""A notebook, where its executed copy goes, and its parameters."""


def workspace(folder: Path, campaigns: int) -> list[str]:
    """Write the sample with its campaigns copied until there are as many as wanted."""
    playbook("sample", "--root", folder)
    names = []
    for number in range(campaigns):
        original = ORIGINALS[number % len(ORIGINALS)]
        name = f"{original}-{number}"
        for part in ("params", "data"):
            shutil.copytree(folder / part / original, folder / part / name)
        names.append(name)
    for original in ORIGINALS:
        for part in ("params", "data"):
            shutil.rmtree(folder / part / original)
    return names


def playbook(*words: object) -> None:
    """Call our command."""
    subprocess.run(
        [sys.executable, "-m", "playbook", *map(str, words)], check=True, stdout=subprocess.DEVNULL
    )


def jobs(folder: Path, names: list[str], out: Path) -> list[Job]:
    """List the seven notebooks of each campaign; each has tables of its own, read beforehand."""
    listed = []
    for name in names:
        run_dir = out / name / PERIOD
        shutil.copytree(folder / "outputs" / name / PERIOD / "tables", run_dir / "tables")
        values = {
            "campaign": name,
            "period": PERIOD,
            "params_dir": str(folder / "params"),
            "data_dir": str(folder / "data"),
            "run_dir": str(run_dir),
        }
        notebooks = sorted((ROOT / "notebooks").glob("0[1-7]_*.ipynb"))
        listed += [(each, run_dir / "notebooks" / each.name, values) for each in notebooks]
    return listed


def by_command(work: list[Job]) -> None:
    """Run papermill's command, one notebook after the other."""
    for notebook, output, values in work:
        output.parent.mkdir(parents=True, exist_ok=True)
        given = [word for key, value in values.items() for word in ("-p", key, value)]
        words = [*PAPERMILL, notebook, output, *given, "--no-progress-bar", "--log-level", "ERROR"]
        subprocess.run(words, check=True, cwd=notebook.parent, stderr=subprocess.DEVNULL)


def by_papermill(job: Job) -> None:
    """Run one notebook by papermill, in this process."""
    import papermill

    notebook, output, values = job
    output.parent.mkdir(parents=True, exist_ok=True)
    papermill.execute_notebook(
        str(notebook), str(output), values, progress_bar=False, cwd=str(notebook.parent)
    )


def in_a_process(option: str, work: list[Job]) -> None:
    """Run this file with an option: a way that has a process to itself, imports and all."""
    words = [sys.executable, __file__, option]
    listed = json.dumps([[str(notebook), str(output), values] for notebook, output, values in work])
    subprocess.run(words, check=True, input=listed, text=True, stderr=subprocess.DEVNULL)


def pool_of_two(work: list[Job]) -> None:
    """Run all by papermill, in two processes."""
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(by_papermill, work))


def ours(kernels: str, work: list[Job]) -> None:
    """Execute as the runner does, in as many threads, or one by one."""
    from playbook.run.batch import LONGEST_FIRST, default_jobs
    from playbook.run.kernels import server
    from playbook.run.notebooks import BLAS_THREADS

    os.environ.update({"PYTHONSAFEPATH": "1", **dict.fromkeys(BLAS_THREADS, "1")})
    if kernels != "plain":
        server.start()
    from playbook.run.execute import execute

    order = {stage.notebook: place for place, stage in enumerate(LONGEST_FIRST)}
    work.sort(key=lambda job: order[job[0].stem])
    with ThreadPoolExecutor(1 if kernels == ONE_BY_ONE else default_jobs()) as threads:
        list(
            threads.map(
                lambda job: execute(*job, kernels="plain" if kernels == "plain" else "warm"), work
            )
        )


def ploomber(work: list[Job]) -> None:
    """Run all by ploomber-engine, in this process."""
    from ploomber_engine import execute_notebook

    for notebook, output, values in work:
        output.parent.mkdir(parents=True, exist_ok=True)
        execute_notebook(
            str(notebook), str(output), parameters=values, verbose=False, progress_bar=False
        )


def cell_seconds(out: Path) -> float:
    """Add up what the cells of executed notebooks took, as papermill has noted it."""
    total = 0.0
    for file in out.rglob("notebooks/*.ipynb"):
        cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
        total += sum(cell["metadata"].get("papermill", {}).get("duration") or 0.0 for cell in cells)
    return total


def cpu_seconds() -> float:
    """Return the seconds that the processors have been busy: kernels are no children of ours."""
    busy = psutil.cpu_times()
    return busy.user + busy.system


def measure(way: Callable[[list[Job]], None], work: list[Job]) -> tuple[float, float]:
    """Return the wall and the CPU seconds of one way."""
    begun, spent = time.perf_counter(), cpu_seconds()
    way(work)
    return time.perf_counter() - begun, cpu_seconds() - spent


def main(campaigns: int, repeats: int) -> None:
    """Measure every way in turn, as often as wanted, and print the table."""
    ways: dict[str, Callable[[list[Job]], None]] = {
        "papermill's command": by_command,
        "papermill in one process": partial(in_a_process, "--one-process"),
        "pool of two over papermill": partial(in_a_process, "--pool"),
        "ours, plain kernels": partial(in_a_process, "--ours=plain"),
        WARM: partial(in_a_process, "--ours=warm"),
        ALONE: partial(in_a_process, f"--ours={ONE_BY_ONE}"),
    }
    if find_spec("ploomber_engine"):
        ways["ploomber-engine (no isolation)"] = partial(in_a_process, "--ploomber")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        names = workspace(folder, campaigns)
        playbook("run", "--root", folder, "--period", PERIOD)
        taken: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
        in_cells = []
        for turn in range(repeats):
            for way, run in ways.items():
                out = folder / f"out-{turn}-{len(taken[way])}-{way.replace(' ', '-')}"
                taken[way].append(measure(run, jobs(folder, names, out)))
                if way == ALONE:
                    in_cells.append(cell_seconds(out))
        report(taken, min(in_cells), 7 * campaigns)


def report(taken: dict[str, list[tuple[float, float]]], in_cells: float, notebooks: int) -> None:
    """Print what each way took, beside ours and the limit."""
    cores = len(os.sched_getaffinity(0))
    limit = in_cells / cores
    best = {way: min(times) for way, times in taken.items()}
    warm = best[WARM][0]
    print(
        f"{notebooks} notebooks on {cores} processors; cells {in_cells:.1f} s, limit {limit:.1f} s"
    )
    print(f"{'way':32}{'wall s':>8}{'CPU s':>8}{'x ours':>8}{'x limit':>9}")
    for way, (wall, cpu) in best.items():
        print(f"{way:32}{wall:8.1f}{cpu:8.1f}{wall / warm:8.1f}{wall / limit:9.1f}")


def given() -> list[Job]:
    """Read the notebooks that the calling process wants run."""
    return [
        (Path(notebook), Path(output), values) for notebook, output, values in json.load(sys.stdin)
    ]


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--one-process"]:
            for job in given():
                by_papermill(job)
        case ["--pool"]:
            pool_of_two(given())
        case ["--ploomber"]:
            ploomber(given())
        case [word] if word.startswith("--ours="):
            ours(word.partition("=")[2], given())
        case numbers:
            main(*(list(map(int, numbers)) + [4, 2][len(numbers) :]))
