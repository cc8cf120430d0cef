"""What has come in for a campaign, file by file, and how much of it counts."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from playbook.errors import PlaybookError
from playbook.params import Campaign
from playbook.sources.contracts import DTYPES
from playbook.sources.facts import READ, Facts, Read, facts_by_table
from playbook.sources.intake import read_all

BY_HAND = "by hand"


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """One file of a source.

    Attributes:
        source: Id.
        file: Name below data/<campaign>.
        first_day: The earliest that it tells; None without days.
        last_day: The latest.
        rows: How many it has.
        counting: How many of them count.
        came_in: The moment of the import, or that it was put there by hand.
        rest: Why the others do not count, the most frequent reason first.
    """

    source: str
    file: str
    first_day: date | None
    last_day: date | None
    rows: int
    counting: int
    came_in: str
    rest: str


def listed(campaign: Campaign, data_dir: Path, params_dir: Path) -> list[Listed]:
    """List the files of every source, in the order in which they count.

    Args:
        campaign: Its sources.
        data_dir: Folder of the raw inputs.
        params_dir: Folder of the parameters, where mappings lie.

    Raises:
        PlaybookError: A file cannot be read, or a source has none; every such problem.
    """
    reads, problems = read_all(campaign, data_dir, params_dir)
    if problems:
        raise PlaybookError(*problems)
    files: list[Listed] = []
    for table, facts in facts_by_table(campaign, reads).items():
        mine = [read for read in reads if read.source.table == table]
        files += [
            _listed(place, read, facts, data_dir / campaign.id) for place, read in enumerate(mine)
        ]
    return files


def _listed(place: int, read: Read, facts: Facts, folder: Path) -> Listed:
    kept = facts.kept[READ].eq(place).sum()
    aside = facts.aside[facts.aside[READ].eq(place)].drop_duplicates("row")
    reasons = aside["rule"].value_counts()
    first, last = _days(read.found.rows)
    arrival = read.source.imported.get(read.file.name)
    inside = read.file.is_relative_to(folder)
    return Listed(
        source=read.source.id,
        file=read.file.relative_to(folder).as_posix() if inside else read.file.name,
        first_day=first,
        last_day=last,
        rows=len(read.found.rows),
        counting=int(kept),
        came_in=arrival.at.replace("T", " ") if arrival else BY_HAND,
        rest="; ".join(f"{count:,}: {rule}" for rule, count in reasons.items()),
    )


def _days(rows: pd.DataFrame) -> tuple[date | None, date | None]:
    timed = [rows[name].dropna() for name in rows if rows[name].dtype == DTYPES["day"]]
    days = next((days for days in timed if len(days)), None)
    return (None, None) if days is None else (days.min().date(), days.max().date())
