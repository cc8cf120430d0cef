"""Shares of voice and of search, against sums worked by hand."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from playbook.stages.market.competitors import competition
from tests.stages.market.brands import brands

NOW, BEFORE = (date(2026, 10, 1), date(2026, 10, 31)), (date(2026, 9, 1), date(2026, 9, 30))


def compare(table: pd.DataFrame, own: str = "ours") -> pd.DataFrame:
    return competition(table, own, NOW, BEFORE).set_index("brand")


def test_share_of_voice_is_of_all_mentions_of_the_month() -> None:
    found = compare(
        brands(
            ours=[("2026-10-05", 30, 100), ("2026-10-12", 10, 100)],
            them=[("2026-10-05", 10, 90), ("2026-10-12", 150, 90)],
        )
    )
    assert found.loc["ours", "share_of_voice"] == pytest.approx(
        40 / 200
    )  # the mean of 0.75 and 0.06 would be 0.41
    assert found.loc["ours", "share_of_search"] == pytest.approx(40 / 200)
    assert found["role"].to_dict() == {"them": "rival", "ours": "own"}


def test_shares_add_up_to_one_and_their_changes_to_nothing() -> None:
    found = compare(
        brands(
            ours=[("2026-09-07", 10, 100), ("2026-10-05", 20, 100)],
            them=[("2026-09-07", 30, 90), ("2026-10-05", 20, 81)],
        )
    )
    assert found["share_of_voice"].sum() == pytest.approx(1)
    assert found["share_of_voice_change"].to_dict() == {
        "ours": pytest.approx(0.25),
        "them": pytest.approx(-0.25),
    }
    assert found.loc["them", "price_index_change"] == pytest.approx(-0.1)


def test_a_week_in_which_a_brand_is_not_known_counts_for_none() -> None:
    table = brands(
        ours=[("2026-10-05", 10, 100), ("2026-10-12", 500, 100)],
        them=[("2026-10-05", 30, 90), ("2026-10-12", np.nan, 90)],
    )
    assert compare(table).loc["ours", "share_of_voice"] == pytest.approx(10 / 40)


def test_a_week_belongs_to_the_month_of_its_monday() -> None:
    found = compare(brands(ours=[("2026-09-28", 10, 100), ("2026-10-05", 20, 100)]))
    assert found.loc["ours", "weeks"] == 1
