"""Files by what they are, whatever their names say."""

import datetime as dt
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
import xlsxwriter

from playbook.errors import PlaybookError
from playbook.sources.files.sheets import read_sheets

HEAD = ["Day", "Campaign", "Cost"]
DAY = dt.date(2026, 9, 1)
Cells = Sequence[Sequence[object]]


def workbook(
    *sheets: tuple[str, Cells], hidden: str = "", merged: tuple[object, ...] | None = None
) -> bytes:
    """Return an XLSX; None leaves a cell out, and `merged` is put over the first sheet."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    for name, rows in sheets:
        sheet = book.add_worksheet(name)
        for line, row in enumerate(rows):
            sheet.write_row(line, 0, row)
        if name == hidden:
            sheet.hide()
    if merged:
        book.worksheets()[0].merge_range(*merged)
    book.close()
    return target.getvalue()


def put(tmp_path: Path, name: str, content: bytes | str) -> Path:
    file = tmp_path / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


PAGE = "<table><tr><td>Day<td>Campaign<td>Cost</tr><tr><td>2026-09-01<td>B<td>5</tr></table>"
LINES = "Day,Campaign,Cost\n2026-09-01,B,5\n"


@pytest.mark.parametrize(
    ("name", "content", "form"),
    [
        ("page.xls", PAGE, "web page, UTF-8"),
        ("page.csv", f"<meta charset=gbk>{PAGE}".encode("gbk"), "web page, GB18030"),
        ("text.xlsx", LINES, "CSV, UTF-8"),
        ("text.xls", LINES.replace(",", "\t").encode("utf-16"), "TSV, UTF-16"),
        ("book.csv", workbook(("s", [HEAD, ["2026-09-01", "B", 5]])), "XLSX"),
    ],
)
def test_a_file_is_what_its_bytes_are_and_not_what_its_name_says(
    name: str, content: bytes | str, form: str, tmp_path: Path
) -> None:
    sheets, found = read_sheets(put(tmp_path, name, content))
    assert found == form
    assert [cells for _, cells in sheets[0].rows] == [HEAD, ["2026-09-01", "B", "5"]]


def test_a_day_merged_over_rows_stands_in_each_and_a_number_once(tmp_path: Path) -> None:
    rows = [HEAD, [None, "A", 5], [None, "B", None]]
    file = put(tmp_path, "a.xlsx", workbook(("s", rows), merged=(1, 0, 2, 0, DAY)))
    assert [cells[0] for _, cells in read_sheets(file)[0][0].rows] == ["Day", *["2026-09-01"] * 2]
    file = put(tmp_path, "b.xlsx", workbook(("s", rows), merged=(1, 2, 2, 2, 11)))
    assert [cells[2] for _, cells in read_sheets(file)[0][0].rows] == ["Cost", "11", ""]


def test_sheets_of_workbooks_in_a_zip_are_named_by_both(tmp_path: Path) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("a.xlsx", workbook(("one", [HEAD]), ("two", [HEAD])))
        archive.writestr("b.csv", LINES)
    sheets, form = read_sheets(put(tmp_path, "a.zip", target.getvalue()))
    assert [sheet.name for sheet in sheets] == ["a.xlsx/one", "a.xlsx/two", "b.csv"]
    assert form == "XLSX in zip"


def test_signs_that_steer_a_terminal_are_shown_as_unknown(tmp_path: Path) -> None:
    file = put(tmp_path, "a.csv", "Day,Campaign\n2026-09-01,\x1b[31mB\x07\n")
    assert read_sheets(file)[0][0].rows[1][1][1] == "\ufffd[31mB\ufffd"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "holds no rows"),
        (b" , \n", "holds no rows"),
        (workbook(("s", [])), "holds no rows"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "without a password"),
        (
            b"\xd0\xcf\x11\xe0" + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
            "the workbook is locked with a password",
        ),
        (b"PK\x03\x04", "cannot be opened"),
        (b"a," * 100_000, "is '100,000 columns': must have at most 1,000 columns"),
        (b"a,b\n1,2\n" + b"1," * 100_000, "line 3 is '100,000 columns'"),
        (f"<table><tr>{'<td>a' * 20_000}</table>", "is '20,000 columns'"),
        (workbook(("s", [["a"] * 3_000])), "is '3,000 columns'"),
        (b"a,b\n1," + b"x" * 1_000_001, "line 2: a cell holds more than 1,000,000 letters"),
        (b"a,b\n" * 13_000_000, "is '26,000,000 cells': must hold at most 25,000,000 cells"),
    ],
    ids=lambda one: one if isinstance(one, str) and len(one) < 80 else "",
)
def test_what_cannot_be_read_is_told_in_a_sentence(
    content: bytes | str, told: str, tmp_path: Path
) -> None:
    with pytest.raises(PlaybookError) as caught:
        read_sheets(put(tmp_path, "a.csv", content))
    assert told in str(caught.value)
    assert len(str(caught.value)) < 500
