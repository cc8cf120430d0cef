"""The form of the code: the formatter wins, and no line needs two readings."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "playbook"
MODULES = sorted(PACKAGE.rglob("*.py"))
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
MOST_PARAMETERS = 8


def holds_its_like(node: ast.AST, kinds: type[ast.AST] | tuple[type[ast.AST], ...]) -> bool:
    return any(isinstance(inner, kinds) for inner in ast.walk(node) if inner is not node)


def parameters(function: ast.FunctionDef) -> int:
    given = function.args
    return len(given.posonlyargs) + len(given.args) + len(given.kwonlyargs)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_no_line_needs_two_readings(module: Path) -> None:
    text = module.read_text(encoding="utf-8")
    assert "fmt: skip" not in text
    assert "fmt: off" not in text
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, COMPREHENSIONS):
            assert not holds_its_like(node, COMPREHENSIONS), f"line {node.lineno}"
        if isinstance(node, ast.IfExp):
            assert not holds_its_like(node, ast.IfExp), f"line {node.lineno}"
        if isinstance(node, ast.FunctionDef) and module.parent.name != "cli":
            assert parameters(node) <= MOST_PARAMETERS, node.name
