"""A file in every wrapping in which people send it, against the same three rows."""

import gzip
import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from playbook.errors import PlaybookError
from playbook.params.model import Source
from playbook.sources.canonical import FileRows, grid_of, read_file, read_rows
from playbook.sources.files import grid
from playbook.sources.files.grid import read_grid, read_parquet
from playbook.sources.files.layout import Layout, currency_of, plain, shipped
from tests.sources.test_platforms import SAMPLES

TEXT = "日期,推广计划,展现,点击,消费\n2026-09-01,品牌,100,5,1.5\n2026-09-02,品牌,200,6,2.5\n"
ROWS = [["2026-09-01", "品牌", "100", "5", "1.5"], ["2026-09-02", "品牌", "200", "6", "2.5"]]


def zipped(name: str, content: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(name, content)
    return target.getvalue()


def workbook() -> bytes:
    target = io.BytesIO()
    pd.DataFrame(ROWS, columns=TEXT.splitlines()[0].split(",")).to_excel(
        target, index=False, engine="xlsxwriter"
    )
    return target.getvalue()


def rows_of(platform: str, file: Path) -> FileRows:
    source = Source(id="ads", table="channel_daily", files="*", platform=platform, channel="ads")
    return read_file(source, file, "", Path())


FORMS = {
    "CSV, UTF-8": TEXT.encode(),
    "CSV, UTF-8 with BOM": TEXT.encode("utf-8-sig"),
    "CSV, GB18030": TEXT.encode("gbk"),
    "TSV, UTF-16": TEXT.replace(",", "\t").encode("utf-16"),
    "CSV, UTF-8 in gzip": gzip.compress(TEXT.encode()),
    "CSV, GB18030 in zip": zipped("report.csv", TEXT.encode("gbk")),
    "XLSX": workbook(),
    "XLSX in zip": zipped("report.xlsx", workbook()),
    "XLS": (Path(__file__).parents[2] / "data" / "workbooks" / "report.xls").read_bytes(),
}
"""The XLS is of Excel 97, written by xlwt, with days as days, and a cover before the sheet of
data."""


@pytest.mark.parametrize("form", FORMS)
def test_same_rows_in_every_wrapping_and_its_name_does_not_matter(
    form: str, tmp_path: Path
) -> None:
    file = tmp_path / "report.csv"
    file.write_bytes(FORMS[form])
    grid = read_grid(file, shipped()["baidu"])
    assert grid.rows.drop(columns="_line").to_numpy().tolist() == ROWS
    assert (grid.form, grid.header_line) == (form, 1)


def sheets(*pages: pd.DataFrame, at: int = 0) -> bytes:
    target = io.BytesIO()
    with pd.ExcelWriter(target, engine="xlsxwriter") as writer:
        for number, page in enumerate(pages):
            page.to_excel(writer, sheet_name=f"Page {number}", index=False, startrow=at)
    return target.getvalue()


def test_cover_before_the_table_is_passed_over_and_lines_are_those_of_the_sheet(
    tmp_path: Path,
) -> None:
    table = pd.DataFrame(ROWS, columns=TEXT.splitlines()[0].split(","))
    file = tmp_path / "report.xlsx"
    file.write_bytes(sheets(pd.DataFrame({"Report of the account": ["made by hand"]}), table, at=2))
    grid = read_grid(file, shipped()["baidu"])
    assert grid.rows.drop(columns="_line").to_numpy().tolist() == ROWS
    assert (grid.header_line, grid.rows["_line"].tolist()) == (3, [4, 5])


def test_archive_packed_again_on_a_mac_holds_one_table(tmp_path: Path) -> None:
    file = tmp_path / "report.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("report.csv", TEXT.encode())
        archive.writestr("__MACOSX/._report.csv", b"\x00\x05\x16\x07")
    assert len(read_grid(file, shipped()["baidu"]).rows) == 2


def test_numbers_of_a_workbook_keep_their_size_where_the_language_writes_a_comma(
    tmp_path: Path,
) -> None:
    file = tmp_path / "bericht.xlsx"
    file.write_bytes(
        sheets(
            pd.DataFrame(
                {
                    "Tag": ["2026-09-01", "2026-09-02"],
                    "Kampagne": ["Marke", "Marke"],
                    "Kosten": [1300.5, "1.300,50"],
                    "Klicks": [7, 8],
                }
            )
        )
    )
    assert rows_of("google-ads", file).rows["spend"].tolist() == [1300.5, 1300.5]


def test_one_broken_byte_in_a_marked_utf8_file_is_told(
    tmp_path: Path,
) -> None:
    file = tmp_path / "report.csv"
    file.write_bytes(TEXT.encode("utf-8-sig") + "2026-09-03,品".encode() + b"\xff,3,2,1\n")
    with pytest.raises(PlaybookError, match="line 4 is 'byte 0xff': is UTF-8 but for some bytes"):
        read_grid(file, shipped()["baidu"])


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04 cut off",
        b"\xd0\xcf\x11\xe0 no workbook",
        b"\x1f\x8b cut off",
        zipped("readme.md", b"none"),
        b'a,b\n"' + b"x" * 200_000,
    ],
    ids=["zip", "xls", "gzip", "no table", "open quote"],
)
def test_broken_file_is_told_and_not_thrown(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "report.csv"
    file.write_bytes(content)
    with pytest.raises(PlaybookError, match=r"cannot be opened|a quote opens"):
        read_grid(file, shipped()["baidu"])


def test_semicolons_are_found_beside_decimal_commas(tmp_path: Path) -> None:
    file = tmp_path / "bericht.csv"
    file.write_text(
        "Tag;Kampagne;Kosten;Klicks\n2026-09-01;Marke;1.300,50;7\n2026-09-02;Marke;2,50;8\n",
        encoding="utf-8",
    )
    assert read_grid(file, shipped()["google-ads"]).rows["Kosten"].tolist() == ["1.300,50", "2,50"]


@pytest.mark.parametrize(
    ("cell", "total"),
    [
        ("Total of 12 results", True),
        ("Total of all parts", False),
        ("Total Body Promo", False),
        ("合计", True),
        ("总计：账号", True),
        ("Total: Campaigns", True),
        ("Summertime", False),
    ],
)
def test_total_is_known_by_its_whole_word_and_not_by_a_campaign_that_begins_so(
    cell: str, total: bool, tmp_path: Path
) -> None:
    file = tmp_path / "report.csv"
    file.write_text(
        f"Date,Campaign name,Cost,Impressions,Clicks (destination)\n,{cell},5,6,7\n",
        encoding="utf-8",
    )
    grid = read_grid(file, shipped()["tiktok-ads"])
    assert (len(grid.totals), len(grid.rows)) == ((1, 0) if total else (0, 1))


@pytest.mark.parametrize(
    ("header", "bare", "currency"),
    [
        ("Amount spent (USD)", "amount spent", "USD"),
        ("CPM（千次展示费用） (CNY)", "cpm(千次展示费用)", "CNY"),
        ("Clicks (all)", "clicks (all)", ""),
        ("Conversion rate (CVR)", "conversion rate (cvr)", ""),
        ("花费(元)", "花费", ""),
    ],
)
def test_currency_in_a_header_is_told_apart_from_other_brackets(
    header: str, bare: str, currency: str
) -> None:
    assert (plain(header), currency_of(header)) == (bare, currency)


def test_period_of_one_day_above_the_header_is_the_day_of_its_rows(tmp_path: Path) -> None:
    file = tmp_path / "summary.tsv"
    head = (
        "Report Time: 9/7/2026,9/7/2026\n\nCampaign name\tImpressions\tClicks\tAvg. "
        "CPC\tSpend\nBrand\t10\t1\t2\t2\n"
    )
    file.write_text(head, encoding="utf-8")
    assert rows_of("microsoft-ads", file).rows["date"].item() == pd.Timestamp("2026-09-07")


def test_row_of_several_days_is_known_by_its_last_day(tmp_path: Path) -> None:
    file = tmp_path / "meta.csv"
    head = "Campaign name,Amount spent (USD),Impressions,Reporting starts,Reporting ends\n"
    file.write_text(
        head + "A,1,2,2026-09-01,2026-09-01\nB,1,2,2026-09-01,2026-09-30\n", encoding="utf-8"
    )
    found = rows_of("meta-ads", file)
    assert found.rows["date"].notna().tolist() == [True, False]
    assert found.faults["rule"].tolist() == ["covers more than one day and cannot be booked on one"]


def test_hours_of_a_day_are_rows_of_their_own_and_not_copies(tmp_path: Path) -> None:
    file = tmp_path / "hours.csv"
    file.write_text(
        "日期,小时,推广计划,展现,点击,消费\n2026-09-01,8,品牌,10,1,2\n2026-09-01,9,品牌,11,1,3\n",
        encoding="utf-8",
    )
    assert rows_of("baidu", file).rows["segment"].tolist() == ["8", "9"]


def test_part_of_a_sum_that_cannot_be_read_is_told_and_not_left_out(tmp_path: Path) -> None:
    file = tmp_path / "search.csv"
    head = "日期,推广计划,展现,点击,消费,网页转化,商桥转化\n"
    file.write_text(
        head + "2026-09-01,品牌,10,1,2,1,--\n2026-09-02,品牌,11,1,3,1,n.a.\n", encoding="utf-8"
    )
    found = rows_of("baidu", file)
    assert found.rows["conversions"].iloc[0] == 1
    assert found.faults.empty
    assert found.flags[["column", "value", "rule"]].to_numpy().tolist() == [
        ["conversions", "n.a.", "is no number"]
    ]


def test_micros_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    file = tmp_path / "api.csv"
    head = "segments.date,campaign.name,metrics.impressions,metrics.clicks,metrics.cost_micros\n"
    file.write_text(
        head + "2026-09-01,Brand,10,1,1500000\n2026-09-02,Brand,10,1,free\n", encoding="utf-8"
    )
    found = rows_of("google-ads", file)
    assert found.rows["spend"].iloc[0] == 1.5
    assert found.faults[["column", "value"]].to_numpy().tolist() == [["spend", "free"]]


@pytest.mark.parametrize(("platform", "file"), SAMPLES, ids=lambda one: getattr(one, "name", one))
def test_header_without_rows_is_an_empty_table(platform: str, file: Path) -> None:
    layout = shipped()[platform]
    grid = grid_of(file, layout)
    source = Source(id="ads", table=layout.table, files="*", platform=platform)
    source = source.model_copy(update={"channel": "ads"})
    found = read_rows(replace(grid, rows=grid.rows.iloc[:0]), layout, source, file, "")
    assert found.rows.empty
    assert found.faults.empty


def test_of_two_money_columns_of_one_name_the_first_counts() -> None:
    taken = shipped()["google-ads"].taken(
        ["Day", "Campaign", "Cost", "Cost (USD)", "Cost (Converted currency)"]
    )
    assert taken["spend"] == ("Cost",)


HEAD = "date,campaign_unit,impressions,clicks\n"
PLAIN = Layout.model_validate(
    {
        "name": "plain",
        "table": "channel_daily",
        "columns": {name: [name] for name in HEAD.strip().split(",")},
    }
)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "holds no rows"),
        (" , ,\n", "holds no rows"),
        (
            'A,1\n2026-10-01,"u,1,2\n2026-10-02,u,1,2\n',
            "line 3: a quote opens there and never closes",
        ),
        (
            f'{HEAD}2026-10-01,"{"x" * 1_000_001}",1,2\n',
            "line 2: a cell holds more than 1,000,000 letters",
        ),
        (
            "date,campaign_unit,impressions,Impressions\n2026-10-01,u,1,2\n",
            "header is 'impressions, Impressions': one name stands over columns with different",
        ),
        (
            "date,campaign_unit,clicks,clicks\n2026-10-01,u,1,2\n",
            "header is 'clicks, clicks': one name stands over columns with different",
        ),
    ],
)
def test_what_is_no_sound_table_is_told_in_a_short_sentence(
    text: str, sentence: str, tmp_path: Path
) -> None:
    file = tmp_path / "report.csv"
    file.write_text(text if not text or text.startswith((" ", "date")) else HEAD + text)
    with pytest.raises(PlaybookError) as caught:
        read_grid(file, PLAIN)
    assert sentence in str(caught.value)
    assert len(str(caught.value)) < 400


