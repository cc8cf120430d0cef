"""What runs again after each kind of change, and what does not."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from playbook.errors import PlaybookError
from playbook.run import manifest
from playbook.run.explain import Reason, explained, table
from playbook.run.notebooks import MONTHLY_NOTEBOOKS, REPORT
from playbook.run.plan import Request, Workspace
from playbook.shipped import NOTEBOOKS, PACKAGE
from playbook.stages import (
    ANALYSIS,
    APPRAISAL,
    CHANNELS,
    CONTENT,
    GOALS,
    MARKET,
    MONITORING,
    PROPOSAL,
)
from tests.run.conftest import run
from tests.workspace import SPRING

CAMPAIGN = (
    SPRING
    + """budget:
  search: 100
sources:
  daily: {table: "channel_daily", files: "daily.csv"}
  posts: {table: "content_plan", files: "posts.csv"}
"""
)
DAILY = """date,channel,currency,impressions,clicks,spend
2026-10-01,search,USD,100,10,5.5
2026-10-02,search,USD,80,9,4
"""
POSTS = """content_id,channel,planned_at
c1,search,2026-10-02 09:00
c2,search,2026-10-03 09:00
"""
EVERY = {*MONTHLY_NOTEBOOKS, REPORT}
WITH_BUDGET = {each.notebook for each in (GOALS, MARKET, MONITORING, ANALYSIS, APPRAISAL)}


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the shipped notebooks, after its first run."""
    root = tmp_path_factory.mktemp("ran")
    for folder in ("params", "data"):
        (root / folder / "spring").mkdir(parents=True)
    (root / "params" / "spring" / "campaign.yml").write_text(CAMPAIGN, encoding="utf-8")
    (root / "data" / "spring" / "daily.csv").write_text(DAILY, encoding="utf-8")
    (root / "data" / "spring" / "posts.csv").write_text(POSTS, encoding="utf-8")
    outcome = run(request(root))
    assert outcome.state == "published", outcome.problems
    return root


@pytest.fixture
def space(ran: Path, tmp_path: Path) -> Path:
    """A copy of it, to be changed by a test."""
    return Path(shutil.copytree(ran, tmp_path / "space"))


def request(root: Path, *stages: str) -> Request:
    return Request(
        workspace=Workspace(root=root),
        campaign="spring",
        period="2026-10",
        stages=stages,
        kernels="warm",
    )


def reasons(root: Path, *stages: str) -> dict[str, Reason]:
    return {reason.notebook: reason for reason in explained([request(root, *stages)])}


def running(root: Path) -> set[str]:
    return {name for name, reason in reasons(root).items() if reason.state == "run"}


def edit(file: Path, before: str, after: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after), encoding="utf-8")


def budget(root: Path) -> None:
    edit(root / "params" / "spring" / "campaign.yml", "search: 100", "search: 120")


def row(root: Path) -> None:
    edit(root / "data" / "spring" / "posts.csv", "c2,search,2026-10-03", "c2,search,2026-10-04")


def comment(root: Path) -> None:
    edit(root / "params" / "spring" / "campaign.yml", "budget:", "# as agreed\nbudget:")


def touched(root: Path) -> None:
    os.utime(root / "data" / "spring" / "daily.csv")


def objective(root: Path) -> None:
    edit(root / "params" / "spring" / "campaign.yml", "More customers", "Many more customers")


def mapping(root: Path) -> None:
    edit(root / "params" / "spring" / "campaign.yml", 'files: "posts.csv"', 'files: "p*.csv"')


@pytest.mark.parametrize(
    ("change", "stale"),
    [
        (budget, WITH_BUDGET | {REPORT}),
        (row, EVERY - {MARKET.notebook, CHANNELS.notebook}),
        (comment, set()),
        (touched, set()),
        (objective, set()),
        (mapping, EVERY),
    ],
)
def test_only_what_reads_it_runs_after_a_change(
    space: Path, change: Callable[[Path], None], stale: set[str]
) -> None:
    assert running(space) == set()
    change(space)
    assert running(space) == stale


def test_the_reason_names_the_file_or_the_parameter(space: Path) -> None:
    row(space)
    assert reasons(space)[CONTENT.notebook].why == "input spring/posts.csv"
    assert reasons(space)[CHANNELS.notebook].why == "nothing has changed"
    budget(space)
    assert reasons(space)[MARKET.notebook].why == "parameter budget"
    assert reasons(space)[REPORT].why == "a stage runs"


def test_a_stage_that_was_not_asked_for_is_kept_as_older_and_the_reason_told(space: Path) -> None:
    row(space)
    told = reasons(space, CONTENT.notebook)
    assert told[CONTENT.notebook].state == "run"
    assert told[GOALS.notebook].state == "older"
    assert told[GOALS.notebook].why == "input spring/posts.csv"


def test_what_was_told_is_what_runs(space: Path) -> None:
    budget(space)
    stale = running(space)
    outcome = run(request(space))
    made = manifest.read(outcome.folder)
    assert made is not None
    assert {name for name, record in made.stages.items() if record.state == "run"} == stale
    assert running(space) == set()
    assert run(request(space)).state == "unchanged"


