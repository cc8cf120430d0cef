"""Pages are drawn again from stored tables.

The same as the run's, and as the notebook shows them now.
"""

import shutil
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from playbook.errors import PlaybookError
from playbook.params import Campaign
from playbook.report import page, store
from playbook.report.redraw import redrawn
from playbook.run.notebooks import MONTHLY_NOTEBOOKS, QUALITY
from playbook.stages.shared.result import StageResult
from tests.cli.inprocess import playbook
from tests.report.test_export import RESULT, campaign

STAGE = "04_channels_and_distribution"
LOAD = (
    "from playbook import sources\nfrom playbook.report import page\ntables = "
    "sources.load(run, 'nowhere', 'x', 'y')"
)


def notebook(folder: Path, *cells: str) -> Path:
    file = folder / f"{STAGE}.ipynb"
    made = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(one, id=f"cell-{n}") for n, one in enumerate(cells)]
    )
    nbformat.write(made, file)
    return file


@pytest.fixture
def stored(tmp_path: Path) -> tuple[Campaign, Path]:
    found = campaign("en")
    spend = pd.DataFrame({"channel": ["search"], "spend": [1234.0]})
    page.open_view(
        found, StageResult(stage=STAGE, tables={"channels": spend}, findings=()), tmp_path
    )
    return found, tmp_path


def test_showing_cells_show_the_stored_tables_and_nothing_is_loaded_or_computed(
    stored: tuple[Campaign, Path],
) -> None:
    file = notebook(stored[1], LOAD, "page.table(view, 'channels', title='kinds')")
    loaded, shown = redrawn(file, *stored).cells
    assert loaded.outputs == []
    assert "Owned, partner, KOL and paid" in shown.outputs[0].data["text/html"]
    assert "$1,234" in shown.outputs[0].data["text/html"]


def test_cell_that_shows_what_was_computed_in_the_notebook_is_refused_by_name(
    stored: tuple[Campaign, Path],
) -> None:
    file = notebook(stored[1], "from playbook.report import page", "page.headline(own)")
    with pytest.raises(
        PlaybookError, match=r"cell cell-1 is \"NameError: name 'own' .*playbook run --force"
    ):
        redrawn(file, *stored)


def test_run_whose_table_was_removed_is_told_and_not_drawn(tmp_path: Path) -> None:
    page.open_view(campaign("en"), RESULT, tmp_path)
    (tmp_path / "tables" / STAGE / "channels.parquet").unlink()
    with pytest.raises(PlaybookError, match=rf"{STAGE}/channels: is gone.*--force"):
        store.read(STAGE, tmp_path)


def test_run_whose_findings_were_cut_off_is_told(tmp_path: Path) -> None:
    (tmp_path / "findings").mkdir()
    (tmp_path / "findings" / f"{STAGE}.json").write_text('{"findings": [', encoding="utf-8")
    with pytest.raises(PlaybookError, match="cannot be read"):
        store.read(STAGE, tmp_path)


def test_pages_drawn_again_are_byte_for_byte_those_of_the_run(sample: Path, tmp_path: Path) -> None:
    for folder in ("params", "data"):
        (tmp_path / folder).symlink_to(sample / folder)
    shutil.copytree(sample / "outputs", tmp_path / "outputs")
    pages = sorted((tmp_path / "outputs").glob("*/*/**/*.html"))
    for one in pages:
        one.write_text("gone", encoding="utf-8")
    words = ["report", "--period", "2026-10", "--root", str(tmp_path)]
    done = playbook(*words)
    assert done.returncode == 0, done.stderr
    assert len(pages) == 2 * len(["report", "email", *MONTHLY_NOTEBOOKS, QUALITY])
    for one in pages:
        assert one.read_bytes() == (sample / one.relative_to(tmp_path)).read_bytes()
