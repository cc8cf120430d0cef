"""Which files a campaign reads, and what tells that one has changed; reads no table."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from playbook.errors import PlaybookError, Problem
from playbook.hashes import digest, file_digest
from playbook.params import Campaign
from playbook.params.model import Source

FOUND_AT_MOST = 8
"""Files that a message lists where the one named is not there."""


def inputs_by_source(
    campaign: Campaign,
    data_dir: Path | str,
    params_dir: Path | str,
    digest_of: Callable[[Path], str] = file_digest,
) -> dict[str, dict[str, str]]:
    """List the files that each source of a campaign reads, with the hash of their content.

    Args:
        campaign: Parameters, with the sources.
        data_dir: Folder of the raw inputs.
        params_dir: Folder of the parameters, where mappings lie.
        digest_of: Hashes a file.

    Returns:
        By source, and by path below data/ or params/: its sha256; of a table in a database what
        tells that it has changed.

    Raises:
        PlaybookError: A source has no file, or a database cannot be asked; every such problem.
    """
    data, parameters = Path(data_dir), Path(params_dir)
    files: dict[str, list[Path]] = {}
    problems: list[Problem] = []
    for source in campaign.sources.values():
        files[source.id], wrong = looked_for(campaign, source, data)
        problems += wrong
    if problems:
        raise PlaybookError(*problems)
    by_source = {}
    for source in campaign.sources.values():
        read = {file.relative_to(data).as_posix(): digest_of(file) for file in files[source.id]}
        others = _beside_files(campaign, source, data, parameters, digest_of)
        by_source[source.id] = dict(sorted({**read, **others}.items()))
    return by_source


def inputs(campaign: Campaign, data_dir: Path | str, params_dir: Path | str) -> dict[str, str]:
    """List the files that a campaign reads, with the hash of their content.

    Returns:
        By path below data/ or params/: sha256.

    Raises:
        PlaybookError: A source has no file.
    """
    return together(inputs_by_source(campaign, data_dir, params_dir))


def together(by_source: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Lay the inputs of all sources together, by path."""
    pairs = [pair for files in by_source.values() for pair in files.items()]
    return dict(sorted(pairs))


def reading(campaign: Campaign) -> dict[str, Any]:
    """Return the parameters that the canonical tables depend on, as plain types."""
    return {
        "campaign": campaign.id,
        "period": campaign.period if any(map(_is_in_database, campaign.sources.values())) else "",
        "channels": sorted(campaign.channels),
        "currency": campaign.currency,
        "rates": {name: rate.model_dump(mode="json") for name, rate in campaign.rates.items()},
        "timezone": campaign.timezone,
        "sources": {
            name: source.model_dump(mode="json") for name, source in campaign.sources.items()
        },
    }


def _is_in_database(source: Source) -> bool:
    """Whether only some months of a source are read."""
    return bool(source.uri)


def reading_code(digest_of: Callable[[Path], str] = file_digest) -> str:
    """Hash the code and the layouts that read the sources."""
    files = sorted(
        file for file in Path(__file__).parent.rglob("*.*") if file.suffix in (".py", ".yml")
    )
    return digest(
        {file.relative_to(Path(__file__).parent).as_posix(): digest_of(file) for file in files}
    )


def files_of(campaign: Campaign, source: Source, data_dir: Path) -> list[Path]:
    """List the files of a source by name; none where no file in the workspace has such a name."""
    return looked_for(campaign, source, data_dir)[0]


def looked_for(
    campaign: Campaign, source: Source, data_dir: Path
) -> tuple[list[Path], list[Problem]]:
    """Look for the files of a source; a table of a database has none.

    Returns:
        The files by name, and a problem for each symbolic link that leads out of data/, or one
        where no file has such a name.
    """
    if source.uri:
        return [], []
    folder = data_dir / campaign.id
    named = sorted(file for file in folder.glob(source.files) if file.is_file())
    if not named:
        return [], [_no_file(campaign, source, data_dir)]
    inside = [file for file in named if _is_inside(file, data_dir)]
    leading_out = [
        Problem(
            file=str(file),
            rule="is a symbolic link, or lies behind one, that leads out of data/",
            remedy="Put the file itself there.",
        )
        for file in named
        if file not in inside
    ]
    return inside, leading_out


def _is_inside(file: Path, folder: Path) -> bool:
    return file.resolve().is_relative_to(folder.resolve())


def _no_file(campaign: Campaign, source: Source, data_dir: Path) -> Problem:
    """Say that no file has the name that a source gives, and which there are."""
    folder = data_dir / campaign.id
    folders = [each for each in sorted(folder.glob(source.files)) if each.is_dir()]
    if folders:
        return Problem.of_file(folders[0], IsADirectoryError())
    for each in (folder, *(path for path in folder.rglob("*") if path.is_dir())):
        try:
            next(each.iterdir(), None)
        except PermissionError as error:
            return Problem.of_file(each, error)
        except OSError:
            continue
    names = sorted(
        file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()
    )
    there = ", ".join(names[:FOUND_AT_MOST]) or "none"
    return Problem(
        file=str(folder),
        place=f"sources.{source.id}.files",
        value=source.files,
        rule=f"no file has such a name; there are: {there}",
        remedy="Put the export there, or correct the name in the parameters.",
    )


def _beside_files(
    campaign: Campaign,
    source: Source,
    data_dir: Path,
    params_dir: Path,
    digest_of: Callable[[Path], str],
) -> dict[str, str]:
    """Hash what a source reads beside files of data/: its table in a database, its mapping."""
    digests = _of_table(campaign, source, data_dir, params_dir) if source.uri else {}
    mapping = params_dir / campaign.id / source.mapping if source.mapping else None
    if mapping is not None and mapping.is_file():
        digests[f"params/{campaign.id}/{mapping.name}"] = digest_of(mapping)
    return digests


def _of_table(
    campaign: Campaign, source: Source, data_dir: Path, params_dir: Path
) -> dict[str, str]:
    from playbook.sources.databases import engines

    place = engines.place(source, data_dir).relative_to(data_dir).as_posix()
    return {place: engines.table_digest(source, campaign, params_dir)}
