"""How a fault is told at the terminal."""

import pytest
import typer

from playbook.cli import terminal
from playbook.cli.terminal import FAILED, WRONG, problems_told, working
from playbook.errors import PlaybookError, Problem

PROBLEMS = [
    Problem(file=name, place="[red]key", rule="must be a month", remedy="Write YYYY-MM.")
    for name in ("a.yml", "b.yml")
]


def test_each_problem_is_a_line_on_the_error_stream_and_the_command_ends_as_wrong_usage(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(typer.Exit) as caught, problems_told():
        raise PlaybookError(*PROBLEMS)
    assert caught.value.exit_code == WRONG
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.splitlines() == [f"✗ {problem}" for problem in PROBLEMS]


def test_a_fault_of_our_own_is_not_told_as_one_of_the_user() -> None:
    with pytest.raises(ZeroDivisionError), problems_told():
        raise ZeroDivisionError
    assert FAILED != WRONG


def test_nothing_is_drawn_where_no_terminal_is(capsys: pytest.CaptureFixture[str]) -> None:
    with working("Reading"):
        done = True
    assert done
    assert capsys.readouterr().err == ""


def test_a_file_that_may_not_be_read_is_told_with_its_remedy(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(typer.Exit) as ended, terminal.problems_told():
        raise PermissionError(13, "Permission denied", "data/a.csv")
    assert ended.value.exit_code == terminal.WRONG
    assert "data/a.csv: may not be read. Allow it: chmod u+rX" in capsys.readouterr().err


def test_codes_of_emoji_markup_and_escapes_of_a_name_stay_text(
    capsys: pytest.CaptureFixture[str],
) -> None:
    terminal.done("[red]:smile:\x1b[2J[/] a.csv")
    assert capsys.readouterr().out == "✓ [red]:smile:\\x1b[2J[/] a.csv\n"
