"""From the files of a campaign to its canonical tables.

Nothing is lost, what is left out is kept with its reason.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from playbook.csvfile import write_csv
from playbook.errors import ParameterError, PlaybookError, Problem
from playbook.params import Campaign
from playbook.params.model import Source, TableName
from playbook.sources import quality
from playbook.sources.canonical import FileRows, layout_of, read_file
from playbook.sources.contracts import CONTRACTS, Contract, empty
from playbook.sources.databases import engines
from playbook.sources.files import cells
from playbook.sources.files.grid import LINE
from playbook.sources.rules import ORIGIN, REJECT_COLUMNS, judged

Tables = Mapping[str, Any]
"""Every canonical table by name, a data frame (for users' rows that stay in a database an Ibis
table), and two more: `rejects` (one row per broken rule: file, line, table, column, value, rule,
row) and `quality` (one row per file, `playbook.sources.quality`)."""

RECORD = "sources.json"
NUMBERED = re.compile(r"(?P<stem>.*?)\s*\((?P<number>\d+)\)")
"""How a browser names a second download of the same name: "report (1).csv"."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Read:
    source: Source
    file: Path
    found: FileRows


def load(
    campaign: Campaign, data_dir: Path | str, run_dir: Path | str, params_dir: Path | str
) -> Tables:
    """Read all sources of a campaign into canonical tables, and keep them in the run's folder.

    Args:
        campaign: Parameters, with the sources.
        data_dir: Folder of the raw inputs, one folder a campaign; only read.
        run_dir: Folder of the run; tables/canonical/, tables/rejects.* and tables/quality.* are
            written there, and read back when the inputs have not changed since.
        params_dir: Folder of the parameters, where mappings lie.

    Returns:
        Every canonical table, empty where no source brings it, with rejects and quality.

    Raises:
        ParameterError: A source names a platform that is not known, or a mapping that cannot be
            read.
        PlaybookError: A source has no file, or a file lacks the columns of its table; every such
            problem.
    """
    folder = Path(run_dir) / "tables"
    digest = _digest(campaign, inputs(campaign, data_dir, params_dir))
    record = folder / RECORD
    if record.is_file() and json.loads(record.read_text(encoding="utf-8")) == digest:
        return {
            **_stored(folder),
            **engines.database_tables(campaign, Path(data_dir), Path(params_dir)),
        }
    if wrong := misnamed(campaign, params_dir):
        raise ParameterError(*wrong)
    reads, problems = _read_all(campaign, Path(data_dir), Path(params_dir))
    if problems:
        raise PlaybookError(*problems)
    tables = _tables(campaign, reads, Path(data_dir))
    _store(tables, folder)
    record.write_text(json.dumps(digest), encoding="utf-8")
    return {**tables, **engines.database_tables(campaign, Path(data_dir), Path(params_dir))}


def misnamed(campaign: Campaign, params_dir: Path | str) -> list[Problem]:
    """List what is wrong with the platforms and mappings that the sources name."""
    problems: list[Problem] = []
    for source in campaign.sources.values():
        try:
            layout_of(source, Path(params_dir) / campaign.id)
        except ParameterError as error:
            problems += error.problems
    return list(dict.fromkeys(problems))


def inputs(campaign: Campaign, data_dir: Path | str, params_dir: Path | str) -> dict[str, str]:
    """List the files that a campaign reads, with the hash of their content.

    Returns:
        By path below data/ or params/: sha256.

    Raises:
        PlaybookError: A source has no file.
    """
    root = Path(data_dir)
    files_of = {
        source.id: _files(campaign, source, root)
        for source in campaign.sources.values()
        if not source.uri
    }
    problems = [one for files in files_of.values() for one in files if isinstance(one, Problem)]
    if problems:
        raise PlaybookError(*problems)
    paths = {
        file.relative_to(root).as_posix(): file
        for files in files_of.values()
        for file in files
        if isinstance(file, Path)
    }
    mappings = [
        Path(params_dir) / campaign.id / one.mapping
        for one in campaign.sources.values()
        if one.mapping
    ]
    paths |= {f"params/{campaign.id}/{file.name}": file for file in mappings if file.is_file()}
    digests = {name: _file_digest(path) for name, path in paths.items()}
    return dict(sorted({**digests, **engines.digests(campaign, root, Path(params_dir))}.items()))


