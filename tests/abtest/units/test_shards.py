"""Moments of rows in pieces are those of numpy over all of them."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from playbook.abtest.stats.moments import merge
from playbook.abtest.units.shards import MOST_CODES, SHARD_ROWS, of_shards

COLUMNS = ("y", "x")


def table(n: int, arms: int = 2, missing: bool = False) -> pd.DataFrame:
    generator = np.random.default_rng(n)
    rows = pd.DataFrame(
        {
            "arm": np.array([f"arm{number}" for number in range(arms)])[np.arange(n) % arms],
            "y": 1e6 + generator.normal(0, 1, n),
            "x": generator.normal(5, 2, n),
        }
    )
    if missing:
        rows.loc[::3, "y"] = np.nan
    return rows


def pieces(rows: pd.DataFrame, size: int) -> list:
    whole = pa.Table.from_pandas(rows, preserve_index=False)
    return [lambda at=at: whole.slice(at, size) for at in range(0, len(rows), size)]


@pytest.mark.parametrize("size", [7, 5000, 12_345])
@pytest.mark.parametrize("arms", [2, 3, 4, 40])
def test_counts_means_and_products_are_those_of_the_whole(size: int, arms: int) -> None:
    rows = table(10_000, arms) if size > 7 else table(200, arms)
    found = merge(*of_shards(pieces(rows, size), (), COLUMNS))
    assert len(found.keys) == arms
    for place, (arm,) in enumerate(found.keys):
        part = rows.loc[rows["arm"].eq(arm), list(COLUMNS)].to_numpy()
        assert found.n[place] == len(part)
        assert found.mean[place] + found.centre == pytest.approx(part.mean(axis=0), rel=1e-12)
        apart = part - part.mean(axis=0)
        assert found.cross[place] == pytest.approx(apart.T @ apart, rel=1e-7, abs=1e-6)


def test_a_missing_value_makes_a_group_of_its_own_and_no_other_value_missing() -> None:
    rows = table(3000, missing=True)
    found = merge(*of_shards(pieces(rows, 1000), (), COLUMNS))
    known = found.known[:, 0]
    assert sorted(known.tolist()) == [False, False, True, True]
    assert found.n[known].sum() == rows["y"].notna().sum()
    assert found.n.sum() == 3000
    assert np.isfinite(found.mean).all()


def test_more_rows_than_a_piece_holds_are_cut() -> None:
    rows = table(SHARD_ROWS + 10)
    parts = list(of_shards(pieces(rows, len(rows)), (), COLUMNS))
    assert [int(part.n.sum()) for part in parts] == [SHARD_ROWS, 10]


def test_keys_are_written_as_a_database_writes_them_and_a_missing_one_is_empty() -> None:
    rows = pd.DataFrame(
        {"arm": [True, False, None], "day": [3, 300, 3], "y": [1.0, 2.0, 3.0], "x": 0.0}
    )
    found = next(iter(of_shards(pieces(rows, 3), ("day",), COLUMNS)))
    assert sorted(found.keys) == [("", "3"), ("false", "300"), ("true", "3")]


def test_more_groups_than_codes_are_told_apart() -> None:
    count = 300
    rows = pd.DataFrame(
        {
            "arm": np.repeat([f"a{n}" for n in range(count)], count),
            "segment": np.tile([f"s{n}" for n in range(count)], count),
            "y": 1.0,
            "x": 2.0,
        }
    )[:SHARD_ROWS]
    assert count * count > MOST_CODES
    found = next(iter(of_shards(pieces(rows, SHARD_ROWS), ("segment",), COLUMNS)))
    assert len(set(found.keys)) == SHARD_ROWS
    assert found.n.max() == 1


def test_an_infinite_value_has_no_finite_centre() -> None:
    rows = table(10)
    rows.loc[3, "y"] = np.inf
    found = next(iter(of_shards(pieces(rows, 10), (), COLUMNS)))
    assert not np.isfinite(found.centre).all()
