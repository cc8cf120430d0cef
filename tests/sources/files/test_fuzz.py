"""Whatever a download is written in and whatever stands around its rows, its sums come out right.

A generator makes rows and knows their sums; then it chooses letters, separators, headers, totals,
lines above, forms and repetitions. What is read must be what was made.
"""

import gzip
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playbook.sources.files import cells
from playbook.sources.files.grid import read_grid
from playbook.sources.files.layout import shipped
from tests.sources.files.test_sheets import workbook


@dataclass(frozen=True)
class Words:
    """How one platform in one language writes: headers, campaigns, a word for the sum, codes."""

    platform: str
    head: tuple[str, str, str, str, str]
    campaigns: tuple[str, ...]
    total: str
    codes: tuple[str, ...]


UNICODE = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le")
LANGUAGES = (
    Words(
        "google-ads",
        ("Day", "Campaign", "Impr.", "Clicks", "Cost"),
        ("Brand", "#BackToSchool", "Total Rewards", "Zürich – Café", "a, b; c"),
        "Total: Account",
        (*UNICODE, "cp1252"),
    ),
    Words(
        "google-ads",
        ("Tag", "Kampagne", "Impressionen", "Klicks", "Kosten"),
        ("Marke", "Frühling für Sie", "Gesamtpaket", "#1001"),
        "Gesamt: Konto",
        (*UNICODE, "cp1252", "latin-1"),
    ),
    Words(
        "baidu",
        ("日期", "推广计划", "展现", "点击", "消费"),
        ("品牌词推广", "双十一预热活动", "#新品下载", "合计套餐"),
        "合计",
        (*UNICODE, "gb18030"),
    ),
    Words(
        "meta-ads",
        ("Jour", "Ad name", "Impressions", "Link clicks", "Montant dépensé (EUR)"),
        ("Été à la plage", "Rentrée", "Sous-total réduit"),
        "",
        (*UNICODE, "cp1252"),
    ),
)
FORMS = ("csv", "csv", "csv", "xlsx", "html", "gz", "zip", "zip of two", "sheets")
Row = tuple[str, str, int, int, float]


@st.composite
def rows(draw: st.DrawFn, words: Words) -> list[Row]:
    """Draw rows of which none is the sum of others: each spends thrice what all before it spent."""
    count = draw(st.integers(1, 5))
    made = []
    for place in range(count):
        day = f"2026-09-{draw(st.integers(1, 28)):02d}"
        size = 3**place * 100 + draw(st.integers(0, 30))
        made.append((day, draw(st.sampled_from(words.campaigns)), size * 10, size, size * 1.25))
    return made


def money(value: float, *, comma: bool) -> str:
    text = f"{value:,.2f}"
    return text.translate(str.maketrans(".,", ",.")) if comma else text


def with_sums_of_days(made: Sequence[Row], *, comma: bool) -> Iterator[list[str]]:
    """Yield each day's rows, and below them a row without a name that adds them up."""
    for day, of_day in groupby(made, key=lambda row: row[0]):
        found = list(of_day)
        whole = (day, "", *(sum(column) for column in list(zip(*found, strict=True))[2:]))
        for row in (*found, whole):
            yield [row[0], row[1], str(row[2]), str(row[3]), money(row[4], comma=comma)]


@st.composite
def downloads(draw: st.DrawFn) -> tuple[Words, list[Row], bytes]:
    words = draw(st.sampled_from(LANGUAGES))
    made = sorted(draw(rows(words)), key=lambda row: row[0])
    comma = words.head[-1] == "Kosten"
    lines = [[row[0], row[1], str(row[2]), str(row[3]), money(row[4], comma=comma)] for row in made]
    total = draw(st.sampled_from(("", "first", "last", "days")))
    if total == "days":
        lines = list(with_sums_of_days(made, comma=comma))
    elif total and len(made) > 1:
        sums = (sum(row[2] for row in made), sum(row[3] for row in made))
        spend = money(sum(row[4] for row in made), comma=comma)
        line = [words.total, "", *map(str, sums), spend]
        lines = [line, *lines] if total == "first" else [*lines, line]
    above = draw(st.sampled_from(([], [["Report"]], [["# ----"], ["# Report, all"], []])))
    below = draw(st.sampled_from(([], [["# end"]], [["Made by hand"]])))
    head = list(words.head)
    again = [head, *lines[len(lines) // 2 :]] if draw(st.booleans()) else lines[len(lines) // 2 :]
    body = [head, *lines[: len(lines) // 2], *again]
    return words, made, draw(packed(words, [*above, *body, *below]))


def text_of(lines: Sequence[Sequence[str]], sign: str) -> str:
    quoted = [
        [f'"{cell}"' if any(each in cell for each in ',;\t"') else cell for cell in line]
        for line in lines
    ]
    return "".join(f"{sign.join(line)}\r\n" for line in quoted)


@st.composite
def packed(draw: st.DrawFn, words: Words, lines: list[list[str]]) -> bytes:
    """Write lines in some form; two files or sheets hold one half each."""
    form = draw(st.sampled_from(FORMS))
    head = list(words.head)
    middle = len(lines) // 2 + 1
    halves = [lines[:middle], [head, *lines[middle:]]]
    if form == "xlsx":
        return workbook(("s", lines))
    if form == "sheets" and head in lines[:middle]:
        return workbook(("one", halves[0]), ("two", halves[1]), ("notes", [["by hand"]]))
    code, sign = draw(st.sampled_from(words.codes)), draw(st.sampled_from((",", ";", "\t")))
    if form == "html":
        cells_of = ["".join(f"<td>{cell}</td>" for cell in line) for line in lines]
        page = "".join(f"<tr>{row}</tr>" for row in cells_of)
        return f"<table>{page}</table>".encode(code)
    if form == "zip of two" and head in lines[:middle]:
        return zipped(*(text_of(half, sign).encode(code) for half in halves))
    content = text_of(lines, sign).encode(code)
    if form == "gz":
        return gzip.compress(content)
    return zipped(content) if form == "zip" else content


def zipped(*contents: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for number, content in enumerate(contents):
            archive.writestr(f"{number}.csv", content)
    return target.getvalue()


@settings(max_examples=250, suppress_health_check=[HealthCheck.too_slow])
@given(downloads())
def test_sums_and_names_are_those_of_the_generator(
    download: tuple[Words, list[Row], bytes],
) -> None:
    words, made, content = download
    layout = shipped()[words.platform]
    with TemporaryDirectory() as folder:
        file = Path(folder) / "report.csv"
        file.write_bytes(content)
        grid = read_grid(file, layout)
    taken = layout.taken(grid.rows.columns)
    comma = layout.writes_comma(grid.rows.columns)
    spend = cells.numbers(grid.rows[taken["spend"][0]], decimal_comma=comma)
    clicks = cells.numbers(grid.rows[taken["clicks"][0]], decimal_comma=comma)
    assert grid.rows[words.head[1]].tolist() == [row[1] for row in made]
    assert (clicks.sum(), round(spend.sum(), 2)) == (
        sum(row[3] for row in made),
        round(sum(row[4] for row in made), 2),
    )
    assert pd.Series(grid.rows["_line"]).is_monotonic_increasing