def test_a_long_cell_and_two_equal_columns_of_one_name_are_read(tmp_path: Path) -> None:
    file = tmp_path / "report.csv"
    file.write_text(
        f"date,campaign_unit,clicks,Clicks\n2026-10-01,{'x' * 200_000},1,1\n", encoding="utf-8"
    )
    assert read_grid(file, PLAIN).rows["clicks"].tolist() == ["1"]


def test_rows_with_fewer_or_more_cells_than_the_header_are_marked(tmp_path: Path) -> None:
    file = tmp_path / "report.csv"
    file.write_text(
        f"{HEAD}2026-10-01,u,1,2\n2026-10-02,u,1\n2026-10-03,u,1,000,5\n2026-10-04,u,1,2,,\n",
        encoding="utf-8",
    )
    assert read_grid(file, PLAIN).uneven == {3: (3, 4), 4: (5, 4)}


def test_an_archive_that_python_cannot_read_is_told(tmp_path: Path) -> None:
    content = zipped("a.csv", HEAD.encode())
    for method in (9, 99):
        file = tmp_path / f"{method}.zip"
        changed = bytearray(content)
        for mark, place in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
            changed[content.index(mark) + place] = method
        file.write_bytes(changed)
        with pytest.raises(PlaybookError, match="pack it plainly"):
            read_grid(file, PLAIN)


