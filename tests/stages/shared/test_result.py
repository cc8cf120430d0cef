"""A cell points at one row of a table, and no other."""

import pandas as pd
import pytest

from playbook.stages.shared.result import Cell, look_up

TABLES = {
    "causes": pd.DataFrame(
        {"channel": ["a", "a", "b"], "step": ["ctr", "cpc", "ctr"], "effect": [1.0, 2.0, 3.0]}
    )
}


def test_a_row_is_found_by_all_of_its_keys() -> None:
    cell = Cell(table="causes", row={"channel": "a", "step": "cpc"}, column="effect")
    assert look_up(cell, TABLES)["effect"] == 2.0


@pytest.mark.parametrize(("keys", "count"), [({"channel": "a"}, 2), ({"channel": "z"}, 0)])
def test_a_cell_that_means_several_rows_or_none_is_refused(
    keys: dict[str, str], count: int
) -> None:
    with pytest.raises(ValueError, match=f"{count} rows, must be 1"):
        look_up(Cell(table="causes", row=keys, column="effect"), TABLES)
