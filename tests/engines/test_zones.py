"""The same days and the same verdict in whatever zone a machine stands, from every reader."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from playbook.abtest import as_dict, evaluate
from playbook.params.experiment import ExperimentPlan
from playbook.sources.databases.engines import connect
from tests.engines.loading import OF_LIBRARIES, into_postgres

pytestmark = pytest.mark.filterwarnings(*OF_LIBRARIES)

PLAN = {
    "variant": "arm",
    "unit": "user",
    "date_column": "at",
    "timezone": "America/New_York",
    "arms": {"old": 0.5, "new": 0.5},
    "metrics": [{"name": "bought", "kind": "rate", "role": "primary"}],
    "start": "2026-10-20",
    "end": "2026-11-02",
}


def units() -> pd.DataFrame:
    """3,000 users over the change of the clock; some entered in the hours between two zones' days."""
    draw = np.random.default_rng(11)
    hours = draw.integers(0, 14 * 24, 3000)
    return pd.DataFrame(
        {
            "user": [f"u{place}" for place in range(3000)],
            "arm": draw.choice(["old", "new"], 3000),
            "at": pd.Timestamp("2026-10-20 04:00", tz="UTC") + pd.to_timedelta(hours, unit="h"),
            "bought": draw.random(3000) < 0.2,
        }
    )


def told(result: Any) -> dict[str, Any]:
    content = as_dict(result) if not isinstance(result, dict) else result
    return {
        "days": [
            check for check in content["checks"] if check["name"] in ("days", "dates", "srm_part")
        ],
        "decision": content["decision"],
        "effects": content["effects"],
        "units": content["units"],
    }


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/Los_Angeles"])
@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_the_zone_of_the_machine_changes_nothing(form: str, zone: str, tmp_path: Path) -> None:
    import yaml

    file, plan = tmp_path / f"units.{form}", tmp_path / "plan.yml"
    units().to_csv(file, index=False) if form == "csv" else units().to_parquet(file, index=False)
    plan.write_text(yaml.safe_dump(PLAN, sort_keys=False), encoding="utf-8")
    command = [sys.executable, "-m", "playbook", "abtest", str(file), "--plan", str(plan), "--json"]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env=os.environ | {"TZ": zone}
    )
    here = evaluate(units(), ExperimentPlan.model_validate({"id": "plan"} | PLAN))
    assert told(json.loads(done.stdout)) == told(json.loads(json.dumps(as_dict(here))))


def test_every_reader_cuts_the_same_days() -> None:
    import ibis

    plan = ExperimentPlan.model_validate({"id": "plan"} | PLAN)
    frame = units()
    table = pa.Table.from_pandas(frame, preserve_index=False)
    connection = duckdb.connect()
    connection.execute("set timezone = 'Asia/Tokyo'")
    readers = {
        "polars": pl.from_pandas(frame),
        "arrow": table,
        "duckdb": connection.from_arrow(table),
        "ibis": ibis.duckdb.connect().create_table("units", table),
    }
    wanted = told(evaluate(frame, plan))
    assert all(check["verdict"] == "ok" for check in wanted["days"])
    for name, data in readers.items():
        found = told(evaluate(data, plan))
        assert found["decision"] == wanted["decision"], name
        assert found["units"] == wanted["units"], name
        assert found["days"] == wanted["days"], name


@pytest.mark.servers
def test_a_server_cuts_the_same_days_and_sums_clusters_before_them(postgres: str) -> None:
    frame = units().assign(shop=lambda rows: rows.index % 50)
    frame["arm"] = np.where(frame["shop"] % 2, "old", "new")
    table = pa.Table.from_pandas(frame, preserve_index=False)
    there = connect(into_postgres(postgres)({"units": table})).table("units")
    for more in ({}, {"unit": None, "cluster": "shop"}):
        plan = ExperimentPlan.model_validate({"id": "plan"} | PLAN | more)
        wanted, found = told(evaluate(frame, plan)), told(evaluate(there, plan))
        assert found["decision"] == wanted["decision"]
        assert found["units"] == wanted["units"]
        assert [check["value"] for check in found["days"]] == pytest.approx(
            [check["value"] for check in wanted["days"]]
        )
