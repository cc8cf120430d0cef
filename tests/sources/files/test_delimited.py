"""Which sign parts the cells, and quotes that are not what they seem."""

from pathlib import Path

import pytest

from playbook.errors import PlaybookError
from playbook.sources.files.delimited import delimiter_of, records

FILE = Path("a.csv")
HEAD = "Day,Campaign,Impr.,Cost\n"


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("Day,Campaign,Cost\n2026-09-01,B,1\n", ","),
        ("Tag;Kampagne;Kosten\n2026-09-01;B;1,5\n2026-09-02;B;2,5\n", ";"),
        ("Day\tCampaign\tCost\n2026-09-01\ta, b, c, d\t1\n", "\t"),
        ("Day|Campaign|Cost\n2026-09-01|B|1\n", "|"),
        ("Day,Campaign,Cost\n2026-09-01,a | b | c | d | e,1\n", ","),
        ("unknown;other;third\n1;2;3,5\n4;5;6,5\n", ";"),
        ("sep=;\nDay;Campaign\n", ";"),
        ('"sep=|"\r\nDay|Campaign\r\n', "|"),
    ],
)
def test_sign_is_the_stated_one_or_that_of_the_known_headers_or_the_most_even(
    text: str, sign: str
) -> None:
    assert delimiter_of(text) == sign


def test_a_text_of_several_lines_in_quotes_is_one_cell() -> None:
    text = f'{HEAD}2026-09-01,"Brand, new\nsecond line",1,2\n2026-09-02,B,1,2\n'
    rows = records(text, FILE).rows
    assert [cells[1] for _, cells in rows] == ["Campaign", "Brand, new\nsecond line", "B"]


@pytest.mark.parametrize(
    "rows",
    [
        '2026-09-01,"open,1,2\n2026-09-02,close",1,2\n2026-09-03,B,1,2\n',
        '2026-09-01,B,1,2\n2026-09-01,"open,1,2\n2026-09-02,B,1,2\n',
        '2026-09-01,"best" shoes,1,2\n2026-09-02,"open,1,2\n2026-09-03,close",1,2\n',
    ],
)
def test_a_quote_that_swallows_rows_is_told_with_its_line(rows: str) -> None:
    with pytest.raises(PlaybookError, match=r"line [23]: a quote opens there and never closes"):
        records(HEAD + rows, FILE)


def test_a_lone_quote_in_a_name_between_tabs_is_a_letter_and_that_is_told() -> None:
    rows = '2026-09-01,"best" shoes,1,2\n2026-09-01,"12 inch rack,1,2\n2026-09-02,"whole",1,2\n'
    read = records((HEAD + rows).replace(",", "\t"), Path("a.tsv"))
    assert [cells[1] for _, cells in read.rows[1:]] == ['"best" shoes', '"12 inch rack', "whole"]
    assert read.notes == ("its quotes come in no pairs, and are read as letters of the names",)
