"""What workers are called for; imports what is heavy only there."""

from collections.abc import Collection, Mapping
from pathlib import Path

from playbook.params import Campaign
from playbook.run.manifest import Manifest
from playbook.run.plan import Workspace


def read_sources(
    campaign: Campaign, space: Workspace, folder: Path, inputs: Mapping[str, str]
) -> None:
    """Read the sources once into a run's folder, where its notebooks find the tables.

    Raises:
        PlaybookError: Data that cannot be used.
    """
    from playbook.sources.tables import read_once

    last_run = space.target(campaign.id, campaign.period)
    read_once(campaign, space.data_dir, folder, space.params_dir, inputs, last_run)


def write_pages(
    campaign: Campaign,
    record: Manifest,
    folder: Path,
    space: Workspace,
    anew: Collection[str],
) -> None:
    """Write the pages, the workbook and the numbers of a run into its folder.

    Args:
        campaign: Parameters of the run.
        record: Its manifest.
        folder: Its folder.
        space: Where the notebooks lie.
        anew: Notebooks that were not run again although words or look have changed: their pages and
            sentences are made from the stored tables.

    Raises:
        PlaybookError: A notebook shows what the run has not stored.
    """
    from playbook.run import pages

    pages.write(campaign, record, folder, space, anew=anew)


def write_index(space: Workspace) -> Path:
    """Write the page that lists all published runs of a workspace."""
    from playbook.run import index

    return index.write(space)
