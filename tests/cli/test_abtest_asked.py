"""What was asked for goes together, is taken as it was meant, and is remembered."""

import datetime as dt
import json
from pathlib import Path

import pandas as pd
import pytest
import yaml
from click.testing import Result
from typer.testing import CliRunner

from playbook.cli import app
from playbook.cli.abtest_asked import day_of, shares_of
from playbook.errors import PlaybookError
from playbook.params.registration import read_registered

PLAN = {
    "variant": "group",
    "unit": "user",
    "date_column": "day",
    "arms": {"first": 0.5, "second": 0.5},
    "metrics": [{"name": "bought", "kind": "rate", "role": "primary"}],
    "start": "2026-09-01",
    "end": "2026-09-28",
}


def playbook(*words: str) -> Result:
    return CliRunner().invoke(app, ["abtest", *words])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """2,800 users on 28 days, a hundred a day, neither arm better."""
    users = pd.DataFrame({"user": range(2800)})
    users["group"] = ["first", "second"] * 1400
    users["day"] = [f"2026-09-{1 + user // 100:02}" for user in users["user"]]
    users["bought"] = (users["user"] // 2 % 5 == 0).astype(int)
    path = tmp_path / "users.csv"
    users.to_csv(path, index=False)
    return path


def test_a_control_that_no_name_tells_is_asked_for_by_a_refusal(file: Path) -> None:
    words = (str(file), "--variant", "group", "--metric", "bought:rate")
    refused = playbook(*words)
    assert refused.exit_code == 2
    assert "no arm says by its name that it is the control" in refused.stderr
    assert "first, second" in refused.stderr
    told = playbook(*words, "--control", "second").stdout
    assert "Compared with second as the control." in told
    assert playbook(*words, "--control-arm", "second").stdout == told


def test_shares_are_planned_or_the_sizes_are_only_shown(file: Path) -> None:
    words = (str(file), "--variant", "group", "--metric", "bought:rate", "--control", "first")
    shown = json.loads(playbook(*words, "--json").stdout)
    [sizes] = [check for check in shown["checks"] if check["name"] == "srm"]
    assert "No shares" not in sizes["text"]["zh"]
    assert sizes["value"] is None
    judged = playbook(*words, "--shares", "first=0.1,second=0.9")
    assert "Invalid" in judged.stdout
    counts = ("--control", "5/100", "--treatment", "5/900", "--shares")
    assert "Invalid" in playbook(*counts, "control=0.5,treatment=0.5").stdout


@pytest.mark.parametrize("text", ["first", "first=", "=0.5", "first=half", "first=2"])
def test_shares_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(PlaybookError, match="must be arms with a share from 0 to 1 each"):
        shares_of(text)


def test_shares_and_days_are_read_as_written() -> None:
    assert shares_of("a=b=0.25, c=0.75") == {"a=b": 0.25, "c": 0.75}
    assert shares_of("") == {}
    assert day_of("--as-of", "2026-09-07") == dt.date(2026, 9, 7)
    assert day_of("--as-of", "") is None


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "plan.yml"
    path.write_text(yaml.safe_dump(PLAN, sort_keys=False), encoding="utf-8")
    return path


def test_the_day_of_the_look_is_asked_for_and_said(file: Path, plan: Path) -> None:
    early = playbook(str(file), "--plan", str(plan), "--as-of", "2026-09-07").stdout
    assert early.startswith("! Hold")
    assert "as of 2026-09-07, as asked; the test ends on 2026-09-28" in early
    assert "21 days left" in early
    wrong = playbook(str(file), "--plan", str(plan), "--as-of", "soon")
    assert (wrong.exit_code, "'soon': is no day" in wrong.stderr) == (2, True)


def test_what_the_plan_says_is_not_said_again(file: Path, plan: Path) -> None:
    refused = playbook(str(file), "--plan", str(plan), "--control", "second", "--unit", "user")
    assert refused.exit_code == 2
    assert "--control: is said by the plan" in refused.stderr
    assert "--unit: is said by the plan" in refused.stderr


def test_looks_at_a_registered_test_are_written_down_and_counted(file: Path, plan: Path) -> None:
    assert playbook("register", str(plan)).exit_code == 0
    registration = plan.with_name("plan.registered.yml")
    for day in ("2026-09-07", "2026-09-14", "2026-09-07"):
        playbook(str(file), "--plan", str(plan), "--as-of", day)
    looks = [dt.date(2026, 9, 7), dt.date(2026, 9, 14)]
    assert list(read_registered(registration).looks_taken) == looks
    last = json.loads(playbook(str(file), "--plan", str(plan), "--json").stdout)
    assert [look["day"] for look in last["sequential"]] == [
        "2026-09-07",
        "2026-09-14",
        "2026-09-28",
    ]


def test_a_test_that_was_read_at_its_end_and_then_extended_confirms_nothing(
    file: Path, plan: Path
) -> None:
    short = PLAN | {"end": "2026-09-14"}
    plan.write_text(yaml.safe_dump(short, sort_keys=False), encoding="utf-8")
    playbook("register", str(plan))
    first = file.with_name("first.csv")
    users = pd.read_csv(file)
    users[users["day"] <= "2026-09-14"].to_csv(first, index=False)
    assert "spent" not in playbook(str(first), "--plan", str(plan)).stdout
    plan.write_text(yaml.safe_dump(PLAN, sort_keys=False), encoding="utf-8")
    users["bought"] = users["bought"].where(
        users["day"] <= "2026-09-14", users["group"] == "second"
    )
    users["bought"] = users["bought"].astype(int)
    users.to_csv(file, index=False)
    told = playbook(str(file), "--plan", str(plan)).stdout
    assert told.startswith("! Iterate")
    assert "its alpha is spent" in told
    assert "Run a new test, with new units." in told


def test_a_registration_that_cannot_be_written_is_a_sentence(
    file: Path, plan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    playbook("register", str(plan))

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    refused = playbook(str(file), "--plan", str(plan))
    assert refused.exit_code == 2
    assert "cannot be written (No space left on device)" in refused.stderr
