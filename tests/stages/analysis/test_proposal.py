"""Against three channels of known return.

Search 22.5, social 7.2, display 1.6 for each unit of spend.
"""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from playbook.methods.bootstrap import interval, ratio_draws
from playbook.params import Campaign
from playbook.stages.analysis.proposal import (
    actions,
    agenda,
    next_budget,
    next_month,
    next_targets,
    proposal,
)
from playbook.stages.analysis.tables import BUDGET_NEXT
from playbook.stages.shared.daily import by_channel_day
from playbook.stages.shared.targets import targets
from tests.stages.shop import FUNNELS, campaign, channel_daily, tables

OCTOBER = by_channel_day(channel_daily("2026-10-01", "2026-10-31"))
CHANNELS = campaign().channels


def _budget(where: Campaign | None = None, now: pd.DataFrame = OCTOBER) -> pd.DataFrame:
    return next_budget(where or campaign(), now).set_index("channel")


def _limited(channel: str, **limits: float) -> Campaign:
    parameters = {key: one.model_dump() for key, one in CHANNELS.items()}
    return campaign(channels=parameters | {channel: parameters[channel] | limits})


def test_a_tenth_of_the_worst_budget_goes_to_the_best() -> None:
    table = _budget()
    assert table["change"].to_dict() == pytest.approx(
        {"search": 326.7, "social": 0.0, "display": -326.7}
    )
    assert table["reason"].to_dict() == {
        "search": "higher_return",
        "social": "between",
        "display": "lower_return",
    }


def test_the_sum_of_the_budget_stays() -> None:
    table = _budget()
    assert table["proposed"].sum() == pytest.approx(table["budget"].sum())


def test_the_effect_is_the_difference_of_the_average_returns() -> None:
    assert _budget().loc["search", "effect"] == pytest.approx(326.7 * (22.5 - 1.6))


def test_each_of_two_steps_has_its_own_partner_and_effect() -> None:
    fourth = (100.0, 4.0, 0.01, 0.9, 0.04, 100.0)
    now = by_channel_day(channel_daily("2026-10-01", "2026-10-31", email=fourth))
    parameters = {key: one.model_dump() | {"kind": "paid"} for key, one in CHANNELS.items()}
    table = _budget(campaign(channels=parameters, budget=dict.fromkeys(parameters, 3267.0)), now)
    assert table["partner"].to_dict() == {
        "search": "display",
        "social": "email",
        "display": "search",
        "email": "social",
    }
    gains = {"search": 326.7 * (22.5 - 1.6), "email": 326.7 * (9.0 - 7.2)}
    assert table["effect"].dropna().to_dict() == pytest.approx(gains)


def test_a_small_channel_grows_by_a_quarter_at_most() -> None:
    small = by_channel_day(
        channel_daily("2026-10-01", "2026-10-31", search=(10.0, 10.0, 0.05, 0.9, 0.05, 100.0))
    )
    table = _budget(campaign(budget={"search": 326.0, "social": 3267.0, "display": 3267.0}), small)
    assert table.loc["search", "change"] == pytest.approx(81.5)


def test_an_owned_channel_neither_gives_nor_gets() -> None:
    parameters = {key: one.model_dump() for key, one in CHANNELS.items()}
    where = campaign(channels=parameters | {"search": parameters["search"] | {"kind": "owned"}})
    table = _budget(where)
    assert table.loc["search", "reason"] == "owned"
    assert table.loc["social", "change"] > 0


def test_a_step_stops_at_the_least_spend_of_the_giver() -> None:
    assert _budget(_limited("display", min_spend=3200.0)).loc["search", "change"] == pytest.approx(
        67.0
    )


def test_a_channel_at_its_most_gets_nothing_and_the_next_one_does() -> None:
    table = _budget(_limited("search", max_spend=3267.0))
    assert table.loc["search", ["change", "reason"]].to_list() == [0.0, "at_most"]
    assert table.loc["social", "change"] == pytest.approx(326.7)


def test_a_channel_that_did_not_spend_its_money_gets_no_more() -> None:
    table = _budget(campaign(budget={"search": 5000.0, "social": 3267.0, "display": 3267.0}))
    assert table.loc["search", "reason"] == "underspent"


def test_a_difference_within_the_scatter_moves_nothing() -> None:
    generator = np.random.default_rng(2)
    alike = OCTOBER.assign(revenue=OCTOBER["spend"] * 5 * generator.lognormal(0, 1, len(OCTOBER)))
    table = _budget(now=alike)
    assert table["change"].eq(0).all()
    assert set(table["reason"]) == {"within_noise"}


