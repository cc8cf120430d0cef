"""Against three paths that can be counted on one hand."""

import pandas as pd
import pytest

from playbook.methods.attribution import NOBODY, credit, reached_users
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
