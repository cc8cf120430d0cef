"""Tables of the team's own database, through Ibis.

What can be worked out there stays there, the rest is a grid of text.
"""

import atexit
import glob
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

import duckdb
import pandas as pd
import pyarrow as pa

from playbook.errors import PlaybookError, Problem
from playbook.masking import masked
from playbook.params import Campaign
from playbook.params.model import Source, TableName
from playbook.sources.canonical import FileRows, layout_of, read_rows
from playbook.sources.contracts import CONTRACTS
from playbook.sources.databases.reduced import by_minute, canonical
from playbook.sources.files.grid import LINE, Grid
from playbook.sources.files.layout import Layout, plain
from playbook.sources.files.progress import watch
from playbook.sources.inventory import files_of

if TYPE_CHECKING:
    import ibis

EXTRAS = {
    "bigquery": "bigquery",
    "clickhouse": "clickhouse",
    "duckdb": "duckdb",
    "mariadb": "mysql",
    "mysql": "mysql",
    "postgres": "postgres",
    "postgresql": "postgres",
    "sc": "spark",
    "snowflake": "snowflake",
    "spark": "spark",
    "trino": "trino",
}
"""Schemes of an address, and the extra of this package that brings the driver; Doris and StarRocks
speak mysql."""

LEFT_THERE: tuple[TableName, ...] = ("experiment_units", "touchpoints")
"""User-level tables that are never fetched: their readers ask the database for sums."""

LARGE_BYTES = 200_000_000
"""Files of users' rows that are larger together are left where they lie too."""


def stays(source: Source, files: Sequence[Path]) -> bool:
    """Whether users' rows are left where they lie.

    In a database, or in files too large for a frame.
    """
    return source.table in LEFT_THERE and (bool(source.uri) or _large(files))


def summed(source: Source, files: Sequence[Path]) -> bool:
    """Whether orders come as sums, as they do from a database.

    Because their files are too large for a frame.
    """
    return source.table == "orders" and not source.uri and _large(files)


def _large(files: Sequence[Path]) -> bool:
    return sum(file.stat().st_size for file in files) > LARGE_BYTES


def place(source: Source, data_dir: Path) -> Path:
    """Name a database's table like a file below data/, for rejects, quality and the manifest."""
    return data_dir / str(source.uri) / source.id


def read_table(source: Source, campaign: Campaign, data_dir: Path, params_dir: Path) -> FileRows:
    """Read a table of a database as `read_file` reads a file.

    Args:
        source: With `uri`; orders come summed by minute and channel.
        campaign: Period, time zone and currency.
        data_dir: Folder of the raw inputs.
        params_dir: Folder of the campaign's parameters, where its mapping lies.

    Raises:
        PlaybookError: The database, the table or a column is not there.
    """
    return _fetched(source, campaign, params_dir, (), place(source, data_dir))


def read_orders(
    source: Source, files: Sequence[Path], campaign: Campaign, params_dir: Path
) -> FileRows:
    """Read large files of orders as sums by minute and channel, in the embedded database.

    Args:
        source: With `files`.
        files: All of them; they stand under the name of the first.
        campaign: Period, time zone and currency.
        params_dir: Folder of the campaign's parameters, where its mapping lies.

    Raises:
        PlaybookError: A file cannot be read, or lacks a column.
    """
    return _fetched(source, campaign, params_dir, files, files[0])


def _fetched(
    source: Source, campaign: Campaign, params_dir: Path, files: Sequence[Path], name: Path
) -> FileRows:
    layout = layout_of(source, params_dir)
    with told(source):
        rows, layout = _asked(
            open_files(files) if files else open_table(source), source, campaign, layout
        )
        texts = _texts(_exact(rows).to_pyarrow(), campaign.timezone)
    ours = layout.model_copy(update={"decimal_comma": ()})
    grid = Grid(rows=texts, totals=texts.iloc[:0], above=(), header_line=0, form="database")
    return read_rows(grid, ours, source, name, campaign.currency, campaign.timezone)


def database_tables(
    campaign: Campaign, data_dir: Path, params_dir: Path
) -> dict[str, "ibis.Table"]:
    """Open the user-level tables that stay where they are, under their canonical names.

    Args:
        campaign: With the sources.
        data_dir: Folder of the raw inputs.
        params_dir: Folder of the parameters, where mappings lie.

    Raises:
        PlaybookError: The database, the table or a column is not there, or another source feeds the
            same table.
    """
    tables: dict[str, ibis.Table] = {}
    for source in campaign.sources.values():
        files = files_of(campaign, source, data_dir)
        if stays(source, files):
            _refuse_second(source, campaign)
            with told(source):
                layout = layout_of(source, params_dir / campaign.id)
                tables[source.table] = canonical(
                    open_files(files) if files else open_table(source), layout, source
                )
    return tables


