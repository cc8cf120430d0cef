"""The stage of A/B tests: what it answers over all tests, and what it lacks."""

import pytest

from playbook.stages.experiments.stage import analyse
from playbook.stages.shared.result import StageResult
from tests.stages.experiments.made import PLAN, UNITS
from tests.stages.shop import campaign, tables


def answered(*names: str) -> StageResult:
    where = campaign(experiments=dict.fromkeys(names, PLAN))
    return analyse(where, tables(experiment_units=UNITS))


@pytest.mark.parametrize(
    ("names", "sentence", "severity"),
    [
        ((), "no_tests", "watch"),
        (("nothing",), "none_ready", "watch"),
        (("nothing", "broken"), "none_ready", "act"),
        (("nothing", "button"), "some_ready", "act"),
    ],
)
def test_the_answer_counts_tests_and_those_that_are_ready(
    names: tuple[str, ...], sentence: str, severity: str
) -> None:
    result = answered(*names)
    answer = result.findings[0]
    assert (answer.sentence, answer.severity) == (sentence, severity)
    assert len(result.findings) == 1 + len(names)
    assert ("experiments" in result.missing) == (not names)


def test_the_summary_counts_each_decision() -> None:
    summary = answered("nothing", "button", "broken").tables["summary"]
    counts = summary.set_index("measure")["value"].dropna()
    assert counts[["tests", "ship", "iterate", "invalid"]].tolist() == [3, 1, 1, 1]


def test_each_test_is_looked_at_as_of_the_end_of_the_period() -> None:
    result = answered("nothing")
    [look] = result.tables["looks"].to_dict("records")
    assert (look["day"], look["time"]) == ("2026-10-28", 1.0)
