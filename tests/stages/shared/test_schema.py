"""A schema tells what a result holds, and in which unit each of its numbers is."""

import pandas as pd
import pytest

from playbook.stages.shared.schema import ResultTable, Unit, column, kpi_column, problems

TABLE = ResultTable(
    name="t",
    grain="One row per thing",
    columns=(
        column("measure", "text", "项目", "Measure", "what"),
        column("value", "number", "数值", "Value", "how much"),
        column("gap", "number", "差", "Gap", "more", signed=True),
        column("loss", "difference", "损失", "Loss", "less"),
    ),
    row_units={"people": "count"},
)


def row(**values: object) -> dict[str, object]:
    return {"measure": "", "value": 1.0, "gap": 1.0, "loss": 1.0} | values


@pytest.mark.parametrize(
    ("values", "name", "unit"),
    [
        ({"measure": "people"}, "value", "count"),
        ({"measure": "revenue"}, "value", "money"),
        ({"measure": "ctr"}, "value", "fraction"),
        ({"measure": "ctr"}, "gap", "points"),
        ({"measure": "ctr"}, "loss", "points"),
        ({"measure": "revenue"}, "loss", "money"),
        ({"measure": "something"}, "value", "number"),
        ({"measure": "", "kind": "rate"}, "value", "fraction"),
        ({"measure": "", "kind": "rate"}, "loss", "points"),
        ({"measure": "", "kind": "mean"}, "value", "number"),
        ({"measure": "people", "kpi": "cpa"}, "value", "money"),
        ({"measure": "people"}, "measure", "text"),
    ],
)
def test_a_number_is_in_the_unit_of_what_its_row_measures(
    values: dict[str, object], name: str, unit: Unit
) -> None:
    assert TABLE.unit_of(name, row(**values)) == unit


def test_a_kpi_is_named_and_measured_by_the_catalogue() -> None:
    roas = kpi_column("roas")
    assert (roas.name, roas.unit, roas.en) == ("roas", "multiple", "Return on ad spend")


def test_an_unknown_column_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(KeyError, match="t has no column 'x'; its columns are"):
        TABLE["x"]
    assert "x" not in TABLE
    assert "gap" in TABLE


def test_rows_become_a_frame_in_the_order_of_the_schema() -> None:
    frame = TABLE.frame([{"loss": 4.0, "gap": 3.0, "value": 2.0, "measure": "a"}])
    assert list(frame.columns) == TABLE.names
    assert frame.iloc[0].tolist() == ["a", 2.0, 3.0, 4.0]
    assert TABLE.frame([]).empty


def test_a_result_that_differs_from_its_schema_is_told() -> None:
    good = TABLE.frame([("a", 1.0, 2.0, 3.0)])
    assert problems(good, TABLE) == []
    assert "its columns are" in problems(good[["value", "measure", "gap", "loss"]], TABLE)[0]
    assert "its columns are" in problems(good.assign(more=1), TABLE)[0]
    assert "t.value: holds" in problems(good.assign(value="x"), TABLE)[0]


def test_an_empty_result_has_no_numbers_to_be_wrong() -> None:
    assert problems(pd.DataFrame(columns=TABLE.names), TABLE) == []


def test_an_id_is_a_key_that_no_page_shows() -> None:
    assert not column("id", "id", "编号", "Id", "key").shown
    assert TABLE["value"].shown
