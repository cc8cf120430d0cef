"""Where the real data sets lie.

Tests that use them are skipped, with the reason printed, where they do not.
"""

from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "real"


@pytest.fixture
def real() -> Path:
    """The folder of the real data sets."""
    if not FOLDER.is_dir():
        pytest.skip(f"the real data sets are not at {FOLDER}")
    return FOLDER
