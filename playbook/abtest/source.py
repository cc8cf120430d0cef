"""User-level data wherever they lie, as a DuckDB relation whose columns have been looked at."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from playbook.errors import PlaybookError, Problem
from playbook.sources.engines import confine

NUMERIC = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL", "BOOLEAN")
TEXT = ("VARCHAR", "ENUM")
PARQUET = {".parquet", ".pq"}
DELIMITED = {".csv", ".tsv", ".txt", ".gz"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Units:
    """User-level rows that have been opened, and their name for messages."""

    rows: duckdb.DuckDBPyRelation
    name: str


def quoted(name: str) -> str:
    """Return a name as an SQL identifier; any text is safe."""
    return '"' + name.replace('"', '""') + '"'


def open_units(data: Any, keys: Iterable[str], numbers: Iterable[str] = ()) -> Units:
    """Open user-level data and keep the columns that are needed.

    Args:
        data: Data frame (pandas, Polars), Arrow table, DuckDB relation, path or glob of CSV (also
            gzipped) or Parquet files, or what this function returned before. Files of text are
            parsed once, into memory; Parquet files stay where they are.
        keys: Names of columns that must be there: units, arms, segments.
        numbers: The same for columns of numbers, in which NaN counts as missing too.

    Raises:
        PlaybookError: The data cannot be read, hold no row, or lack a column.
    """
    if isinstance(data, Units):
        return data
    named = list(dict.fromkeys(keys))
    wanted = list(dict.fromkeys([*named, *numbers]))
    name = label(data)
    try:
        found = _open(_without_objects(data, wanted, named))
        _require(found.columns, wanted, name)
        kept = found.project(", ".join(map(quoted, wanted)))
        kept = _in_memory(kept) if _is_delimited(data) else kept
        empty = not kept.limit(1).fetchall()
    except duckdb.Error as error:
        raise PlaybookError(unreadable(name, error)) from None
    if empty:
        raise PlaybookError(Problem(file=name, rule="holds no row", remedy="Check the export."))
    return Units(rows=kept, name=name)


def label(data: Any) -> str:
    """Name data the way their owner knows them: the path, or the kind of table."""
    return str(data) if isinstance(data, (str, Path)) else f"the {type(data).__name__}"


def unreadable(name: str, error: Exception) -> Problem:
    """Put the words of the database into one line."""
    first = str(error).strip().splitlines()[0]
    return Problem(file=name, rule=f"cannot be read ({first})", remedy="Check the file; CSV must be in UTF-8.")


def number(column: str) -> str:
    """Return SQL that reads a column as a double."""
    return f"{quoted(column)}::double"


def require_numbers(units: Units, columns: Iterable[str]) -> None:
    """Refuse columns that cannot be read as numbers.

    Raises:
        PlaybookError: One problem for each such column, with a value that is not a number.
    """
    rows = units.rows
    types = dict(zip(rows.columns, map(str, rows.types), strict=True))
    problems = [found for column in columns if (found := _no_number(rows, column, types, units.name))]
    if problems:
        raise PlaybookError(*problems)


def _open(data: Any) -> duckdb.DuckDBPyRelation:
    if isinstance(data, duckdb.DuckDBPyRelation):
        return data
    if not isinstance(data, (str, Path)):
        return _registered(duckdb.connect(), data)
    connection = confine(duckdb.connect(), Path(data).parent)
    suffix = Path(data).suffix.lower()
    if suffix in PARQUET:
        return connection.read_parquet(str(data))
    if suffix in DELIMITED:
        return connection.read_csv(str(data))
    raise PlaybookError(
        Problem(file=str(data), rule="is neither CSV nor Parquet", remedy="Export it as .csv, .csv.gz or .parquet.")
    )


def _without_objects(data: Any, wanted: list[str], keys: list[str]) -> Any:
    """Hand a pandas frame over as an Arrow table, which shares its memory and spares DuckDB a copy of every text.

    Columns that mix types are left to DuckDB, which reads them as text.
    """
    if not isinstance(data, pd.DataFrame) or not data.columns.is_unique:
        return data
    _require([str(name) for name in data.columns], wanted, label(data))
    try:
        return pa.table({name: _shared(data[name], is_key=name in keys) for name in wanted})
    except pa.ArrowException:
        return data


def _shared(values: pd.Series, *, is_key: bool) -> pa.Array:
    """Share the memory of plain numbers as they are (NaN stays NaN); let Arrow find the missing values of the rest."""
    plain = not is_key and isinstance(values.dtype, np.dtype) and values.dtype.kind == "f"
    return pa.array(values.to_numpy(), from_pandas=False) if plain else pa.array(values, from_pandas=True)


def _registered(connection: duckdb.DuckDBPyConnection, data: Any) -> duckdb.DuckDBPyRelation:
    try:
        return connection.register("units", data).table("units")
    except duckdb.InvalidInputException:
        raise PlaybookError(
            Problem(file=label(data), rule="is no table", remedy="Give a data frame, an Arrow table or a path.")
        ) from None


def _is_delimited(data: Any) -> bool:
    return isinstance(data, (str, Path)) and Path(data).suffix.lower() in DELIMITED


def _in_memory(kept: duckdb.DuckDBPyRelation) -> duckdb.DuckDBPyRelation:
    return duckdb.connect().from_arrow(kept.to_arrow_table())


def _require(present: list[str], wanted: list[str], name: str) -> None:
    missing = [column for column in wanted if column not in present]
    if missing:
        raise PlaybookError(*(_missing(column, present, name) for column in missing))


def _missing(column: str, present: list[str], name: str) -> Problem:
    folded = {name.casefold(): name for name in present}
    close = difflib.get_close_matches(column.casefold(), folded, n=1)
    remedy = f"Did you mean {folded[close[0]]!r}?" if close else f"It holds: {', '.join(present[:20])}."
    return Problem(file=name, place=f"column {column}", rule="is not in the data", remedy=remedy)


def _no_number(rows: duckdb.DuckDBPyRelation, column: str, types: Mapping[str, str], name: str) -> Problem | None:
    kind = types[column]
    if kind.lstrip("U").startswith(NUMERIC):
        return None
    if not kind.startswith(TEXT):
        return _column_problem(name, column, "", f"holds {kind.lower()}, not numbers")
    text = quoted(column)
    odd = rows.filter(f"{text} is not null and try_cast({text} as double) is null").limit(1).fetchall()
    return _column_problem(name, column, str(odd[0][rows.columns.index(column)]), "is not a number") if odd else None


def _column_problem(name: str, column: str, value: str, rule: str) -> Problem:
    return Problem(
        file=name, place=f"column {column}", value=value, rule=rule, remedy="Name a column of numbers, or clean it."
    )
