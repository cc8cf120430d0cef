"""The Hillstrom e-mail experiment through the `ab_test` notebook, against its published results."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from playbook import abtest

pytestmark = pytest.mark.real

CAMPAIGN = """
name: {zh: "邮件实验", en: "E-mail experiment"}
language: "en"
currency: "USD"
timezone: "UTC"
objective: "Sell by e-mail"
channels:
  email: {name: "E-mail", kind: "owned", owner: "s01"}
sources:
  units: {table: "experiment_units", files: "hillstrom.csv.gz", mapping: "hillstrom.yml"}
experiments:
  hillstrom:
    name: {zh: "邮件与不发", en: "E-mail against none"}
    hypothesis: "An e-mail brings visits, orders and sales."
    unit: "unit_id"
    variant: "variant"
    arms: {"No E-Mail": 0.3334, "Mens E-Mail": 0.3333, "Womens E-Mail": 0.3333}
    metrics:
      - {name: "visit", kind: "rate", role: "primary"}
      - {name: "conversion", kind: "rate"}
      - {name: "spend", kind: "mean"}
    start: "2008-03-01"
    end: "2008-03-14"
"""
MAPPING = """
name: "Hillstrom"
table: "experiment_units"
columns:
  experiment: {constant: "hillstrom"}
  unit_id: {line: true}
  variant: ["segment"]
"""


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The experiment after `playbook run --stage ab_test`."""
    from tests.real.conftest import FOLDER

    if not FOLDER.is_dir():
        pytest.skip(f"the real data sets are not at {FOLDER}")
    root = tmp_path_factory.mktemp("hillstrom")
    (root / "params" / "hillstrom").mkdir(parents=True)
    (root / "data" / "hillstrom").mkdir(parents=True)
    (root / "params" / "hillstrom" / "campaign.yml").write_text(CAMPAIGN, encoding="utf-8")
    (root / "params" / "hillstrom" / "hillstrom.yml").write_text(MAPPING, encoding="utf-8")
    shutil.copy(FOLDER / "hillstrom-email" / "hillstrom.csv.gz", root / "data" / "hillstrom")
    words = ["run", "hillstrom", "--period", "2008-03", "--stage", "ab_test", "--root", str(root)]
    done = subprocess.run(
        [sys.executable, "-m", "playbook", *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return root / "outputs" / "hillstrom" / "2008-03"


@pytest.mark.parametrize(
    ("arm", "metric", "lower", "upper"),
    [
        ("Mens E-Mail", "visit", 0.069953, 0.083227),
        ("Womens E-Mail", "visit", 0.038894, 0.051574),
        ("Mens E-Mail", "conversion", 0.005014, 0.008641),
        ("Womens E-Mail", "conversion", 0.001502, 0.004745),
        ("Mens E-Mail", "spend", 0.485140, 1.054515),
        ("Womens E-Mail", "spend", 0.168957, 0.679868),
    ],
)
def test_interval_is_that_of_the_source(
    run_folder: Path, arm: str, metric: str, lower: float, upper: float
) -> None:
    effects = pd.read_parquet(run_folder / "tables" / "ab_test" / "experiments.parquet")
    [row] = effects[effects["arm"].eq(arm) & effects["metric"].eq(metric)].to_dict("records")
    assert (row["ci_lower"], row["ci_upper"]) == (
        pytest.approx(lower, abs=2e-6),
        pytest.approx(upper, abs=2e-6),
    )


def test_units_are_those_of_the_source(run_folder: Path) -> None:
    effects = pd.read_parquet(run_folder / "tables" / "ab_test" / "experiments.parquet")
    assert set(effects["n_control"]) == {21_306}
    assert set(effects["n_treatment"]) == {21_307, 21_387}


def test_page_of_the_test_is_published(run_folder: Path) -> None:
    assert "E-mail against none" in (run_folder / "pages" / "ab_test.html").read_text(
        encoding="utf-8"
    )


def test_command_line_python_and_notebook_give_the_same_numbers(run_folder: Path) -> None:
    from tests.real.conftest import FOLDER

    file = str(FOLDER / "hillstrom-email" / "hillstrom.csv.gz")
    metrics = ["visit:rate", "conversion:rate", "spend:mean"]
    words = [
        "abtest",
        file,
        "--variant",
        "segment",
        "--control-arm",
        "No E-Mail",
        "--money",
        "spend",
        "--json",
    ]
    words += [
        "--monthly-units",
        "64000",
        *(word for metric in metrics for word in ("--metric", metric)),
    ]
    done = subprocess.run(
        [sys.executable, "-m", "playbook", *words], capture_output=True, text=True, check=True
    )
    said = json.loads(done.stdout)
    plan = abtest.quick_plan(
        file, abtest.AdHoc(variant="segment", metrics=metrics, control="No E-Mail")
    )
    direct = {(one.arm, one.metric): one for one in abtest.evaluate(file, plan).effects}
    stored = pd.read_parquet(run_folder / "tables" / "ab_test" / "experiments.parquet").set_index(
        ["arm", "metric"]
    )
    for one in said["effects"]:
        key = (one["arm"], one["metric"])
        for name in (
            "control",
            "treatment",
            "difference",
            "ci_lower",
            "ci_upper",
            "lift",
            "lift_ci_lower",
        ):
            assert one[name] == pytest.approx(getattr(direct[key], name), rel=1e-11)
            assert one[name] == pytest.approx(stored.loc[key, name], rel=1e-11)
    assert said["decision"]["action"] == "ship"
    assert said["decision"]["arm"] == "Mens E-Mail"
    assert said["decision"]["money"]["mid"] == pytest.approx(64000 * 0.769827, rel=1e-5)


def test_three_arms_are_corrected_by_dunnett(run_folder: Path) -> None:
    effects = pd.read_parquet(run_folder / "tables" / "ab_test" / "experiments.parquet")
    assert effects["method_en"].str.contains("Dunnett").all()
