"""Make a virtual environment and install a lock into it: by uv, or by pip where uv is not had.

`python scripts/setup.py .venv requirements.lock --project` is what `make setup` calls. An
environment that stands already is kept, so that an interrupted set-up goes on where it stopped.
Both installers refuse what lacks a hash of the lock. uv reads neither pip's files nor its
variables: what pip is told about indexes, certificates and proxies is passed on.
"""

import argparse
import ast
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from importlib.metadata import distributions
from pathlib import Path

ROOT = Path(__file__).parents[1]
UV_LOCK = ROOT / "requirements-uv.lock"
PROJECT = ["--no-deps", "--no-build-isolation", "--editable", str(ROOT)]
SETTING = re.compile(r"(global|install|:env:)\.([a-z-]+)=(.+)")
PLACES = ("global", "install", ":env:")
"""Where pip is told something: the later place beats the earlier."""

UV_NAMES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "trusted-host": "UV_INSECURE_HOST",
    "default-timeout": "UV_HTTP_TIMEOUT",
    "timeout": "UV_HTTP_TIMEOUT",
    "proxy": "ALL_PROXY",
}
NO = ("", "0", "no", "off", "false")
QUIET = [] if sys.stderr.isatty() else ["--quiet"]


def pip_settings(listed: Iterable[str]) -> dict[str, str]:
    """Read the lines of `pip config list`: each option with the value that pip goes by."""
    found = [match.groups() for match in map(SETTING.fullmatch, listed) if match]
    found.sort(key=lambda setting: PLACES.index(setting[0]))
    return {option: str(ast.literal_eval(value)) for _, option, value in found}


def uv_environment(settings: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment in which uv asks where pip would.

    Like pip, it takes a version from any index; the hashes say which file it may be.
    """
    told = {name: settings[option] for option, name in UV_NAMES.items() if option in settings}
    told = {name: " ".join(value.split()) for name, value in told.items()}
    if "find-links" in settings:
        told["UV_FIND_LINKS"] = ",".join(settings["find-links"].split())
    by_variable = environment.get("REQUESTS_CA_BUNDLE") or environment.get("CURL_CA_BUNDLE")
    bundle = settings.get("cert") or by_variable
    if bundle:
        told["SSL_CERT_DIR" if Path(bundle).is_dir() else "SSL_CERT_FILE"] = bundle
    return {**environment, "UV_INDEX_STRATEGY": "unsafe-best-match", **told}


def made(folder: Path) -> Path:
    """Make the environment, if none of this Python with pip in it stands there; its Python."""
    python = folder.absolute() / "bin" / "python"
    ours = "(python {}.{})".format(*sys.version_info)
    if not python.exists() or ours not in said([python, "-m", "pip", "--version"]):
        done = subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=False)
        if done.returncode:
            sys.exit(f"{folder} cannot be made; see above.")
    return python


def said(command: list[str | Path]) -> str:
    """Return what a command writes; nothing where it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if done.returncode else done.stdout


def pip_installs(python: Path, what: list[str]) -> bool:
    """Install with pip; whether it did."""
    command = [python, "-m", "pip", "install", "--disable-pip-version-check", *QUIET, *what]
    return subprocess.run(command, check=False).returncode == 0


def uv_installs(python: Path, what: list[str]) -> bool:
    """Install with uv, compiled as by pip, or each kernel may compile anew; whether it did."""
    settings = pip_settings(said([python, "-m", "pip", "config", "list"]).splitlines())
    no_index = [] if settings.get("no-index", "") in NO else ["--no-index"]
    uv = [python.with_name("uv"), "pip", "install", "--compile-bytecode", "--python", python]
    environment = uv_environment(settings, os.environ)
    done = subprocess.run([*uv, *QUIET, *no_index, *what], env=environment, check=False)
    return done.returncode == 0


def install(python: Path, what: list[str]) -> None:
    """Install with uv, or with pip where uv is missing or fails."""
    if python.with_name("uv").exists():
        if uv_installs(python, what):
            return
        print("    uv cannot do it here (see above): pip does, which takes longer", flush=True)
    if not pip_installs(python, what):
        sys.exit("Not set up; see above. The same command goes on from here.")


def size(folder: Path) -> int:
    """Return the megabytes that a folder takes on the disk."""
    return sum(file.lstat().st_blocks for file in folder.rglob("*")) * 512 // 2**20


def main(folder: Path, lock: Path, *, project: bool) -> None:
    """Make the environment, install uv, the lock and, if wanted, this project; say how it goes."""
    start = time.monotonic()
    names = set(re.findall(r"(?m)^([\w.-]+)==", lock.read_text(encoding="utf-8")))
    steps = 4 if project else 3
    print(f"Setting up {folder} from {lock} …")
    print(f"1/{steps} the environment, of Python {sys.version.split()[0]}", flush=True)
    python = made(folder)
    print(f"2/{steps} uv, which installs the rest", flush=True)
    if not pip_installs(python, ["--only-binary", ":all:", "--require-hashes", "-r", str(UV_LOCK)]):
        print("    uv is not to be had here (see above): pip does it, which takes longer")
    print(f"3/{steps} the libraries, up to {len(names)}", flush=True)
    install(python, ["--require-hashes", "-r", str(lock)])
    if project:
        print(f"4/{steps} the playbook", flush=True)
        install(python, PROJECT)
    libraries = folder.glob("lib/python*/site-packages")
    count = len(list(distributions(path=map(str, libraries))))
    seconds = time.monotonic() - start
    print(f"{folder} is ready after {seconds:.0f} s: {count} packages, {size(folder)} MB")


if __name__ == "__main__":
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("folder", type=Path)
    reading.add_argument("lock", type=Path)
    reading.add_argument("--project", action="store_true", help="install this project too")
    given = reading.parse_args()
    try:
        main(given.folder, given.lock, project=given.project)
    except KeyboardInterrupt:
        sys.exit("Interrupted. The same command goes on from here.")
