"""Who was asked and what they said, against shares worked by hand."""

from typing import Any

import pandas as pd
import pytest

from playbook.stages.goals.audience import (
    answers,
    people_asked,
    profile,
    rates_something,
    straight_liners,
)
from tests.stages.goals.made import OCTOBER
from tests.stages.shop import filled


def survey(**columns: list[Any]) -> pd.DataFrame:
    n = len(next(iter(columns.values())))
    rows = pd.DataFrame({"person_id": [f"p{one}" for one in range(n)]} | columns)
    return filled("audience", rows.to_dict("records"))


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


@pytest.mark.parametrize(
    ("columns", "is_rated"),
    [
        ({"gender": ["f", "m"]}, False),
        ({"q_a": ["x", None]}, False),
        ({"media_tv": [1, 0]}, False),
        ({"q_a": [None, 1]}, True),
        ({f"q_{item}": [3, 3] for item in "abcde"}, True),
    ],
    ids=["no item", "no answer", "media", "one answer", "straight-liners"],
)
def test_a_survey_rates_something_where_anybody_answered_an_item(
    columns: dict[str, list[Any]], *, is_rated: bool
) -> None:
    people = people_asked(survey(**columns), pd.Timestamp(OCTOBER))
    assert rates_something(people) is is_rated
