"""`playbook abtest new` as people type it."""

import datetime as dt
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from playbook.cli import app
from playbook.params.registration import read_plan


def playbook(*words: str) -> Result:
    return CliRunner().invoke(app, ["abtest", *words])


@pytest.mark.parametrize(("language", "word"), [("en", "planned looks"), ("zh", "计划的查看日")])
def test_a_new_plan_is_commented_in_the_language_and_begins_on_a_monday(
    language: str, word: str, tmp_path: Path
) -> None:
    file = tmp_path / "plan.yml"
    done = playbook("new", str(file), "--lang", language)
    assert (done.exit_code, "playbook abtest size --plan" in done.stdout) == (0, True)
    assert word in file.read_text(encoding="utf-8")
    start = read_plan(file).start
    assert start
    assert start.weekday() == 0
    assert 0 < (start - dt.date.today()).days <= 7


def test_nothing_is_overwritten_and_an_unknown_language_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "plan.yml"
    file.write_text("mine")
    done = playbook("new", str(file))
    assert (done.exit_code, "exists already" in done.stderr) == (2, True)
    assert file.read_text() == "mine"
    done = playbook("new", str(tmp_path / "other.yml"), "--lang", "fr")
    assert (done.exit_code, "is not zh or en" in done.stderr) == (2, True)


def test_the_help_of_the_group_teaches_it() -> None:
    assert "playbook abtest new plan.yml" in playbook("--help").stdout
