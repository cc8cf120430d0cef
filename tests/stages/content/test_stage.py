"""Stage 3, against a plan of a dozen pieces that can be counted by head."""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from playbook.stages.content.hard_sell import hard_sell_hits, hard_sell_share
from playbook.stages.content.schedule import clashes, coverage, mix, readiness, uncovered, weeks
from playbook.stages.content.stage import analyse, punctuality
from tests.stages.shop import against_schema, campaign, filled, said, tables

START, END = date(2026, 10, 1), date(2026, 10, 31)
KINDS = pd.Series({"email": "owned", "social": "paid"})


def plan(*pieces: dict[str, Any]) -> pd.DataFrame:
    """Pieces on e-mail on 1 October at noon, approved a day before, unless it is said otherwise."""
    usual = {
        "channel": "email",
        "planned_at": "2026-10-01 12:00",
        "ready_at": "2026-09-30 12:00",
        "owner": "s03",
    }
    rows = [{"content_id": f"n{place}"} | usual | piece for place, piece in enumerate(pieces)]
    times = {
        name: pd.to_datetime([row[name] for row in rows]) for name in ("planned_at", "ready_at")
    }
    return filled("content_plan", pd.DataFrame(rows).assign(**times).to_dict("records"))


def on(*days: int, **same: Any) -> pd.DataFrame:
    return plan(*({"planned_at": f"2026-10-{day:02d} 12:00"} | same for day in days))


def log(pieces: pd.DataFrame, *minutes: float | None) -> pd.DataFrame:
    """Published so many minutes after plan; None was never published."""
    rows = [
        {
            "content_id": piece.content_id,
            "channel": piece.channel,
            "published_at": piece.planned_at + pd.Timedelta(minutes=late),
        }
        for piece, late in zip(pieces.itertuples(), minutes, strict=True)
        if late is not None
    ]
    return filled("content_log", rows)


def covered(pieces: pd.DataFrame, posts_per_day: int = 2) -> pd.DataFrame:
    return coverage(pieces, KINDS, START, END, posts_per_day).set_index("channel")


def words(*texts: str, listed: tuple[str, ...]) -> list[str]:
    pieces = plan(*({"title": text} for text in texts))
    return hard_sell_hits(pieces, listed)["content_id"].tolist()


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


def test_a_word_is_found_whatever_its_case_width_and_blanks() -> None:
    assert words("BUY   NOW!", "Ｂuy now", "buying nowhere", listed=("buy now",)) == ["n0", "n1"]


def test_a_latin_word_must_stand_alone_and_a_chinese_one_need_not() -> None:
    assert words("wholesale prices", "a sale", listed=("sale",)) == ["n1"]
    assert words("双十一秒杀价", "双十一", listed=("秒杀",)) == ["n0"]
    assert words("限时50%OFF啦", listed=("50%off",)) == ["n0"]


def test_a_word_of_the_list_is_no_pattern() -> None:
    assert words("really", "really?", "reall", listed=("really?",)) == ["n1"]
    assert words("anything", listed=(" ", "")) == []


def test_each_hit_shows_piece_field_word_and_times() -> None:
    found = hard_sell_hits(plan({"title": "Best! best", "body": "the best"}), ("Best",))
    assert found[["field", "word", "times"]].to_numpy().tolist() == [
        ["title", "Best", 2],
        ["body", "Best", 1],
    ]


def test_the_share_counts_pieces_and_not_hits_and_leaves_out_pieces_without_text() -> None:
    pieces = plan(
        {"title": "best", "body": "best best"},
        {"title": "plain"},
        {},
        {"title": "x", "channel": "social"},
    )
    found = hard_sell_share(pieces, hard_sell_hits(pieces, ("best",)), 0.2).set_index("channel")
    assert found.loc["(all)", ["planned", "with_words"]].tolist() == [3, 1]
    assert found.loc["email", "share"] == pytest.approx(1 / 2)
    assert found["state"].to_dict() == {"(all)": "watch", "email": "act", "social": "good"}


