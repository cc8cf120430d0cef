"""How far a long reading of users' rows has come, for whoever looks on from another thread."""

from collections.abc import Iterator, Sequence
from typing import TypeVar
from weakref import WeakSet

import duckdb

Item = TypeVar("Item")

_CONNECTIONS: "WeakSet[duckdb.DuckDBPyConnection]" = WeakSet()
_PIECES = {"done": 0, "all": 0}


def watch(connection: duckdb.DuckDBPyConnection) -> None:
    """Let `share` tell how far a database is with its question; it prints nothing itself."""
    connection.execute("set enable_progress_bar = true")
    connection.execute("set enable_progress_bar_print = false")
    _CONNECTIONS.add(connection)


def counted(pieces: Sequence[Item]) -> Iterator[Item]:
    """Yield pieces of a file, and let `share` tell how many have been taken."""
    try:
        for done, piece in enumerate(pieces):
            _PIECES.update(done=done, all=len(pieces))
            yield piece
    finally:
        _PIECES.update(done=0, all=0)


def share() -> float | None:
    """Return which part (0 to 1) of the question at hand is answered.

    None where nothing is asked or it cannot tell.
    """
    if _PIECES["all"]:
        return _PIECES["done"] / _PIECES["all"]
    parts = [connection.query_progress() for connection in list(_CONNECTIONS)]
    known_parts = [part for part in parts if part >= 0]
    return min(max(known_parts) / 100, 1.0) if known_parts else None
