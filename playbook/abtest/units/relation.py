"""User-level data wherever they lie, as a DuckDB relation whose columns have been looked at."""

import difflib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds

from playbook.abtest.units.shards import SHARD_ROWS, Shard
from playbook.errors import PlaybookError, Problem
from playbook.sources.databases.engines import confine
from playbook.sources.files.progress import counted

NUMERIC = (
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "HUGEINT",
    "FLOAT",
    "DOUBLE",
    "DECIMAL",
    "BOOLEAN",
)
TEXT = ("VARCHAR", "ENUM")
PARQUET = {".parquet", ".pq"}
DELIMITED = {".csv", ".tsv", ".txt", ".gz"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Units:
    """User-level rows that have been opened.

    Attributes:
        rows: Opens them in the database.
        name: For messages.
        arrow: The same rows as Arrow reads them, without the database; None where it cannot.
    """

    rows: Callable[[], duckdb.DuckDBPyRelation]
    name: str
    arrow: pa.Table | ds.Dataset | None = None


def quoted(name: str) -> str:
    """Return a name as an SQL identifier; any text is safe."""
    return '"' + name.replace('"', '""') + '"'


def open_units(data: Any, keys: Iterable[str], numbers: Iterable[str] = ()) -> Units:
    """Open user-level data and keep the columns that are needed.

    Args:
        data: Data frame (pandas, Polars), Arrow table, DuckDB relation, path or glob of CSV (also
            gzipped) or Parquet files, or what this function returned before. Files of text are
            parsed once, into memory; Parquet files stay where they are.
        keys: Names of columns that must be there: units, arms, segments. In files of text they stay
            text: 12.1 and 12.10 are two units, T and F two arms.
        numbers: The same for columns of numbers, in which NaN counts as missing too.

    Raises:
        PlaybookError: The data cannot be read, hold no row, or lack a column.
    """
    if isinstance(data, Units):
        return data
    named, numbers = list(dict.fromkeys(keys)), list(numbers)
    wanted = list(dict.fromkeys([*named, *numbers]))
    name = label(data)
    if isinstance(data, (str, Path)):
        _require_file(Path(data))
    try:
        texts = [name for name in named if name not in numbers]
        rows = (
            _file(data, wanted, texts)
            if isinstance(data, (str, Path))
            else _table(data, wanted, named)
        )
        empty = not (rows.rows().limit(1).fetchall() if rows.arrow is None else _count(rows.arrow))
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        raise PlaybookError(unreadable(name, error)) from None
    if empty:
        raise PlaybookError(Problem(file=name, rule="holds no row", remedy="Check the export."))
    return rows


def in_memory(table: pa.Table, name: str) -> Units:
    """Wrap a table that was read or changed; `name` is that of the data it came from."""
    return Units(rows=lambda: _cursor().from_arrow(table), name=name, arrow=table)


def label(data: Any) -> str:
    """Name data the way their owner knows them: the path, or the kind of table."""
    return str(data) if isinstance(data, (str, Path)) else f"the {type(data).__name__}"


def unreadable(name: str, error: Exception) -> Problem:
    """Put the words of the database into one line."""
    first = str(error).strip().splitlines()[0]
    return Problem(
        file=name, rule=f"cannot be read ({first})", remedy="Check the file; CSV must be in UTF-8."
    )


def shards(arrow: pa.Table | ds.Dataset, columns: Collection[str]) -> Iterator[Shard]:
    """Cut rows into pieces that are loaded when called.

    Slices of a table, row groups of Parquet files.
    """
    if isinstance(arrow, pa.Table):
        return (partial(arrow.slice, at, SHARD_ROWS) for at in range(0, arrow.num_rows, SHARD_ROWS))
    groups = [
        group for fragment in arrow.get_fragments() for group in fragment.split_by_row_group()
    ]
    return (
        partial(group.to_table, columns=sorted(columns), use_threads=False)
        for group in counted(groups)
    )


def number(column: str) -> str:
    """Return SQL that reads a column as a double."""
    return f"{quoted(column)}::double"


def require_numbers(units: Units, columns: Iterable[str]) -> None:
    """Refuse columns that cannot be read as numbers.

    Raises:
        PlaybookError: One problem for each such column, with a value that is not a number.
    """
    rows = units.rows()
    types = dict(zip(rows.columns, map(str, rows.types), strict=True))
    problems = [
        problem for column in columns if (problem := _no_number(rows, column, types, units.name))
    ]
    if problems:
        raise PlaybookError(*problems)


def columns_of(data: Any) -> list[str]:
    """List the columns of user-level data, also those that nobody asked for.

    Raises:
        PlaybookError: The data cannot be read.
    """
    try:
        return _columns(data)
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        raise PlaybookError(unreadable(label(data), error)) from None


def _columns(data: Any) -> list[str]:
    if isinstance(data, Units):
        return list(data.rows().columns)
    if isinstance(data, (str, Path)):
        _require_file(Path(data))
        reader = confine(duckdb.connect(), _folder(Path(data)))
        is_parquet = Path(data).suffix.lower() in PARQUET
        return list((reader.read_parquet if is_parquet else reader.read_csv)(str(data)).columns)
    if isinstance(data, pa.Table):
        return list(data.column_names)
    return [str(name) for name in data.columns] if hasattr(data, "columns") else []


def _file(path: str | Path, wanted: list[str], texts: list[str]) -> Units:
    suffix, name = Path(path).suffix.lower(), str(path)

    @cache
    def connected() -> duckdb.DuckDBPyConnection:
        return confine(duckdb.connect(), _folder(Path(path)))

    if suffix in PARQUET:
        return Units(
            rows=lambda: _kept(connected().read_parquet(name), wanted, name),
            name=name,
            arrow=_dataset(name, wanted),
        )
    if suffix in DELIMITED:
        _require_content(Path(path))
        _require(connected().read_csv(name).columns, wanted, name)
        types: Any = dict.fromkeys(texts, "VARCHAR")
        table = _kept(connected().read_csv(name, dtype=types), wanted, name).to_arrow_table()
        return Units(rows=lambda: connected().from_arrow(table), name=name, arrow=table)
    raise PlaybookError(
        Problem(
            file=name,
            rule="is neither CSV nor Parquet",
            remedy="Export it as .csv, .csv.gz or .parquet.",
        )
    )


def _require_file(file: Path) -> None:
    """Refuse a path where no file is; what a glob stands for is looked for by the reader."""
    if file.is_file() or set("*?[") & set(str(file)):
        return
    rule, remedy = (
        ("it is a folder", f"Name its files, like {file}/*.parquet.")
        if file.is_dir()
        else ("there is no such file", "Correct the path.")
    )
    raise PlaybookError(Problem(file=str(file), rule=f"cannot be read: {rule}", remedy=remedy))


def _require_content(file: Path) -> None:
    """Refuse a file without a byte, of which a reader would make up a column."""
    if file.is_file() and file.stat().st_size == 0:
        raise PlaybookError(
            Problem(file=str(file), rule="is empty", remedy="Export it again, with its header.")
        )


def _folder(pattern: Path) -> Path:
    """Return the folder below which all files of a glob lie."""
    return next(
        folder for folder in pattern.absolute().parents if not set("*?[") & set(str(folder))
    )


def _dataset(pattern: str, wanted: list[str]) -> ds.Dataset | None:
    """Open Parquet files for Arrow.

    None where columns are parts of the path, or the files are not on this machine.
    """
    whole = Path(pattern).absolute()
    folder = _folder(whole)
    files = sorted(folder.glob(str(whole.relative_to(folder))))
    dataset = ds.dataset(files) if files and all(file.is_file() for file in files) else None
    return dataset if dataset and set(wanted) <= set(dataset.schema.names) else None


def _table(data: Any, wanted: list[str], keys: list[str]) -> Units:
    name = label(data)
    if isinstance(data, duckdb.DuckDBPyRelation):
        return Units(rows=lambda: _kept(data, wanted, name), name=name)
    table = _arrow(data, wanted, keys)
    if table is None:
        return Units(rows=lambda: _kept(_cursor().from_df(data), wanted, name), name=name)
    return Units(rows=lambda: _cursor().from_arrow(table), name=name, arrow=table)


def _cursor() -> duckdb.DuckDBPyConnection:
    return duckdb.default_connection().cursor()


def _arrow(data: Any, wanted: list[str], keys: list[str]) -> pa.Table | None:
    """Return a table's columns as Arrow, without a copy.

    None for a frame with a column that mixes types.
    """
    if isinstance(data, pd.DataFrame):
        named = data.set_axis([str(column) for column in data.columns], axis=1)
        _require(list(named.columns), wanted, label(data))
        _require_single(list(named.columns), wanted, label(data))
        return _shared_memory(named, wanted, keys)
    if hasattr(data, "__arrow_c_stream__"):
        table = pa.table(data)
        _require(table.column_names, wanted, label(data))
        return _wider(table.select(wanted))
    raise PlaybookError(
        Problem(
            file=label(data),
            rule="is no table",
            remedy="Give a data frame, an Arrow table or a path.",
        )
    )


def _wider(table: pa.Table) -> pa.Table:
    """Widen floats of two bytes, which the database does not know."""
    for place, field in enumerate(table.schema):
        if pa.types.is_float16(field.type):
            values = table.column(place).cast(pa.float32())
            table = table.set_column(place, field.name, values)
    return table


def _kept(rows: duckdb.DuckDBPyRelation, wanted: list[str], name: str) -> duckdb.DuckDBPyRelation:
    _require(rows.columns, wanted, name)
    return rows.project(", ".join(map(quoted, wanted)))


def _count(arrow: pa.Table | ds.Dataset) -> int:
    count: int = arrow.num_rows if isinstance(arrow, pa.Table) else arrow.count_rows()
    return count


def _shared_memory(data: pd.DataFrame, wanted: list[str], keys: list[str]) -> pa.Table | None:
    if not data.columns.is_unique:
        return None
    try:
        shared = {name: _shared(data[name], is_key=name in keys) for name in wanted}
        return _wider(pa.table(shared))
    except pa.ArrowException:
        return None


def _shared(values: pd.Series, *, is_key: bool) -> pa.Array:
    """Share the memory of plain numbers as they are (NaN stays NaN).

    Let Arrow find the missing values of the rest.
    """
    plain = not is_key and isinstance(values.dtype, np.dtype) and values.dtype.kind == "f"
    return (
        pa.array(values.to_numpy(), from_pandas=False)
        if plain
        else pa.array(values, from_pandas=True)
    )


def _require(present: list[str], wanted: list[str], name: str) -> None:
    missing = [column for column in wanted if column not in present]
    if missing:
        raise PlaybookError(*(_missing(column, present, name) for column in missing))


def _require_single(present: list[str], wanted: list[str], name: str) -> None:
    twice = [column for column in wanted if present.count(column) > 1]
    if twice:
        raise PlaybookError(
            *(
                Problem(
                    file=name,
                    place=f"column {column}",
                    rule="stands in the data twice",
                    remedy="Rename one of them.",
                )
                for column in twice
            )
        )


def _missing(column: str, present: list[str], name: str) -> Problem:
    folded = {name.casefold(): name for name in present}
    close = difflib.get_close_matches(column.casefold(), folded, n=1)
    remedy = (
        f"Did you mean {folded[close[0]]!r}?" if close else f"It holds: {', '.join(present[:20])}."
    )
    return Problem(file=name, place=f"column {column}", rule="is not in the data", remedy=remedy)


def _no_number(
    rows: duckdb.DuckDBPyRelation, column: str, types: Mapping[str, str], name: str
) -> Problem | None:
    kind = types[column]
    if kind.lstrip("U").startswith(NUMERIC):
        return None
    if not kind.startswith(TEXT):
        return _column_problem(name, column, "", f"holds {kind.lower()}, not numbers")
    text = quoted(column)
    odd = (
        rows.filter(f"{text} is not null and try_cast({text} as double) is null")
        .limit(1)
        .fetchall()
    )
    return (
        _column_problem(name, column, str(odd[0][rows.columns.index(column)]), "is not a number")
        if odd
        else None
    )


def _column_problem(name: str, column: str, value: str, rule: str) -> Problem:
    return Problem(
        file=name,
        place=f"column {column}",
        value=value,
        rule=rule,
        remedy="Name a column of numbers, or clean it.",
    )
