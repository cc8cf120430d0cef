"""How findings are made: cells of the schema, records of rows, and what is told first."""

from dataclasses import dataclass

import pandas as pd
import pytest

from playbook.stages.goals.tables import AIMS, SUMMARY
from playbook.stages.shared.findings import (
    MOST_FINDINGS,
    absent,
    cells,
    change,
    measures,
    ranked,
    records,
    summary_frame,
)
from playbook.stages.shared.result import Finding, Severity


@dataclass(frozen=True, slots=True)
class Goal:
    """Two columns in another order than the table has them."""

    weight: float
    goal: str


def finding(key: str, severity: Severity, weight: float) -> Finding:
    return Finding(id=key, severity=severity, weight=weight, sentence="x")


def test_what_must_be_decided_comes_first_and_within_it_what_weighs_most() -> None:
    given = [
        finding("good", "good", 9.0),
        finding("light", "act", 1.0),
        finding("watch", "watch", 99.0),
        finding("heavy", "act", 2.0),
    ]
    assert [each.id for each in ranked(given)] == ["heavy", "light", "watch", "good"]


def test_only_the_most_telling_are_kept() -> None:
    many = [finding(str(weight), "watch", weight) for weight in range(20)]
    assert [each.id for each in ranked(many, most=2)] == ["19", "18"]
    assert len(ranked(many)) == MOST_FINDINGS


def test_records_take_their_own_columns_by_name() -> None:
    table = pd.DataFrame({"goal": ["a", "b"], "more": [0, 0], "weight": [1.0, 2.0]})
    assert records(table, Goal) == [Goal(1.0, "a"), Goal(2.0, "b")]


def test_a_table_without_a_column_of_the_record_is_refused() -> None:
    with pytest.raises(KeyError, match="weight"):
        records(pd.DataFrame({"goal": ["a"]}), Goal)


def test_a_cell_of_a_column_that_the_schema_does_not_know_is_refused() -> None:
    with pytest.raises(KeyError, match="aims has no column 'reached'"):
        cells(AIMS, {"goal": "a"}, reached="reached")


def test_a_change_prints_its_sign_and_a_plain_cell_does_not() -> None:
    assert change(AIMS, {"goal": "a"}, moved="target_change")["moved"].signed
    assert not cells(AIMS, {"goal": "a"}, moved="target_change")["moved"].signed


def test_measures_are_cells_under_their_own_names() -> None:
    cell = measures(SUMMARY, "goals", "people")["people"]
    assert (cell.table, dict(cell.row), cell.column) == ("summary", {"measure": "people"}, "value")


def test_a_measure_that_is_not_known_has_no_row() -> None:
    table = summary_frame(SUMMARY, {"goals": 2, "people": float("nan")})
    assert table.to_dict("records") == [{"measure": "goals", "value": 2.0}]
    assert summary_frame(SUMMARY, {})["value"].dtype == "float64"


def test_absent_names_the_parts_whose_condition_holds() -> None:
    assert absent({"goals": True, "people": False}) == {"goals": {}}
