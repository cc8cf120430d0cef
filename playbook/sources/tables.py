"""From the files of a campaign to its canonical tables.

Nothing is lost, what is left out is kept with its reason.
"""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from playbook.csvfile import write_csv
from playbook.errors import ParameterError, PlaybookError, Problem
from playbook.hashes import Hashes, file_digest
from playbook.params import Campaign
from playbook.params.model import TableName
from playbook.sources import claims, quality
from playbook.sources.canonical import layout_of
from playbook.sources.contracts import CONTRACTS, empty
from playbook.sources.databases import engines
from playbook.sources.facts import READ, Read, facts_by_table
from playbook.sources.intake import read_all
from playbook.sources.inventory import (
    files_of,
    inputs_by_source,
    reading,
    reading_code,
    together,
)
from playbook.sources.rules import ORIGIN, REJECT_COLUMNS

Tables = Mapping[str, Any]
"""Every canonical table by name, a data frame (for users' rows that stay in a database an Ibis
table), and five more: `rejects` (one row per broken rule of a row set aside: file, line, table,
column, value, rule, row), `flags` (the same of what is odd or unreadable in rows that stay),
`claims` (what a source tells that another counts, `playbook.sources.claims`), `losses` (what rows
set aside would have told) and `quality` (one row per file; both `playbook.sources.quality`)."""

RECORD = "sources.json"
HASHES = "hashes.json"
ASIDE = ("rejects", "flags", "claims", "losses", "quality")
"""Tables about the reading, which lie beside the canonical ones."""


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
    reads, problems = read_all(campaign, data_dir, params_dir)
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


def _tables(campaign: Campaign, reads: Sequence[Read], data_dir: Path) -> dict[str, pd.DataFrame]:
    """Judge the rows of each table over all its files."""
    every = facts_by_table(campaign, reads)
    tables: dict[str, pd.DataFrame] = {table: empty(table) for table in CONTRACTS}
    rejects, flags, files, losses = [], [], [], []
    claimed = claims.none()
    for table, found in every.items():
        tables[table] = found.table.drop(columns=[*ORIGIN, READ]).reset_index(drop=True)
        rejects.append(_shown(found.aside, table, data_dir))
        flags.append(_shown(found.flags, table, data_dir))
        files += quality.files(table, reads, found, data_dir)
        losses += quality.losses(found, [read for read in reads if read.source.table == table])
        claimed = found.claims if len(found.claims) else claimed
    tables["rejects"] = _all_of(rejects)
    tables["flags"] = _all_of(flags)
    tables["claims"] = claimed
    tables["losses"] = quality.losses_table(losses)
    tables["quality"] = quality.table(files)
    return tables


def _all_of(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    if not parts:
        return pd.DataFrame(columns=list(REJECT_COLUMNS), dtype="str")
    return pd.concat(parts, ignore_index=True)


def _shown(cases: pd.DataFrame, table: TableName, data_dir: Path) -> pd.DataFrame:
    files = cases["_file"].map(lambda file: Path(file).relative_to(data_dir).as_posix())
    shown = cases.assign(file=files, line=cases["_line"], table=table, row=cases["_raw"])
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
