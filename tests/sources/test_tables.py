"""From files to canonical tables.

What stays, what is kept aside and why, and what is told at once.
"""

import gzip
import shutil
from pathlib import Path

import pandas as pd
import pytest

from playbook import params, sources
from playbook.errors import PlaybookError
from playbook.params import Campaign
from playbook.sources.contracts import CONTRACTS
from playbook.sources.files import refusals
from playbook.sources.intake import download_order
from playbook.sources.tables import read_once
from tests.workspace import SPRING

CAMPAIGN = (
    SPRING
    + """sources:
  daily: {table: "channel_daily", files: "daily*.csv"}
"""
)
HEAD = "date,channel,currency,campaign_unit,impressions,clicks,spend\n"
GOOD = "2026-10-01,search,USD,brand,100,10,5.5\n"


class Space:
    """A workspace with one campaign of one source."""

    def __init__(self, root: Path) -> None:
        self.root, self.params, self.data = root, root / "params", root / "data"
        (self.params / "spring").mkdir(parents=True)
        (self.data / "spring").mkdir(parents=True)
        (self.params / "spring" / "campaign.yml").write_text(CAMPAIGN, encoding="utf-8")

    def put(self, name: str, text: str) -> None:
        (self.data / "spring" / name).write_text(text, encoding="utf-8")

    @property
    def campaign(self) -> Campaign:
        return params.load("spring", "2026-10", self.params)

    def load(self) -> dict[str, pd.DataFrame]:
        return dict(sources.load(self.campaign, self.data, self.root / "run", self.params))


@pytest.fixture
def space(tmp_path: Path) -> Space:
    return Space(tmp_path)


def test_good_row_stays_and_tables_without_a_source_are_empty(space: Space) -> None:
    space.put("daily.csv", HEAD + GOOD)
    tables = space.load()
    assert tables["channel_daily"]["spend"].tolist() == [5.5]
    assert tables["rejects"].empty
    assert tables["orders"].empty
    assert "customer_id" in tables["orders"]


@pytest.mark.parametrize(
    ("row", "column", "value", "rule"),
    [
        ("2026-10-02,search,USD,brand,10,7,free\n", "spend", "free", "is no number"),
        ("soon,search,USD,brand,10,7,1\n", "date", "soon", "is no date that can be read"),
        (
            "2026-10-01 ~ 2026-10-07,search,USD,brand,10,7,1\n",
            "date",
            "2026-10-01 ~ 2026-10-07",
            "covers more than one day and cannot be booked on one",
        ),
        (
            "2026-10-02,radio,USD,brand,10,7,1\n",
            "channel",
            "radio",
            "is no channel of the parameters",
        ),
        (
            "2026-10-02,search,EUR,brand,10,7,1\n",
            "currency",
            "EUR",
            "is not the campaign's currency USD",
        ),
    ],
)
def test_row_that_breaks_a_rule_is_kept_aside_with_its_reason(
    space: Space, row: str, column: str, value: str, rule: str
) -> None:
    space.put("daily.csv", HEAD + GOOD + row)
    tables = space.load()
    assert len(tables["channel_daily"]) == 1
    [told] = tables["rejects"].to_dict("records")
    assert (told["file"], told["line"]) == ("spring/daily.csv", 3)
    assert (told["column"], told["value"], told["rule"]) == (column, value, rule)


@pytest.mark.parametrize(
    ("row", "column", "value", "rule"),
    [
        (
            "2026-10-02,search,USD,brand,10,70,1\n",
            "clicks, impressions",
            "70, 10",
            "clicks must not exceed impressions",
        ),
        ("2026-10-02,search,USD,brand,10,7,-1\n", "spend", "-1", "spend is below zero"),
        ("2026-10-02,search,USD,brand,ten,7,1\n", "impressions", "ten", "is no number"),
    ],
)
def test_row_with_something_odd_stays_with_its_spend_and_is_told(
    space: Space, row: str, column: str, value: str, rule: str
) -> None:
    space.put("daily.csv", HEAD + GOOD + row)
    tables = space.load()
    assert tables["rejects"].empty
    assert tables["channel_daily"]["spend"].tolist() == [5.5, float(row.split(",")[-1])]
    [told] = tables["flags"].to_dict("records")
    assert (told["file"], told["line"]) == ("spring/daily.csv", 3)
    assert (told["column"], told["value"], told["rule"]) == (column, value, rule)


