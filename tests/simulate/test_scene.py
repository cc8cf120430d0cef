"""The values of both campaigns hang together: shares add up, names and days are those of the plan."""

from datetime import date
from itertools import chain

import pytest

from playbook import params
from playbook.simulate.scene import FIRST, LAST, PERIODS, REPORTED, Scene


def test_the_months_are_those_from_first_to_last_day_and_the_last_is_reported() -> None:
    assert (f"{FIRST:%Y-%m}", f"{LAST:%Y-%m}") == (PERIODS[0], PERIODS[-1])
    assert PERIODS[-1] == REPORTED
    assert (LAST - FIRST).days + 1 == 92


def test_channels_owners_and_people_are_those_of_the_parameters(
    scene: Scene, plan: params.Campaign
) -> None:
    assert {spec.id for spec in scene.channels} == set(plan.channels)
    assert {trial.id for trial in scene.trials} == set(plan.experiments)
    assert {*scene.rated, *scene.raters} == set(plan.team)
    assert {owner.id for owner in scene.content.owners} <= set(plan.team)
    assert scene.rivals[0].brand == plan.brand


@pytest.mark.parametrize("share", ["impressions", "clicks", "conversions", "spend"])
def test_campaigns_of_an_account_share_out_the_whole_channel(scene: Scene, share: str) -> None:
    for spec in scene.channels:
        if spec.units:
            assert sum(getattr(unit, share) for unit in spec.units) == pytest.approx(1)


def test_personas_and_what_they_are_add_up_to_one(scene: Scene) -> None:
    assert sum(persona.share for persona in scene.personas) == pytest.approx(1)
    for persona in scene.personas:
        for odds in persona.demographics.values():
            assert sum(odds.values()) == pytest.approx(1)
    assert set(scene.content.personas) == {persona.id for persona in scene.personas}


def test_what_happens_happens_to_a_channel_within_the_three_months(scene: Scene) -> None:
    channels = {spec.id for spec in scene.channels}
    for event in scene.events:
        assert event.channel in channels
        assert FIRST <= date.fromisoformat(event.first) <= date.fromisoformat(event.last) <= LAST
    pages = {outage.page for outage in scene.outages}
    assert pages == {"landing", "checkout"}


def test_only_channels_that_are_met_can_cause_something(scene: Scene) -> None:
    assert scene.causal.keys() == scene.exposure.keys() == {spec.id for spec in scene.channels}
    chances = chain(scene.causal.values(), scene.exposure.values())
    assert all(0 < chance < 1 for chance in chances)


def test_a_week_and_a_day_are_whole(scene: Scene) -> None:
    assert len(scene.weekday) == 7
    assert sum(scene.weekday) / 7 == pytest.approx(1, abs=0.01)
    assert len(scene.hours) == 24
