"""The A/B engine beside tea-tasting, statsmodels and a floor.

The same users, the same four metrics, one run.

    python benchmarks/abtest_speed.py [USERS ...]        # 1e6 and 1e7 users where left out

Four metrics (two means, two ratios), all with a pre-period covariate, from rows to effects. Every
path runs in processes of its own, in two rounds; the best of at least six runs counts, beside the
peak memory of its process, imports and data included. There are two floors: numpy sums each column
once, in memory; Arrow reads the columns from Parquet and does nothing with them. tea-tasting 2.x
needs libraries older than ours and Python 3.12 or newer, so it runs in a virtual environment that
is made in a temporary folder, or in the one that TEA_TASTING_PYTHON names.

Its PyArrow path is left out: it mixes up the arms' means from about 100,000 rows on. statsmodels
has no aggregate path and no
ratios: it is given one mean without covariate. The t statistics of orders must agree, or the run
    stops.

Variables that choose a matrix kernel for the machine, such as OPENBLAS_CORETYPE, are taken from
every side: NumPy knows the processor better, and a kernel of an older one takes four times as long.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

FILE = "units.parquet"
MEASURED = ["sessions", "orders", "revenue", "sessions_pre", "orders_pre", "revenue_pre"]
OURS = ["ours, Parquet", "ours, DuckDB table", "ours, Polars", "ours, pandas"]
SEGMENTS = ["ours, Parquet, 8 segments", "ours, pandas, 8 segments"]
PEERS = [
    "tea-tasting, Parquet",
    "tea-tasting, DuckDB table",
    "tea-tasting, Polars",
    "tea-tasting, pandas",
]
FLOORS = ["floor, numpy sums", "floor, Parquet read"]
OTHERS = ["statsmodels, 1 metric"]
PEER_NEEDS = ["tea-tasting>=2,<3", "ibis-framework[duckdb]", "polars", "pandas", "pyarrow"]
CORRECT_Z = 1e-6
KERNELS = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
ROUNDS, LEAST_RUNS, LEAST_SECONDS = 2, 3, 2.0


def write_units(users: int, file: Path) -> None:
    """Write shoppers to Parquet, a million at a time."""
    import duckdb
    import numpy as np
    import pandas as pd

    parts = []
    for part in range(-(-users // 1_000_000)):
        generator = np.random.default_rng(part)
        n = min(1_000_000, users - part * 1_000_000)
        keen, variant = generator.gamma(2.0, 1.0, n), generator.integers(0, 2, n)
        frame = pd.DataFrame({"variant": variant, "segment": generator.integers(0, 8, n)})
        for when, factor in (("", 1 + 0.01 * variant), ("_pre", 1.0)):
            frame[f"sessions{when}"] = 1.0 + generator.poisson(keen)
            frame[f"orders{when}"] = generator.poisson(
                0.25 * frame[f"sessions{when}"] * factor
            ).astype(float)
            frame[f"revenue{when}"] = frame[f"orders{when}"] * generator.exponential(10.0, n)
        parts.append(file.with_name(f"part{part}.parquet"))
        frame.to_parquet(parts[-1])
    rows = duckdb.read_parquet([str(part) for part in parts])
    rows.write_parquet(str(file), compression="zstd")
    for part in parts:
        part.unlink()


def opened(path: str, file: str) -> Any:
    """Bring the users into the form that the path is about."""
    if "Polars" in path:
        import polars as pl

        return pl.read_parquet(file)
    if "Parquet" in path:
        return file
    if "DuckDB" in path:
        import duckdb

        connection = duckdb.connect()
        connection.execute("create table units as select * from read_parquet(?)", [file])
        return connection.table("units")
    import pandas as pd

    return pd.read_parquet(file)


def ours(path: str, data: Any) -> Callable[[], float]:
    """Return a call that evaluates the four metrics with this package."""
    from playbook.abtest import collect
    from playbook.abtest.stats.metric_effects import effects
    from playbook.abtest.stats.moments import roll_up
    from playbook.params.experiment import ExperimentPlan

    below = {"kind": "ratio", "denominator": "sessions"}
    plan = ExperimentPlan.model_validate(
        {
            "id": "speed",
            "variant": "variant",
            "arms": {"0": 0.5, "1": 0.5},
            "metrics": [
                {"name": "orders", "role": "primary", "covariates": ["orders_pre"]},
                {"name": "revenue", "covariates": ["revenue_pre"]},
                {
                    "name": "orders/session",
                    "numerator": "orders",
                    "covariates": ["orders_pre", "sessions_pre"],
                    **below,
                },
                {
                    "name": "revenue/session",
                    "numerator": "revenue",
                    "covariates": ["revenue_pre", "sessions_pre"],
                    **below,
                },
            ],
        }
    )
    by = ("segment",) if "segments" in path else ()

    def run() -> float:
        moments = roll_up(collect(data, plan, by))
        found = [effects(moments, metric, ["0", "1"])[0] for metric in plan.metrics]
        return found[0].statistic

    return run


def tea_tasting(path: str, data: Any) -> Callable[[], float]:
    """Return a call that evaluates the four metrics with tea-tasting."""
    import tea_tasting as tt

    if "Parquet" in path or "DuckDB" in path:
        import ibis

        connection = ibis.duckdb.connect()
        source = connection.read_parquet(data if isinstance(data, str) else FILE)
        if "DuckDB" in path:
            connection.raw_sql(f"create table units as select * from '{FILE}'")  # noqa: S608
            source = connection.table("units")
        data = source
    experiment = tt.Experiment(
        orders=tt.Mean("orders", covariate="orders_pre"),
        revenue=tt.Mean("revenue", covariate="revenue_pre"),
        orders_per_session=tt.RatioOfMeans("orders", "sessions", "orders_pre", "sessions_pre"),
        revenue_per_session=tt.RatioOfMeans("revenue", "sessions", "revenue_pre", "sessions_pre"),
    )
    return lambda: experiment.analyze(data)["orders"].statistic


def floor(path: str, data: Any) -> Callable[[], float]:
    """Return a call that sums each column once, or reads each column once."""
    if "Parquet" in path:
        from pyarrow import parquet

        return lambda: parquet.read_table(data, columns=["variant", *MEASURED]).num_rows
    columns = [data[name].to_numpy() for name in MEASURED]

    def run() -> float:
        sums = [column.sum() for column in columns]
        return float(sums[0])

    return run


def statsmodels(_path: str, data: Any) -> Callable[[], float]:
    """Return a call that compares one mean with statsmodels."""
    from statsmodels.stats.weightstats import CompareMeans

    def run() -> float:
        arms = [data.loc[data["variant"] == arm, "orders"] for arm in (1, 0)]
        return float(CompareMeans.from_data(*arms).ttest_ind(usevar="unequal")[0])

    return run


def measure(path: str, file: str) -> dict[str, Any]:
    """Time one path in this process."""
    makers = {"ours": ours, "tea-tasting": tea_tasting, "floor": floor, "statsmodels": statsmodels}
    here = opened(path, file) if not (path.startswith("tea") and "DuckDB" in path) else file
    run = makers[path.split(",")[0]](path, here)
    run()
    seconds: list[float] = []
    while len(seconds) < LEAST_RUNS or sum(seconds) < LEAST_SECONDS:
        start = time.perf_counter()
        statistic = run()
        seconds.append(time.perf_counter() - start)
    return {"path": path, "seconds": min(seconds), "peak_mb": peak_mb(), "statistic": statistic}


def peak_mb() -> float:
    """Return the largest resident memory of this process; Linux keeps it in /proc."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