def check(campaign: Campaign, data_dir: Path | str, params_dir: Path | str) -> list[Problem]:
    """List every problem of a campaign's data at once.

    Missing files and columns, and broken rules with counts.
    """
    reads, problems = _read_all(campaign, Path(data_dir), Path(params_dir))
    try:
        engines.database_tables(campaign, Path(data_dir), Path(params_dir))
    except PlaybookError as error:
        problems += error.problems
    rejects = _tables(campaign, reads, Path(data_dir))["rejects"]
    for (file, column, rule), rows in rejects.groupby(["file", "column", "rule"], sort=False):
        count = f" ({len(rows)} rows)" if len(rows) > 1 else ""
        first = rows.iloc[0]
        problems.append(
            Problem(
                file=str(file),
                place=f"line {first['line']}, {column}",
                value=str(first["value"]),
                rule=f"{rule}{count}",
                remedy="Such rows are kept aside; correct the export or the parameters.",
            )
        )
    return problems


def _files(campaign: Campaign, source: Source, data_dir: Path) -> list[Path] | list[Problem]:
    if source.uri:
        return [engines.place(source, data_dir)]
    folder = data_dir / campaign.id
    files = sorted(
        (file for file in folder.glob(source.files) if file.is_file()), key=download_order
    )
    if files:
        return files
    there = ", ".join(
        sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())[
            :8
        ]
    )
    return [
        Problem(
            file=str(folder),
            place=f"sources.{source.id}.files",
            value=source.files,
            rule=f"no file has such a name; there are: {there or 'none'}",
            remedy="Put the export there, or correct the name in the parameters.",
        )
    ]


def download_order(file: Path) -> tuple[pd.Timestamp, list[str | int], int]:
    """Order files by the last day in their names, then by name (9 before 10).

    Then by the number of a second download.

    Where files tell the same day, the last one counts.
    """
    again = NUMBERED.fullmatch(file.stem)
    stem = again["stem"] if again else file.stem
    days = [*cells.days_within(stem), *cells.days_within(stem.replace("_", " "))]
    parts = [
        int(part) if part.isdecimal() else part
        for part in re.split(r"(\d+)", f"{file.parent / stem}{file.suffix}")
    ]
    return max(days, default=pd.Timestamp.min), parts, int(again["number"]) if again else 0


def _read_all(
    campaign: Campaign, data_dir: Path, params_dir: Path
) -> tuple[list[_Read], list[Problem]]:
    reads: list[_Read] = []
    problems: list[Problem] = []
    for source in campaign.sources.values():
        files = _files(campaign, source, data_dir)
        problems += [one for one in files if isinstance(one, Problem)]
        paths = [one for one in files if isinstance(one, Path)]
        for group in _read_together(source, paths):
            try:
                rows = _read_one(campaign, source, group, data_dir, params_dir / campaign.id)
                reads.append(_Read(source=source, file=group[0], found=rows))
            except PlaybookError as error:
                problems += error.problems
    return reads, list(dict.fromkeys(problems))


def _read_together(source: Source, paths: list[Path]) -> list[list[Path]]:
    """Group a source's files by what is read at once: each alone, all, or none."""
    if not paths or engines.stays(source, paths):
        return []
    if engines.summed(source, paths):
        return [paths]
    return [[path] for path in paths]


def _read_one(
    campaign: Campaign, source: Source, files: Sequence[Path], data_dir: Path, params_dir: Path
) -> FileRows:
    if source.uri:
        return engines.read_table(source, campaign, data_dir, params_dir)
    if engines.summed(source, files):
        return engines.read_orders(source, files, campaign, params_dir)
    return read_file(source, files[0], campaign.currency, params_dir, campaign.timezone)


