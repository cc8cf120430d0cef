"""The map and the journeys of docs/architecture.md, and the sections of docs/methods.md, are those of the code."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from scripts import architecture

ROOT = Path(__file__).parents[1]
PAGE = architecture.TARGET.read_text(encoding="utf-8")
METHODS = (ROOT / "docs" / "methods.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(playbook(?:\.\w+)+)`", PAGE)))
CITED = re.compile(r"`docs/methods\.md`, ([A-Z][\w ]*\w)")
MODULES = sorted((ROOT / "playbook").rglob("*.py"))


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


def test_a_short_line_takes_the_next_one_with_it(tmp_path: Path) -> None:
    package = tmp_path / "playbook"
    package.mkdir()
    (package / "__init__.py").write_text('"""Stage 6.\n\nWhy, in <month>.\n\nMore of it."""\n')
    assert architecture.rooms(package) == "### `playbook/`\n\nStage 6. Why, in \\<month>.\n"


def test_a_page_without_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="map: begin"):
        architecture.with_map("no marks", ROOT / "playbook")


@pytest.mark.parametrize("name", NAMED)
def test_every_name_of_a_journey_exists(name: str) -> None:
    assert exists(name)


def test_a_name_that_is_nowhere_is_noticed() -> None:
    assert not exists("playbook.sources.nowhere.load")
    assert not exists("playbook.sources.load.nowhere")


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.relative_to(ROOT).as_posix())
def test_a_docstring_cites_literature_or_a_section_that_is_there(module: Path) -> None:
    text = re.sub(r"\s+", " ", module.read_text(encoding="utf-8"))
    assert not re.search(r"`(\.\./)?(notes|shared)/", text)
    for section in CITED.findall(text):
        assert f"## {section}\n" in METHODS


def test_every_section_of_the_methods_names_where_it_is_computed() -> None:
    sections = METHODS.split("\n## ")[1:]
    for section in sections:
        paths = re.findall(r"`(playbook/[\w/.]+)`", section)
        assert paths, section.splitlines()[0]
        assert all((ROOT / path).exists() for path in paths), paths
