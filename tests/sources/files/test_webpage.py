"""Tables of web pages and of workbooks as XML."""

from pathlib import Path

import pytest

from playbook.errors import PlaybookError
from playbook.sources.files.webpage import is_page, stated_code, tables_of

FILE = Path("a.xls")


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("<html><body>", True),
        ("\ufeff  <!DOCTYPE html>", True),
        ("<table border=1>", True),
        ('<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?><Workbook>', True),
        ("Day,<b>Campaign</b>", False),
        ("<tablet>,1", False),
    ],
)
def test_a_page_is_known_by_how_it_begins(text: str, is_one: bool) -> None:
    assert is_page(text) == is_one


def test_names_over_rows_stand_in_each_and_numbers_once_and_entities_are_letters() -> None:
    page = (
        "<table><tr><th colspan=2>Brand &amp; more<th>Cost</tr>"
        "<tr><td rowspan=2>2026-09-01</td><td>A<br>B</td><td rowspan=2>1,000</td></tr>"
        "<tr><td><style>x</style> C </td></tr></table>"
    )
    [(_, rows)] = tables_of(page, FILE)
    assert rows == [
        (1, ["Brand & more", "", "Cost"]),
        (2, ["2026-09-01", "A B", "1,000"]),
        (3, ["2026-09-01", "C", ""]),
    ]


def test_a_table_within_a_table_is_one_of_its_own() -> None:
    page = "<table><tr><td><table><tr><td>in</td></tr></table></td><td>out</td></tr></table>"
    assert [rows for _, rows in tables_of(page, FILE)] == [[(1, ["", "out"])], [(1, ["in"])]]


def test_sheets_of_a_workbook_as_xml_have_names_and_cells_their_columns() -> None:
    page = (
        '<Workbook><Worksheet ss:Name="Daily"><Table><Row><Cell><Data>a</Data></Cell>'
        '<Cell ss:Index="3"><Data>c</Data></Cell></Row></Table></Worksheet></Workbook>'
    )
    assert tables_of(page, FILE) == [("Daily", [(1, ["a", "", "c"])])]


def test_the_stated_code_is_found_and_a_chinese_one_is_read_as_its_superset() -> None:
    assert stated_code(b'<meta http-equiv="x" content="text/html; charset=gb2312">') == "gb18030"
    assert stated_code(b"<table>") == ""


def test_cells_that_reach_far_take_no_memory_and_too_many_are_told() -> None:
    wide = "<td colspan=9999>a<td colspan=9999>b"
    [(_, rows)] = tables_of(f"<table><tr>{wide}</tr></table>", FILE)
    assert (len(rows[0][1]), rows[0][1][-1]) == (2_001, "b")
    with pytest.raises(PlaybookError, match="must hold at most 25,000,000 cells"):
        tables_of(f"<table>{f'<tr>{wide}' * 13_000}</table>", FILE)
    with pytest.raises(PlaybookError, match="must hold at most 4,000,000 tags"):
        tables_of("<b>" * 4_000_001, FILE)
