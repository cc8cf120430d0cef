"""Where an imported file goes, and which source of the parameters reads it there."""

import filecmp
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from playbook.params import Campaign
from playbook.params.insertion import set_arrival, take_source
from playbook.params.model import Source


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a file goes.

    Attributes:
        target: Path below data/<campaign>/.
        there: Whether the same bytes lie there already.
        displaced: Path of another file that has the name; empty where none has.
    """

    target: PurePosixPath
    there: bool
    displaced: str


def source_for(campaign: Campaign, wanted: Mapping[str, object], file: Path, name: str) -> Source:
    """Find the source that reads a file of this kind, or make one.

    Args:
        campaign: Its sources.
        wanted: Table, platform or mapping, and channel or channels of the file.
        file: The file, of which the name counts.
        name: What the source is called where it is new.

    Returns:
        The source of the parameters that says the same and whose pattern takes the name, else a new
        one with a folder of its own.
    """
    open_keys = ("table", "platform", "mapping", "channel", "grain")
    says = dict.fromkeys(open_keys) | dict(wanted)
    for source in campaign.sources.values():
        if _says(source, says) and _takes(source, file):
            return source
    id = _free(name, wanted, campaign)
    return Source.model_validate({"id": id, "files": f"{id}/*", **wanted})


def _says(source: Source, facts: Mapping[str, object]) -> bool:
    """Whether a source says of its files what the facts say."""
    return all(getattr(source, key) == value for key, value in facts.items())


def place(source: Source, file: Path, folder: Path) -> Place:
    """Choose a name that the source reads and that no other file has.

    Args:
        source: Reads the file once it is there.
        file: Wherever it lies now.
        folder: data/<campaign>.
    """
    names = _names(source, file)
    first = target = next(names)
    while (folder / target).exists() and not filecmp.cmp(folder / target, file, shallow=False):
        target = next(names)
    return Place(
        target=target,
        there=(folder / target).exists(),
        displaced=str(folder / first) if target != first else "",
    )


def put(file: Path, target: Path) -> None:
    """Copy a file to a place where none is.

    Raises:
        FileExistsError: Another has come there since the place was chosen.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with file.open("rb") as old, target.open("xb") as new:
        shutil.copyfileobj(old, new)


def take_out(source: Source, name: str, folder: Path, params_dir: Path) -> bool:
    """Take an imported file out of data/ and of the parameters, with its source if that is empty.

    Args:
        source: Into which it was imported.
        name: Of the file.
        folder: data/<campaign>.
        params_dir: Folder of the campaign's parameters.

    Returns:
        Whether the source has other files, and so stays.

    Raises:
        ParameterError: Its lines cannot be taken out of campaign.yml; nothing is changed then.
    """
    target = folder / PurePosixPath(source.files).parent / name
    others = [file for file in folder.glob(source.files) if file.is_file() and file != target]
    parameters = params_dir / "campaign.yml"
    if others:
        set_arrival(parameters, source.id, name, {})
    else:
        take_source(parameters, source.id)
    target.unlink(missing_ok=True)
    return bool(others)


def _takes(source: Source, file: Path) -> bool:
    """Whether a source's pattern names one folder and takes the file in it, also under a number."""
    pattern = PurePosixPath(source.files)
    names = _names(source, file)
    return (
        bool(source.files)
        and "*" not in str(pattern.parent)
        and all(next(names).match(str(pattern)) for _ in range(2))
    )


def _names(source: Source, file: Path) -> Iterator[PurePosixPath]:
    """Yield names in the source's folder.

    The file's own, then numbered as a browser does for a second download.
    """
    folder = PurePosixPath(source.files).parent
    yield folder / file.name
    number = 1
    while True:
        yield folder / f"{file.stem} ({number}){file.suffix}"
        number += 1


def _free(name: str, wanted: Mapping[str, object], campaign: Campaign) -> str:
    channel = wanted.get("channel")
    tried = [
        name,
        *([f"{name}-{channel}"] if channel else []),
        *(f"{name}-{number}" for number in range(2, 1000)),
    ]
    return next(each for each in tried if each not in campaign.sources)
