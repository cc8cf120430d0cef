"""What the cells of the sample's notebooks cost: CPU seconds of each, in forks of one process that has imported all.

    python benchmarks/cells.py [--root WORKSPACE] [--profile] [--period YYYY-MM …] [--repeats N]

A workspace with published runs is used as it is (`playbook sample --root W`, `playbook run --root W
--from 2026-09 --to 2026-10`); without one, one is made in a temporary folder, which takes two
minutes. Every notebook runs in a fork of its own, as a kernel does that is forked off a server: no
import is counted, but all that is paid at a first use. Of each cell the least of the repeats
counts. `pages` is what the runner itself does after the notebooks: pages, JSON and workbook.
"""

import argparse
import ast
import cProfile
import json
import os
import pstats
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

PERIODS = ("2026-09", "2026-10")
NOTEBOOKS = (
    "01_goals_and_audience",
    "02_market_and_strategy",
    "03_content_and_materials",
    "04_channels_and_distribution",
    "05_monitoring_and_tracking",
    "06_analysis_and_iteration",
    "07_performance_appraisal",
    "report",
)
IMPORTED_LATER = (
    "encodings.unicode_escape",
    "encodings.utf_8_sig",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "pandas.core.arrays.arrow.extension_types",
    "pandas.core.methods.to_dict",
    "pandas.core.reshape.reshape",
    "pandas.io.formats.csvs",
    "scipy.stats",
    "statsmodels.stats.multitest",
    "statsmodels.stats.power",
    "statsmodels.tsa.seasonal",
)
"""What the libraries and our own functions import at their first use."""

NOT_IMPORTED = (
    "playbook.cli",
    "playbook.simulate",
    "playbook.__main__",
    "playbook.run.kernels.preload",
)

PAGES = "pages"
SLOWEST = 10
TOP = 12

Costs = dict[tuple[str, str, str, str], float]
"""CPU seconds by campaign, period, notebook and cell."""

Timed = dict[str, float]
"""CPU seconds by cell; its place in the notebook and its first line that calls something."""


def prepare(*, cold: bool) -> None:
    """Import what a server of kernels imports, and unless `cold` let it pay what it can."""
    import importlib.util
    import pkgutil

    import playbook

    for module in pkgutil.walk_packages(playbook.__path__, "playbook."):
        if not module.name.startswith(NOT_IMPORTED):
            importlib.import_module(module.name)
    for name in IMPORTED_LATER:
        importlib.import_module(name)
    if importlib.util.find_spec("playbook.report.warm") and not cold:
        importlib.import_module("playbook.report.warm").warm()


def sample(root: Path) -> None:
    """Write the sample into a workspace, and run both campaigns and months."""
    for command in (["sample"], ["run", "--from", PERIODS[0], "--to", PERIODS[-1]]):
        subprocess.run(
            [sys.executable, "-m", "playbook", *command, "--root", str(root)],
            check=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
        )


def in_a_fork(work: Callable[[], Any]) -> Any:
    """Return what a function returns in a forked child, as JSON has it."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        status = 1
        try:
            with os.fdopen(writing, "w") as pipe:
                json.dump(work(), pipe)
            status = 0
        except BaseException:  # noqa: BLE001 - a child must end here, whatever it is
            traceback.print_exc()
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        answer = pipe.read()
    _, status = os.waitpid(child, 0)
    if status:
        raise SystemExit("a child failed, see above")
    return json.loads(answer)


def cells_of(notebook: str) -> Iterator[tuple[str, ast.Module, ast.Expression | None]]:
    """Yield the code cells but for the parameters: a name, the statements, what the last one shows."""
    content = json.loads((ROOT / "notebooks" / f"{notebook}.ipynb").read_text(encoding="utf-8"))
    codes = [cell for cell in content["cells"] if cell["cell_type"] == "code"]
    for place, cell in enumerate(codes):
        if "parameters" in cell["metadata"].get("tags", ()):
            continue
        lines = ast.parse("".join(cell["source"])).body
        text = ast.unparse(lines[-1])[:46]
        shown = None
        if isinstance(lines[-1], ast.Expr):
            shown = ast.Expression(lines.pop().value)
        yield f"{place:2} {text}", ast.Module(lines, []), shown


def run_cells(notebook: str, names: dict[str, Any], profiled: str = "") -> Timed | list[str]:
    """Run a notebook's cells one after the other.

    Returns:
        CPU seconds of each; where one is named to be profiled, the lines that say what it did.
    """
    os.chdir(ROOT / "notebooks")
    timed = {}
    for name, statements, shown in cells_of(notebook):
        codes = [compile(statements, name, "exec"), shown and compile(shown, name, "eval")]
        profile = cProfile.Profile() if name == profiled else None
        begun = time.process_time()
        if profile:
            profile.enable()
        for code in filter(None, codes):
            eval(code, names)  # noqa: S307 - our own notebooks
        if profile:
            profile.disable()
            return told(profile)
        timed[name] = time.process_time() - begun
    return timed


def write_pages(names: dict[str, Any], profiled: str = "") -> Timed | list[str]:
    """Write the pages of a run as the runner does."""
    from playbook import params
    from playbook.run import manifest, pages
    from playbook.run.plan import Workspace

    folder = Path(names["run_dir"])
    record = manifest.read(folder)
    assert record is not None
    campaign = params.load(names["campaign"], names["period"], names["params_dir"])
    space = Workspace(root=folder.parents[2])
    profile = cProfile.Profile() if profiled else None
    begun = time.process_time()
    if profile:
        profile.enable()
    pages.write(campaign, record, folder, space)
    if profile:
        profile.disable()
        return told(profile)
    return {PAGES: time.process_time() - begun}


def told(profile: cProfile.Profile) -> list[str]:
    """Say where the time went: by library, in its functions, and under our own functions."""
    stats = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    libraries: dict[str, float] = {}
    own, under = [], []
    for (file, line, function), (_, calls, inside, total, _) in stats.items():
        libraries[library(file)] = libraries.get(library(file), 0.0) + inside
        own.append((inside, calls, f"{library(file)} {Path(file).name}:{line} {function}"))
        if library(file) == "playbook":
            under.append((total, calls, f"{Path(file).name}:{line} {function}"))
    ordered = sorted(libraries.items(), key=lambda pair: -pair[1])[:TOP]
    lines = ["   by library: " + ", ".join(f"{name} {each * 1000:.0f}" for name, each in ordered)]
    lines += [
        f"   own  {a * 1000:7.0f} ms {n:7}x {text}" for a, n, text in sorted(own)[: -TOP - 1 : -1]
    ]
    lines += [
        f"   under{a * 1000:7.0f} ms {n:7}x {text}"
        for a, n, text in sorted(under)[: -TOP - 13 : -1]
    ]
    return lines


def library(file: str) -> str:
    """Name the library that a file belongs to."""
    parts = Path(file).parts
    if "site-packages" in parts:
        return parts[parts.index("site-packages") + 1]
    if "playbook" in parts:
        return "playbook"
    return "python" if len(parts) > 1 else "built in"


def run_folder(root: Path, campaign: str, period: str) -> dict[str, Any]:
    """Copy a published run beside itself for the notebooks to write into, and return their parameters."""
    published = root / "outputs" / campaign / period
    folder = published.with_name(f".cells-{period}")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(published, folder)
    return {
        "campaign": campaign,
        "period": period,
        "params_dir": str(root / "params"),
        "data_dir": str(root / "data"),
        "run_dir": str(folder),
    }


def imported(names: dict[str, Any]) -> None:
    """Read the sources into a run's folder, where the notebooks find them."""
    from playbook import params, sources

    campaign = params.load(names["campaign"], names["period"], names["params_dir"])
    sources.load(campaign, names["data_dir"], names["run_dir"], names["params_dir"])