def test_without_revenue_conversions_decide() -> None:
    table = _budget(now=OCTOBER.assign(revenue=np.nan))
    assert set(table["basis"]) == {"conversions"}
    assert table.loc["search", "change"] > 0
    assert table["effect"].isna().all()


def test_a_week_of_days_moves_nothing() -> None:
    assert set(_budget(now=OCTOBER[OCTOBER["date"] < "2026-10-08"])["reason"]) == {"too_few_days"}


def test_without_a_budget_there_is_nothing_to_move() -> None:
    found = next_budget(campaign(budget={}), OCTOBER)
    assert found.empty
    assert found["effect"].dtype == "float64"


def test_no_data_moves_nothing() -> None:
    assert set(_budget(now=OCTOBER.iloc[:0])["reason"]) == {"no_return_known"}


def _targets(**goal: Any) -> tuple[Campaign, pd.DataFrame]:
    made = {
        "name": "Goal",
        "kpi": "revenue",
        "target": 100.0,
        "deadline": "2026-10-31",
        "owner": "s01",
    } | goal
    where = campaign(goals={"aim": made})
    return where, next_targets(where, targets(where, tables(), OCTOBER))


@pytest.mark.parametrize(
    ("share", "proposed", "reason"),
    [
        (0.98, 1.0 / 0.98, "reached"),
        (0.5, 1.1, "reached"),
        (1.05, 1.0, "kept"),
        (2.0, 0.75, "far_missed"),
    ],
)
def test_a_target_follows_what_was_reached(share: float, proposed: float, reason: str) -> None:
    target = share * OCTOBER["revenue"].sum()
    _, table = _targets(target=target)
    assert table.loc[0, "proposed"] == pytest.approx(proposed * target)
    assert table.loc[0, "reason"] == reason


def test_a_cost_target_that_was_beaten_falls_by_a_tenth_at_most() -> None:
    _, table = _targets(kpi="cpm", target=20.0)
    assert table.loc[0, "proposed"] == pytest.approx(18.0)


def test_a_goal_that_runs_on_is_left_alone() -> None:
    where, table = _targets(deadline="2026-12-31")
    assert table.loc[0, "reason"] == "runs_on"
    assert "goals" not in proposal(where, next_budget(where, OCTOBER), table)


def test_the_proposal_is_a_valid_next_period() -> None:
    where, table = _targets(target=OCTOBER["revenue"].sum())
    keys = proposal(where, next_budget(where, OCTOBER), table)
    assert keys["goals"]["aim"]["start"] == "2026-11-01"
    assert keys["goals"]["aim"]["deadline"] == "2026-11-30"
    assert keys["budget"] == {"search": 3594.0, "display": 2940.0}
    goals = {"aim": where.goals["aim"].model_dump() | keys["goals"]["aim"]}
    assert (
        campaign(period="2026-11", goals=goals, budget=dict(where.budget) | keys["budget"])
        .goals["aim"]
        .deadline
    )


def test_the_next_month_is_whole_what_goes_on_with_what_is_proposed_over_it() -> None:
    reached = OCTOBER["revenue"].sum()
    aim = {
        "name": "Aim",
        "kpi": "revenue",
        "target": reached,
        "deadline": "2026-10-31",
        "owner": "s01",
        "weight": 2.0,
    }
    season = aim | {"target": 9e6, "start": "2026-08-01", "deadline": "2026-12-31", "weight": 1.0}
    where = campaign(goals={"aim": aim, "season": season})
    table = next_targets(where, targets(where, tables(), OCTOBER))
    month = next_month(where, proposal(where, next_budget(where, OCTOBER), table), table)
    assert month["budget"] == {"search": 3594.0, "social": 3267.0, "display": 2940.0}
    following = campaign(period="2026-11", **month)
    assert (following.goals["aim"].start, following.goals["aim"].deadline) == (
        date(2026, 11, 1),
        date(2026, 11, 30),
    )
    assert (following.goals["aim"].weight, following.goals["aim"].owner) == (2.0, "s01")
    assert following.goals["aim"].baseline == pytest.approx(reached, rel=1e-3)
    assert following.goals["season"] == where.goals["season"]


def test_every_change_is_an_action_with_owner_and_day() -> None:
    where, table = _targets(target=OCTOBER["revenue"].sum() / 2)
    none = pd.DataFrame(columns=["experiment", "decision", "money_mid"])
    listed = actions(where, next_budget(where, OCTOBER), table, none)
    assert listed["action"].to_list() == ["raise_budget", "cut_budget", "raise_target"]
    assert listed["owner"].to_list() == ["s01", "s01", "s01"]
    assert set(listed["due_on"]) == {pd.Timestamp("2026-11-01")}


