"""One list of stages: every stage has a folder, a notebook, messages and tables."""

from pathlib import Path

import pytest

from playbook.report.messages import FOLDER
from playbook.report.schemas import TABLES
from playbook.stages import MONTHLY, STAGES, Stage, stage_of

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.id)
def test_a_stage_has_its_folder_notebook_messages_and_tables(stage: Stage) -> None:
    assert (ROOT / "playbook" / "stages" / stage.id / "stage.py").is_file()
    assert (ROOT / "notebooks" / f"{stage.notebook}.ipynb").is_file()
    assert (FOLDER / f"{stage.id}.yml").is_file()
    assert TABLES[stage.id]


def test_seven_stages_run_every_month_in_their_order() -> None:
    assert [stage.notebook[:2] for stage in MONTHLY] == ["01", "02", "03", "04", "05", "06", "07"]


def test_a_stage_is_known_by_its_notebook() -> None:
    assert stage_of("05_monitoring_and_tracking").id == "monitoring"
    with pytest.raises(KeyError, match="no stage has a notebook 'report'"):
        stage_of("report")