def test_the_same_piece_on_another_channel_is_judged_by_its_own_text() -> None:
    pieces = plan(
        {"content_id": "n1", "title": "best"},
        {"content_id": "n1", "channel": "social", "title": "plain"},
    )
    found = hard_sell_share(pieces, hard_sell_hits(pieces, ("best",)), 0.2).set_index("channel")
    assert found["with_words"].to_dict() == {"(all)": 1, "email": 1, "social": 0}


def test_on_time_is_within_the_minutes_of_the_parameters_early_or_late() -> None:
    pieces = on(*range(1, 6))
    given = tables(content_plan=pieces, content_log=log(pieces, 60, -60, 61, -61, None))
    found = punctuality(campaign(), given).set_index(["by", "group"])
    assert found.loc[("all", "(all)"), ["planned", "published", "on_time"]].tolist() == [5, 4, 2]
    assert found.loc[("owner", "s03"), "on_time_rate"] == pytest.approx(
        0.4
    )  # of planned, not of published
    stricter = punctuality(campaign(content={"on_time_minutes": 30}), given)
    assert stricter["on_time"].tolist() == [0, 0, 0]


def test_the_interval_of_the_on_time_rate_is_wilsons() -> None:
    pieces = on(*range(1, 11))
    found = punctuality(
        campaign(), tables(content_plan=pieces, content_log=log(pieces, *[0] * 8, 999, 999))
    ).iloc[0]
    assert (found["low"], found["high"]) == (
        pytest.approx(0.4902, abs=1e-4),
        pytest.approx(0.9433, abs=1e-4),
    )


def test_without_a_log_nothing_is_said_about_being_on_time() -> None:
    found = analyse(campaign(), tables(content_plan=on(1, 2)))
    assert found.tables["on_time"].empty
    assert "content_log" in found.missing


def test_only_an_owner_who_is_late_beyond_luck_is_told() -> None:
    late, lucky = (
        on(*range(1, 21), owner="s01"),
        on(*range(1, 21), owner="s02").assign(channel="social"),
    )
    pieces = pd.concat([late, lucky], ignore_index=True)
    minutes = [999] * 10 + [0] * 10 + [999] * 3 + [0] * 17
    found = analyse(campaign(), tables(content_plan=pieces, content_log=log(pieces, *minutes)))
    assert [one.id for one in found.findings if one.id.startswith("content.late")] == [
        "content.late.s01"
    ]


def test_an_owned_channel_without_plan_is_told_and_a_paid_one_is_not() -> None:
    found = analyse(campaign(), tables(content_plan=on(*range(1, 32), channel="social")))
    assert found.findings[1].id == "content.gap.email"
    assert found.tables["coverage"]["channel"].tolist() == ["social", "email"]


def test_words_above_the_allowed_share_are_told_with_an_example() -> None:
    where = campaign(content={"hard_sell_words": ("best",), "hard_sell_share": 0.2})
    found = analyse(where, tables(content_plan=plan({"title": "The best"}, {"title": "Plain"})))
    told = next(one for one in found.findings if one.id == "content.hard_sell")
    assert told.severity == "act"
    assert any("“best” in n0" in one for one in said(found, "content", where))


def test_a_one_sided_mix_is_told() -> None:
    found = analyse(campaign(), tables(content_plan=on(1, 2, 3, theme="news")))
    assert "content.mix.theme" in [one.id for one in found.findings]


@pytest.mark.parametrize(
    "given",
    [
        tables(),
        tables(content_plan=on(1).assign(planned_at=pd.Timestamp("2026-09-01"))),
        tables(content_plan=on(1, 2, owner=None)),
        tables(content_log=log(on(1), 5)),
        tables(
            content_plan=on(*range(1, 9), theme="x", title="Best"),
            content_log=log(on(*range(1, 9)), *[0] * 8),
        ),
    ],
    ids=["nothing", "last month's plan", "no owner", "log without plan", "all"],
)
def test_the_stage_answers_whatever_is_missing(given: dict[str, pd.DataFrame]) -> None:
    where = campaign(content={"hard_sell_words": ("best",)})
    found = analyse(where, given)
    assert found.findings[0].id == "content.answer"
    assert all(said(found, "content", where))
    assert not against_schema(found, "content")
    assert all(np.isfinite(one.weight) for one in found.findings)
