"""`playbook abtest aa` as people type it."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import Result
from typer.testing import CliRunner

from playbook.cli import app
from playbook.cli.terminal import console, errors


def playbook(*words: str) -> Result:
    console.width = errors.width = 200
    return CliRunner().invoke(app, ["abtest", *words])


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four rows a user, which resemble each other."""
    rng = np.random.default_rng(6)
    user = np.arange(1600) // 4
    data = pd.DataFrame(
        {
            "user": user,
            "before": rng.normal(size=1600),
            "spend": 50 + 9 * rng.normal(size=400)[user] + 9 * rng.normal(size=1600),
        }
    )
    path = tmp_path_factory.mktemp("aa") / "visits.csv"
    data.to_csv(path, index=False)
    return path


def test_the_verdict_comes_first_then_the_table_then_what_was_noticed(file: Path) -> None:
    told = playbook("aa", str(file), "--metric", "spend:mean", "--unit", "user").stdout
    assert told.startswith("▲ The rows are not the units")
    assert "rows of a unit summed first" in told
    assert "1,600 rows; 400 units, assigned by user" in told
    chinese = playbook("aa", str(file), "--metric", "spend:mean", "--lang", "zh").stdout
    assert "若按 user 分组却逐行计数" in chinese


def test_all_numbers_are_plain_data(file: Path) -> None:
    asked = ("aa", str(file), "--metric", "spend:mean", "--covariate", "spend=before", "--json")
    found = json.loads(playbook(*asked, "--splits", "200", "--seed", "5").stdout)
    assert (found["splits"], len(found["pvalues"]["spend"])) == (200, 200)
    assert found["verdict"]["key"] == "aa_hidden"
    assert found["ids"][0]["name"] == "user"


def test_a_metric_without_a_test_shows_no_number(tmp_path: Path) -> None:
    pd.DataFrame({"spend": [5.0] * 50}).to_csv(tmp_path / "same.csv", index=False)
    told = playbook("aa", str(tmp_path / "same.csv"), "--metric", "spend:mean").stdout
    assert told.startswith("! spend cannot be tested")
    assert "nan" not in told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["nowhere.csv", "--metric", "a:mean"], "cannot be read"),
        (["FILE", "--metric", "spend"], "must end in :rate"),
        (["FILE", "--metric", "spend:rate"], "values are not all 0 or 1"),
        (["FILE", "--metric", "spend:mean", "--unit", "usr"], "Did you mean 'user'?"),
        (["FILE", "--metric", "spend:mean", "--lang", "fr"], "is not zh or en"),
    ],
)
def test_what_cannot_be_split_is_refused(words: list[str], told: str, file: Path) -> None:
    done = playbook("aa", *(str(file) if word == "FILE" else word for word in words))
    assert (done.exit_code, told in done.stderr) == (2, True)


def test_the_help_of_the_group_teaches_it() -> None:
    assert "playbook abtest aa last_month.csv" in playbook("--help").stdout
