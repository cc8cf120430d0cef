"""Every module has tests of its own name: playbook/a/b.py is tested by tests/a/test_b.py.

Not asked of `__init__`, which only gathers names, of `tables.py`, which declares columns that the
tests of schemas read, of `__main__`, which starts the command line, and of records without a rule.
"""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE, TESTS = ROOT / "playbook", ROOT / "tests"
DECLARATIONS = {"__init__.py", "__main__.py", "tables.py"}
RECORDS = {"simulate/made.py"}
"""Modules that declare a record and do nothing."""

TESTED_ELSEWHERE: dict[str, str] = {
    "abtest/units/aggregate_ibis.py": "tests/engines/test_moments.py",
    "sources/databases/engines.py": "tests/engines/test_tables.py",
}
"""Modules still without tests of their name, and which tests run them. It only gets shorter."""


def modules() -> list[str]:
    found = (path for path in PACKAGE.rglob("*.py") if path.name not in DECLARATIONS)
    return sorted({path.relative_to(PACKAGE).as_posix() for path in found} - RECORDS)


def mirror(module: str) -> Path:
    path = TESTS / module
    return path.with_name(f"test_{path.name}")


@pytest.mark.parametrize("module", [one for one in modules() if one not in TESTED_ELSEWHERE])
def test_a_module_has_tests_of_its_name(module: str) -> None:
    assert mirror(module).is_file(), f"write {mirror(module).relative_to(ROOT)}"


@pytest.mark.parametrize("module", RECORDS)
def test_a_record_has_nothing_that_could_be_called(module: str) -> None:
    tree = ast.parse((PACKAGE / module).read_text(encoding="utf-8"))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


@pytest.mark.parametrize("module", TESTED_ELSEWHERE)
def test_an_exception_is_still_one_and_names_tests_that_are_there(module: str) -> None:
    assert module in modules()
    assert not mirror(module).is_file(), "it has tests of its name now: take it off the list"
    assert (ROOT / TESTED_ELSEWHERE[module]).exists()
