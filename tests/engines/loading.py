"""Tables put into an engine the way its own tools do it, for tests and benchmarks."""

import itertools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from playbook.sources.databases.engines import connect

BATCH = 20_000

OF_LIBRARIES = (
    "ignore::pandas.errors.Pandas4Warning",
    "ignore:fetch_arrow_table:DeprecationWarning",
    "ignore:unclosed.*socket:ResourceWarning",
)
"""Warnings that Ibis and PySpark raise about other libraries; none is ours to mend."""

Put = Callable[[Mapping[str, pa.Table]], str]
"""Puts tables into an engine and returns the address under which they are found."""


def into_duckdb(folder: Path) -> Put:
    """Write each lot of tables into a DuckDB file of its own."""
    numbers = itertools.count()

    def put(tables: Mapping[str, pa.Table]) -> str:
        file = folder / f"{next(numbers)}.duckdb"
        with duckdb.connect(file) as connection:
            for name, table in tables.items():
                connection.register("incoming", table)
                connection.execute(f"create table {quoted(name)} as from incoming")
        return f"duckdb://{file}"

    return put


def into_postgres(uri: str) -> Put:
    """Stream rows through COPY."""

    def put(tables: Mapping[str, pa.Table]) -> str:
        backend = connect(uri)
        for name, table in tables.items():
            backend.create_table(name, schema=ibis.schema(table.schema), overwrite=True)
            with (
                backend.con.cursor() as cursor,
                cursor.copy(f"copy {quoted(name)} from stdin") as copy,
            ):
                for row in rows(table):
                    copy.write_row(row)
            backend.con.commit()
        return uri

    return put


def into_mariadb(uri: str) -> Put:
    """Insert rows in batches."""

    def put(tables: Mapping[str, pa.Table]) -> str:
        backend = connect(uri)
        for name, table in tables.items():
            backend.create_table(name, schema=ibis.schema(table.schema), overwrite=True)
            marks = ", ".join(["%s"] * table.num_columns)
            with backend.con.cursor() as cursor:
                for lot in batches(rows(table)):
                    cursor.executemany((f"insert into {quoted(name, '`')} values ({marks})"), lot)  # noqa: S608 - quoted
        return uri

    return put


def into_spark(uri: str, folder: Path) -> Put:
    """Write Parquet where all workers see it, and name it as a view."""

    def put(tables: Mapping[str, pa.Table]) -> str:
        session = connect(uri)._session
        for name, table in tables.items():
            file = folder / f"{name}.parquet"
            pq.write_table(table, file, coerce_timestamps="us")
            session.read.parquet(str(file)).createOrReplaceTempView(name)
        return uri

    return put


def quoted(name: str, sign: str = '"') -> str:
    """Quote an identifier."""
    return sign + name.replace(sign, sign * 2) + sign


def rows(table: pa.Table) -> Any:
    """Yield the rows of a table as tuples."""
    for part in table.to_batches(max_chunksize=BATCH):
        yield from zip(*(column.to_pylist() for column in part.columns), strict=True)


def batches(found: Any) -> Any:
    """Yield lots of rows."""
    while lot := list(itertools.islice(found, BATCH)):
        yield lot
