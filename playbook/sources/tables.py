"""From the files of a campaign to its canonical tables.

Nothing is lost, what is left out is kept with its reason.
"""

import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from playbook.csvfile import write_csv
from playbook.errors import ParameterError, PlaybookError, Problem
from playbook.hashes import Hashes, file_digest
from playbook.params import Campaign
from playbook.params.model import Source, TableName
from playbook.sources import quality
from playbook.sources.canonical import FileRows, layout_of, read_file
from playbook.sources.contracts import CONTRACTS, Contract, empty
from playbook.sources.databases import engines
from playbook.sources.files import cells
from playbook.sources.files.grid import LINE, no_rows
from playbook.sources.inventory import (
    files_of,
    inputs_by_source,
    looked_for,
    reading,
    reading_code,
    together,
)
from playbook.sources.rules import ORIGIN, REJECT_COLUMNS, judged

Tables = Mapping[str, Any]
"""Every canonical table by name, a data frame (for users' rows that stay in a database an Ibis
table), and two more: `rejects` (one row per broken rule: file, line, table, column, value, rule,
row) and `quality` (one row per file, `playbook.sources.quality`)."""

RECORD = "sources.json"
HASHES = "hashes.json"
ASIDE = ("rejects", "quality")
"""Tables about the reading, which lie beside the canonical ones."""

NUMBERED = re.compile(r"(?P<stem>.*?)\s*\((?P<number>\d+)\)")
"""How a browser names a second download of the same name: "report (1).csv"."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Read:
    source: Source
    file: Path
    found: FileRows


class StoredTables(Mapping[str, Any]):
    """The tables of a folder, each read when it is asked for and not before."""

    def __init__(self, folder: Path, campaign: Campaign, data_dir: Path, params_dir: Path) -> None:
        """Look which tables there are: stored ones, and users' rows that stay in a database."""
        self._files = {file.stem: file for file in _files_stored(folder)}
        self._left_there = {
            source.table
            for source in campaign.sources.values()
            if engines.stays(source, files_of(campaign, source, data_dir))
        }
        self._open = partial(engines.database_tables, campaign, data_dir, params_dir)
        self._tables: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        """Read a table.

        Raises:
            KeyError: There is no such table.
            PlaybookError: A database cannot be asked.
        """
        if name not in self._tables:
            if name in self._left_there:
                self._tables |= self._open()
            else:
                self._tables[name] = pd.read_parquet(self._files[name])
        return self._tables[name]

    def __iter__(self) -> Iterator[str]:
        """Yield the names of all tables."""
        return iter(self._files.keys() | self._left_there)

    def __len__(self) -> int:
        """Count the tables."""
        return len(self._files.keys() | self._left_there)


def load(
    campaign: Campaign, data_dir: Path | str, run_dir: Path | str, params_dir: Path | str
) -> Tables:
    """Read all sources of a campaign into canonical tables, and keep them in the run's folder.

    Args:
        campaign: Parameters, with the sources.
        data_dir: Folder of the raw inputs, one folder a campaign; only read.
        run_dir: Folder of the run; tables/canonical/, tables/rejects.* and tables/quality.* are
            written there, and read back, each table when it is asked for, while the inputs have not
            changed since. The tables of a run that `read_once` made are read back whatever became
            of the inputs, so that all its stages see the same.
        params_dir: Folder of the parameters, where mappings lie.

    Returns:
        Every canonical table, empty where no source brings it, with rejects and quality.

    Raises:
        ParameterError: A source names a platform that is not known, or a mapping that cannot be
            read.
        PlaybookError: A source has no file, or a file lacks the columns of its table; every such
            problem.
    """
    folder, data, parameters = Path(run_dir) / "tables", Path(data_dir), Path(params_dir)
    kept = _record(folder)
    if kept.get("of_run") and kept.get("reading") == reading(campaign):
        return StoredTables(folder, campaign, data, parameters)
    hashes = Hashes(folder / HASHES)
    inputs = together(inputs_by_source(campaign, data, parameters, hashes))
    tables = _load(campaign, data, folder, parameters, _record_of(campaign, inputs, hashes))
    hashes.write()
    return tables


