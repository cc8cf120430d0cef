"""Units: what a download can tell apart, by levels, numbers and accounts."""

import pandas as pd
import pytest

from playbook.sources import units
from playbook.sources.files.layout import Layout, shipped


def layout() -> Layout:
    unit = {
        "levels": {
            "account": ["Account"],
            "campaign": ["Campaign"],
            "group": ["Group"],
            "ad": ["Ad"],
        },
        "ids": {"account": ["Account ID"], "campaign": ["Campaign ID"], "ad": ["Ad ID"]},
    }
    content = {"name": "a", "table": "channel_daily", "columns": {"campaign_unit": unit}}
    return Layout.model_validate(content)


def named(**columns: list[str]) -> list[str]:
    texts = pd.DataFrame({name.replace("_", " "): column for name, column in columns.items()})
    return units.names(texts, layout()).tolist()


def test_one_ad_name_in_two_groups_is_two_units() -> None:
    assert named(Group=["Men", "Women"], Ad=["Video", "Video"]) == ["Men / Video", "Women / Video"]


def test_the_order_is_that_of_the_platform_not_that_of_the_file() -> None:
    assert named(Ad=["Video"], Campaign=["Spring"]) == ["Spring / Video"]


def test_one_name_over_two_numbers_bears_the_number_and_others_do_not() -> None:
    numbered = named(Campaign=["Brand", "Brand", "Other"], Campaign_ID=["11", "12", "13"])
    assert numbered == ["Brand [11]", "Brand [12]", "Other"]


def test_a_level_without_a_name_is_called_by_its_number() -> None:
    assert named(Campaign_ID=["11"], Group=["Men"]) == ["11 / Men"]


def test_a_blank_level_leaves_no_stroke() -> None:
    blank = named(Campaign=["Spring", "Spring", ""], Ad=["Video", "--", "Video"])
    assert blank == ["Spring / Video", "Spring", "Video"]


def test_an_account_is_part_of_the_unit_only_where_the_file_holds_several() -> None:
    assert named(Account=["A", "A"], Campaign=["x", "y"]) == ["x", "y"]
    assert named(Account=["A", "B"], Campaign=["x", "x"]) == ["A / x", "B / x"]


def test_a_file_without_any_level_has_no_unit() -> None:
    assert units.names(pd.DataFrame({"Day": ["2026-09-01"]}), layout()) is None


def test_levels_and_parts_are_those_that_the_file_tells() -> None:
    texts = pd.DataFrame({"Ad": ["Video"], "Campaign": ["Spring"], "Account": ["A"]})
    assert units.levels(texts, layout()) == ("campaign", "ad")
    parts = units.parts(texts, layout())
    assert parts.to_dict("records") == [{"campaign": "Spring", "ad": "Video"}]


def test_an_account_is_known_by_its_number_before_its_name() -> None:
    texts = pd.DataFrame({"Account": ["A"], "Account ID": ["7"], "Campaign": ["x"]})
    assert units.accounts(texts, layout()).tolist() == ["7"]
    assert units.accounts(texts[["Campaign"]], layout()).tolist() == [""]


@pytest.mark.parametrize("platform", shipped())
def test_every_mapping_says_who_tells_its_numbers(platform: str) -> None:
    assert shipped()[platform].kind in ("ads", "analytics", "shop")
