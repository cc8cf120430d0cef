"""What the page that lists all runs depends on, told without reading a table."""

from playbook import params
from playbook.hashes import Hashes
from playbook.run import manifest, publish
from playbook.run.closure import drawing_files
from playbook.run.fingerprint import Parts, told
from playbook.run.plan import Workspace


def listed_parts(space: Workspace, hashes: Hashes) -> Parts:
    """List published and failed runs, months that have parameters, and the look of the page.

    Returns:
        Digest by part.
    """
    published = space.outputs_dir.glob(f"*/????-??/{manifest.FILE}")
    parts = {f"run {file.parent}": hashes(file) for file in published}
    parts |= {told(file): hashes(file) for file in drawing_files()}
    for campaign in params.campaigns(space.params_dir):
        for period in params.periods(campaign, space.params_dir):
            failed = publish.failed(space.target(campaign, period)).is_dir()
            parts[f"month {campaign} {period}"] = "failed" if failed else "asked for"
    return parts
