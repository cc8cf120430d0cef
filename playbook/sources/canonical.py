"""One file as rows of a canonical table.

Columns mapped, cells read, and every unreadable cell noted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

import pandas as pd

from playbook.errors import ParameterError, PlaybookError, Problem
from playbook.params.model import Source, TableName
from playbook.sources import filters, units
from playbook.sources.contracts import CONTRACTS, DTYPES, Column, Contract
from playbook.sources.files import cells, covered_days
from playbook.sources.files.grid import LINE, Grid, read_grid, read_parquet
from playbook.sources.files.layout import Layout, Origin, currency_of, plain, read_layout, shipped
from playbook.sources.rules import (
    DAY_OR_MONTH,
    MANY_DAYS,
    NO_DATE,
    NO_NUMBER,
    NOT_FINITE,
    OTHER_CURRENCY,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class FileRows:
    """One file read.

    Attributes:
        rows: The canonical columns (and own ones, where the table is open) with `_file` and
            `_line`.
        faults: One row per unreadable cell that costs its row: the row's index, column, value and
            rule.
        flags: The same of cells that are left out of a row that stays.
        totals: How many total rows were set aside.
        texts: The rows as they stood, in the same order.
        layout: How the file is laid out.
        day_first: Whether 3/4/2026 is the third of April, as the layout says.
        notes: What else is to be told of the file, as sentences.
    """

    rows: pd.DataFrame
    faults: pd.DataFrame
    flags: pd.DataFrame
    totals: int
    texts: pd.DataFrame
    layout: Layout
    day_first: bool | None = None
    notes: tuple[str, ...] = ()


def read_file(
    source: Source, file: Path, currency: str, params_dir: Path, timezone: str = "UTC"
) -> FileRows:
    """Read one file of a source.

    Args:
        source: Names table, platform or mapping, and channel.
        file: Any form that `read_grid` takes, or Parquet with canonical columns.
        currency: The campaign's; taken where neither file nor mapping says one.
        params_dir: Folder of the campaign's parameters, where its mapping lies.
        timezone: The campaign's; moments that state an offset, or a zone by the mapping, are told
            in it.

    Raises:
        PlaybookError: The file does not have the columns that the table needs.
    """
    layout = layout_of(source, params_dir)
    return read_rows(grid_of(file, layout), layout, source, file, currency, timezone)


def read_rows(
    grid: Grid, layout: Layout, source: Source, file: Path, currency: str, timezone: str = "UTC"
) -> FileRows:
    """Read rows as they stand in a file or table; arguments and errors as in `read_file`."""
    mapped = _mapped(grid, layout, source, file, currency)
    own_currency = _currency(mapped, grid.rows, layout, currency)
    mapped["currency"] = own_currency
    contract = CONTRACTS[source.table]
    written_in = own_currency if isinstance(own_currency, str) else currency
    rows, unread = _typed(mapped, contract, _hand(layout, grid.rows, timezone, written_in))
    costly = {column.name for column in contract.columns if column.costs_row}
    left_out = filters.faults(grid.rows, layout.where)
    unread = unread[~unread["row"].isin(left_out["row"])]
    costs_row = unread["column"].isin(costly)
    rows[LINE] = grid.rows[LINE].to_numpy()
    rows["_file"] = str(file)
    return FileRows(
        rows=rows,
        faults=pd.concat([left_out, _uneven(grid), unread[costs_row]], ignore_index=True),
        flags=unread[~costs_row].reset_index(drop=True),
        totals=len(grid.totals),
        texts=grid.rows,
        layout=layout,
        day_first=layout.writes_day_first(grid.rows.columns),
        notes=grid.notes,
    )


def layout_of(source: Source, params_dir: Path) -> Layout:
    """Return how a source's files are laid out.

    Its platform's, its own mapping, or the canonical columns.

    Raises:
        ParameterError: No such platform or mapping.
    """
    if source.mapping:
        return read_layout(params_dir / source.mapping)
    if source.platform is None:
        return _plain_layout(source.table)
    if source.platform not in shipped():
        raise ParameterError(
            Problem(
                file=str(params_dir),
                place=f"sources.{source.id}.platform",
                value=source.platform,
                rule=f"is none of {', '.join(shipped())}",
                remedy="Correct it, or write a mapping.",
            )
        )
    return shipped()[source.platform]


def _plain_layout(table: TableName) -> Layout:
    columns = {column.name: {"headers": [column.name]} for column in CONTRACTS[table].columns}
    return Layout.model_validate(
        {"name": "the canonical columns", "table": table, "columns": columns}
    )


def grid_of(file: Path, layout: Layout) -> Grid:
    """Return a file's table as it stands: text, or typed where it is Parquet.

    Raises:
        PlaybookError: The file cannot be opened, or has not the headers of the layout.
    """
    return read_parquet(file) if file.suffix == ".parquet" else read_grid(file, layout)


def _mapped(grid: Grid, layout: Layout, source: Source, file: Path, currency: str) -> pd.DataFrame:
    """Pick the columns that the layout names; own columns of an open table stay as they are."""
    texts = grid.rows
    taken = layout.taken(texts.columns, currency)
    columns = {
        key: _column(texts, field, taken[key], layout) for key, field in layout.columns.items()
    }
    if "date" in CONTRACTS[source.table].names:
        columns["date"] = _days(columns.get("date"), grid, layout)
    mapped = pd.DataFrame(
        {key: column for key, column in columns.items() if column is not None}, index=texts.index
    )
    mapped = _placed(mapped, layout, source)
    if CONTRACTS[source.table].open_columns:
        used = {plain(header) for field in layout.columns.values() for header in field.wanted}
        own = [name for name in texts.columns if plain(name) not in used and name != LINE]
        mapped = mapped.join(texts[own])
    absent = [
        column
        for column in CONTRACTS[source.table].columns
        if column.required and column.default is None
    ]
    lacking = [name.name for name in absent if name.name not in mapped and name.name != "currency"]
    if lacking:
        raise PlaybookError(
            _lacking(
                file, lacking, source, layout, [name for name in texts.columns if name != LINE]
            )
        )
    return mapped


def _placed(mapped: pd.DataFrame, layout: Layout, source: Source) -> pd.DataFrame:
    """Say channel and segment of the rows where source or layout know better than the file."""
    named = (
        mapped["channel"].str.strip().replace(dict(source.channels))
        if "channel" in mapped
        else layout.channel
    )
    given = {"channel": source.channel or named, "segment": source.segment}
    names = CONTRACTS[source.table].names
    return mapped.assign(
        **{key: value for key, value in given.items() if value is not None and key in names}
    )


def _headers(name: str, layout: Layout) -> str:
    """Return the headers that a column may have in a file."""
    return " or ".join(layout.columns[name].wanted) if name in layout.columns else name


def _lacking(
    file: Path, lacking: list[str], source: Source, layout: Layout, present: list[str]
) -> Problem:
    wanted = "; ".join(f"{name}: {_headers(name, layout)}" for name in lacking)
    return Problem(
        file=str(file),
        place="header",
        value=", ".join(present)[:160],
        rule=f"{source.table} needs the column(s) {wanted}",
        remedy=f"Add them, map them, or say the channel in sources.{source.id}.",
    )


def _days(own: pd.Series | None, grid: Grid, layout: Layout) -> pd.Series | None:
    """Return the date of each row: its own, of its parts, or the period that the file states.

    None if it must have one.
    """
    texts, parts = grid.rows, layout.date_parts
    names = {plain(name): name for name in texts.columns}
    if parts and all(
        isinstance(part, int) or plain(part) in names
        for part in (parts.year, parts.month, parts.day)
    ):
        year, month, day = (
            _part(texts, names, part) for part in (parts.year, parts.month, parts.day)
        )
        return cells.days_of_parts(year, month, day)
    if layout.period is None:
        return own
    day_first = bool(layout.writes_day_first(texts.columns))
    whole = covered_days.stated(grid.above, layout.period, day_first=day_first)
    if own is None:
        return pd.Series(whole, index=texts.index, dtype="str")
    return covered_days.spread(own, whole, layout.period, day_first=day_first)


def _column(
    texts: pd.DataFrame, field: Origin, names: Sequence[str], layout: Layout
) -> pd.Series | None:
    """Return one canonical column as it stands in the file.

    None where the file does not carry it.
    """
    if field.constant is not None:
        return pd.Series(field.constant, index=texts.index, dtype="str")
    if field.line:
        return texts[LINE].astype("str")
    if field.levels:
        return units.names(texts, layout)
    if not names:
        return None
    first = names[0]
    if field.add or first in field.divide:
        return _worked_out(
            texts[list(names)].astype("str"),
            field,
            layout,
            decimal_comma=layout.writes_comma(texts.columns),
        )
    column = (
        reduce(_beside, (texts[name].astype("str") for name in names))
        if field.join
        else texts[first]
    )
    if field.codes:
        column = column.map(lambda one: field.codes.get(str(one).strip(), one))
    if first in field.before:
        column = column.astype("str").str.split(field.before[first], n=1).str[0]
    if field.until.get(first) in texts:
        column = covered_days.until(column, texts[field.until[first]])
    return column


def _beside(left: pd.Series, right: pd.Series) -> pd.Series:
    return left + " / " + right


def _worked_out(
    texts: pd.DataFrame, field: Origin, layout: Layout, *, decimal_comma: bool
) -> pd.Series:
    """Add numbers up, each divided as the layout says, and write the sum as the file would.

    What is no number stays.
    """
    silent = {name: cells.missing(texts[name], layout.missing) for name in texts}
    read = {
        name: cells.numbers(texts[name], decimal_comma=decimal_comma).mask(silent[name])
        / field.divide.get(str(name), 1)
        for name in texts
    }
    total = pd.DataFrame(read).sum(axis="columns", min_count=1)
    written = total.astype("str").mask(total.isna(), "").astype("str")
    written = written.str.replace(".", ",", regex=False) if decimal_comma else written
    for name in texts:
        written = written.mask(read[name].isna() & ~silent[name], texts[name])
    return written


def _part(texts: pd.DataFrame, names: Mapping[str, str], part: str | int) -> pd.Series:
    if isinstance(part, int):
        return pd.Series(str(part), index=texts.index, dtype="str")
    return texts[names[plain(part)]].astype("str")


def _currency(
    mapped: pd.DataFrame, texts: pd.DataFrame, layout: Layout, currency: str
) -> pd.Series | str:
    """Take the currency from a column, a header, the layout, all cells, or the campaign."""
    if "currency" in mapped:
        otherwise = layout.currency or currency
        codes = mapped["currency"].astype("str").str.strip().str.upper()
        return codes.replace("", otherwise).fillna(otherwise)
    taken = layout.taken(texts.columns, currency)
    stated = (currency_of(name) for money in ("spend", "revenue") for name in taken.get(money, ()))
    of_cells = cells.currency_of(mapped[name] for name in ("spend", "revenue") if name in mapped)
    return next(filter(None, stated), layout.currency or of_cells or currency)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Hand:
    """How the cells of one file are written: in which zone, and what is wanted of them."""

    missing: Sequence[str]
    decimal_comma: bool
    day_first: bool | None
    zone: str
    wanted_zone: str
    currency: str


def _hand(layout: Layout, texts: pd.DataFrame, timezone: str, currency: str) -> _Hand:
    return _Hand(
        missing=layout.missing,
        decimal_comma=layout.writes_comma(texts.columns),
        day_first=layout.writes_day_first(texts.columns),
        zone=layout.timezone or timezone,
        wanted_zone=timezone,
        currency=currency,
    )


def _typed(
    mapped: pd.DataFrame, contract: Contract, hand: _Hand
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read every column as its kind; the canonical columns come first, own ones follow."""
    rows, faults = {}, []
    for column in contract.columns:
        if column.name not in mapped:
            filled = column.default if column.default is not None else None
            rows[column.name] = pd.Series(filled, index=mapped.index, dtype=DTYPES[column.kind])
            continue
        rows[column.name], values = _read(mapped[column.name], column, hand)
        faults.append(values)
    own = (
        [name for name in mapped.columns if name not in contract.names]
        if contract.open_columns
        else []
    )
    table = pd.DataFrame(rows, index=mapped.index).join(_own(mapped[own]))
    return table, pd.concat(faults, ignore_index=True)


