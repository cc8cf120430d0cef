"""One campaign and period with real kernels.

What is run, kept, published, and what a failure leaves.
"""

import json
from pathlib import Path
from typing import Any

from filelock import FileLock

from playbook.run import batch, manifest
from playbook.run.notebooks import MONTHLY_NOTEBOOKS, QUALITY, REPORT
from playbook.run.period import Outcome
from tests.run.conftest import request_for, run, write_notebook

MONITORING = MONTHLY_NOTEBOOKS[4]


def states(folder: Path) -> dict[str, str]:
    made = manifest.read(folder)
    assert made is not None
    return {stage: one.state for stage, one in made.stages.items()}


def target(root: Path) -> Path:
    return root / "outputs" / "spring" / "2026-10"


def test_first_run_executes_seven_stages_and_the_report(published: tuple[Path, Outcome]) -> None:
    root, outcome = published
    assert (outcome.state, outcome.executed, outcome.problems) == ("published", 8, ())
    assert states(target(root)) == dict.fromkeys((*MONTHLY_NOTEBOOKS, REPORT), "run")


def test_run_leaves_the_report_a_page_a_stage_and_the_canonical_tables(
    published: tuple[Path, Outcome],
) -> None:
    folder = target(published[0])
    assert (folder / "report.html").is_file()
    assert sorted(path.stem for path in (folder / "pages").glob("*.html")) == sorted(
        [*MONTHLY_NOTEBOOKS, QUALITY]
    )
    assert (folder / "tables" / "canonical" / "channel_daily.parquet").is_file()


def test_manifest_records_inputs_parameters_versions_and_times(
    published: tuple[Path, Outcome],
) -> None:
    content: dict[str, Any] = json.loads(
        (target(published[0]) / "manifest.json").read_text(encoding="utf-8")
    )
    assert content["state"] == "published"
    assert any(
        path.endswith("daily.csv") and len(digest) == 64
        for path, digest in content["inputs"].items()
    )
    assert content["parameters"]["currency"] == "USD"
    assert {"pandas", "papermill", "statsmodels"} <= content["libraries"].keys()
    assert all(one["seconds"] > 0 for one in content["stages"].values())


def test_executed_notebooks_name_the_folder_they_lie_in(published: tuple[Path, Outcome]) -> None:
    folder = target(published[0])
    text = (folder / "notebooks" / f"{MONITORING}.ipynb").read_text(encoding="utf-8")
    assert str(folder) in text
    assert ".staging" not in text


def test_nothing_hidden_is_left_but_the_lock(published: tuple[Path, Outcome]) -> None:
    assert {path.name for path in target(published[0]).parent.iterdir()} <= {
        "2026-10",
        ".2026-10.lock",
    }


def test_second_run_with_nothing_changed_executes_nothing(workspace: Path) -> None:
    stamp = (target(workspace) / "report.html").stat().st_mtime_ns
    run(request_for(workspace))  # a copied workspace has other paths, so it runs once
    stamp = (target(workspace) / "report.html").stat().st_mtime_ns
    again = run(request_for(workspace))
    assert (again.state, again.executed) == ("unchanged", 0)
    assert (target(workspace) / "report.html").stat().st_mtime_ns == stamp


def test_changed_notebook_runs_alone_with_the_report(workspace: Path) -> None:
    write_notebook(workspace / "notebooks" / f"{MONITORING}.ipynb", "print('changed')")
    outcome = run(request_for(workspace))
    assert outcome.executed == 2
    assert {stage for stage, state in states(target(workspace)).items() if state == "run"} == {
        MONITORING,
        REPORT,
    }
    assert (target(workspace) / "pages" / f"{MONTHLY_NOTEBOOKS[0]}.html").is_file()


def test_failing_stage_keeps_its_notebook_and_leaves_the_good_run_untouched(
    workspace: Path,
) -> None:
    write_notebook(workspace / "notebooks" / f"{MONITORING}.ipynb", "raise ValueError('no spend')")
    stamp = (target(workspace) / "manifest.json").read_bytes()
    outcome = run(request_for(workspace))
    aside = target(workspace).with_name("2026-10.failed")
    assert outcome.state == "failed"
    assert "ValueError: no spend" in outcome.problems[0]
    assert (target(workspace) / "manifest.json").read_bytes() == stamp
    assert (aside / "notebooks" / f"{MONITORING}.failed.ipynb").is_file()
    assert states(aside)[MONITORING] == "failed"
    assert not (aside / "report.html").exists()


def test_one_stage_alone_is_run_and_the_others_kept_as_older(workspace: Path) -> None:
    with (workspace / "data" / "spring" / "daily.csv").open("a", encoding="utf-8") as file:
        file.write("2026-10-03,search,USD,70,7,3\n")
    outcome = run(request_for(workspace, "spring", MONITORING))
    assert outcome.executed == 2
    assert states(target(workspace))[MONTHLY_NOTEBOOKS[0]] == "older"


def test_run_of_the_same_period_under_way_is_refused(workspace: Path) -> None:
    with FileLock(target(workspace).with_name(".2026-10.lock")):
        outcome = run(request_for(workspace))
    assert outcome.state == "failed"
    assert "is being run by another process" in outcome.problems[0]


def test_failing_campaign_does_not_stop_the_others(workspace: Path) -> None:
    folder = workspace / "params" / "autumn"
    folder.mkdir()
    text = (workspace / "params" / "spring" / "campaign.yml").read_text(encoding="utf-8")
    (folder / "campaign.yml").write_text(text.replace("USD", "Dollar"), encoding="utf-8")
    wanted = [
        request_for(workspace, "autumn"),
        request_for(workspace, "spring", MONTHLY_NOTEBOOKS[0]),
    ]
    outcomes = {
        one.campaign: one for one in batch.run_all(wanted, jobs=2) if isinstance(one, Outcome)
    }
    assert outcomes["spring"].state == "unchanged"
    assert outcomes["autumn"].bad_parameters
    assert "ISO 4217" in outcomes["autumn"].problems[0]


def test_source_without_a_file_is_told_before_anything_runs(workspace: Path) -> None:
    (workspace / "data" / "spring" / "daily.csv").unlink()
    outcome = run(request_for(workspace))
    assert (outcome.state, outcome.executed) == ("failed", 0)
    assert "daily.csv" in outcome.problems[0]
