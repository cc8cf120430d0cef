"""A plan made from the data itself."""

import pandas as pd
import pytest

from playbook.abtest import AdHoc, quick_plan
from playbook.errors import PlaybookError


def test_without_a_plan_arms_come_from_the_data() -> None:
    frame = pd.DataFrame(
        {"g": ["treatment", "control", "treatment"], "y": [1, 0, 1], "n": [1, 2, 3]}
    )
    plan = quick_plan(frame, AdHoc(variant="g", metrics=["y:rate", "y/n:ratio"]))
    assert (plan.control, plan.treatments, plan.primary.name) == ("control", ("treatment",), "y")
    assert plan.metrics[1].denominator == "n"


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ({"metrics": ["y"]}, "must end in :rate, :mean or :ratio"),
        ({"metrics": ["y:median"]}, "must end in :rate, :mean or :ratio"),
        ({"metrics": ["y:rate"], "control": "z"}, "the control is no arm"),
        ({"metrics": ["y:rate"], "variant": "y"}, "holds only the arm '1'"),
        ({"metrics": ["y:rate", "y:mean"]}, "metrics stand twice"),
        ({"metrics": []}, "at least 1 item"),
        ({"metrics": ["y:rate"], "variant": "G"}, "Did you mean 'g'"),
    ],
)
def test_unplanned_tests_that_make_no_sense(given: dict[str, str], rule: str) -> None:
    frame = pd.DataFrame({"g": ["a", "b"], "y": [1, 1]})
    with pytest.raises(PlaybookError, match=rule):
        quick_plan(frame, AdHoc(**({"variant": "g"} | given)))


def test_a_column_of_ids_is_no_arm() -> None:
    with pytest.raises(PlaybookError, match="holds more than 50 different arms"):
        quick_plan(
            pd.DataFrame({"id": range(100_000), "y": 1}), AdHoc(variant="id", metrics=["y:mean"])
        )