def _tables(campaign: Campaign, reads: list[_Read], data_dir: Path) -> dict[str, pd.DataFrame]:
    """Judge the rows of each table over all its files."""
    tables: dict[str, pd.DataFrame] = {table: empty(table) for table in CONTRACTS}
    rejects: list[pd.DataFrame] = []
    files: list[dict[str, object]] = []
    for table, contract in CONTRACTS.items():
        mine = [read for read in reads if read.source.table == table]
        if mine:
            kept, aside = _judged(campaign, contract, mine)
            tables[table] = kept.drop(columns=list(ORIGIN)).reset_index(drop=True)
            rejects.append(_shown(aside, table, data_dir))
            files += [_of_file(read, kept, aside, data_dir) for read in mine]
    tables["rejects"] = (
        pd.concat(rejects, ignore_index=True)
        if rejects
        else pd.DataFrame(columns=list(REJECT_COLUMNS), dtype="str")
    )
    tables["quality"] = quality.table(files)
    return tables


def _of_file(
    read: _Read, kept: pd.DataFrame, aside: pd.DataFrame, data_dir: Path
) -> dict[str, object]:
    mine = [table[table["_file"].eq(str(read.file))] for table in (kept, aside)]
    return quality.quality(read.source, read.file.relative_to(data_dir), read.found, *mine)


def _judged(
    campaign: Campaign, contract: Contract, reads: list[_Read]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows that stay, and the rows set aside, with origin and reason."""
    offset, rows, faults = 0, [], []
    for read in reads:
        rows.append(read.found.rows.set_axis(range(offset, offset + len(read.found.rows))))
        faults.append(read.found.faults.assign(row=read.found.faults["row"] + offset))
        offset += len(read.found.rows)
    every = pd.concat(rows)
    unreadable = pd.concat(faults, ignore_index=True)
    kept, broken = judged(every[~every.index.isin(unreadable["row"])], contract, campaign)
    aside = pd.concat([unreadable, broken], ignore_index=True).merge(
        every[list(ORIGIN)], left_on="row", right_index=True, how="left"
    )
    aside["_raw"] = _as_they_stood(reads, aside["row"])
    return kept, aside


def _as_they_stood(reads: list[_Read], places: pd.Series) -> list[str]:
    """Return rows, by their place among all rows of a table, as JSON of what stood in the file."""
    starts = np.cumsum([0, *(len(read.found.rows) for read in reads)])
    files = np.searchsorted(starts, places.to_numpy("int64"), side="right") - 1
    rows = (
        reads[file].found.texts.iloc[place - starts[file]]
        for file, place in zip(files, places, strict=True)
    )
    return [row.drop(LINE).to_json(force_ascii=False) for row in rows]


def _shown(aside: pd.DataFrame, table: TableName, data_dir: Path) -> pd.DataFrame:
    files = aside["_file"].map(lambda file: Path(file).relative_to(data_dir).as_posix())
    shown = aside.assign(file=files, line=aside["_line"], table=table, row=aside["_raw"])
    texts = {name: "str" for name in REJECT_COLUMNS if name != "line"}
    return shown[list(REJECT_COLUMNS)].astype({**texts, "line": "int64"})


def _store(tables: Tables, folder: Path) -> None:
    (folder / "canonical").mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        aside = name in ("rejects", "quality")
        table.to_parquet(
            folder / f"{name}.parquet" if aside else folder / "canonical" / f"{name}.parquet",
            index=False,
        )
        if aside:
            write_csv(table, folder / f"{name}.csv")


def _stored(folder: Path) -> dict[str, pd.DataFrame]:
    files: Iterator[Path] = (
        *(folder / "canonical").glob("*.parquet"),
        folder / "rejects.parquet",
        folder / "quality.parquet",
    )  # type: ignore[assignment]
    return {file.stem: pd.read_parquet(file) for file in files}


def _digest(campaign: Campaign, files: Mapping[str, str]) -> dict[str, Any]:
    """Everything that the tables depend on.

    Inputs, sources, channels, currency, and the code that reads.
    """
    code = sorted(Path(__file__).parent.rglob("*.*"))
    return {
        "campaign": campaign.id,
        "files": dict(files),
        "channels": sorted(campaign.channels),
        "currency": campaign.currency,
        "sources": {
            key: source.model_dump(mode="json") for key, source in campaign.sources.items()
        },
        "code": {path.name: _file_digest(path) for path in code if path.suffix in (".py", ".yml")},
    }


def _file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