def main() -> None:
    """Print the slowest cells, the sums, and what the slowest do."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=Path)
    parser.add_argument("--period", nargs="*", default=PERIODS)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--notebook", nargs="*", default=(*NOTEBOOKS, PAGES))
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--cold", action="store_true", help="leave out playbook.report.warm")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="playbook-cells-") as folder:
        root = options.root or Path(folder)
        if options.root is None:
            sample(root)
        prepare(cold=options.cold)
        measure(root.resolve(), options)


def measure(root: Path, options: argparse.Namespace) -> None:
    """Run all notebooks of all runs, and print."""
    costs: Costs = {}
    parameters = {}
    for campaign in sorted(path.name for path in (root / "data").iterdir() if path.is_dir()):
        for period in options.period:
            names = run_folder(root, campaign, period)
            parameters[campaign, period] = names
            in_a_fork(partial(imported, names))
            for notebook in options.notebook:
                cells = least(notebook, names, options.repeats)
                costs |= {(campaign, period, notebook, cell): cells[cell] for cell in cells}
    tell(costs)
    if options.profile:
        for campaign, period, notebook, cell in sorted(costs, key=costs.__getitem__)[
            : -SLOWEST - 1 : -1
        ]:
            print(f"\n{campaign} {period} {notebook} {cell}")
            print(*in_a_fork(work_of(notebook, parameters[campaign, period], cell)), sep="\n")
    for names in parameters.values():
        shutil.rmtree(names["run_dir"])


def least(notebook: str, names: dict[str, Any], repeats: int) -> Timed:
    """Return the least CPU seconds of each cell over some runs, each in a fork of its own."""
    runs = [in_a_fork(work_of(notebook, names)) for _ in range(repeats)]
    return {cell: min(run[cell] for run in runs) for cell in runs[0]}


def work_of(notebook: str, names: dict[str, Any], profiled: str = "") -> Callable[[], Any]:
    """Return what a child does for a notebook, or for the pages."""
    if notebook == PAGES:
        return partial(write_pages, names, profiled)
    return partial(run_cells, notebook, dict(names), profiled)


def tell(costs: Costs) -> None:
    """Print the ten slowest cells, the sum a notebook, and the sum of all."""
    cells = {key: seconds for key, seconds in costs.items() if key[2] != PAGES}
    print(f"the {SLOWEST} slowest of {len(cells)} cells, CPU milliseconds")
    for key in sorted(cells, key=lambda key: -cells[key])[:SLOWEST]:
        print(f"{cells[key] * 1000:8.0f}  {' '.join(key)}")
    print("\nsum by notebook")
    for notebook in dict.fromkeys(key[2] for key in costs):
        total = sum(seconds for key, seconds in costs.items() if key[2] == notebook)
        print(f"{total * 1000:8.0f}  {notebook}")
    print(f"\n{sum(cells.values()) * 1000:8.0f}  all cells")


if __name__ == "__main__":
    main()
