"""Truth 4: contacts come before what they cause, each channel causes its planted share."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from playbook.simulate.autumn_launch import SCENE
from playbook.simulate.journeys import BASE, causal_shares, touchpoints
from playbook.simulate.scene import Scene
from tests.simulate import reading


def test_contacts_cause_the_planted_shares_of_conversions(
    root: Path, campaign: str, scene: Scene
) -> None:
    """Contacts are drawn independently, so exposed less unexposed is what a channel causes."""
    table = pd.read_parquet(root / f"data/{campaign}/touchpoints/touchpoints.parquet")
    truth = reading.truths(root, campaign, 4).set_index("where")["size"]
    everybody = [f"u{number:05d}" for number in range(scene.users)]
    met = pd.crosstab(table["user_id"], table["channel"]).gt(0).reindex(everybody, fill_value=False)
    bought = met.pop("(none)")
    gain = {
        id: (bought[met[id]].mean() - bought[~met[id]].mean()) * met[id].sum() for id in truth.index
    }
    shares = pd.Series(gain) / sum(gain.values())
    assert truth.sum() == pytest.approx(1, abs=1e-4)
    assert (shares - truth).abs().sum() < 0.2
    assert 0.05 < bought.mean() < 0.3


def test_contacts_come_before_the_conversion(root: Path, campaign: str) -> None:
    table = pd.read_parquet(root / f"data/{campaign}/touchpoints/touchpoints.parquet")
    sales = table[table["kind"].eq("conversion")].set_index("user_id")["touched_at"]
    contacts = table[table["kind"].ne("conversion")].groupby("user_id")["touched_at"].max()
    assert sales.index.is_unique
    assert (sales - contacts).dropna().gt(pd.Timedelta(0)).all()


def test_a_channel_that_adds_nothing_causes_nothing_and_one_alone_causes_all() -> None:
    first, second, *_ = SCENE.causal
    useless = replace(SCENE, causal={first: 0.1, second: 0.0})
    assert causal_shares(useless, 1) == {first: 1.0, second: 0.0}
    equal = causal_shares(replace(SCENE, causal={first: 0.1, second: 0.1}), 1)
    met = SCENE.exposure[first] / (SCENE.exposure[first] + SCENE.exposure[second])
    assert equal[first] == pytest.approx(met, abs=0.02)


def test_users_who_met_nothing_buy_at_the_base_rate() -> None:
    alone = touchpoints(replace(SCENE, exposure=dict.fromkeys(SCENE.causal, 0.0), users=50_000), 1)
    assert set(alone["kind"]) == {"conversion"}
    assert len(alone) / 50_000 == pytest.approx(BASE, rel=0.1)
