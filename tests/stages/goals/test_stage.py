"""Stage 1, against goals, forecasts and shares worked by hand on the shop of `shop.py`."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from playbook.params import Campaign
from playbook.stages.goals.audience import answers, people_asked, profile, straight_liners
from playbook.stages.goals.smart import RULES
from playbook.stages.goals.stage import analyse
from tests.stages.shop import (
    FUNNELS,
    against_schema,
    campaign,
    channel_daily,
    filled,
    said,
    tables,
    three_months,
)

AUGUST, OCTOBER = "2026-08-01", "2026-10-31"
OCTOBER_DAYS = 22 + 9 * 1.2
"""Twenty-two weekdays and nine days of weekends, a fifth larger."""


def goal(**changes: Any) -> dict[str, Any]:
    """A sound goal: October's revenue."""
    return {
        "name": "Revenue",
        "kpi": "revenue",
        "target": 100000.0,
        "deadline": OCTOBER,
        "owner": "s01",
        "relevant_to": "the year",
    } | changes


def with_goals(**goals: dict[str, Any]) -> Campaign:
    return campaign(goals=goals)


def revenue_a_day() -> float:
    return sum(
        spend / cpm * 1000 * ctr * rate * cvr * aov
        for spend, cpm, ctr, rate, cvr, aov in FUNNELS.values()
    )


def aim(where: Campaign, daily: pd.DataFrame, which: str = "g") -> pd.Series:
    return analyse(where, tables(channel_daily=daily)).tables["aims"].set_index("goal").loc[which]


def fixes(where: Campaign, daily: pd.DataFrame) -> list[str]:
    return analyse(where, tables(channel_daily=daily)).tables["fixes"]["fix"].tolist()


def survey(**columns: list[Any]) -> pd.DataFrame:
    n = len(next(iter(columns.values())))
    rows = pd.DataFrame({"person_id": [f"p{one}" for one in range(n)]} | columns)
    return filled("audience", rows.to_dict("records"))


def test_a_goal_counts_its_own_days_of_all_sources() -> None:
    found = aim(with_goals(g=goal()), three_months())
    assert found["actual"] == pytest.approx(revenue_a_day() * OCTOBER_DAYS)
    assert found["outlook"] == "reached"


def test_a_goal_with_a_channel_counts_that_channel_only() -> None:
    found = aim(with_goals(g=goal(channel="social", kpi="cvr", target=0.05)), three_months())
    assert found["actual"] == pytest.approx(0.04)  # all channels together have another rate
    assert found["attainment"] == pytest.approx(0.8)
    assert (found["outlook"], found["state"]) == ("missed", "act")


def test_where_lower_is_better_the_target_is_divided_by_the_actual() -> None:
    found = aim(with_goals(g=goal(kpi="cpm", channel="search", target=12.0)), three_months())
    assert found["attainment"] == pytest.approx(12 / 10)
    assert found["outlook"] == "reached"


def test_a_baseline_without_one_set_is_the_month_before_brought_to_the_goals_days() -> None:
    found = aim(with_goals(g=goal()), three_months())
    september = revenue_a_day() * (22 + 8 * 1.2)
    assert found["baseline"] == pytest.approx(september * 31 / 30)
    assert found["baseline_from"] == "history"


def test_a_ratios_baseline_is_not_scaled_by_days() -> None:
    assert aim(with_goals(g=goal(kpi="cpm", channel="search")), three_months())[
        "baseline"
    ] == pytest.approx(10)


def test_a_baseline_that_is_set_stands() -> None:
    found = aim(with_goals(g=goal(baseline=80000.0)), three_months())
    assert (found["baseline"], found["baseline_from"]) == (80000.0, "set")
    assert found["target_change"] == pytest.approx(0.25)


