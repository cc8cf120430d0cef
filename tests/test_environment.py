"""environment.yml.

Pyproject.toml and requirements.lock name the same libraries in the same bounds.
"""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
WANTED = [*PROJECT["dependencies"], *EXTRAS["lab"], *EXTRAS["dev"]]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")


def conda() -> list[str]:
    content = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    plain = [one for one in content["dependencies"] if isinstance(one, str)]
    return plain + [
        one for part in content["dependencies"] if isinstance(part, dict) for one in part["pip"]
    ]


def bounds(requirements: list[str]) -> dict[str, str]:
    parsed = [Requirement(one) for one in requirements]
    return {one.name.lower().replace("_", "-"): str(one.specifier) for one in parsed}


def test_conda_lists_the_same_libraries_with_the_same_bounds() -> None:
    found = bounds(
        [one for one in conda() if not one.startswith(("python>", "pip", "-e", "--no-deps"))]
    )
    assert found == bounds(WANTED)


def test_conda_asks_for_the_same_python() -> None:
    [python] = [one for one in conda() if one.startswith("python>")]
    assert python.removeprefix("python") == PROJECT["requires-python"]


@pytest.mark.parametrize("requirement", WANTED)
def test_lock_satisfies_every_bound(requirement: str) -> None:
    wanted = Requirement(requirement)
    locked = re.findall(rf"(?im)^{re.escape(wanted.name).replace('_', '[-_]')}==([^ \\]+)", LOCK)
    assert locked
    assert all(wanted.specifier.contains(Version(version)) for version in locked)


def test_every_locked_library_has_hashes_and_no_host_is_named() -> None:
    assert "--hash=sha256:" in LOCK
    assert not re.search(r"https?://|index-url", LOCK)


def pins(lock: str) -> set[tuple[str, str]]:
    return set(re.findall(r"(?m)^([a-z0-9.-]+)==([^ \\]+)", lock))


def test_lock_of_the_engines_is_the_lock_with_more_in_it() -> None:
    engines = (ROOT / "requirements-engines.lock").read_text(encoding="utf-8")
    assert pins(LOCK) <= pins(engines)
    assert {"psycopg", "mysqlclient", "pyspark"} <= {name for name, _ in pins(engines) - pins(LOCK)}
    assert "--hash=sha256:" in engines
    assert not re.search(r"https?://|index-url", engines)
