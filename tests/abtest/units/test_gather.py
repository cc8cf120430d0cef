"""Units from files and frames: strays are counted and set apart, the largest value is known."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from playbook.abtest.stats.moments import units
from playbook.abtest.units.gather import gather
from playbook.abtest.units.gathered import Strays
from playbook.params.experiment import ExperimentPlan

Plan = Callable[..., ExperimentPlan]


def test_the_largest_value_is_the_largest_known_one(plan: Plan) -> None:
    frame = pd.DataFrame({"arm": list("abab"), "y": [3.0, np.nan, 7.0, -9.0]})
    assert gather(frame, plan()).largest("y") == 7.0


def test_a_unit_of_two_arms_is_counted_and_in_no_part(plan: Plan) -> None:
    rows = [("u1", "a"), ("u1", "b"), ("u2", "a"), ("u2", "a"), ("u3", "a"), ("u4", "b")]
    frame = pd.DataFrame(rows, columns=["unit", "arm"]).assign(y=1.0)
    gathered = gather(frame, plan(unit="unit"))
    assert gathered.strays == Strays(twice=1, crossed=1, total=4)
    assert units(gathered.parts[""]) == {"a": 3, "b": 1}


def test_without_a_unit_nothing_is_said_of_strays(plan: Plan) -> None:
    frame = pd.DataFrame({"arm": list("ab"), "y": [1.0, 2.0]})
    assert gather(frame, plan()).strays is None
