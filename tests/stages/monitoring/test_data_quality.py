"""Against files of which it is known what was lost, and a channel's missing days."""

from typing import Any

import pandas as pd
import pytest

from playbook.report.messages import messages
from playbook.sources.quality import Loss, losses_table, table
from playbook.stages.monitoring.data_quality import (
    loss_findings,
    quality_claims,
    quality_findings,
    quality_gaps,
    quality_losses,
    quality_odd,
    quality_reach,
    quality_rejects,
    quality_sources,
    quality_summary,
    quality_sums,
)
from tests.stages.shop import campaign


def _file(**changes: Any) -> dict[str, Any]:
    return {
        "file": "google/october.csv",
        "table": "channel_daily",
        "platform": "google-ads",
        "rows": 10.0,
        "kept": 6.0,
        "rejected": 3.0,
        "duplicates": 1.0,
        "first_day": pd.Timestamp("2026-10-01"),
        "last_day": pd.Timestamp("2026-10-28"),
        "spend_before": 100.0,
        "spend_after": 60.0,
    } | changes


def test_file_that_ends_early_says_by_how_many_days() -> None:
    files = table([_file(), _file(last_day=pd.Timestamp("2026-11-05")), _file(last_day=pd.NaT)])
    found = quality_sources(campaign(), {"quality": files})
    assert found["freshness_days"].fillna(-1).to_list() == [3.0, 0.0, -1.0]
    assert found.loc[0, ["rows", "kept", "rejected", "duplicates", "spend_after"]].to_list() == [
        10,
        6,
        3,
        1,
        60,
    ]


def test_without_files_the_tables_are_empty_and_have_their_columns() -> None:
    assert "freshness_days" in quality_sources(campaign(), {})
    assert quality_sources(campaign(), {}).empty
    assert quality_rejects({}).columns.to_list() == ["table", "reason", "file", "rows", "example"]


def test_rejects_are_counted_once_a_row_with_the_first_as_example() -> None:
    aside = pd.DataFrame(
        {
            "file": ["a", "a", "a", "b"],
            "line": [3, 4, 4, 9],
            "table": "channel_daily",
            "column": ["clicks", "x", "y", "date"],
            "value": ["7", "", "", "soon"],
            "rule": ["too many", "too many", "too many", "no date"],
        }
    )
    found = quality_rejects({"rejects": aside})
    assert found[["reason", "file", "rows"]].to_numpy().tolist() == [
        ["too many", "a", 2.0],
        ["no date", "b", 1.0],
    ]
    assert found["example"].to_list() == ["3: clicks 7", "9: date soon"]


def test_another_currency_is_one_reason_whatever_that_of_the_campaign_is() -> None:
    aside = pd.DataFrame(
        {
            "file": "a",
            "line": [3, 4],
            "table": "channel_daily",
            "column": "currency",
            "value": ["EUR", "GBP"],
            "rule": ["is not the campaign's currency USD"] * 2,
        }
    )
    [row] = quality_rejects({"rejects": aside}).to_dict("records")
    assert (row["reason"], row["rows"]) == ("is not the campaign's currency", 2.0)
    assert row["reason"] in messages("monitoring").codes


def _daily(**days: str) -> pd.DataFrame:
    rows = [(channel, pd.Timestamp(day)) for channel, some in days.items() for day in some.split()]
    return pd.DataFrame(rows, columns=["channel", "date"])


def test_gap_is_a_day_that_another_channel_reaches() -> None:
    found = quality_gaps(
        campaign(),
        _daily(search="2026-10-01 2026-10-02 2026-10-04", social="2026-10-01 2026-10-02"),
    )
    told = [f"{row.channel} {row.date:%d}" for row in found.itertuples()]
    assert told == ["search 03", "social 03", "social 04"]


def test_channel_whose_export_was_forgotten_this_month_is_all_gap() -> None:
    found = quality_gaps(campaign(), _daily(search="2026-10-01 2026-10-02", social="2026-09-30"))
    assert found["channel"].to_list() == ["social", "social"]


def test_month_without_any_data_has_no_gaps_to_tell() -> None:
    assert quality_gaps(campaign(), _daily(search="2026-09-30")).empty
    assert quality_gaps(campaign(), _daily()).empty


def _told(gaps: int = 0, **file: float) -> Any:
    files = quality_sources(campaign(), {"quality": table([_file(**file)])})
    return next(quality_findings(quality_summary(files, pd.DataFrame(index=range(gaps)))))


