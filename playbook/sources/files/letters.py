"""Bytes of a file as text: by its mark, else by what the bytes can only be, else told."""

import re
from itertools import islice
from pathlib import Path

from playbook.errors import PlaybookError, Problem

LOOK_AT = 20_000
"""Letters beyond ASCII by which a writing is told."""

LEAST_KNOWN = 0.8
"""Share of letters that a writing must explain."""

WESTERN = re.compile(
    "[\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff\u0152\u0153\u0160\u0161\u017d\u017e\u0178\u20ac\u00a3\u00a5\u00a7\u00a9\u00ae"
    "\u00a0\u00b0\u00b7\u00ab\u00bb\u2013\u2014\u2018\u2019\u201c\u201d\u201e\u2022\u2026\u2122]"
)
"""Letters and signs of Windows-1252 that stand in names and amounts."""

BEYOND = re.compile(r"[^\x00-\x7f]+")
WITHIN_A_WORD = re.compile(r"(?<=[A-Za-z])[^\x00-\x7f]+(?=[A-Za-z])")


def decoded(content: bytes, file: Path) -> tuple[str, str]:
    """Decode a file, and name how it is written.

    Args:
        content: Its bytes.
        file: Whose they are.

    Raises:
        PlaybookError: Some bytes fit no writing that is known; with the line of the first.
    """
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", errors="replace"), "UTF-16"
    marked = content[:3] == b"\xef\xbb\xbf"
    try:
        text = content.decode("utf-8").removeprefix("\ufeff")
        return text, "UTF-8 with BOM" if marked else "UTF-8"
    except UnicodeDecodeError as error:
        wrong = error
    if marked or _is_nearly_utf_8(content):
        raise _told(file, content, wrong.start, "is UTF-8 but for some bytes")
    for name, shown, fits in (
        ("gb18030", "GB18030", _is_chinese),
        ("cp1252", "Windows-1252", _is_western),
    ):
        read = _strictly(content, name)
        if read is not None and fits(read):
            return read, shown
    rule = "is written in none of UTF-8, UTF-16, GB18030 and Windows-1252"
    raise _told(file, content, wrong.start, rule)


def _strictly(content: bytes, name: str) -> str | None:
    try:
        return content.decode(name)
    except UnicodeDecodeError:
        return None


def _is_nearly_utf_8(content: bytes) -> bool:
    """Whether more letters beyond ASCII are sound than there are bytes that are not."""
    beyond = "".join(BEYOND.findall(content.decode("utf-8", errors="surrogateescape")))
    wrong = sum("\udc80" <= letter <= "\udcff" for letter in beyond)
    return len(beyond) - wrong > wrong


def _is_chinese(text: str) -> bool:
    """Whether the letters are those in daily use, and do not stand inside of Latin words."""
    runs = [match[0] for match in islice(BEYOND.finditer(text), LOOK_AT)]
    within = sum(1 for _ in islice(WITHIN_A_WORD.finditer(text), LOOK_AT))
    letters = "".join(runs)[:LOOK_AT]
    daily = sum(1 for letter in letters if _strictly_in(letter, "gb2312"))
    return daily >= LEAST_KNOWN * len(letters) and 2 * within <= len(runs)


def _strictly_in(letter: str, name: str) -> bool:
    try:
        letter.encode(name)
    except UnicodeEncodeError:
        return False
    return True


def _is_western(text: str) -> bool:
    """Whether every letter is one of western names, and most stand alone among Latin ones."""
    runs = [match[0] for match in islice(BEYOND.finditer(text), LOOK_AT)]
    alone = sum(len(run) == 1 for run in runs)
    known = all(WESTERN.fullmatch(letter) for run in runs for letter in run)
    return known and 2 * alone >= len(runs)


def _told(file: Path, content: bytes, start: int, rule: str) -> PlaybookError:
    line = content.count(b"\n", 0, start) + 1
    return PlaybookError(
        Problem(
            file=str(file),
            place=f"line {line}",
            value=f"byte {content[start]:#04x}",
            rule=rule,
            remedy='Open it and save it as "CSV UTF-8", or download it again.',
        )
    )
