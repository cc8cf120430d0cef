"""Limits, each with the sentence that tells it, and remedies that fit."""

from pathlib import Path

import pytest

from playbook.errors import PlaybookError
from playbook.sources.files import refusals

FILE = Path("a.csv")


def test_what_is_within_the_limits_is_not_refused() -> None:
    refusals.refuse_large(FILE, refusals.MOST_BYTES)
    refusals.refuse_many(FILE, refusals.MOST_CELLS)
    refusals.refuse_wide(FILE, refusals.MOST_COLUMNS, 1)


def test_too_many_bytes_and_cells_are_told_with_shorter_periods_as_remedy() -> None:
    with pytest.raises(
        PlaybookError, match=r"is '500 MB': must hold at most 400 MB.*shorter periods"
    ):
        refusals.refuse_large(FILE, 500_000_000)
    with pytest.raises(PlaybookError, match="is '30,000,000 cells': must hold at most 25,000,000"):
        refusals.refuse_many(FILE, 30_000_000)


def test_too_many_columns_are_told_with_the_line_and_fewer_columns_as_remedy() -> None:
    with pytest.raises(PlaybookError, match=r"line 3 is '9,000 columns': .*1,000.*fewer columns"):
        refusals.refuse_wide(FILE, 9_000, 3)


def test_a_file_that_may_not_be_read_is_told_as_such() -> None:
    assert "may not be read" in str(refusals.cannot_open(FILE, PermissionError()))
    assert "cannot be opened (broken)" in str(refusals.cannot_open(FILE, ValueError("broken")))
