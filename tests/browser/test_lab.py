"""The notebooks in JupyterLab, as an analyst uses them.

A real server, a real browser, Run All Cells.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Error, Page, expect, sync_playwright

from playbook.run.notebooks import MONTHLY_NOTEBOOKS

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium")
TOKEN = "lab-of-the-tests"  # noqa: S105 - of a server that lives for a minute on loopback
NOTEBOOKS = [
    "00_start",
    *(
        pytest.param(name, marks=pytest.mark.slow)
        for name in (*MONTHLY_NOTEBOOKS, "ab_test", "data_quality", "report")
    ),
]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None, reason="no chromium on this machine: apt-get install chromium"
    ),
]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lab")
    shutil.copytree(
        ROOT / "notebooks",
        folder / "notebooks",
        ignore=shutil.ignore_patterns(".ipynb_checkpoints"),
    )
    for name in ("params", "data"):
        (folder / name).symlink_to(ROOT / name)
    return folder


@pytest.fixture(scope="module")
def address(workspace: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    _write_settings(workspace / ".config" / "lab" / "user-settings" / "@jupyterlab")
    own = {
        "JUPYTER_CONFIG_DIR": str(workspace / ".config"),
        "JUPYTER_RUNTIME_DIR": str(workspace / ".runtime"),
    }
    options = [
        f"--port={port}",
        "--ip=127.0.0.1",
        "--no-browser",
        "--allow-root",
        "--ServerApp.port_retries=0",
        f"--IdentityProvider.token={TOKEN}",
        f"--ServerApp.root_dir={workspace}",
    ]
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", *options],
        env=os.environ | own,
        stderr=subprocess.DEVNULL,
    )
    base = f"http://127.0.0.1:{port}"
    _wait_for(f"{base}/api?token={TOKEN}")
    yield base
    server.terminate()
    server.wait(timeout=20)


def _write_settings(folder: Path) -> None:
    """Let Lab ask no news, and keep every cell on the page, however long the notebook is."""
    settings = {
        "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
        "notebook-extension/tracker": {"windowingMode": "none"},
    }
    for name, content in settings.items():
        file = folder / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(content), encoding="utf-8")


def _wait_for(url: str) -> None:
    for _ in range(120):
        try:
            urllib.request.urlopen(url, timeout=2).close()  # noqa: S310 - loopback
        except OSError:
            time.sleep(0.5)
        else:
            return
    pytest.fail(f"the Jupyter server does not answer at {url}")


IDLE = ".jp-Notebook-ExecutionIndicator[data-status=idle]"
"""What Lab shows once the notebook's kernel is there and has nothing to do."""


@pytest.fixture(scope="module")
def page(address: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        opened = browser.new_page(viewport={"width": 1280, "height": 900})
        opened.goto(f"{address}/lab?token={TOKEN}")
        yield opened
        browser.close()


@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_notebook_runs_from_top_to_bottom_and_shows_its_answer(
    page: Page, address: str, workspace: Path, notebook: str
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/lab/tree/notebooks/{notebook}.ipynb?reset")
    idle = page.locator(IDLE)
    _run_all(page)
    verdict = page.locator(".jp-OutputArea .verdict .answer").first
    expect(verdict).to_be_visible(timeout=120_000)
    expect(idle).to_be_visible(timeout=60_000)
    assert float(verdict.evaluate("one => parseFloat(getComputedStyle(one).fontWeight)")) >= 600
    page.keyboard.press("Control+s")
    cells = _executed(workspace / "notebooks" / f"{notebook}.ipynb")
    assert [
        output for cell in cells for output in cell["outputs"] if output["output_type"] == "error"
    ] == []
    assert [
        url for url in asked if not url.startswith((address, "data:", "blob:", f"ws{address[4:]}"))
    ] == []


def _run_all(page: Page) -> None:
    """Choose Run All Cells; once more where Lab, still loading, did not hear it."""
    begun = page.locator(".jp-InputPrompt", has_text=re.compile(r"\[(\*|\d+)\]:"))
    for _ in range(10):
        _close_dialogs(page)
        expect(page.locator(IDLE)).to_be_visible(timeout=60_000)
        _close_dialogs(page)
        page.locator(".lm-MenuBar-itemLabel", has_text="Run").first.click()
        page.locator(".lm-Menu-itemLabel", has_text="Run All Cells").first.click()
        try:
            begun.first.wait_for(timeout=15_000)
        except Error:
            continue
        return
    pytest.fail("Run All Cells starts nothing")


def _close_dialogs(page: Page) -> None:
    """Accept what Lab asks while it loads on a busy machine, such as which kernel to take."""
    dialogs = page.locator("dialog.jp-Dialog")
    for _ in range(20):
        if not dialogs.count():
            return
        dialogs.last.locator(".jp-mod-accept").click()
        page.wait_for_timeout(500)
    pytest.fail("Lab goes on asking")


def _executed(file: Path) -> list[dict]:  # type: ignore[type-arg]
    """Read the code cells once all of them are saved as run."""
    for _ in range(100):
        cells = [
            cell
            for cell in json.loads(file.read_text(encoding="utf-8"))["cells"]
            if cell["cell_type"] == "code"
        ]
        if all(cell["execution_count"] for cell in cells):
            return cells
        time.sleep(0.2)
    pytest.fail(f"{file.name}: not every cell was run and saved")
