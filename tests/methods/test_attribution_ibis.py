"""Inside a real DuckDB the credit is what it is in memory."""

from datetime import datetime

import ibis
import pandas as pd
import pyarrow as pa
import pytest

from playbook.methods.attribution import credit
from playbook.methods.attribution_ibis import credit_ibis
from tests.engines.loading import OF_LIBRARIES

pytestmark = pytest.mark.filterwarnings(*OF_LIBRARIES)

START, END = pd.Timestamp("2026-10-01"), pd.Timestamp("2026-11-01")
ROWS = [
    ("anna", "2026-09-28 23:59", "email", "click", None),
    ("anna", "2026-09-29 00:00", "display", "impression", None),
    ("anna", "2026-10-01 00:00", "search", "click", None),
    ("anna", "2026-10-01 00:00", "(none)", "conversion", 90.0),
    ("anna", "2026-10-01 00:00", "(none)", "conversion", 30.0),
    ("anna", "2026-10-02 12:00", "social", "click", None),
    ("anna", "2026-10-04 12:00", "(none)", "conversion", 10.0),
    ("ben", "2026-10-31 23:59", "display", "impression", None),
    ("ben", "2026-11-01 00:00", "search", "click", None),
    ("ben", "2026-11-01 00:00", "(none)", "conversion", 7.0),
    ("cleo", "2026-10-09 09:00", "(none)", "conversion", 5.0),
    ("dora", "2026-10-09 09:00", "search", "click", None),
    ("dora", "2026-10-10 09:00", "(none)", "conversion", None),
]
NAMES = ["user_id", "touched_at", "channel", "kind", "value"]


def touchpoints() -> pd.DataFrame:
    rows = pd.DataFrame(ROWS, columns=NAMES)
    return rows.assign(
        touched_at=pd.to_datetime(rows["touched_at"]), value=rows["value"].astype("float64")
    )


def there(zone: str = "") -> ibis.Table:
    """The rows as a table of DuckDB, its moments with a time zone where one is named."""
    rows = touchpoints()
    if zone:
        rows["touched_at"] = rows["touched_at"].dt.tz_localize(zone).dt.tz_convert("UTC")
    return in_duckdb(rows)


def in_duckdb(rows: pd.DataFrame) -> ibis.Table:
    table = pa.Table.from_pandas(rows, preserve_index=False)
    return ibis.duckdb.connect().create_table("touchpoints", table)


@pytest.mark.parametrize("lookback", [1, 2, 30])
def test_credit_of_the_database_is_that_in_memory(lookback: int) -> None:
    wanted = credit(touchpoints(), START, END, lookback)
    found = credit_ibis(there(), START, END, lookback, "UTC")
    pd.testing.assert_frame_equal(found[wanted.columns], wanted, check_names=False)


def test_bounds_of_moments_with_a_zone_are_those_of_the_campaign() -> None:
    wanted = credit(touchpoints(), START, END, 2)
    found = credit_ibis(there("Asia/Shanghai"), START, END, 2, "Asia/Shanghai")
    pd.testing.assert_frame_equal(found[wanted.columns], wanted, check_names=False)


def test_of_two_contacts_of_one_moment_the_later_in_the_alphabet_is_the_last() -> None:
    moment = datetime(2026, 10, 2, 9)
    rows = pd.DataFrame(
        [
            ("eve", moment, "search", "click", None),
            ("eve", moment, "display", "click", None),
            ("eve", datetime(2026, 10, 3), "(none)", "conversion", 60.0),
        ],
        columns=NAMES,
    ).astype({"value": "float64"})
    found = credit_ibis(in_duckdb(rows), START, END, 30, "UTC")
    assert found["last_touch_revenue"].to_dict() == {"display": 0.0, "search": 60.0}
    assert found["linear_revenue"].to_dict() == {"display": 30.0, "search": 30.0}
