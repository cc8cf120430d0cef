"""Whole runs of the product: how they grow, what an unchanged one costs, and one after each change.

    python benchmarks/runs.py [CAMPAIGNS …]       # 1 4 16 64 where left out

Growth: the first run of a month of so many campaigns: seconds and seconds a campaign, the seconds
that the processors were busy, and the most memory that all processes held together (proportional set size: what several share
counts once). Changes: two campaigns and two months, 28 stages, run again after nothing, a touched
file, a comment, a row of an export, and a budget; with the share of the first run that it took.
"""

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.notebooks import PERIOD, cpu_seconds, playbook, workspace

LOOK_SECONDS = 0.2
MONTHS = ("--from", "2026-09", "--to", PERIOD)


def held(process: psutil.Process) -> int:
    """Return the bytes that a process and all below it hold together."""
    total = 0
    for each in (process, *process.children(recursive=True)):
        try:
            total += each.memory_full_info().pss
        except psutil.Error:
            continue
    return total


def run(root: Path, *words: str) -> tuple[float, float, float]:
    """Run; return wall seconds, CPU seconds and the peak of memory in megabytes."""
    spent = cpu_seconds()
    begun = time.perf_counter()
    command = subprocess.Popen(
        [sys.executable, "-m", "playbook", "run", "--root", str(root), *words],
        stdout=subprocess.DEVNULL,
    )
    peaks = [0]
    looking = threading.Thread(target=_look, args=(command, peaks), daemon=True)
    looking.start()
    assert command.wait() == 0
    seconds = time.perf_counter() - begun
    looking.join()
    return seconds, cpu_seconds() - spent, max(peaks) / 2**20


def _look(command: subprocess.Popen[bytes], peaks: list[int]) -> None:
    while command.poll() is None:
        try:
            peaks.append(held(psutil.Process(command.pid)))
        except psutil.Error:
            break
        time.sleep(LOOK_SECONDS)


def growth(campaigns: list[int]) -> None:
    """Print what a first run of so many campaigns takes."""
    print(f"{'campaigns':>9}{'wall s':>9}{'s each':>8}{'CPU s':>9}{'MB':>7}")
    for number in campaigns:
        with tempfile.TemporaryDirectory() as name:
            workspace(Path(name), number)
            wall, spent, peak = run(Path(name), "--period", PERIOD)
        print(f"{number:9}{wall:9.1f}{wall / number:8.2f}{spent:9.1f}{peak:7.0f}", flush=True)


def comment(root: Path) -> None:
    """Add a comment to the parameters of one campaign."""
    file = root / "params" / "double11" / "campaign.yml"
    file.write_text(f"# agreed\n{file.read_text(encoding='utf-8')}", encoding="utf-8")


def row(root: Path) -> None:
    """Take the last row out of one export."""
    file = root / "data" / "double11" / "baidu" / f"search-{PERIOD}.csv"
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[:-1]))


def budget(root: Path) -> None:
    """Change the budget of one campaign and month."""
    file = root / "params" / "double11" / f"{PERIOD}.yml"
    text = file.read_text(encoding="utf-8")
    head, _, rest = text.partition("budget:\n")
    first, _, others = rest.partition("\n")
    key, _, _ = first.partition(":")
    file.write_text(f"{head}budget:\n{key}: 123456\n{others}", encoding="utf-8")


def touched(root: Path) -> None:
    """Touch every export of one campaign."""
    for file in (root / "data" / "double11").rglob("*.csv"):
        os.utime(file)


def changes() -> None:
    """Print what a run takes after each kind of change."""
    kinds: dict[str, Callable[[Path], object]] = {
        "nothing": Path.exists,
        "touched files": touched,
        "a comment": comment,
        "a row of an export": row,
        "a budget": budget,
    }
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        playbook("sample", "--root", root)
        first, spent, _ = run(root, *MONTHS)
        print(f"\n{'changed':22}{'wall s':>8}{'CPU s':>8}{'of the first':>14}")
        print(f"{'first run':22}{first:8.2f}{spent:8.2f}{1:14.0%}")
        run(root, *MONTHS)
        for kind, change in kinds.items():
            change(root)
            wall, spent, _ = run(root, *MONTHS)
            print(f"{kind:22}{wall:8.2f}{spent:8.2f}{wall / first:14.0%}", flush=True)


if __name__ == "__main__":
    growth(list(map(int, sys.argv[1:])) or [1, 4, 16, 64])
    changes()