def measured(path: str, python: str, folder: str) -> dict[str, Any] | None:
    """Time one path in a process of its own; None where it cannot run, with the reason printed."""
    environment = {key: text for key, text in os.environ.items() if key not in KERNELS}
    environment["PYTHONPATH"] = str(Path(__file__).parents[1])
    command = [python, str(Path(__file__).resolve()), "--path", path]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        print(f"  {path}: left out, {done.stderr.strip().splitlines()[-1]}")
        return None
    return json.loads(done.stdout.splitlines()[-1])


def peer_python(folder: str) -> str | None:
    """Return a Python that has tea-tasting, making an environment where none is named.

    None where that fails.
    """
    if named := os.environ.get("TEA_TASTING_PYTHON"):
        return named
    names = (
        [sys.executable]
        if sys.version_info >= (3, 12)
        else ["python3.14", "python3.13", "python3.12"]
    )
    base = next(
        (name for name in names if shutil.which(name) and not _trouble(name, "--version")), None
    )
    if base is None:
        print(
            "tea-tasting is left out: it needs Python 3.12 or newer; name one that has it "
            "in TEA_TASTING_PYTHON"
        )
        return None
    made = str(Path(folder) / "bin" / "python")
    print(
        "making an environment with tea-tasting (set TEA_TASTING_PYTHON to use one of yours) ...",
        flush=True,
    )
    trouble = _trouble(base, "-m", "venv", folder) or _trouble(
        made, "-m", "pip", "install", "--quiet", *PEER_NEEDS
    )
    if trouble:
        print(f"tea-tasting is left out: its environment cannot be made; {trouble}")
        return None
    return made


