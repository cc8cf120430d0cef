"""A long reading tells how far it is, on a terminal only."""

import io

import duckdb
import pytest
from rich.console import Console

from playbook.cli import terminal
from playbook.sources.files import progress


def test_share_is_that_of_the_pieces_taken_and_unknown_before_and_after() -> None:
    with progress.looked_on() as reading:
        assert reading.share() is None
        shares = [reading.share() for _ in progress.counted("abcd")]
        assert shares == [0, 0.25, 0.5, 0.75]
        assert reading.share() is None


def test_share_is_unknown_again_where_a_reading_breaks_off() -> None:
    with progress.looked_on() as reading:
        pieces = progress.counted("abcd")
        next(pieces)
        pieces.close()
        assert reading.share() is None


def test_what_is_read_after_the_looking_tells_nothing() -> None:
    with progress.looked_on() as reading:
        pass
    assert [reading.share() for _ in progress.counted("ab")] == [None, None]


def test_watched_database_at_rest_tells_nothing_and_prints_nothing(
    capfd: pytest.CaptureFixture[str],
) -> None:
    connection = duckdb.connect()
    with progress.looked_on() as reading:
        progress.watch(connection)
        connection.execute("select sum(random()) from range(3000000)").fetchall()
        assert reading.share() is None
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("is_terminal", [True, False])
def test_progress_shows_on_a_terminal_only(
    is_terminal: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = io.StringIO()
    monkeypatch.setattr(
        terminal, "errors", Console(file=shown, force_terminal=is_terminal, width=100)
    )
    with terminal.working("Evaluating [big].csv"):
        for _ in progress.counted(range(2)):
            pass
    assert ("Evaluating [big].csv" in shown.getvalue()) is is_terminal
