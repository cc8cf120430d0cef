"""Bytes of a file as text: by its mark, else by what the bytes can only be, else told."""

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

from charset_normalizer import from_bytes

from playbook.errors import PlaybookError, Problem
from playbook.sources.files import alphabets
from playbook.sources.files.vocabulary import written_words

MOST_LINES = 4_000
MOST_SAMPLE = 200_000
BEFORE = 2_000
"""Lines with letters beyond ASCII, and bytes of them, by which a writing is told; and how many
bytes before the first of them in a line."""

CLEARLY = 0.1
"""By how much less mess the detector must see in one reading than in any other: with less it took
one in thirty short Chinese names for Korean, with this none of 1,600."""

LEAST_ASCII = 0.1
"""Share of a table's letters that are digits and commas, in any language."""

LONGEST_WORD = 7
"""Letters of the longest word that is looked for within a run of Chinese, Japanese or Korean."""

MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
WRITINGS: dict[str, tuple[str, alphabets.Sieve]] = {
    "gb18030": ("GB18030", alphabets.east_asian("gb2312", range(0xB0, 0xD8))),
    "cp950": ("Big5", alphabets.east_asian("big5", range(0xA4, 0xC7))),
    "big5hkscs": ("Big5-HKSCS", alphabets.east_asian("big5", range(0xA4, 0xC7))),
    "cp932": ("Shift-JIS", alphabets.east_asian("shift_jis", (0x82, 0x83, *range(0x88, 0x98)))),
    "euc_jp": ("EUC-JP", alphabets.east_asian("euc_jp", (0xA4, 0xA5, *range(0xB0, 0xD0)))),
    "cp949": ("EUC-KR", alphabets.east_asian("euc_kr", range(0xB0, 0xC9))),
    "cp1252": ("Windows-1252", alphabets.fits_latin),
    "cp1250": ("Windows-1250", alphabets.fits_central),
    "cp1254": ("Windows-1254", alphabets.fits_turkish),
    "cp1251": ("Windows-1251", alphabets.fits_cyrillic),
    "cp1253": ("Windows-1253", alphabets.fits_greek),
    "cp1255": ("Windows-1255", alphabets.fits_hebrew),
    "cp1256": ("Windows-1256", alphabets.fits_arabic),
    "mac_roman": ("Mac OS Roman", alphabets.fits_latin),
}
"""By code, how it is called, and what says whether a text can be written in it."""

SAME_LETTERS = (alphabets.fits_latin, alphabets.fits_central, alphabets.fits_turkish)
BEYOND = re.compile(r"[^\x00-\x7f]+")
BYTE_BEYOND = re.compile(rb"[\x80-\xff]")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
HOLDS_PARTS = re.compile(r"[,;\t\n<]")
RUN = re.compile(r"[^\W\d_]+")
REMEDY = 'Open it and save it as "CSV UTF-8", or download it again.'


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """One way to read the lines of a file that hold letters beyond ASCII.

    Attributes:
        code: Python's name of the writing.
        text: The lines, read so.
        languages: How many languages their words need.
    """

    code: str
    text: str
    languages: int

    @property
    def name(self) -> str:
        """How people call the writing."""
        return WRITINGS[self.code][0]


def decoded(content: bytes, file: Path) -> tuple[str, str]:
    """Decode a file, and name how it is written.

    Args:
        content: Its bytes.
        file: Whose they are.

    Raises:
        PlaybookError: Some bytes fit no writing that is known, with the line of the first; or they
            fit several, and no word says which.
    """
    for mark, code, name in MARKS:
        if content.startswith(mark):
            return _wholly(content, code, name, file), name
    marked = content[:3] == codecs.BOM_UTF8
    try:
        text = content.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        wrong = error
    else:
        if "\0" not in text:
            return text, "UTF-8 with BOM" if marked else "UTF-8"
        wrong = UnicodeDecodeError("utf-8", content, text.index("\0"), 0, "")
    if b"\0" in content:
        return _unmarked(content, file)
    sample = _sample(content)
    if marked or _is_nearly_utf_8(sample):
        raise _told(file, content, wrong.start, "is UTF-8 but for some bytes")
    reading = _only(sample, content, wrong.start, file)
    return _wholly(content, reading.code, reading.name, file), reading.name


