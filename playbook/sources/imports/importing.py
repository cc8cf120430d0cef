"""A downloaded file into a campaign.

What it is, where it goes, and the entry of the parameters that reads it.
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import chain, count
from pathlib import Path

import pandas as pd

from playbook.errors import ParameterError, PlaybookError, Problem
from playbook.params import Campaign
from playbook.params.files import LIKE_A_MONTH
from playbook.params.insertion import add_source, set_arrival
from playbook.params.model import Arrival, Source
from playbook.sources.canonical import layout_of
from playbook.sources.checking import OTHERWISE, remedy_for
from playbook.sources.contracts import CONTRACTS
from playbook.sources.files.grid import first_lines, no_rows
from playbook.sources.files.layout import Layout, read_layout, shipped
from playbook.sources.imports import filing, guess
from playbook.sources.imports.preview import Preview, preview
from playbook.sources.imports.recognition import bears_sign, recognise
from playbook.sources.intake import download_order

Kind = Mapping[str, object]
"""What a file is, as keys of a source: table, and platform or mapping where it has one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Import:
    """One file about to come in.

    Attributes:
        preview: What it brings.
        source: What reads it.
        place: Where it goes.
        is_new: Whether the source is.
        replaces: Names of files whose place it takes as a whole.
    """

    preview: Preview
    source: Source
    place: filing.Place
    is_new: bool
    replaces: tuple[str, ...] = ()

    @property
    def is_last(self) -> bool:
        """Whether the file lies there already, and is the one that counts last."""
        names = [*self.source.imported]
        is_last = not names or names[-1] == self.place.target.name
        return self.place.there and not self.is_new and is_last and not self.replaces


def kind_of(file: Path, chosen: str, params_dir: Path) -> Kind | None:
    """Say what a file is: as a person chose, by its sure signs, or by canonical headers.

    A mapping of the team's own that knows the file by its signs goes before the shipped platforms.
    None where it is unknown.

    Args:
        file: Wherever it lies.
        chosen: A platform, or the name of a mapping beside the parameters; empty to recognise it.
        params_dir: Folder of the campaign's parameters.

    Raises:
        PlaybookError: The choice does not exist, or several platforms or tables have such headers.
    """
    if chosen.endswith((".yml", ".yaml")):
        return {"table": read_layout(params_dir / chosen).table, "mapping": chosen}
    own = "" if chosen else own_mapping(file, params_dir)
    if own and not is_open(params_dir / own):
        return {"table": read_layout(params_dir / own).table, "mapping": own}
    platforms = (chosen,) if chosen else recognise(file)
    if chosen and chosen not in shipped():
        raise PlaybookError(_no_platform(chosen))
    if platforms:
        return {"table": shipped()[_only(file, platforms)].table, "platform": platforms[0]}
    tables = guess.tables(file)
    return {"table": _only(file, tables)} if tables else None


def channel_of(kind: Kind, file: Path, campaign: Campaign, params_dir: Path) -> str | None:
    """Say to which channel all rows of a file belong.

    Returns:
        Its id, where the parameters leave one choice; empty where the rows say it themselves or the
        table has none; None where a person must say.
    """
    layout = layout_of(Source.model_validate({"id": "new", "files": "*", **kind}), params_dir)
    names = set(chain.from_iterable(line for _, line in first_lines(file)))
    needed = any(
        column.name == "channel" and column.required for column in CONTRACTS[layout.table].columns
    )
    if not needed or layout.channel or layout.taken(names).get("channel"):
        return ""
    choices = _channels_of_kind(kind, campaign) or set(campaign.channels)
    return choices.pop() if len(choices) == 1 else None


def _channels_of_kind(kind: Kind, campaign: Campaign) -> set[str]:
    """Return the channels of the sources that come from the same platform or mapping."""
    if not (kind.get("platform") or kind.get("mapping")):
        return set()
    named = (kind.get("platform"), kind.get("mapping"))
    channels = set()
    for source in campaign.sources.values():
        if source.channel and (source.platform, source.mapping) == named:
            channels.add(source.channel)
    return channels


