"""What a run has to do: the request, and which stages are stale."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from playbook import params
from playbook.errors import PlaybookError, Problem
from playbook.hashes import Hashes
from playbook.params import Campaign, Period
from playbook.run import manifest
from playbook.run.fingerprint import (
    Material,
    Parts,
    drawing_parts,
    fingerprint,
    parameter_digests,
    report_parts,
    stage_parts,
)
from playbook.run.manifest import Manifest, State
from playbook.run.notebooks import CELL_TIMEOUT, QUALITY, REPORT, Kernels, notebook_named
from playbook.run.thin import is_thin
from playbook.shipped import NOTEBOOKS
from playbook.sources.inventory import inputs_by_source, together
from playbook.stages import STAGES, Stage


@dataclass(frozen=True, kw_only=True, slots=True)
class Workspace:
    """Where a team keeps its work; notebooks are the shipped ones unless the root has its own."""

    root: Path

    @property
    def params_dir(self) -> Path:
        """One folder a campaign, and scorecards."""
        return self.root / "params"

    @property
    def data_dir(self) -> Path:
        """Raw inputs, one folder a campaign."""
        return self.root / "data"

    @property
    def outputs_dir(self) -> Path:
        """Published runs, one folder a campaign, and their index."""
        return self.root / "outputs"

    def notebook(self, name: str) -> Path:
        """The root's own notebook of that name, or the shipped one."""
        own = self.root / "notebooks" / f"{name}.ipynb"
        return own if own.is_file() else NOTEBOOKS / own.name

    @property
    def hashes(self) -> Path:
        """File that keeps the content hashes of inputs and code."""
        return self.outputs_dir / ".hashes.json"

    @property
    def index(self) -> Path:
        """Page that lists all published runs."""
        return self.outputs_dir / "index.html"

    def target(self, campaign: str, period: str) -> Path:
        """Folder of a published run."""
        return self.outputs_dir / campaign / period


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What to run: `stages` empty means all seven; `force` runs them although nothing changed.

    `kernels` says how the kernels of the notebooks are started.
    """

    workspace: Workspace
    campaign: str
    period: str
    stages: tuple[str, ...] = ()
    force: bool = False
    kernels: Kernels = "plain"
    timeout: int = CELL_TIMEOUT

    @property
    def target(self) -> Path:
        """Folder that the run is published to."""
        return self.workspace.target(self.campaign, self.period)


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What a request means: its material, and each stage with what it depends on.

    Attributes:
        material: Parameters, inputs, and what else stages depend on.
        last: The published run, if there is one.
        last_parts: What each of its notebooks depended on.
        stages: Of this run, in the order of their numbers.
    """

    request: Request
    material: Material
    last: Manifest | None
    last_parts: Mapping[str, Parts]
    stages: tuple[Stage, ...]

    @property
    def campaign(self) -> Campaign:
        """Parameters of the campaign and period."""
        return self.material.campaign

    @property
    def inputs(self) -> dict[str, str]:
        """Content hash of every input, by path."""
        return together(self.material.inputs)

    def parts(self, stage: Stage) -> Parts:
        """List what a stage depends on as things are now."""
        notebook = self.request.workspace.notebook(stage.notebook)
        return stage_parts(stage, notebook, self.material)

    def state(self, stage: Stage, parts: Parts) -> State:
        """Say of a stage whether it runs, is kept, is kept although older, or stays out."""
        return _state(self.request, stage.notebook, fingerprint(parts), self.before(stage.notebook))

    def is_stale(self) -> bool:
        """Whether a stage is to run as things are now.

        Raises:
            PlaybookError: A notebook cannot be read.
        """
        return any(self.state(stage, self.parts(stage)) == "run" for stage in self.stages)

    def before(self, notebook: str) -> str:
        """Return the fingerprint of a notebook in the published run; empty where it was not run."""
        record = self.last.stages.get(notebook) if self.last else None
        return record.fingerprint if record else ""

    def report_parts(self, stages: Mapping[str, str]) -> Parts:
        """List what the report depends on: the fingerprints of the stages, and its notebook."""
        notebook = self.request.workspace.notebook(REPORT)
        return report_parts(notebook, stages, self.material.hashes)

    def drawing(self) -> Parts:
        """List what the pages depend on beside the stages."""
        quality = self.request.workspace.notebook(QUALITY)
        return drawing_parts(quality, self.material)

    def can_be_redrawn(self, notebook: str) -> bool:
        """Whether a notebook's page can be made from stored tables: it only shows its stage."""
        stages = {stage.notebook: stage for stage in self.stages}
        return is_thin(self.request.workspace.notebook(notebook), stages.get(notebook))


