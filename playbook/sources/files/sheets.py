"""Every table that a file holds, whatever its form, its name or what it is packed in."""

import csv
import gzip
import zipfile
import zlib
from pathlib import Path

from python_calamine import CalamineError

from playbook.errors import PlaybookError, Problem
from playbook.sources.files import webpage
from playbook.sources.files.archive import ZIP, Member, kind_of_workbook, members, refuse_swollen
from playbook.sources.files.delimited import records
from playbook.sources.files.letters import CONTROL, decoded
from playbook.sources.files.refusals import MOST_COLUMNS, cannot_open, no_rows, refuse_wide
from playbook.sources.files.workbook import Rows, Sheet, filled, sheets_of, width

OLE = b"\xd0\xcf\x11\xe0"
LOCKED = "EncryptedPackage".encode("utf-16-le")
"""What a workbook with a password is kept under."""

UNREADABLE = (
    zipfile.BadZipFile,
    gzip.BadGzipFile,
    zlib.error,
    EOFError,
    CalamineError,
    csv.Error,
    NotImplementedError,
    RuntimeError,
)
"""What the readers of workbooks, archives and text raise; the last two a zip with a password or in
a form that Python does not know."""


def read_sheets(file: Path, *, point: str = ".") -> tuple[list[Sheet], str]:
    """Return a file's tables, and how it is written.

    Args:
        file: CSV, TSV, a workbook or a web page, or a zip or gz of them.
        point: With it a workbook's numbers are written.

    Raises:
        PlaybookError: It cannot be opened, holds nothing, or more than can be held.
    """
    try:
        read = [_sheets(member, file, point) for member in members(file)]
    except UNREADABLE as error:
        raise cannot_open(file, error) from None
    except OSError as error:
        raise PlaybookError(Problem.of_file(file, error)) from None
    sheets = [sheet for found, _ in read for sheet in found]
    if not any(_holds_something(sheet.rows) for sheet in sheets):
        raise PlaybookError(no_rows(file))
    for sheet in sheets:
        _refuse_wide(sheet.rows, file)
    return sheets, read[0][1]


def _sheets(member: Member, file: Path, point: str) -> tuple[list[Sheet], str]:
    """Return the tables of one of a file's parts, and its form."""
    content = member.content
    if content[:4] == OLE and LOCKED in content:
        raise zipfile.BadZipFile("the workbook is locked with a password")
    if content[:4] in (ZIP, OLE):
        form = kind_of_workbook(content) if content[:4] == ZIP else "XLS"
        if content[:4] == ZIP:
            refuse_swollen(content, file)
        sheets = sheets_of(content, file, point)
        return [_named(sheet, member.name) for sheet in sheets], f"{form}{member.packed}"
    text, encoding = _text(content, file)
    if webpage.is_page(text):
        tables = enumerate(webpage.tables_of(text, file), start=1)
        pages = [Sheet(name=name or f"table {place}", rows=rows) for place, (name, rows) in tables]
        named = [_named(page, member.name) for page in pages]
        return named, f"web page, {encoding}{member.packed}"
    read = records(text, file)
    form = "TSV" if read.delimiter == "\t" else "CSV"
    sheet = Sheet(name=member.name, rows=read.rows, notes=read.notes)
    return [sheet], f"{form}, {encoding}{member.packed}"


def _named(sheet: Sheet, within: str) -> Sheet:
    name = f"{within}/{sheet.name}" if within else sheet.name
    return Sheet(name=name, rows=sheet.rows, is_shown=sheet.is_shown)


def _text(content: bytes, file: Path) -> tuple[str, str]:
    """Decode a text; signs that steer a terminal are shown as a sign for what is unknown."""
    code = webpage.stated_code(content)
    text, encoding = _as_stated(content, code) or decoded(content, file)
    return CONTROL.sub("\ufffd", text), encoding


def _as_stated(content: bytes, code: str) -> tuple[str, str] | None:
    """Decode a page as it says it is written, if it is."""
    try:
        return (content.decode(code), code.upper()) if code else None
    except (UnicodeDecodeError, LookupError):
        return None


def _holds_something(rows: Rows) -> bool:
    return any(filled(cells) for _, cells in rows)


def _refuse_wide(rows: Rows, file: Path) -> None:
    """Refuse a table by its widest line, empty cells at the end not counted.

    Raises:
        PlaybookError: It has more columns than can be.
    """
    for line, cells in rows:
        if len(cells) > MOST_COLUMNS:
            refuse_wide(file, width(cells), line)
