"""Looks at running tests, counted from the manifests of published runs."""

from datetime import date
from pathlib import Path

import pytest

from playbook import params
from playbook.run import manifest
from playbook.run.manifest import Manifest
from tests.run.conftest import CAMPAIGN, request_for, run


def published_run(root: Path, campaign: str, period: str, *started: str) -> None:
    folder = root / "outputs" / campaign / period
    folder.mkdir(parents=True)
    *earlier, last = (f"{day}T09:00:00+00:00" for day in started)
    made = Manifest(
        campaign=campaign,
        period=period,
        state="published",
        run_id="r",
        started=last,
        earlier=tuple(earlier),
    )
    manifest.write(made, folder)


def test_each_run_is_a_look_at_what_it_showed(tmp_path: Path) -> None:
    (tmp_path / "params" / "spring").mkdir(parents=True)
    (tmp_path / "params" / "spring" / "campaign.yml").write_text(CAMPAIGN, encoding="utf-8")
    spring = params.load("spring", "2026-10", tmp_path / "params")
    published_run(tmp_path, "spring", "2026-09", "2026-09-20", "2026-10-02")
    published_run(tmp_path, "spring", "2026-10", "2026-10-12")
    published_run(tmp_path, "other", "2026-10", "2026-10-13")
    beside = manifest.look_dates(spring, tmp_path / "outputs" / "spring" / ".2026-10.new")
    assert beside == (date(2026, 9, 20), date(2026, 9, 30), date(2026, 10, 12))
    assert manifest.look_dates(spring, tmp_path / "outputs" / "lab") == beside


def test_run_remembers_when_those_that_it_replaces_started(workspace: Path) -> None:
    folder = workspace / "outputs" / "spring" / "2026-10"
    first = manifest.read(folder)
    assert first is not None
    run(request_for(workspace, force=True))
    second = manifest.read(folder)
    assert second is not None
    assert second.earlier == (*first.earlier, first.started)


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"stages": {"01": {"mood": "good"}}}'])
def test_damaged_manifest_is_as_none_and_the_next_run_makes_everything_anew(
    workspace: Path, content: str
) -> None:
    folder = workspace / "outputs" / "spring" / "2026-10"
    (folder / "manifest.json").write_text(content, encoding="utf-8")
    assert manifest.read(folder) is None


def test_parts_are_read_back_as_written_and_shared_ones_told_once(tmp_path: Path) -> None:
    parts = {"01": {"code a.py": "1", "input x": "2"}, "02": {"code a.py": "1", "input x": "3"}}
    manifest.write_parts(parts, tmp_path)
    assert manifest.read_parts(tmp_path) == parts
    text = (tmp_path / manifest.PARTS_FILE).read_text(encoding="utf-8")
    assert text.count("code a.py") == 1
    assert manifest.read_parts(tmp_path / "nowhere") == {}