def test_signs_that_steer_or_turn_stand_in_no_text_of_any_form(tmp_path: Path) -> None:
    frame = pd.DataFrame({"date": ["2026-10-01"], "campaign_unit": ["a\u202eb\x1b[1m\n\tc"]})
    frame.to_parquet(tmp_path / "a.parquet")
    assert read_parquet(tmp_path / "a.parquet").rows["campaign_unit"].item() == "ab\ufffd[1m c"
    (tmp_path / "a.csv").write_text(
        'date,campaign_unit,"imp\u202eressions"\n2026-10-01,"a\u202eb\x1b[1m\n\tc",1\n',
        encoding="utf-8",
    )
    rows = read_grid(tmp_path / "a.csv", PLAIN).rows
    assert rows["campaign_unit"].item() == "ab\ufffd[1m c"
    assert list(rows) == ["date", "campaign_unit", "impressions", "_line"]


def test_parquet_is_refused_by_its_metadata(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.parquet"
    pd.DataFrame({"date": ["2026-10-01"] * 10, "clicks": 1}).to_parquet(file)
    monkeypatch.setattr(grid, "MOST_TYPED", 10)
    with pytest.raises(PlaybookError, match="is '20 cells': must hold at most 10 cells"):
        read_parquet(file)
    pd.DataFrame({f"c{place}": [1] for place in range(1_200)}).to_parquet(file)
    with pytest.raises(PlaybookError, match="is '1,200 columns': must have at most 1,000"):
        read_parquet(file)
    file.write_bytes(b"PAR1 cut off")
    with pytest.raises(PlaybookError, match="cannot be opened"):
        read_parquet(file)
