"""Which notebook a user means."""

import pytest

from playbook.errors import PlaybookError
from playbook.run import notebooks


@pytest.mark.parametrize("written", ["5", "05", "monitoring", "05_monitoring_and_tracking"])
def test_stage_is_found_by_number_or_name(written: str) -> None:
    assert notebooks.notebook_named(written) == "05_monitoring_and_tracking"


@pytest.mark.parametrize("written", ["8", "", "and", "../x"])
def test_stage_that_means_nothing_or_several_is_refused(written: str) -> None:
    with pytest.raises(PlaybookError, match="Give a number from 1 to 7"):
        notebooks.notebook_named(written)
