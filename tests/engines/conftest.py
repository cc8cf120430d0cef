"""Every engine with the same tables in it.

Servers are started once a run, and skipped where they are not installed.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engines import loading, servers


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a running PostgreSQL."""
    try:
        with servers.own_folder("postgres") as folder, servers.postgres(folder) as uri:
            yield uri
    except servers.MissingError as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def mariadb() -> Iterator[str]:
    """The address of a running MariaDB."""
    try:
        with servers.own_folder("mariadb") as folder, servers.mariadb(folder) as uri:
            yield uri
    except servers.MissingError as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def spark() -> Iterator[str]:
    """The address of a Spark cluster of a master and two workers."""
    try:
        with servers.own_folder("spark") as folder, servers.spark(folder) as uri:
            yield uri
    except servers.MissingError as reason:
        pytest.skip(str(reason))


@pytest.fixture(
    params=[
        "duckdb",
        pytest.param("postgres", marks=pytest.mark.servers),
        pytest.param("mariadb", marks=pytest.mark.servers),
        pytest.param("spark", marks=[pytest.mark.servers, pytest.mark.spark]),
    ]
)
def put(request: pytest.FixtureRequest, tmp_path: Path) -> loading.Put:
    """Put tables into the engine at hand; returns its address."""
    if request.param == "duckdb":
        return loading.into_duckdb(tmp_path)
    uri = request.getfixturevalue(request.param)
    if request.param == "spark":
        return loading.into_spark(uri, tmp_path)
    return {"postgres": loading.into_postgres, "mariadb": loading.into_mariadb}[request.param](uri)
