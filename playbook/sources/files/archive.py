"""What a download is packed in: gzip, zip, or nothing; never more than the limit is unpacked."""

import gzip
import io
import re
import zipfile
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from pathlib import Path

from playbook.sources.files import refusals
from playbook.sources.files.refusals import refuse_large

OF_A_MAC = re.compile(r"(^|/)(__MACOSX/|\._)")
"""What macOS puts into an archive beside each file."""

SHARED = re.compile(r"\.(csv|tsv|txt|xlsx|xls|xlsm|xlsb|ods|html?|gz)$", re.IGNORECASE)
WORKBOOKS = {"xl/workbook.xml": "XLSX", "xl/workbook.bin": "XLSB", "content.xml": "ODS"}
"""By a file in it, the workbook that a zip is."""

ZIP, GZIP = b"PK\x03\x04", b"\x1f\x8b"
CHUNK = 1 << 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """One table's bytes.

    Attributes:
        name: Its name within an archive; empty where the file itself is meant.
        content: Text or workbook.
        packed: How it was packed, such as " in zip".
    """

    name: str
    content: bytes
    packed: str = ""


def members(file: Path) -> list[Member]:
    """Return the bytes of each table that a file holds, out of its gz or zip.

    Raises:
        PlaybookError: It is too large, as it says or in truth.
        zipfile.BadZipFile: An archive holds no table, or one with a password.
        OSError: The file cannot be read.
    """
    refuse_large(file, file.stat().st_size)
    content = file.read_bytes()
    if content[:2] == GZIP:
        with gzip.open(io.BytesIO(content)) as packed:
            content = packed.read(refusals.MOST_BYTES + 1)
        refuse_large(file, len(content))
        return [Member(name="", content=content, packed=" in gzip")]
    if content[:4] != ZIP or kind_of_workbook(content):
        return [Member(name="", content=content)]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return list(_tables(archive, file))


def kind_of_workbook(content: bytes) -> str:
    """Name the form of a workbook that a zip is; empty where it is none."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = set(archive.namelist())
    return next((form for name, form in WORKBOOKS.items() if name in names), "")


def refuse_swollen(content: bytes, file: Path) -> None:
    """Refuse a workbook by what its parts unpack to, as they say and in truth.

    Raises:
        PlaybookError: It is too much.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        refuse_large(file, sum(part.file_size for part in parts))
        size = 0
        for part in parts:
            size += _true_size(archive, part, refusals.MOST_BYTES - size)
            refuse_large(file, size)


def _tables(archive: zipfile.ZipFile, file: Path) -> Iterator[Member]:
    inside = [
        member
        for member in archive.infolist()
        if SHARED.search(member.filename) and not OF_A_MAC.search(member.filename)
    ]
    if any(member.flag_bits & 1 for member in inside):
        raise zipfile.BadZipFile("the archive is locked with a password")
    if not 0 < len(inside) <= refusals.MOST_SHARED:
        raise zipfile.BadZipFile(f"the archive must hold a table, and holds {len(inside)}")
    refuse_large(file, sum(member.file_size for member in inside))
    size = 0
    for member in inside:
        content = _unpacked(archive, member, refusals.MOST_BYTES - size)
        size += len(content)
        refuse_large(file, size)
        if content[:2] == GZIP:
            with gzip.open(io.BytesIO(content)) as packed:
                content = packed.read(refusals.MOST_BYTES + 1)
            refuse_large(file, len(content))
        yield Member(name=member.filename, content=content, packed=" in zip")


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int) -> bytes:
    """Unpack at most so many bytes and one, whatever size the archive states."""
    with archive.open(_without_size(member, most)) as packed:
        return packed.read(most + 1)


def _true_size(archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int) -> int:
    """Count what a part unpacks to, up to a limit and little more; nothing of it is kept."""
    size = 0
    with archive.open(_without_size(member, most)) as packed:
        while size <= most and (chunk := packed.read(CHUNK)):
            size += len(chunk)
    return size


def _without_size(member: zipfile.ZipInfo, most: int) -> zipfile.ZipInfo:
    """Return a part as if it stated no size: Python reads no further than what is stated."""
    unbound = copy(member)
    unbound.file_size = max(member.file_size, most) + 2 * CHUNK
    return unbound
