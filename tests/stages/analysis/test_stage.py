"""Against a planted fall of one channel's conversion rate, goals, and three experiments."""

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest

from playbook.stages.analysis.stage import against_plan, analyse, summary, with_incidents
from playbook.stages.shared.months import months
from tests.stages.experiments.made import PLAN, UNITS
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

FALLEN = three_months(search=(100.0, 10.0, 0.05, 0.9, 0.04, 100.0))  # CVR from 5 % to 4 %
GOALS = {
    "sales": {
        "name": "Sales",
        "kpi": "revenue",
        "target": 200_000.0,
        "deadline": "2026-10-31",
        "owner": "s01",
    },
    "return": {
        "name": "Return",
        "kpi": "roas",
        "target": 5.0,
        "deadline": "2026-12-31",
        "owner": "s01",
    },
}


def test_the_planted_cause_is_the_largest_and_is_told() -> None:
    where = campaign()
    result = analyse(where, tables(channel_daily=FALLEN))
    first = result.tables["causes"].iloc[0]
    assert (first["cause"], first["certainty"]) == ("search:order_rate", "clear")
    assert (first["previous"], first["actual"]) == (pytest.approx(0.05), pytest.approx(0.04))
    assert any("Orders per visit of Search" in text for text in said(result, "analysis", where))


def test_the_effects_add_up_to_the_change_of_the_summary() -> None:
    tables_ = analyse(campaign(), tables(channel_daily=FALLEN)).tables
    change = tables_["summary"].set_index("measure").loc["revenue_change", "value"]
    assert tables_["effects"]["effect"].sum() == pytest.approx(change, rel=1e-9)
    assert tables_["causes"]["effect"].sum() == pytest.approx(change, rel=1e-9)


def test_an_unusual_day_that_fits_stands_beside_its_cause() -> None:
    broken = three_months()
    gone = broken["channel"].eq("search") & broken["date"].between("2026-10-14", "2026-10-17")
    for column in ("conversions", "orders", "revenue"):
        broken.loc[gone & broken[column].notna(), column] = 0.0
    row = (
        analyse(campaign(), tables(channel_daily=broken))
        .tables["causes"]
        .set_index("cause")
        .loc["search:order_rate"]
    )
    assert row["incident_cause"] == "tracking"
    assert row["incident_day"] in pd.date_range("2026-10-14", "2026-10-17")


def test_goals_are_counted_and_the_missed_one_is_for_its_owner() -> None:
    where = campaign(goals=GOALS)
    result = analyse(where, tables(channel_daily=FALLEN))
    assert result.findings[0].severity == "act"
    assert "Of 2 goals 1 are reached or on track" in " ".join(said(result, "analysis", where))
    assert "Have s01 propose a remedy, or change the target." in said(result, "analysis", where)


def test_against_the_plan_spend_and_return_make_up_the_gap() -> None:
    _, now, before = months(campaign(), three_months(search=(200.0, 10.0, 0.05, 0.9, 0.04, 100.0)))
    row = against_plan(campaign(), now, before).set_index("channel").loc["search"]
    assert row["expected_revenue"] == pytest.approx(3267 * 22.5)
    assert row["spend_effect"] == pytest.approx((row["spend"] - 3267) * 22.5)
    assert row["return_effect"] == pytest.approx(row["spend"] * (18 - 22.5))
    assert row["spend_effect"] + row["return_effect"] == pytest.approx(row["revenue_gap"])


def test_experiments_reach_the_findings_and_the_actions() -> None:
    where = campaign(experiments={"button": PLAN | {"name": {"zh": "按钮", "en": "Button"}}})
    result = analyse(where, tables(channel_daily=three_months(), experiment_units=UNITS))
    assert any(
        text.startswith("Experiment “Button”: ship it.") for text in said(result, "analysis", where)
    )
    assert "experiment_ship" in set(result.tables["actions"]["action"])
    assert not against_schema(result, "analysis")


def test_an_experiment_that_cannot_be_judged_is_named_with_its_reason() -> None:
    clicked = PLAN | {"metrics": [{"name": "clicked", "kind": "rate", "role": "primary"}]}
    where = campaign(experiments={"absent": PLAN, "button": clicked, "nothing": PLAN})
    result = analyse(where, tables(channel_daily=three_months(), experiment_units=UNITS))
    named = {part: gap for part, gap in result.missing.items() if part.startswith("experiment")}
    assert set(named) == {"experiment_without_data.absent", "experiment_unusable.button"}
    assert named["experiment_without_data.absent"] == {"experiment": "absent"}
    assert "clicked" in named["experiment_unusable.button"]["problem"]


