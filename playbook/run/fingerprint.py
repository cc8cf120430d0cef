"""What a stage depends on, part by part: it runs again when one of them has changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from playbook import params
from playbook.hashes import Hashes, digest
from playbook.params import Campaign
from playbook.run.closure import PACKAGE, drawing_files, modules_reached
from playbook.run.notebooks import cells_of, code_of
from playbook.run.thin import is_thin
from playbook.sources.inventory import reading
from playbook.stages import ANALYSIS, Stage

RESULT_LIBRARIES = (
    "duckdb",
    "ibis-framework",
    "matplotlib",
    "numpy",
    "pandas",
    "pyarrow",
    "scipy",
    "seaborn",
    "statsmodels",
)
"""What makes the numbers and the figures; another version of one makes all stages stale."""

Parts = Mapping[str, str]
"""Digest of each part by its name: a kind, and which of the kind."""

SHORT = 16
"""Digits of a digest that tell parts apart."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Material:
    """All that the stages of one campaign and period may depend on.

    Attributes:
        campaign: Its parameters.
        parameters: Digest of each of their fields (`parameter_digests`).
        inputs: Content hash by source and by path.
        params_dir: Folder of the parameters, with the scorecards.
        runs: Folder of the campaign's published runs, one folder a period.
        hashes: Hashes files.
    """

    campaign: Campaign
    parameters: Mapping[str, str]
    inputs: Mapping[str, Mapping[str, str]]
    params_dir: Path
    runs: Path
    hashes: Hashes


def stage_parts(stage: Stage, notebook: Path, material: Material) -> Parts:
    """List what a stage depends on.

    A thin notebook depends on the tables and parameters that its stage declares, and on the code
    that it reaches but what only draws; any other on everything.

    Returns:
        Digest by part.
    """
    thin = is_thin(notebook, stage)
    parts = {
        **_inputs(material, stage.tables if thin else ()),
        **_parameters(material, stage.parameters if thin else ()),
        **_code(notebook, material.hashes, drawing=not thin),
        **_libraries(),
        "notebook": notebook_digest(notebook),
    }
    if stage.reads_proposal:
        parts |= _proposal(material)
    if stage.reads_scorecards:
        parts |= _scorecards(material)
    return {name: part[:SHORT] for name, part in sorted(parts.items())}


def report_parts(notebook: Path, stages: Mapping[str, str], hashes: Hashes) -> Parts:
    """List what the report depends on: every stage by its fingerprint, and its own notebook."""
    parts = {f"stage {name}": fingerprint for name, fingerprint in stages.items()}
    parts |= _code(notebook, hashes, drawing=not is_thin(notebook, None))
    parts["notebook"] = notebook_digest(notebook)
    return {name: part[:SHORT] for name, part in sorted(parts.items())}


def drawing_parts(quality: Path, material: Material) -> Parts:
    """List what the pages depend on beside the stages: parameters, words, look.

    The notebook of data quality counts too, since it is drawn and never run.
    """
    parts = {told(file): material.hashes(file) for file in drawing_files()}
    parts[f"notebook {quality.stem}"] = notebook_digest(quality)
    parts["parameters"] = digest(material.parameters)
    return {name: part[:SHORT] for name, part in sorted(parts.items())}


def fingerprint(parts: Parts) -> str:
    """Hash all parts together."""
    return digest(dict(parts))


def changes(before: Parts, now: Parts) -> list[str]:
    """List the parts that are not as before: changed, new or gone."""
    told = [
        name if name in before else f"{name} (new)"
        for name, part in now.items()
        if before.get(name) != part
    ]
    return [*told, *(f"{name} (gone)" for name in before if name not in now)]


def notebook_digest(notebook: Path) -> str:
    """Hash a notebook's cells and tags; outputs and execution counts do not matter."""
    cells = cells_of(notebook)
    return digest([(cell["cell_type"], cell["source"], cell["tags"]) for cell in cells])


def _inputs(material: Material, tables: tuple[str, ...]) -> dict[str, str]:
    """Return what the tables are read from; all inputs where a stage reads how good they are."""
    sources = material.campaign.sources
    every = not tables or "quality" in tables
    return {
        f"input {path}": content
        for name, files in material.inputs.items()
        if every or sources[name].table in tables
        for path, content in files.items()
    }


def parameter_digests(campaign: Campaign) -> dict[str, str]:
    """Hash each field of the parameters; with the sources goes all that reading depends on."""
    digests = {name: digest(value) for name, value in params.plain(campaign).items()}
    return {**digests, "sources": digest(reading(campaign))}


def _parameters(material: Material, fields: tuple[str, ...]) -> dict[str, str]:
    """Return the parameters, all where none are named, and those that reading depends on."""
    digests = material.parameters
    wanted = (*fields, "id", "period", "sources") if fields else digests
    return {f"parameter {name}": digests[name] for name in wanted}


def _code(notebook: Path, hashes: Hashes, *, drawing: bool) -> dict[str, str]:
    return _code_reached(code_of(notebook), hashes, drawing=drawing)


@cache
def _code_reached(code: str, hashes: Hashes, *, drawing: bool) -> dict[str, str]:
    """Hash what code reaches: once, since this process goes on with the code that it has."""
    return {told(file): hashes(file) for file in modules_reached(code, hashes, drawing=drawing)}


def told(file: Path) -> str:
    """Name a file of this package as a part."""
    return f"code {file.relative_to(PACKAGE.parent).as_posix()}"


@cache
def _libraries() -> dict[str, str]:
    return {f"library {name}": version(name) for name in RESULT_LIBRARIES}


def _proposal(material: Material) -> dict[str, str]:
    previous = str(material.campaign.month.previous)
    file = material.runs / previous / "findings" / f"{ANALYSIS.notebook}.json"
    return {f"proposal of {previous}": material.hashes(file)} if file.is_file() else {}


def _scorecards(material: Material) -> dict[str, str]:
    files = material.params_dir.glob("scorecards/*.yml")
    return {f"scorecard {file.name}": material.hashes(file) for file in files}
