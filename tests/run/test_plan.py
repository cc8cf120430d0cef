"""What each stage depends on: a change of it makes just those stages stale."""

from pathlib import Path

import pytest

from playbook import params
from playbook.run.plan import fingerprints
from playbook.stages import ANALYSIS, APPRAISAL, GOALS
from tests.run.conftest import request_for


def prints(root: Path) -> dict[str, str]:
    request = request_for(root)
    return fingerprints(request, params.load("spring", "2026-10", root / "params"))[1]


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {stage for stage in before if before[stage] != after[stage]}


@pytest.mark.parametrize("text", ['name: "A"\n', 'name: "B"\n'])
def test_a_scorecard_makes_the_appraisal_stale_and_no_other_stage(
    workspace: Path, text: str
) -> None:
    before = prints(workspace)
    folder = workspace / "params" / "scorecards"
    folder.mkdir()
    (folder / "sem.yml").write_text(text, encoding="utf-8")
    assert changed(before, prints(workspace)) == {APPRAISAL.notebook, "report"}


def test_a_proposal_of_the_month_before_makes_the_first_stage_stale(workspace: Path) -> None:
    before = prints(workspace)
    findings = workspace / "outputs" / "spring" / "2026-09" / "findings"
    findings.mkdir(parents=True)
    (findings / f"{ANALYSIS.notebook}.json").write_text("{}", encoding="utf-8")
    assert changed(before, prints(workspace)) == {GOALS.notebook, "report"}


def test_an_input_makes_every_stage_stale(workspace: Path) -> None:
    before = prints(workspace)
    [file] = (workspace / "data" / "spring").glob("*.csv")
    file.write_text(file.read_text(encoding="utf-8") + "2026-10-03,search,USD,9,1,1\n", "utf-8")
    assert changed(before, prints(workspace)) == set(before)