CASES = {
    "everything": FALLEN,
    "platform only": without_site(FALLEN).assign(revenue=lambda rows: rows["conversions"] * 100),
    "no revenue": FALLEN.assign(revenue=np.nan),
    "only spend": FALLEN.assign(
        **dict.fromkeys(["revenue", "orders", "conversions", "visits", "clicks"], np.nan)
    ),
    "first month": channel_daily("2026-10-01", "2026-10-31"),
    "one week each": FALLEN[FALLEN["date"].dt.day <= 7],
    "nothing": FALLEN.iloc[:0],
}


@pytest.mark.parametrize("daily", CASES.values(), ids=CASES)
@pytest.mark.parametrize("goals", [{}, GOALS], ids=["no goals", "goals"])
def test_whatever_is_missing_there_is_an_answer_in_both_languages(
    daily: pd.DataFrame, goals: dict[str, Any]
) -> None:
    where = campaign(goals=goals)
    result = analyse(where, tables(channel_daily=daily))
    texts = said(result, "analysis", where)
    assert texts
    assert not [text for text in texts if "–" in text or "nan" in text.lower()]
    assert not [
        text
        for words in result.missing.values()
        for text in words.values()
        if re.search(r"\d", text)
    ]
    assert not against_schema(result, "analysis")
    assert all(finding.action for finding in result.findings if finding.severity == "act")


def causes(*rows: tuple[str, str, float]) -> pd.DataFrame:
    """Causes by channel, step and effect."""
    return pd.DataFrame(rows, columns=["channel", "step", "effect"])


def unusual(*rows: tuple[str, str, str, float, str]) -> pd.DataFrame:
    """Unusual days: day of October, channel, KPI, score, cause."""
    found = pd.DataFrame(rows, columns=["date", "channel", "kpi", "score", "cause"])
    return found.assign(date=pd.to_datetime("2026-10-" + found["date"]))


def test_the_strongest_day_of_the_same_channel_step_and_direction_explains_a_cause() -> None:
    days = unusual(
        ("03", "search", "revenue", -5.0, "tracking"),
        ("04", "search", "revenue", -9.0, "page_down"),
        ("05", "search", "revenue", -20.0, "unknown"),
        ("06", "search", "revenue", 30.0, "spend_changed"),
        ("07", "social", "revenue", -30.0, "tracking"),
        ("08", "search", "clicks", -30.0, "spend_changed"),
    )
    found = with_incidents(
        causes(("search", "aov", -10.0), ("search", "ctr", 10.0), ("search", "mix", -10.0)), days
    )
    assert found["incident_cause"].tolist() == ["page_down", "", ""]
    assert found["incident_day"].tolist()[0] == pd.Timestamp("2026-10-04")
    assert found["incident_day"].isna().tolist() == [False, True, True]


def test_the_summary_counts_goals_and_adds_up_what_is_known() -> None:
    goals = pd.DataFrame({"state": ["good", "act", "act", "watch"]})
    now = pd.DataFrame(
        {"revenue": [10.0, np.nan], "conversions": [np.nan, np.nan], "spend": [3.0, 4.0]}
    )
    before = now.assign(revenue=[4.0, 5.0])
    values = summary(goals, now, before).set_index("measure")["value"].to_dict()
    assert values == {
        "goals": 4,
        "goals_good": 1,
        "goals_missed": 2,
        "revenue": 10,
        "previous_revenue": 9,
        "revenue_change": 1,
        "spend": 7,
    }
    assert "goals" not in summary(goals.iloc[:0], now, before)["measure"].to_list()


def test_a_channel_without_spend_last_period_has_no_expected_revenue() -> None:
    _, now, before = months(campaign(), three_months())
    unspent = before.assign(spend=before["spend"].where(before["channel"].ne("social"), 0.0))
    where = campaign(budget={"search": 100.0, "social": 100.0, "display": 0.0, "email": 50.0})
    table = against_plan(where, now, unspent).set_index("channel")
    assert table.index.to_list() == ["search", "social", "email"]
    assert np.isnan(table.loc["social", "expected_revenue"])
    assert table.loc["search", "expected_revenue"] == pytest.approx(2250.0)
    assert np.isnan(table.loc["email", "spend"])


def changed_everywhere() -> pd.DataFrame:
    """October in which all three channels do worse in every step."""
    return three_months(
        search=(70.0, 14.0, 0.03, 0.7, 0.03, 70.0),
        social=(70.0, 8.0, 0.006, 0.7, 0.02, 70.0),
        display=(70.0, 4.0, 0.002, 0.3, 0.01, 60.0),
    )


