"""One file as rows of a canonical table: small files whose cells are read by head."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from playbook.errors import ParameterError, PlaybookError
from playbook.params.model import Source
from playbook.sources.canonical import FileRows, layout_of, read_file

HEAD = "date,channel,campaign_unit,impressions,clicks,spend\n"


def source(**changes: Any) -> Source:
    parts = {"id": "ads", "table": "channel_daily", "files": "*.csv"}
    return Source.model_validate(parts | changes)


def read(folder: Path, text: str, columns: str = "", more: str = "", **changes: Any) -> FileRows:
    """Read a file, by a mapping of columns where one is given; a campaign in US dollars."""
    file = folder / "day.csv"
    file.write_text(text, encoding="utf-8")
    if columns:
        table = changes.get("table", "channel_daily")
        mapping = f'name: "Ours"\ntable: "{table}"\n{more}columns:\n{columns}'
        (folder / "own.yml").write_text(mapping, encoding="utf-8")
        changes["mapping"] = "own.yml"
    return read_file(source(**changes), file, "USD", folder)


def told(found: pd.DataFrame) -> list[tuple[int, str, str, str]]:
    names = ["row", "column", "value", "rule"]
    return list(found[names].itertuples(index=False, name=None))


def test_rows_have_every_canonical_column_with_file_and_line(tmp_path: Path) -> None:
    found = read(tmp_path, HEAD + "2026-10-01,search,brand,100,10,5.5\n")
    [row] = found.rows.to_dict("records")
    assert (row["date"], row["clicks"], row["spend"]) == (pd.Timestamp("2026-10-01"), 10.0, 5.5)
    assert (row["_file"], row["_line"]) == (str(tmp_path / "day.csv"), 2)
    assert pd.isna(row["revenue"])
    assert row["currency"] == "USD"
    assert found.faults.empty
    assert found.flags.empty


def test_a_cell_that_cannot_be_read_costs_its_row_only_where_the_row_hangs_on_it(
    tmp_path: Path,
) -> None:
    lines = "soon,search,brand,1,1,1\n2026-10-01,search,brand,ten,1,1\n"
    found = read(tmp_path, HEAD + lines)
    assert told(found.faults) == [(0, "date", "soon", "is no date that can be read")]
    assert told(found.flags) == [(1, "impressions", "ten", "is no number")]
    assert pd.isna(found.rows["impressions"].iloc[1])
    assert found.rows["spend"].tolist() == [1.0, 1.0]


def test_a_day_that_may_be_two_is_told_and_one_that_cannot_settles_the_others(
    tmp_path: Path,
) -> None:
    row = ",search,brand,1,1,1\n"
    unsure = read(tmp_path, HEAD + f"03/04/2026{row}")
    assert [rule for *_, rule in told(unsure.faults)] == [
        "may be day/month or month/day, and nothing says which"
    ]
    settled = read(tmp_path, HEAD + f"03/04/2026{row}25/04/2026{row}")
    assert settled.faults.empty
    assert settled.rows["date"].tolist() == [
        pd.Timestamp("2026-04-03"),
        pd.Timestamp("2026-04-25"),
    ]


def test_an_amount_beyond_what_can_be_counted_and_one_in_other_money_are_told(
    tmp_path: Path,
) -> None:
    row = "2026-10-01,search,brand,1,1,"
    found = read(tmp_path, HEAD + f"{row}1e400\n{row}€5\n{row}$5\n")
    rules = {value: rule for _, _, value, rule in told(pd.concat([found.faults, found.flags]))}
    assert rules["1e400"] == "is not a finite number that can be counted"
    assert "USD" in rules["€5"]
    assert "$5" not in rules
    assert found.rows["spend"].iloc[2] == 5.0


def test_a_row_with_more_or_fewer_cells_than_the_header_is_told_with_their_number(
    tmp_path: Path,
) -> None:
    found = read(
        tmp_path, HEAD + "2026-10-01,search,brand,1,1,1,9\n2026-10-02,search,brand,1,1,1\n"
    )
    assert told(found.faults) == [(0, "", "7 cells", "does not have the 6 cells of the header")]


BASE = '  date: ["Day"]\n  campaign_unit: ["Ad"]\n'


@pytest.mark.parametrize(
    ("head", "cell", "columns", "column", "value"),
    [
        ("Views", "1,234", '  impressions: ["Views"]\n', "impressions", 1234.0),
        ("Cents", "1250", "  spend: {headers: [Cents], divide: {Cents: 100}}\n", "spend", 12.5),
        ("A,B", "2,3", "  conversions: {add: [A, B]}\n", "conversions", 5.0),
        ("A,B", ",3", "  conversions: {add: [A, B]}\n", "conversions", 3.0),
        ("A,B", "x,y", "  segment: {join: [A, B]}\n", "segment", "x / y"),
        ("G", "m", "  segment: {headers: [G], codes: {m: mobile}}\n", "segment", "mobile"),
        ("G", "w", "  segment: {headers: [G], codes: {m: mobile}}\n", "segment", "w"),
        ("G", "m", '  segment: {constant: "all of it"}\n', "segment", "all of it"),
    ],
    ids=["thousands", "divide", "add", "add one", "join", "code", "no code", "constant"],
)
def test_a_column_is_made_as_its_mapping_says(
    tmp_path: Path, head: str, cell: str, columns: str, column: str, value: object
) -> None:
    quoted = f'"{cell}"' if column == "impressions" else cell
    text = f"Day,Ad,{head}\n2026-10-01,a,{quoted}\n"
    found = read(tmp_path, text, BASE + columns, channel="search")
    assert found.rows[column].tolist() == [value]


def test_what_is_no_number_among_those_added_up_stays_to_be_told(tmp_path: Path) -> None:
    text = "Day,Ad,A,B\n2026-10-01,a,2,many\n"
    found = read(tmp_path, text, BASE + "  conversions: {add: [A, B]}\n", channel="search")
    assert pd.isna(found.rows["conversions"].item())
    assert told(found.flags) == [(0, "conversions", "many", "is no number")]


def test_a_date_in_parts_is_put_together(tmp_path: Path) -> None:
    text = "Month,Dom,Ad\nOctober,5,a\n"
    parts = "date_parts: {year: 2026, month: Month, day: Dom}\n"
    found = read(tmp_path, text, '  campaign_unit: ["Ad"]\n', parts, channel="search")
    assert found.rows["date"].tolist() == [pd.Timestamp("2026-10-05")]


def test_the_currency_is_that_of_the_column_then_of_the_header_then_of_the_campaign(
    tmp_path: Path,
) -> None:
    column = read(
        tmp_path,
        "Day,Ad,Cur,Cost (CHF)\n2026-10-01,a,eur,1\n2026-10-01,b,,1\n",
        BASE + '  spend: ["Cost (CHF)"]\n  currency: ["Cur"]\n',
        channel="search",
    )
    assert column.rows["currency"].tolist() == ["EUR", "USD"]
    header = read(
        tmp_path,
        "Day,Ad,Cost (CHF)\n2026-10-01,a,1\n",
        BASE + '  spend: ["Cost (CHF)"]\n',
        channel="search",
    )
    assert header.rows["currency"].tolist() == ["CHF"]
    layout = read(
        tmp_path,
        "Day,Ad,Cost\n2026-10-01,a,1\n",
        BASE + '  spend: ["Cost"]\n',
        'currency: "GBP"\n',
        channel="search",
    )
    assert layout.rows["currency"].tolist() == ["GBP"]


def test_channel_and_segment_of_the_source_go_before_those_of_the_file(tmp_path: Path) -> None:
    text = HEAD + "2026-10-01,google / cpc,brand,1,1,1\n2026-10-01,other,brand,1,1,1\n"
    renamed = read(tmp_path, text, channels={"google / cpc": "search"})
    assert renamed.rows["channel"].tolist() == ["search", "other"]
    one = read(tmp_path, text, channel="search", segment="new")
    assert one.rows["channel"].tolist() == ["search", "search"]
    assert one.rows["segment"].tolist() == ["new", "new"]


def test_rows_left_out_on_purpose_are_told_once_and_not_for_their_cells(tmp_path: Path) -> None:
    text = "Day,Ad,Views\n2026-10-01,a,1\nnever,b,many\n"
    columns = BASE + '  impressions: ["Views"]\n'
    found = read(tmp_path, text, columns, 'where: {Ad: ["a"]}\n', channel="search")
    assert [row for row, *_ in told(found.faults)] == [1]
    assert found.flags.empty


def test_own_columns_of_an_open_table_are_numbers_where_every_cell_is_one(tmp_path: Path) -> None:
    text = "experiment,unit_id,variant,basket,note\ne,u1,a,3.5,1\ne,u2,b,,x\n"
    found = read(tmp_path, text, table="experiment_units").rows
    assert found["basket"].iloc[0] == 3.5
    assert pd.isna(found["basket"].iloc[1])
    assert found["note"].tolist() == ["1", "x"]


def test_typed_columns_of_parquet_are_taken_over_and_what_is_not_finite_is_told(
    tmp_path: Path,
) -> None:
    file = tmp_path / "day.parquet"
    rows = {"channel": ["search"] * 2, "campaign_unit": ["a", "b"], "spend": [1.5, float("inf")]}
    zoned = pd.to_datetime(["2026-10-01T22:30Z"] * 2)
    pd.DataFrame({"date": zoned, **rows}).to_parquet(file)
    found = read_file(source(files="*.parquet"), file, "USD", tmp_path, "Asia/Shanghai")
    assert found.rows["date"].tolist() == [pd.Timestamp("2026-10-02")] * 2
    assert found.rows["spend"].iloc[0] == 1.5
    [(row, column, _, rule)] = told(pd.concat([found.faults, found.flags]))
    assert (row, column, rule) == (1, "spend", "is not a finite number that can be counted")


def test_columns_that_are_needed_and_lack_are_named_with_the_headers_that_would_do(
    tmp_path: Path,
) -> None:
    shop = "Order,Buyer,Sum\n1,c,5\n"
    columns = '  order_id: ["Order"]\n  customer_id: ["Buyer"]\n  ordered_at: ["Paid", "Date"]\n  revenue: ["Sum"]\n'
    with pytest.raises(
        PlaybookError, match=r"orders needs the column\(s\) ordered_at: Paid or Date"
    ):
        read(tmp_path, shop, columns, table="orders", channel="search")
    with pytest.raises(PlaybookError, match=r"say the channel in sources\.ads"):
        read(tmp_path, "Day,Ad\n2026-10-01,a\n", BASE)


def test_a_platform_that_is_none_is_refused_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"sources\.ads\.platform is 'goggle': is none of al"):
        layout_of(source(platform="goggle"), tmp_path)
    assert layout_of(source(platform="google-ads"), tmp_path).table == "channel_daily"
