"""All files of a campaign's sources read, in the order in which they count."""

import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from playbook.errors import PlaybookError, Problem
from playbook.params import Campaign
from playbook.params.model import Source
from playbook.sources.canonical import FileRows, read_file
from playbook.sources.contracts import CONTRACTS
from playbook.sources.currencies import converted
from playbook.sources.databases import engines
from playbook.sources.facts import Read
from playbook.sources.files import cells
from playbook.sources.grain import booked
from playbook.sources.inventory import looked_for

NUMBERED = re.compile(r"(?P<stem>.*?)\s*\((?P<number>\d+)\)")
"""How a browser names a second download of the same name: "report (1).csv"."""


def _files(campaign: Campaign, source: Source, data_dir: Path) -> list[Path] | list[Problem]:
    """List what a source reads, the latest download last."""
    if source.uri:
        return [engines.place(source, data_dir)]
    files, problems = looked_for(campaign, source, data_dir)
    return problems or in_order(source, files)


def in_order(source: Source, files: Sequence[Path]) -> list[Path]:
    """Order the files of a source: by the moment at which each was imported, the last one last.

    Files that were put there by hand come first, by their names (`download_order`).
    """
    places = {name: place for place, name in enumerate(source.imported)}

    def order(file: Path) -> tuple[str, int]:
        arrival = source.imported.get(file.name)
        return (arrival.at, places[file.name]) if arrival else ("", 0)

    return sorted(sorted(files, key=download_order), key=order)


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


def read_all(
    campaign: Campaign, data_dir: Path, params_dir: Path
) -> tuple[list[Read], list[Problem]]:
    """Read every file of every source.

    Returns:
        The files that could be read, source by source, of each those last that count where several
        tell the same; and what is wrong with the others.
    """
    reads: list[Read] = []
    problems: list[Problem] = []
    for source in campaign.sources.values():
        files = _files(campaign, source, data_dir)
        problems += [one for one in files if isinstance(one, Problem)]
        paths = [one for one in files if isinstance(one, Path)]
        for group in _read_together(source, paths):
            try:
                rows = _read_one(campaign, source, group, data_dir, params_dir / campaign.id)
                reads.append(Read(source=source, file=group[0], found=rows))
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
        table = engines.read_table(source, campaign, data_dir, params_dir)
        return as_meant(table, source, campaign)
    if engines.summed(source, files):
        return engines.read_orders(source, files, campaign, params_dir)
    found = read_file(source, files[0], campaign.currency, params_dir, campaign.timezone)
    return as_meant(found, source, campaign)


def as_meant(found: FileRows, source: Source, campaign: Campaign) -> FileRows:
    """Book what a file tells as the parameters mean it: over its days, and in their currency."""
    contract = CONTRACTS[source.table]
    daily = booked(found, contract, source.grain or found.layout.grain)
    return converted(daily, contract, campaign)
