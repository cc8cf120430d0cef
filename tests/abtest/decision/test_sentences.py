"""Every sentence in both languages."""

import re
import string

import pytest

from playbook.abtest.decision import sentences
from playbook.abtest.stats import effects


@pytest.mark.parametrize("key", sentences.SENTENCES)
def test_both_languages_say_the_same_numbers(key: str) -> None:
    zh, en = (
        {name for _, name, _, _ in string.Formatter().parse(text) if name}
        for text in sentences.SENTENCES[key]
    )
    assert zh == en
    assert not re.search(
        r"\d",
        re.sub(r"\{[^}]*\}", "", sentences.SENTENCES[key][1]).replace("0%", "").replace("0 %", ""),
    )


def test_every_reason_has_its_chinese() -> None:
    reasons = [
        value for name, value in vars(effects).items() if name.isupper() and isinstance(value, str)
    ]
    assert set(reasons) == set(sentences.NOTES)


@pytest.mark.parametrize(
    ("p", "text"),
    [(0.04321, "= 0.043"), (1e-4, "= 0.0001"), (9.9e-5, "< 0.0001"), (float("nan"), "= –")],
)
def test_a_p_value_has_two_digits_and_a_tiny_one_is_a_bound(p: float, text: str) -> None:
    assert sentences.pvalue(p) == text


def test_a_rate_changes_by_percentage_points_and_a_mean_by_its_unit() -> None:
    assert sentences.points("rate", 0.0123)["en"] == "+1.23 percentage points"
    assert sentences.points("rate", 0.0123)["zh"] == "+1.23 个百分点"
    assert sentences.points("mean", -2.3456) == {"zh": "-2.35", "en": "-2.35"}


def test_a_change_is_relative_where_the_lift_is_known() -> None:
    assert sentences.change("rate", 0.1234, 0.01)["en"] == "+12.3%"
    assert sentences.change("rate", float("nan"), 0.01)["en"] == "+1.00 percentage points"
    assert sentences.unsigned(sentences.change("rate", -0.1, 0.01))["en"] == "10.0%"
    assert sentences.amount(-1234.4) == "-1,234"


def test_phrases_are_joined_by_the_comma_of_each_language() -> None:
    parts = [{"zh": "甲", "en": "one"}, {"zh": "乙", "en": "two"}]
    assert sentences.join(parts) == {"zh": "甲；乙", "en": "one; two"}


def test_an_action_and_a_note_are_named_in_both_languages() -> None:
    assert all(
        sentences.action(key)["zh"] != sentences.action(key)["en"] for key in sentences.ACTIONS
    )
    assert sentences.note("no such note") == {"zh": "no such note", "en": "no such note"}
