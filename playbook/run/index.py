"""outputs/index.html: made anew from what is published, after every run."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
from pydantic import ValidationError

from playbook import params
from playbook.errors import PlaybookError
from playbook.params import Campaign
from playbook.report import store
from playbook.report.index import Absent, Entry, index
from playbook.report.page import view_of
from playbook.run import manifest, publish
from playbook.run.manifest import Manifest
from playbook.run.plan import Workspace
from playbook.stages import ANALYSIS, MONITORING


def write(space: Workspace) -> Path:
    """Write the index of a workspace from the manifests and tables of its published runs.

    Returns:
        The path of the page; its language is that of most campaigns, Chinese where they are even.
    """
    found = {(one.campaign, one.period): one for one in _manifests(space)}
    runs = {key: campaign for key, run in found.items() if (campaign := _parameters(run))}
    spoken = Counter(one.language for one in runs.values())
    language = "en" if spoken["en"] > spoken["zh"] else "zh"
    read = [_entry(one, space, language) for one in runs.values()]
    entries = [one for one in read if isinstance(one, Entry)]
    damaged = [one for one in read if isinstance(one, Absent)]
    older = [
        Absent(campaign=one, period=two, reason="older_version")
        for one, two in sorted(found.keys() - runs.keys())
    ]
    target = space.index
    unfinished = target.with_suffix(".part")
    unfinished.parent.mkdir(parents=True, exist_ok=True)
    unfinished.write_text(
        index(entries, [*older, *damaged, *_absent(space, found)], language), encoding="utf-8"
    )
    return unfinished.replace(target)


def _manifests(space: Workspace) -> Iterator[Manifest]:
    for file in sorted(space.outputs_dir.glob(f"*/????-??/{manifest.FILE}")):
        run = manifest.read(file.parent)
        if run and run.state == "published":
            yield run


def _parameters(run: Manifest) -> Campaign | None:
    """Return the parameters of a run; None where an older version knew other ones."""
    try:
        return Campaign.model_validate(run.parameters)
    except ValidationError:
        return None


def _entry(campaign: Campaign, space: Workspace, language: str) -> Entry | Absent | None:
    """Read one published run; None where its analysis was not run."""
    folder = space.target(campaign.id, campaign.period)
    try:
        analysis, watched = (store.read(stage.notebook, folder) for stage in (ANALYSIS, MONITORING))
    except PlaybookError:
        return Absent(campaign=campaign.id, period=campaign.period, reason="damaged")
    if analysis is None:
        return None
    view = view_of(campaign, analysis, ANALYSIS.id)
    return Entry(
        campaign=campaign,
        href=(folder / "report.html").relative_to(space.outputs_dir).as_posix(),
        analysis=replace(view, words=replace(view.words, language=language)),
        board=watched.tables["board"] if watched else pd.DataFrame(),
    )


def _absent(space: Workspace, found: Collection[tuple[str, str]]) -> Iterator[Absent]:
    for campaign in params.campaigns(space.params_dir):
        for period in params.periods(campaign, space.params_dir):
            if publish.failed(space.target(campaign, period)).is_dir():
                yield Absent(campaign=campaign, period=period, reason="run_failed")
            elif (campaign, period) not in found:
                yield Absent(campaign=campaign, period=period, reason="not_reported")
