"""The shipped scorecards, and the faults that a hand-written one may have."""

from pathlib import Path

import pytest
import yaml

from playbook.errors import PlaybookError
from playbook.params import Campaign
from playbook.params.scorecard import load_scorecards, scorecard_problems

SHIPPED = Path(__file__).parents[2] / "params"
LINE = {
    "name": "Line",
    "kind": "result",
    "weight": 100.0,
    "method": "linear",
    "source": "channel_daily",
    "kpi": "conversions",
}


def _write(tmp_path: Path, **kpis: dict[str, object]) -> Path:
    folder = tmp_path / "scorecards"
    folder.mkdir()
    (folder / "sem.yml").write_text(yaml.safe_dump({"name": "SEM", "kpis": kpis}), encoding="utf-8")
    return tmp_path


def test_the_six_roles_are_shipped() -> None:
    assert list(load_scorecards(SHIPPED)) == [
        "analyst",
        "campaign",
        "content",
        "manager",
        "sem",
        "social",
    ]


@pytest.mark.parametrize(
    ("role", "objective"),
    [
        ("sem", 90),
        ("social", 90),
        ("content", 85),
        ("analyst", 85),
        ("campaign", 90),
        ("manager", 90),
    ],
)
def test_the_objective_share_is_as_in_the_notes(role: str, objective: float) -> None:
    card = load_scorecards(SHIPPED)[role]
    assert sum(item.weight for item in card.kpis.values() if item.objective) == objective


def test_quarterly_lines_are_due_when_the_quarter_ends() -> None:
    card = load_scorecards(SHIPPED)["sem"]
    assert {item.id for item in card.due("2026-12")} - {
        item.id for item in card.due("2026-11")
    } == {"retention"}


def test_a_folder_without_scorecards_has_none(tmp_path: Path) -> None:
    assert load_scorecards(tmp_path) == {}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"weight": 90.0}, "add up to 90, must be 100"),
        ({"method": "span"}, "method span needs worst, best"),
        ({"target": 0.0}, "use span"),
        ({"colour": "red"}, "no such parameter"),
        ({"method": "rubric"}, "belong together"),
        ({"method": "ladder", "steps": [[1.0, 100.0], [0.5, 50.0]]}, "rising values"),
    ],
)
def test_a_faulty_scorecard_is_refused_with_file_and_rule(
    tmp_path: Path, change: dict[str, object], said: str
) -> None:
    with pytest.raises(PlaybookError) as caught:
        load_scorecards(_write(tmp_path, line=LINE | change))
    assert "sem.yml" in str(caught.value)
    assert said in str(caught.value)


def test_every_faulty_file_is_named(tmp_path: Path) -> None:
    _write(tmp_path, line=LINE | {"weight": 90.0})
    (tmp_path / "scorecards" / "social.yml").write_text("name: [", encoding="utf-8")
    with pytest.raises(PlaybookError) as caught:
        load_scorecards(tmp_path)
    assert {Path(problem.file).name for problem in caught.value.problems} == {
        "sem.yml",
        "social.yml",
    }


def test_a_target_that_its_method_cannot_score_is_named() -> None:
    campaign = Campaign.model_validate(
        {
            "id": "shop",
            "period": "2026-10",
            "name": "Shop",
            "language": "en",
            "currency": "USD",
            "timezone": "UTC",
            "objective": "Sell",
            "channels": {"search": {"name": "Search", "kind": "paid", "owner": "s01"}},
            "sources": {"any": {"table": "channel_daily", "files": "x.csv"}},
            "team": {"s01": {"role": "sem", "targets": {"cpa": 0.0, "cvr": 0.05}}},
        }
    )
    (problem,) = scorecard_problems(campaign, load_scorecards(SHIPPED))
    assert problem.place == "team.s01.targets.cpa"
