"""What is said before a test: the messages of this folder in both languages, filled with values."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from playbook import yamltext
from playbook.abtest.decision.sentences import HYPHEN_AS_MINUS, LANGUAGES, Text

FILE = Path(__file__).with_name("messages.yml")


@cache
def messages() -> Mapping[str, Text]:
    """Return every text by its key."""
    content: Mapping[str, Text] = yamltext.read(FILE.read_text(encoding="utf-8"))
    return content


def say(key: str, /, **values: Any) -> Text:
    """Fill a text in both languages.

    Args:
        key: Of the text.
        **values: Of its placeholders; a mapping by language is used in its own.

    Raises:
        KeyError: No such text, or a placeholder without a value.
    """
    return {language: _filled(messages()[key], values, language) for language in LANGUAGES}


def _filled(text: Text, values: Mapping[str, Any], language: str) -> str:
    own = {
        name: value[language] if isinstance(value, Mapping) else value
        for name, value in values.items()
    }
    return HYPHEN_AS_MINUS.sub("\u2212", text[language].format(**own))
