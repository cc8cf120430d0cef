"""The canonical tables."""

import pandas as pd
import pandera.errors
import pytest

from playbook.sources.contracts import CONTRACTS, empty, schema


@pytest.mark.parametrize("table", CONTRACTS)
def test_an_empty_table_has_its_columns_and_keeps_its_contract(table: str) -> None:
    contract = CONTRACTS[table]  # type: ignore[index]
    frame = empty(table)  # type: ignore[arg-type]
    assert frame.empty
    assert list(frame.columns) == list(contract.names)
    assert set(contract.key) <= set(contract.names)
    pd.testing.assert_frame_equal(schema(contract).validate(frame), frame)


@pytest.mark.parametrize("table", CONTRACTS)
def test_rules_across_columns_name_columns_of_the_table(table: str) -> None:
    contract = CONTRACTS[table]  # type: ignore[index]
    for rule in contract.rules:
        assert set(rule.columns) <= set(contract.names)


def test_a_number_below_nothing_breaks_the_contract_of_a_count() -> None:
    contract = CONTRACTS["content_log"]
    frame = empty("content_log").reindex([0]).astype(empty("content_log").dtypes.to_dict())
    frame["clicks"] = -1.0
    with pytest.raises(pandera.errors.SchemaErrors, match="clicks"):
        schema(contract).validate(frame, lazy=True)
