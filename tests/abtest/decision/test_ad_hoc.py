"""A plan made from the data itself."""

from pathlib import Path

import pandas as pd
import pytest

from playbook.abtest import AdHoc, evaluate, quick_plan
from playbook.abtest.decision.ad_hoc import from_counts, open_test
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
        (["0", "1"], "0"),
        (["new", "old"], "old"),
        (["mail", "holdout"], "holdout"),
        (["Variant A", "variant_b"], "Variant A"),
    ],
)
def test_the_control_is_the_arm_whose_name_says_so(arms: list[str], control: str) -> None:
    plan = quick_plan(pd.DataFrame({"g": arms, "y": 1.0}), AdHoc(variant="g", metrics=["y:mean"]))
    assert plan.control == control
    assert sorted([plan.control, *plan.treatments]) == sorted(arms)


@pytest.mark.parametrize("arms", [["zebra", "apple"], ["yes", "no"], ["Control", "control"]])
def test_the_control_is_never_guessed(arms: list[str]) -> None:
    frame = pd.DataFrame({"g": arms, "y": 1.0})
    with pytest.raises(PlaybookError, match="no arm says by its name that it is the control") as no:
        quick_plan(frame, AdHoc(variant="g", metrics=["y:mean"]))
    assert all(arm in str(no.value) for arm in arms)


def test_sizes_are_judged_only_where_shares_are_planned() -> None:
    frame = pd.DataFrame({"g": ["old"] * 100 + ["new"] * 900, "y": range(1000)})
    unplanned = evaluate(frame, quick_plan(frame, AdHoc(variant="g", metrics=["y:mean"])))
    assert unplanned.decision.action != "invalid"
    shares = {"old": 0.5, "new": 0.5}
    even = quick_plan(frame, AdHoc(variant="g", metrics=["y:mean"], shares=shares))
    assert evaluate(frame, even).decision.action == "invalid"
    uneven = {"new": 0.9, "old": 0.1}
    planned = quick_plan(frame, AdHoc(variant="g", metrics=["y:mean"], shares=uneven))
    assert planned.arms == {"old": 0.1, "new": 0.9}
    assert evaluate(frame, planned).decision.action != "invalid"
    with pytest.raises(PlaybookError, match="are not those of the arms, which are: old, new"):
        quick_plan(frame, AdHoc(variant="g", metrics=["y:mean"], shares={"old": 1.0}))


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
    test = AdHoc(variant="g", metrics=["y:mean"], control="x00")
    plan = quick_plan(pd.DataFrame({"g": names, "y": 1.0}), test)
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


def test_counts_are_evaluated_as_their_rows_would_be() -> None:
    gathered, plan = from_counts((20, 500), (33, 400), alpha=0.1)
    assert (plan.control, plan.primary.kind, plan.alpha) == ("control", "rate", 0.1)
    rows = pd.DataFrame(
        {
            "variant": ["control"] * 500 + ["treatment"] * 400,
            "converted": [1] * 20 + [0] * 480 + [1] * 33 + [0] * 367,
        }
    )
    counted, laid_out = (evaluate(data, plan) for data in (gathered, rows))
    assert counted.units == laid_out.units == {"control": 500, "treatment": 400}
    assert counted.effects[0].pvalue == pytest.approx(laid_out.effects[0].pvalue, rel=1e-12)
    assert counted.decision == laid_out.decision


def test_counts_that_are_no_units_are_refused() -> None:
    with pytest.raises(PlaybookError, match=r"is more than 1,000,000,000,000,000 units"):
        from_counts((1, 10**31), (1, 2))
    assert evaluate(*from_counts((10**14, 10**15), (10**14, 10**15))).decision.action == "iterate"


def test_shares_of_counts_are_judged_where_they_are_planned() -> None:
    shares = {"control": 0.5, "treatment": 0.5}
    assert evaluate(*from_counts((5, 100), (5, 900))).decision.action != "invalid"
    judged = evaluate(*from_counts((5, 100), (5, 900), shares=shares))
    assert judged.decision.action == "invalid"


def test_what_a_test_needs_is_opened_once(tmp_path: Path) -> None:
    frame = pd.DataFrame({"g": ["a", "b"] * 6, "user_id": range(12), "y": range(12), "z": 1})
    frame["user_id"] //= 2
    frame.to_csv(tmp_path / "units.csv", index=False)
    test = AdHoc(variant="g", metrics=["y/z:ratio"])
    opened = open_test(tmp_path / "units.csv", test)
    assert opened.rows().columns == ["g", "user_id", "y", "z"]
    (tmp_path / "units.csv").unlink()
    result = evaluate(opened, quick_plan(opened, test))
    assert any(check.name == "rows" for check in result.checks)
    named = AdHoc(variant="g", metrics=["y:mean"], unit="user_id", segments=["z"])
    assert open_test(frame, named).rows().columns == ["g", "user_id", "z", "y"]
