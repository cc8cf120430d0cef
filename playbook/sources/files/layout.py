"""How a file of some platform is laid out.

Which header means which canonical column, and in which unit.
"""

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from functools import cache, lru_cache
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args

from babel.numbers import list_currencies
from pydantic import BeforeValidator, Field, ValidationError, model_validator

from playbook.errors import ParameterError
from playbook.params.document import read_document, told
from playbook.params.model import Grain, TableName
from playbook.params.text import Model, Slug, Text
from playbook.sources.contracts import CONTRACTS

SHIPPED = Path(__file__).parents[1] / "platforms"
IN_BRACKETS = re.compile(r"\s*[(（\[]([^()（）\[\]]{1,4})[)）\]]\s*$")
CURRENCY_WORDS: Mapping[str, str] = {
    "€": "EUR",
    "£": "GBP",
    "US$": "USD",
    "人民币": "CNY",
    "RMB": "CNY",
    "美元": "USD",
    "欧元": "EUR",
    "英镑": "GBP",
    "日元": "JPY",
    "港币": "HKD",
    "港元": "HKD",
    "新台币": "TWD",
}
"""What a header's brackets may say instead of a code; "$" and 元 may mean several."""

MISSING = ("", "-", "--", "—", "N/A", "n/a", "null", "NULL", "None", "NaN", "nan")


Level = Literal["account", "campaign", "group", "ad"]
"""How a platform nests what it shows, from the widest to the finest."""

Kind = Literal["ads", "analytics", "shop"]
"""Who tells a file's numbers: where ads are shown, who counts visits, or where orders are paid."""

Headers = tuple[str, ...]

LEAST_SIGNS = 3
"""Headers of a platform that one line of a file must bear to be known for its own."""


class Sign(Model):
    """Headers that together only one platform writes; a list stands for `all`.

    Attributes:
        all: Headers that a line must have, each of them.
        some: Headers of which a line must have one at least, and as many as make three with `all`.
    """

    all: Headers = ()
    some: Headers = ()

    @model_validator(mode="after")
    def _enough(self) -> Self:
        if len({plain(header) for header in (*self.all, *self.some)}) < LEAST_SIGNS:
            raise ValueError(f"must name at least {LEAST_SIGNS} headers, in all and some together")
        return self

    def stands_in(self, line: Set[str]) -> bool:
        """Whether a line, its cells as compared, bears the sign."""
        needed = {plain(header) for header in self.all}
        optional = {plain(header) for header in self.some} - needed
        least = max(LEAST_SIGNS - len(needed), 1) if optional else 0
        return needed <= line and len(optional & line) >= least