def _own(columns: pd.DataFrame) -> pd.DataFrame:
    """Read a column of the team's own as numbers where every cell that says something is one."""
    read = {
        name: cells.numbers(column) for name, column in columns.items() if column.dtype == "str"
    }
    says_something = {name: ~cells.missing(columns[name], ("",)) for name in read}
    return columns.assign(
        **{
            str(name): column
            for name, column in read.items()
            if column.notna().eq(says_something[name]).all()
        }
    )


def _read(column: pd.Series, kind: Column, hand: _Hand) -> tuple[pd.Series, pd.DataFrame]:
    """Read one column; the faults are cells that say something which cannot be read."""
    timed = kind.kind in ("day", "moment")
    if column.dtype not in ("str", "object") and (not timed or column.dtype.kind == "M"):
        taken = _already(column, kind, hand.wanted_zone)
        wrong = (
            taken.abs().ge(cells.MOST)
            if taken.dtype.kind == "f"
            else pd.Series(data=False, index=column.index)
        )
        return taken.mask(wrong), _faults(column, wrong, kind.name, NOT_FINITE)
    texts = (
        column.astype("str").str.removesuffix(".0")
        if column.dtype.kind == "f"
        else column.astype("str")
    )
    silent = cells.missing(texts, hand.missing)
    if kind.kind == "text":
        filled = texts.str.strip().mask(texts.isna() | texts.str.strip().eq(""), kind.default)
        return filled.astype("str"), _faults(texts, silent & False, kind.name, "")
    if timed:
        day_first = cells.writes_day_first(texts[~silent], stated=hand.day_first)
        moments = cells.moments(texts, day_first=bool(day_first), zone=hand.zone)
        is_day = kind.kind == "day"
        read = (
            moments.dt.normalize() if is_day else cells.moved(moments, hand.zone, hand.wanted_zone)
        )
        long = cells.periods(texts)
        unsure = cells.either_way(texts) & ~silent & (day_first is None)
        faults = [
            _faults(texts, long, kind.name, MANY_DAYS),
            _faults(texts, unsure, kind.name, DAY_OR_MONTH),
            _faults(texts, read.isna() & ~long & ~silent, kind.name, NO_DATE),
        ]
        return read, pd.concat(faults, ignore_index=True)
    return _counted(texts, silent, kind, hand)


