"""One file as rows of a canonical table: columns mapped, cells read, and every unreadable cell noted."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from playbook.errors import PlaybookError, Problem
from playbook.params.model import Source, TableName
from playbook.sources import cells
from playbook.sources.contracts import CONTRACTS, DTYPES, Column, Contract
from playbook.sources.grid import LINE, read_grid
from playbook.sources.layout import Layout, Origin, plain, read_layout, shipped

IN_BRACKETS = r"\(([A-Z]{3})\)\s*$"


@dataclass(frozen=True, kw_only=True, slots=True)
class FileRows:
    """One file read.

    Attributes:
        rows: The canonical columns (and own ones, where the table is open) with `_file` and `_line`.
        faults: One row per unreadable cell: its row's index, column, value and rule.
        totals: How many total rows were set aside.
        texts: The rows as they stood, in the same order.
    """

    rows: pd.DataFrame
    faults: pd.DataFrame
    totals: int
    texts: pd.DataFrame


def read_file(source: Source, file: Path, currency: str, params_dir: Path) -> FileRows:
    """Read one file of a source.

    Args:
        source: Names table, platform or mapping, and channel.
        file: Any form that `read_grid` takes, or Parquet with canonical columns.
        currency: The campaign's; taken where neither file nor mapping says one.
        params_dir: Folder of the campaign's parameters, where its mapping lies.

    Raises:
        PlaybookError: The file does not have the columns that the table needs.
    """
    layout = layout_of(source, params_dir)
    if file.suffix == ".parquet":
        return read_rows(_parquet(file), 0, layout, source, file, currency)
    texts, set_aside = read_grid(file, layout)
    return read_rows(texts, len(set_aside), layout, source, file, currency)


def read_rows(
    texts: pd.DataFrame, totals: int, layout: Layout, source: Source, file: Path, currency: str
) -> FileRows:  # fmt: skip
    """Read rows as they stand in a file or table, with their number in `_line`; arguments and errors as in `read_file`."""
    mapped = _mapped(texts, layout, source, file)
    mapped["currency"] = _currency(mapped, texts, layout, currency)
    contract = CONTRACTS[source.table]
    rows, faults = _typed(mapped, contract, layout, texts)
    rows[LINE] = texts[LINE].to_numpy()
    rows["_file"] = str(file)
    return FileRows(rows=rows, faults=faults, totals=totals, texts=texts)


def layout_of(source: Source, params_dir: Path) -> Layout:
    """Return how a source's files are laid out: its platform's, its own mapping, or the canonical columns.

    Raises:
        PlaybookError: No such platform or mapping.
    """
    if source.mapping:
        return read_layout(params_dir / source.mapping)
    if source.platform is None:
        return _plain_layout(source.table)
    if source.platform not in shipped():
        raise PlaybookError(
            Problem(file="parameters", place=f"sources.{source.id}.platform", value=source.platform,
                    rule=f"is none of {', '.join(shipped())}", remedy="Correct it, or write a mapping.")
        )  # fmt: skip
    return shipped()[source.platform]


def _plain_layout(table: TableName) -> Layout:
    columns = {column.name: {"headers": [column.name]} for column in CONTRACTS[table].columns}
    return Layout.model_validate({"name": "the canonical columns", "table": table, "columns": columns})


def _parquet(file: Path) -> pd.DataFrame:
    table = pd.read_parquet(file)
    return table.assign(**{LINE: range(1, len(table) + 1)})


def _mapped(texts: pd.DataFrame, layout: Layout, source: Source, file: Path) -> pd.DataFrame:
    """Pick the columns that the layout names; own columns of an open table stay as they are."""
    known = {plain(name): name for name in texts.columns if name != LINE}
    found = {key: _column(texts, field, known) for key, field in layout.columns.items()}
    mapped = pd.DataFrame({key: column for key, column in found.items() if column is not None}, index=texts.index)
    if layout.date_parts:
        parts = layout.date_parts
        year, month, day = (_part(texts, known, one) for one in (parts.year, parts.month, parts.day))
        mapped["date"] = cells.days_of_parts(year, month, day)
    fixed = {"channel": source.channel or (None if "channel" in mapped else layout.channel), "segment": source.segment}
    mapped = mapped.assign(
        **{key: text for key, text in fixed.items() if text and key in CONTRACTS[source.table].names}
    )
    if CONTRACTS[source.table].open_columns:
        used = {plain(one) for field in layout.columns.values() for one in field.wanted}
        own = [name for name in texts.columns if plain(name) not in used and name != LINE]
        mapped = mapped.join(texts[own])
    absent = [one for one in CONTRACTS[source.table].columns if one.required and one.default is None]
    lacking = [one.name for one in absent if one.name not in mapped and one.name != "currency"]
    if lacking:
        raise PlaybookError(_lacking(file, lacking, source, layout, [name for name in texts.columns if name != LINE]))
    return mapped


def _lacking(file: Path, lacking: list[str], source: Source, layout: Layout, present: list[str]) -> Problem:
    wanted = "; ".join(
        f"{one}: {' or '.join(layout.columns[one].wanted) if one in layout.columns else one}" for one in lacking
    )
    return Problem(
        file=str(file), place="header", value=", ".join(present)[:160],
        rule=f"{source.table} needs the column(s) {wanted}",
        remedy=f"Add them, map them, or say the channel in sources.{source.id}.",
    )  # fmt: skip


def _column(texts: pd.DataFrame, field: Origin, known: Mapping[str, str]) -> pd.Series | None:
    """Return one canonical column as it stands in the file; None where the file does not carry it."""
    if field.constant is not None:
        return pd.Series(field.constant, index=texts.index, dtype="str")
    if field.line:
        return texts[LINE].astype("str")
    names = [known[plain(one)] for one in field.wanted if plain(one) in known]
    if not names:
        return None
    if field.add:
        return pd.DataFrame({name: cells.numbers(texts[name]) for name in names}).sum(axis="columns", min_count=1)
    column = texts[names].agg(" / ".join, axis="columns") if field.join else texts[names[0]]
    if field.codes:
        column = column.map(lambda one: field.codes.get(str(one).strip(), one))
    return cells.numbers(column) / field.divide[names[0]] if names[0] in field.divide else column


def _part(texts: pd.DataFrame, known: Mapping[str, str], part: str | int) -> pd.Series:
    if isinstance(part, int):
        return pd.Series(str(part), index=texts.index, dtype="str")
    return texts[known[plain(part)]].astype("str")


def _currency(mapped: pd.DataFrame, texts: pd.DataFrame, layout: Layout, currency: str) -> pd.Series | str:
    """Take the currency from a column, from a header's brackets, from the layout, or from the campaign."""
    if "currency" in mapped:
        return mapped["currency"].replace("", layout.currency or currency).fillna(layout.currency or currency)
    marked = [name for name in texts.columns if any(plain(name).startswith(plain(one)) for one in layout.currency_in)]
    stated = pd.Series(marked, dtype="str").str.extract(IN_BRACKETS)[0].dropna()
    return str(stated.iloc[0]) if len(stated) else layout.currency or currency


