"""Every engine with the same tables in it; servers are started once a run, and skipped where they are not installed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engines import loading, servers


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running PostgreSQL."""
    try:
        with servers.postgres(tmp_path_factory.mktemp("postgres")) as uri:
            yield uri
    except servers.Missing as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running MariaDB."""
    try:
        with servers.mariadb(tmp_path_factory.mktemp("mariadb")) as uri:
            yield uri
    except servers.Missing as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Spark cluster of a master and two workers."""
    try:
        with servers.spark(tmp_path_factory.mktemp("spark")) as uri:
            yield uri
    except servers.Missing as reason:
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
