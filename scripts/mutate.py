"""Change the code one small thing at a time, and see whether the tests that mirror it notice.

`python scripts/mutate.py --sample 40 --seed 1 playbook/methods playbook/metrics.py` takes a sample of all
mutants of the modules: a comparison or an operator swapped, a whole number off by one, a condition negated,
a minus dropped, True for False. It works in a copy of the repository, never in this one, runs the tests
that mirror or import each module, prints every survivor with its line, and ends with 1 where more than the tolerated
share survives.
"""

import argparse
import ast
import copy
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
LEFT_OUT = shutil.ignore_patterns(".git", ".venv*", "outputs", "*_cache", "__pycache__", "dist")
SECONDS = 300
SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.And: ast.Or,
    ast.Or: ast.And,
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One changed module: where, what was changed, and the whole new text."""

    module: Path
    line: int
    change: str
    text: str


def mutants(module: Path, source: str) -> Iterator[Mutant]:
    """Yield every mutant of a module, in the order of its syntax tree."""
    tree = ast.parse(source)
    for place, node in enumerate(ast.walk(tree)):
        for change in changes(node):
            mutated = copy.deepcopy(tree)
            target = list(ast.walk(mutated))[place]
            before = ast.unparse(node)
            apply(target, change)
            after = ast.unparse(target)
            if after != before:
                yield Mutant(module, node.lineno, f"{before}  ->  {after}", ast.unparse(mutated))


def changes(node: ast.AST) -> Iterator[str]:
    """Name the changes that fit a node."""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in SWAPS:
        yield "compare"
    if isinstance(node, (ast.BinOp, ast.BoolOp)) and type(node.op) in SWAPS:
        yield "operator"
    if isinstance(node, (ast.If, ast.IfExp)):
        yield "negate"
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield "plus"
    if isinstance(node, ast.Constant) and isinstance(node.value, (bool, int)):
        yield "constant"


def apply(node: ast.AST, change: str) -> None:
    """Change a node in place."""
    match node, change:
        case ast.Compare(), "compare":
            node.ops[0] = SWAPS[type(node.ops[0])]()  # type: ignore[call-overload]
        case ((ast.BinOp() | ast.BoolOp()), "operator"):
            node.op = SWAPS[type(node.op)]()  # type: ignore[assignment]
        case ((ast.If() | ast.IfExp()), "negate"):
            node.test = ast.UnaryOp(op=ast.Not(), operand=node.test)
        case ast.UnaryOp(), "plus":
            node.op = ast.UAdd()
        case ast.Constant(value=bool()), "constant":
            node.value = not node.value
        case ast.Constant(value=int()), "constant":
            node.value += 1


def tests_of(module: Path) -> list[str]:
    """Return the tests of a module: of its name, and those that import it; else its folder's."""
    inside = module.relative_to("playbook")
    own = Path("tests") / inside.with_name(f"test_{inside.name}")
    dotted = ".".join(("playbook", *inside.with_suffix("").parts))
    folder, _, name = dotted.rpartition(".")
    imports = re.compile(
        rf"{re.escape(dotted)} import|from {re.escape(folder)} import (.*\b)?{name}\b"
    )
    tests = {str(own)} if (ROOT / own).is_file() else set()
    for file in (ROOT / "tests").rglob("test_*.py"):
        if imports.search(file.read_text(encoding="utf-8")):
            tests.add(str(file.relative_to(ROOT)))
    return sorted(tests) or [str(own.parent)]


def is_noticed(mutant: Mutant, copy_of_root: Path) -> bool:
    """Run the tests of a mutant in the copy, and put the module back."""
    file = copy_of_root / mutant.module
    original = file.read_text(encoding="utf-8")
    file.write_text(mutant.text, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-x",
        "-q",
        "-m",
        "not slow",
        "-p",
        "no:cacheprovider",
    ]
    environment = os.environ | {"PYTHONPATH": str(copy_of_root), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            [*command, *tests_of(mutant.module)],
            cwd=copy_of_root,
            env=environment,
            capture_output=True,
            check=False,
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired:
        return True
    finally:
        file.write_text(original, encoding="utf-8")
    return done.returncode != 0


def modules(paths: list[str]) -> list[Path]:
    """Return the modules below paths of the repository."""
    found: list[Path] = []
    for path in paths:
        given = ROOT / path
        files = sorted(given.rglob("*.py")) if given.is_dir() else [given]
        found += [file.relative_to(ROOT) for file in files if file.name != "__init__.py"]
    return found


def main() -> int:
    """Sample mutants, try each, and tell the survivors."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paths", nargs="+", help="modules or folders below playbook/")
    parser.add_argument("--sample", type=int, default=40, help="how many mutants are tried")
    parser.add_argument("--seed", type=int, default=0, help="which ones")
    parser.add_argument("--most-survivors", type=float, default=0.1, help="share that is tolerated")
    given = parser.parse_args()
    every: list[Mutant] = []
    for module in modules(given.paths):
        every += mutants(module, (ROOT / module).read_text(encoding="utf-8"))
    chosen = random.Random(given.seed).sample(every, min(given.sample, len(every)))
    survivors = 0
    with tempfile.TemporaryDirectory(prefix="playbook-mutants-") as folder:
        copy_of_root = Path(folder) / "main"
        shutil.copytree(ROOT, copy_of_root, ignore=LEFT_OUT)
        for number, mutant in enumerate(chosen, start=1):
            if not is_noticed(mutant, copy_of_root):
                survivors += 1
                print(
                    f"survived ({number}/{len(chosen)}) {mutant.module}:{mutant.line}: {mutant.change}",
                    flush=True,
                )
    print(f"{survivors} of {len(chosen)} mutants survived ({len(every)} in all)")
    return int(survivors > given.most_survivors * len(chosen))


if __name__ == "__main__":
    sys.exit(main())