def test_a_running_goal_is_carried_to_its_deadline_weekday_by_weekday() -> None:
    daily = channel_daily(AUGUST, OCTOBER)
    found = aim(with_goals(g=goal(deadline="2026-11-06")), daily)
    ahead = revenue_a_day() * (5 + 1 * 1.2)  # Sunday 1 to Friday 6 November
    assert found["forecast"] == pytest.approx(found["actual"] + ahead)
    assert found["days_left"] == 6


def test_a_running_ratio_is_forecast_from_its_sums_and_not_as_a_mean_of_ratios() -> None:
    dear = (
        300.0,
        30.0,
        0.05,
        0.9,
        0.05,
        100.0,
    )  # from 18 October three times the spend for the same impressions
    daily = pd.concat(
        [channel_daily(AUGUST, "2026-10-17"), channel_daily("2026-10-18", OCTOBER, search=dear)]
    )
    found = aim(
        with_goals(g=goal(kpi="cpm", channel="search", target=12.0, deadline="2026-11-14")), daily
    )
    days = pd.date_range("2026-10-01", "2026-11-14")
    size = np.where(days.day_of_week >= 5, 1.2, 1.0)
    late = days >= "2026-10-18"
    spend = size * np.where(late, 300, 100)
    assert found["forecast"] == pytest.approx(spend.sum() / (size * 10000).sum() * 1000, rel=0.02)
    assert found["outlook"] == "off_pace"


def test_a_goal_whose_data_end_early_is_forecast_from_the_last_day_with_data() -> None:
    found = aim(with_goals(g=goal(deadline="2026-11-06")), channel_daily(AUGUST, "2026-10-20"))
    whole = aim(with_goals(g=goal(deadline="2026-11-06")), channel_daily(AUGUST, OCTOBER))
    assert found["forecast"] == pytest.approx(whole["forecast"])
    assert found["actual"] < whole["actual"]


def test_a_plan_is_missed_on_both_sides() -> None:
    spent = 100 * OCTOBER_DAYS
    low, high = (
        goal(kpi="spend", channel="search", target=spent * factor) for factor in (0.7, 1.5)
    )
    states = [aim(with_goals(g=one), three_months())["state"] for one in (low, high)]
    assert states == ["act", "act"]
    assert (
        aim(with_goals(g=goal(kpi="spend", channel="search", target=spent)), three_months())[
            "state"
        ]
        == "good"
    )


def test_a_goal_that_begins_later_is_not_judged() -> None:
    found = aim(with_goals(g=goal(start="2026-11-01", deadline="2026-11-30")), three_months())
    assert found["outlook"] == "not_begun"
    assert np.isnan(found["actual"])


def test_the_best_week_is_the_best_whole_week_before_the_start() -> None:
    found = aim(with_goals(g=goal()), three_months())
    assert found["best_week"] == pytest.approx(revenue_a_day() * (5 + 2 * 1.2))


def test_a_sound_goal_meets_all_five_rules() -> None:
    where = with_goals(
        g=goal(target=102300.0)
    )  # between the baseline of 102 205 and the best week, which makes 102 574 a month
    checked = analyse(where, tables(channel_daily=three_months())).tables["smart"]
    assert checked[list(RULES)].iloc[0].tolist() == ["yes"] * 5
    assert checked["state"].tolist() == ["good"]


@pytest.mark.parametrize(
    ("changes", "fix"),
    [
        ({"target": 500000.0}, "above_best_week"),
        ({"target": 1000.0}, "below_baseline"),
        ({"kpi": "uptime"}, "no_data"),
        ({"relevant_to": " "}, "no_purpose"),
        ({"weight": 0.0}, "no_weight"),
        ({"start": "2026-08-01", "deadline": "2026-09-30"}, "already_over"),
        ({"start": "2026-08-01"}, "no_baseline"),
    ],
)
def test_each_broken_rule_names_what_mends_it(changes: dict[str, Any], fix: str) -> None:
    assert fix in fixes(with_goals(g=goal(**changes)), three_months())


