"""Downloads as people met them, rebuilt small, against what a person reads off them."""

from pathlib import Path

import pytest

from playbook.errors import PlaybookError
from playbook.params.model import Source
from playbook.sources.canonical import read_file
from playbook.sources.files.grid import first_lines, read_grid
from playbook.sources.files.layout import shipped
from playbook.sources.imports.recognition import recognise
from tests.sources.files.test_fuzz import zipped
from tests.sources.files.test_sheets import workbook

GOOGLE = "Day,Campaign,Currency code,Impr.,Clicks,Cost,Conversions,Conv. value\n"
META = '"Campaign name",Day,"Amount spent (USD)",Impressions,"Link clicks"\n'


def put(tmp_path: Path, content: str | bytes, name: str = "report.csv") -> Path:
    file = tmp_path / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def sums(file: Path, platform: str) -> tuple[float, int, int]:
    """Return the spend of a file's sound rows, how many they are, and its total rows."""
    source = Source(id="a", table="channel_daily", files="*", platform=platform, channel="ads")
    found = read_file(source, file, "USD", Path())
    sound = found.rows[~found.rows.index.isin(found.faults["row"])]
    return float(sound["spend"].sum()), len(sound), found.totals


def test_campaigns_that_begin_with_a_number_sign_are_rows(tmp_path: Path) -> None:
    rows = (
        "2026-09-01,Brand,USD,1000,100,50.00,5,500\n2026-09-01,#BackToSchool,USD,2000,80,200.00,4,300\n"
        "2026-09-02,#BackToSchool,USD,2000,80,200.00,4,300\n2026-09-02,Generic,USD,1,1,100.00,4,3\n"
    )
    file = put(tmp_path, f"Campaign report\n{GOOGLE}{rows}")
    assert sums(file, "google-ads") == (550, 4, 0)
    meta = f'{META},,350.00,14000,210\nBrand,2026-09-01,50,1,1\n"#Back",2026-09-01,300,1,1\n'
    assert sums(put(tmp_path, meta), "meta-ads") == (350, 2, 1)


def test_downloads_one_after_the_other_in_a_file_are_all_read(tmp_path: Path) -> None:
    rows = "2026-08-30,Brand,USD,1000,100,50.00,5,500\n2026-08-31,Brand,USD,1000,100,60.00,5,500\n"
    later = rows.replace("2026-08", "2026-07")
    assert sums(put(tmp_path, GOOGLE + rows + GOOGLE + later), "google-ads") == (220, 4, 0)


def test_a_lone_quote_in_a_name_between_tabs_loses_no_row(tmp_path: Path) -> None:
    rows = [
        "Day\tCampaign\tCurrency code\tImpr.\tClicks\tCost",
        "2026-09-01\tBrand\tUSD\t1000\t100\t50.00",
        '2026-09-01\t"best" shoes\tUSD\t500\t50\t25.00',
        '2026-09-01\t"12 inch rack\tUSD\t300\t30\t15.00',
        "2026-09-02\tBrand\tUSD\t1000\t100\t50.00",
        "2026-09-02\tGeneric\tUSD\t900\t90\t45.00",
    ]
    assert sums(put(tmp_path, "\n".join(rows)), "google-ads") == (185, 5, 0)


def test_thousands_without_quotes_in_the_last_column_are_set_aside_and_never_read_as_one(
    tmp_path: Path,
) -> None:
    head = "Day,Campaign,Currency code,Impr.,Clicks,Conversions,Conv. value,Cost\n"
    rows = "2026-09-01,B,USD,1,1,5,500.00,950.00\n2026-09-02,B,USD,1,1,5,500.00,1,045.50\n"
    assert sums(put(tmp_path, head + rows), "google-ads") == (950, 1, 0)


def test_western_letters_of_an_older_spreadsheet_come_out_right(tmp_path: Path) -> None:
    rows = "2026-09-01,Zürich – Café,USD,1,1,5,1,1\n2026-09-01,München Frühling,USD,1,1,5,1,1\n"
    file = put(tmp_path, (GOOGLE + rows).encode("cp1252"))
    grid = read_grid(file, shipped()["google-ads"])
    assert grid.rows["Campaign"].tolist() == ["Zürich – Café", "München Frühling"]
    french = (
        'Nom de la campagne,Jour,Montant dépensé (USD),Impressions\nÉté,2026-09-01,"120.50",9\n'
    )
    assert recognise(put(tmp_path, french.encode("cp1252"))) == ("meta-ads",)


def test_the_summary_row_of_one_day_is_not_added_to_its_campaigns(tmp_path: Path) -> None:
    head = '"Reporting starts","Reporting ends","Campaign name","Amount spent (USD)",Impressions\n'
    day = "2026-09-01,2026-09-01"
    rows = f"{day},,250.00,13000\n{day},Prospecting,150.00,9000\n{day},Retargeting,100.00,4000\n"
    assert sums(put(tmp_path, head + rows), "meta-ads") == (250, 2, 1)


def test_a_first_line_that_says_the_sign_between_cells_is_heard(tmp_path: Path) -> None:
    text = "sep=;\nDay;Campaign;Currency code;Impr.;Clicks;Cost\n2026-09-01;B;USD;1;1;50.00\n"
    assert sums(put(tmp_path, text), "google-ads") == (50, 1, 0)


AUGUST = [["Campaign name", "Day", "Amount spent (USD)"], ["P", "2026-08-31", 100]]
SEPTEMBER = [["Day", "Campaign name", "Amount spent (USD)"], ["2026-09-01", "P", 101]]
OTHER = [["Day", "Campaign", "Impr.", "Cost"], ["2026-09-01", "B", 1, 7]]