def test_kept_row_holds_the_whole_row_as_it_stood(space: Space) -> None:
    space.put("daily.csv", HEAD + "2026-10-02,search,USD,brand,ten,7,free\n")
    assert '"impressions":"ten"' in space.load()["rejects"]["row"].item()


def test_exact_copy_of_a_row_is_dropped_and_told(space: Space) -> None:
    space.put("daily.csv", HEAD + GOOD + GOOD)
    tables = space.load()
    assert len(tables["channel_daily"]) == 1
    assert tables["rejects"]["rule"].tolist() == ["is an exact copy of another row"]


def test_later_file_wins_where_downloads_overlap(space: Space) -> None:
    space.put("daily-1.csv", HEAD + GOOD)
    space.put("daily-2.csv", HEAD + GOOD.replace("5.5", "6.5"))
    tables = space.load()
    assert tables["channel_daily"]["spend"].tolist() == [6.5]
    assert tables["rejects"]["rule"].tolist() == ["is replaced by a later file"]


def test_later_download_is_told_by_the_last_day_then_the_numbers_of_its_name() -> None:
    later = [
        ("Campaigns-Sep-1-2026-Sep-30-2026.csv", "Campaigns-Oct-1-2026-Oct-31-2026.csv"),
        ("report_9.csv", "report_10.csv"),
        ("计划报表_20260905_173656.csv", "计划报表_20260912_093000.csv"),
        ("report.csv", "report (1).csv"),
        ("report (9).csv", "report (10).csv"),
    ]
    for pair in later:
        assert sorted(map(Path, reversed(pair)), key=download_order) == list(map(Path, pair))


def test_two_rows_of_one_key_in_one_file_are_both_kept_aside(space: Space) -> None:
    space.put("daily.csv", HEAD + GOOD + GOOD.replace("5.5", "6.5"))
    tables = space.load()
    assert tables["channel_daily"].empty
    assert tables["rejects"]["rule"].tolist() == ["stands in one file twice with other values"] * 2


def test_nothing_is_lost_every_row_stays_or_has_a_reason(space: Space) -> None:
    space.put(
        "daily.csv",
        HEAD
        + GOOD
        + GOOD
        + "soon,search,USD,brand,1,1,1\n"
        + "2026-10-03,search,USD,brand,1,5,1\n",
    )
    tables = space.load()
    [quality] = tables["quality"].to_dict("records")
    assert quality["rows"] == 4
    assert quality["kept"] + tables["rejects"]["line"].nunique() == 4


def test_second_load_reads_what_the_first_has_kept(space: Space) -> None:
    space.put("daily.csv", HEAD + GOOD)
    first = space.load()
    stored = space.root / "run" / "tables" / "canonical" / "channel_daily.parquet"
    stamp = stored.stat().st_mtime_ns
    second = space.load()
    assert stored.stat().st_mtime_ns == stamp
    assert first.keys() == second.keys()
    pd.testing.assert_frame_equal(first["channel_daily"], second["channel_daily"])


def test_changed_file_is_read_again(space: Space) -> None:
    space.put("daily.csv", HEAD + GOOD)
    space.load()
    space.put("daily.csv", HEAD + GOOD.replace("5.5", "7"))
    assert space.load()["channel_daily"]["spend"].tolist() == [7]


def test_reject_in_the_csv_keeps_a_formula_as_text(space: Space) -> None:
    space.put("daily.csv", HEAD + "2026-10-01,=cmd|calc,USD,brand,1,1,1\n")
    space.load()
    text = (space.root / "run" / "tables" / "rejects.csv").read_text(encoding="utf-8-sig")
    assert ",'=cmd|calc," in text


def test_source_without_a_file_is_told_with_what_is_there(space: Space) -> None:
    space.put("other.csv", HEAD)
    with pytest.raises(PlaybookError, match=r"no file has such a name; there are: other\.csv"):
        space.load()