def channels_given(given: Sequence[str], campaign: Campaign) -> dict[str, object]:
    """Read channels as a person gives them.

    One id for all rows, or NAME=ID for each name in the file; "" says nothing.

    Raises:
        PlaybookError: No channel of the parameters has such an id.
    """
    pairs = [each.rpartition("=")[::2] for each in given if each]
    unknown = [channel for _, channel in pairs if channel not in campaign.channels]
    if unknown or (len(pairs) > 1 and not all(name for name, _ in pairs)):
        raise PlaybookError(
            Problem(
                file="playbook import",
                place="--channel",
                value=", ".join(given),
                rule=(
                    f"must be one of {', '.join(campaign.channels)}, or NAME=ID for each "
                    f"name in the file"
                ),
                remedy="Correct it, or add the channel to the parameters.",
            )
        )
    names = {name: channel for name, channel in pairs if name}
    if names:
        return {"channels": names}
    return {"channel": pairs[0][1]} if pairs else {}


def plan(
    file: Path,
    wanted: Kind,
    campaign: Campaign,
    params_dir: Path,
    folder: Path,
    replaces: Sequence[str] = (),
) -> Import:
    """Look at a file as it would come in; nothing is written.

    Args:
        file: Wherever it lies.
        wanted: What it is, with its channel or channels.
        campaign: Its parameters.
        params_dir: Folder of the campaign's parameters.
        folder: data/<campaign>.
        replaces: Names of files of the same source whose place it takes.

    Raises:
        PlaybookError: It cannot be opened, or lacks columns of its table; or its source has no such
            file to replace.
    """
    name = str(wanted.get("platform") or Path(str(wanted.get("mapping") or wanted["table"])).stem)
    source = filing.source_for(campaign, wanted, file, slug(name))
    names = sorted(each.name for each in folder.glob(source.files) if each.is_file())
    for unknown in (each for each in replaces if each not in names):
        raise PlaybookError(_nothing_to_replace(unknown, source, names))
    shown = preview(source, file, campaign, params_dir)
    return Import(
        preview=shown,
        source=source,
        place=filing.place(source, file, folder),
        is_new=source.id not in campaign.sources,
        replaces=tuple(replaces),
    )


def _nothing_to_replace(name: str, source: Source, names: Sequence[str]) -> Problem:
    return Problem(
        file="playbook import",
        place="--replaces",
        value=name,
        rule=f"is no file of the source {source.id}; there are {', '.join(names) or 'none'}",
        remedy="Correct the name.",
    )


def carry_out(planned: Import, params_dir: Path, folder: Path, moment: dt.datetime) -> bool:
    """Copy the file to its place, and write to campaign.yml a new source and when the file came.

    Args:
        planned: As `plan` made it.
        params_dir: Folder of the campaign's parameters.
        folder: data/<campaign>.
        moment: Now, in local time.

    Returns:
        Whether the moment could be written; if not, files count in the order of their names.

    Raises:
        ParameterError: The source cannot be added by lines of text; the file is in its place
            nevertheless.
    """
    if not planned.place.there:
        filing.put(planned.preview.file, folder / planned.place.target)
    parameters = params_dir / "campaign.yml"
    if planned.is_new:
        entry = planned.source.model_dump(mode="json", exclude={"id"}, exclude_defaults=True)
        add_source(parameters, planned.source.id, entry)
    name = planned.place.target.name
    stated = download_order(Path(name))[0]
    arrival = Arrival(
        at=f"{moment:%Y-%m-%dT%H:%M:%S}",
        stated=None if stated == pd.Timestamp.min else stated.date(),
        replaces=planned.replaces,
    )
    said = arrival.model_dump(mode="json", exclude_defaults=True)
    try:
        set_arrival(parameters, planned.source.id, name, said)
    except ParameterError:
        if planned.replaces:
            raise
        return False
    return True


