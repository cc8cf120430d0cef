"""The sample, written once for all tests of the simulator."""

from pathlib import Path

import pandas as pd
import pytest

from playbook import params, simulate
from playbook.simulate import autumn_launch, double11
from playbook.simulate.scene import Scene
from tests.simulate import reading

SCENES = {"double11": double11.SCENE, "autumn-launch": autumn_launch.SCENE}
OCTOBER = "2026-10"


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    simulate.write(folder)
    return folder


@pytest.fixture(params=["double11", "autumn-launch"])
def campaign(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def scene(campaign: str) -> Scene:
    return SCENES[campaign]


@pytest.fixture
def daily(root: Path, campaign: str) -> pd.DataFrame:
    return reading.daily(root, campaign)


@pytest.fixture
def plan(root: Path, campaign: str) -> params.Campaign:
    return params.load(campaign, OCTOBER, root / "params")
