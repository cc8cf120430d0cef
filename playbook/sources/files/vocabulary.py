"""Words by which a file's writing, headers and sums are known, whatever language it is in."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml
from babel import Locale

from playbook.sources.files.layout import plain, shipped

LOCALES = (
    *("de", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "fi", "pl", "cs", "sk", "hu", "ro"),
    *("is", "hr", "sl", "tr", "ru", "uk", "bg", "el", "zh_Hans", "zh_Hant", "ja", "ko", "he", "ar"),
)
"""Languages whose names of months, weekdays, countries and currencies are known."""

LONGEST_NAME = 300
"""Letters of a name of which more is not compared."""

RESULTS = re.compile(r"(?:ergebnisse aus|total of) \d")
"""How a platform counts the rows in its total row: "Total of 9 results"."""


def compared(name: str) -> str:
    """Reduce a cell to what is compared with headers, as `plain` does; of a long one its beginning.

    In brackets may stand a unit or a currency; most cells have none, and are reduced at once.
    """
    words = " ".join(name[:LONGEST_NAME].split())
    if "(" in words or "（" in words:
        return plain(words)
    return words.strip("\ufeff\"'").strip().casefold()


@cache
def known_headers() -> frozenset[str]:
    """Return every header that a shipped platform knows, as compared."""
    return frozenset(name for layout in shipped().values() for name in layout.headers)


@cache
def written_words() -> frozenset[str]:
    """Return words with a letter beyond ASCII, without case, by which a writing is known."""
    found = set(_listed()["field"])
    for header in known_headers():
        found.update(re.split(r"[\W\d_]+", header))
    for name in LOCALES:
        found.update(_words(Locale.parse(name)))
    words = (word.casefold() for word in found)
    return frozenset(word for word in words if not word.isascii() and len(word) > 1)


def _words(locale: Locale) -> set[str]:
    """Return the words of a language's months, weekdays, countries and currencies."""
    named = [*locale.territories.values(), *locale.currencies.values()]
    for calendar in (locale.months, locale.days):
        named += calendar["format"]["wide"].values()
    text = " ".join(map(str, named))
    return set(re.findall(r"[^\W\d_]+", text))


@cache
def _listed() -> Mapping[str, tuple[str, ...]]:
    """Return the words of `words.yml` by what they are words for."""
    content = yaml.safe_load((Path(__file__).parent / "words.yml").read_text(encoding="utf-8"))
    return {kind: tuple(words) for kind, words in content.items()}


@cache
def total_words() -> frozenset[str]:
    """Return what a row is called that adds others up, as compared."""
    return frozenset(_listed()["totals"])


def is_total(name: str) -> bool:
    """Whether a name is a word for a sum, in any of the languages."""
    if name[:1].isdigit():
        return False
    text = compared(name)
    bare = text.strip("*()[]【】-:： ")
    begins = text.startswith(_listed()["total_starts"]) or RESULTS.match(text)
    return bare in total_words() or bool(begins)
