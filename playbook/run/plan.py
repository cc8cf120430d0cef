"""What a run has to do: the request, and which stages are stale."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from playbook import params, sources
from playbook.errors import PlaybookError, Problem
from playbook.params import Campaign, Period
from playbook.run.fingerprint import digest, file_digest, notebook_digest, stage_digest
from playbook.run.manifest import Manifest, State
from playbook.run.notebooks import CELL_TIMEOUT, QUALITY, REPORT, notebook_named
from playbook.shipped import NOTEBOOKS
from playbook.stages import ANALYSIS, STAGES, Stage


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

    def target(self, campaign: str, period: str) -> Path:
        """Folder of a published run."""
        return self.outputs_dir / campaign / period


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What to run: `stages` empty means all seven; `force` runs them although nothing changed."""

    workspace: Workspace
    campaign: str
    period: str
    stages: tuple[str, ...] = ()
    force: bool = False
    timeout: int = CELL_TIMEOUT

    @property
    def target(self) -> Path:
        """Folder that the run is published to."""
        return self.workspace.target(self.campaign, self.period)


def fingerprints(request: Request, campaign: Campaign) -> tuple[dict[str, str], dict[str, str]]:
    """Hash every input file, and what each stage and the report depend on.

    Returns:
        Content hash by input file; fingerprint by stage in the order of running, the report last.
        The first stage also depends on what the previous period proposed, the appraisal on the
        scorecards.

    Raises:
        PlaybookError: A source names no file.
    """
    space = request.workspace
    inputs = sources.inputs(campaign, space.data_dir, space.params_dir)
    plain = params.plain(campaign)
    prints = {}
    for stage in STAGES:
        if stage.monthly or stage.notebook in request.stages:
            notebook = space.notebook(stage.notebook)
            left = _left_for(stage, request, campaign)
            prints[stage.notebook] = stage_digest(notebook, inputs, plain, left)
    shown = [digest(prints), notebook_digest(space.notebook(QUALITY))]
    report = stage_digest(space.notebook(REPORT), inputs, plain, digest(shown))
    return inputs, {**prints, REPORT: report}


def _left_for(stage: Stage, request: Request, campaign: Campaign) -> str:
    """Hash what a stage reads beside tables and parameters; empty where it reads nothing else."""
    space = request.workspace
    if stage.reads_proposal:
        previous = space.target(request.campaign, str(campaign.month.previous))
        return file_digest(previous / "findings" / f"{ANALYSIS.notebook}.json")
    if stage.reads_scorecards:
        files = sorted(space.params_dir.glob("scorecards/*.yml"))
        return digest({file.name: file_digest(file) for file in files})
    return ""


def states(request: Request, prints: Mapping[str, str], last: Manifest | None) -> dict[str, State]:
    """Say of each stage whether it runs, is kept, is kept although older, or stays out.

    The report runs when any stage does, or when it is itself stale; if it is kept, nothing is to be
    done.
    """
    fingerprints = {
        stage: record.fingerprint for stage, record in (last.stages if last else {}).items()
    }
    plan = {
        stage: _state(request, stage, prints[stage], fingerprints.get(stage, ""))
        for stage in prints
        if stage != REPORT
    }
    stale = "run" in plan.values() or request.force or fingerprints.get(REPORT) != prints[REPORT]
    return {**plan, REPORT: "run" if stale else "kept"}


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
    stages: Sequence[str],
    force: bool,  # noqa: FBT001
) -> list[Request]:
    """Make the requests that a user means.

    Args:
        workspace: Where the parameters lie.
        campaigns: None means all that have parameters.
        months: First and last, included; empty means the latest month of each campaign that has
            parameters.
        stages: As a user names them; none means all.
        force: Run although nothing changed.

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
        Request(workspace=workspace, campaign=campaign, period=period, stages=chosen, force=force)
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
