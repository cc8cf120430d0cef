"""Against three paths that can be counted on one hand."""

import pandas as pd
import pytest

from playbook.methods.attribution import NOBODY, credit, credited_contacts, reached_users
from tests.stages.shop import filled

START, END = pd.Timestamp("2026-10-01"), pd.Timestamp("2026-11-01")


@pytest.fixture
def touchpoints() -> pd.DataFrame:
    """Anna: search, social, search, buys for 90. Ben: display, never buys. Cleo.

    Buys for 30 without a contact.
    """
    rows = [
        ("anna", "2026-10-01 09:00", "search", "click", None),
        ("anna", "2026-10-02 09:00", "social", "click", None),
        ("anna", "2026-10-03 09:00", "search", "visit", None),
        ("anna", "2026-10-03 10:00", "(none)", "conversion", 90.0),
        ("anna", "2026-10-04 09:00", "display", "click", None),
        ("ben", "2026-10-02 09:00", "display", "impression", None),
        ("cleo", "2026-10-02 09:00", "(none)", "conversion", 30.0),
    ]
    names = ["user_id", "touched_at", "channel", "kind", "value"]
    return filled("touchpoints", [dict(zip(names, row, strict=True)) for row in rows])


def test_last_touch_gives_all_to_the_latest_contact_before(touchpoints: pd.DataFrame) -> None:
    found = credit(touchpoints, START, END, 30)["last_touch"]
    assert found.to_dict() == {NOBODY: 1.0, "display": 0.0, "search": 1.0, "social": 0.0}


def test_linear_shares_evenly_over_contacts_not_over_channels(touchpoints: pd.DataFrame) -> None:
    found = credit(touchpoints, START, END, 30)
    assert found["linear"].to_dict() == pytest.approx(
        {NOBODY: 1.0, "display": 0.0, "search": 2 / 3, "social": 1 / 3}
    )
    assert found.loc["search", "linear_revenue"] == pytest.approx(60.0)


def test_both_rules_give_out_every_conversion_once(touchpoints: pd.DataFrame) -> None:
    found = credit(touchpoints, START, END, 30)
    assert found[["last_touch", "linear"]].sum().to_list() == pytest.approx([2.0, 2.0])


def test_a_contact_before_the_lookback_earns_nothing(touchpoints: pd.DataFrame) -> None:
    found = credit(touchpoints, START, END, 1)
    assert found.loc["social", "linear"] == 0.0
    assert found.loc["search", "linear"] == 1.0


def test_a_conversion_outside_the_period_is_not_counted(touchpoints: pd.DataFrame) -> None:
    found = credit(touchpoints, pd.Timestamp("2026-10-03"), END, 30)
    assert found["last_touch"].sum() == 1.0


def test_users_who_never_convert_are_counted(touchpoints: pd.DataFrame) -> None:
    found = reached_users(touchpoints, START, END, 30)
    assert found.loc["display", "users"] == 2.0
    assert found.loc["display", "user_conversion_rate"] == 0.5


def test_no_touchpoints_give_no_credit(touchpoints: pd.DataFrame) -> None:
    assert credit(touchpoints.iloc[:0], START, END, 30).empty


def path(*rows: tuple[str, str, str, float | None]) -> pd.DataFrame:
    """One user's moments in October: time, channel, kind, value."""
    return filled(
        "touchpoints",
        [
            {
                "user_id": "dora",
                "touched_at": f"2026-{at}",
                "channel": channel,
                "kind": kind,
                "value": value,
            }
            for at, channel, kind, value in rows
        ],
    )


def test_contacts_at_both_ends_of_the_lookback_count_and_one_a_minute_earlier_does_not() -> None:
    table = path(
        ("10-01 08:59", "email", "click", None),
        ("10-01 09:00", "social", "click", None),
        ("10-03 09:00", "search", "click", None),
        ("10-03 09:00", "(none)", "conversion", 10.0),
    )
    found = credited_contacts(table, START, END, 2)
    assert found[["channel", "last", "linear"]].to_numpy().tolist() == [
        ["social", 0.0, 0.5],
        ["search", 1.0, 0.5],
    ]


def test_a_period_has_its_first_moment_and_not_the_first_after_it() -> None:
    table = path(
        ("10-01 00:00", "(none)", "conversion", 1.0),
        ("10-31 23:59", "(none)", "conversion", 2.0),
        ("11-01 00:00", "(none)", "conversion", 4.0),
    )
    assert credit(table, START, END, 30).loc[NOBODY, "last_touch_revenue"] == 3.0
    assert credited_contacts(table, START, END, 30)["conversion"].tolist() == [0, 1]


def test_a_user_is_reached_by_contacts_from_the_lookback_before_to_the_end_of_the_period() -> None:
    table = path(
        ("09-28 23:59", "email", "click", None),
        ("09-29 00:00", "social", "click", None),
        ("10-31 23:59", "search", "click", None),
        ("11-01 00:00", "display", "click", None),
        ("10-01 00:00", "(none)", "conversion", None),
    )
    found = reached_users(table, START, END, 2)
    assert found["users"].to_dict() == {"search": 1.0, "social": 1.0}
    assert found["converted_users"].to_dict() == {"search": 1.0, "social": 1.0}
    after = path(("10-02 00:00", "search", "click", None), ("11-01 00:00", "x", "conversion", 1.0))
    assert reached_users(after, START, END, 2)["converted_users"].to_dict() == {"search": 0.0}


def test_revenue_is_unknown_where_no_conversion_of_a_channel_has_a_value() -> None:
    table = path(
        ("10-02 09:00", "search", "click", None), ("10-03 09:00", "(none)", "conversion", None)
    )
    found = credit(table, START, END, 30).loc["search"]
    assert found["last_touch"] == 1.0
    assert pd.isna(found["last_touch_revenue"])
    assert pd.isna(found["linear_revenue"])


def test_values_follow_the_contact_that_earned_them() -> None:
    table = path(
        ("10-02 09:00", "search", "click", None),
        ("10-03 09:00", "social", "click", None),
        ("10-04 09:00", "(none)", "conversion", 80.0),
    )
    found = credit(table, START, END, 30)
    assert found["last_touch_revenue"].to_dict() == {"search": 0.0, "social": 80.0}
    assert found["linear_revenue"].to_dict() == {"search": 40.0, "social": 40.0}
