"""A small workspace with notebooks of its own.

Run once for the tests that start from a good run.
"""

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from playbook import params
from playbook.hashes import Hashes
from playbook.run import batch
from playbook.run.notebooks import MONTHLY_NOTEBOOKS, PARAMETERS, REPORT
from playbook.run.period import Outcome
from playbook.run.plan import Plan, Request, Workspace, made
from tests.workspace import SPRING

CAMPAIGN = (
    SPRING
    + """sources:
  daily: {table: "channel_daily", files: "daily.csv"}
"""
)
DAILY = "date,channel,currency,impressions,clicks,spend\n2026-10-01,search,USD,100,10,5.5\n2026-10-02,search,USD,80,9,4\n"


PATIENCE = 60


def write_notebook(file: Path, code: str) -> None:
    """Write a notebook that takes the parameters of every stage and runs one line."""
    values = "\n".join(f'{name} = ""' for name in PARAMETERS)
    cells = [
        nbformat.v4.new_markdown_cell("# Well?", metadata={"tags": ["lang-en"]}),
        nbformat.v4.new_code_cell(values, metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell(code),
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    file.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), file)


def request_for(root: Path, campaign: str = "spring", *stages: str, force: bool = False) -> Request:
    return Request(
        workspace=Workspace(root=root),
        campaign=campaign,
        period="2026-10",
        stages=stages,
        force=force,
        kernels="warm",
    )


def run(*requests: Request) -> Outcome:
    """Run requests of one campaign; the outcome is that of the last one."""
    news = batch.run_all(requests, jobs=4)
    return [each for each in news if isinstance(each, Outcome)][-1]


def wait_until(fact: Callable[[], bool]) -> None:
    """Look ten times a second, and give up after a minute."""
    given_up = time.monotonic() + PATIENCE
    while not fact() and time.monotonic() < given_up:
        time.sleep(0.1)
    assert fact()


def plan_of(request: Request) -> Plan:
    """Plan a request with hashes of its own."""
    root = request.workspace.root
    campaign = params.load(request.campaign, request.period, root / "params")
    return made(request, campaign, Hashes(root / "kept.json"))


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Outcome]:
    """A workspace after its first run, and the outcome of that run."""
    root = tmp_path_factory.mktemp("workspace")
    (root / "params" / "spring").mkdir(parents=True)
    (root / "data" / "spring").mkdir(parents=True)
    (root / "params" / "spring" / "campaign.yml").write_text(CAMPAIGN, encoding="utf-8")
    (root / "data" / "spring" / "daily.csv").write_text(DAILY, encoding="utf-8")
    for stage in (*MONTHLY_NOTEBOOKS, REPORT):
        write_notebook(root / "notebooks" / f"{stage}.ipynb", "print(run_dir)")
    return root, run(request_for(root))


@pytest.fixture
def workspace(published: tuple[Path, Outcome], tmp_path: Path) -> Path:
    """A copy of the workspace after its first run, to be changed by a test."""
    return Path(shutil.copytree(published[0], tmp_path / "copy"))
