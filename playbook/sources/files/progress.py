"""How far a long reading of users' rows has come, for whoever looks on from another thread.

Whoever wants to look on opens a `Reading`; what is read within it, in the same context, tells it
how far it is. Without one nothing is told.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TypeVar
from weakref import WeakSet

import duckdb

Item = TypeVar("Item")


@dataclass(slots=True)
class Reading:
    """One reading: the databases that are asked in it, and the pieces of files taken so far."""

    connections: "WeakSet[duckdb.DuckDBPyConnection]" = field(default_factory=WeakSet)
    pieces_done: int = 0
    pieces: int = 0

    def share(self) -> float | None:
        """Return which part (0 to 1) of the question at hand is answered.

        None where nothing is asked or it cannot tell.
        """
        if self.pieces:
            return self.pieces_done / self.pieces
        percents = [connection.query_progress() for connection in list(self.connections)]
        highest = max(percents, default=-1.0)
        return min(highest / 100, 1.0) if highest >= 0 else None


_READING: ContextVar[Reading | None] = ContextVar("reading", default=None)


@contextmanager
def looked_on() -> Iterator[Reading]:
    """Let whatever is read within tell how far it is."""
    reading = Reading()
    token = _READING.set(reading)
    try:
        yield reading
    finally:
        _READING.reset(token)


def watch(connection: duckdb.DuckDBPyConnection) -> None:
    """Let a database tell how far it is with its question; it prints nothing itself."""
    connection.execute("set enable_progress_bar = true")
    connection.execute("set enable_progress_bar_print = false")
    reading = _READING.get()
    if reading is not None:
        reading.connections.add(connection)


def counted(pieces: Sequence[Item]) -> Iterator[Item]:
    """Yield pieces of a file, and tell how many have been taken."""
    reading = _READING.get()
    if reading is None:
        yield from pieces
        return
    try:
        for done, piece in enumerate(pieces):
            reading.pieces_done, reading.pieces = done, len(pieces)
            yield piece
    finally:
        reading.pieces_done = reading.pieces = 0
