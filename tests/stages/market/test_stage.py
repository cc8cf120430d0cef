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
    finding,
    ids,
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


def growing(factor: float) -> pd.DataFrame:
    """Four steps of September, four of October that are larger or smaller by a factor."""
    return series([10.0] * 4 + [10.0 * factor] * 4)


@pytest.mark.parametrize(
    ("factor", "sentence", "severity"),
    [
        (0.8, "ahead_of_market", "good"),
        (1.0, "level_with_market", "good"),
        (1.004, "level_with_market", "good"),
        (0.996, "level_with_market", "good"),
        (1.2, "behind_market", "watch"),
    ],
)
def test_growth_like_that_of_the_market_is_neither_ahead_nor_behind(
    factor: float, sentence: str, severity: str
) -> None:
    daily = channel_daily("2026-09-07", "2026-10-04")  # four whole weeks
    later = daily.assign(date=daily["date"] + pd.Timedelta(weeks=4))
    both = pd.concat([daily[daily["date"] < "2026-09-28"], later[later["date"] < "2026-10-26"]])
    given = tables(channel_daily=both, market_series=growing(factor))
    told = finding(analyse(campaign(), given), "market.growth")
    assert (told.sentence, told.severity) == (sentence, severity)


@pytest.mark.parametrize(
    ("growth", "clauses"), [(-0.2, ("falling",)), (0.2, ("rising",))], ids=["falling", "rising"]
)
def test_a_trend_is_told_in_its_direction(growth: float, clauses: tuple[str, ...]) -> None:
    given = tables(market_series=yearly(157, growth=growth))
    assert finding(analyse(campaign(), given), "market.trend.search").clauses == clauses


def test_a_series_without_a_trend_is_not_told() -> None:
    assert "market.trend.search" not in ids(analyse(campaign(), tables(market_series=yearly(157))))


MOST = "Most was spent on Search ($3,280)"


@pytest.mark.parametrize(
    ("hidden", "answer"),
    [
        ((), f"{MOST}, which returned 22.50 per unit of spend."),
        (("revenue", "orders"), f"{MOST}, at $4.44 per conversion."),
        (("revenue", "orders", "conversions"), f"{MOST}."),
    ],
    ids=["return", "cost", "spend only"],
)
def test_most_spend_is_told_with_what_is_known_of_its_return(
    hidden: tuple[str, ...], answer: str
) -> None:
    daily = three_months().assign(**dict.fromkeys(hidden, np.nan))
    where = campaign(budget={})
    assert answer in said(analyse(where, tables(channel_daily=daily)), "market", where)


def test_the_month_before_is_missing_only_where_there_is_a_month() -> None:
    first = analyse(campaign(), tables(channel_daily=channel_daily("2026-10-01", "2026-10-31")))
    assert "previous" in first.missing
    assert "previous" not in analyse(campaign(), tables(channel_daily=three_months())).missing
    nothing = analyse(campaign(), tables()).missing
    assert "previous" not in nothing
    assert "channel_daily" in nothing
