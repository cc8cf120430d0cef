"""The command as people type it: exit codes, messages without tracebacks, help that teaches.

A process of its own has what only it can show: start-up, exit, and no traceback of whatever ended it.
"""

import datetime as dt
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.inprocess import playbook
from tests.run.conftest import CAMPAIGN, DAILY


def typed(*words: str, root: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    place = ["--root", str(root)] if root else []
    return subprocess.run(
        [sys.executable, "-m", "playbook", *words, *place],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "HOME": str(Path.home()), "COLUMNS": "200", "NO_COLOR": "1"},
    )


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "params" / "spring").mkdir(parents=True)
    (tmp_path / "data" / "spring").mkdir(parents=True)
    (tmp_path / "params" / "spring" / "campaign.yml").write_text(CAMPAIGN, encoding="utf-8")
    (tmp_path / "params" / "spring" / "2026-10.yml").write_text("", encoding="utf-8")
    (tmp_path / "data" / "spring" / "daily.csv").write_text(DAILY, encoding="utf-8")
    return tmp_path


def test_without_a_command_the_help_is_shown_with_every_command() -> None:
    shown = typed().stdout
    assert all(word in shown for word in ("run", "check", "report", "new", "sample"))


def test_version_is_printed() -> None:
    assert typed("--version").stdout.startswith("playbook 0.")


def test_check_of_good_parameters_and_data_says_so(root: Path) -> None:
    done = playbook("check", "spring", root=root)
    assert (done.returncode, done.stderr) == (0, "")
    assert "parameters and data are in order" in done.stdout


def test_check_lists_every_problem_of_the_parameters_at_once(root: Path) -> None:
    (root / "params" / "spring" / "2026-10.yml").write_text(
        "currency: 5\ngoal: {}\n", encoding="utf-8"
    )
    done = playbook("check", "spring", root=root)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 2


@pytest.mark.parametrize("command", ["check", "run"])
def test_platform_that_nobody_knows_is_wrong_parameters(root: Path, command: str) -> None:
    file = root / "params" / "spring" / "campaign.yml"
    file.write_text(
        file.read_text(encoding="utf-8").replace("files:", 'platform: "goggle", files:'),
        encoding="utf-8",
    )
    done = playbook(command, "spring", root=root)
    assert done.returncode == 2
    assert done.stderr.count("sources.daily.platform is 'goggle': is none of alimama") == 1


def test_check_names_the_row_that_breaks_a_rule(root: Path) -> None:
    with (root / "data" / "spring" / "daily.csv").open("a", encoding="utf-8") as file:
        file.write("2026-10-03,search,EUR,10,7,3\n")
    done = playbook("check", "spring", root=root)
    assert done.returncode == 1
    assert "is not the campaign's currency USD" in done.stderr
    assert "daily.csv" in done.stderr


def test_a_warning_is_told_and_fails_no_check(root: Path) -> None:
    with (root / "data" / "spring" / "daily.csv").open("a", encoding="utf-8") as file:
        file.write("2026-10-03,search,USD,10,700,3\n")
    done = playbook("check", root=root)
    assert done.returncode == 0
    assert "! spring/daily.csv: line 4" in done.stderr
    assert "clicks must not exceed impressions" in done.stderr
    assert "spring 2026-10: parameters and data are in order" in done.stdout


def test_a_command_in_a_problem_reaches_the_workspace(root: Path) -> None:
    done = playbook("report", "spring", root=root)
    assert done.returncode == 2
    assert f"playbook run --root {root} spring --period 2026-10" in done.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["run", "autumn"], "has no campaign.yml; known are: spring"),
        (["run", "--stage", "9"], "Give a number from 1 to 7"),
        (["run", "--period", "October"], "is not a month YYYY-MM"),
        (["run", "--period", "0000-01"], "is not a month YYYY-MM"),
        (["run", "--from", "2026-10", "--to", "2026-09"], "lies before 2026-10"),
        (["run", "--from", "2026-10"], "--to: month: is missing. Give both --from and --to"),
        (["run", "--to", "2026-10"], "--from: month: is missing. Give both --from and --to"),
        (["check", "../spring"], "has no campaign.yml"),
        (["report", "spring"], "holds no published run"),
        (["new", "Spring", "--period", "2026-10"], "an id has only a-z"),
    ],
)
def test_wrong_usage_is_told_in_a_sentence_with_code_two(
    root: Path, words: list[str], told: str
) -> None:
    done = playbook(*words, root=root)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["run", "--stage", "9"], "Give a number from 1 to 7"),
        (
            ["run", "--period", "2026-10", "--from", "2026-09"],
            "Give one month, or a first and a last one",
        ),
        (["report", "spring"], "holds no published run"),
    ],
)
def test_a_process_of_wrong_usage_ends_with_code_two_and_no_traceback(
    root: Path, words: list[str], told: str
) -> None:
    done = typed(*words, root=root)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_empty_workspace_says_how_to_begin(tmp_path: Path) -> None:
    done = playbook("run", root=tmp_path)
    assert done.returncode == 2
    assert "playbook sample" in done.stderr


def test_new_campaign_begins_this_month_unless_told(root: Path) -> None:
    done = playbook("new", "autumn", root=root)
    assert done.returncode == 0
    assert f"playbook check autumn --root {root}" in done.stdout.replace("\n", " ")
    assert (root / "params" / "autumn" / f"{dt.date.today():%Y-%m}.yml").is_file()


def test_new_campaign_runs_into_its_missing_data_without_a_traceback(root: Path) -> None:
    assert playbook("new", "autumn", "--period", "2027-02", root=root).returncode == 0
    done = typed("run", "autumn", root=root)
    assert done.returncode == 1
    assert "google/*.csv" in done.stderr
    assert "Traceback" not in done.stderr
