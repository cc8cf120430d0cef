"""Gaps, clashes, readiness and mix, against calendars that can be counted."""

import pandas as pd
import pytest

from playbook.stages.content.schedule import clashes, mix, readiness, uncovered, weeks
from playbook.stages.content.stage import analyse
from tests.stages.content.pieces import END, START, covered, on, plan
from tests.stages.shop import campaign, tables


def test_days_without_a_piece_and_the_longest_gap_are_counted() -> None:
    found = covered(on(1, 5, 25)).loc["email"]
    assert found[["planned", "days_with_plan", "days_without"]].tolist() == [3, 3, 28]
    assert (found["longest_gap"], found["gap_from"]) == (19, pd.Timestamp("2026-10-06"))
    assert found["state"] == "watch"


def test_a_channel_without_any_piece_must_be_decided() -> None:
    found = covered(on(1)).loc["social"]
    assert (found["planned"], found["longest_gap"], found["state"]) == (0, 31, "act")


def test_a_month_that_nobody_has_planned_yet_calls_no_channel_silent() -> None:
    earlier = plan({"planned_at": "2026-09-10 12:00"})
    (only,) = analyse(campaign(), tables(content_plan=earlier)).findings
    assert only.id == "content.answer"


def test_a_gap_at_the_end_of_the_period_counts() -> None:
    assert covered(on(*range(1, 22))).loc["email", "gap_from"] == pd.Timestamp("2026-10-22")


def test_a_full_calendar_has_no_gap() -> None:
    found = covered(on(*range(1, 32))).loc["email"]
    assert found["longest_gap"] == 0
    assert pd.isna(found["gap_from"])
    assert found["state"] == "good"


def test_more_pieces_than_allowed_on_one_day_clash() -> None:
    pieces = on(3, 3, 3, 4, 4)
    assert covered(pieces).loc["email", "clash_days"] == 1
    found = clashes(pieces, 2)
    assert found[["date", "planned", "allowed"]].to_numpy().tolist() == [
        [pd.Timestamp("2026-10-03"), 3, 2]
    ]


def test_a_week_begins_on_monday_or_with_the_period() -> None:
    found = weeks(on(1, 4, 5, 31), ["email", "social"], START, END).set_index(["channel", "week"])[
        "planned"
    ]
    assert found.loc["email"].index.strftime("%m-%d").tolist() == [
        "10-01",
        "10-05",
        "10-12",
        "10-19",
        "10-26",
    ]
    assert found.loc["email"].tolist() == [2, 1, 0, 0, 1]
    assert found.loc["social"].sum() == 0


def test_ready_is_what_was_approved_before_its_moment() -> None:
    pieces = plan(
        {"ready_at": "2026-10-01 11:00"}, {"ready_at": "2026-10-01 13:00"}, {"ready_at": None}, {}
    )
    found = readiness(pieces).iloc[0]
    assert found[["planned", "ready", "ready_late", "not_ready"]].tolist() == [4, 2, 1, 1]
    assert found["ready_rate"] == pytest.approx(0.5)
    assert found["lead_hours"] == pytest.approx(1)  # of 1, -1 and 24


def test_without_any_approval_readiness_is_not_known_and_not_zero() -> None:
    assert readiness(plan({"ready_at": None})).empty
    found = analyse(campaign(), tables(content_plan=plan({"ready_at": None})))
    assert "ready_at" in found.missing
    assert "ready_rate" not in set(found.tables["summary"]["measure"])


def test_the_mix_is_of_all_pieces_and_names_what_is_not_filled_in() -> None:
    found = mix(plan({"theme": "news"}, {"theme": "news"}, {})).set_index(["dimension", "value"])[
        "share"
    ]
    assert found.to_dict() == {
        ("theme", "news"): pytest.approx(2 / 3),
        ("theme", "(none)"): pytest.approx(1 / 3),
    }


def test_a_pair_of_persona_and_theme_without_a_piece_is_listed() -> None:
    pieces = plan(
        {"persona": "a", "theme": "x"},
        {"persona": "b", "theme": "x"},
        {"persona": "a", "theme": "y"},
    )
    assert uncovered(pieces).to_numpy().tolist() == [["b", "y"]]
