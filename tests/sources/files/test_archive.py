"""What downloads are packed in, and archives that would fill the memory."""

import gzip
import io
import zipfile
from pathlib import Path

import pytest

from playbook.errors import PlaybookError
from playbook.sources.files import refusals
from playbook.sources.files.archive import kind_of_workbook, members, refuse_swollen


def zipped(**files: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return target.getvalue()


def put(tmp_path: Path, content: bytes) -> Path:
    file = tmp_path / "report.csv"
    file.write_bytes(content)
    return file


def test_every_table_of_an_archive_is_unpacked_and_other_files_are_not(tmp_path: Path) -> None:
    content = zipped(
        **{"b.csv": b"b", "a.tsv": b"a", "readme.md": b"none", "__MACOSX__._b.csv": b"x"}
    )
    found = members(put(tmp_path, content))
    assert [(one.name, one.content, one.packed) for one in found] == [
        ("b.csv", b"b", " in zip"),
        ("a.tsv", b"a", " in zip"),
    ]


def test_a_gz_within_a_zip_and_a_gz_alone_are_unpacked(tmp_path: Path) -> None:
    inner = gzip.compress(b"a")
    assert members(put(tmp_path, zipped(**{"a.csv.gz": inner})))[0].content == b"a"
    assert members(put(tmp_path, inner))[0].packed == " in gzip"


def test_a_workbook_is_no_archive(tmp_path: Path) -> None:
    for name, form in (
        ("xl__workbook.xml", "XLSX"),
        ("xl__workbook.bin", "XLSB"),
        ("content.xml", "ODS"),
    ):
        content = zipped(**{name: b"<x/>"})
        assert kind_of_workbook(content) == form
        assert members(put(tmp_path, content))[0].content == content


def test_an_archive_without_a_table_or_with_a_password_is_told(tmp_path: Path) -> None:
    with pytest.raises(zipfile.BadZipFile, match="must hold a table, and holds 0"):
        members(put(tmp_path, zipped(**{"readme.md": b"none"})))
    locked = bytearray(zipped(**{"a.csv": b"a"}))
    locked[6] |= 1
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(zipfile.BadZipFile, match="locked with a password"):
        members(put(tmp_path, bytes(locked)))


def understated(content: bytes, size: int) -> bytes:
    """Return an archive whose file says that it unpacks to a hundred bytes."""
    return content.replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little"))


def test_an_archive_is_refused_by_what_it_says_and_by_what_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refusals, "MOST_BYTES", 100_000)
    content = zipped(**{"a.csv": b"x" * 123_456})
    for each in (content, understated(content, 123_456), gzip.compress(b"x" * 123_456)):
        with pytest.raises(PlaybookError, match="must hold at most 0 MB unpacked"):
            members(put(tmp_path, each))


def test_a_workbook_is_refused_by_what_its_parts_say_and_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(refusals, "MOST_BYTES", 100_000)
    content = zipped(**{"xl__workbook.xml": b"<x/>", "xl__sharedStrings.xml": b"x" * 123_456})
    for each in (content, understated(content, 123_456)):
        with pytest.raises(PlaybookError, match="must hold at most 0 MB unpacked"):
            refuse_swollen(each, Path("a.xlsx"))