class Origin(Model):
    """Where one canonical column comes from: exactly one of the six ways.

    Attributes:
        headers: Alternatives; the first that the file has is taken.
        levels: By level of the platform, from the widest, alternatives of which the first that the
            file has is taken; their texts are joined with " / ".
        ids: By level, the headers of its number, which tells apart what bears one name.
        add: Headers whose numbers are added up; those that the file lacks count as nothing.
        join: Headers whose texts are joined with " / ".
        constant: The same text in every row.
        line: The line in the file, where a row is a unit without an id of its own.
        divide: By header, what its numbers are divided by: 1000000 for micros, 100 for 分.
        before: By header, the sign that ends what is meant: "/" in "¥11.19 / ¥500".
        until: By header of a first day, the header of the last; a row of several days is set aside.
        codes: What stands in the file, and what it means here.
    """

    headers: Headers = ()
    levels: Mapping[Level, Headers] = Field(default_factory=dict)
    ids: Mapping[Level, Headers] = Field(default_factory=dict)
    add: Headers = ()
    join: Headers = ()
    constant: str | None = None
    line: bool = False
    divide: Mapping[str, Annotated[float, Field(gt=0)]] = Field(default_factory=dict)
    before: Mapping[str, str] = Field(default_factory=dict)
    until: Mapping[str, str] = Field(default_factory=dict)
    codes: Mapping[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ways = (self.headers, self.levels, self.add, self.join, self.constant, self.line)
        if sum(map(bool, ways)) != 1:
            raise ValueError("must say one of headers, levels, add, join, constant or line")
        return self

    @property
    def wanted(self) -> tuple[str, ...]:
        """Every header that may serve; those of the finest level first."""
        finest_first = reversed(get_args(Level))
        of_levels = chain.from_iterable(self.levels.get(level, ()) for level in finest_first)
        of_ids = chain.from_iterable(self.ids.values())
        return (*self.headers, *of_levels, *of_ids, *self.add, *self.join)


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


def _sign(value: Any) -> Any:
    return {"all": value} if isinstance(value, list | tuple) else value


def _field(value: Any) -> Any:
    if isinstance(value, str):
        return {"headers": [value]}
    return {"headers": value} if isinstance(value, list) else value


class Layout(Model):
    """The mapping of one platform's export, or of a team's own file, to a canonical table.

    Attributes:
        name: Of the platform.
        table: Canonical table that it feeds.
        kind: Who tells the numbers; where two kinds tell the same measure of a channel, one counts
            and the other is shown as its claim. Where left out, it is told by the measures.
        grain: What a row tells; where it is left out, rows that seem to tell weeks or months are
            set aside. A platform that tells each sending on its day says "day".
        signs: A file is of this platform if one of its lines bears one of these: three headers at
            least that together are its own.
        foreign: Headers that this platform never writes; a line with one of them is another's.
        columns: By canonical column, where it comes from.
        where: By header, the values of the rows that stay, such as "paid"; others, such as
            cancelled and unpaid orders, are left out on purpose, counted and told.
        date_parts: Instead of a date column.
        channel: Id of the channel where neither source nor column says it.
        currency: ISO 4217 code where no column says it; the campaign's where this is empty too.
        decimal_comma: Headers by which a file shows that it writes 1.234,56.
        day_first: Whether 3/4/2026 is the third of April, or headers by which a file shows it.
            Where nothing is said, one day above 12 must tell.
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
    kind: Kind | None = None
    grain: Grain | None = None
    signs: tuple[Annotated[Sign, BeforeValidator(_sign)], ...] = ()
    foreign: Headers = ()
    columns: Mapping[str, Annotated[Origin, BeforeValidator(_field)]]
    where: Mapping[str, Annotated[Headers, Field(min_length=1)]] = Field(default_factory=dict)
    date_parts: DateParts | None = None
    channel: Slug | None = None
    currency: str = ""
    decimal_comma: tuple[str, ...] = ()
    day_first: bool | tuple[str, ...] | None = None
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

    def taken(self, names: Iterable[str], currency: str = "") -> dict[str, tuple[str, ...]]:
        """Return by canonical column the headers of a file that serve it.

        None where it does not carry the column.

        Of headers that are told apart by their currency only, that which the layout writes serves,
        else that of the campaign's currency, else the first.

        Args:
            names: The headers of the file.
            currency: ISO 4217 code of the campaign.
        """
        alike = _alike(names)
        taken: dict[str, Headers] = {}
        for key, field in self.columns.items():
            wanted = [header for header in field.wanted if plain(header) in alike]
            serving = tuple(
                _of_currency(alike[plain(each)], currency_of(each) or currency) for each in wanted
            )
            taken[key] = serving[:1] if field.headers else serving
        return taken

    def levels(self, names: Iterable[str]) -> dict[Level, str]:
        """Return by level of the unit, from the widest, the header of a file that names it."""
        return self._of_levels("levels", names)

    def ids(self, names: Iterable[str]) -> dict[Level, str]:
        """Return by level of the unit, from the widest, the header of a file with its number."""
        return self._of_levels("ids", names)

    def _of_levels(
        self, attribute: Literal["levels", "ids"], names: Iterable[str]
    ) -> dict[Level, str]:
        unit = self.columns.get("campaign_unit")
        alternatives: Mapping[Level, Headers] = getattr(unit, attribute) if unit else {}
        by_plain_name = _by_plain_name(names)
        present: dict[Level, str] = {}
        for level in get_args(Level):
            wanted = map(plain, alternatives.get(level, ()))
            header = next((by_plain_name[each] for each in wanted if each in by_plain_name), None)
            if header is not None:
                present[level] = header
        return present

    def writes_comma(self, names: Iterable[str]) -> bool:
        """Whether a file with these headers writes 1.234,56."""
        return _any_of(self.decimal_comma, names)

    def writes_day_first(self, names: Iterable[str]) -> bool | None:
        """Whether 3/4/2026 is the third of April in a file with these headers; None if unsaid."""
        if isinstance(self.day_first, tuple):
            return _any_of(self.day_first, names)
        return self.day_first


def _by_plain_name(names: Iterable[str]) -> dict[str, str]:
    """Return headers by what is compared; of two that are the same then, the first."""
    return {plain(name): name for name in reversed(list(names))}


def _alike(names: Iterable[str]) -> dict[str, list[str]]:
    """Return headers, in their order, by what is compared."""
    alike: dict[str, list[str]] = {}
    for name in names:
        alike.setdefault(plain(name), []).append(name)
    return alike


def _of_currency(names: Sequence[str], currency: str) -> str:
    """Choose among headers that differ in their currency only."""
    return next((name for name in names if currency and currency_of(name) == currency), names[0])


def _any_of(marks: Iterable[str], names: Iterable[str]) -> bool:
    return not {plain(one) for one in marks}.isdisjoint(plain(one) for one in names)


def currency_of(header: str) -> str:
    """Return the ISO 4217 code that a header ends in, such as "Amount spent (USD)".

    Also where it says it by a sign or a word, as in "Spend (€)". Empty where there is none.
    """
    match = IN_BRACKETS.search(header)
    if match is None:
        return ""
    code = CURRENCY_WORDS.get(match[1].strip(), match[1].strip())
    return code if code in _codes() else ""


@cache
def _codes() -> frozenset[str]:
    return frozenset(list_currencies())


@lru_cache(maxsize=8192)
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
