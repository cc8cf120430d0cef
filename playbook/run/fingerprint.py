"""When a stage must run again: a hash over all that its result depends on."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).parents[1]
LOCK = PACKAGE.parent / "requirements.lock"
RESULT_LIBRARIES = ("duckdb", "matplotlib", "numpy", "pandas", "scipy", "seaborn", "statsmodels")


def digest(content: Any) -> str:
    """Hash plain JSON types; the order of keys does not matter."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def file_digest(path: Path) -> str:
    """Hash a file; an absent one has the empty digest."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@cache
def code_digest() -> str:
    """Hash the package's own code and data, the lock, and the libraries that make the numbers."""
    files = sorted(
        path for path in PACKAGE.rglob("*") if path.suffix in (".py", ".yml", ".j2", ".css", ".otf")
    )
    return digest(
        [_files(files), file_digest(LOCK), {name: version(name) for name in RESULT_LIBRARIES}]
    )


def notebook_digest(notebook: Path) -> str:
    """Hash a notebook's cells and tags; outputs and execution counts do not matter."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return digest(
        [
            (cell["cell_type"], "".join(cell["source"]), cell["metadata"].get("tags", []))
            for cell in cells
        ]
    )


def stage_digest(
    notebook: Path, inputs: Mapping[str, str], parameters: Mapping[str, Any], before: str
) -> str:
    """Hash what a stage depends on.

    Args:
        notebook: Its notebook.
        inputs: Content hash of every input file.
        parameters: Of campaign and period, as plain types.
        before: Hash of what other runs left for it: the previous period's proposal, or the stages
            of a report.
    """
    return digest(
        [notebook_digest(notebook), dict(inputs), dict(parameters), code_digest(), before]
    )


def _files(paths: Iterable[Path]) -> dict[str, str]:
    return {str(path.relative_to(PACKAGE)): file_digest(path) for path in paths}
