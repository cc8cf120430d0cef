"""What a line of a scorecard measures, against sums that can be worked by head."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from playbook.params.model import Member
from playbook.params.scorecard import ScorecardKpi
from playbook.stages.appraisal.actuals import (
    Actual,
    Facts,
    actual,
    agreed,
    days_in_role,
    facts,
    working_days,
)
from tests.stages.shop import campaign, filled, tables

DAYS = pd.to_datetime(["2026-09-30", "2026-10-01", "2026-10-02"])
DAILY = filled(
    "channel_daily",
    [
        {"date": day, "channel": channel, "spend": spend, "conversions": won, "clicks": 10.0 * won}
        for channel, spend, won in (("search", 100.0, 10.0), ("social", 50.0, 2.0))
        for day in DAYS
    ],
)
"""The first of the three days lies before October."""


def line(kpi: str | None = None, source: str = "channel_daily", **changes: Any) -> ScorecardKpi:
    parts = {
        "id": "line",
        "name": "Line",
        "kind": "result",
        "weight": 20.0,
        "method": "linear",
        "source": source,
        "kpi": kpi,
    }
    return ScorecardKpi.model_validate(parts | changes)


def member(*channels: str, **changes: Any) -> Member:
    return Member.model_validate({"id": "s01", "role": "sem", "channels": channels} | changes)


def of_shop(where: Any = None, **given: pd.DataFrame) -> Facts:
    return facts(where or campaign(), tables(**{"channel_daily": DAILY} | given))


def test_a_sum_is_that_of_the_own_channels_within_the_period() -> None:
    assert actual(line("conversions"), member("search"), of_shop()) == Actual(value=20.0)
    assert actual(line("conversions"), member("search", "social"), of_shop()).value == 24.0


def test_who_names_no_channel_answers_for_all() -> None:
    assert actual(line("conversions"), member(), of_shop()).value == 24.0


def test_a_ratio_is_of_sums_over_the_channels() -> None:
    rate = actual(line("cpa", method="lower_is_better"), member(), of_shop()).value
    assert rate == pytest.approx(300 / 24)  # the mean of 10 and 25 would be 17.5


def test_a_cost_per_result_keeps_both_sides() -> None:
    cost = line("cpa", method="cost_ratio")
    assert actual(cost, member("social"), of_shop()) == Actual(value=25.0, spend=100.0, results=4.0)
    unsold = DAILY.assign(conversions=0.0)
    spent = actual(cost, member("social"), of_shop(channel_daily=unsold))
    assert (spent.spend, spent.results, spent.reason) == (100.0, 0.0, "")
    assert np.isnan(spent.value)
    idle = actual(cost, member("social"), of_shop(channel_daily=unsold.assign(spend=0.0)))
    assert idle.reason == "no_data"
    absent = actual(cost, member("social"), of_shop(channel_daily=DAILY.assign(spend=np.nan)))
    assert absent.reason == "no_data"


def test_a_cost_per_thousand_counts_its_thousands() -> None:
    shown = DAILY.assign(impressions=5000.0)
    cost = actual(line("cpm", method="cost_ratio"), member("search"), of_shop(channel_daily=shown))
    assert (cost.value, cost.results) == (20.0, 10.0)  # 200 for 10 000


@pytest.mark.parametrize("source", ["plan_log", "outputs", "audience"])
def test_what_no_table_records_says_so(source: str) -> None:
    assert actual(line("conversions", source), member(), of_shop()).reason == "not_recorded"


@pytest.mark.parametrize("kpi", [None, "reach", "orders"])
def test_what_cannot_be_measured_is_no_data_and_not_zero(kpi: str | None) -> None:
    missing = actual(line(kpi), member(), of_shop())
    assert np.isnan(missing.value)
    assert missing.reason == "no_data"


def rated(*ratings: tuple[str, str, float]) -> pd.DataFrame:
    """Ratings of s01: rater, item, level."""
    same = {"staff_id": "s01", "period": "2026-10"}
    return filled(
        "ratings",
        [
            same | {"rater_id": rater, "item": item, "level": level}
            for rater, item, level in ratings
        ],
    )


RATING = line(source="ratings", method="rubric", raters=3)


def test_a_rating_is_the_mean_of_all_raters_but_the_person() -> None:
    seen = rated(("a", "line", 3.0), ("b", "line", 4.0), ("s01", "line", 1.0), ("c", "other", 1.0))
    found = actual(RATING, member(), of_shop(ratings=seen))
    assert (found.value, found.levels, found.reason) == (3.5, (3.0, 4.0), "")
    other_month = seen.assign(period="2026-09")
    assert actual(RATING, member(), of_shop(ratings=other_month)).reason == "no_data"


def test_a_single_opinion_is_too_few_unless_one_was_agreed() -> None:
    one = of_shop(ratings=rated(("a", "line", 3.0)))
    assert actual(RATING, member(), one).reason == "too_few_raters"
    assert actual(RATING.model_copy(update={"raters": 1}), member(), one).value == 3.0


def content(*pieces: tuple[str, str | None, float]) -> dict[str, pd.DataFrame]:
    """Pieces of 1 October at noon: channel, owner, minutes late; each seen by 100, liked by 10."""
    noon = pd.Timestamp("2026-10-01 12:00")
    rows = [
        {
            "content_id": f"n{place}",
            "channel": channel,
            "planned_at": noon,
            "owner": owner,
            "published_at": noon + pd.Timedelta(minutes=late),
            "impressions": 100.0,
            "engagements": 10.0 * (place + 1),
        }
        for place, (channel, owner, late) in enumerate(pieces)
    ]
    return {
        name: filled(name, rows)[list(tables()[name].columns)]
        for name in ("content_plan", "content_log")
    }


def test_content_is_that_of_its_owner_whatever_the_channel() -> None:
    given = of_shop(**content(("social", "s01", 0), ("email", "s01", 999), ("search", "s02", 0)))
    on_time = line("on_time_rate", "content_log")
    assert actual(on_time, member("search"), given).value == 0.5
    engaged = line("engagement_rate", "content_log")
    assert actual(engaged, member("search"), given).value == pytest.approx(30 / 200)
    assert np.isnan(actual(line("clicks", "content_log"), member(), given).value)


def test_content_without_owners_is_that_of_the_channels_and_without_channels_all() -> None:
    given = of_shop(**content(("social", None, 0), ("email", None, 999), ("search", None, 999)))
    on_time = line("on_time_rate", "content_log")
    assert actual(on_time, member("social", "email"), given).value == 0.5
    assert actual(on_time, member(), given).value == pytest.approx(1 / 3)
    assert actual(on_time, member("display"), given).reason == "no_data"


def test_spend_off_budget_counts_both_ways_and_only_money_that_was_planned() -> None:
    where = campaign(budget={"search": 160.0, "social": 200.0, "display": 0.0})
    off = line("pacing", method="span", worst=0.2, target=0.05, best=0.0)
    given = of_shop(where)
    assert actual(off, member("search"), given).value == pytest.approx(0.25)
    assert actual(off, member("social"), given).value == pytest.approx(0.5)
    assert actual(off, member(), given).value == pytest.approx(60 / 360)
    assert actual(off, member("display"), given).reason == "no_data"


def test_uptime_and_gmv_come_from_their_own_tables() -> None:
    checks = filled(
        "site_checks",
        [
            {"page_id": "p", "checked_at": moment, "up": up}
            for moment, up in zip(DAYS, (0.0, 1.0, 0.0), strict=True)
        ],
    )
    orders = filled(
        "orders",
        [
            {"order_id": f"o{place}", "customer_id": "c", "ordered_at": moment, "revenue": 10.0}
            | ({"discount": 2.0} if place == 2 else {})
            for place, moment in enumerate(DAYS)
        ],
    )
    given = of_shop(site_checks=checks, orders=orders)
    assert actual(line("uptime", "site_checks"), member(), given).value == 0.5
    assert actual(line("gmv", "orders"), member(), given).value == 22.0
    assert np.isnan(actual(line("aov", "orders"), member(), given).value)


def goals(*attained: tuple[float, float]) -> dict[str, dict[str, Any]]:
    """Goals on October's conversions of search (20): share that is attained, weight."""
    same = {"name": "Goal", "kpi": "conversions", "channel": "search", "owner": "s01"}
    return {
        f"g{place}": same | {"target": 20 / share, "weight": weight, "deadline": "2026-10-31"}
        for place, (share, weight) in enumerate(attained)
    }


