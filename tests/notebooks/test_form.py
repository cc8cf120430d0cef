"""Every notebook has the same form.

A question, one parameters cell, calls, a computed headline.
"""

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

from playbook.run.notebooks import PARAMETERS, QUALITY, REPORT, STAGE_NOTEBOOKS

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LOGIC = (
    ast.FunctionDef,
    ast.ClassDef,
    ast.For,
    ast.While,
    ast.Lambda,
    ast.If,
    ast.Try,
    ast.comprehension,
)

pytestmark = pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)


def cells(notebook: Path, kind: str = "") -> list[dict[str, Any]]:
    every = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in every if not kind or cell["cell_type"] == kind]


def source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def tagged(notebook: Path, tag: str) -> list[dict[str, Any]]:
    return [cell for cell in cells(notebook) if tag in cell["metadata"].get("tags", [])]


def code(notebook: Path) -> ast.Module:
    return ast.parse("\n".join(source(cell) for cell in cells(notebook, "code")))


def test_notebook_is_one_of_the_playbook(notebook: Path) -> None:
    assert notebook.stem in (*STAGE_NOTEBOOKS, REPORT, QUALITY, "00_start")


def test_parameters_stand_in_one_cell_as_literals(notebook: Path) -> None:
    [cell] = tagged(notebook, "parameters")
    assigned = ast.parse(source(cell)).body
    assert all(
        isinstance(one, ast.Assign) and isinstance(one.value, ast.Constant) for one in assigned
    )
    assert tuple(one.targets[0].id for one in assigned) == PARAMETERS


def test_every_parameter_is_explained(notebook: Path) -> None:
    [cell] = tagged(notebook, "parameters")
    assert all("  # " in line for line in source(cell).splitlines())


def test_headline_is_computed_in_one_cell(notebook: Path) -> None:
    [cell] = tagged(notebook, "headline")
    assert re.search(r"\b(page|overview)\.headline\(", source(cell))


def test_title_is_a_question_in_both_languages(notebook: Path) -> None:
    for tag, mark in (("lang-en", "?"), ("lang-zh", "？")):
        title = source(tagged(notebook, tag)[0]).splitlines()[0]
        assert title.startswith("# ")
        assert title.endswith(mark)


def test_prose_stands_in_both_languages(notebook: Path) -> None:
    assert len(tagged(notebook, "lang-en")) == len(tagged(notebook, "lang-zh"))
    assert all(
        set(cell["metadata"].get("tags", [])) & {"lang-en", "lang-zh"}
        for cell in cells(notebook, "markdown")
    )


def test_prose_holds_no_number(notebook: Path) -> None:
    for cell in cells(notebook, "markdown"):
        text = re.sub(
            r"```.*?```|`[^`]*`|^# \d |\]\([^)]*\)",
            "",
            source(cell),
            flags=re.MULTILINE | re.DOTALL,
        )
        assert not re.search(r"\d", text.replace("A/B", "")), text


def test_it_is_committed_without_outputs(notebook: Path) -> None:
    assert all(
        not cell["outputs"] and cell["execution_count"] is None for cell in cells(notebook, "code")
    )


def test_cell_ids_are_unique_and_readable(notebook: Path) -> None:
    ids = [cell["id"] for cell in cells(notebook)]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z][a-z0-9-]*", one) for one in ids)


def test_it_is_short(notebook: Path) -> None:
    assert len(cells(notebook)) <= 25
    assert all(len(source(cell).splitlines()) <= 15 for cell in cells(notebook, "code"))
    assert sum(len(source(cell).splitlines()) for cell in cells(notebook, "code")) <= 80


def test_it_holds_no_logic(notebook: Path) -> None:
    assert not [type(one).__name__ for one in ast.walk(code(notebook)) if isinstance(one, LOGIC)]


def test_no_name_is_bound_twice(notebook: Path) -> None:
    names = [
        one.id
        for one in ast.walk(code(notebook))
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
    ]
    assert len(set(names)) == len(names)


def test_every_parameter_is_read(notebook: Path) -> None:
    used = {
        one.id
        for one in ast.walk(code(notebook))
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)
    }
    unread = (
        {"data_dir"} if notebook.stem in (REPORT, QUALITY) else set()
    )  # the stages have read the data
    assert set(PARAMETERS) - unread <= used


def test_readme_names_it(notebook: Path) -> None:
    for readme in ("README.md", "README.zh-CN.md"):
        assert f"`{notebook.stem}`" in (ROOT / readme).read_text(encoding="utf-8")