@pytest.mark.parametrize(
    ("gaps", "rejected", "severity"),
    [(0, 0.0, "good"), (1, 0.0, "watch"), (0, 5.0, "watch"), (0, 5.1, "act")],
)
def test_more_than_a_twentieth_set_aside_is_for_somebody_to_decide(
    gaps: int, rejected: float, severity: str
) -> None:
    told = _told(gaps, rows=100.0, kept=100 - rejected, rejected=rejected)
    assert told.severity == severity
    assert bool(told.action) == (severity != "good")


def test_files_add_up() -> None:
    files = quality_sources(
        campaign(),
        {"quality": table([_file(), _file(rows=4.0, kept=4.0, rejected=0.0, duplicates=0.0)])},
    )
    found = (
        quality_summary(files, pd.DataFrame(index=range(2))).set_index("measure")["value"].to_dict()
    )
    assert found == {
        "files": 2,
        "rows": 14,
        "kept": 10,
        "rejected": 3,
        "duplicates": 1,
        "gap_days": 2,
    }


def test_without_files_nothing_is_told() -> None:
    assert not list(
        quality_findings(quality_summary(quality_sources(campaign(), {}), pd.DataFrame()))
    )


def test_file_without_any_sum_is_not_among_the_sums() -> None:
    nothing = {"file": "survey.csv", "spend_before": float("nan"), "spend_after": float("nan")}
    found = quality_sums(
        quality_sources(campaign(), {"quality": table([_file(), _file(**nothing)])})
    )
    assert found["file"].to_list() == ["google/october.csv"]
    assert found[["spend_before", "spend_after"]].to_numpy().tolist() == [[100.0, 60.0]]


def test_a_source_that_loses_more_than_a_twentieth_is_a_finding_before_all_others() -> None:
    losses = losses_table(
        [
            Loss(source="ads", measure="spend", lost=6.0, total=100.0),
            Loss(source="ads", measure="revenue", lost=5.5, total=100.0),
            Loss(source="site", measure="revenue", lost=5.0, total=100.0),
        ]
    )
    [told] = loss_findings(quality_losses({"losses": losses}))
    assert told.id == "monitoring.loss.ads.spend"
    assert (told.severity, told.evidence["share"].row["measure"]) == ("act", "spend")
    assert list(loss_findings(quality_losses({}))) == []


def test_claims_of_other_months_are_left_out() -> None:
    claim = {
        "channel": "search",
        "measure": "revenue",
        "source": "site",
        "claimed": 490.0,
        "counts": "ads",
        "counted": 500.0,
        "first_day": pd.Timestamp("2026-09-01"),
        "last_day": pd.Timestamp("2026-09-30"),
    }
    now = claim | {"source": "shop", "last_day": pd.Timestamp("2026-10-01")}
    found = quality_claims(campaign(), {"claims": pd.DataFrame([claim, now])})
    assert found["source"].tolist() == ["shop"]
    assert quality_claims(campaign(), {}).empty


def test_what_is_odd_is_counted_as_what_is_set_aside() -> None:
    flags = pd.DataFrame(
        {
            "file": ["a", "a"],
            "line": [3, 4],
            "table": ["channel_daily"] * 2,
            "column": ["spend"] * 2,
            "value": ["-1", "-2"],
            "rule": ["spend is below zero"] * 2,
        }
    )
    [row] = quality_odd({"flags": flags}).to_dict("records")
    assert (row["rows"], row["example"]) == (2, "3: spend -1")


def test_a_channel_is_short_of_the_end_beyond_its_usual_silence_only() -> None:
    days = pd.date_range("2026-10-01", "2026-10-25")
    daily = pd.concat(
        [
            pd.DataFrame({"channel": "search", "date": days}),
            pd.DataFrame({"channel": "mail", "date": days[::7]}),
            pd.DataFrame({"channel": "social", "date": pd.date_range("2026-09-01", "2026-11-05")}),
        ]
    )
    found = quality_reach(campaign(), daily).set_index("channel")["missing_days"]
    assert found.to_dict() == {"mail": 9.0, "search": 6.0, "social": 0.0}
    weekly = daily[daily["channel"].eq("mail") | daily["date"].gt("2026-10-22")]
    until = pd.DataFrame({"channel": "mail", "date": [pd.Timestamp("2026-10-29")]})
    found = quality_reach(campaign(), pd.concat([weekly, until])).set_index("channel")
    assert found.loc["mail", "missing_days"] == 0
