"""outputs/index.html over runs of which one was damaged by hand."""

from pathlib import Path

from playbook.run import index
from playbook.run.plan import Workspace


def test_run_whose_files_were_damaged_is_listed_as_such_and_stops_no_other(workspace: Path) -> None:
    findings = workspace / "outputs" / "spring" / "2026-10" / "findings"
    findings.mkdir(exist_ok=True)
    (findings / "06_analysis_and_iteration.json").write_text('{"findings": [', encoding="utf-8")
    page = index.write(Workspace(root=workspace)).read_text(encoding="utf-8")
    assert (
        "spring · 2026-10: files of the run were changed or removed; run it again with --force."
        in page
    )
