"""Against a month with a planted outage, a budget that ran out, late content and rejected rows."""

import numpy as np
import pandas as pd
import pytest

from playbook.stages.monitoring.stage import analyse
from tests.engines.loading import OF_LIBRARIES
from tests.methods.test_attribution_ibis import there
from tests.stages.shop import (
    against_schema,
    campaign,
    channel_daily,
    filled,
    finding,
    ids,
    said,
    tables,
    three_months,
    without_site,
)


def _checks() -> pd.DataFrame:
    moments = pd.date_range("2026-10-01", "2026-10-31 23:30", freq="30min")
    down = (moments >= "2026-10-14 09:00") & (moments < "2026-10-14 21:00")
    rows = [
        {"page_id": "sale", "checked_at": moment, "up": float(not is_down)}
        for moment, is_down in zip(moments, down, strict=True)
    ]
    return filled("site_checks", rows)


def _content() -> dict[str, pd.DataFrame]:
    moments = pd.date_range("2026-10-01 10:00", periods=10, freq="D")
    plan = [
        {"content_id": str(n), "channel": "email", "planned_at": moment}
        for n, moment in enumerate(moments)
    ]
    log = [
        {
            "content_id": str(n),
            "channel": "email",
            "published_at": moment + pd.Timedelta(hours=3 if n < 4 else 0),
        }
        for n, moment in enumerate(moments[:8])
    ]
    return {"content_plan": filled("content_plan", plan), "content_log": filled("content_log", log)}


@pytest.fixture
def month() -> dict[str, pd.DataFrame]:
    """The page is down on 14 October, so nothing sells; search runs out of money after the 20th."""
    daily = three_months()
    day = daily["date"].eq(pd.Timestamp("2026-10-14"))
    daily.loc[day & daily["orders"].notna(), ["orders", "revenue"]] = 0.0
    daily.loc[day & daily["conversions"].notna(), "conversions"] = 0.0
    gone = daily["channel"].eq("search") & (daily["date"] > "2026-10-20") & daily["spend"].notna()
    daily.loc[gone, "spend"] = 0.0
    aside = pd.DataFrame(
        {
            "file": "a.csv",
            "line": [2, 3, 4],
            "table": "channel_daily",
            "column": "date",
            "value": "2026-10-01",
            "rule": "is an exact copy of another row",
        }
    )
    return tables(channel_daily=daily, site_checks=_checks(), rejects=aside, **_content())


WHERE = campaign(budget={"search": 2100.0, "social": 3267.0, "display": 3267.0})


def test_a_change_of_spend_does_not_crowd_out_what_happened(month: dict[str, pd.DataFrame]) -> None:
    told = [finding.id for finding in analyse(WHERE, month).findings if "incident" in finding.id]
    assert told == ["monitoring.incident.2026-10-14"]


def test_an_unusual_spend_does_not_name_itself_as_its_cause() -> None:
    daily = three_months()
    that_day = daily["channel"].eq("search") & daily["date"].eq(pd.Timestamp("2026-10-14"))
    daily.loc[that_day, "spend"] *= 3
    daily.loc[that_day, "revenue"] *= 1.1  # not unusual, yet enough money to tell of the day
    texts = said(analyse(campaign(), tables(channel_daily=daily)), "monitoring", campaign())
    assert (
        "On Oct 14, 2026, Spend of Search came to $300 where about $100.00 is usual (+200.0%)."
        in texts
    )


def test_a_month_of_five_days_says_so_and_forecasts_nothing() -> None:
    where = campaign(budget={"search": 3267.0})
    texts = said(
        analyse(where, tables(channel_daily=channel_daily("2026-10-01", "2026-10-05"))),
        "monitoring",
        where,
    )
    assert any(
        text.startswith("Days of this period without any channel data: 26 (data reach to Oct 5")
        for text in texts
    )
    assert not any("–" in text for text in texts)


def test_the_answer_puts_all_parts_in_one_sentence(month: dict[str, pd.DataFrame]) -> None:
    texts = said(analyse(WHERE, month), "monitoring", WHERE)
    (answer,) = [text for text in texts if text.startswith("80.0% of planned content is published")]
    for part in (
        "40.0% came out on time",
        "landing pages were up 98.4%",
        "unusual days worth a look: 1",
        "revenue is",
    ):
        assert part in answer


def test_the_outage_is_told_with_its_minutes_and_stake(month: dict[str, pd.DataFrame]) -> None:
    result = analyse(WHERE, month)
    (row,) = result.tables["outages"].to_dict("records")
    assert row["minutes"] == 720.0
    usual = 2250 + 720 + 160  # a Wednesday
    assert row["at_stake"] == pytest.approx(usual / 2)
    assert result.findings[0].severity == "act"


