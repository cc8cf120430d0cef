"""What both ways of gathering share: the parts of the moments, and that every arm has units."""

from collections.abc import Callable

import pandas as pd
import pytest

from playbook.abtest import collect
from playbook.abtest.stats.moments import units
from playbook.abtest.units.gathered import parts_of, require_arms
from playbook.errors import PlaybookError
from playbook.params.experiment import ExperimentPlan

Plan = Callable[..., ExperimentPlan]
FRAME = pd.DataFrame({"arm": list("aab"), "shop": list("xyx"), "y": [1.0, 2.0, 3.0]})


def test_there_is_a_part_for_each_segment_and_one_for_the_total(plan: Plan) -> None:
    here = plan(segments=["shop"])
    parts = parts_of(lambda by: collect(FRAME, here, by), here)
    assert list(parts) == ["", "shop"]
    assert units(parts["shop"]) == units(parts[""]) == {"a": 2, "b": 1}


def test_without_segments_the_total_is_asked_for_alone(plan: Plan) -> None:
    parts = parts_of(lambda by: collect(FRAME, plan(), by), plan())
    assert list(parts) == [""]


def test_a_planned_arm_without_units_is_refused_with_what_the_data_hold(plan: Plan) -> None:
    total = collect(FRAME[FRAME["arm"].eq("a")], plan())
    with pytest.raises(PlaybookError, match=r"is planned, but no unit is in it.*The data hold: a"):
        require_arms(total, plan(), "units.csv")
