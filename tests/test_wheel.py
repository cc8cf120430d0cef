"""An installed wheel does in an empty folder what the checkout does.

The same pages from the same sample.
"""

import os
import re
import runpy
import subprocess
import sys
import venv
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.conftest import run_sample

ROOT = Path(__file__).parents[1]
UV = Path(sys.executable).with_name("uv")
SETUP = runpy.run_path(str(ROOT / "scripts" / "setup.py"))
OF_THE_RUN = re.compile(
    r"\d{8}T\d{6}Z-[0-9a-f]{6}"  # id of the run
    r"|sha256 [0-9a-f]{12}"  # fingerprint of inputs and code
    r"|@font-face\s*\{[^}]*\}"  # the font of the characters that stand on the page
    r"|<div><dt>代码版本</dt><dd>[0-9a-f]+\+?</dd></div>\s*"  # commit, which a wheel does not know
)

pytestmark = pytest.mark.slow


def run(*words: str | Path, where: Path, env: Mapping[str, str] | None = None) -> str:
    command = [str(word) for word in words]
    done = subprocess.run(command, cwd=where, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel and what it needs in the versions of the lock.

    Its bin folder.
    """
    folder = tmp_path_factory.mktemp("wheel")
    run(
        sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder / "dist", where=ROOT
    )
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = re.findall(r"(?m)^[A-Za-z0-9_.-]+==[^ \\;]+(?: ; [^\\]+)?", lock)
    (folder / "constraints.txt").write_text("\n".join(pins), encoding="utf-8")
    venv.create(folder / "env", with_pip=True)
    programs = folder / "env" / "bin"
    [wheel] = (folder / "dist").glob("*.whl")
    install(programs / "python", wheel, "-c", folder / "constraints.txt", where=folder)
    return programs


def install(python: Path, *what: str | Path, where: Path) -> None:
    """Install as `scripts/setup.py` does: by uv, in a tenth of pip's time, or by pip without it."""
    pip = [python, "-m", "pip", "--disable-pip-version-check"]
    if not UV.exists():
        run(*pip, "install", "--quiet", *what, where=where)
        return
    settings = SETUP["pip_settings"](run(*pip, "config", "list", where=where).splitlines())
    environment = SETUP["uv_environment"](settings, os.environ)
    run(UV, "pip", "install", "--quiet", "--python", python, *what, where=where, env=environment)
    run(*pip, "check", where=where)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of the checkout."""
    root = tmp_path_factory.mktemp("own") / "sample"
    run_sample(root, "double11")
    return root / "outputs" / "double11" / "2026-10"


def test_it_needs_no_jupyterlab_and_is_typed(installed: Path, tmp_path: Path) -> None:
    names = run(installed / "python", "-m", "pip", "list", "--format=freeze", where=tmp_path)
    assert "pandas==" in names
    assert "jupyterlab==" not in names
    says_where = "import playbook; print(playbook.__file__)"
    package = Path(run(installed / "python", "-c", says_where, where=tmp_path).strip()).parent
    assert (package / "py.typed").is_file()


def test_sample_and_run_give_the_pages_of_the_checkout(
    installed: Path, own: Path, tmp_path: Path
) -> None:
    run(installed / "playbook", "sample", "--root", "work", where=tmp_path)
    words = ["run", "double11", "--period", "2026-10", "--root", "work"]
    run(installed / "playbook", *words, where=tmp_path)
    folder = tmp_path / "work" / "outputs" / "double11" / "2026-10"
    pages = [folder / "report.html", *sorted((folder / "pages").glob("*.html"))]
    assert len(pages) > 7
    for page in pages:
        assert without_run(page) == without_run(own / page.relative_to(folder)), page.name


def without_run(page: Path) -> str:
    """A page without what tells one run from another."""
    return OF_THE_RUN.sub("", page.read_text(encoding="utf-8"))
