"""What became of each file, against rows counted by hand."""

import pandas as pd
import pytest

from tests.sources.test_tables import CAMPAIGN, GOOD, HEAD, Space


@pytest.fixture
def space(tmp_path) -> Space:  # type: ignore[no-untyped-def]
    return Space(tmp_path)


def test_every_row_is_kept_rejected_or_a_duplicate_and_sums_tell_the_loss(space: Space) -> None:
    space.put(
        "daily-1.csv",
        HEAD + GOOD + "2026-10-02,search,USD,brand,200,20,8\n2026-10-03,search,EUR,brand,9,5,4\n",
    )
    space.put("daily-2.csv", HEAD + GOOD.replace("5.5", "6.5"))
    first, second = space.load()["quality"].to_dict("records")
    assert [first[name] for name in ("rows", "kept", "rejected", "duplicates")] == [3, 1, 1, 1]
    assert [second[name] for name in ("rows", "kept", "rejected", "duplicates")] == [1, 1, 0, 0]
    assert (first["spend_before"], first["spend_after"]) == (17.5, 8.0)
    assert pd.isna(first["revenue_before"])
    assert (first["platform"], first["last_day"]) == ("(canonical)", pd.Timestamp("2026-10-03"))


def test_second_download_of_a_name_wins_over_the_first(space: Space) -> None:
    space.put("daily.csv", HEAD + GOOD)
    space.put("daily (2).csv", HEAD + GOOD.replace("5.5", "7.5"))
    space.put("daily (10).csv", HEAD + GOOD.replace("5.5", "9.5"))
    assert space.load()["channel_daily"]["spend"].to_list() == [9.5]


def test_campaign_without_readable_rows_has_typed_quality(space: Space) -> None:
    (space.params / "spring" / "campaign.yml").write_text(CAMPAIGN, encoding="utf-8")
    space.put("daily.csv", HEAD)
    [row] = space.load()["quality"].to_dict("records")
    assert (row["rows"], row["kept"]) == (0, 0)
    assert pd.isna(row["first_day"])
