"""What code a notebook depends on: the modules of this package that its imports reach."""

import ast
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from playbook.hashes import Hashes
from playbook.run.notebooks import code_of
from playbook.stages import Stage

PACKAGE = Path(__file__).parents[1]
NAME = PACKAGE.name
DRAWING = f"{NAME}.report"
"""Only shows what a stage found: its changes redraw pages, and run no notebook."""

_parsing = threading.Lock()

DATA = (".yml", ".j2", ".css", ".json", ".otf")

HANDED_ON = {
    "params": ("load_scorecards",),
    "sources": ("load",),
    "page": ("open_view",),
    "store": ("previous",),
    "manifest": ("look_dates",),
    "overview": ("read_views",),
}
"""The calls, beside that of the stage, that may be given the parameters and tables of a run."""

STORED = {"view", "stages"}
"""What a page can be shown from without running the notebook."""

READERS = {"run": ("params", "load"), "tables": ("sources", "load")}
"""What the parameters and tables of a run are called in a notebook, and what returns them."""


def is_thin(notebook: Path, stage: Stage | None) -> bool:
    """Say whether a notebook hands parameters and tables on to its stage, and reads nothing else.

    Such a notebook depends on what its stage says that it reads, or, as the report's, on what
    stages have stored; any other depends on everything.
    """
    try:
        tree = _parsed(code_of(notebook))
    except SyntaxError:
        return False
    allowed = {name for call in _calls(tree, stage) for name in _arguments(call)}
    handed_on = [name for name in ast.walk(tree) if _is_read(name)]
    return (
        _only_shows(tree)
        and all(name in allowed for name in handed_on)
        and all(_is_of_package(line) for line in ast.walk(tree))
        and _readers_have_their_names(tree)
    )


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


def _only_shows(tree: ast.Module) -> bool:
    """Whether every line that is no assignment and no import shows what a stage has stored."""
    imported = {
        alias.name for line in tree.body if isinstance(line, ast.ImportFrom) for alias in line.names
    }
    shown = [line.value for line in tree.body if isinstance(line, ast.Expr)]
    other = [
        line for line in tree.body if not isinstance(line, ast.Expr | ast.ImportFrom | ast.Assign)
    ]
    names = {node.id for value in shown for node in ast.walk(value) if isinstance(node, ast.Name)}
    return not other and names <= imported | STORED


def _is_read(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id in READERS and isinstance(node.ctx, ast.Load)


def _calls(tree: ast.AST, stage: Stage | None) -> Iterator[ast.Call]:
    """Yield the calls that may be given parameters and tables."""
    allowed = {(home, name) for home, names in HANDED_ON.items() for name in names}
    if stage is not None:
        allowed.add((stage.id, "analyse"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) in allowed:
            yield node


def _called(call: ast.Call) -> tuple[str, str] | None:
    """Return module and name of what is called, where it is written so."""
    function = call.func
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        return function.value.id, function.attr
    return None


def _arguments(call: ast.Call) -> Iterator[ast.expr]:
    yield from call.args
    yield from (keyword.value for keyword in call.keywords)


def _is_of_package(node: ast.AST) -> bool:
    """Whether a line imports nothing from elsewhere; what is no import is all right."""
    if isinstance(node, ast.Import):
        return all(alias.name.split(".")[0] == NAME for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        return (node.module or "").split(".")[0] == NAME and not any(
            alias.asname for alias in node.names
        )
    return True


def _readers_have_their_names(tree: ast.AST) -> bool:
    """Whether what reads parameters and tables is only ever called to fill the names for them."""
    filled = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and all(
            isinstance(target, ast.Name) and READERS.get(target.id) == _called(node.value)
            for target in node.targets
        )
    ]
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return all(call in filled for call in calls if _called(call) in READERS.values())


def _imports_of(file: Path, hashes: Hashes) -> list[str]:
    """List what a module imports; a data file imports nothing."""
    key = f"imports {hashes(file)}"
    names = hashes.fact(key)
    if names is None:
        names = sorted(set(_imports(file.read_text(encoding="utf-8"))))
        hashes.remember(key, names)
    return list(names)


def _parsed(code: str) -> ast.Module:
    """Parse code, in one thread at a time: in two, Python 3.11 miscounts how deep it is."""
    with _parsing:
        return ast.parse(code)


def _imports(code: str) -> Iterator[str]:
    """Yield the names of this package's modules that code imports, or may be importing."""
    for node in ast.walk(_parsed(code)):
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
    return {
        file
        for folder in {module.parent for module in modules} - {PACKAGE}
        for file in _data_in(folder, lambda inner: (inner / "__init__.py").is_file())
    }


def _data_in(folder: Path, is_package: Callable[[Path], bool]) -> Iterator[Path]:
    for entry in folder.iterdir():
        if entry.is_dir() and not is_package(entry) and entry.name != "__pycache__":
            yield from _data_in(entry, is_package)
        elif entry.suffix in DATA:
            yield entry
