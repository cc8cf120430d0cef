"""Results survive the disk, and damage is told."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from playbook.errors import PlaybookError
from playbook.report.store import opened, previous, propose, read, save
from playbook.report.words import words_for
from playbook.stages import ANALYSIS, PROPOSAL
from playbook.stages.analysis.stage import analyse
from playbook.stages.shared.result import StageResult
from tests.stages.shop import campaign, tables, three_months

STAGE = ANALYSIS.notebook


@pytest.fixture(scope="module")
def result() -> StageResult:
    return analyse(campaign(), tables(channel_daily=three_months()))


@pytest.fixture
def kept(result: StageResult, tmp_path: Path) -> Path:
    save(result, words_for(campaign(), "analysis"), tmp_path)
    return tmp_path


def test_what_was_saved_is_read_back(result: StageResult, kept: Path) -> None:
    found = read(STAGE, kept)
    assert found is not None
    assert set(found.tables) == set(result.tables)
    for name, table in result.tables.items():
        pd.testing.assert_frame_equal(found.tables[name], table, check_dtype=False)
    assert found.findings == result.findings
    assert found.proposal == result.proposal


def test_every_table_stands_beside_as_csv_and_findings_in_both_languages(kept: Path) -> None:
    folder = kept / "tables" / STAGE
    assert {path.stem for path in folder.glob("*.csv")} == {
        path.stem for path in folder.glob("*.parquet")
    }
    content = json.loads((kept / "findings" / f"{STAGE}.json").read_text(encoding="utf-8"))
    first = content["findings"][0]
    assert set(first["sentence"]) == {"zh", "en"}
    assert first["sentence"]["zh"] != first["sentence"]["en"]


def test_a_stage_that_has_not_run_is_none(tmp_path: Path) -> None:
    assert read(STAGE, tmp_path) is None


def test_a_table_that_is_gone_or_broken_is_told_with_what_to_do(kept: Path) -> None:
    table = kept / "tables" / STAGE / "summary.parquet"
    table.write_bytes(b"nothing")
    with pytest.raises(PlaybookError, match=r"cannot be read .*--force"):
        read(STAGE, kept)
    table.unlink()
    with pytest.raises(PlaybookError, match=r"summary.*is gone, and a finding needs it"):
        read(STAGE, kept)


def test_a_broken_table_is_told_when_it_is_asked_for(kept: Path) -> None:
    (kept / "tables" / STAGE / "summary.parquet").write_bytes(b"nothing")
    found = opened(STAGE, kept)
    assert found is not None
    assert found.tables["targets"] is found.tables["targets"]
    assert found.tables.get("no such table") is None
    with pytest.raises(PlaybookError, match=rf"{STAGE}/summary: cannot be read .*--force"):
        found.tables["summary"]


def test_the_month_before_is_found_beside_the_run_or_published(
    result: StageResult, tmp_path: Path
) -> None:
    where = campaign()
    words = words_for(where, "analysis")
    run = tmp_path / "runs" / "2026-10"
    assert previous(where, run).tables == {}
    save(result, words, tmp_path / "runs" / "shop" / "2026-09")
    assert previous(where, run).proposal == result.proposal
    save(StageResult(stage=STAGE, tables={}, findings=()), words, tmp_path / "runs" / "2026-09")
    assert previous(where, run).findings == ()


def test_a_proposed_month_is_yaml_with_a_word_on_what_to_do(tmp_path: Path) -> None:
    month: dict[str, Any] = {"goals": {"aim": {"target": 5.0}}, "budget": {"search": 100.0}}
    propose("2026-11", month, tmp_path)
    text = (tmp_path / PROPOSAL).read_text(encoding="utf-8")
    assert text.startswith("# Proposed for 2026-11.")
    assert yaml.safe_load(text) == month
    assert list(yaml.safe_load(text)) == ["goals", "budget"]


def test_nothing_proposed_writes_nothing(tmp_path: Path) -> None:
    propose("2026-11", {}, tmp_path)
    assert not (tmp_path / PROPOSAL).exists()
