"""The record of a run: what went in, what made it, how long it took, and how each stage ended."""

import json
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import playbook
from playbook.params import Campaign, Period

State = Literal["run", "kept", "older", "failed", "not run"]
FILE = "manifest.json"
PARTS_FILE = "parts.json"
"""Beside the manifest: what each notebook depended on, part by part."""

RECORDED = (
    "duckdb",
    "matplotlib",
    "nbconvert",
    "numpy",
    "pandas",
    "papermill",
    "pydantic",
    "scipy",
    "seaborn",
    "statsmodels",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class StageRecord:
    """How one stage ended.

    `kept` was not run since nothing changed; `older` was kept although inputs changed, because only
    other stages were asked for.
    """

    state: State
    fingerprint: str = ""
    seconds: float = 0.0
    error: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """One run of a campaign and period; times are UTC, seconds are wall time.

    `earlier` holds when the runs of the same period started that this one replaced, `drawing` the
    fingerprint of what the pages depend on beside the stages.
    """

    campaign: str
    period: str
    state: Literal["published", "failed"]
    run_id: str
    started: str
    seconds: float = 0.0
    inputs: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    stages: Mapping[str, StageRecord] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    earlier: tuple[str, ...] = ()
    package: str = playbook.__version__
    commit: str = ""
    python: str = platform.python_version()
    libraries: Mapping[str, str] = field(default_factory=dict)
    drawing: str = ""


def write(manifest: Manifest, folder: Path) -> None:
    """Write manifest.json into a run's folder."""
    text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1, default=str)
    (folder / FILE).write_text(text + "\n", encoding="utf-8")


def read(folder: Path) -> Manifest | None:
    """Read the manifest of a run.

    Returns:
        None where there is none, or it is damaged or of another version: the next run then makes
        everything anew.
    """
    try:
        content = json.loads((folder / FILE).read_text(encoding="utf-8"))
        stages = {name: StageRecord(**record) for name, record in content.pop("stages").items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    fields = {key: content[key] for key in Manifest.__dataclass_fields__ if key in content}
    lists = {key: tuple(value) for key, value in fields.items() if isinstance(value, list)}
    return Manifest(**{**fields, **lists}, stages=stages)


def write_parts(parts: Mapping[str, Mapping[str, str]], folder: Path) -> None:
    """Write what each notebook of a run depended on; a part that several share is told once.

    Args:
        parts: Digest by part, by notebook.
        folder: Of the run.
    """
    pairs = sorted({pair for own in parts.values() for pair in own.items()})
    places = {pair: place for place, pair in enumerate(pairs)}
    notebooks = {name: list(map(places.__getitem__, parts[name].items())) for name in sorted(parts)}
    content = {"parts": pairs, "notebooks": notebooks}
    (folder / PARTS_FILE).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def read_parts(folder: Path) -> dict[str, dict[str, str]]:
    """Read what each notebook of a run depended on.

    Returns:
        Digest by part, by notebook; nothing where the file is absent or damaged.
    """
    try:
        content = json.loads((folder / PARTS_FILE).read_text(encoding="utf-8"))
        pairs, notebooks = content["parts"], content["notebooks"]
        return {name: dict(map(pairs.__getitem__, places)) for name, places in notebooks.items()}
    except (OSError, ValueError, KeyError, IndexError, TypeError):
        return {}


def look_dates(campaign: Campaign, run_dir: Path | str) -> tuple[date, ...]:
    """List the last days of data that published runs showed, each a look at running tests.

    Args:
        campaign: Of the present run.
        run_dir: Folder of the present run; the published runs stand beside it, or in the campaign's
            folder.

    Returns:
        One day per run, earliest first: the day of the run, or the end of its period where that
        came before.
    """
    near = Path(run_dir).parent
    found = [
        read(file.parent)
        for place in (".", campaign.id)
        for file in near.glob(f"{place}/????-??/{FILE}")
    ]
    runs = [one for one in found if one is not None and one.campaign == campaign.id]
    return tuple(
        sorted(
            _seen_until(one.period, begun) for one in runs for begun in (*one.earlier, one.started)
        )
    )


def _seen_until(period: str, started: str) -> date:
    return min(date.fromisoformat(started[:10]), Period.of(period).end)


def libraries() -> dict[str, str]:
    """Versions of the libraries that made the numbers and the pages."""
    return {name: version(name) for name in RECORDED}


@cache
def commit() -> str:
    """The git commit of the code, with '+' when it was changed since; empty outside a checkout."""
    folder = Path(playbook.__file__).parent
    try:
        asked = subprocess.run(
            ["git", "describe", "--always", "--dirty=+", "--abbrev=12", "--exclude=*"],  # noqa: S607
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return asked.stdout.strip()
