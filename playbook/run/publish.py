"""How a finished run takes the place of the last one: whole, in one rename, or not at all."""

import ctypes
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

AT_FDCWD = -100
RENAME_EXCHANGE = 2


def staging(target: Path) -> Path:
    """Make a hidden folder beside the target.

    What an interrupted run left there is cleared away first.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    for leftover in target.parent.glob(f".{target.name}.*.staging"):
        shutil.rmtree(leftover)
    return Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".staging", dir=target.parent))


def publish(staged: Path, target: Path) -> None:
    """Put a finished folder in the place of the last one, in one rename.

    Args:
        staged: Complete; gone afterwards.
        target: Absent, or the last good run, which is removed once the new one stands.
    """
    staged.chmod(0o755)
    if not target.exists():
        staged.rename(target)
        return
    if not _exchange(staged, target):
        aside = staged.with_suffix(".old")
        target.rename(aside)
        staged.rename(target)
        staged = aside
    shutil.rmtree(staged)


def copy_parts(parts: Iterable[str], source: Path, target: Path) -> None:
    """Copy files and folders of one run into another; one that is not there is left out."""
    for part in parts:
        original, copy = source / part, target / part
        copy.parent.mkdir(parents=True, exist_ok=True)
        if original.is_dir():
            shutil.copytree(original, copy)
        elif original.is_file():
            shutil.copy2(original, copy)


def failed(target: Path) -> Path:
    """Name the folder in which a failed run is kept."""
    return target.with_name(f"{target.name}.failed")


def keep_failed(staged: Path, target: Path) -> Path:
    """Keep a failed run beside the good one as `<period>.failed`, the earlier one replaced."""
    aside = failed(target)
    staged.chmod(0o755)
    if aside.exists():
        shutil.rmtree(aside)
    staged.rename(aside)
    return aside


def forget_failed(target: Path) -> None:
    """Remove what an earlier failure left, now that the run is good."""
    shutil.rmtree(failed(target), ignore_errors=True)


def _exchange(first: Path, second: Path) -> bool:
    """Swap two folders atomically where the system can (Linux renameat2); say whether it did."""
    if not sys.platform.startswith("linux"):
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "renameat2"):
        return False
    done = libc.renameat2(
        AT_FDCWD, os.fsencode(first), AT_FDCWD, os.fsencode(second), RENAME_EXCHANGE
    )
    return bool(done == 0)
