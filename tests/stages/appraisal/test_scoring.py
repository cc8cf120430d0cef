"""Against worked cases, done by hand or taken from a published table."""

import json
from math import isnan, nan
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.stages.appraisal import scoring
from playbook.stages.appraisal.scoring import Scored

CASES = pd.read_csv(Path(__file__).with_name("scoring_cases.csv"), keep_default_na=False)


def _number(value: Any) -> float:
    return nan if value is None else float(value)


def _pairs(given: Any) -> list[tuple[float, float]]:
    return [(low, score) for low, score in given]


def _total(given: Any) -> scoring.Total:
    return scoring.total(
        [
            Scored(kind=kind, weight=w, score=_number(s))
            for kind, lines in given.items()
            for w, s in lines
        ]
    )


RULES: dict[str, Any] = {
    "linear": lambda g: scoring.linear(
        _number(g["actual"]), g["target"], cap=g["cap"], gate=g.get("gate")
    ),
    "capped": lambda g: scoring.linear(g["actual"], g["target"], cap=g["cap"]),
    "lower_is_better": lambda g: scoring.lower_is_better(
        _number(g["actual"]), g["target"], cap=g["cap"]
    ),
    "cost_ratio": lambda g: scoring.cost_ratio(
        g["spend"], _number(g["results"]), g["target"], cap=g["cap"]
    ),
    "span": lambda g: scoring.span(
        g["actual"], worst=g["worst"], target=g["target"], best=g["best"], cap=g["cap"]
    ),
    "ladder": lambda g: scoring.ladder(
        g["actual"], _pairs(g["steps"]), lower=g["direction"] == "lower"
    ),
    "ladder_interpolated": lambda g: scoring.ladder_interpolated(g["actual"], _pairs(g["points"])),
    "deduction": lambda g: scoring.deduction(
        [(item["count"], item["points"], item.get("max", float("inf"))) for item in g["items"]],
        base=g["base"],
    ),
    "on_off": lambda g: scoring.on_off(met=g["met"]),
    "veto": lambda g: scoring.veto(g["total"], g["veto_caps"]),
    "rubric": lambda g: scoring.rubric(g["levels"]),
    "coefficient_linear": lambda g: scoring.coefficient(g["score"], _pairs(g["points"])),
    "roll_up": lambda g: scoring.roll_up([_number(score) for score in g["scores"]], g["weights"]),
    "prorated_target": lambda g: scoring.linear(
        g["actual"], scoring.share_of_target(g["target"], g["days_in_role"], g["days"])
    ),
}


def _cases(*methods: str) -> Any:
    chosen = CASES[CASES["method"].isin(methods)]
    return pytest.mark.parametrize("case", chosen.to_dict("records"), ids=list(chosen["case_id"]))


@_cases(*RULES)
def test_every_rule_gives_the_worked_score(case: dict[str, Any]) -> None:
    given, expected = json.loads(case["inputs"]), json.loads(case["expected"])
    if expected == "error":
        with pytest.raises(ValueError, match="must be > 0"):
            RULES[case["method"]](given)
        return
    found = RULES[case["method"]](given)
    assert (
        isnan(found)
        if expected is None
        else found == pytest.approx(expected, abs=float(case["tolerance"]))
    )


@_cases("total")
def test_missing_weight_moves_inside_its_class_first(case: dict[str, Any]) -> None:
    expected = json.loads(case["expected"])
    found = _total(json.loads(case["inputs"]))
    assert 100 * found.coverage == pytest.approx(expected["coverage"])
    if expected["total"] is None:
        assert isnan(found.score)
    else:
        assert found.score == pytest.approx(expected["total"], abs=1e-6)


@_cases("grade")
def test_a_grade_follows_the_printed_number(case: dict[str, Any]) -> None:
    expected = json.loads(case["expected"])
    assert scoring.grade(json.loads(case["inputs"])["score"]) == (
        expected["grade"],
        expected["coefficient"],
    )


@_cases("counter_example")
def test_parts_that_were_not_given_do_not_divide(case: dict[str, Any]) -> None:
    scores = [_number(score) for score in json.loads(case["inputs"]).values()]
    assert scoring.roll_up(scores, [1.0] * len(scores)) == pytest.approx(
        json.loads(case["expected"])["ours"], abs=0.01
    )


def test_a_sheet_that_rests_on_ratings_alone_is_not_rated() -> None:
    lines = [
        Scored(kind="result", weight=35.0, score=100.0),
        Scored(kind="ability", weight=65.0, score=100.0, objective=False),
    ]
    assert isnan(scoring.total(lines).score)


def test_no_total_has_no_grade() -> None:
    assert scoring.grade(nan)[0] == ""


@given(st.lists(st.tuples(st.floats(1, 50), st.floats(0, 120)), min_size=1, max_size=8))
def test_a_total_lies_between_its_lowest_and_highest_score(
    lines: list[tuple[float, float]],
) -> None:
    found = scoring.total(
        [Scored(kind="result", weight=weight, score=score) for weight, score in lines]
    )
    scores = [score for _, score in lines]
    assert min(scores) - 1e-6 <= found.score <= max(scores) + 1e-6


@given(
    st.lists(
        st.tuples(st.sampled_from(["result", "process"]), st.floats(1, 50), st.booleans()),
        min_size=1,
        max_size=8,
    )
)
def test_weights_in_force_add_up_to_one_where_anything_is_scored(
    lines: list[tuple[str, float, bool]],
) -> None:
    items = [
        Scored(kind=kind, weight=weight, score=100.0 if known else nan)
        for kind, weight, known in lines
    ]
    assert sum(scoring.weights_in_force(items)) == pytest.approx(
        1.0 if any(known for *_, known in lines) else 0.0
    )


def test_a_ladder_counts_upwards_unless_it_is_said_otherwise() -> None:
    steps = [(3.0, 50.0), (6.0, 100.0)]
    assert scoring.ladder(5.0, steps) == 50.0
    assert scoring.ladder(5.0, steps, lower=True) == 100.0


@pytest.mark.parametrize(("level", "points"), [(1, 0), (2, 60), (3, 100), (4, 110), (5, 120)])
def test_a_rated_level_has_its_points_and_two_raters_their_mean(level: int, points: float) -> None:
    assert scoring.rubric([level]) == points
    assert scoring.rubric([level, 3]) == (points + 100) / 2


def test_shares_that_are_covered_but_for_the_rounding_of_their_sums_are_rated() -> None:
    """Of ten lines 0.1 heavy, six are scored: their sum over all is 0.6 but for rounding."""
    lines = [
        Scored(kind="result", weight=0.1, score=100.0 if place < 6 else nan) for place in range(10)
    ]
    assert scoring.total(lines).score == pytest.approx(100.0)
    assert isnan(scoring.total(lines, least_covered=0.6001).score)
    thin = [Scored(kind="result", weight=1.0, score=score) for score in (100.0, nan)]
    assert scoring.total(thin, least_covered=0.5).score == 100.0
    assert isnan(scoring.total(thin, least_covered=0.500001).score)


def test_what_rounding_took_from_a_half_is_given_back_before_it_is_rounded_up() -> None:
    assert scoring.half_up(94.995 - 3e-10) == 95.0
    assert scoring.half_up(94.995 - 3e-9) == 94.99