def _wholly(content: bytes, code: str, name: str, file: Path) -> str:
    """Decode all of a file as one writing.

    Raises:
        PlaybookError: Some bytes do not fit it.
    """
    try:
        return content.decode(code)
    except UnicodeDecodeError as error:
        raise _told(file, content, error.start, f"is {name} but for some bytes") from None


def _unmarked(content: bytes, file: Path) -> tuple[str, str]:
    """Decode a file with bytes of zero: UTF-16 without its mark, or no text at all."""
    found = []
    for code in ("utf-16-le", "utf-16-be"):
        text = _strictly(content, code)
        if text and _parts_words(text) and not CONTROL.search(text):
            found.append(text)
    if len(found) != 1:
        raise PlaybookError(
            Problem(
                file=str(file),
                rule="cannot be opened (it holds neither a table as text nor a workbook)",
                remedy="Download it again, without a password; pack it plainly, or not at all.",
            )
        )
    return found[0], "UTF-16 without mark"


def _parts_words(text: str) -> bool:
    """Whether a text has signs that part cells and lines, and digits, as tables have."""
    start = text[:MOST_SAMPLE]
    ascii_letters = sum(map(str.isascii, start))
    return HOLDS_PARTS.search(start) is not None and ascii_letters >= LEAST_ASCII * len(start)


def _strictly(content: bytes, code: str) -> str | None:
    try:
        return content.decode(code)
    except UnicodeDecodeError:
        return None


def _up_to_the_cut(sample: bytes, code: str) -> str | None:
    """Decode a sample, whose last letter may be cut; None where another byte does not fit."""
    try:
        return codecs.getincrementaldecoder(code)().decode(sample)
    except UnicodeDecodeError:
        return None


def _is_nearly_utf_8(sample: bytes) -> bool:
    """Whether more letters beyond ASCII are sound than there are bytes that are not."""
    beyond = "".join(BEYOND.findall(sample.decode("utf-8", errors="surrogateescape")))
    wrong = sum("\udc80" <= letter <= "\udcff" for letter in beyond)
    return len(beyond) - wrong > wrong


def _is_partly_utf_8(sample: bytes) -> bool:
    """Whether some letter beyond ASCII is sound UTF-8."""
    return any(ord(letter) > 0x7F for letter in sample.decode("utf-8", errors="ignore"))


def _sample(content: bytes) -> bytes:
    """Return the first lines with letters beyond ASCII, of long ones the part that holds them."""
    lines: list[bytes] = []
    size = end = 0
    while len(lines) < MOST_LINES and size < MOST_SAMPLE:
        found = BYTE_BEYOND.search(content, end)
        if found is None:
            break
        earliest = max(end, found.start() - BEFORE)
        start = content.rfind(b"\n", earliest, found.start()) + 1 or earliest
        stop = content.find(b"\n", found.start(), start + MOST_SAMPLE)
        end = stop + 1 if stop >= 0 else start + MOST_SAMPLE
        lines.append(content[start:end])
        size += end - start
    is_whole = end >= len(content) and not content.endswith(b"\n")
    return b"".join(lines) + b"\n" * is_whole


def _readings(sample: bytes) -> list[Reading]:
    """Return every reading in which the letters are those of some language.

    Of readings that are equal, the first.
    """
    found: dict[str, Reading] = {}
    for code, (_, sieve) in WRITINGS.items():
        text = _up_to_the_cut(sample, code)
        if text is None or text in found or CONTROL.search(text):
            continue
        needed = sieve(text)
        if needed is not None:
            found[text] = Reading(code=code, text=text, languages=needed)
    return list(found.values())