def test_only_a_test_that_is_shipped_promises_money() -> None:
    decided = pd.DataFrame(
        {"experiment": ["a", "b"], "decision": ["ship", "iterate"], "money_mid": [5.0, -7.0]}
    )
    where, table = _targets(target=OCTOBER["revenue"].sum())
    listed = actions(where, next_budget(where, OCTOBER), table, decided).set_index("object")
    assert listed.loc["a", "effect"] == 5.0
    assert np.isnan(listed.loc["b", "effect"])
    assert listed.loc[["a", "b"], "owner"].to_list() == ["s01", "s01"]


def test_the_owner_of_the_heaviest_goal_decides_on_all_proposals() -> None:
    aim = {
        "name": "Aim",
        "kpi": "revenue",
        "target": 1.0,
        "deadline": "2026-10-31",
        "weight": 1.0,
        "owner": "s01",
    }
    where = campaign(goals={"light": aim, "heavy": aim | {"weight": 2.0, "owner": "s09"}})
    [row] = agenda(where, pd.DataFrame({"action": ["x", "y"]})).to_dict("records")
    assert row == {
        "matter": "proposal",
        "proposals": 2.0,
        "owner": "s09",
        "due_on": pd.Timestamp("2026-11-01"),
    }


def test_without_actions_there_is_nothing_to_decide() -> None:
    assert agenda(campaign(), pd.DataFrame(columns=["action"])).empty


def aimed(**goal: Any) -> Campaign:
    made = {
        "name": "Goal",
        "kpi": "revenue",
        "target": 100.0,
        "deadline": "2026-10-31",
        "owner": "s01",
    }
    return campaign(goals={"aim": made | goal})


def reached(actual: float, attainment: float, kpi: str = "revenue") -> pd.DataFrame:
    row = {"goal": "aim", "kpi": kpi, "target": 100.0, "actual": actual, "attainment": attainment}
    return pd.DataFrame([row])


@pytest.mark.parametrize(
    ("attainment", "proposed", "reason"),
    [
        (1.0, 100.0, "reached"),
        (0.999, 100.0, "kept"),
        (0.8, 100.0, "kept"),
        (0.799, 89.95, "far_missed"),
        (np.nan, 100.0, "unknown"),
    ],
)
def test_a_target_changes_exactly_at_its_borders(
    attainment: float, proposed: float, reason: str
) -> None:
    table = next_targets(aimed(), reached(100 * attainment, attainment))
    assert table.loc[0, "reason"] == reason
    assert table.loc[0, "proposed"] == pytest.approx(proposed)


@pytest.mark.parametrize(
    ("deadline", "reason"), [("2026-10-31", "kept"), ("2026-11-01", "runs_on")]
)
def test_a_goal_runs_on_from_the_day_after_the_period(deadline: str, reason: str) -> None:
    assert next_targets(aimed(deadline=deadline), reached(90.0, 0.9)).loc[0, "reason"] == reason


def test_proposed_numbers_keep_four_digits_and_unknown_goals_are_left_out() -> None:
    where, budget = aimed(), next_budget(campaign(budget={}), OCTOBER)
    table = next_targets(where, reached(123.4567, 1.234567))
    assert proposal(where, budget, table) == {
        "goals": {"aim": {"target": 110.0, "start": "2026-11-01", "deadline": "2026-11-30"}}
    }
    exact = table.assign(proposed=104.5678)
    assert proposal(where, budget, exact)["goals"]["aim"]["target"] == 104.6
    assert proposal(where, budget, next_targets(where, reached(np.nan, np.nan))) == {}


def test_a_goal_whose_result_is_unknown_begins_anew_without_a_baseline() -> None:
    where = aimed(baseline=55.0)
    table = next_targets(where, reached(np.nan, np.nan))
    month = next_month(where, {}, table)
    assert month["goals"]["aim"]["start"] == "2026-11-01"
    assert month["goals"]["aim"]["baseline"] == 55.0
    known = next_month(where, {}, next_targets(where, reached(123.4567, 0.9)))
    assert known["goals"]["aim"]["baseline"] == 123.5


def test_an_experiment_goes_on_where_it_ends_after_the_period_or_never() -> None:
    plan = {
        "variant": "v",
        "arms": {"a": 0.5, "b": 0.5},
        "metrics": [{"name": "y", "role": "primary"}],
    }
    ends = {"over": "2026-10-31", "later": "2026-11-01"}
    experiments: dict[str, Any] = {
        name: plan | {"start": "2026-10-01", "end": end} for name, end in ends.items()
    }
    where = campaign(experiments=experiments | {"open": plan}, budget={})
    month = next_month(where, {}, next_targets(campaign(), reached(1.0, 1.0).iloc[:0]))
    assert list(month) == ["experiments"]
    assert list(month["experiments"]) == ["later", "open"]


