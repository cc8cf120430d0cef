"""How a file of some platform is laid out.

Which header means which canonical column, and in which unit.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from babel.numbers import list_currencies
from pydantic import BeforeValidator, Field, ValidationError, model_validator

from playbook.errors import ParameterError
from playbook.params.document import read_document, told
from playbook.params.model import TableName
from playbook.params.text import Model, Slug, Text
from playbook.sources.contracts import CONTRACTS

SHIPPED = Path(__file__).parents[1] / "platforms"
IN_BRACKETS = re.compile(r"\s*\(([A-Z]{3})\)\s*$")
MISSING = ("", "-", "--", "—", "N/A", "n/a", "null", "NULL", "None", "NaN", "nan")


class Origin(Model):
    """Where one canonical column comes from: exactly one of the five ways.

    Attributes:
        headers: Alternatives; the first that the file has is taken.
        add: Headers whose numbers are added up; those that the file lacks count as nothing.
        join: Headers whose texts are joined with " / ".
        constant: The same text in every row.
        line: The line in the file, where a row is a unit without an id of its own.
        divide: By header, what its numbers are divided by: 1000000 for micros, 100 for 分.
        before: By header, the sign that ends what is meant: "/" in "¥11.19 / ¥500".
        until: By header of a first day, the header of the last; a row of several days is set aside.
        codes: What stands in the file, and what it means here.
    """

    headers: tuple[str, ...] = ()
    add: tuple[str, ...] = ()
    join: tuple[str, ...] = ()
    constant: str | None = None
    line: bool = False
    divide: Mapping[str, Annotated[float, Field(gt=0)]] = Field(default_factory=dict)
    before: Mapping[str, str] = Field(default_factory=dict)
    until: Mapping[str, str] = Field(default_factory=dict)
    codes: Mapping[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if sum(map(bool, (self.headers, self.add, self.join, self.constant, self.line))) != 1:
            raise ValueError("must say one of headers, add, join, constant or line")
        return self

    @property
    def wanted(self) -> tuple[str, ...]:
        """Every header that may serve."""
        return (*self.headers, *self.add, *self.join)


class DateParts(Model):
    """A date that stands in several columns.

    `year` may be a number where the file does not have it.
    """

    year: str | int
    month: str
    day: str


class Period(Model):
    """Reports of a whole period, without a day in their rows.

    Attributes:
        lines: How the lines above the header begin that state the period; "" looks into all of
            them.
        on_first_day: Whether the rows of such a report bear the period's first day.
    """

    lines: tuple[str, ...] = ()
    on_first_day: bool = False


def _field(value: Any) -> Any:
    if isinstance(value, str):
        return {"headers": [value]}
    return {"headers": value} if isinstance(value, list) else value


class Layout(Model):
    """The mapping of one platform's export, or of a team's own file, to a canonical table.

    Attributes:
        name: Of the platform.
        table: Canonical table that it feeds.
        signs: Sets of headers; a file with all headers of one set is of this platform.
        columns: By canonical column, where it comes from.
        date_parts: Instead of a date column.
        channel: Id of the channel where neither source nor column says it.
        currency: ISO 4217 code where no column says it; the campaign's where this is empty too.
        decimal_comma: Headers by which a file shows that it writes 1.234,56.
        day_first: Whether 3/4/2026 is the third of April, or headers by which a file shows it.
        timezone: Zone in which days are cut and moments written; the campaign's where this is
            empty.
        period: For a platform that also reports whole periods; their rows are set aside, not booked
            on a day.
        record: Whether a file may be one record, written as lines of name and value.
        missing: Cells that say nothing.
        sure: By report, how sure its headers are: A copied from a real download, B read by public
            code that parses real downloads, C from the maker's documentation, D a guess.
    """

    name: Text
    table: TableName
    signs: tuple[tuple[str, ...], ...] = ()
    columns: Mapping[str, Annotated[Origin, BeforeValidator(_field)]]
    date_parts: DateParts | None = None
    channel: Slug | None = None
    currency: str = ""
    decimal_comma: tuple[str, ...] = ()
    day_first: bool | tuple[str, ...] = False
    timezone: str = ""
    period: Period | None = None
    record: bool = False
    missing: tuple[str, ...] = MISSING
    sure: Mapping[str, Literal["A", "B", "C", "D"]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _known_columns(self) -> Self:
        contract = CONTRACTS[self.table]
        unknown = [] if contract.open_columns else sorted(set(self.columns) - set(contract.names))
        if unknown:
            raise ValueError(f"{self.table} has no column {', '.join(unknown)}")
        return self

    @property
    def dates(self) -> set[str]:
        """The headers of a date's parts, as compared."""
        parts = self.date_parts
        return (
            {plain(str(part)) for part in (parts.year, parts.month, parts.day)} if parts else set()
        )

    @property
    def headers(self) -> set[str]:
        """Every header that the layout knows, as compared."""
        return self.dates | {
            plain(header) for field in self.columns.values() for header in field.wanted
        }

    def taken(self, names: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Return by canonical column the headers of a file that serve it.

        None where it does not carry the column.

        Of two headers that are told apart by their unit only, the first serves.
        """
        by_plain_name = {plain(name): name for name in reversed(list(names))}
        taken: dict[str, tuple[str, ...]] = {}
        for key, field in self.columns.items():
            wanted = [plain(header) for header in field.wanted]
            serving = tuple(by_plain_name[name] for name in wanted if name in by_plain_name)
            taken[key] = serving[:1] if field.headers else serving
        return taken

    def writes_comma(self, names: Iterable[str]) -> bool:
        """Whether a file with these headers writes 1.234,56."""
        return _any_of(self.decimal_comma, names)

    def writes_day_first(self, names: Iterable[str]) -> bool:
        """Whether 3/4/2026 is the third of April in a file with these headers."""
        return (
            self.day_first if isinstance(self.day_first, bool) else _any_of(self.day_first, names)
        )


def _any_of(marks: Iterable[str], names: Iterable[str]) -> bool:
    return not {plain(one) for one in marks}.isdisjoint(plain(one) for one in names)


def currency_of(header: str) -> str:
    """Return the ISO 4217 code that a header ends in, such as "Amount spent (USD)".

    Empty where there is none.
    """
    match = IN_BRACKETS.search(header)
    return match[1] if match and match[1] in list_currencies() else ""


def plain(header: str) -> str:
    """Reduce a header to what is compared.

    Full width to half width, case, spaces, without a unit or currency at the end.
    """
    bare = IN_BRACKETS.sub("", header) if currency_of(header) else header
    text = bare.strip().strip("\ufeff\"'").replace("（", "(").replace("）", ")").casefold()
    for unit in ("(元)", "(次)", "(%)", "(人)"):
        text = text.removesuffix(unit)
    return " ".join(text.split())


@cache
def shipped() -> Mapping[str, Layout]:
    """Return the layouts of all platforms that come with the playbook, by id."""
    return {file.stem: read_layout(file) for file in sorted(SHIPPED.glob("*.yml"))}


def read_layout(file: Path) -> Layout:
    """Read a mapping file.

    Raises:
        ParameterError: With every fault: file, key and line, rule and remedy.
    """
    document = read_document(file)
    try:
        return Layout.model_validate(document.content)
    except ValidationError as error:
        raise ParameterError(*(told([document], detail) for detail in error.errors())) from None
