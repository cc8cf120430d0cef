"""The sample, written once for all tests of the simulator."""

from pathlib import Path

import pytest

from playbook import simulate


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    simulate.write(folder)
    return folder


@pytest.fixture(params=["double11", "autumn-launch"])
def campaign(request: pytest.FixtureRequest) -> str:
    return request.param
