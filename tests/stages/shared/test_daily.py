"""The daily table, against sums and forecasts worked by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.sources.contracts import empty
from playbook.stages.shared.daily import ADDITIVE, by_channel_day, kpi_table
from tests.stages.shop import campaign, filled


@pytest.fixture
def two_sources() -> pd.DataFrame:
    """The platform's two ads and the site's own row of one day; 'mail' has no spend at all."""
    day = pd.Timestamp("2026-10-01")
    return filled(
        "channel_daily",
        [
            {
                "date": day,
                "channel": "search",
                "campaign_unit": "a",
                "spend": 60.0,
                "clicks": 10.0,
                "reach": 5.0,
            },
            {
                "date": day,
                "channel": "search",
                "campaign_unit": "b",
                "spend": 40.0,
                "clicks": 30.0,
                "reach": 9.0,
            },
            {"date": day, "channel": "search", "visits": 30.0, "revenue": 300.0, "orders": 3.0},
            {"date": day, "channel": "mail", "visits": 5.0, "revenue": 50.0},
        ],
    )


def test_rows_of_all_sources_make_one_row_a_channel_and_day(two_sources: pd.DataFrame) -> None:
    found = by_channel_day(two_sources).set_index("channel")
    assert found.loc["search", ["spend", "clicks", "visits", "revenue"]].tolist() == [
        100,
        40,
        30,
        300,
    ]


def test_a_ratio_over_two_sources_is_known_only_after_adding_up(two_sources: pd.DataFrame) -> None:
    daily = by_channel_day(two_sources)
    assert kpi_table(two_sources, ["roas"], ["channel"], campaign()).loc["search", "roas"] != 3
    assert kpi_table(daily, ["roas"], ["channel"], campaign()).loc[
        "search", "roas"
    ] == pytest.approx(300 / 100)


def test_what_no_source_knows_stays_missing_and_is_not_zero(two_sources: pd.DataFrame) -> None:
    mail = by_channel_day(two_sources).set_index("channel").loc["mail"]
    assert np.isnan(mail["spend"])
    assert mail["revenue"] == 50


def test_reach_is_not_added_up(two_sources: pd.DataFrame) -> None:
    assert "reach" not in by_channel_day(two_sources).columns
    assert "reach" not in ADDITIVE


def test_no_rows_give_no_rows_with_all_columns() -> None:
    found = by_channel_day(empty("channel_daily"))
    assert found.empty
    assert list(found.columns) == ["date", "channel", *ADDITIVE]


def test_roi_takes_the_margin_of_the_parameters(two_sources: pd.DataFrame) -> None:
    found = kpi_table(by_channel_day(two_sources), ["roi"], ["channel"], campaign())  # margin 0.4
    assert found.loc["search", "roi"] == pytest.approx((300 * 0.4 - 100) / 100)


@given(st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=8))
def test_splitting_a_day_over_units_changes_no_sum(units: list[str]) -> None:
    rows = [
        {"date": pd.Timestamp("2026-10-01"), "channel": "x", "campaign_unit": unit, "spend": 2.0}
        for unit in units
    ]
    assert by_channel_day(filled("channel_daily", rows))["spend"].tolist() == [2.0 * len(units)]
