"""pyproject.toml, the locks and environment.yml name the same libraries in the same bounds.

The lock of a run holds no library of the tests; the locks of the tests hold all of it, and more.
"""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]
GROUPS = PYPROJECT["dependency-groups"]
EXTRAS = PROJECT["optional-dependencies"]
FOR_A_RUN = [*PROJECT["dependencies"], *EXTRAS["lab"], *GROUPS["build"]]
FOR_ENGINES = [*EXTRAS["mysql"], *EXTRAS["postgres"], *EXTRAS["spark"]]
RUN, DEV = "requirements.lock", "requirements-dev.lock"
ENGINES, UV = "requirements-engines.lock", "requirements-uv.lock"
HELD = {
    RUN: FOR_A_RUN,
    DEV: [*FOR_A_RUN, *EXTRAS["dev"]],
    ENGINES: [*FOR_A_RUN, *EXTRAS["dev"], *FOR_ENGINES],
    UV: GROUPS["uv"],
}
"""What each lock must hold."""


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
    assert found == bounds(HELD[DEV])


def test_conda_asks_for_the_same_python() -> None:
    [python] = [one for one in conda() if one.startswith("python>")]
    assert python.removeprefix("python") == PROJECT["requires-python"]


def text(lock: str) -> str:
    return (ROOT / lock).read_text(encoding="utf-8")


def entries(lock: str) -> list[str]:
    """Each library of a lock with its hashes and who asks for it."""
    return re.split(r"(?m)^(?=\S)", text(lock))[1:]


def pins(lock: str) -> set[tuple[str, str, str]]:
    """Name, version and marker of each library of a lock."""
    return set(re.findall(r"(?m)^([a-z0-9.-]+)==([^ \\]+)(?: ; ([^\\\n]+))?", text(lock)))


def names(lock: str) -> set[str]:
    return {name for name, _, _ in pins(lock)}


@pytest.mark.parametrize("lock", HELD)
def test_a_lock_satisfies_every_bound(lock: str) -> None:
    for wanted in map(Requirement, HELD[lock]):
        name = wanted.name.lower().replace("_", "-")
        versions = [version for found, version, _ in pins(lock) if found == name]
        assert versions, name
        assert all(wanted.specifier.contains(Version(version)) for version in versions), name


@pytest.mark.parametrize("lock", HELD)
def test_every_locked_library_has_hashes_and_no_host_is_named(lock: str) -> None:
    assert len(entries(lock)) == len(pins(lock))
    assert [entry for entry in entries(lock) if "--hash=sha256:" not in entry] == []
    assert not re.search(r"https?://|index-url|find-links", text(lock))


def test_lock_of_a_run_holds_no_library_of_the_tests() -> None:
    tests_only = set(bounds(EXTRAS["dev"])) - set(bounds(FOR_A_RUN))
    assert {"pytest", "mypy", "ruff", "playwright", "polars"} <= tests_only
    assert not tests_only & names(RUN)
    assert not {name for name in names(RUN) if name.endswith("-stubs")}


@pytest.mark.parametrize(("smaller", "larger"), [(RUN, DEV), (DEV, ENGINES)])
def test_a_larger_lock_is_the_smaller_with_more_in_it(smaller: str, larger: str) -> None:
    assert pins(smaller) < pins(larger)


def test_lock_of_the_engines_adds_their_drivers() -> None:
    assert {"psycopg", "mysqlclient", "pyspark"} <= names(ENGINES) - names(DEV)
