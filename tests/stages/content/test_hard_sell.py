"""Words that push, found as a reader would find them."""

import pytest

from playbook.stages.content.hard_sell import hard_sell_hits, hard_sell_share
from tests.stages.content.pieces import plan, words


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