def _only(sample: bytes, content: bytes, start: int, file: Path) -> Reading:
    """Choose the reading that is meant: by known words, by the detector, by its languages.

    Raises:
        PlaybookError: None is possible, or nothing says which.
    """
    readings = _readings(sample)
    if not readings:
        names = ", ".join(name for name, _ in WRITINGS.values())
        nearly = "is UTF-8 but for some bytes" if _is_partly_utf_8(sample) else ""
        rule = nearly or f"is written in none of UTF-8, UTF-16, {names}"
        raise _told(file, content, start, rule)
    for choose in (_by_words, _by_detector, _by_languages):
        if len(readings) == 1:
            break
        readings = choose(readings, sample)
    if len(readings) > 1:
        raise _undecided(readings, file, content, start)
    return readings[0]


def _by_words(readings: list[Reading], _: bytes) -> list[Reading]:
    """Return the readings that no other beats by the words that only one of the two shows."""
    known = {one.code: _known(one.text) for one in readings}
    beaten = {
        one.code
        for one in readings
        for other in readings
        if _beats(known[other.code], known[one.code])
    }
    return [one for one in readings if one.code not in beaten] or readings


def _beats(words: set[str], others: set[str]) -> bool:
    return len(words - others) > 2 * len(others - words)


def _known(text: str) -> set[str]:
    """Return the known words of a text, also those within runs that do not part words."""
    words = written_words()
    found = set()
    for run in {run.casefold() for run in RUN.findall(text) if not run.isascii()}:
        found |= {run} & words
        if run[0] > "\u2e7f":
            found |= words.intersection(_parts(run))
    return found


def _parts(run: str) -> list[str]:
    return [
        run[start : start + length]
        for start in range(min(len(run), 200))
        for length in range(2, LONGEST_WORD)
    ]


def _by_detector(readings: list[Reading], sample: bytes) -> list[Reading]:
    """Return the reading in which the detector sees clearly less mess than in any other.

    It weighs what kinds of letters stand side by side; of languages with the same letters it tells
    nothing.
    """
    if any(WRITINGS[one.code][1] in SAME_LETTERS for one in readings):
        return readings
    by_code = {one.code: one for one in readings}
    found = from_bytes(sample, cp_isolation=[*by_code])
    mess = {match.encoding: match.chaos for match in found}
    least, *others = sorted(by_code, key=lambda code: mess.get(code, 1.0))
    clear = all(mess.get(code, 1.0) >= mess.get(least, 1.0) + CLEARLY for code in others)
    return [by_code[least]] if clear else readings


def _by_languages(readings: list[Reading], _: bytes) -> list[Reading]:
    """Return the readings that need the fewest languages for all their words."""
    fewest = min(one.languages for one in readings)
    return [one for one in readings if one.languages == fewest]


def _undecided(readings: list[Reading], file: Path, content: bytes, start: int) -> PlaybookError:
    """Show the first run in which the readings differ, as each of them reads it."""
    lines = zip(*(one.text.splitlines() for one in readings), strict=False)
    differing = next((line for line in lines if len(set(line)) > 1), ())
    runs = [RUN.findall(line) for line in differing]
    words = next((each for each in zip(*runs, strict=False) if len(set(each)) > 1), differing)
    shown = zip(words, (one.name for one in readings), strict=False)
    ways = " or ".join(f"{word[:20]!r} in {name}" for word, name in shown)
    return _told(file, content, start, f"may read {ways}, and no word says which")


def _told(file: Path, content: bytes, start: int, rule: str) -> PlaybookError:
    line = content.count(b"\n", 0, start) + 1
    return PlaybookError(
        Problem(
            file=str(file),
            place=f"line {line}",
            value=f"byte {content[start]:#04x}",
            rule=rule,
            remedy=REMEDY,
        )
    )
