"""When the page that lists all runs is written again."""

import os
from pathlib import Path

import pytest

from playbook.hashes import Hashes
from playbook.run.listed import listed_parts
from playbook.run.plan import Workspace


def parts(root: Path) -> dict[str, str]:
    return dict(listed_parts(Workspace(root=root), Hashes(root / "kept.json")))


def test_run_failure_and_new_month_are_parts_of_it(workspace: Path) -> None:
    before = parts(workspace)
    manifest = workspace / "outputs" / "spring" / "2026-10" / "manifest.json"
    manifest.write_text(manifest.read_text(encoding="utf-8") + " ", encoding="utf-8")
    (workspace / "params" / "spring" / "2026-11.yml").write_text("", encoding="utf-8")
    (workspace / "params" / "spring" / "2026-10.yml").write_text("", encoding="utf-8")
    (workspace / "outputs" / "spring" / "2026-11.failed").mkdir()
    after = parts(workspace)
    changed = {name for name in after if before.get(name) != after[name]}
    assert changed == {f"run {manifest.parent}", "month spring 2026-11", "month spring 2026-10"}
    assert after["month spring 2026-11"] == "failed"


def test_page_is_written_when_it_is_gone_and_left_when_nothing_changed(workspace: Path) -> None:
    from tests.run.conftest import request_for, run

    run(request_for(workspace))
    page = workspace / "outputs" / "index.html"
    os.utime(page, (1, 1))
    run(request_for(workspace))
    assert page.stat().st_mtime == pytest.approx(1)
    page.unlink()
    run(request_for(workspace))
    assert page.is_file()
