"""The engines beside the embedded one: the same experiment, the same moments, one run.

    python benchmarks/engines.py [ROWS]       # 1e7 where left out; takes some minutes, most of them
    for MariaDB

Two means and a ratio with covariates over two segments, one value in seven missing. Each engine
sums its own table; the time is the best of three after one warm-up (where that takes more than ten
seconds, the warm-up's own), from the question to the moments, beside DuckDB's on the same rows.
Agreement is the largest relative difference of a mean or product from those that are read straight
from Parquet. Memory is the largest of this process and, for a server, of its processes that are
still there afterwards (PostgreSQL ends the one that answers with the connection). Engines that are
not installed are left out with a line; `make engines` installs them.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

SERVERS = ["postgres", "mariadb"]
ENGINES = ["duckdb", *SERVERS, "spark"]
LONG_SECONDS = 10


def write_units(rows: int, file: Path) -> None:
    """Write units to Parquet, a million at a time."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    writer = None
    for start in range(0, rows, 1_000_000):
        n, draw = min(1_000_000, rows - start), np.random.default_rng(start)
        gap = draw.random(n) < 1 / 7
        table = pa.table(
            {
                "variant": np.array(["A", "B"])[draw.integers(0, 2, n)],
                "device": np.array(["phone", "desk"])[draw.integers(0, 2, n)],
                "revenue": pa.array(100 + draw.exponential(20, n), mask=gap),
                "before": draw.exponential(20, n),
                "orders": 1.0 + draw.poisson(1, n),
            }
        )
        writer = writer or pq.ParquetWriter(file, table.schema)
        writer.write_table(table)
    if writer:
        writer.close()


def plan() -> Any:
    """Return the plan of the experiment."""
    from playbook.params.experiment import ExperimentPlan

    return ExperimentPlan.model_validate(
        {
            "id": "bench",
            "variant": "variant",
            "arms": {"A": 0.5, "B": 0.5},
            "segments": ["device"],
            "metrics": [
                {"name": "revenue", "role": "primary", "covariates": ["before"]},
                {"name": "orders"},
                {
                    "name": "basket",
                    "kind": "ratio",
                    "numerator": "revenue",
                    "denominator": "orders",
                },
            ],
        }
    )


def best_of_three(ask: Callable[[], Any]) -> tuple[float, Any]:
    """Time a question after one warm-up, which counts itself where it is long."""
    begun = time.perf_counter()
    found, best = ask(), float("inf")
    warm = time.perf_counter() - begun
    if warm > LONG_SECONDS:
        return warm, found
    for _ in range(3):
        begun = time.perf_counter()
        ask()
        best = min(best, time.perf_counter() - begun)
    return best, found


def apart(found: Any, wanted: Any) -> float:
    """Return the largest relative difference of a mean or product."""
    import numpy as np

    assert found.keys == wanted.keys
    assert np.array_equal(found.n, wanted.n)
    means = [np.where(one.known, one.mean + one.centre, 0.0) for one in (found, wanted)]
    pairs = [means, [found.cross, wanted.cross]]
    return max(float(np.nanmax(np.abs(a - b) / np.where(b == 0, 1, np.abs(b)))) for a, b in pairs)


def loaded(engine: str, uri: str, file: Path, folder: Path) -> Any:
    """Put the units into an engine and return their table."""
    import pyarrow.parquet as pq

    from playbook.sources.databases.engines import connect
    from tests.engines import loading

    if engine == "duckdb":
        import duckdb

        with duckdb.connect(folder / "bench.duckdb") as connection:
            connection.execute("create table units as from read_parquet(?)", [str(file)])
        return connect(f"duckdb://{folder}/bench.duckdb").table("units")
    if engine == "spark":
        connect(uri)._session.read.parquet(str(file)).createOrReplaceTempView("units")
    else:
        put = loading.into_postgres(uri) if engine == "postgres" else loading.into_mariadb(uri)
        put({"units": pq.read_table(file)})
    return connect(uri).table("units")


def measure(engine: str, uri: str, file: Path, folder: Path) -> dict[str, Any]:
    """Load and time one engine in this process."""
    from playbook.abtest import collect
    from playbook.abtest.units import aggregate_ibis as there

    begun = time.perf_counter()
    table = loaded(engine, uri, file, folder)
    loading_seconds = time.perf_counter() - begun
    seconds, found = best_of_three(lambda: there.collect(table, plan(), ("device",)))
    return {
        "loading": loading_seconds,
        "seconds": seconds,
        "apart": apart(found, collect(file, plan(), ("device",))),
        "megabytes": peak_megabytes(os.getpid()),
    }


def peak_megabytes(process: int | str) -> float:
    """Return the largest resident memory of a process; Linux keeps it in /proc."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0) / 1024


def below(process: int) -> list[int]:
    """List the processes that a process has started, and theirs."""
    listed = subprocess.run(
        ["ps", "-e", "-o", "pid=,ppid="], capture_output=True, text=True, check=True
    ).stdout
    pairs = [tuple(map(int, line.split())) for line in listed.splitlines()]
    children = [pid for pid, parent in pairs if parent == process]
    return [*children, *(one for child in children for one in below(child))]


def run(engine: str, file: Path) -> dict[str, Any] | None:
    """Start an engine and measure it in a process of its own.

    None, with the reason printed, where it is missing.
    """
    from tests.engines import servers

    with servers.own_folder(engine) as folder:
        try:
            if engine == "duckdb":
                return _asked(engine, "", file, folder)
            with getattr(servers, engine)(folder) as uri:
                found = _asked(engine, uri, file, folder)
                others = sum(
                    peak_megabytes(one)
                    for one in below(os.getpid())
                    if Path(f"/proc/{one}/status").exists()
                )
                return found | {"server": others}
        except servers.MissingError as reason:
            print(f"  {engine}: left out, {reason}")
            return None


def _asked(engine: str, uri: str, file: Path, folder: Path) -> dict[str, Any]:
    command = [
        sys.executable,
        str(Path(__file__).resolve()),
        "--engine",
        engine,
        uri,
        str(file),
        str(folder),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    return json.loads(done.stdout.splitlines()[-1])


def compare(rows: int, engines: list[str]) -> None:
    """Measure engines on the same rows and print them beside DuckDB."""
    from tests.engines import servers

    print(f"{rows:,} units, 3 metrics, 2 segments", flush=True)
    with servers.own_folder("units") as folder:
        write_units(rows, folder / "units.parquet")
        (folder / "units.parquet").chmod(0o644)
        found = {
            engine: one for engine in engines if (one := run(engine, folder / "units.parquet"))
        }
    print(
        f"  {'engine':10} {'loading s':>9} {'asking s':>9} {'x DuckDB':>9} {'apart':>9} "
        f"{'here MB':>8} {'server MB':>9}"
    )
    for engine, one in found.items():
        ratio = one["seconds"] / found["duckdb"]["seconds"]
        server = f"{one['server']:9.0f}" if "server" in one else f"{'-':>9}"
        print(
            f"  {engine:10} {one['loading']:9.1f} {one['seconds']:9.3f} {ratio:9.1f} {one['apart']:9.1e} "
            f"{one['megabytes']:8.0f} {server}",
            flush=True,
        )
        assert one["apart"] < 1e-9, engine


if __name__ == "__main__":
    if sys.argv[1:2] == ["--engine"]:
        name, address, units, place = sys.argv[2:]
        print(json.dumps(measure(name, address, Path(units), Path(place))))
    else:
        size = int(float(sys.argv[1])) if sys.argv[1:] else 10_000_000
        compare(size, ENGINES)