def test_four_causes_are_told_and_eight_are_shown() -> None:
    found = analyse(campaign(), tables(channel_daily=changed_everywhere()))
    told = [one for one in found.findings if one.id.startswith("analysis.cause.")]
    assert len(told) == 4
    assert len(found.tables["top_causes"]) == 8
    assert len(found.tables["causes"]) > 8
    largest = found.tables["causes"]["cause"].head(4)
    assert {one.id.removeprefix("analysis.cause.") for one in told} == set(largest)


def test_a_cause_below_a_fiftieth_of_last_revenue_is_not_told() -> None:
    found = analyse(campaign(), tables(channel_daily=changed_everywhere()))
    least = 0.02 * found.tables["summary"].set_index("measure").loc["previous_revenue", "value"]
    table = found.tables["causes"]
    small = table.loc[table["effect"].abs().lt(least), "cause"]
    assert len(small)
    assert not {f"analysis.cause.{cause}" for cause in small} & {one.id for one in found.findings}


def test_a_fall_is_to_be_watched_and_a_rise_is_good() -> None:
    fall = analyse(campaign(), tables(channel_daily=FALLEN))
    rise = analyse(
        campaign(),
        tables(channel_daily=three_months(search=(100.0, 10.0, 0.05, 0.9, 0.06, 100.0))),
    )
    severities = [
        next(one.severity for one in found.findings if one.id == "analysis.cause.search:order_rate")
        for found in (fall, rise)
    ]
    assert severities == ["watch", "good"]


def test_the_answer_is_good_where_every_goal_is_and_is_for_the_owner_to_decide() -> None:
    easy = {"sales": GOALS["sales"] | {"target": 1000.0}}
    good, missed, none = (
        analyse(campaign(goals=goals), tables(channel_daily=FALLEN)).findings[0]
        for goals in (easy, {"sales": GOALS["sales"]}, {})
    )
    assert [one.severity for one in (good, missed, none)] == ["good", "act", "watch"]
    assert (good.action, none.action) == ("owner_decides", "decide")


def test_a_missed_goal_with_nothing_to_change_is_to_be_caught_up() -> None:
    cost = {"kpi": "revenue", "target": 1e9, "deadline": "2026-12-31", "start": "2026-10-01"}
    where = campaign(goals={"sales": GOALS["sales"] | cost}, budget={})
    behind = analyse(where, tables(channel_daily=FALLEN))
    assert behind.tables["agenda"].empty
    assert behind.findings[0].action == "catch_up"
    fine = analyse(campaign(budget={}), tables(channel_daily=FALLEN))
    assert fine.findings[0].action == ""


def test_a_heavier_goal_missed_by_more_comes_first() -> None:
    goals = {
        name: GOALS["sales"] | {"weight": weight, "target": target}
        for name, weight, target in (("light", 1.0, 1e6), ("heavy", 3.0, 1e6), ("near", 3.0, 1.3e5))
    }
    found = analyse(campaign(goals=goals), tables(channel_daily=FALLEN))
    missed = {one.id: one.weight for one in found.findings if one.id.startswith("analysis.goal.")}
    attainment = found.tables["targets"].set_index("goal")["attainment"]
    assert missed["analysis.goal.heavy"] == pytest.approx(3 * (1 - attainment["heavy"]))
    assert missed["analysis.goal.heavy"] > missed["analysis.goal.light"]


def test_the_step_of_budget_is_told_with_its_money_as_weight() -> None:
    found = analyse(campaign(), tables(channel_daily=three_months()))
    (moved,) = [one for one in found.findings if one.id.startswith("analysis.budget.")]
    assert (moved.id, moved.weight) == ("analysis.budget.search", pytest.approx(326.7))


@pytest.mark.parametrize(
    ("daily", "missing"),
    [
        (FALLEN.iloc[:0], {"goals", "channel_daily", "plan", "experiments"}),
        (channel_daily("2026-10-01", "2026-10-31"), {"goals", "previous", "experiments"}),
        (FALLEN.assign(revenue=np.nan), {"goals", "revenue", "experiments"}),
        (FALLEN, {"goals", "experiments"}),
    ],
    ids=["nothing", "first month", "no revenue", "everything"],
)
def test_what_is_missing_is_named_once_by_its_cause(daily: pd.DataFrame, missing: set[str]) -> None:
    where = campaign(budget={} if daily.empty else campaign().budget)
    assert set(analyse(where, tables(channel_daily=daily)).missing) == missing


