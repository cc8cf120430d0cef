"""How far moments reach inside a real DuckDB, with and without a zone."""

import pandas as pd
import pytest

from playbook.errors import PlaybookError
from playbook.methods.days_ibis import span
from tests.engines.loading import OF_LIBRARIES
from tests.methods.test_attribution_ibis import END, START, in_duckdb, there

pytestmark = pytest.mark.filterwarnings(*OF_LIBRARIES)


@pytest.mark.parametrize("zone", ["", "Asia/Shanghai"])
def test_moments_are_counted_and_told_in_the_zone_of_the_period(zone: str) -> None:
    found = span(there(zone), "touched_at", START, END, zone or "UTC")
    assert (found.rows, found.rows_in_period) == (13, 9)
    assert found.first == pd.Timestamp("2026-09-28 23:59")
    assert found.last == pd.Timestamp("2026-11-01 00:00")


def test_of_a_table_without_rows_nothing_is_known() -> None:
    rows = pd.DataFrame({"touched_at": pd.Series(dtype="datetime64[us]")})
    found = span(in_duckdb(rows), "touched_at", START, END, "UTC")
    assert (found.rows, found.rows_in_period) == (0, 0)
    assert pd.isna(found.first)


def test_a_table_that_is_gone_is_told() -> None:
    table = there()
    backend = table.get_backend()
    backend.drop_table("touchpoints")
    with pytest.raises(PlaybookError, match="cannot be read"):
        span(table, "touched_at", START, END, "UTC")