def read_once(
    campaign: Campaign,
    data_dir: Path,
    run_dir: Path,
    params_dir: Path,
    inputs: Mapping[str, str],
    last_run: Path,
) -> None:
    """Read all sources of a campaign for a run, whose stages then see these tables.

    Args:
        campaign: Parameters, with the sources.
        data_dir: Folder of the raw inputs.
        run_dir: Folder of the run.
        params_dir: Folder of the parameters.
        inputs: Content hash of every input, by path.
        last_run: Folder of the run before this; its tables are taken over if they were read from
            the same inputs in the same way.

    Raises:
        ParameterError: As `load`.
        PlaybookError: As `load`.
    """
    folder, last = run_dir / "tables", last_run / "tables"
    record = {**_record_of(campaign, inputs, file_digest), "of_run": True}
    if _record(last) == record:
        _take_over(last, folder)
    _load(campaign, data_dir, folder, params_dir, record)


def _take_over(last: Path, folder: Path) -> None:
    """Copy the stored tables of another run."""
    shutil.copytree(last / "canonical", folder / "canonical")
    aside = (last / f"{name}{suffix}" for name in ASIDE for suffix in (".csv", ".parquet"))
    for file in (*aside, last / RECORD):
        shutil.copy2(file, folder)


def _load(
    campaign: Campaign,
    data_dir: Path,
    folder: Path,
    params_dir: Path,
    record: Mapping[str, Any],
) -> Tables:
    """Take the tables of a folder if they are those of the record, read the sources if not."""
    if _record(folder) == record:
        return StoredTables(folder, campaign, data_dir, params_dir)
    if wrong := misnamed(campaign, params_dir):
        raise ParameterError(*wrong)
    reads, problems = _read_all(campaign, data_dir, params_dir)
    if problems:
        raise PlaybookError(*problems)
    tables = _tables(campaign, reads, data_dir)
    left_there = engines.database_tables(campaign, data_dir, params_dir)
    _store(tables, folder)
    (folder / RECORD).write_text(json.dumps(record), encoding="utf-8")
    return {**tables, **left_there}


def _record(folder: Path) -> dict[str, Any]:
    """Return what the tables of a folder were made of; nothing where that is absent or damaged."""
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def _record_of(
    campaign: Campaign, inputs: Mapping[str, str], digest_of: Callable[[Path], str]
) -> dict[str, Any]:
    """Return all that the tables depend on: inputs, parameters, and the code that reads."""
    return {
        "files": dict(inputs),
        "reading": reading(campaign),
        "code": reading_code(digest_of),
    }


def misnamed(campaign: Campaign, params_dir: Path | str) -> list[Problem]:
    """List what is wrong with the platforms and mappings that the sources name."""
    problems: list[Problem] = []
    for source in campaign.sources.values():
        try:
            layout_of(source, Path(params_dir) / campaign.id)
        except ParameterError as error:
            problems += error.problems
    return list(dict.fromkeys(problems))


def check(campaign: Campaign, data_dir: Path | str, params_dir: Path | str) -> list[Problem]:
    """List every problem of a campaign's data at once.

    Missing files and columns, and broken rules with counts.
    """
    reads, problems = _read_all(campaign, Path(data_dir), Path(params_dir))
    try:
        engines.database_tables(campaign, Path(data_dir), Path(params_dir))
    except PlaybookError as error:
        problems += error.problems
    problems += [no_rows(read.file) for read in reads if not len(read.found.rows)]
    rejects = _tables(campaign, reads, Path(data_dir))["rejects"]
    for (file, column, rule), rows in rejects.groupby(["file", "column", "rule"], sort=False):
        count = f" ({len(rows)} rows)" if len(rows) > 1 else ""
        first = rows.iloc[0]
        problems.append(
            Problem(
                file=str(file),
                place=", ".join(filter(None, (f"line {first['line']}", str(column)))),
                value=str(first["value"]),
                rule=f"{rule}{count}",
                remedy="Such rows are kept aside; correct the export or the parameters.",
            )
        )
    return problems


def _files(campaign: Campaign, source: Source, data_dir: Path) -> list[Path] | list[Problem]:
    """List what a source reads, the latest download last."""
    if source.uri:
        return [engines.place(source, data_dir)]
    files, problems = looked_for(campaign, source, data_dir)
    return problems or sorted(files, key=download_order)


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
        aside = name in ASIDE
        table.to_parquet(
            folder / f"{name}.parquet" if aside else folder / "canonical" / f"{name}.parquet",
            index=False,
        )
        if aside:
            write_csv(table, folder / f"{name}.csv")


def _files_stored(folder: Path) -> Iterator[Path]:
    yield from (folder / "canonical").glob("*.parquet")
    yield from (folder / f"{name}.parquet" for name in ASIDE)
