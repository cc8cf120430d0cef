"""`playbook abtest size` as people type it: numbers, a plan, a file, and refusals in a sentence."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from click.testing import Result
from typer.testing import CliRunner

from playbook.cli import app
from playbook.cli.terminal import console, errors


def playbook(*words: str) -> Result:
    console.width = errors.width = 200
    return CliRunner().invoke(app, ["abtest", *words])


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """2,800 users of four weeks; every second one buys for 10 or 30, as the one before."""
    count = np.arange(2800)
    users = pd.DataFrame(
        {
            "user": count,
            "day": pd.Timestamp("2026-03-01") + pd.to_timedelta(count % 28, unit="D"),
            "spend": np.where(count % 2, 10.0, 30.0),
            "spent": np.where(count % 4 < 3, 5.0 + count % 2, 9.0),
            "bought": (count % 5 == 0).astype(int),
            "back": (count % 20 == 3).astype(int),
        }
    )
    path = tmp_path_factory.mktemp("size") / "march.csv"
    users.to_csv(path, index=False)
    return path


PLAN = {
    "variant": "arm",
    "unit": "user",
    "date_column": "entered",
    "arms": {"old": 0.5, "new": 0.25, "other": 0.25},
    "mde": 0.1,
    "start": "2026-04-01",
    "end": "2026-04-28",
    "looks": ["2026-04-14"],
    "metrics": [
        {"name": "bought", "kind": "rate", "role": "primary"},
        {"name": "back", "kind": "rate", "role": "guardrail", "better": "lower", "margin": 0.3},
    ],
}


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "form.yml"
    path.write_text(yaml.safe_dump(PLAN, sort_keys=False), encoding="utf-8")
    return path


def test_size_says_units_days_and_what_the_weeks_would_show() -> None:
    asked = ("size", "--baseline", "0.1", "--lift", "0.1", "--daily-units", "2500")
    told = playbook(*asked).stdout
    assert (
        "each arm needs 14,751 units, 29,502 in all" in told
    )  # R: power.prop.test(p1 = .1, p2 = .11, power = .8)
    assert "takes 14 days" in told
    assert "Formula: two rates, pooled variance under the null (R power.prop.test)" in told
    found = json.loads(playbook(*asked, "--correlation", "0.5", "--json").stdout)
    assert found["sizes"][1]["exact"] == pytest.approx(0.75 * found["sizes"][0]["exact"], rel=1e-3)
    assert [one["weeks"] for one in found["weeks"]] == [1, 2, 3, 4, 6, 8]
    assert "两个比率，原假设下用合并方差" in playbook(*asked, "--lang", "zh").stdout


def test_unequal_arms_looks_and_a_guardrail_are_typed() -> None:
    told = playbook(
        "size",
        "--baseline",
        "0.1",
        "--shares",
        "old=0.1,new=0.9",
        "--looks",
        "4",
        "--spending",
        "pocock",
        "--guardrail",
        "refunds=0.2,baseline=0.03,better=lower",
    ).stdout
    assert "units: old " in told
    assert "Over 4 looks |z| must pass 2.37" in told
    assert "refunds" in told
    assert "not worse by more than 20%" in told


def test_a_file_tells_levels_covariates_and_traffic(before: Path) -> None:
    asked = ("size", "--from", str(before), "--metric", "spend:mean", "--unit", "user")
    found = json.loads(
        playbook(*asked, "--covariate", "spend=spent", "--date-column", "day", "--json").stdout
    )
    assert found["baseline"] == 20
    assert found["sd"] == pytest.approx(10, rel=1e-3)
    assert found["daily_units"] == 100
    assert found["sizes"][1]["total"] < found["sizes"][0]["total"]
    assert "Measured in" in playbook(*asked).stdout


def test_a_lower_value_is_wanted_where_the_lift_is_below_zero(before: Path) -> None:
    asked = ("size", "--from", str(before), "--metric", "back:rate", "--lift", "-0.2", "--json")
    assert json.loads(playbook(*asked).stdout)["sizes"][0]["difference"] == pytest.approx(-0.01)


def test_a_written_plan_is_sized_from_a_file_or_from_typed_levels(plan: Path, before: Path) -> None:
    measured = playbook("size", "--plan", str(plan), "--from", str(before)).stdout
    assert "To find a change of +10.0% on 0.2" in measured
    assert "arms share alpha evenly" in measured
    assert "Over 2 looks" in measured
    typed = playbook(
        "size", "--plan", str(plan), "--baseline", "0.2", "--guardrail", "back,baseline=0.05"
    ).stdout
    assert typed.splitlines()[0][:40] == measured.splitlines()[0][:40]
    assert "not worse by more than 30%" in typed


def test_several_metrics_and_looks_of_a_file(before: Path) -> None:
    told = playbook(
        "size",
        "--from",
        str(before),
        "--metric",
        "bought:rate",
        "--metric",
        "back:rate",
        "--guardrail",
        "back=0.2,better=lower",
        "--looks",
        "3",
    ).stdout
    assert "with the metrics related as in the file" in told
    assert "Over 3 looks" in told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "--baseline: is missing"),
        (["--baseline", "4.2"], "A rate is a fraction"),
        (["--baseline", "0.1", "--daily-units", "0"], "daily_units == 0"),
        (["--baseline", "0.1", "--correlation", "2"], "correlation == 2"),
        (["--baseline", "0.1", "--lift", "0"], "must not be 0"),
        (["--baseline", "0.1", "--lang", "fr"], "is not zh or en"),
        (["--baseline", "0.1", "--spending", "always"], "is not known"),
        (["--baseline", "0.1", "--looks", "51"], "looks == 51"),
        (["--baseline", "0.1", "--shares", "a=0.5,b=0.6"], "add up to 1.1"),
        (["--baseline", "0.1", "--shares", "a=0.5,b"], "Write it like control=0.1,new=0.9"),
        (["--baseline", "0.1", "--shares", "a=1"], "at least two arms"),
        (["--baseline", "0.1", "--metric", "x:rate"], "--metrics: is of a file"),
        (["--baseline", "0.1", "--from", "x.csv"], "both tell the level"),
        (["--from", "x.csv"], "--metric: is missing"),
        (["--from", "x.csv", "--metric", "a:rate"], "there is no such file"),
        (["--from", "x.csv", "--metric", "a:rate", "--covariate", "b"], "must be METRIC=COLUMN"),
        (["--baseline", "0.1", "--guardrail", "a=0.1"], "lacks its baseline"),
    ],
)
def test_a_size_that_makes_no_sense_is_refused(words: list[str], told: str) -> None:
    done = playbook("size", *words)
    assert (done.exit_code, told in done.stderr) == (2, True)


def test_options_that_stand_in_the_plan_are_refused(plan: Path) -> None:
    for words in (["--looks", "2"], ["--shares", "a=0.5,b=0.5"], ["--metric", "a:rate"]):
        done = playbook("size", "--plan", str(plan), "--baseline", "0.2", *words)
        assert (done.exit_code, "stands in the plan" in done.stderr) == (2, True), words


def test_the_help_of_the_group_teaches_the_size() -> None:
    assert "playbook abtest size --baseline 0.042" in playbook("--help").stdout
