"""What a worker does for a run: the same files as when it is done here."""

from pathlib import Path

from playbook.run import manifest, work
from tests.run.conftest import plan_of, request_for


def test_sources_are_read_into_the_folder_of_the_run(workspace: Path, tmp_path: Path) -> None:
    plan = plan_of(request_for(workspace))
    work.read_sources(plan.campaign, plan.request.workspace, tmp_path / "run", plan.inputs)
    assert (tmp_path / "run" / "tables" / "canonical" / "channel_daily.parquet").is_file()


def test_pages_and_index_are_written(workspace: Path, tmp_path: Path) -> None:
    request = request_for(workspace)
    plan = plan_of(request)
    record = manifest.read(request.target)
    assert record is not None
    (request.target / "report.html").unlink()
    work.write_pages(plan.campaign, record, request.target, request.workspace, set())
    assert (request.target / "report.html").is_file()
    request.workspace.index.unlink()
    assert work.write_index(request.workspace).is_file()