def _typed(
    mapped: pd.DataFrame, contract: Contract, layout: Layout, texts: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read every column as its kind; the canonical columns come first, own ones follow."""
    comma = any(plain(one) in {plain(name) for name in texts.columns} for one in layout.decimal_comma)
    rows, faults = {}, []
    for column in contract.columns:
        if column.name not in mapped:
            filled = column.default if column.default is not None else None
            rows[column.name] = pd.Series(filled, index=mapped.index, dtype=DTYPES[column.kind])
            continue
        rows[column.name], found = _read(mapped[column.name], column, layout, decimal_comma=comma)
        faults.append(found)
    own = [name for name in mapped.columns if name not in contract.names] if contract.open_columns else []
    table = pd.DataFrame(rows, index=mapped.index).join(_own(mapped[own]))
    return table, pd.concat(faults, ignore_index=True)


def _own(columns: pd.DataFrame) -> pd.DataFrame:
    """Read a column of the team's own as numbers where every cell that says something is one."""
    read = {name: cells.numbers(one) for name, one in columns.items() if one.dtype == "str"}
    said = {name: ~cells.missing(columns[name], ("",)) for name in read}
    return columns.assign(**{str(name): one for name, one in read.items() if one.notna().eq(said[name]).all()})


def _read(column: pd.Series, kind: Column, layout: Layout, *, decimal_comma: bool) -> tuple[pd.Series, pd.DataFrame]:
    """Read one column; the faults are cells that say something which cannot be read."""
    if column.dtype != "str" and column.dtype != "object":
        return _already(column, kind), _faults(column, pd.Series(data=False, index=column.index), kind.name, "")
    texts = column.astype("str")
    silent = cells.missing(texts, layout.missing)
    if kind.kind == "text":
        filled = texts.str.strip().mask(texts.isna() | texts.str.strip().eq(""), kind.default)
        return filled.astype("str"), _faults(texts, silent & False, kind.name, "")
    if kind.kind in ("day", "moment"):
        read = cells.moments(texts, day_first=layout.day_first)
        long = cells.periods(texts)
        read = (read.dt.normalize() if kind.kind == "day" else read).mask(long)
        faults = [
            _faults(texts, long, kind.name, "covers more than one day and cannot be booked on one"),
            _faults(texts, read.isna() & ~long & ~silent, kind.name, "is no date that can be read"),
        ]
        return read, pd.concat(faults, ignore_index=True)
    read = cells.numbers(texts, decimal_comma=decimal_comma).mask(silent)
    return read, _faults(texts, read.isna() & ~silent, kind.name, "is no number")


def _already(column: pd.Series, kind: Column) -> pd.Series:
    """Take over a column that Parquet brings typed."""
    if kind.kind not in ("day", "moment"):
        return column.astype(DTYPES[kind.kind])
    moments = pd.to_datetime(column)
    moments = moments.dt.tz_localize(None) if isinstance(moments.dtype, pd.DatetimeTZDtype) else moments
    return (moments.dt.normalize() if kind.kind == "day" else moments).astype("datetime64[us]")


def _faults(texts: pd.Series, wrong: pd.Series, column: str, rule: str) -> pd.DataFrame:
    found = texts[wrong]
    return pd.DataFrame({"row": found.index, "column": column, "value": found.astype("str").to_numpy(), "rule": rule})
