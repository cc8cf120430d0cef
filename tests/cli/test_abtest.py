"""`playbook abtest` as people type it.

The same numbers as from Python, refusals in a sentence, registration.
"""

import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from click.testing import Result
from typer.testing import CliRunner

from playbook import abtest
from playbook.cli import app

PLAN = {
    "name": "Shorter form",
    "variant": "group",
    "unit": "user",
    "arms": {"old": 0.5, "new": 0.5},
    "metrics": [
        {"name": "bought", "kind": "rate", "role": "primary"},
        {"name": "revenue", "kind": "mean"},
    ],
}


def playbook(*words: str) -> Result:
    return CliRunner().invoke(app, ["abtest", *words])


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """2,000 users in two arms of equal size.

    The new form sells to 15% of its users, the old one to 10%.
    """
    users = pd.DataFrame({"user": range(2000), "group": ["old", "new"] * 1000})
    rank = users["user"] // 2
    users["bought"] = (rank < np.where(users["group"].eq("new"), 150, 100)).astype(int)
    users["revenue"] = users["bought"] * (20.0 + rank % 7)
    users["device"] = np.where(rank % 3 == 0, "phone", "desk")
    path = tmp_path_factory.mktemp("abtest") / "users.csv"
    users.to_csv(path, index=False)
    return path


def flat(content: Any, place: str = "") -> dict[str, Any]:
    if isinstance(content, dict):
        return {
            key: one
            for name, part in content.items()
            for key, one in flat(part, f"{place}.{name}").items()
        }
    if isinstance(content, list):
        return {
            key: one
            for name, part in enumerate(content)
            for key, one in flat(part, f"{place}.{name}").items()
        }
    return {place: content}


def test_json_holds_the_numbers_of_python(file: Path) -> None:
    asked = [
        "--variant",
        "group",
        "--unit",
        "user",
        "--metric",
        "bought:rate",
        "--metric",
        "revenue:mean",
    ]
    words = [
        sys.executable,
        "-m",
        "playbook",
        "abtest",
        str(file),
        *asked,
        "--control-arm",
        "old",
        "--json",
    ]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    plan = abtest.quick_plan(
        file,
        abtest.AdHoc(
            variant="group", unit="user", metrics=["bought:rate", "revenue:mean"], control="old"
        ),
    )
    direct = json.loads(json.dumps(abtest.as_dict(abtest.evaluate(file, plan))))
    assert flat(json.loads(done.stdout)) == flat(direct)


def test_counts_are_evaluated_like_compare_rates() -> None:
    done = playbook("--control", "2105/50123", "--treatment", "2,243/50,340", "--json")
    [effect] = json.loads(done.stdout)["effects"]
    direct = abtest.compare_rates(control=(2105, 50123), treatment=(2243, 50340))
    for name in (
        "control",
        "treatment",
        "difference",
        "ci_lower",
        "ci_upper",
        "pvalue",
        "lift",
        "lift_ci_lower",
    ):
        assert effect[name] == pytest.approx(getattr(direct, name), rel=1e-11)


def test_screen_says_verdict_first_and_the_next_step(file: Path) -> None:
    done = playbook(
        str(file), "--variant", "group", "--metric", "bought:rate", "--control-arm", "old"
    )
    assert done.stdout.startswith("✓ Ship\n  Compared with old as the control.\n")
    assert "→ Roll new out to everyone" in done.stdout
    assert "+50.0%" in done.stdout


def test_screen_shows_the_difference_and_why_where_there_is_no_lift() -> None:
    told = playbook("--control", "0/1000", "--treatment", "40/1000").stdout
    assert "+4.00 percentage points" in told
    assert "converted · treatment: relative lift is undefined: the control is not above 0" in told