def test_attainment_of_the_plan_is_weighted_and_each_goal_counts_up_to_the_cap() -> None:
    given = of_shop(campaign(goals=goals((0.5, 1.0), (2.0, 3.0))))
    whole = actual(line("attainment", "goals"), member(), given).value
    assert whole == pytest.approx((0.5 + 3 * 1.2) / 4)
    assert np.isnan(actual(line("attainment", "goals"), member(), of_shop()).value)


def test_a_target_is_as_agreed_else_that_of_the_one_own_goal_and_scaled_by_the_card() -> None:
    item = line("conversions", relative=True, target=1.1)
    one, two = (campaign(goals=goals(*shares)) for shares in (((0.5, 1.0),), ((0.5, 1.0),) * 2))
    assert agreed(item, member(targets={"conversions": 30.0}), of_shop(one)) == pytest.approx(33.0)
    assert agreed(item, member(), of_shop(one)) == pytest.approx(44.0)
    assert np.isnan(agreed(item, member(), of_shop(two)))
    assert np.isnan(agreed(item, member(id="s02"), of_shop(one)))
    assert agreed(line("conversions", target=7.0), member(), of_shop(two)) == 7.0
    assert np.isnan(agreed(line(relative=True), member(), of_shop()))


def test_a_sum_is_cut_to_the_days_in_the_role_and_a_ratio_is_not() -> None:
    half = member(targets={"conversions": 30.0, "cpa": 5.0}, days_in_role=11)
    assert agreed(line("conversions", relative=True), half, of_shop()) == pytest.approx(15.0)
    cost = line("cpa", relative=True, method="lower_is_better")
    assert agreed(cost, half, of_shop()) == 5.0


def test_days_in_the_role_are_those_of_the_table_then_of_the_parameters_then_all() -> None:
    table = filled("staff", [{"staff_id": "s01", "period": "2026-10", "days_in_role": 5.0}])
    assert days_in_role(member(days_in_role=11), of_shop(staff=table)) == 5.0
    assert days_in_role(member(days_in_role=11), of_shop()) == 11.0
    assert days_in_role(member(days_in_role=0), of_shop()) == 0.0
    assert days_in_role(member(), of_shop()) == 22.0


def test_working_days_are_mondays_to_fridays_with_both_ends() -> None:
    assert working_days(campaign()) == 22.0  # 1 October 2026 is a Thursday, the 31st a Saturday
    assert working_days(campaign(period="2026-08")) == 21.0
    assert working_days(campaign(period="2026-03")) == 22.0  # the 31st is a Tuesday
