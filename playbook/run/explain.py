"""Why each stage would run, or would not."""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from rich.table import Table
from rich.text import Text

from playbook import params
from playbook.hashes import Hashes
from playbook.run.fingerprint import Parts, changes
from playbook.run.manifest import State
from playbook.run.notebooks import REPORT
from playbook.run.plan import Plan, Request, made
from playbook.stages import ANALYSIS, Stage

MOST_PARTS = 6
"""Changed parts that are told one by one."""

UNCHANGED = "nothing has changed"

STYLES = {"run": "bold", "kept": "dim", "older": "yellow", "not run": "dim"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """What a run would do with a notebook, and why."""

    campaign: str
    period: str
    notebook: str
    state: State
    why: str


def explained(requests: Sequence[Request]) -> Iterator[Reason]:
    """Say of every stage of every request whether it would run now, and why.

    Args:
        requests: Of one workspace, at least one.

    Raises:
        PlaybookError: Parameters that cannot be used, or a source without a file.
    """
    hashes = Hashes(requests[0].workspace.hashes)
    proposing: set[tuple[str, str]] = set()
    for request in requests:
        campaign = params.load(request.campaign, request.period, request.workspace.params_dir)
        plan = made(request, campaign, hashes)
        stages = [_of_stage(plan, stage, proposing) for stage in plan.stages]
        if any(each.notebook == ANALYSIS.notebook and each.state == "run" for each in stages):
            proposing.add((campaign.id, campaign.period))
        yield from stages
        yield _of_report(plan, stages)
    hashes.write()


def table(reasons: Iterable[Reason]) -> Table:
    """Draw one row a notebook; those of a month of which nothing has changed share one."""
    drawn = Table(pad_edge=False, header_style="bold")
    for head in ("campaign", "period", "stage", "would", "why"):
        drawn.add_column(head, no_wrap=head != "why", overflow="fold")
    for (campaign, period), group in groupby(reasons, lambda each: (each.campaign, each.period)):
        listed = list(group)
        told = [reason for reason in listed if reason.why != UNCHANGED]
        for reason in told:
            _add(drawn, campaign, period, reason.notebook, reason.state, reason.why)
        unchanged = len(listed) - len(told)
        if unchanged:
            which = f"{unchanged} others" if told else f"all {unchanged}"
            _add(drawn, campaign, period, which, "kept", UNCHANGED)
    return drawn


def _add(drawn: Table, campaign: str, period: str, which: str, state: State, why: str) -> None:
    style = STYLES[state]
    drawn.add_row(Text(campaign), period, which, Text(state, style=style), Text(why))


def _of_stage(plan: Plan, stage: Stage, proposing: Container[tuple[str, str]]) -> Reason:
    parts = plan.parts(stage)
    state = plan.state(stage, parts)
    previous = str(plan.campaign.month.previous)
    if state == "kept" and stage.reads_proposal and (plan.campaign.id, previous) in proposing:
        why = f"unless {previous}, which runs first, proposes something else"
        return _reason(plan, stage.notebook, state, why)
    return _reason(plan, stage.notebook, state, _why(plan, stage.notebook, parts))


def _of_report(plan: Plan, stages: Sequence[Reason]) -> Reason:
    if any(reason.state == "run" for reason in stages):
        return _reason(plan, REPORT, "run", "a stage runs")
    prints = {reason.notebook: plan.before(reason.notebook) for reason in stages}
    why = _why(plan, REPORT, plan.report_parts(dict(sorted(prints.items()))))
    if plan.request.force or why:
        return _reason(plan, REPORT, "run", why)
    drawn = changes(plan.last_parts.get("pages", {}), plan.drawing())
    told = f"only its pages are made again: {_listed(drawn)}" if drawn else ""
    return _reason(plan, REPORT, "kept", told)


def _reason(plan: Plan, notebook: str, state: State, why: str) -> Reason:
    forced = "asked for with --force" if state == "run" and plan.request.force else ""
    return Reason(
        campaign=plan.campaign.id,
        period=plan.campaign.period,
        notebook=notebook,
        state=state,
        why=why or forced or UNCHANGED,
    )


def _why(plan: Plan, notebook: str, parts: Parts) -> str:
    """Tell what has changed since the notebook ran; empty where nothing has."""
    if not plan.before(notebook):
        return "it was never run"
    before = plan.last_parts.get(notebook)
    if before is None:
        return "an older version of the playbook ran it"
    return _listed(changes(before, parts))


def _listed(changed: Sequence[str]) -> str:
    """Name what changed; of very many parts the first, and how many more there are."""
    rest = len(changed) - MOST_PARTS
    more = [f"and {rest} more"] if rest > 0 else []
    return ", ".join([*changed[:MOST_PARTS], *more])
