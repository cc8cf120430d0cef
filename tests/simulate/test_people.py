"""Truth 5 and the team: people answer like their persona, raters rate the planted levels."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from playbook import params
from playbook.simulate import people, sample
from playbook.simulate.scene import Scene
from tests.simulate import reading


def test_people_answer_like_their_persona(root: Path, campaign: str, scene: Scene) -> None:
    survey = reading.csv(root / f"data/{campaign}/audience/survey.csv")
    latent = people.membership(scene, sample.SEED)
    means = survey.groupby(latent)[list(people.QUESTIONS)].mean()
    planted = pd.DataFrame([persona.answers for persona in scene.personas])[list(people.QUESTIONS)]
    assert (means - planted).abs().to_numpy().max() < 0.4
    shares = reading.truths(root, campaign, 5)["size"]
    assert np.bincount(latent) / len(latent) == pytest.approx(shares.to_numpy(), abs=1e-4)


def test_some_answers_are_missing_and_some_people_tick_one_box(root: Path, campaign: str) -> None:
    answers = reading.csv(root / f"data/{campaign}/audience/survey.csv")[list(people.QUESTIONS)]
    assert answers.isna().to_numpy().mean() == pytest.approx(people.MISSING, abs=0.01)
    assert answers.nunique(axis="columns").eq(1).mean() == pytest.approx(people.STRAIGHT, abs=0.015)
    assert set(np.unique(answers.to_numpy()[answers.notna().to_numpy()])) == {1, 2, 3, 4, 5}


def test_two_or_three_raters_rate_each_person(
    root: Path, campaign: str, plan: params.Campaign
) -> None:
    table = reading.csv(root / f"data/{campaign}/people/ratings.csv")
    raters = table.groupby(["staff_id", "period", "item"])["rater_id"].nunique()
    assert set(raters) == {2, 3}
    assert table["level"].between(1, 5).all()
    assert table["staff_id"].ne(table["rater_id"]).all()
    assert {*table["staff_id"], *table["rater_id"]} == set(plan.team)


def test_the_newest_joins_in_the_second_month_with_the_days_that_were_left(
    root: Path, campaign: str, scene: Scene
) -> None:
    days = reading.csv(root / f"data/{campaign}/people/staff.csv")
    newest = days[days["staff_id"].eq(scene.newest)].set_index("period")["days_in_role"]
    assert newest.to_dict() == {"2026-09": 13, "2026-10": 22}
    others = days[days["staff_id"].ne(scene.newest)]
    assert others.groupby("period")["days_in_role"].unique().map(list).to_dict() == {
        "2026-08": [21],
        "2026-09": [22],
        "2026-10": [22],
    }


def test_ratings_lie_round_the_planted_level(root: Path, campaign: str, scene: Scene) -> None:
    seen = reading.csv(root / f"data/{campaign}/people/ratings.csv")
    level = seen["staff_id"].map({id: level for id, (_, level) in scene.rated.items()})
    assert (seen["level"] - level).mean() == pytest.approx(0, abs=0.35)
    assert seen["level"].corr(level) > 0.4
    assert (
        seen["item"]
        .eq(seen["staff_id"].map({id: item for id, (item, _) in scene.rated.items()}))
        .all()
    )
