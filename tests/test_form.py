"""The form of the code: the formatter wins, and no line needs two readings."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "playbook"
MODULES = sorted(PACKAGE.rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
CLOCKS = {"perf_counter", "process_time", "monotonic", "time"}
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


def clocks(node: ast.AST) -> set[str]:
    """Name the clocks that are read within a node."""
    calls = [inner.func for inner in ast.walk(node) if isinstance(inner, ast.Call)]
    return {call.attr for call in calls if isinstance(call, ast.Attribute)} & CLOCKS


@pytest.mark.parametrize("module", TESTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_test_depends_on_the_speed_of_the_machine(module: Path) -> None:
    """No assertion reads a clock; how fast we are is measured in `benchmarks/`."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    assert not [
        node.lineno for node in ast.walk(tree) if isinstance(node, ast.Assert) and clocks(node)
    ]


def test_examples_have_no_deadline_and_it_is_said_in_one_place() -> None:
    said = "deadline" + "="
    texts = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in TESTS}
    saying = [
        name
        for name, text in texts.items()
        if "from hypothesis import" in text and f"{said}None" in text
    ]
    assert saying == ["tests/conftest.py"]
