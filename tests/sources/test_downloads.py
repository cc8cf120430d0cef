"""Which of two downloads counts where both tell the same days, and where both do."""

from pathlib import Path

import pytest

from tests.workspace import HEAD, Workspace, ads


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def rules(space: Workspace) -> list[str]:
    return space.load()["rejects"]["rule"].tolist()


def told(space: Workspace) -> list[str]:
    return [f"{problem.severity}: {problem}" for problem in space.check()]


def test_a_later_download_counts_for_all_days_that_it_covers(space: Workspace) -> None:
    space.put("ads/r 2026-10-02.csv", ads("01,Brand,100,10,5,1,50", "02,Brand,100,10,6,1,50"))
    space.put("ads/r 2026-10-03.csv", ads("02,Brand,100,11,7,3,90", "03,Brand,100,10,8,1,50"))
    assert space.sums("spend", "conversions", "revenue") == [20, 5, 190]
    assert rules(space) == ["is replaced by a later file"]
    [note] = [line for line in told(space) if "again" in line]
    assert note == (
        "note: sources.ads: 2026-10-02 … 2026-10-02: r 2026-10-03.csv tells the days of "
        "r 2026-10-02.csv again, and counts alone."
    )


def test_rows_of_a_renamed_and_of_a_deleted_campaign_go(space: Workspace) -> None:
    space.put(
        "ads/r 1.csv",
        ads("01,Brand,100,10,50,1,0", "01,Old,9,1,0.5,0,0", "01,Generic,300,9,30,1,0"),
    )
    space.put("ads/r 2.csv", ads("01,US Brand,100,10,50,2,0", "01,Generic,300,9,30,1,0"))
    assert space.sums("spend", "conversions") == [80, 3]


def test_one_campaign_renamed_is_known_by_its_numbers(space: Workspace) -> None:
    space.put("ads/r 1.csv", ads("01,Brand,1000,10,50,1,0", "02,Brand,1100,12,60,1,0"))
    space.put("ads/r 2.csv", ads("01,Marke,1000,10,50,2,0", "02,Marke,1100,12,60,1,0"))
    assert space.sums("spend", "conversions") == [110, 3]


def test_two_campaigns_in_files_of_their_own_both_count_and_that_is_told(space: Workspace) -> None:
    space.put("ads/brand.csv", ads("01,Brand,1000,10,50,1,0"))
    space.put("ads/generic.csv", ads("01,Generic,5000,90,70,2,0"))
    assert space.sums("spend", "conversions") == [120, 3]
    [line] = [line for line in told(space) if "both count" in line]
    assert line.startswith("warning: sources.ads: 2026-10-01")
    assert "accept: {overlap: reason}" in line


def test_a_day_without_a_row_between_days_with_some_is_covered(space: Workspace) -> None:
    space.put("ads/r 1.csv", ads("01,Brand,10,1,1,0,0", "02,Brand,10,1,2,0,0", "03,Old,10,1,4,0,0"))
    space.put("ads/r 2.csv", ads("02,Brand,10,1,8,0,0", "04,Brand,10,1,16,0,0"))
    assert space.sums("spend") == [1 + 8 + 16]


def test_days_in_a_long_gap_are_not_covered(space: Workspace) -> None:
    space.put("ads/r 1.csv", ads("02,Brand,10,1,1,0,0", "15,Brand,10,1,2,0,0"))
    space.put("ads/r 2.csv", ads("02,Brand,10,1,4,0,0", "30,Brand,10,1,8,0,0"))
    assert space.sums("spend") == [2 + 4 + 8]


def test_two_levels_of_one_day_are_one_fact(space: Workspace) -> None:
    space.put("ads/1 campaigns.csv", ads("01,Brand,100,10,50,5,0", "01,Generic,10,1,5,1,0"))
    head = HEAD.replace("Campaign,", "Campaign,Ad group,")
    rows = "2026-10-01,{},{},USD,{},{},{},{},0\n"
    groups = [
        rows.format("Brand", "a", 60, 6, 30, 3),
        rows.format("Brand", "b", 40, 4, 20, 2),
        rows.format("Generic", "a", 10, 1, 5, 1),
    ]
    space.put("ads/2 groups.csv", head + "".join(groups))
    assert space.sums("spend", "conversions") == [55, 6]
    assert any("at another level or by another breakdown" in line for line in told(space))


def test_two_breakdowns_of_one_day_are_one_fact(space: Workspace) -> None:
    rows = "2026-10-01,Brand,{},USD,{},1,{},0,0\n"
    for place, (name, parts) in enumerate({"Device": ("Phone", "PC"), "Age": ("18", "25")}.items()):
        head = HEAD.replace("Campaign,", f"Campaign,{name},")
        body = "".join(rows.format(part, 50 + place, 5) for part in parts)
        space.put(f"ads/{place}.csv", head + body)
    assert space.sums("spend") == [10]


def test_parts_of_one_breakdown_in_files_of_their_own_both_count(space: Workspace) -> None:
    head = HEAD.replace("Campaign,", "Campaign,Device,")
    for place, part in enumerate(("Phone", "PC")):
        space.put(
            f"ads/{part}.csv", f"{head}2026-10-01,Brand,{part},USD,5{place},1,{place + 3},0,0\n"
        )
    assert space.sums("spend") == [7]


def test_two_accounts_do_not_replace_each_other(space: Workspace) -> None:
    head = HEAD.replace("Campaign,", "Customer ID,Campaign,")
    for account, cost in ((11, 5), (12, 7)):
        space.put(
            f"ads/{account}.csv",
            head + f"2026-10-01,{account},Brand,USD,{account}0,1,{cost},0,0\n",
        )
    assert space.sums("spend") == [12]


def test_a_later_part_that_replaces_the_whole_is_told_by_its_spend(space: Workspace) -> None:
    space.put("ads/r 1.csv", ads("01,Brand,100,10,50,1,0", "01,Generic,300,9,30,1,0"))
    space.put("ads/r 2.csv", ads("01,Brand,100,10,50,1,0"))
    [line] = [line for line in told(space) if "has less spend" in line]
    assert "'50.00 after 80.00'" in line
    assert "playbook unimport" in line


def test_the_order_of_imports_goes_before_that_of_names(space: Workspace) -> None:
    space.put("ads/r 2026-10-30.csv", ads("01,Brand,100,10,5,1,50"))
    space.put("ads/r 2026-10-02.csv", ads("01,Brand,100,10,6,1,50"))
    entry = """  ads:
    table: "channel_daily"
    files: "ads/*"
    platform: "google-ads"
    channel: "search"
    imported:
      "r 2026-10-30.csv": {at: "2026-11-01T09:00:00"}
      "r 2026-10-02.csv": {at: "2026-11-01T09:00:00"}
"""
    assert space.sums("spend") == [5]
    space.write(entry)
    assert space.sums("spend") == [6]


def test_a_file_that_is_replaced_as_a_whole_tells_nothing(space: Workspace) -> None:
    space.put("ads/a.csv", ads("01,Brand,100,10,5,1,50", "09,Brand,100,10,1,1,50"))
    space.put("ads/b.csv", ads("01,Marke,70,10,6,1,50"))
    entry = """  ads:
    table: "channel_daily"
    files: "ads/*"
    platform: "google-ads"
    channel: "search"
    imported:
      "b.csv": {at: "2026-11-01T09:00:00", replaces: ["a.csv"]}
"""
    space.write(entry)
    assert space.sums("spend") == [6]
