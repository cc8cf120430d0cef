"""Which readings of the same bytes can be words of a language: by its letters and where they stand.

A reading is possible or not; which of several is meant, its words must say.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping

LATIN = {
    "de": "äöüß",
    "fr": "àâæçéèêëîïôœùûüÿ",
    "es": "áéíñóúü",
    "it": "àèéìíîòóùú",
    "pt": "áâãàçéêíóôõúü",
    "ca": "àçèéíïòóúü",
    "nl": "áéèëïóöü",
    "sv": "åäöé",
    "da": "æøåé",
    "is": "áðéíóúýþæö",
}
CENTRAL = {
    "de": "äöüß",
    "pl": "ąćęłńóśźż",
    "cs": "áčďéěíňóřšťúůýž",
    "sk": "áäčďéíĺľňóôŕšťúýž",
    "hu": "áéíóöőúüű",
    "ro": "ăâîşţ",
    "hr": "čćđšž",
}
TURKISH = {"tr": "çğıöşüâîû", "de": "äöüß"}

SIGNS = frozenset("€£´÷¬¦¥§©®\u00a0°·«»–—‘’“”„•…™¡¿ªº²³½¼×±µ‚‹›")
WITHIN_WORDS = frozenset("’´·–—‘®©™°\u00a0“”…•")
"""Signs that may stand between two letters of a name."""

ALONE = frozenset("àèéóôåöőìòùyáíúäø")
"""Letters that are words by themselves."""

WORD = re.compile(r"[^\W\d_]+")
FULL_WIDTH = re.compile("[\u3000-\u303f\uff01-\uff5e\uffe5·—‘’“”…]")

RUN = re.compile(r"[^\x00-\x7f]+")
WITHIN_LATIN = re.compile(
    r"(?<=[A-Za-z])[^\x00-\x7f]+(?=[A-Za-z])"
    r"|(?<=[a-z])[^\x00-\x7f](?![^\x00-\x7f])|(?<![^\x00-\x7f])[^\x00-\x7f](?=[a-z])"
)
"""Letters of East Asia as they stand when western ones are read so: one alone beside small letters,
or within a word."""

MOST_RARE = 0.2
"""Share of letters that may be others than those in daily use."""


def languages(text: str, alphabets: Mapping[str, str]) -> int | None:
    """Count how many languages a text's words need, as far as is to be known: 0, 1 or 2 for more.

    None where a word fits none of them, or a sign stands where none can.

    Args:
        text: A reading of the bytes.
        alphabets: By language, its letters beyond ASCII.
    """
    if _has_odd_signs(text):
        return None
    words = _words_beyond_ascii(text)
    if not all(map(_is_cased, words)):
        return None
    letters = list(map(_beyond_ascii, words))
    if not all(_is_within(of_word, alphabets) for of_word in letters):
        return None
    together = set().union(*letters)
    if not together:
        return 0
    return 1 if _is_within(together, alphabets) else 2


def _beyond_ascii(word: str) -> set[str]:
    return {letter for letter in word.lower() if not letter.isascii()}


def _is_within(letters: set[str], alphabets: Mapping[str, str]) -> bool:
    return any(letters.issubset(alphabet) for alphabet in alphabets.values())


def is_of_one_script(text: str, script: str) -> bool:
    """Whether every word beyond ASCII is wholly of a script, such as "[а-яё]"."""
    words = _words_beyond_ascii(text)
    whole = re.compile(f"{script}+")
    if _has_odd_signs(text):
        return False
    return all(whole.fullmatch(word.casefold()) and _is_cased(word) for word in words)


def is_daily(text: str, code: str, first: Collection[int]) -> bool:
    """Whether a text's letters beyond ASCII are those in daily use, outside of Latin words.

    Args:
        text: A reading of the bytes.
        code: A code of East Asia in which letters in daily use have a first byte of their own.
        first: Those bytes.
    """
    beyond = [letter for letter in text if not letter.isascii()]
    rare = sum(1 for letter in beyond if not _is_daily(letter, code, first))
    runs, within = len(RUN.findall(text)), len(WITHIN_LATIN.findall(text))
    return rare <= max(1, MOST_RARE * len(beyond)) and 2 * within <= runs


def _is_daily(letter: str, code: str, first: Collection[int]) -> bool:
    if FULL_WIDTH.match(letter):
        return True
    try:
        written = letter.encode(code)
    except UnicodeEncodeError:
        return False
    return len(written) == 2 and written[0] in first


def _words_beyond_ascii(text: str) -> list[str]:
    return [word for word in set(WORD.findall(text)) if not word.isascii()]


def _has_odd_signs(text: str) -> bool:
    """Whether a sign is unknown, or stands where none can: between two letters."""
    signs = {letter for letter in text if not (letter.isascii() or letter.isalpha())}
    if not signs <= SIGNS:
        return True
    odd = "".join(map(re.escape, signs - WITHIN_WORDS))
    return bool(odd) and re.search(rf"[^\W\d_][{odd}][^\W\d_]", text) is not None


def _is_cased(word: str) -> bool:
    """Whether large and small letters stand as in words: Été, ÉTÉ, GRÖßE, but not CafÉ."""
    if len(word) == 1:
        return word.casefold() in ALONE
    return "ß" in word or word.islower() or word.isupper() or word[1:].islower() or _is_mixed(word)


def _is_mixed(word: str) -> bool:
    """Whether in a name such as MeinCafé no letter beyond ASCII stands in the other case."""
    around = zip(word, word[1:], f"{word[2:]} ", strict=False)
    return not any(_is_odd(*letters) for letters in around)


def _is_odd(before: str, letter: str, after: str) -> bool:
    if letter.isascii():
        return False
    if letter.isupper():
        return before.islower() or after.islower()
    return before.isupper() and after.isupper()


Sieve = Callable[[str], int | None]


def fits_latin(text: str) -> int | None:
    """Sieve a reading as of a western language."""
    return languages(text, LATIN)


def fits_central(text: str) -> int | None:
    """Sieve a reading as of a language of central Europe."""
    return languages(text, CENTRAL)


def fits_turkish(text: str) -> int | None:
    """Sieve a reading as Turkish."""
    return languages(text, TURKISH)


def fits_cyrillic(text: str) -> int | None:
    """Sieve a reading as of a language written in Cyrillic letters."""
    return 1 if is_of_one_script(text, "[\u0430-\u045f\u0491]") else None


def fits_greek(text: str) -> int | None:
    """Sieve a reading as Greek."""
    return 1 if is_of_one_script(text, "[\u0390-\u03ce]") else None


def fits_hebrew(text: str) -> int | None:
    """Sieve a reading as Hebrew."""
    return 1 if is_of_one_script(text, "[\u05d0-\u05ea]") else None


def fits_arabic(text: str) -> int | None:
    """Sieve a reading as Arabic or Persian."""
    return 1 if is_of_one_script(text, "[\u0621-\u064a\u067e-\u06cc]") else None


def east_asian(code: str, first: Iterable[int]) -> Sieve:
    """Return the sieve of a code of East Asia, by the first bytes of its letters in daily use."""
    known = frozenset(first)
    return lambda text: 1 if is_daily(text, code, known) else None
