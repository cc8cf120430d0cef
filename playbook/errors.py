"""What is wrong, where, by which rule, and what to do: the only words a user sees of a fault."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

Severity = Literal["error", "warning", "note"]
"""Errors must be mended, warnings are to be looked at and may be accepted, notes only tell."""

MOST_VALUE = 80
MOST_WORDS = 600
"""Characters of a value, and of any other part, that a sentence repeats."""

UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Signs that steer a terminal or turn the direction of writing, and halves of characters."""


def visible(text: str) -> str:
    """Return a text of others as it may be shown: signs that steer a terminal as escapes."""
    return UNSEEN.sub(lambda sign: sign[0].encode("unicode_escape").decode(), text)


def shortened(text: str, most: int) -> str:
    """Cut a text that is longer than a sentence can bear."""
    return text if len(text) <= most else f"{text[:most]}…"


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One fault of an input that its author can mend.

    Attributes:
        file: Path as the user knows it, or the name of a table.
        place: Key, row or column inside the file; empty when the whole file is meant.
        value: What stands there, as text; empty when something is missing.
        rule: The rule that it breaks, as a full clause.
        remedy: What to do, as an imperative sentence; empty where nothing is to be done.
        severity: How grave it is.
        code: By which parameters can accept a warning; empty where they cannot.
    """

    file: str
    place: str = ""
    value: str = ""
    rule: str
    remedy: str
    severity: Severity = "error"
    code: str = ""

    def __str__(self) -> str:
        """Say the problem in one line: where, what, why, and what to do."""
        value = f" is {shortened(self.value, MOST_VALUE)!r}" if self.value else ""
        file, place, rule, remedy = (
            shortened(part, MOST_WORDS) for part in (self.file, self.place, self.rule, self.remedy)
        )
        where = f"{file}: {place}{value}" if place else f"{file}{value}"
        return visible(f"{where}: {rule}. {remedy}".rstrip())

    @classmethod
    def of_file(cls, file: Path, error: OSError) -> Self:
        """Say why the system does not give a file or folder, and what to do."""
        if isinstance(error, PermissionError):
            rule, remedy = "may not be read", f"Allow it: chmod u+rX {file}."
        elif isinstance(error, IsADirectoryError):
            rule, remedy = "is a folder, and must be a file", "Name the file itself."
        elif isinstance(error, NotADirectoryError):
            rule, remedy = "lies in a file, and must lie in a folder", "Correct the path."
        elif isinstance(error, FileNotFoundError):
            rule, remedy = "is not there", "Correct the name."
        else:
            rule, remedy = f"cannot be read ({error.strerror})", "Correct the path or the disk."
        return cls(file=str(file), rule=rule, remedy=remedy)


class PlaybookError(Exception):
    """An input that cannot be used; carries every problem found, not only the first."""

    def __init__(self, *problems: Problem) -> None:
        """Keep the problems in the order in which they were found."""
        super().__init__(*problems)
        self.problems = problems

    def __str__(self) -> str:
        """List one problem a line."""
        return "\n".join(map(str, self.problems))


class ParameterError(PlaybookError):
    """Parameters that cannot be used."""
