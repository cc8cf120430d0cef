"""A test on the screen: the mark of its verdict, with what it is compared, and small numbers."""

from pathlib import Path

import pandas as pd
import pytest
from click.testing import Result
from typer.testing import CliRunner

from playbook.cli import app


def playbook(*words: str) -> Result:
    return CliRunner().invoke(app, ["abtest", *words])


@pytest.mark.parametrize(
    ("control", "treatment", "begins"),
    [
        ("1000/10000", "1200/10000", "✓ Ship"),
        ("1000/10000", "1010/10000", "! Iterate"),
        ("1200/10000", "1000/10000", "▲ Stop"),
    ],
)
def test_a_verdict_is_marked_by_what_it_says_of_the_new_version(
    control: str, treatment: str, begins: str
) -> None:
    told = playbook("--control", control, "--treatment", treatment).stdout
    assert told.startswith(f"{begins}\n  Compared with control as the control.\n")


def test_without_a_guardrail_none_is_asked_to_be_watched() -> None:
    told = playbook("--control", "1000/10000", "--treatment", "1200/10000").stdout
    assert "→ Roll treatment out to everyone.\n" in told


def test_small_rates_and_ratios_keep_their_digits(tmp_path: Path) -> None:
    told = playbook("--control", "170/1000000", "--treatment", "182/1000000").stdout
    assert "0.0170%" in told.replace(" ", "") or "0.017%" in told
    assert "0.0182%" in told
    rows = pd.DataFrame({"arm": ["a", "b"] * 50, "spend": [0.0012, 0.0034, 0.0017, 0.0031] * 25})
    rows.to_csv(tmp_path / "spend.csv", index=False)
    shown = playbook(
        str(tmp_path / "spend.csv"), "--variant", "arm", "--metric", "spend:mean"
    ).stdout
    assert "0.00145" in shown
    assert "0.00325" in shown
    assert "0.00 " not in shown


def test_a_test_without_a_conversion_asks_first_whether_it_is_recorded() -> None:
    told = playbook("--control", "0/1000", "--treatment", "0/1000").stdout
    assert "First make sure that converted is recorded" in told
