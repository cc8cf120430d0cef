"""The plan of a new test is valid as it stands, and so is every example that it holds as a comment."""

import re
from datetime import date
from pathlib import Path

import pytest
import yaml

from playbook.errors import PlaybookError
from playbook.params.experiment import REGISTRATION, ExperimentPlan, MetricPlan
from playbook.params.plan_template import FIRST_DAY, TEMPLATES, write_template
from playbook.params.registration import read_plan

EXAMPLE = re.compile(r"^(?P<indent> *)# (?P<line>[a-z_]+: .+)$", re.MULTILINE)
INSTEAD = {"money_metric": "value_per_conversion", "cluster": "quantile"}
"""An example that stands instead of a key, or of a metric of a kind, that is not commented out."""


@pytest.fixture(params=["zh", "en"])
def text(request: pytest.FixtureRequest) -> str:
    return TEMPLATES[request.param].read_text(encoding="utf-8")


def keys_of(text: str) -> set[str]:
    return set(re.findall(r"([a-z_]+):\s", text))


def test_a_new_plan_is_valid_and_begins_on_the_day_that_is_told(tmp_path: Path) -> None:
    for language in ("zh", "en"):
        file = tmp_path / f"{language}.yml"
        write_template(file, language, date(2027, 3, 1))
        plan = read_plan(file)
        assert (plan.start, plan.end, plan.looks) == (
            date(2027, 3, 1),
            date(2027, 3, 28),
            (date(2027, 3, 14),),
        )
        assert plan.control == "control"


def test_days_are_those_of_the_file_where_they_need_not_move(tmp_path: Path) -> None:
    write_template(tmp_path / "plan.yml", "en", FIRST_DAY)
    assert (tmp_path / "plan.yml").read_bytes() == TEMPLATES["en"].read_bytes()


def test_every_key_that_a_person_writes_stands_in_the_file(text: str) -> None:
    wanted = (set(ExperimentPlan.model_fields) | set(MetricPlan.model_fields)) - REGISTRATION
    assert wanted - keys_of(text) == set()


def test_every_example_in_a_comment_is_valid_once_it_is_taken_in(text: str, tmp_path: Path) -> None:
    examples = list(EXAMPLE.finditer(text))
    assert len(examples) >= 6
    for example in examples:
        key = example["line"].split(":")[0].strip()
        whole = (
            text[: example.start()] + example["indent"] + example["line"] + text[example.end() :]
        )
        if key in INSTEAD:
            kept = [line for line in whole.splitlines() if not _is_instead(line, INSTEAD[key])]
            whole = "\n".join(kept)
        file = tmp_path / f"{key.replace('_', '-')}.yml"
        file.write_text(whole, encoding="utf-8")
        assert key in {*read_plan(file).model_fields_set, *_metric_keys(file)}, key


def _is_instead(line: str, key: str) -> bool:
    return line.startswith(f"{key}:") or f'kind: "{key}"' in line


def _metric_keys(file: Path) -> set[str]:
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    keys: set[str] = set()
    return keys.union(*content["metrics"])


def test_both_languages_hold_the_same_plan() -> None:
    zh, en = (yaml.safe_load(file.read_text(encoding="utf-8")) for file in TEMPLATES.values())
    assert {**zh, "hypothesis": ""} == {**en, "hypothesis": ""}
    of_zh, of_en = (_example_keys(file.read_text(encoding="utf-8")) for file in TEMPLATES.values())
    assert of_zh == of_en
    assert "cluster" in of_zh


def _example_keys(text: str) -> list[str]:
    return [example["line"].split(":")[0] for example in EXAMPLE.finditer(text)]


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("there.yml", "exists already"),
        ("plan.txt", "does not end in .yml"),
        ("nowhere/plan.yml", "its folder is not there"),
    ],
)
def test_what_cannot_become_a_plan_is_refused_and_nothing_is_overwritten(
    name: str, rule: str, tmp_path: Path
) -> None:
    (tmp_path / "there.yml").write_text("mine")
    with pytest.raises(PlaybookError, match=rule):
        write_template(tmp_path / name, "en", FIRST_DAY)
    assert (tmp_path / "there.yml").read_text() == "mine"