def test_unknown_platform_is_told_once_with_the_folder_of_its_parameters(space: Space) -> None:
    text = CAMPAIGN.replace('files: "daily*.csv"', 'files: "daily*.csv", platform: "goggle"')
    (space.params / "spring" / "campaign.yml").write_text(text, encoding="utf-8")
    for name in ("daily-1.csv", "daily-2.csv"):
        space.put(name, HEAD + GOOD)
    [told] = sources.check(space.campaign, space.data, space.params)
    assert (told.file, told.place) == (str(space.params / "spring"), "sources.daily.platform")


def test_file_without_a_needed_column_is_told(space: Space) -> None:
    space.put("daily.csv", "day,channel,impressions,clicks\n2026-10-01,search,1,1\n")
    with pytest.raises(PlaybookError, match=r"needs the column\(s\) date"):
        space.load()


def test_check_tells_every_problem_at_once_with_counts(space: Space) -> None:
    wrong = "".join(f"2026-10-0{day},search,USD,brand,1,5,1\n" for day in (2, 3, 4))
    space.put("daily.csv", HEAD + wrong + "soon,search,USD,brand,1,1,1\n")
    told = sources.check(space.campaign, space.data, space.params)
    weight = [problem.severity for problem in told]
    assert weight == ["error", "error", "warning"]
    assert "25% of it is set aside" in str(told[0])
    assert "line 5, date is 'soon'" in str(told[1])
    assert "line 2, clicks, impressions" in str(told[2])
    assert "(3 rows)" in str(told[2])


def test_unknown_file_enters_through_a_mapping_beside_the_parameters(space: Space) -> None:
    text = CAMPAIGN.replace(
        'files: "daily*.csv"', 'files: "shop.csv", mapping: "shop.yml", channel: "search"'
    )
    (space.params / "spring" / "campaign.yml").write_text(text, encoding="utf-8")
    mapping = """
name: "Our shop"
table: "channel_daily"
date_parts: {year: 2026, month: "Month", day: "Day of month"}
columns:
  campaign_unit: {join: ["Shop", "Shelf"]}
  impressions: ["Views"]
  spend: {headers: ["Cents"], divide: {Cents: 100}}
  segment: {headers: ["Group"], codes: {"#N/A": "unknown"}}
"""
    (space.params / "spring" / "shop.yml").write_text(mapping, encoding="utf-8")
    space.put(
        "shop.csv",
        "Month,Day of month,Shop,Shelf,Views,Cents,Group\nOctober,5,Main,Top,7,1250,#N/A\n",
    )
    [row] = space.load()["channel_daily"].to_dict("records")
    assert (str(row["date"].date()), row["campaign_unit"], row["spend"], row["segment"]) == (
        "2026-10-05",
        "Main / Top",
        12.5,
        "unknown",
    )


@pytest.mark.parametrize(
    ("mapping", "told"),
    [
        (
            'name: "x"\ntable: "channel_daily"\ncolumns: {fame: ["F"]}',
            "channel_daily has no column fame",
        ),
        (
            'name: "x"\ntable: "channel_daily"\ncolumns: {clicks: {add: ["a"], join: ["b"]}}',
            "must say one of headers",
        ),
        ('name: "x"\ntable: "nowhere"\ncolumns: {}', "table"),
        ("name: [", "cannot be read as YAML"),
    ],
)
def test_fault_of_a_mapping_is_told_with_its_file(space: Space, mapping: str, told: str) -> None:
    text = CAMPAIGN.replace('files: "daily*.csv"', 'files: "daily.csv", mapping: "shop.yml"')
    (space.params / "spring" / "campaign.yml").write_text(text, encoding="utf-8")
    (space.params / "spring" / "shop.yml").write_text(mapping, encoding="utf-8")
    space.put("daily.csv", HEAD + GOOD)
    with pytest.raises(PlaybookError) as caught:
        space.load()
    assert "shop.yml" in str(caught.value)
    assert told in str(caught.value)


@pytest.mark.parametrize("packed", [False, True])
def test_file_too_large_for_memory_is_refused_before_it_is_read(
    space: Space, monkeypatch: pytest.MonkeyPatch, packed: bool
) -> None:
    content = (HEAD + GOOD * 100).encode()
    (space.data / "spring" / "daily.csv").write_bytes(gzip.compress(content) if packed else content)
    monkeypatch.setattr(refusals, "MOST_BYTES", 1000)
    with pytest.raises(PlaybookError, match="must hold at most 0 MB unpacked"):
        space.load()


