"""scripts/setup.py: uv installs a lock, pip does where uv cannot, and nothing without its hash.

Against a package made here, in an index that is a folder: nothing is fetched.
"""

import hashlib
import os
import runpy
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "scripts" / "setup.py"
UV = Path(sys.executable).with_name("uv")
SETUP = runpy.run_path(str(SCRIPT))
WHEEL = "tiny_of_the_playbook-1.0-py3-none-any.whl"
WITHOUT_UV = "pip does it, which takes longer"
UV_FAILED = "uv cannot do it here"

needs_uv = pytest.mark.skipif(not UV.exists(), reason="uv is not installed")


@dataclass(frozen=True)
class Place:
    """A folder with an index of one package, its lock, and the environment to be made."""

    folder: Path

    @property
    def lock(self) -> Path:
        return self.folder / "tiny.lock"

    @property
    def programs(self) -> Path:
        return self.folder / "env" / "bin"

    @property
    def installed(self) -> Path | None:
        return next(self.folder.glob("env/lib/python*/site-packages/tiny_of_the_playbook.py"), None)

    def write_lock(self, digest: str) -> None:
        text = f"tiny-of-the-playbook==1.0 \\\n    --hash=sha256:{digest}\n"
        self.lock.write_text(text, encoding="utf-8")

    def set_up(self) -> subprocess.CompletedProcess[str]:
        index = (self.folder / "index").as_uri()
        told = {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": index, "HOME": str(self.folder)}
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        command = [sys.executable, SCRIPT, self.folder / "env", self.lock]
        return subprocess.run(
            command, env={**kept, **told}, capture_output=True, text=True, check=False
        )


def write_wheel(file: Path) -> str:
    """Write a package of one module; its digest."""
    about = "tiny_of_the_playbook-1.0.dist-info"
    with zipfile.ZipFile(file, "w") as wheel:
        wheel.writestr("tiny_of_the_playbook.py", "")
        wheel.writestr(
            f"{about}/METADATA", "Metadata-Version: 2.1\nName: tiny-of-the-playbook\nVersion: 1.0\n"
        )
        wheel.writestr(
            f"{about}/WHEEL",
            "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        wheel.writestr(f"{about}/RECORD", "")
    return hashlib.sha256(file.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def stands(tmp_path_factory: pytest.TempPathFactory) -> tuple[Place, str]:
    """A place whose environment stands but is empty, and the digest of its package."""
    place = Place(tmp_path_factory.mktemp("setup"))
    listing = place.folder / "index" / "tiny-of-the-playbook"
    listing.mkdir(parents=True)
    digest = write_wheel(listing / WHEEL)
    link = f'<!DOCTYPE html><a href="{WHEEL}#sha256={digest}">{WHEEL}</a>'
    (listing / "index.html").write_text(link, encoding="utf-8")
    subprocess.run([sys.executable, "-m", "venv", place.folder / "env"], check=True)
    return place, digest


@pytest.fixture
def place(stands: tuple[Place, str]) -> Place:
    """The place as it was, with a lock that names the package."""
    place, digest = stands
    if place.installed:
        command = [place.programs / "python", "-m", "pip", "uninstall", "--yes", "--quiet"]
        subprocess.run([*command, "tiny-of-the-playbook"], check=True)
    place.programs.joinpath("uv").unlink(missing_ok=True)
    place.write_lock(digest)
    return place


def test_pip_installs_where_uv_is_not_to_be_had(place: Place) -> None:
    done = place.set_up()
    assert done.returncode == 0, done.stderr
    assert WITHOUT_UV in done.stdout
    assert "2/3 uv" in done.stdout
    assert place.installed


def test_pip_installs_where_uv_fails(place: Place) -> None:
    uv = place.programs / "uv"
    uv.write_text("#!/bin/sh\nexit 2\n", encoding="utf-8")
    uv.chmod(0o755)
    done = place.set_up()
    assert done.returncode == 0, done.stderr
    assert UV_FAILED in done.stdout
    assert place.installed


@needs_uv
def test_uv_installs_from_the_index_that_pip_is_told(place: Place) -> None:
    (place.programs / "uv").symlink_to(UV)
    done = place.set_up()
    assert done.returncode == 0, done.stderr
    assert UV_FAILED not in done.stdout
    assert place.installed
    about = place.installed.with_name("tiny_of_the_playbook-1.0.dist-info")
    assert (about / "INSTALLER").read_text(encoding="utf-8").strip() == "uv"


@pytest.mark.parametrize("with_uv", [False, pytest.param(True, marks=needs_uv)])
def test_a_file_that_is_not_the_locked_one_is_refused(place: Place, *, with_uv: bool) -> None:
    if with_uv:
        (place.programs / "uv").symlink_to(UV)
    place.write_lock("0" * 64)
    done = place.set_up()
    assert done.returncode == 1
    assert "Not set up" in done.stderr
    assert not place.installed


def test_make_leaves_no_mark_of_a_set_up_that_failed(place: Place) -> None:
    checkout = place.folder / "checkout"
    (checkout / "scripts").mkdir(parents=True)
    for name in ("Makefile", "pyproject.toml", "requirements-uv.lock", "scripts/setup.py"):
        shutil.copy(ROOT / name, checkout / name)
    shutil.copytree(place.folder / "env", checkout / ".venv", symlinks=True)
    (checkout / ".venv" / ".ready").touch()
    place.write_lock("0" * 64)
    shutil.copy(place.lock, checkout / "requirements.lock")
    command = ["make", "setup", f"PYTHON={sys.executable}"]
    told = {"PIP_NO_INDEX": "1", "PATH": os.environ["PATH"]}
    done = subprocess.run(command, cwd=checkout, env=told, capture_output=True, check=False)
    assert done.returncode
    assert not (checkout / ".venv" / ".ready").exists()


def test_pip_goes_by_the_variable_then_the_command_then_all_commands() -> None:
    lines = [
        ":env:.index-url='https://variable/'",
        "install.index-url='https://install/'",
        "global.index-url='https://global/'",
        "install.extra-index-url='https://install/more'",
        "global.extra-index-url='https://global/more'",
        "global.cert='/the/bundle.pem'",
        "freeze.all='true'",
    ]
    assert SETUP["pip_settings"](lines) == {
        "index-url": "https://variable/",
        "extra-index-url": "https://install/more",
        "cert": "/the/bundle.pem",
    }


def test_uv_is_told_what_pip_is_told() -> None:
    settings = {
        "index-url": "https://mirror/simple",
        "extra-index-url": "\nhttps://one/simple\nhttps://two/simple",
        "find-links": "/wheels /more-wheels",
        "trusted-host": "mirror two",
        "proxy": "http://proxy:3128",
        "cert": "/of/pip.pem",
    }
    variables = {"REQUESTS_CA_BUNDLE": "/of/requests.pem", "SSL_CERT_FILE": "/of/openssl.pem"}
    assert SETUP["uv_environment"](settings, variables) == {
        "REQUESTS_CA_BUNDLE": "/of/requests.pem",
        "SSL_CERT_FILE": "/of/pip.pem",
        "UV_DEFAULT_INDEX": "https://mirror/simple",
        "UV_INDEX": "https://one/simple https://two/simple",
        "UV_FIND_LINKS": "/wheels,/more-wheels",
        "UV_INSECURE_HOST": "mirror two",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "ALL_PROXY": "http://proxy:3128",
    }


def test_the_bundle_of_requests_is_uvs_where_pip_names_none() -> None:
    environment = SETUP["uv_environment"]({}, {"REQUESTS_CA_BUNDLE": "/of/requests.pem"})
    assert environment["SSL_CERT_FILE"] == "/of/requests.pem"


def test_where_pip_is_told_nothing_uv_keeps_its_own_settings() -> None:
    variables = {"UV_DEFAULT_INDEX": "https://mirror/simple", "SSL_CERT_FILE": "/of/openssl.pem"}
    environment = SETUP["uv_environment"]({}, variables)
    assert environment.items() >= variables.items()
