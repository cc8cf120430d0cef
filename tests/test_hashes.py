"""A file is read again only if it may have changed."""

import hashlib
import os
import time
from pathlib import Path

import pytest

from playbook import hashes
from playbook.hashes import Hashes, digest, file_digest

OLD_NS = time.time_ns() - 3600 * 10**9


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file that was changed an hour ago."""
    made = tmp_path / "a.csv"
    made.write_text("abc", encoding="utf-8")
    os.utime(made, ns=(OLD_NS, OLD_NS))
    return made


def overwrite_unnoticed(file: Path, text: str) -> None:
    """Change the content, and nothing that a listing would tell."""
    stat = file.stat()
    with file.open("r+", encoding="utf-8") as opened:
        opened.write(text)
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def test_hash_is_the_sha256_of_the_content(file: Path, tmp_path: Path) -> None:
    assert file_digest(file) == sha("abc")
    assert Hashes(tmp_path / "kept.json")(file) == sha("abc")


def test_the_order_of_keys_makes_no_difference_and_that_of_items_does() -> None:
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    assert digest([1, 2]) != digest([2, 1])
    assert digest({"a": 1}) != digest({"a": "1"})
    assert digest("促") == sha('"促"')


def test_unchanged_file_is_not_read_again(file: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    first = Hashes(kept)
    first(file)
    first.write()
    overwrite_unnoticed(file, "xyz")
    assert Hashes(kept)(file) == sha("abc")


@pytest.mark.parametrize("what", ["size", "time", "inode"])
def test_file_of_another_size_time_or_inode_is_read_again(
    file: Path, tmp_path: Path, what: str
) -> None:
    known = Hashes(tmp_path / "kept.json")
    known(file)
    if what == "size":
        file.write_text("abcd", encoding="utf-8")
        os.utime(file, ns=(OLD_NS, OLD_NS))
    elif what == "time":
        overwrite_unnoticed(file, "xyz")
        os.utime(file, ns=(OLD_NS + 1, OLD_NS + 1))
    else:
        other = tmp_path / "other"
        other.write_text("xyz", encoding="utf-8")
        os.utime(other, ns=(OLD_NS, OLD_NS))
        other.replace(file)
    assert known(file) == file_digest(file) != sha("abc")


def test_file_changed_within_the_resolution_of_the_clock_is_always_read(
    file: Path, tmp_path: Path
) -> None:
    just_now = time.time_ns() - hashes.RESOLUTION_NS // 2
    os.utime(file, ns=(just_now, just_now))
    known = Hashes(tmp_path / "kept.json")
    known(file)
    overwrite_unnoticed(file, "xyz")
    assert known(file) == sha("xyz")


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"files": {"a": [1]}}', '{"files": [], "facts": 3}']
)
def test_damaged_memory_is_begun_anew(file: Path, tmp_path: Path, content: str) -> None:
    kept = tmp_path / "kept.json"
    kept.write_text(content, encoding="utf-8")
    known = Hashes(kept)
    assert known(file) == sha("abc")
    known.write()
    assert Hashes(kept)(file) == sha("abc")


def test_facts_are_kept_with_the_hashes(tmp_path: Path) -> None:
    kept = tmp_path / "deep" / "kept.json"
    known = Hashes(kept)
    assert known.fact("imports abc") is None
    known.remember("imports abc", ["playbook.metrics"])
    known.write()
    assert Hashes(kept).fact("imports abc") == ["playbook.metrics"]


def test_nothing_is_written_where_nothing_is_new(tmp_path: Path) -> None:
    Hashes(tmp_path / "kept.json").write()
    assert list(tmp_path.iterdir()) == []


def test_absent_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Hashes(tmp_path / "kept.json")(tmp_path / "none.csv")


def test_where_it_cannot_be_kept_the_hash_is_told_all_the_same(file: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    kept.mkdir()
    known = Hashes(kept)
    assert known(file) == sha("abc")
    known.write()
    assert list(kept.iterdir()) == []
    assert set(tmp_path.iterdir()) == {kept, file}
