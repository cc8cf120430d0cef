"""A period: one calendar month, its days, and the months around it."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self


@dataclass(frozen=True, order=True, slots=True)
class Period:
    """One month; it prints as YYYY-MM, as it stands in parameters, folders and tables."""

    year: int
    month: int

    @classmethod
    def of(cls, text: str) -> Self:
        """Read a month written YYYY-MM.

        Raises:
            ValueError: It is no month.
        """
        first = date.fromisoformat(f"{text}-01")
        return cls(first.year, first.month)

    def __str__(self) -> str:
        """Return it as YYYY-MM."""
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def start(self) -> date:
        """First day."""
        return date(self.year, self.month, 1)

    @property
    def end(self) -> date:
        """Last day, included."""
        return self.next.start - timedelta(days=1)

    @property
    def previous(self) -> Self:
        """The month before."""
        return self.after(-1)

    @property
    def next(self) -> Self:
        """The month after."""
        return self.after(1)

    def after(self, months: int) -> Self:
        """Return the month that lies some months later; earlier, where negative."""
        year, month = divmod(self.year * 12 + self.month - 1 + months, 12)
        return type(self)(year, month + 1)

    def until(self, last: "Period") -> list["Period"]:
        """Return every month from this one to another, both included; none where it is earlier."""
        count = (last.year - self.year) * 12 + last.month - self.month + 1
        return [self.after(months) for months in range(count)]
