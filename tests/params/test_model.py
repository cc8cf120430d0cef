"""What parameters may say: each rule with the value beside it that still holds."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from playbook.metrics import CATALOGUE
from playbook.params.model import NOT_FOR_GOALS, Channel, Goal, Rate, Source, plain
from tests.stages.shop import campaign


def goal(**changes: Any) -> Goal:
    parts = {
        "id": "sales",
        "name": "Sales",
        "kpi": "revenue",
        "target": 100.0,
        "deadline": "2026-10-31",
        "owner": "s01",
    }
    return Goal.model_validate(parts | changes)


def channel(**changes: Any) -> Channel:
    parts = {"id": "search", "name": "Search", "kind": "paid", "owner": "s01"}
    return Channel.model_validate(parts | changes)


def source(**changes: Any) -> Source:
    parts = {"id": "ads", "table": "channel_daily", "files": "ads/*.csv"}
    return Source.model_validate(parts | changes)


def own_goal(owner: str, weight: float) -> dict[str, Any]:
    return {
        "name": owner,
        "kpi": "revenue",
        "target": 1.0,
        "deadline": "2026-10-31",
        "owner": owner,
        "weight": weight,
    }


@pytest.mark.parametrize("kpi", CATALOGUE)
def test_a_goal_is_on_any_kpi_of_the_catalogue_that_is_computed_over_its_days(kpi: str) -> None:
    if kpi in NOT_FOR_GOALS:
        with pytest.raises(ValidationError, match="not computed over the days of a goal"):
            goal(kpi=kpi)
    else:
        assert goal(kpi=kpi).kpi == kpi


def test_most_spend_may_equal_the_least_and_not_lie_below() -> None:
    assert channel(min_spend=5.0, max_spend=5.0).max_spend == 5.0
    assert channel(min_spend=5.0).max_spend is None
    with pytest.raises(ValidationError, match="max_spend 4 is below min_spend 5"):
        channel(min_spend=5.0, max_spend=4.0)


@pytest.mark.parametrize(
    "files",
    ["ads.csv", "ads/*.csv", "**/ads.csv", "a/**/b/*.csv", "春季/*.csv", "x" * 251 + ".csv"],
)
def test_a_pattern_of_files_may_be(files: str) -> None:
    assert source(files=files).files == files


@pytest.mark.parametrize(
    "files",
    [
        "ads/",
        "ads/..",
        "**",
        "ads/**",
        "a**/b.csv",
        "**/a/**/b.csv",
        "a\nb.csv",
        "x" * 252 + ".csv",
        "春" * 84 + ".csv",
        "a/" * 499 + "ads.csv",
    ],
    ids=["folder", "up", "all", "all below", "half", "twice", "line", "long", "bytes", "deep"],
)
def test_a_pattern_of_files_may_not_be(files: str) -> None:
    with pytest.raises(ValidationError, match="is no usable pattern of files"):
        source(files=files)


@pytest.mark.parametrize("path", ["/etc/passwd", "../other.yml", "a/../../b.yml"])
@pytest.mark.parametrize("field", ["files", "mapping"])
def test_a_path_never_leads_out_of_its_folder(field: str, path: str) -> None:
    with pytest.raises(ValidationError, match="must be a path inside its folder"):
        source(**{field: path})
    assert source(mapping="a..b.yml").mapping == "a..b.yml"


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"platform": "google-ads", "mapping": "own.yml"}, "exclude each other"),
        ({"files": ""}, "one of files and uri"),
        ({"uri": "${DB}"}, "one of files and uri"),
        ({"from_table": "ads"}, "belong to a uri"),
        ({"from_schema": "ads"}, "belong to a uri"),
        ({"files": "", "uri": "postgresql://user:word@host/db"}, "pattern"),
        ({"files": "", "uri": "${db}"}, "pattern"),
    ],
)
def test_a_source_is_read_in_one_way(changes: dict[str, Any], rule: str) -> None:
    with pytest.raises(ValidationError, match=rule):
        source(**changes)


def test_a_database_is_named_by_its_variable_with_table_and_schema() -> None:
    there = source(files="", uri="${MARKETING_DB}", from_table="ads", from_schema="team")
    assert (there.uri, there.history_months) == ("${MARKETING_DB}", 24)


@pytest.mark.parametrize("month", ["2026-10", "2026-10-05"])
def test_a_rate_is_of_a_month_or_of_a_day_and_above_zero(month: str) -> None:
    assert Rate.model_validate({"source": "ECB", "by": {month: 1.1}}).by == {month: 1.1}
    for wrong in ({month: 0.0}, {month: -1.0}, {}, {"2026": 1.1}, {"2026-13": 1.1}):
        with pytest.raises(ValidationError):
            Rate.model_validate({"source": "ECB", "by": wrong})


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"currency": "dollars"}, "ISO 4217"),
        ({"currency": 5}, "ISO 4217"),
        ({"rates": {"EURO": {"source": "ECB", "by": {"2026-10": 1.1}}}}, "EURO is no ISO 4217"),
        ({"timezone": "Shanghai"}, "must be a zone name"),
        ({"timezone": "../etc/localtime"}, "must be a zone name"),
        ({"channels": {}}, "at least 1"),
        ({"sources": {}}, "at least 1"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_campaign_is_refused_where_a_rule_is_broken(changes: dict[str, Any], rule: str) -> None:
    with pytest.raises(ValidationError, match=rule):
        campaign(**changes)


def test_a_period_is_all_of_its_month() -> None:
    february = campaign(period="2028-02")
    assert (february.start, february.end) == (date(2028, 2, 1), date(2028, 2, 29))
    january = february.in_month(february.month.previous)
    assert (january.period, january.end) == ("2028-01", date(2028, 1, 31))
    assert february.period == "2028-02"


def test_who_answers_for_the_heaviest_goal_decides_the_first_of_equals_and_nobody_without() -> None:
    goals = {"a": own_goal("s01", 1.0), "b": own_goal("s02", 3.0), "c": own_goal("s03", 3.0)}
    assert campaign(goals=goals).decider == "s02"
    assert campaign().decider == ""


def test_of_a_campaign_cut_to_some_fields_no_other_can_be_asked() -> None:
    whole = campaign()
    cut = whole.only(["budget"])
    assert (cut.id, cut.period, cut.budget) == (whole.id, whole.period, whole.budget)
    with pytest.raises(AttributeError):
        _ = cut.goals
    assert whole.goals == {}


def test_plain_parameters_are_json_and_say_the_same_again() -> None:
    where = campaign(goals={"a": own_goal("s01", 1.0)})
    said = plain(where)
    assert said["goals"]["a"]["deadline"] == "2026-10-31"
    assert said["name"] == {"zh": "Shop", "en": "Shop"}
    assert type(where).model_validate(said) == where
