"""Write the map of rooms in docs/architecture.md: `python scripts/architecture.py`.

Each module is told by the first paragraph of its docstring, and by the second where the first says
little; what stands outside the two marks is written by hand.
"""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "docs" / "architecture.md"
BEGIN, END = "<!-- map: begin -->\n", "<!-- map: end -->\n"
SHORT = 45
"""Characters up to which a paragraph says too little to stand alone, such as "Stage 6."."""


def with_map(text: str, package: Path) -> str:
    """Return the page with the map of a package between its marks.

    Raises:
        ValueError: The page lacks a mark.
    """
    before, _, rest = text.partition(BEGIN)
    _, found_end, after = rest.partition(END)
    if not found_end:
        raise ValueError(f"the page needs the lines {BEGIN.strip()} and {END.strip()}")
    return before + BEGIN + rooms(package) + END + after


def rooms(package: Path) -> str:
    """Return one section a folder: what it is for, and a line for each of its modules."""
    folders = sorted(file.parent for file in package.rglob("__init__.py"))
    return "\n".join(_room(folder, package.parent) for folder in folders)


def _room(folder: Path, root: Path) -> str:
    name = folder.relative_to(root).as_posix()
    modules = sorted(file for file in folder.glob("*.py") if not file.stem.startswith("__"))
    lines = [f"- `{module.stem}`: {_told(module)}\n" for module in modules]
    listed = "\n" + "".join(lines) if lines else ""
    return f"### `{name}/`\n\n{_told(folder / '__init__.py')}\n{listed}"


def _told(module: Path) -> str:
    docstring = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))) or ""
    paragraphs = [" ".join(paragraph.split()) for paragraph in docstring.split("\n\n")]
    words = " ".join(paragraphs[:2]) if len(paragraphs[0]) <= SHORT else paragraphs[0]
    return words.replace("<", r"\<")


if __name__ == "__main__":
    page = TARGET.read_text(encoding="utf-8")
    TARGET.write_text(with_map(page, ROOT / "playbook"), encoding="utf-8")
