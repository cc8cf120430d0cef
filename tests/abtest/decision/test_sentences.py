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
