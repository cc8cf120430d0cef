"""Change the code one small thing at a time, and see whether the tests that mirror it notice.

`python scripts/mutate.py --sample 40 --seed 1 playbook/methods playbook/metrics.py` takes a sample
of all mutants of the modules: a comparison or an operator swapped, a whole number off by one, a
condition negated, a minus dropped, True for False. It works in copies of the repository, never in
this one, runs the tests that mirror or import each module, prints every survivor with its line, and
ends with 1 where more than the tolerated share survives and one standard error of so small a
sample. A seed gives the same mutants every time. What a decorator is given, and `strict=True`, are
left alone: they guard against slips, and no number depends on them.
"""

import argparse
import ast
import copy
import itertools
import math
import os
import queue
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
LEFT_OUT = shutil.ignore_patterns(".git", ".venv*", "outputs", "*_cache", "__pycache__", "dist")
SECONDS = 60
"""A mutant that runs longer is noticed: it never ends."""

STAMPS = itertools.count(1)
"""Times of changed files, no two alike: Python keeps the code of the files that stay as they are."""

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
FAILED, BROKEN = 1, 2
"""What pytest ends with where a test fails, or a module cannot even be imported."""

PYTEST = [
    *("-m", "pytest", "-x", "-q", "-n", "0", "-p", "no:cacheprovider", "--no-header", "--tb=no"),
    *("-m", "not slow and not servers and not spark and not browser"),
]
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
    options = left_alone(tree)
    for place, node in enumerate(ast.walk(tree)):
        if node in options:
            continue
        for change in changes(node):
            mutated = copy.deepcopy(tree)
            target = list(ast.walk(mutated))[place]
            before = ast.unparse(node)
            apply(target, change)
            after = ast.unparse(target)
            if after != before:
                yield Mutant(module, node.lineno, f"{before}  ->  {after}", ast.unparse(mutated))


def left_alone(tree: ast.AST) -> set[ast.AST]:
    """Return what stands in decorators, and whether a zip is strict."""
    found: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            found |= {inner for each in node.decorator_list for inner in ast.walk(each)}
        if isinstance(node, ast.keyword) and node.arg == "strict":
            found.add(node.value)
    return found


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


@cache
def tests_of(module: Path) -> tuple[str, ...]:
    """Return the tests of a module: of its name, then those that import it; else its folder's."""
    inside = module.relative_to("playbook")
    own = Path("tests") / inside.with_name(f"test_{inside.name}")
    dotted = ".".join(("playbook", *inside.with_suffix("").parts))
    folder, _, name = dotted.rpartition(".")
    imports = re.compile(
        rf"{re.escape(dotted)} import|from {re.escape(folder)} import (.*\b)?{name}\b"
    )
    importing = [
        str(file.relative_to(ROOT))
        for file in sorted((ROOT / "tests").rglob("test_*.py"))
        if imports.search(file.read_text(encoding="utf-8"))
    ]
    mirror = [str(own)] if (ROOT / own).is_file() else []
    return tuple(dict.fromkeys(mirror + importing)) or (str(own.parent),)


def is_noticed(mutant: Mutant, copy_of_root: Path) -> bool:
    """Run the tests of a mutant in a copy, and put the module back."""
    file = copy_of_root / mutant.module
    original = file.read_text(encoding="utf-8")
    file.write_text(mutant.text, encoding="utf-8")
    stamp = next(STAMPS)
    os.utime(file, (stamp, stamp))
    environment = os.environ | {"PYTHONPATH": str(copy_of_root), **ONE_THREAD}
    try:
        done = subprocess.run(
            [sys.executable, *PYTEST, *tests_of(mutant.module)],
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
    return done.returncode in (FAILED, BROKEN)


def survivors(chosen: Sequence[Mutant], workers: int) -> Iterator[Mutant]:
    """Try mutants, one at a time in each of a few copies; yield those that no test notices."""
    with tempfile.TemporaryDirectory(prefix="playbook-mutants-") as folder:
        free: queue.Queue[Path] = queue.Queue()
        for number in range(workers):
            copied = Path(folder) / str(number) / "main"
            shutil.copytree(ROOT, copied, ignore=LEFT_OUT)
            free.put(copied)

        def tried(mutant: Mutant) -> bool:
            place = free.get()
            try:
                return is_noticed(mutant, place)
            finally:
                free.put(place)

        with ThreadPoolExecutor(workers) as pool:
            for mutant, noticed in zip(chosen, pool.map(tried, chosen), strict=True):
                if not noticed:
                    yield mutant


def passing(modules: Sequence[Path], workers: int) -> list[Path]:
    """Return the modules whose tests pass while nothing is changed: of others nothing can be told."""
    as_they_are = [
        Mutant(module=module, line=0, change="", text=(ROOT / module).read_text(encoding="utf-8"))
        for module in modules
    ]
    return [mutant.module for mutant in survivors(as_they_are, workers)]


def tolerated(sample: int, share: float) -> float:
    """Return how many survivors of a sample still agree with a share: one standard error above."""
    return sample * share + math.sqrt(sample * share * (1 - share))


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
    parser.add_argument("--workers", type=int, default=2, help="how many are tried at a time")
    given = parser.parse_args()
    every: list[Mutant] = []
    for module in modules(given.paths):
        every += mutants(module, (ROOT / module).read_text(encoding="utf-8"))
    chosen = random.Random(given.seed).sample(every, min(given.sample, len(every)))
    unchanged = sorted({mutant.module for mutant in chosen})
    if failing := sorted(set(unchanged) - set(passing(unchanged, given.workers))):
        print(f"the tests fail without any change: {', '.join(map(str, failing))}")
        return 2
    survived = 0
    for mutant in survivors(chosen, given.workers):
        survived += 1
        print(f"survived {mutant.module}:{mutant.line}: {mutant.change}", flush=True)
    print(f"{survived} of {len(chosen)} mutants survived ({len(every)} in all)")
    return int(survived > tolerated(len(chosen), given.most_survivors))


if __name__ == "__main__":
    sys.exit(main())
