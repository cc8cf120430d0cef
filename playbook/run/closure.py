"""What code a notebook depends on: the modules of this package that its imports reach."""

import ast
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

from playbook.hashes import Hashes

PACKAGE = Path(__file__).parents[1]
NAME = PACKAGE.name
DRAWING = f"{NAME}.report"
"""Only shows what a stage found: its changes redraw pages, and run no notebook."""

_parsing = threading.Lock()

DATA = (".yml", ".j2", ".css", ".json", ".otf")


def modules_reached(code: str, hashes: Hashes, *, drawing: bool) -> list[Path]:
    """List the files of this package that code depends on.

    Args:
        code: Python source; imports within functions count too.
        hashes: Remembers what a file imports, by its content.
        drawing: Follow imports into what only draws.

    Returns:
        Modules, and the data files that lie beside them, sorted.
    """
    reached: set[Path] = set()
    looked_up: set[str] = set()
    names = set(_imports(code))
    while names:
        name = names.pop()
        looked_up.add(name)
        if not drawing and f"{name}.".startswith(f"{DRAWING}."):
            continue
        for file in _files_of(name):
            if file not in reached:
                reached.add(file)
                names.update(_imports_of(file, hashes))
        names -= looked_up
    return sorted(reached | _beside(reached))


def drawing_files() -> list[Path]:
    """List the files that only draw: what pages look like and say."""
    folder = PACKAGE.joinpath(*DRAWING.split(".")[1:])
    drawn = [file for file in folder.rglob("*") if file.suffix in (".py", *DATA)]
    return sorted([*drawn, Path(__file__).with_name("pages.py")])


def _imports_of(file: Path, hashes: Hashes) -> list[str]:
    """List what a module imports; a data file imports nothing."""
    key = f"imports {hashes(file)}"
    names = hashes.fact(key)
    if names is None:
        names = sorted(set(_imports(file.read_text(encoding="utf-8"))))
        hashes.remember(key, names)
    return list(names)


def parsed(code: str) -> ast.Module:
    """Parse code, in one thread at a time: in two, Python 3.11 miscounts how deep it is.

    Raises:
        SyntaxError: It is no Python.
    """
    with _parsing:
        return ast.parse(code)


def _imports(code: str) -> Iterator[str]:
    """Yield the names of this package's modules that code imports, or may be importing."""
    for node in ast.walk(parsed(code)):
        if isinstance(node, ast.Import):
            yield from _ours(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from _ours(
                [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            )


def _ours(names: Iterable[str]) -> Iterator[str]:
    return (name for name in names if name.split(".")[0] == NAME)


def _files_of(name: str) -> Iterator[Path]:
    """Yield the file of a module, and those of the packages that it lies in."""
    place = PACKAGE
    for part in name.split(".")[1:]:
        yield from _existing(place / "__init__.py")
        place = place / part
    yield from _existing(place / "__init__.py")
    yield from _existing(place.with_suffix(".py"))


def _existing(file: Path) -> Iterator[Path]:
    if file.is_file():
        yield file


def _beside(modules: set[Path]) -> set[Path]:
    """Return the data files in the folders of modules, and in folders there that are no package."""
    folders = {module.parent for module in modules} - {PACKAGE}
    return {file for folder in folders for file in _data_in(folder)}


def _data_in(folder: Path) -> Iterator[Path]:
    for entry in folder.iterdir():
        is_package = (entry / "__init__.py").is_file()
        if entry.is_dir() and not is_package and entry.name != "__pycache__":
            yield from _data_in(entry)
        elif entry.suffix in DATA:
            yield entry
