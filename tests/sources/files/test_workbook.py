"""Workbooks as spreadsheets write them: errors, formulas, hidden sheets and stray cells."""

import io
import zipfile
from pathlib import Path

import pytest

from playbook.errors import PlaybookError
from playbook.sources.files.workbook import Rows, must_have_values, sheets_of

FILE = Path("a.xlsx")
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def text(place: str, words: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{words}</t></is></c>'


HEAD = f'<row r="1">{text("A1", "date")}{text("B1", "unit")}{text("C1", "clicks")}</row>'


def row(number: int, third: str) -> str:
    day, unit = text(f"A{number}", "2026-10-01"), text(f"B{number}", "u")
    return f'<row r="{number}">{day}{unit}{third}</row>'


def workbook(*sheets: tuple[str, str]) -> bytes:
    """Return an XLSX of rows and the state of each sheet."""
    packed = io.BytesIO()
    listed, related = "", ""
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        document = (
            f'<Relationship Id="r" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/>'
        )
        archive.writestr(
            "_rels/.rels", f'<Relationships xmlns="{PACKAGE}">{document}</Relationships>'
        )
        for place, (state, rows) in enumerate(sheets, start=1):
            sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
            archive.writestr(f"xl/worksheets/sheet{place}.xml", sheet)
            listed += f'<sheet name="s{place}" sheetId="{place}" state="{state}" r:id="r{place}"/>'
            related += (
                f'<Relationship Id="r{place}" Type="{RELATIONS}/worksheet" '
                f'Target="worksheets/sheet{place}.xml"/>'
            )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>{listed}</sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{PACKAGE}">{related}</Relationships>',
        )
    return packed.getvalue()


def rows_of(content: bytes) -> Rows:
    """Return the rows of the first sheet."""
    return sheets_of(content, FILE, ".")[0].rows


def test_an_error_cell_keeps_its_words() -> None:
    rows = HEAD + row(2, '<c r="C2" t="e"><v>#DIV/0!</v></c>')
    found = rows_of(workbook(("visible", rows)))
    assert found == [(1, ["date", "unit", "clicks"]), (2, ["2026-10-01", "u", "#DIV/0!"])]


@pytest.mark.parametrize("value", ["", "<v></v>", "<v/>"])
def test_a_formula_without_its_value_is_told(value: str) -> None:
    rows = HEAD + row(2, f'<c r="C2" s="1"><f>A2+1</f>{value}</c>')
    with pytest.raises(PlaybookError, match="line 2, column 3: holds a formula without its value"):
        must_have_values(rows_of(workbook(("visible", rows))), FILE)


def test_a_formula_with_its_value_is_read_also_an_empty_text() -> None:
    rows = HEAD + row(2, '<c r="C2"><f>A2+1</f><v>7</v></c>')
    rows += row(3, '<c r="C3" t="str"><f>""</f><v></v></c>')
    found = rows_of(workbook(("visible", rows)))
    assert [cells[2] for _, cells in found] == ["clicks", "7", ""]


def test_a_stray_cell_far_away_costs_nothing_and_lines_stay() -> None:
    rows = HEAD + row(5, '<c r="C5"><v>7</v></c>')
    rows += '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    found = rows_of(workbook(("visible", rows)))
    assert found == [
        (1, ["date", "unit", "clicks", ""]),
        (5, ["2026-10-01", "u", "7", ""]),
        (1048576, ["", "", "", "1"]),
    ]


def test_sheets_come_in_their_order_and_say_whether_they_are_hidden() -> None:
    table, note = HEAD + row(2, '<c r="C2"><v>7</v></c>'), f'<row r="1">{text("A1", "a")}</row>'
    found = sheets_of(workbook(("hidden", table), ("visible", note)), FILE, ".")
    assert [(sheet.name, sheet.is_shown, len(sheet.rows)) for sheet in found] == [
        ("s1", False, 2),
        ("s2", True, 1),
    ]


OPEN = "urn:oasis:names:tc:opendocument:xmlns"


def open_document(rows: str) -> bytes:
    """Return an ODS of one sheet."""
    names = " ".join(f'xmlns:{one}="{OPEN}:{one}:1.0"' for one in ("office", "table", "text"))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml",
            f'<m:manifest xmlns:m="{OPEN}:manifest:1.0"><m:file-entry m:full-path="/" '
            'm:media-type="application/vnd.oasis.opendocument.spreadsheet"/></m:manifest>',
        )
        archive.writestr(
            "content.xml",
            f'<office:document-content {names} office:version="1.2"><office:body>'
            f'<office:spreadsheet><table:table table:name="s">{rows}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return packed.getvalue()


CELL = '<table:table-cell office:value-type="string"{times}><text:p>x</text:p></table:table-cell>'


def test_an_open_document_is_read_and_repeated_rows_are_counted_before_memory_is_used() -> None:
    row = f"<table:table-row>{CELL.format(times='')}</table:table-row>"
    assert rows_of(open_document(row)) == [(1, ["x"])]
    cells = CELL.format(times=' table:number-columns-repeated="1000"')
    many = f'<table:table-row table:number-rows-repeated="20000">{cells}</table:table-row>'
    with pytest.raises(PlaybookError, match=r"is '20,000,000 cells': must hold at most 10,000,000"):
        rows_of(open_document(many))


def test_a_long_text_that_many_cells_share_is_counted_before_memory_is_used() -> None:
    shared = f'<sst xmlns="{MAIN}"><si><t>{"x" * 30_000}</t></si></sst>'
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 20_000))
    packed = io.BytesIO(workbook(("visible", cells)))
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr("xl/sharedStrings.xml", shared)
    with pytest.raises(PlaybookError, match="must hold at most 400 MB"):
        rows_of(packed.getvalue())