def test_sheets_of_one_kind_are_read_together_and_lines_count_on(tmp_path: Path) -> None:
    file = put(tmp_path, workbook(("Aug", AUGUST), ("Sep", SEPTEMBER)), "a.xlsx")
    assert sums(file, "meta-ads") == (201, 2, 0)
    grid = read_grid(file, shipped()["meta-ads"])
    assert grid.rows["_line"].tolist() == [2, 4]
    assert grid.notes == ("2 tables are read together: Aug, Sep",)


def test_a_sheet_of_another_kind_is_told_and_read_where_it_is_asked_for(tmp_path: Path) -> None:
    file = put(tmp_path, workbook(("Google", OTHER), ("Facebook", AUGUST)), "a.xlsx")
    assert recognise(file) == ("google-ads",)
    for platform, spend, other in (("google-ads", 7, "Facebook"), ("meta-ads", 100, "Google")):
        assert sums(file, platform) == (spend, 1, 0)
        [note] = read_grid(file, shipped()[platform]).notes
        assert f"the table '{other}' holds another table" in note


def test_a_sheet_that_repeats_the_rows_of_others_is_not_added_to_them(tmp_path: Path) -> None:
    whole = [*AUGUST, ["P", "2026-09-01", 101]]
    for sheets in (
        [("All", whole), ("Aug", AUGUST), ("Sep", SEPTEMBER)],
        [("Aug", AUGUST), ("Sep", SEPTEMBER), ("All", whole)],
    ):
        file = put(tmp_path, workbook(*sheets), "a.xlsx")
        assert sums(file, "meta-ads") == (201, 2, 0)
        notes = read_grid(file, shipped()["meta-ads"]).notes
        assert any("repeats rows of another, and is not read" in note for note in notes)


def test_a_hidden_sheet_beside_a_shown_one_is_told_and_not_read(tmp_path: Path) -> None:
    file = put(tmp_path, workbook(("Aug", AUGUST), ("Sep", SEPTEMBER), hidden="Sep"), "a.xlsx")
    assert sums(file, "meta-ads") == (100, 1, 0)
    [note] = read_grid(file, shipped()["meta-ads"]).notes
    assert note == "the table 'Sep' is hidden and holds a table, and is not read"


def test_a_table_that_stands_in_a_hidden_sheet_alone_is_told(tmp_path: Path) -> None:
    sheets = workbook(("Note", [["by hand"]]), ("Aug", AUGUST), hidden="Aug")
    file = put(tmp_path, sheets, "a.xlsx")
    for read in (first_lines, lambda each: read_grid(each, shipped()["meta-ads"])):
        with pytest.raises(PlaybookError, match="sheet Aug: its table stands in a hidden sheet"):
            read(file)


def test_a_stray_cell_beside_the_table_is_told_and_no_total(tmp_path: Path) -> None:
    file = put(tmp_path, workbook(("Aug", [*AUGUST, [None, None, None, None, 9]])), "a.xlsx")
    assert sums(file, "meta-ads") == (100, 1, 0)
    [note] = read_grid(file, shipped()["meta-ads"]).notes
    assert note == "line 3 holds cells in no column of the table (1 rows so), and is not read"


def test_a_summary_sheet_first_does_not_hide_the_platform_s_own(tmp_path: Path) -> None:
    summary = [["Channel", "Budget left", "Comment"], ["Meta", 5, "fine"]]
    august = [[*AUGUST[0], "Link clicks"], [*AUGUST[1], 3]]
    file = put(tmp_path, workbook(("Summary", summary), ("Aug", august)), "a.xlsx")
    assert recognise(file) == ("meta-ads",)
    assert sums(file, "meta-ads") == (100, 1, 0)


@pytest.mark.parametrize("many", [300, 200_000])
def test_a_cell_of_any_length_is_read_and_shortened_where_headers_are_looked_for(
    many: int, tmp_path: Path
) -> None:
    file = put(tmp_path, f"{META}{'x' * many},2026-09-01,5,1,1\n")
    assert sums(file, "meta-ads") == (5, 1, 0)
    assert len(first_lines(file)[1][1][0]) == 300


def test_a_header_that_is_a_text_is_told(tmp_path: Path) -> None:
    file = put(tmp_path, f"Day,Campaign,Cost,a{' ' * 300_000}b\n2026-09-01,B,5,1\n")
    with pytest.raises(PlaybookError, match="line 1: a header holds more than 2,000 letters"):
        read_grid(file, shipped()["google-ads"])


def test_names_break_no_line_and_turn_no_direction(tmp_path: Path) -> None:
    file = put(tmp_path, f'{META}"a\r\nb\tc\u202ed\u200e",2026-09-01,5,1,1\n')
    assert read_grid(file, shipped()["meta-ads"]).rows["Campaign name"].tolist() == ["a b cd"]


def one_day(day: str) -> str:
    """Return a report of one day whose rows do not say it."""
    rows = "Campaign name\tImpressions\tClicks\tAvg. CPC\tSpend\nBrand\t10\t1\t2\t2.50\n"
    return f"Report Time: {day},{day}\n\n{rows}"


def test_reports_of_two_days_whose_rows_do_not_say_it_are_not_booked_on_one(tmp_path: Path) -> None:
    contents = [one_day("9/7/2026").encode(), one_day("9/8/2026").encode()]
    told = ("states another period (2026-09-08), and is not read", "another table begins in line 7")
    for content, words in zip((zipped(*contents), b"".join(contents)), told, strict=True):
        file = put(tmp_path, content)
        assert sums(file, "microsoft-ads") == (2.5, 1, 0)
        assert any(words in note for note in read_grid(file, shipped()["microsoft-ads"]).notes)
