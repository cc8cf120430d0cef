"""What is wrong, where, by which rule, and what to do: the only words a user sees of a fault."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One fault of an input that its author can mend.

    Attributes:
        file: Path as the user knows it, or the name of a table.
        place: Key, row or column inside the file; empty when the whole file is meant.
        value: What stands there, as text; empty when something is missing.
        rule: The rule that it breaks, as a full clause.
        remedy: What to do, as an imperative sentence.
    """

    file: str
    place: str = ""
    value: str = ""
    rule: str
    remedy: str

    def __str__(self) -> str:
        """Say the problem in one line: where, what, why, and what to do."""
        value = f" is {self.value!r}" if self.value else ""
        where = f"{self.file}: {self.place}{value}" if self.place else f"{self.file}{value}"
        return f"{where}: {self.rule}. {self.remedy}"


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