def test_a_month_that_has_no_data_yet_can_still_be_measured() -> None:
    november = campaign(
        period="2026-11", goals={"g": goal(start="2026-11-01", deadline="2026-11-30", target=9e4)}
    )
    assert "no_data" not in fixes(november, three_months())


def test_an_owner_outside_the_team_makes_a_goal_unspecific() -> None:
    where = campaign(goals={"g": goal()}, team={"s09": {"role": "campaign"}})
    assert "unknown_owner" in fixes(where, three_months())


def test_two_goals_on_the_same_kpi_and_days_are_unspecific() -> None:
    assert fixes(with_goals(g=goal(), h=goal()), three_months()).count("same_twice") == 2


def test_short_history_leaves_open_whether_a_target_is_realistic() -> None:
    where = with_goals(g=goal(baseline=90000.0))
    found = analyse(where, tables(channel_daily=channel_daily("2026-09-10", OCTOBER)))
    assert found.tables["smart"]["achievable"].tolist() == ["unknown"]
    assert "history" in found.missing


def test_a_goal_heading_below_nine_tenths_asks_its_owner_to_act() -> None:
    found = analyse(
        with_goals(g=goal(target=250000.0, deadline="2026-11-15")),
        tables(channel_daily=channel_daily(AUGUST, OCTOBER)),
    )
    pace = next(one for one in found.findings if one.id == "goals.pace.g")
    assert pace.severity == "act"
    assert pace.action


def test_what_was_proposed_is_compared_with_the_parameters_and_with_what_happened() -> None:
    where = campaign(
        goals={"g": goal(target=90000.0), "h": goal(kpi="orders", target=800.0)},
        budget={"search": 3000.0},
    )
    proposal = {
        "goals": {"g": {"target": 90000.0}, "h": {"target": 700.0}, "gone": {"target": 1.0}},
        "budget": {"search": 3300.0},
    }
    actions = pd.DataFrame(
        {
            "action": ["raise_budget"],
            "object": ["search"],
            "kpi": ["spend"],
            "from_value": [3000.0],
            "to_value": [3300.0],
            "reason": ["higher_return"],
            "owner": ["s01"],
        }
    )
    found = analyse(where, tables(channel_daily=three_months()), proposal, actions)
    rows = found.tables["followed"].set_index("object")
    assert rows["followed"].to_dict() == {
        "g": "as_proposed",
        "h": "otherwise",
        "gone": "dropped",
        "search": "kept",
    }
    assert rows.loc["search", "actual"] == pytest.approx(100 * OCTOBER_DAYS)
    assert rows.loc["g", "actual"] == pytest.approx(revenue_a_day() * OCTOBER_DAYS)
    assert rows.loc["search", "reason"] == "higher_return"
    assert np.isnan(rows.loc["g", "from_value"])


def test_without_a_proposal_nothing_was_followed_and_it_says_so() -> None:
    found = analyse(with_goals(g=goal()), tables(channel_daily=three_months()))
    assert found.tables["followed"].empty
    assert "proposal" in found.missing


def test_shares_are_of_those_who_answered() -> None:
    people = people_asked(survey(age_band=["18-24", "18-24", "25-34", None]), pd.Timestamp(OCTOBER))
    first = profile(people).iloc[0]
    assert (first["answer"], first["people"], first["asked"]) == ("18-24", 2, 3)
    assert first["share"] == pytest.approx(2 / 3)  # of four people it would be a half


def test_the_interval_of_a_share_is_wilsons() -> None:
    people = people_asked(survey(gender=["f"] * 8 + ["m"] * 2), pd.Timestamp(OCTOBER))
    first = profile(people).iloc[0]
    assert (first["low"], first["high"]) == (
        pytest.approx(0.4902, abs=1e-4),
        pytest.approx(0.9433, abs=1e-4),
    )


def test_people_asked_after_the_period_do_not_count() -> None:
    days = [pd.Timestamp("2026-10-31"), pd.Timestamp("2026-11-01"), pd.NaT]
    asked = survey(asked_on=days, gender=["f", "f", "f"])
    assert people_asked(asked, pd.Timestamp(OCTOBER))["person_id"].tolist() == ["p0", "p2"]


