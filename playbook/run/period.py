"""One campaign and period.

Run what is stale in a hidden folder, and publish it whole or not at all.
"""

import shutil
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout

from playbook import params
from playbook.errors import ParameterError, PlaybookError, Problem
from playbook.hashes import Hashes, digest
from playbook.masking import masked
from playbook.run import manifest, publish, work
from playbook.run.fingerprint import Parts, fingerprint
from playbook.run.manifest import Manifest, StageRecord, State
from playbook.run.notebooks import REPORT
from playbook.run.plan import Plan, Request, made
from playbook.run.workers import WorkerDiedError, Workers
from playbook.stages import Stage

IMPORT = "import"
KEPT = ("kept", "older")
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


class PeriodRun:
    """A request on its way: `prepare`, then `read`, each stage, `report`, and `end`.

    Stages may run in several threads at a time, every other step by itself. After a problem the
    steps do nothing, and `end` says how it went; a stage that fails stops no other stage.
    """

    def __init__(self, request: Request, tell: Tell, workers: Workers, hashes: Hashes) -> None:
        """Begin with nothing read.

        Args:
            request: What to run.
            tell: Hears of every step, in the thread that does it.
            workers: Read the sources and write the pages.
            hashes: Hash inputs and code.
        """
        self.request = request
        self._tell = tell
        self._workers = workers
        self._hashes = hashes
        self._begun = time.perf_counter()
        self._started = datetime.now(UTC)
        lock = request.target.with_name(f".{request.period}.lock")
        self._lock = FileLock(lock, timeout=0, thread_local=False)
        self._reading = threading.Lock()
        self._plan: Plan | None = None
        self._is_stale = False
        self._staged: Path | None = None
        self._records: dict[str, StageRecord] = {}
        self._parts: dict[str, Parts] = {}
        self._problems: list[str] = []
        self._bad_parameters = False

    def prepare(self) -> None:
        """Load the parameters, hash the inputs, and see whether a stage is stale already."""
        self._begun = time.perf_counter()
        self._started = datetime.now(UTC)
        request, target = self.request, self.request.target
        try:
            campaign = params.load(request.campaign, request.period, request.workspace.params_dir)
            target.parent.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
            plan = made(request, campaign, self._hashes)
            self._is_stale = plan.is_stale()
        except Timeout:
            self._refuse(
                PlaybookError(
                    Problem(
                        file=str(target),
                        rule="is being run by another process",
                        remedy="Wait until it is done.",
                    )
                )
            )
        except NotADirectoryError as error:
            self._refuse(PlaybookError(Problem.of_file(target.parent, error)))
        except PlaybookError as error:
            self._refuse(error)
        else:
            self._plan = plan

    def read(self) -> None:
        """Read the sources, if a stage is stale already."""
        if self._plan is not None and self._is_stale:
            self._folder(self._plan)

    def stage(self, stage: Stage) -> None:
        """Run a stage if it is stale and asked for."""
        if self._plan is None or self._problems or stage not in self._plan.stages:
            return
        parts = self._plan.parts(stage)
        state = self._plan.state(stage, parts)
        if state == "run":
            self._run(self._plan, stage.notebook, parts)
        else:
            self._take_over(self._plan, stage.notebook, state)

    def report(self) -> None:
        """Run the notebook of the report if a stage was run, or it is stale itself."""
        plan = self._plan
        if plan is None or self._problems or self._failed():
            return
        prints = {name: record.fingerprint for name, record in sorted(self._records.items())}
        try:
            parts = plan.report_parts(prints)
        except PlaybookError as error:
            self._refuse(error)
            return
        ran = any(record.state == "run" for record in self._records.values())
        if ran or self.request.force or fingerprint(parts) != plan.before(REPORT):
            self._keep_all(plan)
            self._run(plan, REPORT, parts)
        else:
            self._take_over(plan, REPORT, "kept")

    def end(self) -> Outcome:
        """Make the pages and publish; keep a failure for a look; leave all if nothing changed.

        Returns:
            How the run went.
        """
        try:
            state, folder = self._ended()
        except (PlaybookError, WorkerDiedError) as error:
            self.fail(str(error))
            state, folder = "failed", self._kept_failure()
        finally:
            self._lock.release()
        return self.outcome(state, folder)

    def outcome(self, state: Literal["published", "unchanged", "failed"], folder: Path) -> Outcome:
        """Say how the run went, with all problems."""
        return Outcome(
            campaign=self.request.campaign,
            period=self.request.period,
            state=state,
            folder=folder,
            seconds=time.perf_counter() - self._begun,
            executed=sum(record.state == "run" for record in self._records.values()),
            problems=(*self._problems, *self._failed()),
            bad_parameters=self._bad_parameters,
        )

    def fail(self, *problems: str) -> None:
        """Take note of problems; the steps that come do nothing."""
        self._problems += problems

    def _refuse(self, error: PlaybookError) -> None:
        """Take note of what a person can mend."""
        self._bad_parameters = isinstance(error, ParameterError)
        self.fail(*map(str, error.problems))

    def _failed(self) -> list[str]:
        """Tell the stages that failed, each with its reason."""
        return [
            f"{name}: {record.error}"
            for name, record in sorted(self._records.items())
            if record.state == "failed"
        ]

    def _folder(self, plan: Plan) -> Path:
        """Return the hidden folder of the run; who asks first makes it and has the sources read."""
        with self._reading:
            if self._staged is None:
                self._staged = publish.staging(self.request.target)
                self._read(plan, self._staged)
            return self._staged

    def _read(self, plan: Plan, folder: Path) -> None:
        begun = time.perf_counter()
        self._tell(IMPORT, "running", 0.0)
        space = self.request.workspace
        try:
            self._workers.call(work.read_sources, plan.campaign, space, folder, plan.inputs)
        except PlaybookError as error:
            self._refuse(error)
        except WorkerDiedError as error:
            self.fail(f"reading the sources: {error}")
        self._tell(IMPORT, "failed" if self._problems else "done", time.perf_counter() - begun)

    def _run(self, plan: Plan, notebook: str, parts: Parts) -> None:
        """Run a notebook in the hidden folder, and note how it went."""
        from playbook.run.execute import StageError, execute

        folder = self._folder(plan)
        if self._problems:
            return
        begun = time.perf_counter()
        self._tell(notebook, "running", 0.0)
        space = self.request.workspace
        values = {
            "campaign": self.request.campaign,
            "period": self.request.period,
            "params_dir": str(space.params_dir),
            "data_dir": str(space.data_dir),
            "run_dir": str(folder),
        }
        made = folder / "notebooks" / f"{notebook}.ipynb"
        error = ""
        try:
            execute(
                space.notebook(notebook), made, values, self.request.timeout, self.request.kernels
            )
        except (StageError, PlaybookError) as failure:
            error = masked(str(failure))
        seconds = time.perf_counter() - begun
        self._tell(notebook, "failed" if error else "done", seconds)
        self._parts[notebook] = parts
        self._records[notebook] = StageRecord(
            state="failed" if error else "run",
            fingerprint="" if error else fingerprint(parts),
            seconds=seconds,
            error=error,
        )

    def _take_over(self, plan: Plan, notebook: str, state: State) -> None:
        """Note that a notebook is kept as it was in the last run."""
        if state == "not run" or plan.last is None:
            self._records[notebook] = StageRecord(state="not run")
            return
        self._records[notebook] = replace(plan.last.stages[notebook], state=state)
        self._parts[notebook] = plan.last_parts.get(notebook, {})
        self._tell(notebook, "kept", 0.0)

    def _keep_all(self, plan: Plan) -> None:
        """Copy what kept notebooks left in the last run."""
        folder = self._folder(plan)
        for notebook, record in self._records.items():
            if record.state in KEPT:
                publish.copy_parts(_left_by(plan, notebook), self.request.target, folder)

    def _ended(self) -> tuple[Literal["published", "unchanged", "failed"], Path]:
        target = self.request.target
        plan = self._plan
        if plan is None or self._problems or self._failed():
            return "failed", self._kept_failure()
        drawing = plan.drawing()
        drawn_as_before = plan.last is not None and plan.last.drawing == fingerprint(drawing)
        if drawn_as_before and self._staged is None:
            return "unchanged", target
        if self._staged is None:
            self._folder(plan)
            self._keep_all(plan)
        if self._problems:
            return "failed", self._kept_failure()
        self._publish(plan, drawing, anew=set() if drawn_as_before else self._redrawn(plan))
        return "published", target

    def _redrawn(self, plan: Plan) -> set[str]:
        """Name the kept notebooks whose pages are made again from stored tables."""
        return {
            name
            for name, record in self._records.items()
            if record.state in KEPT and plan.can_be_redrawn(name)
        }

    def _publish(self, plan: Plan, drawing: Parts, anew: set[str]) -> None:
        staged, space = self._folder(plan), self.request.workspace
        record = self._record(plan, "published", fingerprint(drawing))
        self._write(record, {**self._parts, "pages": drawing}, staged)
        self._workers.call(work.write_pages, plan.campaign, record, staged, space, anew)
        publish.publish(staged, self.request.target)
        publish.forget_failed(self.request.target)

    def _kept_failure(self) -> Path:
        """Keep what a failed run left, if it came to run a notebook; say where it is."""
        if self._plan is None or self._staged is None:
            return self.request.target
        if not self._records:
            shutil.rmtree(self._staged)
            return self.request.target
        record = self._record(self._plan, "failed", "")
        self._write(record, self._parts, self._staged)
        return publish.keep_failed(self._staged, self.request.target)

    def _record(self, plan: Plan, state: Literal["published", "failed"], drawing: str) -> Manifest:
        last = plan.last
        begun = self._started
        order = [*(stage.notebook for stage in plan.stages), REPORT]
        return Manifest(
            campaign=plan.campaign.id,
            period=plan.campaign.period,
            state=state,
            started=begun.isoformat(timespec="seconds"),
            run_id=f"{begun:%Y%m%dT%H%M%SZ}-{digest(self._parts)[:6]}",
            seconds=(datetime.now(UTC) - begun).total_seconds(),
            inputs=plan.inputs,
            parameters=params.plain(plan.campaign),
            stages={name: self._records[name] for name in order if name in self._records},
            problems=tuple(self._problems + self._failed()),
            commit=manifest.commit(),
            libraries=manifest.libraries(),
            earlier=(*last.earlier, last.started) if last else (),
            drawing=drawing,
        )

    def _write(self, record: Manifest, parts: Mapping[str, Parts], folder: Path) -> None:
        manifest.write(record, folder)
        manifest.write_parts(parts, folder)
        _settle(folder, self.request.target)


def _left_by(plan: Plan, notebook: str) -> tuple[str, ...]:
    """Name what a notebook leaves in the folder of a run."""
    own = (file for stage in plan.stages if stage.notebook == notebook for file in stage.leaves)
    return (
        f"notebooks/{notebook}.ipynb",
        f"findings/{notebook}.json",
        f"tables/{notebook}",
        *own,
    )


def _settle(staged: Path, target: Path) -> None:
    """Let executed notebooks name the folder they end up in, and no secret."""
    for notebook in (staged / "notebooks").glob("*.ipynb"):
        text = notebook.read_text(encoding="utf-8")
        notebook.write_text(masked(text.replace(str(staged), str(target))), encoding="utf-8")