def test_card_is_written_in_the_language_asked_for(file: Path, tmp_path: Path) -> None:
    card = tmp_path / "card.html"
    words = (
        "--variant",
        "group",
        "--metric",
        "bought:rate",
        "--control-arm",
        "old",
        "--lang",
        "zh",
        "--html",
        str(card),
    )
    assert playbook(str(file), *words).exit_code == 0
    page = card.read_text(encoding="utf-8")
    assert 'lang="zh-CN"' in page
    assert "全量上线" in page
    assert "<script" not in page


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--control", "5/10"], "--treatment"),
        (["--control", "5", "--treatment", "6/10"], "must be conversions/units"),
        (["--control", "15/10", "--treatment", "6/10"], "10"),
        (["{file}", "--control", "5/10", "--treatment", "6/10"], "cannot stand beside a file"),
        (["{file}", "--metric", "bought:rate"], "--variant: is missing"),
        (["{file}", "--variant", "group"], "--metric: is missing"),
        (
            ["{file}", "--variant", "group", "--metric", "bought"],
            "must end in :rate, :mean or :ratio",
        ),
        (["{file}", "--variant", "group", "--metric", "sold:rate"], "sold"),
        (["{file}", "--variant", "arm", "--metric", "bought:rate"], "arm"),
        (["{file}", "--variant", "user", "--metric", "bought:rate"], "different arms"),
        (["{file}", "--variant", "group", "--metric", "device:mean"], "device"),
        (
            ["{file}", "--variant", "group", "--metric", "bought:rate", "--covariate", "revenue"],
            "METRIC=COLUMN",
        ),
        (
            ["{file}", "--variant", "group", "--metric", "bought:rate", "--lang", "fr"],
            "is not zh or en",
        ),
        (
            ["nowhere.csv", "--variant", "group", "--metric", "bought:rate"],
            "nowhere.csv: cannot be read: there is no",
        ),
        (
            ["{file}", "--variant", "group", "--metric", "bought/:ratio"],
            "a ratio names two columns",
        ),
        (
            [
                "{file}",
                "--variant",
                "group",
                "--metric",
                "bought:rate",
                "--covariate",
                "revenue=user",
            ],
            "not asked for",
        ),
        (
            ["{file}", "--variant", "group", "--metric", "revenue:mean", "--money", "revenue"],
            "belong together",
        ),
        (
            ["{file}", "--variant", "group", "--metric", "revenue:mean", "--monthly-units", "9"],
            "belong together",
        ),
        (
            ["{file}", "--variant", "group", "--metric", "bought:rate", "--currency", "euro"],
            "ISO 4217",
        ),
        (["{file}", "--variant", "group", "--metric", "bought:rate", "--html", "/"], "is a folder"),
        (
            [
                "{file}",
                "--variant",
                "group",
                "--metric",
                "bought:rate",
                "--html",
                "/none/card.html",
            ],
            "cannot be written",
        ),
        (
            ["--control", "5/10", "--treatment", "6/10", "--variant", "group"],
            "--variant: goes with a file",
        ),
        (["{file}", "--plan", "nowhere.yml"], "nowhere.yml"),
        (["register", "nowhere.yml"], "nowhere.yml"),
    ],
)
def test_wrong_usage_is_told_in_a_sentence_with_code_two(
    file: Path, words: list[str], told: str
) -> None:
    done = playbook(*(word.format(file=file) for word in words))
    assert done.exit_code == 2
    assert told in done.stderr
    assert isinstance(done.exception, SystemExit)


def test_without_words_the_help_teaches_by_example() -> None:
    assert "playbook abtest --control 2105/50123" in playbook().stdout


def test_registered_plan_is_confirmed_and_a_change_is_told(file: Path, tmp_path: Path) -> None:
    plan = tmp_path / "form.yml"
    plan.write_text(yaml.safe_dump(PLAN, sort_keys=False), encoding="utf-8")
    assert "registered" in playbook("register", str(plan)).stdout
    assert "nothing has changed" in playbook("register", str(plan)).stdout
    kept = json.loads(playbook(str(file), "--plan", str(plan), "--json").stdout)
    assert kept["changes"] == []
    assert kept["decision"]["action"] == "ship"
    changed = {**PLAN, "metrics": [{"name": "revenue", "kind": "mean", "role": "primary"}]}
    plan.write_text(yaml.safe_dump(changed, sort_keys=False), encoding="utf-8")
    assert "another plan is registered already" in playbook("register", str(plan)).stderr
    later = json.loads(playbook(str(file), "--plan", str(plan), "--json").stdout)
    assert [one["field"] for one in later["changes"]] == ["metrics"]
    assert later["decision"]["action"] == "invalid"
    assert "metrics" in later["decision"]["reasons"][0]["en"]


def test_segments_covariates_and_money_come_from_options(file: Path) -> None:
    asked = [
        "--variant",
        "group",
        "--metric",
        "revenue:mean",
        "--control-arm",
        "old",
        "--segment",
        "device",
    ]
    done = json.loads(
        playbook(
            str(file), *asked, "--money", "revenue", "--monthly-units", "1000", "--json"
        ).stdout
    )
    assert {one["level"] for one in done["segments"]} == {"phone", "desk"}
    assert done["decision"]["money"]["mid"] == pytest.approx(
        1000 * done["effects"][0]["difference"]
    )
    assert math.isfinite(done["decision"]["money"]["regret"])
