"""What a file may hold at most, and the sentences that refuse one, before memory is used."""

from pathlib import Path

from playbook.errors import PlaybookError, Problem

MOST_BYTES = 400_000_000
"""Files that are larger, unpacked, are not held in memory: as cells they take some twenty times
their size."""

MOST_CELLS = 25_000_000
MOST_IN_WORKBOOK = 10_000_000
MOST_TYPED = 100_000_000
"""Cells of text; of a workbook, whose reader takes more memory; of Parquet, which takes less."""

MOST_TAGS = 4_000_000
"""Tags of a web page."""

MOST_COLUMNS = 1_000
MOST_LETTERS = 1_000_000
"""Letters that one cell may hold."""

MOST_NAME = 2_000
"""Letters that a header may hold."""

MOST_SHARED = 1_000
"""Files that an archive may hold."""

SHORTER = (
    "Download shorter periods, or read the table from a database. Users' rows "
    "(experiment_units, touchpoints, orders) may be of any size as CSV in UTF-8 or "
    "Parquet: put them into data/ and name them in the parameters."
)


def cannot_open(file: Path, error: Exception) -> PlaybookError:
    """Say that a file cannot be opened, in the words of what tried."""
    if isinstance(error, (PermissionError, IsADirectoryError)):
        return PlaybookError(Problem.of_file(file, error))
    return PlaybookError(
        Problem(
            file=str(file),
            rule=f"cannot be opened ({error})",
            remedy="Download it again, without a password; pack it plainly, or not at all.",
        )
    )


def no_rows(file: Path) -> Problem:
    """Say that a file holds no rows."""
    return Problem(
        file=str(file),
        rule="holds no rows",
        remedy="Download it again for days that have data, or take the file away.",
    )


def refuse_large(file: Path, size: int) -> None:
    """Refuse a file by its bytes, unpacked.

    Raises:
        PlaybookError: They are too many.
    """
    if size > MOST_BYTES:
        rule = f"must hold at most {MOST_BYTES / 1e6:.0f} MB unpacked"
        raise _too_much(file, "", f"{size / 1e6:,.0f} MB", rule)


def refuse_many(file: Path, count: int, most: int = MOST_CELLS, what: str = "cells") -> None:
    """Refuse a file by how many cells or tags it can hold.

    Raises:
        PlaybookError: They are too many.
    """
    if count > most:
        rule = f"must hold at most {most:,} {what}"
        raise _too_much(file, "", f"{count:,} {what}", rule)


def refuse_wide(file: Path, columns: int, line: int) -> None:
    """Refuse a file by how many columns a line has.

    Raises:
        PlaybookError: They are too many.
    """
    if columns > MOST_COLUMNS:
        rule = f"must have at most {MOST_COLUMNS:,} columns"
        raise _too_much(file, f"line {line}", f"{columns:,} columns", rule)


def _too_much(file: Path, place: str, value: str, rule: str) -> PlaybookError:
    remedy = SHORTER if not place else "Download fewer columns: the measures and names you need."
    return PlaybookError(
        Problem(file=str(file), place=place, value=value, rule=rule, remedy=remedy)
    )


def too_long(file: Path, line: int, most: int, what: str) -> PlaybookError:
    """Say that a cell or a header holds too many letters."""
    return PlaybookError(
        Problem(
            file=str(file),
            place=f"line {line}",
            rule=f"{what} holds more than {most:,} letters; a quote may never close",
            remedy="Look at the quotes of that line, or download it again.",
        )
    )