def _trouble(*command: str) -> str:
    """Run a command; the last line of what it complained of, empty where it went well."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stderr.strip().splitlines() or ["it failed"])[-1] if done.returncode else ""


def compare(users: int, peer: str | None) -> None:
    """Measure all paths for one number of users, and print the ratios."""
    print(f"\n{users:,} users, 4 metrics with covariates (2 means, 2 ratios)", flush=True)
    pythons = dict.fromkeys([*FLOORS, *OTHERS, *OURS, *SEGMENTS], sys.executable)
    pythons |= dict.fromkeys(PEERS, peer) if peer else {}
    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        write_units(users, Path(folder) / FILE)
        runs = [
            measured(path, python, folder)
            for _ in range(ROUNDS)
            for path, python in pythons.items()
        ]
    done = sorted((run for run in runs if run), key=lambda run: -run["seconds"])
    found = {run["path"]: run for run in done}
    statistics = [
        run["statistic"] for path, run in found.items() if path.startswith(("ours", "tea"))
    ]
    assert max(statistics) - min(statistics) < CORRECT_Z * abs(statistics[0]), statistics
    print_table(found, [path for path in pythons if path in found])
    print_promises(found)
    print(
        f"  {os.cpu_count()} processors, load {before:.1f} before and "
        f"{os.getloadavg()[0]:.1f} after"
    )


def fastest(found: dict[str, dict[str, Any]], paths: list[str]) -> dict[str, Any] | None:
    """Return the fastest of some paths; None where none has run."""
    return min(
        (found[path] for path in paths if path in found),
        key=lambda run: run["seconds"],
        default=None,
    )


def print_table(found: dict[str, dict[str, Any]], paths: list[str]) -> None:
    """Print one line for each path, with its ratio to the floor and to the fastest peer."""
    low, peer = found[FLOORS[0]]["seconds"], fastest(found, PEERS)
    print(f"  {'path':28}{'seconds':>10}{'x floor':>10}{'peer / it':>11}{'peak MB':>10}")
    for path in paths:
        seconds, peak = found[path]["seconds"], found[path]["peak_mb"]
        against = f"{peer['seconds'] / seconds:11.1f}" if peer else " " * 11
        print(f"  {path:28}{seconds:10.4f}{seconds / low:10.1f}{against}{peak:10.0f}")


def print_promises(found: dict[str, dict[str, Any]]) -> None:
    """Print the ratios that the project promises beside what they should be."""
    mine, peer = fastest(found, OURS), fastest(found, PEERS)
    if peer and mine:
        print(
            f"  fastest peer ({peer['path']}) / ours ({mine['path']}): "
            f"{peer['seconds'] / mine['seconds']:.1f}, aim 3 or more"
        )
    if peer and "tea-tasting, Parquet" in found:
        ratio = found["tea-tasting, Parquet"]["seconds"] / found["ours, Parquet"]["seconds"]
        print(f"  tea-tasting / ours, both from Parquet: {ratio:.1f}, aim 3 or more")
    in_memory, read = (found[path]["seconds"] for path in FLOORS)
    print(
        f"  ours, pandas / numpy sums: {found['ours, pandas']['seconds'] / in_memory:.1f}, "
        f"aim 7 or less"
    )
    print(f"  ours, Parquet / Parquet read: {found['ours, Parquet']['seconds'] / read:.1f}")
    for path in SEGMENTS:
        plain = path.removesuffix(", 8 segments")
        print(
            f"  {path} / none: {found[path]['seconds'] / found[plain]['seconds']:.2f}, aim "
            f"1.5 or less"
        )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--path"]:
        print(json.dumps(measure(sys.argv[2], FILE)))
    else:
        with tempfile.TemporaryDirectory() as environment:
            peer = peer_python(environment)
            for size in sys.argv[1:] or ["1e6", "1e7"]:
                compare(int(float(size)), peer)