def test_days_of_parquet_are_the_campaigns_whether_zoned_or_written_as_a_number(
    space: Space,
) -> None:
    text = CAMPAIGN.replace('timezone: "UTC"', 'timezone: "Asia/Shanghai"').replace(
        "daily*.csv", "*.parquet"
    )
    (space.params / "spring" / "campaign.yml").write_text(text, encoding="utf-8")
    zoned = pd.to_datetime(["2026-10-01T22:30Z"])
    for name, dates in (
        ("a", zoned),
        ("b", pd.Series([20261005])),
        ("c", pd.Series(["2026-10-07"])),
    ):
        frame = pd.DataFrame({"date": dates, "channel": ["search"], "impressions": [1]})
        frame.to_parquet(space.data / "spring" / f"{name}.parquet")
    assert space.load()["channel_daily"]["date"].dt.strftime("%m-%d").tolist() == [
        "10-02",
        "10-05",
        "10-07",
    ]


def test_broken_parquet_is_told(space: Space) -> None:
    text = CAMPAIGN.replace("daily*.csv", "*.parquet")
    (space.params / "spring" / "campaign.yml").write_text(text, encoding="utf-8")
    (space.data / "spring" / "a.parquet").write_bytes(b"PAR1 cut off")
    with pytest.raises(PlaybookError, match=r"a\.parquet: cannot be opened"):
        space.load()


def read_for_a_run(space: Space, last_run: Path | None = None) -> None:
    read_once(
        space.campaign,
        space.data,
        space.root / "run",
        space.params,
        sources.inputs(space.campaign, space.data, space.params),
        last_run or space.root / "nowhere",
    )


def test_tables_of_a_run_stay_as_they_were_read_whatever_becomes_of_the_files(space: Space) -> None:
    space.put("daily.csv", HEAD + GOOD)
    read_for_a_run(space)
    space.put("daily.csv", HEAD + GOOD.replace(",10,", ",20,"))
    assert space.load()["channel_daily"]["clicks"].tolist() == [10]


def test_tables_of_a_run_are_read_again_when_other_columns_or_channels_are_meant(
    space: Space,
) -> None:
    space.put("daily.csv", HEAD + GOOD)
    read_for_a_run(space)
    file = space.params / "spring" / "campaign.yml"
    file.write_text(CAMPAIGN.replace("USD", "EUR"), encoding="utf-8")
    assert space.load()["channel_daily"].empty


def test_run_takes_over_the_tables_of_the_last_one_if_it_would_read_the_same(space: Space) -> None:
    space.put("daily.csv", HEAD + GOOD)
    read_for_a_run(space)
    last = Path(shutil.move(space.root / "run", space.root / "last"))
    marked = last / "tables" / "canonical" / "channel_daily.parquet"
    pd.read_parquet(marked).assign(clicks=77).to_parquet(marked)
    read_for_a_run(space, last)
    assert space.load()["channel_daily"]["clicks"].tolist() == [77]
    space.put("daily.csv", HEAD + GOOD.replace(",10,", ",20,"))
    shutil.rmtree(space.root / "run")
    read_for_a_run(space, last)
    assert space.load()["channel_daily"]["clicks"].tolist() == [20]


@pytest.mark.parametrize("damaged", ["[", '"x"', ""])
def test_damaged_record_of_the_tables_lets_them_be_read_again(space: Space, damaged: str) -> None:
    space.put("daily.csv", HEAD + GOOD)
    space.load()
    (space.root / "run" / "tables" / "sources.json").write_text(damaged, encoding="utf-8")
    assert space.load()["channel_daily"]["clicks"].tolist() == [10]


def test_stored_table_is_read_when_it_is_asked_for_and_not_before(space: Space) -> None:
    space.put("daily.csv", HEAD + GOOD)
    read_for_a_run(space)
    tables = sources.load(space.campaign, space.data, space.root / "run", space.params)
    assert set(tables) == {*CONTRACTS, "rejects", "flags", "claims", "losses", "quality"}
    assert len(tables) == len(CONTRACTS) + 5
    (space.root / "run" / "tables" / "canonical" / "audience.parquet").unlink()
    assert tables["channel_daily"] is tables["channel_daily"]
    with pytest.raises(FileNotFoundError):
        tables["audience"]
    with pytest.raises(KeyError):
        tables["nowhere"]
