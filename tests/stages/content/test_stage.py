"""Stage 3, against a plan of a dozen pieces that can be counted by head."""

import numpy as np
import pandas as pd
import pytest

from playbook.stages.content.stage import analyse, punctuality
from tests.stages.content.pieces import log, on, plan
from tests.stages.shop import against_schema, campaign, ids, said, tables


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


def test_the_most_crowded_day_is_told_with_what_the_channel_allows() -> None:
    where = campaign(content={"posts_per_day": 2})
    crowded = on(5, 5, 5, 9, 9, 9, 9, 12, 12)
    found = analyse(where, tables(content_plan=crowded))
    told = "E-mail has 4 pieces on Oct 9, 2026, more than the 2 allowed."
    assert told in said(found, "content", where)
    roomy = analyse(campaign(content={"posts_per_day": 4}), tables(content_plan=crowded))
    assert "content.clash" not in ids(roomy)


def test_pieces_approved_late_or_never_are_counted_apart() -> None:
    late = {"ready_at": "2026-10-01 12:01"}
    pieces = plan({}, {"ready_at": "2026-10-01 12:00"}, late, late, {"ready_at": None})
    found = analyse(campaign(), tables(content_plan=pieces))
    told = "Of 5 pieces on E-mail, 2 were approved only after their time and 1 never."
    assert told in said(found, "content", campaign())
    assert "content.ready.email" not in ids(
        analyse(campaign(), tables(content_plan=plan({}, {"ready_at": "2026-10-01 12:00"})))
    )


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
