"""The words of the A/B engine: both languages say the same, and every one of them is used."""

import re
import string
from pathlib import Path

import pytest

import playbook.abtest
from playbook.abtest.decision import sentences
from playbook.abtest.stats import effects
from playbook.abtest.stats.effects import Step

ENGINE = Path(playbook.abtest.__file__).parent
TEXTS = [(part, key) for part, texts in sentences.messages().items() for key in texts]
RULES = re.compile(r"\b0%?")
"""Zero is part of a rule (planned at 0%, not above 0), not of a result."""


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def code() -> str:
    files = [*ENGINE.rglob("*.py"), *(ENGINE.parent / "cli").glob("abtest*.py")]
    files.append(ENGINE.parent / "stages" / "experiments" / "evaluated.py")
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


@pytest.mark.parametrize(("part", "key"), TEXTS)
def test_both_languages_bear_the_same_values_and_no_typed_number(part: str, key: str) -> None:
    both = sentences.messages()[part][key]  # type: ignore[index]
    assert placeholders(both["zh"]) == placeholders(both["en"])
    typed = RULES.sub("", re.sub(r"\{[^}]*\}", "", both["en"]))
    assert not re.search(r"\d", typed)


def test_every_note_of_an_effect_has_its_words() -> None:
    codes = {
        value for name, value in vars(effects).items() if name.isupper() and isinstance(value, str)
    }
    assert codes == set(sentences.messages()["notes"])


def test_no_sentence_is_left_unused() -> None:
    text = code()
    unused = [
        key
        for key in sentences.messages()["sentences"]
        if f'"{key}"' not in text and not is_built(key, text)
    ]
    assert unused == []


def is_built(key: str, text: str) -> bool:
    """Whether the code puts the key together: a check and its state, or an action's next step."""
    start, _, end = key.rpartition("_")
    return f'f"{start}_{{' in text or f'"_{end}"' in text or f"}}_{end}" in text


def test_steps_of_a_method_are_told_in_order_with_their_numbers() -> None:
    told = sentences.method((Step("welch_t"), Step("cuped", 2), Step("lift_log")))
    assert told["en"] == "Welch t; CUPED by 2; lift on the log scale"
    assert told["zh"] == "Welch t 检验；CUPED（2 个协变量）；提升按对数法"


def test_a_sentence_takes_a_value_in_its_own_language() -> None:
    said = sentences.say("switch_off", arm="b", reason={"zh": "原因", "en": "why"})
    assert (said["zh"], said["en"]) == ("“b”组应关闭：原因", "b should be switched off: why")


def test_a_hyphen_before_a_number_is_a_true_minus_and_within_a_day_stays() -> None:
    assert sentences.say("next_hold", day="2026-09-30")["en"].startswith(
        "Let the test run until 2026-09-30"
    )
    assert "\u22122%" in sentences.say("worse", metric="y", lift="-2%", p="= 0.01")["en"]


def test_an_unknown_sentence_or_a_missing_value_is_refused() -> None:
    with pytest.raises(KeyError):
        sentences.say("nothing_of_the_kind")
    with pytest.raises(KeyError):
        sentences.say("srm_ok")


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
        sentences.action(key)["zh"] != sentences.action(key)["en"]
        for key in sentences.messages()["actions"]
    )
    assert sentences.note("too_few")["zh"] != sentences.note("too_few")["en"]
    assert sentences.note("") == {"zh": "", "en": ""}