def test_a_straight_liner_gave_five_equal_answers() -> None:
    same = {f"q_{item}": [3, 3, 3] for item in "abcd"}
    people = people_asked(survey(**same, q_e=[3, 4, None]), pd.Timestamp(OCTOBER))
    assert straight_liners(people).tolist() == [True, False, False]


def test_an_answer_outside_its_scale_is_no_answer() -> None:
    people = people_asked(survey(q_a=["5", "6", "x"], media_tv=[1, 2, 0]), pd.Timestamp(OCTOBER))
    assert people["q_a"].tolist()[0] == 5
    assert people["q_a"].isna().tolist() == [False, True, True]
    assert people["media_tv"].isna().tolist() == [False, True, False]


def test_answers_by_age_are_means_and_top_two_without_straight_liners() -> None:
    others = {f"q_{item}": [1, 2, 3, 5] for item in "bcde"}
    people = people_asked(
        survey(age_band=["18-24", "18-24", "25-34", "25-34"], q_a=[5, 3, 4, 5], **others),
        pd.Timestamp(OCTOBER),
    )
    found = answers(people).set_index(["item", "segment"])
    assert found.loc[("q_a", "(all)"), ["people", "mean"]].tolist() == [
        3,
        4,
    ]  # the fourth ticked 5 throughout
    assert found.loc[("q_a", "(all)"), "top_two"] == pytest.approx(2 / 3)
    assert found.loc[("q_a", "18-24"), "lift"] == pytest.approx(1 / 2 - 2 / 3)
    assert found.loc[("q_a", "18-24"), "enough"] == "no"


def asked(n: int) -> pd.DataFrame:
    """Half young people who like news, half older ones who like prices."""
    young = [age == "18-24" for age in ["18-24", "45+"] * (n // 2)]
    return survey(
        age_band=["18-24" if one else "45+" for one in young],
        q_news=[5 if one else 1 for one in young],
        q_price=[2 if one else 4 for one in young],
        q_trust=[1 + place % 5 for place in range(n)],
    )


def test_the_group_that_stands_out_is_told_with_its_lift() -> None:
    found = analyse(with_goals(g=goal()), tables(channel_daily=three_months(), audience=asked(80)))
    top = found.tables["interests"].set_index(["segment", "place"])
    assert top.loc[("18-24", 1.0), "item"] == "q_news"
    assert top.loc[("18-24", 1.0), "lift"] == pytest.approx(0.5)
    assert "goals.audience.stands_out" in [one.id for one in found.findings]


def test_too_few_people_are_shown_but_nothing_is_said_about_them() -> None:
    found = analyse(with_goals(g=goal()), tables(channel_daily=three_months(), audience=asked(20)))
    assert len(found.tables["profile"]) == 2
    assert "small_audience" in found.missing
    assert not [one for one in found.findings if one.id.startswith("goals.audience")]


@pytest.mark.parametrize(
    "where", [campaign(), with_goals(g=goal(), h=goal(kpi="uptime"))], ids=["no goals", "goals"]
)
@pytest.mark.parametrize(
    "given",
    [tables(), tables(channel_daily=three_months()), tables(audience=asked(80))],
    ids=["nothing", "channel_daily", "audience"],
)
def test_the_stage_answers_whatever_is_missing(
    where: Campaign, given: dict[str, pd.DataFrame]
) -> None:
    found = analyse(where, given)
    assert found.findings[0].id == "goals.answer"
    assert all(said(found, "goals", where))
    assert not against_schema(found, "goals")


def test_inputs_are_left_as_they_were() -> None:
    given = tables(channel_daily=three_months(), audience=asked(40))
    before = {name: table.copy() for name, table in given.items()}
    analyse(with_goals(g=goal()), given)
    for name, table in given.items():
        pd.testing.assert_frame_equal(table, before[name])