def _counted(
    texts: pd.Series, silent: pd.Series, kind: Column, hand: _Hand
) -> tuple[pd.Series, pd.DataFrame]:
    """Read a column of counts or money."""
    read = cells.numbers(texts, decimal_comma=hand.decimal_comma).mask(silent)
    unread = read.isna() & ~silent
    beyond = unread.copy()
    beyond[unread] = cells.beyond(texts[unread], decimal_comma=hand.decimal_comma)
    faults = [
        _faults(texts, beyond, kind.name, NOT_FINITE),
        _faults(texts, unread & ~beyond, kind.name, NO_NUMBER),
    ]
    if kind.kind == "money":
        foreign = cells.foreign(texts, hand.currency) & read.notna()
        faults.append(_faults(texts, foreign, kind.name, f"{OTHER_CURRENCY} {hand.currency}"))
    return read, pd.concat(faults, ignore_index=True)


def _uneven(grid: Grid) -> pd.DataFrame:
    """Return a fault for each row with fewer or more cells than the header."""
    lines = grid.rows[LINE]
    rows = [(row, *grid.uneven[line]) for row, line in lines.items() if line in grid.uneven]
    return pd.DataFrame(
        {
            "row": pd.Series([row for row, _, _ in rows], dtype="int64"),
            "column": "",
            "value": pd.Series([f"{found} cells" for _, found, _ in rows], dtype="str"),
            "rule": [f"does not have the {wanted} cells of the header" for _, _, wanted in rows],
        }
    )


def _already(column: pd.Series, kind: Column, zone: str) -> pd.Series:
    """Take over a column that Parquet brings typed.

    A moment that knows its offset is told in the wanted zone.
    """
    if kind.kind not in ("day", "moment"):
        return column.astype(DTYPES[kind.kind])
    zoned = isinstance(column.dtype, pd.DatetimeTZDtype)
    moments = column.dt.tz_convert(zone).dt.tz_localize(None) if zoned else column
    return (moments.dt.normalize() if kind.kind == "day" else moments).astype("datetime64[us]")


def _faults(texts: pd.Series, wrong: pd.Series, column: str, rule: str) -> pd.DataFrame:
    cells_wrong = texts[wrong]
    return pd.DataFrame(
        {
            "row": cells_wrong.index,
            "column": column,
            "value": cells_wrong.astype("str").to_numpy(),
            "rule": rule,
        }
    )
