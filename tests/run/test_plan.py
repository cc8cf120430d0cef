"""What a request means, and what of it is stale."""

from pathlib import Path

import pytest

from playbook.errors import PlaybookError
from playbook.run.plan import Plan, Workspace, requests
from playbook.shipped import NOTEBOOKS
from playbook.stages import EXPERIMENTS, GOALS, MARKET, MONTHLY
from tests.run.conftest import plan_of, request_for


def planned(root: Path, *stages: str, force: bool = False) -> Plan:
    return plan_of(request_for(root, "spring", *stages, force=force))


def test_a_month_has_seven_stages_and_an_ad_hoc_test_only_when_asked_for(workspace: Path) -> None:
    assert planned(workspace).stages == MONTHLY
    assert planned(workspace, EXPERIMENTS.notebook).stages == (*MONTHLY, EXPERIMENTS)


def test_a_stage_is_kept_while_its_parts_are_the_same_and_runs_by_force(workspace: Path) -> None:
    plan = planned(workspace)
    parts = plan.parts(MARKET)
    assert plan.state(MARKET, parts) == "kept"
    assert plan.state(MARKET, {**parts, "notebook": "other"}) == "run"
    assert planned(workspace, force=True).state(MARKET, parts) == "run"


def test_a_stage_that_is_not_asked_for_is_kept_older_or_stays_out(workspace: Path) -> None:
    plan = planned(workspace, GOALS.notebook)
    assert plan.state(MARKET, plan.parts(MARKET)) == "kept"
    assert plan.state(MARKET, {"notebook": "other"}) == "older"
    assert plan.state(EXPERIMENTS, {"notebook": "other"}) == "not run"


def test_an_own_notebook_goes_before_the_shipped_one(workspace: Path) -> None:
    space = Workspace(root=workspace)
    assert space.notebook(GOALS.notebook).parent == workspace / "notebooks"
    assert space.notebook("ab_test") == NOTEBOOKS / "ab_test.ipynb"


def test_only_a_notebook_that_shows_its_stage_can_be_redrawn(workspace: Path) -> None:
    plan = planned(workspace, EXPERIMENTS.notebook)
    assert plan.can_be_redrawn("ab_test")
    assert not plan.can_be_redrawn(GOALS.notebook)


def test_months_are_listed_from_first_to_last_or_the_latest_is_taken(workspace: Path) -> None:
    space = Workspace(root=workspace)
    for period in ("2026-09", "2026-10"):
        (workspace / "params" / "spring" / f"{period}.yml").write_text("", encoding="utf-8")
    assert [each.period for each in requests(space, ["spring"], ("", ""))] == ["2026-10"]
    several = requests(space, [], ("2026-11", "2027-01"), force=True, kernels="warm")
    assert [each.period for each in several] == ["2026-11", "2026-12", "2027-01"]
    assert {(each.force, each.kernels) for each in several} == {(True, "warm")}


@pytest.mark.parametrize(
    ("months", "rule"),
    [
        (("2026-10", ""), "--to: month: is missing"),
        (("", "2026-10"), "--from: month: is missing"),
        (("2026-10", "2026-09"), "lies before 2026-10"),
        (("2026-1", "2026-10"), "is not a month YYYY-MM"),
    ],
)
def test_months_that_make_no_sense_are_refused(
    workspace: Path, months: tuple[str, str], rule: str
) -> None:
    with pytest.raises(PlaybookError, match=rule):
        requests(Workspace(root=workspace), ["spring"], months)


def test_a_source_without_a_file_is_told_before_anything_runs(workspace: Path) -> None:
    (workspace / "data" / "spring" / "daily.csv").unlink()
    with pytest.raises(PlaybookError, match=r"daily\.csv"):
        planned(workspace)
