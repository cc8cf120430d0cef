"""What the A/B engine says: its messages in Chinese and in English, filled with values.

All words stand in `messages.yml`: sentences, actions, notes (why an effect has no number), methods
(steps of how it was computed) and the items of a plan.
"""

import math
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal

from playbook import yamltext
from playbook.abtest.stats.effects import Step

Text = Mapping[str, str]
"""One text in Chinese (zh) and English (en)."""

Part = Literal["sentences", "actions", "notes", "methods", "plan"]

FILE = Path(__file__).with_name("messages.yml")
LANGUAGES = ("zh", "en")
BETWEEN_CLAUSES: Text = {"zh": "；", "en": "; "}
BETWEEN_ITEMS: Text = {"zh": "、", "en": ", "}
HYPHEN_AS_MINUS = re.compile(r"(?<![\w\-])-(?=\d)")


@cache
def messages() -> Mapping[Part, Mapping[str, Text]]:
    """Return every text of the engine by part and key."""
    content: Mapping[Part, Mapping[str, Text]] = yamltext.read(FILE.read_text(encoding="utf-8"))
    return content


def say(key: str, /, **values: Any) -> Text:
    """Fill a sentence in both languages.

    Args:
        key: Of the sentence.
        **values: Of its placeholders; a mapping by language is used in its own.

    Raises:
        KeyError: No such sentence, or a placeholder without a value.
    """
    return _filled("sentences", key, values)


def plan_item(key: str, /, **values: Any) -> Text:
    """Word a part of a plan in both languages; arguments as in `say`."""
    return _filled("plan", key, values)


def action(key: str) -> Text:
    """Name an action in both languages."""
    return messages()["actions"][key]


def note(code: str) -> Text:
    """Say why an effect has no number, by the code of its note; nothing where it has none."""
    return messages()["notes"][code] if code else same("")


def method(steps: Sequence[Step]) -> Text:
    """Say step by step how an effect was computed."""
    return join([_filled("methods", step.key, {"number": step.number}) for step in steps])


def join(texts: Sequence[Text], between: Text = BETWEEN_CLAUSES) -> Text:
    """Join texts in each language."""
    return {language: _joined(texts, between, language) for language in LANGUAGES}


def _joined(texts: Sequence[Text], between: Text, language: str) -> str:
    return between[language].join(text[language] for text in texts)


def same(text: str) -> Text:
    """Return what users wrote: it is the same in both languages."""
    return dict.fromkeys(LANGUAGES, text)


def pvalue(p: float) -> str:
    """Print a p-value with its relation sign and two digits; tiny ones as a bound."""
    if math.isnan(p):
        return "= –"
    return f"= {p:.2g}" if p >= 1e-4 else "< 0.0001"


def change(kind: str, lift: float, difference: float) -> Text:
    """Print a lift in per cent; the difference, as `points` does, where the lift is undefined."""
    return same(percent(lift)) if math.isfinite(lift) else points(kind, difference)


def percent(share: float) -> str:
    """Print a share in per cent with its sign: one decimal, and more of what is below 0.1 %."""
    return f"{100 * share:+.{_places(100 * share, 1)}f}%"


def _places(number: float, fewest: int) -> int:
    """Return decimals that leave two digits of a small number."""
    size = abs(number)
    if not 0 < size < 10**-fewest:
        return fewest
    return min(12, 1 - math.floor(math.log10(size)))


def unsigned(text: Text) -> Text:
    """Take the sign away, where a verb says the direction."""
    return {language: wording.lstrip("+-") for language, wording in text.items()}


def amount(value: float) -> str:
    """Print money without decimals, with a sign."""
    return f"{value:+,.0f}"


def points(kind: str, difference: float) -> Text:
    """Print a difference of levels: percentage points for a rate, the plain number otherwise."""
    if kind != "rate":
        return {"zh": f"{difference:+.3g}", "en": f"{difference:+.3g}"}
    printed = f"{100 * difference:+.{_places(100 * difference, 2)}f}"
    return {"zh": f"{printed} 个百分点", "en": f"{printed} percentage points"}


def _signed(text: str) -> str:
    """Put a true minus before numbers; hyphens within words and days stay."""
    return HYPHEN_AS_MINUS.sub("\u2212", text)


def _filled(part: Part, key: str, values: Mapping[str, Any]) -> Text:
    both = messages()[part][key]
    return {
        language: _signed(both[language].format(**_in_language(values, language)))
        for language in LANGUAGES
    }


def _in_language(values: Mapping[str, Any], language: str) -> dict[str, Any]:
    return {
        key: value[language] if isinstance(value, Mapping) else value
        for key, value in values.items()
    }
