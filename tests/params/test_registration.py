"""Registered plans: written once, read back the same, and refused when changed by hand."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from playbook.errors import ParameterError
from playbook.params.experiment import ExperimentPlan, plan_hash
from playbook.params.registration import (
    below,
    beside,
    read_plan,
    read_registered,
    register,
    registered,
)

PLAN: dict[str, Any] = {
    "id": "form",
    "variant": "group",
    "arms": {"b": 0.25, "a": 0.75},
    "alpha": 0.1,
    "metrics": [{"name": "bought", "kind": "rate", "role": "primary"}],
    "start": "2026-10-05",
    "end": "2026-10-18",
}
DAY = date(2026, 10, 1)


def plan(**changes: Any) -> ExperimentPlan:
    return ExperimentPlan.model_validate(PLAN | changes)


def test_registration_reads_back_as_the_same_plan_with_hash_and_day(tmp_path: Path) -> None:
    assert register(plan(), tmp_path / "form.yml", DAY)
    kept = read_registered(tmp_path / "form.yml")
    assert plan_hash(kept) == plan_hash(plan()) == kept.registered_hash
    assert kept.registered_on == DAY
    assert list(kept.arms) == ["b", "a"]


def test_same_plan_is_not_registered_twice(tmp_path: Path) -> None:
    register(plan(), tmp_path / "form.yml", DAY)
    before = (tmp_path / "form.yml").read_bytes()
    assert not register(plan(), tmp_path / "form.yml", date(2026, 10, 2))
    assert (tmp_path / "form.yml").read_bytes() == before


def test_another_plan_does_not_replace_a_registered_one(tmp_path: Path) -> None:
    register(plan(), tmp_path / "form.yml", DAY)
    with pytest.raises(ParameterError, match="another plan is registered already"):
        register(plan(alpha=0.2), tmp_path / "form.yml", DAY)
    assert read_registered(tmp_path / "form.yml").alpha == 0.1


def test_registration_changed_by_hand_is_refused(tmp_path: Path) -> None:
    register(plan(), tmp_path / "form.yml", DAY)
    text = (tmp_path / "form.yml").read_text(encoding="utf-8").replace("alpha: 0.1", "alpha: 0.2")
    (tmp_path / "form.yml").write_text(text, encoding="utf-8")
    with pytest.raises(ParameterError, match="was changed by hand"):
        read_registered(tmp_path / "form.yml")


def test_registrations_of_a_campaign_are_found_by_experiment(tmp_path: Path) -> None:
    register(plan(), below(tmp_path, "spring", "form"), DAY)
    assert list(registered(tmp_path / "spring")) == ["form"]
    assert registered(tmp_path / "autumn") == {}


def test_plan_file_needs_no_id(tmp_path: Path) -> None:
    file = tmp_path / "form.yml"
    file.write_text(
        yaml.safe_dump({key: one for key, one in PLAN.items() if key != "id"}), encoding="utf-8"
    )
    assert read_plan(file).id == "form"
    assert beside(file).name == "form.registered.yml"


def test_wrong_plan_file_names_key_line_and_remedy(tmp_path: Path) -> None:
    file = tmp_path / "form.yml"
    file.write_text("variant: group\narms: {a: 0.5, b: 0.6}\nmetrics: []\n", encoding="utf-8")
    with pytest.raises(ParameterError, match=r"form\.yml: metrics \(line 3\)"):
        read_plan(file)