def test_the_answer_tells_the_change_of_revenue_with_its_sign() -> None:
    found = analyse(campaign(), tables(channel_daily=FALLEN)).findings[0].evidence
    assert found["revenue_change"] != found["revenue"]
    assert found["revenue_change"].signed
    assert not found["revenue"].signed


def on(daily: pd.DataFrame, channel: str, day: str) -> pd.Series:
    return daily["channel"].eq(channel) & daily["date"].eq(day)


def clauses(where: dict[str, pd.DataFrame], cause: str) -> tuple[str, ...]:
    return finding(analyse(campaign(), where), f"analysis.cause.{cause}").clauses


def without_results(share: float) -> pd.DataFrame:
    """Search converts worse all October, and on the 14th sells a share of that only."""
    return FALLEN.assign(
        **{
            column: FALLEN[column].where(
                ~on(FALLEN, "search", "2026-10-14"), FALLEN[column] * share
            )
            for column in ("conversions", "orders", "revenue")
        }
    )


def test_a_fall_of_orders_on_normal_clicks_is_told_with_the_suspicion_of_tracking() -> None:
    gone = tables(channel_daily=without_results(0.0))
    assert clauses(gone, "search:order_rate") == ("moved_from_to", "tracking")
    fewer = tables(channel_daily=without_results(0.3))
    assert clauses(fewer, "search:order_rate") == ("moved_from_to",)


def test_a_fall_of_orders_on_the_day_of_an_outage_is_told_with_the_page() -> None:
    moments = pd.date_range("2026-10-14 09:00", "2026-10-14 21:00", freq="30min")
    checks = filled(
        "site_checks", [{"page_id": "sale", "checked_at": moment, "up": 0.0} for moment in moments]
    )
    gone = tables(channel_daily=without_results(0.0), site_checks=checks)
    assert clauses(gone, "search:order_rate") == ("moved_from_to", "page_down")
    day_after = checks.assign(checked_at=checks["checked_at"] + pd.Timedelta(days=1))
    late = gone | {"site_checks": day_after}
    assert clauses(late, "search:order_rate") == ("moved_from_to", "tracking")


def test_more_clicks_without_more_results_stand_beside_the_better_click_through_rate() -> None:
    burst = three_months(search=(100.0, 10.0, 0.06, 0.9, 0.05, 100.0))
    that_day = on(burst, "search", "2026-10-14")
    burst.loc[that_day, "clicks"] *= 3
    assert clauses(tables(channel_daily=burst), "search:ctr") == (
        "moved_from_to",
        "clicks_without_result",
    )
    followed = burst.copy()
    followed.loc[that_day, ["conversions", "orders", "revenue"]] *= 3
    assert clauses(tables(channel_daily=followed), "search:ctr") == ("moved_from_to",)


def test_a_channel_that_began_moved_revenue_from_no_level_to_no_level() -> None:
    daily = three_months()
    new = daily[~(daily["channel"].eq("social") & (daily["date"] < "2026-10-01"))]
    found = analyse(campaign(), tables(channel_daily=new))
    assert finding(found, "analysis.cause.social:started").clauses == ("moved",)
    whole = 7.2 * 100 * (22 + 9 * 1.2)
    told = said(found, "analysis", campaign())
    assert f"Start of Social moved revenue by +${whole:,.0f}." in told
    assert "analysis.cause.social:started" not in ids(
        analyse(campaign(), tables(channel_daily=daily))
    )


def test_the_answer_names_one_cause() -> None:
    answer = analyse(campaign(), tables(channel_daily=changed_everywhere())).findings[0]
    assert len([clause for clause in answer.clauses if clause.startswith("largest_cause")]) == 1


def test_a_budget_however_small_is_held_against_its_spend() -> None:
    _, now, before = months(campaign(), three_months())
    table = against_plan(campaign(budget={"search": 0.5, "social": 0.0}), now, before)
    assert table["channel"].to_list() == ["search"]


def test_a_sure_but_small_cause_is_shown_and_not_told() -> None:
    cheaper = three_months(display=(100.0, 2.0, 0.004, 0.5, 0.02, 70.0))
    found = analyse(campaign(), tables(channel_daily=cheaper))
    row = found.tables["causes"].set_index("cause").loc["display:aov"]
    assert row["certainty"] == "clear"
    assert row["effect"] < 0
    assert "analysis.cause.display:aov" not in {one.id for one in found.findings}