@pytest.mark.parametrize(("budget", "moves"), [(0.9999 / 0.9, True), (1.0001 / 0.9, False)])
def test_a_channel_has_spent_its_money_from_nine_tenths_on(budget: float, moves: bool) -> None:
    spent = OCTOBER.loc[OCTOBER["channel"].eq("search"), "spend"].sum()
    where = campaign(budget={"search": spent * budget, "social": 3267.0, "display": 3267.0})
    assert (_budget(where).loc["search", "change"] > 0) == moves


def test_a_giver_at_its_least_keeps_its_budget() -> None:
    table = _budget(_limited("display", min_spend=3267.0))
    assert table.loc["display", ["change", "reason"]].to_list() == [0.0, "at_least"]
    assert table.loc["search", "change"] == pytest.approx(326.7)  # social gives instead
    assert table.loc["search", "partner"] == "social"


def test_a_giver_at_its_least_is_the_reason_where_the_taker_has_a_little_room() -> None:
    limits = {"search": {"max_spend": 3267.5}, "display": {"min_spend": 3267.0}}
    limited = {key: one.model_dump() | limits.get(key, {}) for key, one in CHANNELS.items()}
    table = _budget(campaign(channels=limited, budget={"search": 3267.0, "display": 3267.0}))
    assert table["change"].to_list() == [0.0, 0.0]
    assert table.loc["display", "reason"] == "at_least"


def test_one_channel_alone_moves_nothing_and_says_so() -> None:
    table = _budget(campaign(budget={"search": 3267.0, "social": 0.0}))
    assert table.index.to_list() == ["search"]
    assert table.loc["search", "reason"] == "only_one"


def test_returns_have_the_interval_of_ninety_per_cent_of_the_draws() -> None:
    table = _budget()
    drawn = interval(ratio_draws(OCTOBER, "revenue", "spend"))
    assert table["value_low"].to_dict() == pytest.approx(drawn["low"].to_dict())
    assert table["value_high"].to_dict() == pytest.approx(drawn["high"].to_dict())
    assert set(table["basis"]) == {"roas"}


def test_a_target_that_does_not_change_and_a_budget_that_does_not_move_are_no_action() -> None:
    where, none = aimed(), pd.DataFrame(columns=["experiment", "decision", "money_mid"])
    still = _budget().reset_index().assign(change=0.0)
    listed = actions(where, still, next_targets(where, reached(100.0, 1.0)), none)
    assert listed.empty
    lowered = actions(where, still, next_targets(where, reached(50.0, 0.5)), none)
    assert lowered[["action", "from_value", "to_value"]].to_numpy().tolist() == [
        ["lower_target", 100.0, 75.0]
    ]


def test_equal_returns_are_never_surely_different() -> None:
    same = FUNNELS["search"]
    now = by_channel_day(channel_daily("2026-10-01", "2026-10-31", social=same, display=same))
    table = _budget(now=now)
    assert table["change"].eq(0).all()
    assert set(table["reason"]) == {"within_noise"}


def test_a_budget_however_small_is_proposed_anew() -> None:
    assert _budget(campaign(budget={"search": 0.5, "social": 0.0})).index.to_list() == ["search"]


def test_the_money_of_the_next_budget_prints_as_money() -> None:
    units = {BUDGET_NEXT[name].unit for name in ("budget", "proposed", "change")}
    assert units == {"money"}


def test_a_channel_that_spent_nothing_has_no_return_whatever_it_brought() -> None:
    unpaid = OCTOBER.assign(spend=OCTOBER["spend"].where(OCTOBER["channel"].ne("search"), 0.0))
    row = _budget(now=unpaid).loc["search"]
    assert np.isnan(row["value"])
    assert (row["change"], row["reason"]) == (0.0, "no_return_known")


def test_of_two_channels_alike_the_reason_is_luck_and_not_that_there_is_no_other() -> None:
    alike = by_channel_day(channel_daily("2026-10-01", "2026-10-31", social=FUNNELS["search"]))
    table = _budget(campaign(budget={"search": 3267.0, "social": 3267.0}), alike)
    assert table["reason"].to_list() == ["within_noise", "within_noise"]


def test_a_step_of_less_than_one_of_the_currency_is_a_step() -> None:
    table = _budget(campaign(budget={"search": 5.0, "display": 5.0}))
    assert table["change"].to_dict() == {"search": 0.5, "display": -0.5}
    assert table.loc["search", "effect"] == pytest.approx(0.5 * (22.5 - 1.6))