def made(request: Request, campaign: Campaign, hashes: Hashes) -> Plan:
    """Hash what a request depends on, and look what was published last.

    Args:
        request: What to run.
        campaign: Its parameters.
        hashes: Hash inputs and code.

    Raises:
        PlaybookError: A source names no file.
    """
    space = request.workspace
    return Plan(
        request=request,
        material=Material(
            campaign=campaign,
            parameters=parameter_digests(campaign),
            inputs=inputs_by_source(campaign, space.data_dir, space.params_dir, hashes),
            params_dir=space.params_dir,
            runs=request.target.parent,
            hashes=hashes,
        ),
        last=manifest.read(request.target),
        last_parts=manifest.read_parts(request.target),
        stages=tuple(
            stage for stage in STAGES if stage.monthly or stage.notebook in request.stages
        ),
    )


def _state(request: Request, stage: str, wanted: str, fingerprint: str) -> State:
    asked = not request.stages or stage in request.stages
    if asked and (request.force or fingerprint != wanted):
        return "run"
    if fingerprint == wanted:
        return "kept"
    return "older" if fingerprint else "not run"


def requests(
    workspace: Workspace,
    campaigns: Sequence[str],
    months: tuple[str, str],
    stages: Sequence[str] = (),
    *,
    force: bool = False,
    kernels: Kernels = "plain",
) -> list[Request]:
    """Make the requests that a user means.

    Args:
        workspace: Where the parameters lie.
        campaigns: None means all that have parameters.
        months: First and last, included; empty means the latest month of each campaign that has
            parameters.
        stages: As a user names them; none means all.
        force: Run although nothing changed.
        kernels: How the kernels of the notebooks are started.

    Raises:
        PlaybookError: No such campaign, month or stage.
    """
    names = params.campaigns(workspace.params_dir)
    if not names:
        raise PlaybookError(
            Problem(
                file=str(workspace.params_dir),
                rule="holds no campaign",
                remedy="Make one with `playbook new`, see an example with `playbook sample`, or "
                "name the "
                "workspace with --root.",
            )
        )
    chosen = tuple(notebook_named(stage) for stage in stages)
    return [
        Request(
            workspace=workspace,
            campaign=campaign,
            period=period,
            stages=chosen,
            force=force,
            kernels=kernels,
        )
        for campaign in campaigns or names
        for period in _periods(workspace, campaign, *months)
    ]


def _periods(workspace: Workspace, campaign: str, first: str, last: str) -> list[str]:
    """List the months from first to last; the latest one with parameters where none is named."""
    if not first and not last:
        latest = params.periods(campaign, workspace.params_dir)[-1:]
        if not latest:
            params.load(campaign, "2000-01", workspace.params_dir)
            raise PlaybookError(
                Problem(
                    file=str(workspace.params_dir / campaign),
                    rule="has no file of a month such as 2026-10.yml",
                    remedy="Add one, or name the month with --period.",
                )
            )
        return latest
    if not first or not last:
        raise PlaybookError(
            Problem(
                file="--to" if first else "--from",
                place="month",
                rule="is missing",
                remedy=(
                    "Give both --from and --to, like 2026-08 and 2026-10; --period is "
                    "for a single month."
                ),
            )
        )
    for month in (first, last):
        if not params.PERIOD.match(month):
            raise PlaybookError(
                Problem(
                    file="--period, --from, --to",
                    place="month",
                    value=month,
                    rule="is not a month YYYY-MM",
                    remedy="Give --period, or both --from and --to, like 2026-10.",
                )
            )
    months = Period.of(first).until(Period.of(last))
    if not months:
        raise PlaybookError(
            Problem(
                file="--to",
                place="month",
                value=last,
                rule=f"lies before {first}",
                remedy="Swap the two.",
            )
        )
    return [str(month) for month in months]