def table_digest(source: Source, campaign: Campaign, params_dir: Path) -> str:
    """Hash what tells that a table has changed: rows, and counts and ends of its columns.

    Raises:
        PlaybookError: The database, the table or a column is not there.
    """
    with told(source):
        layout = layout_of(source, params_dir / campaign.id)
        rows = (
            open_table(source)
            if source.table in LEFT_THERE
            else _asked(open_table(source), source, campaign, layout)[0]
        )
        [rows_of_facts] = rows.aggregate(**_facts(rows)).to_pyarrow().to_pylist()
    facts = {
        name: f"{fact:.11g}" if isinstance(fact, float) else str(fact)
        for name, fact in rows_of_facts.items()
    }
    return hashlib.sha256(json.dumps([rows.columns, facts]).encode("utf-8")).hexdigest()


def _refuse_second(source: Source, campaign: Campaign) -> None:
    others = [
        other.id
        for other in campaign.sources.values()
        if other.table == source.table and other.id != source.id
    ]
    if others:
        raise PlaybookError(
            Problem(
                file="parameters",
                place=f"sources.{source.id}",
                value=", ".join(others),
                rule=(
                    f"feeds {source.table} too, which stays in the database and can have "
                    f"one source only"
                ),
                remedy="Bring all of it together in one view.",
            )
        )


def open_table(source: Source) -> "ibis.Table":
    """Open the table that a source names; nothing is read yet."""
    return connect(_address(source)).table(
        source.from_table or source.table, database=source.from_schema
    )


def open_files(files: Sequence[Path]) -> "ibis.Table":
    """Open Parquet or CSV files in the embedded DuckDB, which reads them piece by piece."""
    import ibis

    backend = ibis.duckdb.connect()
    confine(backend.con, Path(os.path.commonpath([file.parent for file in files])))
    read = backend.read_parquet if files[0].suffix == ".parquet" else backend.read_csv
    return read([glob.escape(str(file)) for file in files], table_name=str(files[0]))


def confine(connection: duckdb.DuckDBPyConnection, folder: Path) -> duckdb.DuckDBPyConnection:
    """Let a database reach the files of one folder, and nothing else on disk or net."""
    connection.execute("set allowed_directories = ?", [[str(folder)]])
    connection.execute("set enable_external_access = false")
    watch(connection)
    connection.execute("set lock_configuration = true")
    return connection


@contextmanager
def told(source: Source | None = None) -> Iterator[None]:
    """Turn whatever a driver raises into one problem, in its own words but without secrets."""
    try:
        yield
    except PlaybookError:
        raise
    except Exception as error:  # noqa: BLE001 - every driver has errors of its own
        connect.cache_clear()
        raise PlaybookError(_told(source, error)) from None


@cache
def connect(uri: str) -> Any:
    """Connect to a database; one connection an address and process.

    A DuckDB file is opened for reading only, and can reach no other file.

    Raises:
        PlaybookError: The address is of no known kind, or its driver is not installed.
    """
    import ibis

    scheme = uri.partition("://")[0].lower()
    if scheme not in EXTRAS:
        raise PlaybookError(
            Problem(
                file="the address of the database",
                place="scheme",
                value=scheme,
                rule=f"is none of {', '.join(EXTRAS)}",
                remedy="Write it like postgresql://user:password@host/name.",
            )
        )
    try:
        if scheme == "duckdb":
            backend = ibis.duckdb.connect(
                urlsplit(uri).path, read_only=True, enable_external_access=False
            )
        elif EXTRAS[scheme] == "spark":
            backend = ibis.pyspark.connect(_spark(uri))
        else:
            backend = ibis.connect(uri.replace("mariadb://", "mysql://", 1))
    except ImportError:
        raise PlaybookError(
            Problem(
                file="the address of the database",
                place="scheme",
                value=scheme,
                rule="needs a driver that is not installed",
                remedy=f"Install it: pip install 'marketing-playbook[{EXTRAS[scheme]}]'.",
            )
        ) from None
    atexit.register(backend.disconnect)
    return backend


def _spark(uri: str) -> Any:
    """Start or find the session of a cluster: spark://host:7077 or sc://host:15002.

    Options follow a `?`.
    """
    from pyspark.sql import SparkSession

    address, _, options = uri.partition("?")
    builder = SparkSession.builder.appName("playbook")
    builder = builder.remote(address) if address.startswith("sc://") else builder.master(address)
    for name, value in parse_qsl(options):
        builder = builder.config(name, value)
    return builder.getOrCreate()


