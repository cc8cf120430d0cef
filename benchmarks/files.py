"""Large files of users: how much memory and time one experiment takes from Parquet and from CSV.

    python benchmarks/files.py [PARQUET_ROWS] [CSV_GIGABYTES]       # 1e8 rows and 2 GB where left
    out

The files are made by DuckDB in a temporary folder and deleted at the end. Each is read in a process
of its own; its peak is the largest resident memory, imports included (about 200 MB), beside the
size of the file on disk. A path is what `evaluate` is given by hand; "left there" is what a run
does with files above 200 MB, and both do with such CSV files.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

BYTES_A_ROW = 23
SPARE = 3


def write(rows: int, file: Path) -> None:
    """Write users with an arm, a segment, an outcome that one in seven lacks, and a covariate."""
    import duckdb

    form = "parquet, compression zstd" if file.suffix == ".parquet" else "csv"
    duckdb.sql("set memory_limit = '2GB'")
    duckdb.sql(
        "copy (select case when random() < 0.5 then 'A' else 'B' end as variant, "  # noqa: S608 - our own folder
        "case when random() < 0.5 then 'phone' else 'desk' end as device, "
        "case when random() < 1 / 7 then null else round(100 - 20 * ln(1 - random()), 4) end as revenue, "
        f"round(20 * random(), 6) as before from range({rows})) to '{file}' (format {form})"
    )


def measure(way: str, file: str) -> None:
    """Evaluate one experiment, and print rows, seconds and the peak of this process as JSON."""
    from benchmarks.engines import peak_megabytes
    from playbook.abtest import evaluate
    from playbook.params.experiment import ExperimentPlan
    from playbook.sources.databases.engines import open_files

    metrics = [{"name": "revenue", "role": "primary", "covariates": ["before"]}]
    content = {
        "id": "big",
        "variant": "variant",
        "arms": {"A": 0.5, "B": 0.5},
        "segments": ["device"],
        "metrics": metrics,
    }
    begun = time.perf_counter()
    found = evaluate(
        file if way == "path" else open_files([Path(file)]), ExperimentPlan.model_validate(content)
    )
    seconds = time.perf_counter() - begun
    print(json.dumps([sum(found.units.values()), seconds, peak_megabytes("self")]))


def compare(file: Path, rows: int) -> None:
    """Make a file, measure it, and delete it."""
    if shutil.disk_usage(file.parent).free < SPARE * rows * BYTES_A_ROW:
        print(f"  {file.name}: left out, the disk has too little room")
        return
    write(rows, file)
    for way in ("path", "left there"):
        command = [sys.executable, str(Path(__file__).resolve()), "--file", way, str(file)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        counted, seconds, peak = json.loads(done.stdout.splitlines()[-1])
        assert counted == rows
        print(
            f"  {file.suffix[1:]:8} {way:11} {rows:12,} rows {file.stat().st_size / 1e9:6.2f} GB {seconds:7.1f} s "
            f"{peak:7.0f} MB",
            flush=True,
        )
    file.unlink()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--file"]:
        measure(sys.argv[2], sys.argv[3])
    else:
        parquet_rows, gigabytes = map(float, [*sys.argv[1:], *["1e8", "2"][len(sys.argv) - 1 :]])
        with tempfile.TemporaryDirectory(prefix="playbook-files-") as folder:
            compare(Path(folder) / "units.parquet", int(parquet_rows))
            compare(Path(folder) / "units.csv", int(gigabytes * 1e9 / BYTES_A_ROW))
