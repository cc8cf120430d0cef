"""A plan made from the data itself."""

import pandas as pd
import pytest

from playbook.abtest import AdHoc, quick_plan
from playbook.abtest.decision.ad_hoc import from_counts
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


@pytest.mark.parametrize(
    ("arms", "control"),
    [
        (["new", "Control"], "Control"),
        (["b", "a", "c"], "a"),
        (["x", "对照", "a"], "对照"),
        (["zebra", "apple"], "apple"),
        (["0", "1"], "0"),
        (["Control", "control"], "Control"),
    ],
)
def test_the_control_is_the_arm_with_a_known_name_else_the_first(
    arms: list[str], control: str
) -> None:
    plan = quick_plan(pd.DataFrame({"g": arms, "y": 1.0}), AdHoc(variant="g", metrics=["y:mean"]))
    assert plan.control == control
    assert sorted([plan.control, *plan.treatments]) == sorted(arms)


def test_a_control_that_is_named_comes_first_and_the_others_follow_with_equal_shares() -> None:
    frame = pd.DataFrame({"g": list("abc"), "y": 1.0})
    plan = quick_plan(frame, AdHoc(variant="g", metrics=["y:mean"], control="b"))
    assert list(plan.arms) == ["b", "a", "c"]
    assert list(plan.arms.values()) == pytest.approx([1 / 3] * 3)


@pytest.mark.parametrize(
    ("arms", "rule"),
    [(51, "more than 50 different arms"), (1, "only the arm 'x00'"), (0, "holds no arm")],
)
def test_arms_too_many_or_too_few_are_told_apart(arms: int, rule: str) -> None:
    names = [f"x{number:02}" for number in range(arms)] or [None]
    with pytest.raises(PlaybookError, match=rule):
        quick_plan(
            pd.DataFrame({"g": names, "y": 1.0}).astype({"g": "str"} if arms else {"g": "object"}),
            AdHoc(variant="g", metrics=["y:mean"]),
        )


@pytest.mark.parametrize("arms", [2, 50])
def test_two_to_fifty_arms_are_a_test(arms: int) -> None:
    names = [f"x{number:02}" for number in range(arms)]
    plan = quick_plan(pd.DataFrame({"g": names, "y": 1.0}), AdHoc(variant="g", metrics=["y:mean"]))
    assert len(plan.arms) == arms


def test_the_first_metric_decides_and_covariates_follow_their_metric() -> None:
    frame = pd.DataFrame(
        {"g": ["a", "b"], "y": [0, 1], "n": [1, 1], "before": [1.0, 2.0], "size": [1, 2]}
    )
    test = AdHoc(
        variant="g",
        metrics=["y:mean", "y/n:ratio"],
        covariates={"y": ["before"], "y/n": ["before", "size"]},
        alpha=0.1,
    )
    plan = quick_plan(frame, test)
    assert [metric.role for metric in plan.metrics] == ["primary", "secondary"]
    assert [metric.kind for metric in plan.metrics] == ["mean", "ratio"]
    assert plan.metrics[0].covariates == ("before",)
    assert (plan.metrics[1].numerator, plan.metrics[1].denominator) == ("y", "n")
    assert plan.metrics[1].covariates == ("before", "size")
    assert plan.alpha == 0.1


@pytest.mark.parametrize("text", ["/n:ratio", "y/:ratio", "y:ratio"])
def test_a_ratio_names_two_columns(text: str) -> None:
    frame = pd.DataFrame({"g": ["a", "b"], "y": [0, 1], "n": [1, 1]})
    with pytest.raises(PlaybookError, match="a ratio names two columns"):
        quick_plan(frame, AdHoc(variant="g", metrics=[text]))


def test_counts_become_a_row_per_unit() -> None:
    rows, plan = from_counts((2, 5), (3, 4), alpha=0.1)
    counted = rows.aggregate("variant, count(*), sum(converted)", "variant").fetchall()
    assert sorted(counted) == [("control", 5, 2), ("treatment", 4, 3)]
    assert (plan.control, plan.primary.kind, plan.alpha) == ("control", "rate", 0.1)
