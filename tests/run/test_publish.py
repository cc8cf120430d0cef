"""A run takes the place of the last one whole, or not at all."""

import threading
from pathlib import Path

import pytest

from playbook.run import publish


def folder(path: Path, text: str) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    (path / "report.html").write_text(text, encoding="utf-8")
    (path / "manifest.json").write_text(text, encoding="utf-8")
    return path


def test_first_run_appears_under_its_name(tmp_path: Path) -> None:
    staged = folder(publish.staging(tmp_path / "2026-10"), "new")
    publish.publish(staged, tmp_path / "2026-10")
    assert [path.name for path in tmp_path.iterdir()] == ["2026-10"]


def test_second_run_replaces_the_first_and_leaves_nothing_behind(tmp_path: Path) -> None:
    target = folder(tmp_path / "2026-10", "old")
    publish.publish(folder(publish.staging(target), "new"), target)
    assert (target / "report.html").read_text(encoding="utf-8") == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["2026-10"]


def test_staging_is_hidden_and_beside_the_target(tmp_path: Path) -> None:
    staged = publish.staging(tmp_path / "2026-10")
    assert staged.parent == tmp_path
    assert staged.name.startswith(".2026-10.")


def test_leftovers_of_an_interrupted_run_are_cleared_and_other_periods_kept(tmp_path: Path) -> None:
    publish.staging(tmp_path / "2026-10")
    other = publish.staging(tmp_path / "2026-09")
    staged = publish.staging(tmp_path / "2026-10")
    assert {path.name for path in tmp_path.iterdir()} == {other.name, staged.name}


def test_failed_run_is_kept_aside_and_the_good_one_untouched(tmp_path: Path) -> None:
    target = folder(tmp_path / "2026-10", "good")
    aside = publish.keep_failed(folder(publish.staging(target), "bad"), target)
    assert aside.name == "2026-10.failed"
    assert (target / "report.html").read_text(encoding="utf-8") == "good"


def test_next_failure_replaces_the_one_before(tmp_path: Path) -> None:
    target = tmp_path / "2026-10"
    for text in ("first", "second"):
        aside = publish.keep_failed(folder(publish.staging(target), text), target)
    assert (aside / "report.html").read_text(encoding="utf-8") == "second"


def test_failure_is_forgotten_once_the_run_is_good(tmp_path: Path) -> None:
    target = tmp_path / "2026-10"
    publish.keep_failed(folder(publish.staging(target), "bad"), target)
    publish.forget_failed(target)
    assert not (tmp_path / "2026-10.failed").exists()


@pytest.mark.skipif("sys.platform != 'linux'", reason="the atomic exchange is Linux's renameat2")
def test_reader_never_finds_the_target_missing_or_half_new(tmp_path: Path) -> None:
    target = folder(tmp_path / "2026-10", "0")
    seen: list[str] = []
    stop = threading.Event()

    def watch() -> None:
        while not stop.is_set():
            seen.append(
                (target / "report.html").read_text(encoding="utf-8")
                if target.exists()
                else "missing"
            )

    reader = threading.Thread(target=watch)
    reader.start()
    for turn in range(1, 200):
        publish.publish(folder(publish.staging(target), str(turn)), target)
    stop.set()
    reader.join()
    assert "missing" not in seen
