"""Against people whose results can be worked by hand, and against what must never be printed."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from playbook.errors import PlaybookError
from playbook.params.scorecard import Scorecard, load_scorecards
from playbook.stages.appraisal.stage import analyse
from playbook.stages.shared.result import StageResult
from tests.stages.shop import against_schema, campaign, channel_daily, filled, said, tables

CARDS = load_scorecards(Path(__file__).parents[3] / "params")
OCTOBER = channel_daily("2026-10-01", "2026-10-31")
SIZE = 31 + 0.2 * 9  # weekdays that the month is worth: nine weekend days count a fifth more
ORDERS = {"search": 22.5 * SIZE, "social": 7.2 * SIZE, "display": 2.0 * SIZE}


def _person(role: str = "sem", *channels: str, **changes: Any) -> dict[str, Any]:
    return {"role": role, "channels": list(channels), **changes}


def _ratings(*levels: float, rater: str = "r", item: str = "account_work") -> pd.DataFrame:
    rows = [
        {
            "staff_id": "s01",
            "period": "2026-10",
            "rater_id": f"{rater}{n}",
            "item": item,
            "level": level,
        }
        for n, level in enumerate(levels)
    ]
    return filled("ratings", rows)


def _appraised(team: dict[str, Any], cards: Any = CARDS, **given: Any) -> StageResult:
    parameters = {key: given.pop(key) for key in ("budget", "goals") if key in given}
    return analyse(
        campaign(team=team, **parameters),
        tables(**{"channel_daily": OCTOBER} | given),
        scorecards=cards,
    )


def _line(result: StageResult, item: str) -> pd.Series:
    return result.tables["scorecard"].set_index("item").loc[item]


def test_conversions_of_the_own_channels_are_scored_against_the_agreed_target() -> None:
    result = _appraised(
        {"s01": _person("sem", "search", targets={"conversions": ORDERS["search"] / 0.9})}
    )
    assert _line(result, "attainment")["score"] == pytest.approx(90.0)


def test_a_cost_a_tenth_over_the_target_scores_ninety() -> None:
    cpa = 100 * SIZE / ORDERS["search"]
    result = _appraised({"s01": _person("sem", "search", targets={"cpa": cpa / 1.1})})
    assert _line(result, "cpa")["score"] == pytest.approx(90.0)


def test_money_without_a_result_scores_zero_and_is_not_missing() -> None:
    nothing = OCTOBER.assign(conversions=OCTOBER["conversions"] * 0)
    result = _appraised(
        {"s01": _person("sem", "search", targets={"cpa": 5.0})}, channel_daily=nothing
    )
    assert (_line(result, "cpa")["score"], _line(result, "cpa")["reason"]) == (0.0, "")


def test_spend_off_budget_is_scored_on_a_span() -> None:
    result = _appraised({"s01": _person("sem", "search")}, budget={"search": 100 * SIZE / 1.125})
    assert _line(result, "pacing")["actual"] == pytest.approx(0.125)
    assert _line(result, "pacing")["score"] == pytest.approx(50.0)  # half way between 20 % and 5 %


def test_what_is_missing_says_why_and_gives_its_weight_away() -> None:
    result = _appraised(
        {"s01": _person("sem", "search", targets={"conversions": 700.0})}, ratings=_ratings(3.0)
    )
    reasons = result.tables["scorecard"].set_index("item")["reason"]
    assert reasons.to_dict() == {
        "attainment": "",
        "cpa": "no_target",
        "cvr": "no_target",
        "pacing": "",
        "tests_finished": "not_recorded",
        "account_work": "too_few_raters",
    }
    force = result.tables["scorecard"].set_index("item")["weight_in_force"]
    assert force["attainment"] == pytest.approx(
        55 / 80
    )  # all of the results' weight; abilities have none


def test_a_rating_of_oneself_does_not_count() -> None:
    own = _ratings(5.0).assign(rater_id="s01")
    both = pd.concat([own, _ratings(3.0, 4.0)], ignore_index=True)
    assert _line(_appraised({"s01": _person()}, ratings=both), "account_work")[
        "score"
    ] == pytest.approx(105.0)


def test_a_total_is_the_weighted_mean_of_what_is_known() -> None:
    who = _person(
        "sem",
        "search",
        targets={
            "conversions": ORDERS["search"],
            "cpa": 100 * SIZE / ORDERS["search"],
            "cvr": 0.05,
        },
    )
    result = _appraised(
        {"s01": who}, budget={"search": 100 * SIZE / 1.05}, ratings=_ratings(3.0, 3.0)
    )
    (row,) = result.tables["people"].to_dict("records")
    assert (row["score"], row["grade"], row["state"]) == (pytest.approx(100.0), "B", "rated")
    assert row["coverage"] == pytest.approx(
        80 / 90
    )  # all but the tests; the quarterly line is not due
    assert row["coefficient"] == pytest.approx(1.0)


def test_below_sixty_per_cent_of_the_weight_nobody_is_rated() -> None:
    (row,) = _appraised({"s01": _person("analyst")}).tables["people"].to_dict("records")
    assert (row["state"], row["grade"]) == ("too_thin", "")
    assert pd.isna(row["score"])
    assert pd.isna(row["coefficient"])


def test_a_joiner_owes_the_part_of_a_sum_that_fell_into_their_days() -> None:
    who = _person("sem", "search", targets={"conversions": 1000.0, "cpa": 5.0}, days_in_role=11)
    result = _appraised({"s01": who})
    assert _line(result, "attainment")["target"] == pytest.approx(500.0)  # 11 of 22 working days
    assert _line(result, "cpa")["target"] == 5.0


def test_fewer_than_ten_days_in_the_role_are_not_rated() -> None:
    who = _person(
        "sem", "search", targets={"conversions": 700.0, "cpa": 5.0, "cvr": 0.05}, days_in_role=9
    )
    (row,) = _appraised({"s01": who}).tables["people"].to_dict("records")
    assert (row["state"], row["grade"]) == ("too_short", "")


def test_the_table_of_staff_wins_over_the_parameters() -> None:
    staff = filled("staff", [{"staff_id": "s01", "period": "2026-10", "days_in_role": 11.0}])
    (row,) = (
        _appraised({"s01": _person(days_in_role=22)}, staff=staff)
        .tables["people"]
        .to_dict("records")
    )
    assert row["days_in_role"] == 11.0


def test_a_target_comes_from_an_owned_goal_where_none_was_agreed() -> None:
    goal = {"name": "Goal", "kpi": "cpa", "target": 5.0, "deadline": "2026-10-31", "owner": "s01"}
    assert _line(_appraised({"s01": _person()}, goals={"aim": goal}), "cpa")["target"] == 5.0


def test_content_is_scored_by_its_owner() -> None:
    moments = pd.date_range("2026-10-01 10:00", periods=4, freq="D")
    plan = [
        {
            "content_id": str(n),
            "channel": "email",
            "planned_at": moment,
            "owner": "s01" if n < 2 else "s02",
        }
        for n, moment in enumerate(moments)
    ]
    log = [
        {
            "content_id": str(n),
            "channel": "email",
            "published_at": moments[n],
            "impressions": 100.0,
            "engagements": 10.0,
        }
        for n in (0, 2, 3)
    ]
    given = {
        "content_plan": filled("content_plan", plan),
        "content_log": filled("content_log", log),
    }
    result = _appraised({"s01": _person("content", targets={"engagement_rate": 0.1})}, **given)
    assert _line(result, "on_quantity_rate")["score"] == pytest.approx(50.0)
    assert _line(result, "engagement_rate")["score"] == pytest.approx(100.0)


def test_a_manager_is_scored_on_the_goals_of_the_plan() -> None:
    goals = {
        key: {
            "name": "Goal",
            "kpi": "cpm",
            "target": target,
            "deadline": "2026-10-31",
            "owner": "x",
            "weight": weight,
            "channel": "search",
        }
        for key, target, weight in (("half", 5.0, 1.0), ("twice", 20.0, 3.0))
    }
    row = _line(_appraised({"s01": _person("manager")}, goals=goals), "attainment")
    assert row["actual"] == pytest.approx((0.5 + 3 * 1.2) / 4)  # each goal counts up to the cap


def test_a_multiple_of_the_plan_scales_the_whole_span() -> None:
    roi = (
        sum(
            ORDERS[name] * price
            for name, price in (("search", 100), ("social", 100), ("display", 80))
        )
        * 0.4
        - 300 * SIZE
    ) / (300 * SIZE)
    result = _appraised({"s01": _person("manager", targets={"roi": roi / 1.25})})
    assert _line(result, "roi")["score"] == pytest.approx(
        110.0
    )  # half way from the plan to half as much again


def test_nobody_is_ranked_and_findings_name_nobody() -> None:
    team = {
        f"s0{n}": _person(
            "sem", "search", targets={"conversions": n * 100.0, "cpa": 5.0, "cvr": 0.05}
        )
        for n in range(1, 8)
    }
    where = campaign(team=team)
    result = analyse(where, tables(channel_daily=OCTOBER), scorecards=CARDS)
    assert result.tables["people"]["member"].to_list() == sorted(team)
    assert not {column for column in result.tables["people"].columns if "rank" in column}
    assert not [text for text in said(result, "appraisal", where) for who in team if who in text]


def test_group_figures_need_five_rated_people() -> None:
    def made(size: int) -> pd.DataFrame:
        who = _person("sem", "search", targets={"conversions": 700.0, "cpa": 5.0, "cvr": 0.05})
        return _appraised({f"s0{n}": who for n in range(size)}).tables["team"]

    assert made(4).empty
    assert made(5).set_index("measure")["value"]["rated"] == 5.0


def test_a_role_without_a_scorecard_is_said() -> None:
    result = _appraised({"s01": _person("designer")})
    assert result.tables["people"]["state"].to_list() == ["no_scorecard"]
    assert "scorecards" in result.missing


def test_a_target_of_zero_is_refused() -> None:
    with pytest.raises(PlaybookError, match=r"team\.s01\.targets\.cpa"):
        _appraised({"s01": _person(targets={"cpa": 0.0})})


def test_every_method_can_be_scored() -> None:
    line = {
        "name": "Line",
        "kind": "result",
        "source": "site_checks",
        "kpi": "uptime",
        "weight": 20.0,
    }
    kpis = {
        "a": line | {"method": "ladder", "steps": [[0.5, 60.0], [0.75, 100.0]]},
        "b": line | {"method": "ladder_interpolated", "steps": [[0.5, 0.0], [1.0, 100.0]]},
        "c": line | {"method": "on_off", "target": 0.7},
        "d": line | {"method": "deduction", "points": 20.0, "most": 60.0},
        "e": line | {"method": "lower_is_better", "target": 0.75},
    }
    card = Scorecard.model_validate({"role": "sem", "name": "SEM", "kpis": kpis})
    moments = pd.date_range("2026-10-05", periods=4, freq="h")
    checks = [
        {"page_id": "p", "checked_at": moment, "up": float(n > 0)}
        for n, moment in enumerate(moments)
    ]
    result = _appraised(
        {"s01": _person()}, {"sem": card}, site_checks=filled("site_checks", checks)
    )
    assert result.tables["scorecard"].set_index("item")["score"].to_dict() == pytest.approx(
        {"a": 100.0, "b": 50.0, "c": 100.0, "d": 85.0, "e": 100.0}
    )


@pytest.mark.parametrize(
    "team", [{}, {"s01": _person("sem"), "s02": _person("manager"), "s03": _person("analyst")}]
)
def test_empty_tables_still_give_an_answer_in_both_languages(team: dict[str, Any]) -> None:
    where = campaign(team=team, period="2026-12")
    result = analyse(where, tables(), scorecards=CARDS)
    texts = said(result, "appraisal", where)
    assert texts
    assert not [text for text in texts if "–" in text or "nan" in text.lower()]
    assert not against_schema(result, "appraisal")
