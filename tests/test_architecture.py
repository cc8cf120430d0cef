"""docs/architecture.md and docs/methods.md are those of the code."""

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from scripts import architecture

ROOT = Path(__file__).parents[1]
PAGE = architecture.TARGET.read_text(encoding="utf-8")
METHODS = (ROOT / "docs" / "methods.md").read_text(encoding="utf-8")
SECTIONS = set(re.findall(r"^## (.+)$", METHODS, re.MULTILINE))
NAMED = sorted(set(re.findall(r"`(playbook(?:\.\w+)+)`", PAGE)))
MODULES = sorted((ROOT / "playbook").rglob("*.py"))
DOCUMENTED = [
    *MODULES,
    *sorted((ROOT / "tests").rglob("*.py")),
    *sorted((ROOT / "scripts").glob("*.py")),
    *sorted((ROOT / "benchmarks").glob("*.py")),
]
OUTSIDE = re.compile(r"(?<![\w/])(?:\.\./)?(?:notes|shared)/|\b(?:STYLE|DESIGN|SOURCE)\.md")
CITED = re.compile(r"docs/methods\.md`?(?:, ([A-Z][\w ]*\w))?")
OF_STATISTICS = ("playbook/methods/", "playbook/abtest/stats/")


def docstrings(code: str) -> Iterator[str]:
    """Texts that stand alone: docstrings of modules, classes, functions and constants, in one line each."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield " ".join(str(node.value.value).split())


def cites_outside(code: str) -> list[str]:
    return [text for text in docstrings(code) if OUTSIDE.search(text)]


def sections_cited(code: str) -> list[str]:
    """Sections of docs/methods.md that docstrings name; empty where one names the page alone."""
    return [section for text in docstrings(code) for section in CITED.findall(text)]


def needs_a_section(path: str, code: str) -> bool:
    """Whether a module computes something whose method must be told."""
    is_of_statistics = path.startswith(OF_STATISTICS) and not path.endswith("__init__.py")
    return is_of_statistics or any("Source:" in text for text in docstrings(code))


def exists(name: str) -> bool:
    """Whether a dotted name is a module, or something in one."""
    module, _, attribute = name.rpartition(".")
    try:
        return hasattr(import_module(module), attribute)
    except ModuleNotFoundError:
        return False


def test_the_map_matches_the_code() -> None:
    again = architecture.with_map(PAGE, ROOT / "playbook")
    assert again == PAGE, "run: python scripts/architecture.py"


def test_a_module_that_comes_or_goes_changes_the_map(tmp_path: Path) -> None:
    package = tmp_path / "playbook"
    package.mkdir()
    (package / "__init__.py").write_text(
        '"""The package of all the rooms, and of all that is in them."""\n'
    )
    before = architecture.rooms(package)
    told = "What things\ncost now, and what they cost in the month before."
    (package / "prices.py").write_text(f'"""{told}\n\nMore of it."""\n')
    line = "- `prices`: What things cost now, and what they cost in the month before.\n"
    assert line in architecture.rooms(package)
    (package / "prices.py").unlink()
    assert architecture.rooms(package) == before


def test_a_page_without_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="map: begin"):
        architecture.with_map("no marks", ROOT / "playbook")


@pytest.mark.parametrize("name", NAMED)
def test_every_name_of_a_journey_exists(name: str) -> None:
    assert exists(name)


def test_a_name_that_is_nowhere_is_noticed() -> None:
    assert not exists("playbook.sources.nowhere.load")
    assert not exists("playbook.sources.tables.nowhere")


def test_a_short_line_takes_the_next_one_with_it(tmp_path: Path) -> None:
    package = tmp_path / "playbook"
    package.mkdir()
    (package / "__init__.py").write_text('"""Stage 6.\n\nWhy, in <month>.\n\nMore of it."""\n')
    assert architecture.rooms(package) == "### `playbook/`\n\nStage 6. Why, in \\<month>.\n"


@pytest.mark.parametrize("module", DOCUMENTED, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_docstring_cites_nothing_that_lies_outside_the_repository(module: Path) -> None:
    assert cites_outside(module.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_docstring_names_a_section_of_the_methods_that_is_there(module: Path) -> None:
    assert set(sections_cited(module.read_text(encoding="utf-8"))) <= SECTIONS


def test_a_citation_of_what_is_not_here_is_noticed() -> None:
    code = 'CUT = 4.5\n"""Measured in `{}methods.md`, section 1."""\n'
    assert cites_outside(code.format("notes/"))
    assert cites_outside(code.format("../shared/notes/"))
    assert not cites_outside(code.format("docs/"))
    assert not cites_outside('"""See `playbook/stages/shared/` and notes of ours."""')


def test_a_section_that_is_not_there_is_noticed() -> None:
    assert sections_cited('"""As `docs/methods.md`, Unusual days, says."""') == ["Unusual days"]
    assert sections_cited('"""See `docs/methods.md`: all of it."""') == [""]
    assert not {"", "Usual days"} & SECTIONS


def test_every_module_with_a_method_is_named_among_the_methods() -> None:
    missing = []
    for module in MODULES:
        path = module.relative_to(ROOT).as_posix()
        if needs_a_section(path, module.read_text(encoding="utf-8")) and f"`{path}`" not in METHODS:
            missing.append(path)
    assert missing == []


def test_a_module_with_a_source_needs_a_section_and_a_command_does_not() -> None:
    assert needs_a_section(
        "playbook/stages/goals/new.py", '"""New.\n\nSource:\n    Sen (1968).\n"""'
    )
    assert needs_a_section("playbook/methods/new.py", '"""New."""')
    assert not needs_a_section("playbook/cli/new.py", '"""New."""')


def test_every_section_of_the_methods_names_where_it_is_computed() -> None:
    for section in METHODS.split("\n## ")[1:]:
        paths = re.findall(r"`(playbook/[\w/.]+)`", section)
        assert paths, section.splitlines()[0]
        assert all((ROOT / path).exists() for path in paths), paths