def _address(source: Source) -> str:
    name = str(source.uri)[2:-1]
    address = os.environ.get(name)
    if address:
        return address
    raise PlaybookError(
        Problem(
            file="the environment",
            place=name,
            rule=f"is not set, and sources.{source.id} needs it",
            remedy=f"Set it: export {name}=postgresql://user:password@host/name.",
        )
    )


def _told(source: Source | None, error: Exception) -> Problem:
    words = " ".join(str(error).split())
    first = masked(words)[:300] or type(error).__name__
    name = source.from_table or source.table if source else ""
    return Problem(
        file=str(source.uri or source.files) if source else "the database",
        place=f"table {name}" if source else "",
        rule=f"cannot be read ({first})",
        remedy="Check address, user, rights, and the names of table and columns.",
    )


def _asked(
    table: "ibis.Table", source: Source, campaign: Campaign, layout: Layout
) -> tuple["ibis.Table", Layout]:
    """Say what is fetched, and how it is then laid out.

    The days wanted and the columns known, orders as sums.
    """
    days = _days(table, source, layout)
    rows = _within(table, days, source, campaign) if days else table
    if source.table == "orders":
        own = Source(id=source.id, table=source.table, uri=source.uri, files=source.files)
        return by_minute(canonical(rows, layout, source)), layout_of(own, Path())
    wanted = layout.headers | set(map(plain, layout.where))
    asked = [name for name in rows.columns if plain(name) in wanted]
    return (
        rows if CONTRACTS[source.table].open_columns or not asked else rows.select(asked)
    ), layout


def _days(table: "ibis.Table", source: Source, layout: Layout) -> str | None:
    """Name the table's column of days or moments that every row must have.

    None where it is not kept as such.
    """
    names = {plain(name): name for name in table.columns}
    needed = [
        column.name
        for column in CONTRACTS[source.table].columns
        if column.required and column.kind in ("day", "moment")
    ]
    headers = [
        plain(header)
        for name in needed[:1]
        if name in layout.columns
        for header in layout.columns[name].headers
    ]
    column_name = next((names[header] for header in headers if header in names), None)
    return column_name if column_name and table[column_name].type().is_temporal() else None


def _within(table: "ibis.Table", column: str, source: Source, campaign: Campaign) -> "ibis.Table":
    """Keep the period, its history and rows without a day, which are told as rejects later."""
    first = campaign.month.after(-source.history_months).start
    after = campaign.end + timedelta(days=1)
    moment = table[column]
    if moment.type().is_date():
        return table.filter(moment.between(first, campaign.end) | moment.isnull())
    low, high = (datetime.combine(day, time()) for day in (first, after))
    if moment.type().timezone:
        zone = ZoneInfo(campaign.timezone)
        low, high = (limit.replace(tzinfo=zone).astimezone(UTC) for limit in (low, high))
    return table.filter(((moment >= low) & (moment < high)) | moment.isnull())


def _facts(rows: "ibis.Table") -> dict[str, Any]:
    facts: dict[str, Any] = {"rows": rows.count()}
    for place, name in enumerate(rows.columns):
        column, kind = rows[name], rows[name].type()
        facts[f"known {place}"] = column.count()
        value = column
        if kind.is_string():
            value = column.length()
        elif kind.is_boolean():
            value = column.cast("int32")
        if value.type().is_numeric():
            facts[f"sum {place}"] = value.cast("float64").sum()
        if kind.is_string() or kind.is_temporal() or kind.is_numeric():
            facts |= {f"least {place}": column.min(), f"greatest {place}": column.max()}
    return facts


def _exact(rows: "ibis.Table") -> "ibis.Table":
    """Let the database write whole numbers as text.

    Some drivers make floats of them where one is missing.
    """
    whole = [name for name in rows.columns if rows[name].type().is_integer()]
    return rows.mutate(**{name: rows[name].cast("string") for name in whole})


def _texts(rows: pa.Table, timezone: str) -> pd.DataFrame:
    """Write what was fetched as a file would hold it.

    In an order that does not depend on the database.
    """
    columns = {name: _text(rows[name], timezone) for name in rows.column_names}
    texts = pd.DataFrame(columns, columns=rows.column_names, dtype="str")
    ordered = (
        texts.sort_values(list(texts.columns), ignore_index=True) if len(texts.columns) else texts
    )
    return ordered.assign(**{LINE: range(1, len(ordered) + 1)})


def _text(column: pa.ChunkedArray, timezone: str) -> pd.Series:
    """Write cells as text.

    Nothing where missing, moments in the campaign's time, true and false as 1 and 0.
    """
    plain_column = column.cast(pa.int8()) if pa.types.is_boolean(column.type) else column
    values: pd.Series = plain_column.to_pandas()
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        values = values.dt.tz_convert(timezone).dt.tz_localize(None)
    known_values = values[values.notna()]
    return known_values.astype("str").reindex(values.index, fill_value="")