def must_bring_rows(shown: Preview) -> None:
    """Refuse a file of which no row would stay.

    Raises:
        PlaybookError: With the reasons, and what is to be done.
    """
    if shown.kept:
        return
    if not shown.rows and not shown.left_out:
        raise PlaybookError(no_rows(shown.file))
    broken = {**shown.left_out, **shown.refused}
    reasons = "; ".join(f"{rule} ({count} rows)" for rule, count in broken.items())
    own = (remedy_for(rule) for rule in shown.refused)
    remedy = next(
        (each for each in own if each != OTHERWISE),
        "Download it again split by day, or correct the channel or the parameters.",
    )
    if shown.left_out and not shown.refused:
        remedy = "Correct where: in the mapping, or choose a file with such rows."
    if shown.channels:
        remedy = f'Say which of ours each of its channels is: --channel "{shown.channels[0]}=ID".'
    raise PlaybookError(
        Problem(
            file=str(shown.file),
            rule=f"no row of it would stay: {reasons}",
            remedy=remedy,
        )
    )


def slug(text: str) -> str:
    """Return an id made of a name: a-z, 0-9 and "-"; "file" where nothing is left."""
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")[:60] or "file"


def own_mapping(file: Path, params_dir: Path) -> str:
    """Name the mapping beside the parameters by whose signs a file is known; empty for none.

    Raises:
        PlaybookError: The file cannot be opened.
    """
    lines = first_lines(file)
    fitting = (path for path, layout in _mappings(params_dir) if bears_sign(lines, layout))
    return next((path.name for path in fitting), "")


def is_open(mapping: Path) -> bool:
    """Whether a mapping still waits for a person to fill something in."""
    return guess.OPEN in mapping.read_text(encoding="utf-8")


def mapping_name(file: Path, params_dir: Path) -> str:
    """Name the mapping of an unknown file: the one that waits for it, else a free name.

    A name that means something in params/ gets a prefix.
    """
    name = slug(file.stem)
    taken = name == "campaign" or LIKE_A_MONTH.match(name)
    stem = f"mapping-{name}" if taken else name
    waiting = own_mapping(file, params_dir)
    numbered = (f"{stem}-{number}.yml" for number in count(2))
    free = (each for each in chain([f"{stem}.yml"], numbered) if not (params_dir / each).exists())
    return waiting or next(free)


def propose(
    file: Path, name: str, command: str, campaign: Campaign, params_dir: Path
) -> guess.Guess:
    """Write a mapping of best guesses beside the parameters; one that is there stays as it is.

    Args:
        file: The unknown file.
        name: Of the mapping.
        command: What to run when it is filled in.
        campaign: Its parameters, of which the currency counts.
        params_dir: Folder of the campaign's parameters.

    Raises:
        PlaybookError: The file cannot be opened or holds no table.
    """
    year = dt.date.today().year
    guessed = guess.skeleton(file, file.stem, command, year, campaign.currency)
    if not (params_dir / name).exists():
        (params_dir / name).write_text(guessed.text, encoding="utf-8")
    return guessed


def _mappings(params_dir: Path) -> Iterator[tuple[Path, Layout]]:
    """Yield the mappings beside the parameters that can be read."""
    for path in sorted(params_dir.glob("*.yml")):
        if path.stem == "campaign" or LIKE_A_MONTH.match(path.stem):
            continue
        with suppress(PlaybookError):
            yield path, read_layout(path)


def _only(file: Path, names: Sequence[str]) -> str:
    if len(names) > 1:
        raise PlaybookError(
            Problem(
                file=str(file),
                place="header",
                rule=f"may be of {' or '.join(names)}",
                remedy=(
                    f"Say which: --platform {names[0]}, or a mapping of your own: "
                    f"--platform NAME.yml."
                ),
            )
        )
    return names[0]


def _no_platform(chosen: str) -> Problem:
    near = get_close_matches(chosen, shipped(), n=1)
    meant = f"Did you mean {near[0]}? " if near else ""
    return Problem(
        file="playbook import",
        place="--platform",
        value=chosen,
        rule=f"is none of {', '.join(shipped())}",
        remedy=f"{meant}Correct it, or name a mapping beside the parameters, such as shop.yml.",
    )
