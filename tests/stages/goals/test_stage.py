"""Stage 1, against goals, forecasts and shares worked by hand on the shop of `shop.py`."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from playbook.params import Campaign
from playbook.stages.goals.stage import analyse
from tests.stages.goals.made import (
    AUGUST,
    OCTOBER,
    OCTOBER_DAYS,
    goal,
    revenue_a_day,
    with_goals,
)
from tests.stages.shop import (
    against_schema,
    campaign,
    channel_daily,
    filled,
    ids,
    said,
    tables,
    three_months,
)

"""Twenty-two weekdays and nine days of weekends, a fifth larger."""


def survey(**columns: list[Any]) -> pd.DataFrame:
    n = len(next(iter(columns.values())))
    rows = pd.DataFrame({"person_id": [f"p{one}" for one in range(n)]} | columns)
    return filled("audience", rows.to_dict("records"))


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


def ratings(straight: int) -> pd.DataFrame:
    """A hundred people on five items, so many of whom ticked the middle throughout."""
    varied = 100 - straight
    return survey(
        **{f"q_{item}": [3] * straight + [2] * varied for item in "abcd"},
        q_e=[3] * straight + [4] * varied,
    )


@pytest.mark.parametrize(("straight", "is_told"), [(5, True), (4, False)])
def test_straight_liners_are_told_from_a_twentieth_of_all_who_were_asked(
    straight: int, *, is_told: bool
) -> None:
    found = analyse(campaign(), tables(audience=ratings(straight)))
    assert ("goals.audience.straight_liners" in ids(found)) is is_told
    told = f"{straight}.0% of those asked ticked the same box throughout; rated questions leave them out."
    assert (told in said(found, "goals", campaign())) is is_told


def test_a_survey_without_rated_questions_is_named_and_one_of_straight_liners_is_not() -> None:
    plain = analyse(campaign(), tables(audience=survey(gender=["f"] * 40)))
    assert "items" in plain.missing
    straight = analyse(campaign(), tables(audience=ratings(100)))
    assert straight.tables["answers"].empty
    assert "items" not in straight.missing


def test_a_running_goal_that_cannot_be_forecast_is_named_and_one_that_is_over_is_not() -> None:
    running = goal(kpi="uptime", target=0.99, deadline="2026-12-31")
    daily = tables(channel_daily=three_months())
    assert "forecast" in analyse(with_goals(g=running), daily).missing
    assert "forecast" not in analyse(with_goals(g=running | {"deadline": OCTOBER}), daily).missing
    assert "forecast" not in analyse(with_goals(g=goal(deadline="2026-12-31")), daily).missing


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
