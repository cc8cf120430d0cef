"""Against four planned pieces of which three came out and two on time."""

from datetime import date

import pandas as pd
import pytest

from playbook.stages.shared.delivery import delivery, planned_pieces
from tests.stages.shop import filled


@pytest.fixture
def pieces() -> pd.DataFrame:
    planned = {
        "a": "2026-10-02 10:00",
        "b": "2026-10-03 10:00",
        "c": "2026-10-31 23:00",
        "d": "2026-10-05 10:00",
        "e": "2026-11-01 00:00",
    }
    came = {"a": "2026-10-02 10:59", "b": "2026-10-03 08:00", "c": "2026-11-01 00:00"}
    plan = [
        {
            "content_id": key,
            "channel": "blog",
            "planned_at": pd.Timestamp(at),
            "owner": "s1" if key < "c" else "s2",
        }
        for key, at in planned.items()
    ]
    log = [
        {"content_id": key, "channel": "blog", "published_at": pd.Timestamp(at)}
        for key, at in came.items()
    ]
    start, end = date(2026, 10, 1), date(2026, 10, 31)
    return planned_pieces(filled("content_plan", plan), filled("content_log", log), start, end, 60)


def test_early_by_too_much_is_not_on_time(pieces: pd.DataFrame) -> None:
    assert pieces.set_index("content_id")["on_time"].to_dict() == {
        "a": 1.0,
        "b": 0.0,
        "c": 1.0,
        "d": 0.0,
    }


def test_rates_are_shares_of_what_was_planned(pieces: pd.DataFrame) -> None:
    (row,) = delivery(pieces).to_dict("records")
    assert row == {
        "planned": 4.0,
        "published": 3.0,
        "on_time": 2.0,
        "on_quantity_rate": 0.75,
        "on_time_rate": 0.5,
    }


def test_each_owner_has_their_own_pieces(pieces: pd.DataFrame) -> None:
    assert delivery(pieces, by=["owner"]).set_index("owner")["on_time_rate"].to_dict() == {
        "s1": 0.5,
        "s2": 0.5,
    }


def test_nothing_planned_has_no_rows(pieces: pd.DataFrame) -> None:
    assert delivery(pieces.iloc[:0], by=["channel"]).empty
