"""The month and the one before it."""

import pandas as pd

from playbook.stages.shared.months import months
from tests.stages.shop import campaign, channel_daily


def test_history_is_whole_and_each_month_has_all_its_days() -> None:
    daily, now, before = months(campaign(), channel_daily("2026-08-15", "2026-11-15"))
    assert (daily["date"].min(), daily["date"].max()) == (
        pd.Timestamp("2026-08-15"),
        pd.Timestamp("2026-11-15"),
    )
    assert [part["date"].nunique() for part in (now, before)] == [31, 30]
    assert now["date"].min() == pd.Timestamp("2026-10-01")
    assert before["date"].max() == pd.Timestamp("2026-09-30")


def test_january_follows_december_of_the_year_before() -> None:
    rows = channel_daily("2026-12-20", "2027-01-10")
    _, now, before = months(campaign(period="2027-01"), rows)
    assert (now["date"].nunique(), before["date"].nunique()) == (10, 12)
