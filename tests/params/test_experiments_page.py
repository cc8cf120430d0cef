"""docs/experiments.md documents every key of a plan, with its default, and holds valid examples."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic.fields import FieldInfo

from playbook.params.experiment import ExperimentPlan, MetricPlan
from playbook.params.registration import read_plan

PAGE = (Path(__file__).parents[2] / "docs" / "experiments.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^## (.+?)\n.*?```yaml\n(.*?)```", PAGE, re.DOTALL | re.MULTILINE)
KEYS = [
    (heading, model, key)
    for heading, model in (("Keys of a plan", ExperimentPlan), ("Keys of a metric", MetricPlan))
    for key in model.model_fields
]


def rows(heading: str) -> dict[str, tuple[str, str]]:
    """Default and example of every key below a heading; two keys may share a row."""
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    documented = {}
    for names, default, example, meaning in re.findall(
        r"^\| (`.+?`) \| (.+?) \| (.*?) ?\| (.+) \|$", section, re.MULTILINE
    ):
        assert meaning.strip()
        for name in re.findall(r"`(\w+)`", names):
            documented[name] = (default, example.strip("`"))
    return documented


def default_of(field: FieldInfo) -> str:
    """The default as the page writes it."""
    if field.is_required():
        return "required"
    if field.default in (None, "", ()):
        return "–"
    return str(field.default).lower()


@pytest.mark.parametrize(("heading", "model", "key"), KEYS)
def test_every_key_is_documented_with_its_default(heading: str, model: Any, key: str) -> None:
    documented = rows(heading)
    assert key in documented, f"write a row for `{key}` in docs/experiments.md, {heading}"
    wanted = "the name" if key == "numerator" else default_of(model.model_fields[key])
    assert documented[key][0] == wanted


def test_no_key_is_documented_that_is_none() -> None:
    assert set(rows("Keys of a plan")) == set(ExperimentPlan.model_fields)
    assert set(rows("Keys of a metric")) == set(MetricPlan.model_fields)


def test_examples_of_keys_are_yaml() -> None:
    for heading in ("Keys of a plan", "Keys of a metric"):
        for key, (_, example) in rows(heading).items():
            if example and example != "see below":
                yaml.safe_load(f"{key}: {example}")


def test_the_page_shows_guardrails_clusters_a_mailing_looks_and_covariates() -> None:
    assert len(EXAMPLES) == 5


@pytest.mark.parametrize(("title", "text"), EXAMPLES, ids=[title for title, _ in EXAMPLES])
def test_an_example_of_the_page_is_a_plan(title: str, text: str, tmp_path: Path) -> None:
    file = tmp_path / "plan.yml"
    file.write_text(text, encoding="utf-8")
    plan = read_plan(file)
    assert plan.mde
    assert plan.start
