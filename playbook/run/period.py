"""One campaign and period.

Run what is stale in a hidden folder, and publish it whole or not at all.
"""

import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout

from playbook import params, sources
from playbook.errors import PlaybookError, Problem
from playbook.masking import masked
from playbook.params import Campaign
from playbook.run import manifest, pages, publish
from playbook.run.execute import StageError, execute
from playbook.run.fingerprint import digest
from playbook.run.manifest import Manifest, StageRecord, State
from playbook.run.notebooks import REPORT
from playbook.run.plan import Request, fingerprints, states

IMPORT = "import"
Told = Literal["running", "done", "kept", "failed"]
Tell = Callable[[str, Told, float], None]
"""Called with a step (import, a stage, report), how it stands, and its seconds."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """How a request ended: `folder` is the run, or what a failed one left."""

    campaign: str
    period: str
    state: Literal["published", "unchanged", "failed"]
    folder: Path
    seconds: float = 0.0
    executed: int = 0
    problems: tuple[str, ...] = ()
    bad_parameters: bool = False


def run(request: Request, tell: Tell) -> Outcome:
    """Run a campaign and period, and publish it if every stage went well.

    Args:
        request: What to run.
        tell: Hears of every step.

    Returns:
        The outcome; a stage that fails is an outcome, not an exception.

    Raises:
        ParameterError: Parameters that cannot be used.
        PlaybookError: Data that cannot be used, or another run of the same period under way.
    """
    begun = time.perf_counter()
    campaign = params.load(request.campaign, request.period, request.workspace.params_dir)
    request.target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(request.target.with_name(f".{request.period}.lock"), timeout=0):
            outcome = _run(request, campaign, tell)
    except Timeout:
        raise PlaybookError(
            Problem(
                file=str(request.target),
                rule="is being run by another process",
                remedy="Wait until it is done.",
            )
        ) from None
    return replace(outcome, seconds=time.perf_counter() - begun)


def _run(request: Request, campaign: Campaign, tell: Tell) -> Outcome:
    inputs, prints = fingerprints(request, campaign)
    last = manifest.read(request.target)
    plan = states(request, prints, last)
    if plan[REPORT] == "kept":
        return Outcome(
            campaign=campaign.id, period=campaign.period, state="unchanged", folder=request.target
        )
    staged = publish.staging(request.target)
    record = _begin(campaign, inputs, prints, last)
    _import(request, campaign, staged, tell)
    for stage, state in plan.items():
        if stage == REPORT and any(each.state == "failed" for each in record.stages.values()):
            break
        done = _stage(request, stage, state, prints[stage], staged, last, tell)
        record = replace(record, stages={**record.stages, stage: done})
        manifest.write(record, staged)
    return _end(request, campaign, record, staged)


def _begin(
    campaign: Campaign, inputs: Mapping[str, str], prints: Mapping[str, str], last: Manifest | None
) -> Manifest:
    now = datetime.now(UTC)
    return Manifest(
        campaign=campaign.id,
        period=campaign.period,
        state="failed",
        started=now.isoformat(timespec="seconds"),
        run_id=f"{now:%Y%m%dT%H%M%SZ}-{digest(prints)[:6]}",
        inputs=inputs,
        parameters=params.plain(campaign),
        commit=manifest.commit(),
        libraries=manifest.libraries(),
        earlier=(*last.earlier, last.started) if last else (),
    )


def _import(request: Request, campaign: Campaign, staged: Path, tell: Tell) -> None:
    """Read the sources once into the run's folder.

    The notebooks find the canonical tables there.
    """
    begun = time.perf_counter()
    tell(IMPORT, "running", 0.0)
    try:
        sources.load(campaign, request.workspace.data_dir, staged, request.workspace.params_dir)
    except PlaybookError:
        shutil.rmtree(staged)
        tell(IMPORT, "failed", time.perf_counter() - begun)
        raise
    tell(IMPORT, "done", time.perf_counter() - begun)


def _stage(
    request: Request,
    stage: str,
    state: State,
    fingerprint: str,
    staged: Path,
    last: Manifest | None,
    tell: Tell,
) -> StageRecord:
    """Run one stage, or take over what the last run has of it."""
    if state == "run":
        return _execute(request, stage, fingerprint, staged, tell)
    if state == "not run" or last is None:
        return StageRecord(state="not run")
    _keep(stage, request.target, staged)
    tell(stage, "kept", 0.0)
    return replace(last.stages[stage], state=state)


def _execute(
    request: Request, stage: str, fingerprint: str, staged: Path, tell: Tell
) -> StageRecord:
    begun = time.perf_counter()
    tell(stage, "running", 0.0)
    space = request.workspace
    values = {
        "campaign": request.campaign,
        "period": request.period,
        "params_dir": str(space.params_dir),
        "data_dir": str(space.data_dir),
        "run_dir": str(staged),
    }
    error = ""
    try:
        execute(
            space.notebook(stage),
            staged / "notebooks" / f"{stage}.ipynb",
            values,
            request.timeout,
        )
    except (StageError, PlaybookError) as failure:
        error = masked(str(failure))
    seconds = time.perf_counter() - begun
    tell(stage, "failed" if error else "done", seconds)
    return StageRecord(
        state="failed" if error else "run",
        fingerprint="" if error else fingerprint,
        seconds=seconds,
        error=error,
    )


def _keep(stage: str, target: Path, staged: Path) -> None:
    """Copy what a stage left in the last good run."""
    for part in (f"notebooks/{stage}.ipynb", f"findings/{stage}.json", f"tables/{stage}"):
        source, copy = target / part, staged / part
        copy.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, copy)
        elif source.is_file():
            shutil.copy2(source, copy)


def _end(request: Request, campaign: Campaign, record: Manifest, staged: Path) -> Outcome:
    """Make the pages and publish, or keep the failure for a look."""
    problems = tuple(
        f"{stage}: {one.error}" for stage, one in record.stages.items() if one.state == "failed"
    )
    started = datetime.fromisoformat(record.started)
    seconds = (datetime.now(UTC) - started).total_seconds()
    record = replace(
        record, state="failed" if problems else "published", seconds=seconds, problems=problems
    )
    manifest.write(record, staged)
    _settle(staged, request.target)
    if problems:
        folder = publish.keep_failed(staged, request.target)
    else:
        pages.write(campaign, record, staged, request.workspace)
        publish.publish(staged, request.target)
        publish.forget_failed(request.target)
        folder = request.target
    executed = sum(one.state == "run" for one in record.stages.values())
    return Outcome(
        campaign=campaign.id,
        period=campaign.period,
        state=record.state,
        folder=folder,
        executed=executed,
        problems=problems,
    )


def _settle(staged: Path, target: Path) -> None:
    """Let executed notebooks name the folder they end up in, and no secret."""
    for notebook in (staged / "notebooks").glob("*.ipynb"):
        text = notebook.read_text(encoding="utf-8")
        notebook.write_text(masked(text.replace(str(staged), str(target))), encoding="utf-8")
