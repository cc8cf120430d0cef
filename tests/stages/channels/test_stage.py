"""Against channels of known return, and against every kind of missing table."""

import numpy as np
import pandas as pd
import pytest

from playbook.stages.channels.stage import analyse
from tests.stages.shop import (
    against_schema,
    campaign,
    filled,
    finding,
    ids,
    said,
    tables,
    three_months,
    without_site,
)

RETURN = {"search": 22.5, "social": 7.2, "display": 1.6}


def _with_email(daily: pd.DataFrame) -> pd.DataFrame:
    rows = [
        {"date": day, "channel": "email", "visits": 100.0, "orders": 5.0, "revenue": 500.0}
        for day in pd.date_range("2026-10-01", "2026-10-31")
    ]
    return pd.concat([daily, filled("channel_daily", rows)], ignore_index=True)


def test_the_answer_names_best_and_worst_and_asks_for_a_decision() -> None:
    where = campaign()
    answer = analyse(where, tables(channel_daily=three_months())).findings[0]
    assert (answer.severity, answer.id) == ("act", "channels.answer")
    both = said(analyse(where, tables(channel_daily=three_months())), "channels", where)
    assert any("Search returns most (22.50), Display least (1.60)" in text for text in both)


def test_revenue_of_a_channel_without_spend_is_not_divided_by_others_money() -> None:
    result = analyse(campaign(), tables(channel_daily=_with_email(three_months())))
    total = result.tables["total"].set_index("kpi")["actual"]
    assert total["roas"] == pytest.approx(sum(RETURN.values()) / 3)
    assert total["revenue"] > total["roas"] * total["spend"]
    assert "email" not in set(result.tables["returns"]["channel"])


def test_a_channel_of_small_change_is_not_the_worst_of_all() -> None:
    daily = three_months(display=(0.1, 2.0, 0.004, 0.5, 0.02, 80.0))
    texts = said(analyse(campaign(), tables(channel_daily=daily)), "channels", campaign())
    assert any("Social least (7.20)" in text for text in texts)


def test_more_conversions_than_clicks_are_explained() -> None:
    daily = three_months()
    daily["conversions"] = (
        daily["conversions"] * 25
    )  # 4.5 % of social's clicks become 90 %, 4.5 % of search's 112 %
    ids = {finding.id for finding in analyse(campaign(), tables(channel_daily=daily)).findings}
    assert "channels.beyond-one.search" in ids
    assert "channels.beyond-one.social" not in ids


def test_a_platform_that_claims_two_for_each_order_is_named() -> None:
    daily = three_months()
    twice = daily["channel"].eq("display")
    daily.loc[twice, "conversions"] *= 2
    result = analyse(campaign(), tables(channel_daily=daily))
    claims = result.tables["channels"].set_index("channel")["claims_per_order"]
    assert claims.to_dict() == pytest.approx({"search": 1.0, "social": 1.0, "display": 2.0})
    assert "channels.claimed.display" in {finding.id for finding in result.findings}


def test_without_a_margin_nothing_is_called_a_loss() -> None:
    result = analyse(campaign(business={}), tables(channel_daily=three_months()))
    assert set(result.tables["returns"]["verdict"]) == {"no_margin"}
    assert "margin" in result.missing


def paths(with_display: int) -> pd.DataFrame:
    """Eight buyers' paths: first display or social, then search."""
    moments = pd.date_range("2026-10-05", periods=8, freq="h")
    rows = [
        {
            "user_id": f"u{number}",
            "touched_at": moment + pd.Timedelta(minutes=minute),
            "channel": channel,
            "kind": kind,
        }
        for number, moment in enumerate(moments)
        for minute, channel, kind in (
            (0, "display" if number < with_display else "social", "click"),
            (1, "search", "click"),
            (2, "(none)", "conversion"),
        )
    ]
    return filled("touchpoints", rows)


def test_a_platform_that_claims_more_than_paths_show_is_disputed() -> None:
    """Display claims a quarter of all conversions; on one path of eight it is half of a sixteenth."""
    daily = three_months()
    display = daily["channel"].eq("display")
    daily.loc[display, ["conversions", "orders"]] *= 5  # 10 of 10 + 22.5 + 7.2 a day
    result = analyse(campaign(), tables(channel_daily=daily, touchpoints=paths(with_display=1)))
    table = result.tables["attribution"].set_index("channel")
    assert table["last_touch"].to_dict() == {"display": 0.0, "search": 8.0, "social": 0.0}
    assert table.loc["display", "linear_share"] == pytest.approx(1 / 16)
    assert table.loc["display", "platform_share"] == pytest.approx(10 / (22.5 + 7.2 + 10))
    assert finding(result, "channels.disputed.display").weight == pytest.approx(10 / 39.7 - 1 / 16)
    assert "channels.disputed.social" not in ids(result)


def test_a_platform_whose_paths_bear_out_its_claim_is_not_disputed() -> None:
    """Display claims 2 of 31.7 conversions; on one path of eight it is one contact of sixteen."""
    result = analyse(
        campaign(), tables(channel_daily=three_months(), touchpoints=paths(with_display=1))
    )
    assert result.tables["attribution"].set_index("channel").loc[
        "display", "platform_share"
    ] == pytest.approx(2 / (22.5 + 7.2 + 2))
    assert not [identifier for identifier in ids(result) if "disputed" in identifier]


