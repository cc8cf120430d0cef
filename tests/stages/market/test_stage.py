"""Stage 2, against pymannkendall's numbers, published formulas and shares worked by hand."""

import numpy as np
import pandas as pd
import pytest

from playbook.stages.market.stage import analyse
from tests.stages.market.brands import brands
from tests.stages.market.series import series, yearly
from tests.stages.shop import (
    against_schema,
    campaign,
    channel_daily,
    said,
    tables,
    three_months,
    without_site,
)


def test_without_revenue_channels_are_compared_by_cost_per_conversion() -> None:
    daily = without_site(three_months()).assign(revenue=np.nan)
    found = (
        analyse(campaign(), tables(channel_daily=daily)).tables["allocation"].set_index("channel")
    )
    assert found["basis"].unique().tolist() == ["cpa"]
    assert found.loc["search", "hint"] == "returns_more"
    assert found["roas_low"].isna().all()


def test_own_growth_is_per_day_so_that_a_longer_month_is_no_growth() -> None:
    found = analyse(
        campaign(),
        tables(
            channel_daily=channel_daily("2026-09-07", "2026-10-04"),
            market_series=series([10.0] * 4 + [12.0] * 4),
        ),
    )
    row = found.tables["growth"].iloc[0]
    assert row["kpi"] == "revenue"
    assert row["own_change"] == pytest.approx((2 + 2 * 1.2) / 4 / ((18 + 6 * 1.2) / 24) - 1)
    assert row["gap"] == pytest.approx(row["own_change"] - 0.2)


def test_a_rival_that_cuts_its_price_and_one_that_gains_are_told() -> None:
    table = brands(
        ours=[("2026-09-07", 30, 100), ("2026-10-05", 30, 100)],
        them=[("2026-09-07", 30, 100), ("2026-10-05", 50, 90)],
    )
    told = {one.id for one in analyse(campaign(brand="ours"), tables(competitors=table)).findings}
    assert {"market.price.them", "market.share_of_voice", "market.share_of_search"} <= told


def test_an_own_brand_that_is_not_named_is_said() -> None:
    found = analyse(campaign(), tables(competitors=brands(them=[("2026-10-05", 50, 90)])))
    assert "brand" in found.missing


@pytest.mark.parametrize(
    "given",
    [
        tables(),
        tables(channel_daily=three_months()),
        tables(market_series=series([1.0])),
        tables(market_series=yearly(157, growth=0.2, swing=0.3), channel_daily=three_months()),
        tables(competitors=brands(them=[("2026-09-07", 50, 90)])),
    ],
    ids=["nothing", "channel_daily", "one step", "market", "old competitors"],
)
@pytest.mark.parametrize("budget", [{}, {"search": 100.0}], ids=["no budget", "budget"])
def test_the_stage_answers_whatever_is_missing(
    given: dict[str, pd.DataFrame], budget: dict[str, float]
) -> None:
    where = campaign(budget=budget)
    found = analyse(where, given)
    assert found.findings[0].id == "market.answer"
    assert all(said(found, "market", where))
    assert not against_schema(found, "market")


def test_without_a_budget_the_channel_with_most_spend_is_named() -> None:
    where = campaign(budget={})
    found = analyse(where, tables(channel_daily=three_months()))
    assert "Most was spent on Search ($3,280)" in said(found, "market", where)[len(found.findings)]
