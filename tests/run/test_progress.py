"""What a person sees while runs go on and when they have ended."""

from pathlib import Path
from typing import Any

import pytest
from rich.console import Console, RenderableType

from playbook.run.batch import Step
from playbook.run.notebooks import MONTHLY_NOTEBOOKS, REPORT
from playbook.run.period import IMPORT, Outcome
from playbook.run.progress import Board
from tests.run.conftest import request_for


def board(*campaigns: str) -> Board:
    return Board([request_for(Path("nowhere"), campaign) for campaign in campaigns])


def drawn(shown: RenderableType) -> list[str]:
    console = Console(width=200, no_color=True)
    with console.capture() as capture:
        console.print(shown)
    return capture.get().splitlines()


def ended(state: Any, campaign: str = "spring", **more: Any) -> Outcome:
    return Outcome(
        **(
            {"campaign": campaign, "period": "2026-10", "state": state, "folder": Path("nowhere")}
            | more
        )
    )


def step(name: str, state: Any) -> Step:
    return Step(campaign="spring", period="2026-10", step=name, state=state, seconds=1.0)


def test_each_run_is_a_row_and_each_stage_a_sign() -> None:
    here = board("spring", "autumn")
    here.hear(step(IMPORT, "done"))
    here.hear(step(MONTHLY_NOTEBOOKS[0], "running"))
    here.hear(step(MONTHLY_NOTEBOOKS[1], "failed"))
    here.hear(step(REPORT, "kept"))
    head, spring, autumn = drawn(here.render())
    assert head.split()[:4] == ["campaign", "period", "import", MONTHLY_NOTEBOOKS[0][:2]]
    assert spring.split()[:5] == ["spring", "2026-10", "✓", "▶", "✗"]
    assert spring.split()[-1] == "="
    assert set(autumn.split()[2:]) == {"·"}


def test_a_stage_beside_the_monthly_ones_gets_a_column_before_the_report() -> None:
    here = board("spring")
    here.hear(step("extra_stage", "done"))
    assert drawn(here.render())[0].split()[-2:] == ["extra_stage", "report"]


def test_nothing_changed_is_kept_in_every_column() -> None:
    here = board("spring")
    here.hear(ended("unchanged"))
    assert set(drawn(here.render())[1].split()[2:]) == {"="}
    assert "nothing changed" in "\n".join(drawn(here.summary()))


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        ([], 0),
        ([ended("published"), ended("unchanged", "autumn")], 0),
        ([ended("published"), ended("failed", "autumn")], 1),
        ([ended("failed", bad_parameters=True), ended("failed", "autumn")], 2),
    ],
)
def test_the_exit_code_tells_bad_parameters_from_another_failure(
    outcomes: list[Outcome], code: int
) -> None:
    here = board("spring", "autumn")
    for outcome in outcomes:
        here.hear(outcome)
    assert here.exit_code == code


def test_the_summary_tells_how_many_notebooks_ran_and_how_long() -> None:
    here = board("spring")
    here.hear(ended("published", executed=7, seconds=12.34))
    row = next(line for line in drawn(here.summary()) if "spring" in line)
    assert all(word in row for word in ("published", "7", "12.3"))


def test_places_are_the_report_or_what_a_failed_run_has_kept(tmp_path: Path) -> None:
    here = board("spring", "autumn", "winter")
    for name in ("spring", "autumn", "winter"):
        (tmp_path / name).mkdir()
    (tmp_path / "spring" / "report.html").touch()
    here.hear(ended("published", folder=tmp_path / "spring"))
    here.hear(ended("failed", "autumn", folder=tmp_path / "autumn", problems=("a", "b")))
    here.hear(ended("published", "winter", folder=tmp_path / "winter"))
    assert list(here.places()) == [
        str(tmp_path / "spring" / "report.html"),
        str(tmp_path / "autumn"),
    ]
    assert list(here.problems()) == ["autumn 2026-10: a", "autumn 2026-10: b"]


def test_a_name_with_brackets_is_shown_and_not_obeyed() -> None:
    assert "[red]x" in drawn(board("[red]x").render())[1]