def test_of_a_single_channel_no_best_and_no_worst_is_named() -> None:
    daily = three_months()
    only = analyse(campaign(), tables(channel_daily=daily[daily["channel"].eq("search")]))
    assert finding(only, "channels.answer").sentence == "answer"
    assert (
        "Revenue came to $73,800; the channels with spend cost $3,280 and returned 22.50 for each"
        " unit of it." in said(only, "channels", campaign())
    )
    two = analyse(campaign(), tables(channel_daily=daily[daily["channel"].ne("display")]))
    assert finding(two, "channels.answer").sentence == "answer_of_several"


COLUMNS = {
    "spend",
    "revenue",
    "orders",
    "conversions",
    "visits",
    "bounces",
    "clicks",
    "impressions",
}
NO_RETURN = "; no channel has both spend and revenue, so no return can be computed."
SPEND, VISITS = (
    "pend came to $9,840",
    "isits: 23,944",
)  # 3 x 100 and 730 a day, for 22 + 9 x 1.2 days


@pytest.mark.parametrize(
    ("known", "answer"),
    [
        ("spend conversions clicks", f"S{SPEND}; conversions: 1,040; a conversion cost $9.46"),
        ("spend clicks", f"S{SPEND}; clicks: 29,520; a click cost $0.33"),
        ("spend visits clicks", f"S{SPEND}; v{VISITS}"),
        ("spend impressions", f"S{SPEND}; impressions: 2.62M"),
        ("spend", f"S{SPEND}"),
        ("revenue conversions", "Revenue came to $102.7k; conversions: 1,040"),
        ("conversions visits", "Conversions: 1,040"),
        ("visits clicks", f"V{VISITS}"),
        ("clicks impressions", "Clicks: 29,520"),
        ("impressions", "Impressions: 2.62M"),
    ],
)
def test_without_a_return_what_is_known_is_said_and_nothing_else(known: str, answer: str) -> None:
    hidden = dict.fromkeys(COLUMNS - set(known.split()), np.nan)
    result = analyse(campaign(), tables(channel_daily=three_months().assign(**hidden)))
    assert answer + NO_RETURN in said(result, "channels", campaign())


def test_conversions_that_are_known_to_be_none_are_said() -> None:
    daily = three_months().assign(revenue=np.nan, orders=np.nan, visits=np.nan)
    none = daily.assign(conversions=daily["conversions"] * 0)
    texts = said(analyse(campaign(), tables(channel_daily=none)), "channels", campaign())
    assert f"Spend came to $9,840; conversions: 0{NO_RETURN}" in texts


def test_spend_of_one_channel_and_revenue_of_another_make_no_return_and_both_are_said() -> None:
    daily = three_months().assign(revenue=np.nan, orders=np.nan)
    result = analyse(campaign(), tables(channel_daily=_with_email(daily)))
    assert finding(result, "channels.answer").clauses == (
        "spend",
        "revenue",
        "conversions",
        "cpa",
        "no_return",
    )


CASES = {
    "everything": three_months(),
    "platform only": without_site(three_months()).assign(
        revenue=lambda rows: rows["conversions"] * 100
    ),
    "no revenue": three_months().assign(revenue=np.nan),
    "no spend": three_months().assign(spend=np.nan),
    "only clicks": three_months().assign(
        **dict.fromkeys(
            ["spend", "revenue", "orders", "conversions", "visits", "bounces", "impressions"],
            np.nan,
        )
    ),
    "one week": three_months()[lambda rows: rows["date"].between("2026-10-01", "2026-10-07")],
    "another month": three_months()[lambda rows: rows["date"] < "2026-09-01"],
    "nothing": three_months().iloc[:0],
}


@pytest.mark.parametrize("daily", CASES.values(), ids=CASES)
def test_whatever_is_missing_there_is_an_answer_in_both_languages(daily: pd.DataFrame) -> None:
    where = campaign()
    result = analyse(where, tables(channel_daily=daily))
    texts = said(result, "channels", where)
    assert texts
    assert not [text for text in texts if "–" in text or "nan" in text.lower()]
    assert not against_schema(result, "channels")


def test_the_findings_are_few_and_have_an_action_where_somebody_must_decide() -> None:
    findings = analyse(campaign(), tables(channel_daily=three_months())).findings
    assert len(findings) <= 9
    assert all(finding.action for finding in findings if finding.severity == "act")


def test_inputs_are_left_as_they_are() -> None:
    given = tables(channel_daily=three_months())
    before = {name: table.copy() for name, table in given.items()}
    analyse(campaign(), given)
    for name, table in given.items():
        pd.testing.assert_frame_equal(table, before[name])


@pytest.mark.parametrize(
    ("spend", "cpm", "is_told"), [(100.0, 6.05, True), (100.0, 5.95, False), (1.0, 10.0, False)]
)
def test_a_conversion_that_got_dearer_by_a_fifth_is_told_where_spend_is_real(
    spend: float, cpm: float, is_told: bool
) -> None:
    """Social's thousand impressions cost 5 before; of 1 a day it has less than a fiftieth."""
    daily = three_months(social=(spend, cpm, 0.01, 0.9, 0.04, 100.0))
    where = campaign()
    result = analyse(where, tables(channel_daily=daily))
    assert ("channels.dearer.social" in ids(result)) == is_told
    told = [text for text in said(result, "channels", where) if "last period (+21" in text]
    assert bool(told) == is_told
