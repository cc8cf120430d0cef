"""Whether a notebook leaves all reading of a run to its stage."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

from playbook.run.closure import NAME, parsed
from playbook.run.notebooks import code_of
from playbook.stages import Stage

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
        tree = parsed(code_of(notebook))
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
    filling = [line.value for line in ast.walk(tree) if _fills_its_name(line)]
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return all(call in filling for call in calls if _called(call) in READERS.values())


def _fills_its_name(line: ast.AST) -> TypeGuard[ast.Assign]:
    """Whether a line is `run = params.load(…)` or `tables = sources.load(…)`."""
    if not isinstance(line, ast.Assign) or not isinstance(line.value, ast.Call):
        return False
    names = (target.id for target in line.targets if isinstance(target, ast.Name))
    return [READERS.get(name) for name in names] == [_called(line.value)]