def test_a_parameter_that_only_pages_show_redraws_them_and_runs_nothing(space: Path) -> None:
    edit(space / "params" / "spring" / "campaign.yml", 'name: "Spring"', 'name: "Lenz"')
    assert "parameters" in reasons(space)[REPORT].why
    outcome = run(request(space))
    assert (outcome.state, outcome.executed) == ("published", 0)
    assert "Lenz" in (outcome.folder / "report.html").read_text(encoding="utf-8")
    page = outcome.folder / "pages" / f"{CONTENT.notebook}.html"
    assert "Lenz" in page.read_text(encoding="utf-8")
    assert run(request(space)).state == "unchanged"


def test_what_the_analysis_proposed_stays_with_a_run_that_keeps_it(space: Path) -> None:
    proposal = Path("outputs") / "spring" / "2026-10" / PROPOSAL
    (space / proposal).write_text("budget: {search: 130}\n", encoding="utf-8")
    edit(space / "params" / "spring" / "campaign.yml", 'name: "Spring"', 'name: "Lenz"')
    assert run(request(space)).state == "published"
    assert (space / proposal).read_text(encoding="utf-8") == "budget: {search: 130}\n"


def test_next_month_is_told_to_depend_on_what_runs_before_it(space: Path) -> None:
    september = replace(request(space), period="2026-09")
    told = {(each.period, each.notebook): each for each in explained([september, request(space)])}
    assert told["2026-09", ANALYSIS.notebook].state == "run"
    goals = told["2026-10", GOALS.notebook]
    assert (goals.state, goals.why) == (
        "kept",
        "unless 2026-09, which runs first, proposes something else",
    )


@pytest.mark.parametrize("content", ["{", "[]", '{"cells": [{"cell_type": "code"}]}'])
@pytest.mark.parametrize("name", [CONTENT.notebook, REPORT])
def test_own_notebook_that_is_none_is_told_by_name(space: Path, name: str, content: str) -> None:
    own = space / "notebooks" / f"{name}.ipynb"
    own.parent.mkdir()
    own.write_text(content, encoding="utf-8")
    with pytest.raises(PlaybookError, match=rf"{name}\.ipynb: is no notebook that can be read"):
        reasons(space)
    outcome = run(request(space))
    assert outcome.state == "failed"
    assert f"{name}.ipynb: is no notebook that can be read" in outcome.problems[0]


def test_own_notebook_that_reads_a_table_itself_depends_on_everything(space: Path) -> None:
    own = space / "notebooks" / f"{CONTENT.notebook}.ipynb"
    own.parent.mkdir()
    shutil.copy(NOTEBOOKS / own.name, own)
    edit(own, "content.analyse(run, tables)", "content.analyse(run, dict(tables))")
    assert running(space) == {CONTENT.notebook, REPORT}
    run(request(space))
    budget(space)
    assert running(space) == WITH_BUDGET | {CONTENT.notebook, REPORT}


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the code, to be changed by tests that set it right again."""
    root = tmp_path_factory.mktemp("code")
    shutil.copytree(PACKAGE, root / PACKAGE.name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(NOTEBOOKS, root / "notebooks")
    return root


def running_with(package: Path, root: Path) -> set[str]:
    """Ask the command of another copy of the code what would run."""
    words = ["-m", "playbook", "run", "spring", "--period", "2026-10", "--explain"]
    told = subprocess.run(
        [sys.executable, *words, "--root", str(root)],
        env={**os.environ, "PYTHONPATH": str(package), "COLUMNS": "300"},
        cwd=package,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    cells = [[cell.strip() for cell in line.split("│")] for line in told.splitlines()]
    return {row[3] for row in cells if len(row) > 4 and row[4] == "run"}


@pytest.mark.parametrize(
    ("module", "stale"),
    [
        ("stages/content/stage.py", {CONTENT.notebook, REPORT}),
        ("stages/market/allocation.py", {MARKET.notebook, REPORT}),
        ("metrics.py", EVERY),
        ("sources/tables.py", EVERY),
        ("sources/platforms/baidu.yml", EVERY),
        ("report/figures.py", set()),
        ("report/messages/content.yml", set()),
        ("cli/run.py", set()),
        ("run/batch.py", set()),
    ],
)
def test_changed_code_runs_the_stages_that_import_it(
    ran: Path, package: Path, module: str, stale: set[str]
) -> None:
    file = package / PACKAGE.name / module
    before = file.read_bytes()
    file.write_bytes(before + b"\n# changed\n")
    try:
        assert running_with(package, ran) == stale
    finally:
        file.write_bytes(before)


def test_new_version_of_a_library_runs_everything(ran: Path, package: Path, tmp_path: Path) -> None:
    copied = Path(shutil.copytree(package, tmp_path / "newer"))
    facts = copied / "pandas-99.0.dist-info" / "METADATA"
    facts.parent.mkdir()
    facts.write_text("Metadata-Version: 2.1\nName: pandas\nVersion: 99.0\n", encoding="utf-8")
    assert running_with(copied, ran) == EVERY


def drawn(root: Path) -> list[str]:
    console = Console(width=80, no_color=True)
    with console.capture() as captured:
        console.print(table(explained([request(root)])))
    return [line.strip("│ ") for line in captured.get().splitlines() if line.startswith("│")]


def test_what_has_not_changed_is_told_in_one_row(space: Path) -> None:
    [row_of_all] = drawn(space)
    assert [cell.strip() for cell in row_of_all.split("│")] == [
        "spring",
        "2026-10",
        "all 8",
        "kept",
        "nothing has changed",
    ]
    budget(space)
    told = drawn(space)
    assert sum("parameter budget" in line for line in told) == len(WITH_BUDGET)
    assert "2 others" in told[-1]
    assert all(len(line) <= 80 for line in told)