def test_the_fall_of_that_day_is_one_incident_with_the_page_as_its_cause(
    month: dict[str, pd.DataFrame],
) -> None:
    result = analyse(WHERE, month)
    (row,) = result.tables["incidents"].query("cause == 'page_down'").to_dict("records")
    assert row["date"] == pd.Timestamp("2026-10-14")
    assert row["at_stake"] == pytest.approx(-(2250 + 720), rel=0.1)


def test_the_budget_that_ran_out_must_be_decided_on(month: dict[str, pd.DataFrame]) -> None:
    result = analyse(WHERE, month)
    row = result.tables["pacing"].set_index("channel").loc["search"]
    assert row["days_without_budget"] == 11
    (finding,) = [
        finding for finding in result.findings if finding.id == "monitoring.pacing.search"
    ]
    assert finding.severity == "act"
    assert finding.action


def test_a_day_without_sales_because_the_page_was_down_is_no_break_in_tracking(
    month: dict[str, pd.DataFrame],
) -> None:
    assert "act" not in set(analyse(WHERE, month).tables["tracking"]["state"])


def test_an_unusual_day_of_small_change_is_in_the_table_but_not_told() -> None:
    small = {"display": (1.0, 2.0, 0.004, 0.5, 0.02, 80.0)}
    daily = pd.concat(
        [
            channel_daily("2026-08-01", "2026-09-30", **small),
            channel_daily("2026-10-01", "2026-10-31", **small),
        ]
    )
    burst = daily["channel"].eq("display") & daily["date"].eq(pd.Timestamp("2026-10-14"))
    daily.loc[burst, "impressions"] *= 5
    result = analyse(campaign(), tables(channel_daily=daily))
    assert result.tables["incidents"]["share_of_day"].max() < 0.02
    assert not [finding for finding in result.findings if "incident" in finding.id]


def test_a_quiet_month_has_nothing_to_decide() -> None:
    moments = pd.date_range("2026-10-01", "2026-10-31 23:00", freq="h")
    checks = filled(
        "site_checks", [{"page_id": "sale", "checked_at": moment, "up": 1.0} for moment in moments]
    )
    where = campaign(
        budget=dict.fromkeys(("search", "social", "display"), 31 * 100 * (1 + 0.2 * 9 / 31))
    )
    result = analyse(where, tables(channel_daily=three_months(), site_checks=checks))
    assert [finding.severity for finding in result.findings] == ["good"]


INCIDENT = "monitoring.incident.2026-10-14"


def changed(channel: str, **factors: float) -> dict[str, pd.DataFrame]:
    """Three months in which a channel's columns are so much larger on 14 October."""
    daily = three_months()
    that_day = daily["channel"].eq(channel) & daily["date"].eq("2026-10-14")
    for column, factor in factors.items():
        daily.loc[that_day, column] *= factor
    return tables(channel_daily=daily)


@pytest.mark.parametrize(
    ("factors", "cause"),
    [
        ({"conversions": 0.1, "orders": 0.1, "revenue": 0.1}, "tracking"),
        ({"conversions": 0.3, "orders": 0.3, "revenue": 0.3}, "unknown"),
        ({"clicks": 0.1, "conversions": 0.1, "orders": 0.1, "revenue": 0.1}, "unknown"),
        ({"clicks": 5.0, "revenue": 1.1}, "clicks_without_result"),
        ({"clicks": 5.0, "conversions": 3.0, "orders": 3.0, "revenue": 3.0}, "unknown"),
        ({"impressions": 9.0, "spend": 3.0, "revenue": 1.1}, "spend_changed"),
        ({"impressions": 9.0, "revenue": 1.1}, "unknown"),
    ],
)
def test_an_unusual_day_is_told_with_the_cause_that_its_other_figures_bear_out(
    factors: dict[str, float], cause: str
) -> None:
    told = finding(analyse(campaign(), changed("search", **factors)), INCIDENT)
    assert told.clauses == ("day", cause)
    assert (told.severity == "act") is (cause == "tracking")
    assert told.action == ("check_tag" if cause == "tracking" else "")


def test_a_break_that_is_certain_is_told_once_with_its_days_and_what_was_due() -> None:
    daily = three_months()
    gone = daily["channel"].eq("search") & daily["date"].between("2026-10-13", "2026-10-15")
    daily.loc[gone, ["conversions", "orders", "revenue"]] *= 0.0
    result = analyse(campaign(), tables(channel_daily=daily))
    told = (
        "Search had clicks but no conversion from Oct 13, 2026 (days in a row: 3), where about"
        " 67.5 are usual: tracking may have broken."
    )
    assert told in said(result, "monitoring", campaign())
    remedy = (
        "Check the conversion tag of Search, and decide whether to recover what was not counted."
    )
    assert remedy in said(result, "monitoring", campaign())
    assert not [identifier for identifier in ids(result) if "incident" in identifier]


