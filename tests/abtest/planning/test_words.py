"""The words before a test: both languages bear the same values, and every one of them is used."""

import re
import string
from pathlib import Path

import pytest

import playbook.abtest.planning
from playbook.abtest.planning.words import messages, say

FOLDER = Path(playbook.abtest.planning.__file__).parent


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("key", messages())
def test_both_languages_bear_the_same_values_and_no_typed_number(key: str) -> None:
    both = messages()[key]
    assert placeholders(both["zh"]) == placeholders(both["en"])
    assert not re.search(r"\d", re.sub(r"\{[^}]*\}", "", both["en"]))


def test_no_text_is_left_unused() -> None:
    files = [*FOLDER.glob("*.py"), *(FOLDER.parents[1] / "cli").glob("abtest*.py")]
    code = "\n".join(file.read_text(encoding="utf-8") for file in files)
    built = ("formula_", "label_", "state_", "unit_", "way_")
    states = ("aa_no_test", "aa_uneven")
    unused = [
        key
        for key in messages()
        if f'"{key}"' not in code and not key.startswith(built) and key not in states
    ]
    assert unused == []
    assert all(f'f"{start}{{' in code for start in (*built, "aa_"))


def test_numbers_bear_a_true_minus_and_words_keep_their_hyphen() -> None:
    told = say("size_arm", arm="new-form", units=-5)
    assert told["en"] == "new-form \u22125"
