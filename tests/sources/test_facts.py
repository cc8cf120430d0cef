"""Rows of one key in one file: added where they are parts of it, copies and contradictions not."""

from pathlib import Path

import pytest

from tests.workspace import HEAD, Workspace, ads

ORDERS = '  orders: {table: "orders", files: "orders/*"}\n'


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def rejected(space: Workspace) -> list[tuple[int, str]]:
    rejects = space.load()["rejects"]
    return list(rejects[["line", "rule"]].itertuples(index=False, name=None))


def test_rows_that_a_column_of_words_tells_apart_are_added_and_told(space: Workspace) -> None:
    head = HEAD.replace("Campaign,", "Campaign,Ad strength,")
    row = "2026-10-01,Brand,{},USD,100,10,{},1,5\n"
    space.put("ads/a.csv", head + row.format("good", 5) + row.format("poor", 7))
    [day] = space.load()["channel_daily"].to_dict("records")
    assert (day["impressions"], day["spend"], day["revenue"]) == (200, 12, 10)
    assert rejected(space) == []
    notes = [str(problem) for problem in space.check()]
    assert "spring/ads/a.csv: 2 rows of a finer grain are summed to 1." in notes


def test_equal_parts_of_a_day_are_parts_and_no_copies(space: Workspace) -> None:
    head = HEAD.replace("Campaign,", "Campaign,Ad strength,")
    row = "2026-10-01,Brand,{},USD,100,10,5,1,5\n"
    space.put("ads/a.csv", head + row.format("good") + row.format("poor"))
    assert space.sums("spend") == [10]


def test_ids_tell_parts_apart_and_other_numbers_do_not(space: Workspace) -> None:
    row = "2026-10-01,Brand,{},USD,100,10,{},1,5\n"
    for name, sums in (("Keyword ID", 12), ("CTR", 0)):
        head = HEAD.replace("Campaign,", f"Campaign,{name},")
        space.put("ads/a.csv", head + row.format(31, 5) + row.format(32, 7))
        assert space.sums("spend") == [sums]


def test_reach_is_missing_where_rows_are_added(tmp_path: Path) -> None:
    entry = (
        '  meta: {table: "channel_daily", files: "*", platform: "meta-ads", channel: "search"}\n'
    )
    space = Workspace(tmp_path, entry)
    head = "Campaign name,Objective,Day,Amount spent (USD),Impressions,Reach,Link clicks\n"
    row = "Prospecting,{},2026-10-{},5,100,{},3\n"
    rows = row.format("a", "01", 60), row.format("b", "01", 70), row.format("a", "02", 50)
    space.put("a.csv", head + "".join(rows))
    table = space.load()["channel_daily"]
    assert table["spend"].tolist() == [10, 5]
    assert table["reach"].isna().tolist() == [True, False]


def test_a_row_that_stands_twice_is_a_copy(space: Workspace) -> None:
    one = "01,Brand,100,10,5,1,50"
    space.put("ads/a.csv", ads(one, one))
    assert space.sums("spend") == [5]
    assert rejected(space) == [(3, "is an exact copy of another row")]


def test_two_rows_that_contradict_each_other_are_both_set_aside(space: Workspace) -> None:
    space.put("ads/a.csv", ads("01,Brand,100,10,5,1,50", "01,Brand,100,10,6,1,50"))
    rule = "stands in one file twice with other values"
    assert rejected(space) == [(2, rule), (3, rule)]


def test_ads_of_one_name_in_two_groups_are_two_units(space: Workspace) -> None:
    head = HEAD.replace("Campaign,", "Campaign,Ad group,Ad name,")
    row = "2026-10-01,Brand,{},Video,USD,100,10,5,1,5\n"
    space.put("ads/a.csv", head + row.format("Men") + row.format("Women"))
    units = space.load()["channel_daily"]["campaign_unit"]
    assert units.tolist() == ["Brand / Men / Video", "Brand / Women / Video"]


def test_days_that_may_be_months_are_set_aside_until_one_day_decides_for_all(
    tmp_path: Path,
) -> None:
    entry = '  own: {table: "channel_daily", files: "own.csv", channel: "search"}\n'
    space = Workspace(tmp_path, entry)
    head = "date,campaign_unit,spend\n3/10/2026,a,5\n4/10/2026,a,7\n"
    space.put("own.csv", head)
    assert {rule for _, rule in rejected(space)} == {
        "may be day/month or month/day, and nothing says which"
    }
    space.put("own.csv", f"{head}13/10/2026,a,9\n")
    assert space.load()["channel_daily"]["date"].dt.strftime("%m-%d").tolist() == [
        "10-03",
        "10-04",
        "10-13",
    ]


def test_two_sources_over_one_file_are_counted_by_source_and_count_once(tmp_path: Path) -> None:
    entry = '  {}: {{table: "channel_daily", files: "a.csv", platform: "google-ads", channel: "search"}}\n'
    space = Workspace(tmp_path, entry.format("one"), entry.format("two"))
    space.put("a.csv", ads("01,Brand,100,10,5,1,50"))
    assert space.sums("spend") == [5]
    quality = space.load()["quality"]
    assert quality[["source", "rows", "kept", "duplicates"]].to_numpy().tolist() == [
        ["one", 1, 1, 0],
        ["two", 1, 0, 1],
    ]


def test_further_lines_of_an_order_belong_to_its_first(tmp_path: Path) -> None:
    space = Workspace(tmp_path, ORDERS)
    head = "order_id,customer_id,ordered_at,revenue,item\n"
    lines = "A1,c,2026-10-01 10:00,30,shirt\nA1,c,,,cap\nA2,d,2026-10-02 11:00,5,cap\n"
    space.put("orders/a.csv", head + lines)
    assert space.load()["orders"]["revenue"].tolist() == [30, 5]
    assert rejected(space) == [(3, "is a further line of the order above it")]


def test_a_total_repeated_on_each_line_of_an_order_counts_once(tmp_path: Path) -> None:
    space = Workspace(tmp_path, ORDERS)
    head = "order_id,customer_id,ordered_at,revenue,item\n"
    lines = "A1,c,2026-10-01 10:00,30,shirt\nA1,c,2026-10-01 10:00,30,cap\n"
    space.put("orders/a.csv", head + lines)
    assert space.load()["orders"]["revenue"].tolist() == [30]


def test_lines_of_an_order_with_other_amounts_contradict_each_other(tmp_path: Path) -> None:
    space = Workspace(tmp_path, ORDERS)
    head = "order_id,customer_id,ordered_at,revenue,item\n"
    lines = "A1,c,2026-10-01 10:00,30,shirt\nA1,c,2026-10-01 10:00,20,cap\n"
    space.put("orders/a.csv", head + lines)
    assert space.load()["orders"].empty
