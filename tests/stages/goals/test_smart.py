"""Goals against history: what they count, where they head, and which rule they break."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from playbook.stages.goals.smart import RULES
from playbook.stages.goals.stage import analyse
from tests.stages.goals.made import (
    AUGUST,
    OCTOBER,
    OCTOBER_DAYS,
    aim,
    fixes,
    goal,
    revenue_a_day,
    with_goals,
)
from tests.stages.shop import campaign, channel_daily, tables, three_months


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
