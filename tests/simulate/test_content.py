"""Truth 12: pieces late, missing and pushing, by owner and month."""

from pathlib import Path

import pandas as pd
import pytest

from playbook import params
from playbook.simulate.scene import PERIODS, Scene
from tests.simulate import reading


@pytest.mark.parametrize("month", ["2026-08", "2026-09", "2026-10"])
def test_pieces_are_late_missing_and_pushing_as_planted(
    root: Path, campaign: str, plan: params.Campaign, month: str
) -> None:
    folder = root / f"data/{campaign}/content"
    pieces = reading.csv(folder / "plan.csv").merge(
        reading.csv(folder / "log.csv"), how="left", on=["content_id", "channel"]
    )
    pieces = pieces[pieces["planned_at"].dt.strftime("%Y-%m").eq(month)]
    minutes = (pieces["published_at"] - pieces["planned_at"]).dt.total_seconds() / 60
    counts = (
        pd.DataFrame({"late": minutes.gt(plan.content.on_time_minutes), "missing": minutes.isna()})
        .groupby(pieces["owner"])
        .sum()
    )
    truth = reading.truths(root, campaign, 12)["size"]
    for owner, row in counts.iterrows():
        assert row["late"] == truth[f"late.{month}.{owner}"]
        assert row["missing"] == truth[f"missing.{month}.{owner}"]
    texts = (pieces["title"] + " " + pieces["body"]).str.lower()
    hits = sum(
        texts.str.contains(word, regex=False).astype(int) for word in plan.content.hard_sell_words
    )
    assert hits.ge(2).sum() == truth[f"hard-sell.{month}"]
    assert hits.eq(1).sum() == 0


def test_every_owner_plans_a_month_of_pieces_on_own_channels_in_their_format(
    root: Path, campaign: str, scene: Scene
) -> None:
    pieces = reading.csv(root / f"data/{campaign}/content/plan.csv")
    ready = pd.to_datetime(pieces["ready_at"])
    assert pieces["content_id"].is_unique
    assert (ready < pieces["planned_at"]).all()
    assert pieces["format"].eq(pieces["channel"].map(scene.content.formats)).all()
    for owner in scene.content.owners:
        own = pieces[pieces["owner"].eq(owner.id)]
        months = own["planned_at"].dt.strftime("%Y-%m").value_counts()
        assert months.to_dict() == dict.fromkeys(PERIODS, owner.pieces)
        assert set(own["channel"]) == set(owner.channels)


def test_texts_that_push_are_engaged_with_half_as_often(
    root: Path, campaign: str, scene: Scene
) -> None:
    folder = root / f"data/{campaign}/content"
    both = reading.csv(folder / "plan.csv").merge(reading.csv(folder / "log.csv"))
    pushes = both["title"].isin([title for title, _ in scene.content.hard_sell])
    sums = both.groupby(pushes)[["engagements", "impressions"]].sum()
    rate = sums["engagements"] / sums["impressions"]
    assert rate[True] / rate[False] == pytest.approx(0.018 / 0.034, rel=0.15)