def test_days_in_a_row_are_told_only_where_tracking_is_surely_broken() -> None:
    small = {"search": (1.0, 10.0, 0.05, 0.9, 0.05, 100.0)}  # a conversion in four days
    daily = three_months(**small)
    gone = daily["channel"].eq("search") & daily["date"].between("2026-10-13", "2026-10-15")
    daily.loc[gone, ["conversions", "orders", "revenue"]] *= 0.0
    assert "monitoring.tracking.search" not in ids(analyse(campaign(), tables(channel_daily=daily)))


@pytest.mark.parametrize(
    ("budget", "is_missing"), [({}, True), ({"search": 0.0}, True), ({"search": 1.0}, False)]
)
def test_a_month_without_money_to_pace_says_so(
    budget: dict[str, float], *, is_missing: bool
) -> None:
    result = analyse(campaign(budget=budget), tables(channel_daily=three_months()))
    assert ("budget" in result.missing) is is_missing


@pytest.mark.parametrize(
    ("hidden", "told"),
    [
        ((), "revenue is $102.7k"),
        (("revenue",), "conversions: 1,040"),
        (("revenue", "conversions"), "clicks: 29,520"),
    ],
)
def test_of_the_results_the_most_telling_is_said(hidden: tuple[str, ...], told: str) -> None:
    daily = three_months().assign(**dict.fromkeys(hidden, np.nan))
    texts = said(analyse(campaign(), tables(channel_daily=daily)), "monitoring", campaign())
    results = ("revenue is $102.7k", "conversions: 1,040", "clicks: 29,520")
    (answer,) = [text for text in texts if text.startswith("Spend stands at")]
    assert [result for result in results if result in answer] == [told]


def test_an_outage_before_any_revenue_is_told_without_a_cost(
    month: dict[str, pd.DataFrame],
) -> None:
    unknown = month["channel_daily"].assign(revenue=np.nan)
    texts = said(analyse(WHERE, month | {"channel_daily": unknown}), "monitoring", WHERE)
    start = "Landing page sale was down for 720 minutes from Oct 14, 2026, 09:00"
    assert [text for text in texts if text.startswith(start)] == [f"{start}."]
    with_cost = said(analyse(WHERE, month), "monitoring", WHERE)
    assert f"{start}; revenue of up to $1,565 was at stake." in with_cost


CASES = {
    "platform only": without_site(three_months()),
    "no conversions": three_months().assign(conversions=np.nan, orders=np.nan, revenue=np.nan),
    "one week": channel_daily("2026-10-01", "2026-10-07"),
    "another month": channel_daily("2026-08-01", "2026-08-31"),
    "nothing": channel_daily("2026-10-01", "2026-10-01").iloc[:0],
}


@pytest.mark.parametrize("daily", CASES.values(), ids=CASES)
def test_whatever_is_missing_there_is_an_answer_in_both_languages(daily: pd.DataFrame) -> None:
    where = campaign()
    result = analyse(where, tables(channel_daily=daily))
    texts = said(result, "monitoring", where)
    assert texts
    assert not [text for text in texts if "–" in text or "nan" in text.lower()]
    assert not against_schema(result, "monitoring")


def test_the_whole_month_is_labelled_and_worded(month: dict[str, pd.DataFrame]) -> None:
    result = analyse(WHERE, month)
    assert not against_schema(result, "monitoring")
    assert not [text for text in said(result, "monitoring", WHERE) if "–" in text]
    assert all(finding.action for finding in result.findings if finding.severity == "act")


@pytest.mark.parametrize(("last_day", "ahead"), [("2026-10-15", True), ("2026-10-31", False)])
def test_forecast_of_spend_is_told_only_while_days_are_left(last_day: str, *, ahead: bool) -> None:
    daily = three_months()
    here = campaign(budget={"search": 9000.0})
    found = analyse(here, tables(channel_daily=daily[daily["date"] <= last_day])).findings
    [spent] = [one for one in found if one.id == "monitoring.pacing.search"]
    assert (spent.sentence == "pace_and_forecast") is ahead
    assert (spent.action == "adjust_daily_budget") is ahead


@pytest.mark.filterwarnings(*OF_LIBRARIES)
def test_contacts_that_stay_in_a_database_are_looked_at_there(
    month: dict[str, pd.DataFrame],
) -> None:
    whole = month | {"touchpoints": there()}
    reach = analyse(campaign(), whole).tables["freshness"].set_index("table")
    told = reach.loc["touchpoints"]
    assert (told["rows"], told["rows_in_period"]) == (13, 9)
    assert told["last_day"] == pd.Timestamp("2026-11-01")
