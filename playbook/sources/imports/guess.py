"""A mapping for a file that no platform wrote.

Guesses from its headers and cells; what it could not find, it asks in words.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from playbook.errors import visible
from playbook.params.model import TableName
from playbook.sources.contracts import CONTRACTS, Contract
from playbook.sources.files.grid import first_lines
from playbook.sources.files.layout import LEAST_SIGNS, plain
from playbook.sources.imports import questions
from playbook.sources.imports.pairing import Pairs, paired, tables_by_weight
from playbook.sources.imports.sampled import Sampled, sampled
from playbook.sources.imports.words import BREAKDOWN, words_of

GIVEN_ELSEWHERE = {"currency", "channel"}
"""Needed columns that the parameters can say for a whole file."""

FEWEST_COLUMNS = 3
"""Columns of a table that a header must name to be taken for one of it."""

OPEN = "FILL IN"
"""What marks a line that a person must complete."""

BREAKING = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""Signs that JSON leaves as they are, and at which a line of YAML or of a terminal may break."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Guess:
    """A mapping as proposed.

    Attributes:
        table: Canonical table that the file seems to feed.
        text: The mapping as YAML, with a word on every guess.
        found: By canonical column, the headers that serve it.
        asked: By place in the mapping, what a person must say; empty where nothing is open.
        notes: What is worth knowing of the guesses.
    """

    table: TableName
    text: str
    found: Mapping[str, str]
    asked: Mapping[str, str]
    notes: tuple[str, ...]

    @property
    def is_ready(self) -> bool:
        """Whether the mapping can be used as it is."""
        return not self.asked


def skeleton(file: Path, name: str, command: str, year: int, currency: str = "") -> Guess:
    """Propose a mapping: the table, its columns, the unit, money and its currency.

    Args:
        file: The unknown file.
        name: What the mapping calls it.
        command: What to run when it is filled in.
        year: Put in where the file has month and day without a year.
        currency: ISO 4217 code of the campaign; of amounts in several currencies its own is taken.

    Raises:
        PlaybookError: The file cannot be opened or holds no table.
    """
    table = sampled(file)
    ranked = tables_by_weight(table, currency)
    pairs, asked = ranked[0], questions.questions(table, ranked, currency)
    lines = [
        f"# How {visible(file.name)} is read: guessed by `playbook import`.",
        *([f"# Look at each line marked {OPEN}, then run:"] if asked else ["# Read by:"]),
        f"#   {visible(command)}",
        "# Left is the canonical column (data/README.md says what each means), right the header "
        "in the file; docs/mappings.md explains every key.",
        f"name: {_quoted(name)}",
        f'table: "{pairs.table}"{_asked(asked, "table")}',
        *_signs(table),
        *_writing(table, pairs, asked),
        *_currency(table, pairs, currency),
        *_where(table, pairs, asked),
        *_date_parts(table, pairs, year, asked),
        "columns:",
        *_columns(table, pairs, asked),
        *_not_found(pairs, asked),
        "# Left out; ratios stay out, they are made of sums:",
        *_left_out(table, pairs),
    ]
    return Guess(
        table=pairs.table,
        text="\n".join([*lines, ""]),
        found=dict(_found(pairs)),
        asked=asked,
        notes=tuple(_notes(table, pairs, currency)),
    )


def tables(file: Path) -> tuple[str, ...]:
    """Name the canonical tables whose needed columns a file's header has under their own names.

    A file of which a left-over header looks like another column of the table is none: what it holds
    would be lost.
    """
    headers = [set(map(plain, line)) for _, line in first_lines(file)]
    named = [table for table, contract in CONTRACTS.items() if _is_named(contract, headers)]
    return tuple(table for table in named if not lost(file, table))


def lost(file: Path, table: TableName) -> tuple[str, ...]:
    """Name the headers that a reading by canonical names alone would lose.

    They look like a column of the table that no header names, or say that an order was never paid.
    An open table loses none: what it does not know stays as a column of its own.
    """
    if CONTRACTS[table].open_columns:
        return ()
    found = sampled(file)
    pairs = paired(found, table)
    own = {plain(header) for header in found.headers}
    serving = {name: header for name, header in _found(pairs) if name not in own}
    names = CONTRACTS[table].names
    looking_alike = [header for header in serving.values() if plain(header) not in names]
    return (*looking_alike, *questions.unpaid_header(found, pairs))


def _is_named(contract: Contract, headers: Sequence[set[str]]) -> bool:
    return any(_names(header, contract) for header in headers)


def _names(header: set[str], contract: Contract) -> bool:
    """Whether a line names what a table needs, and at least three of its columns."""
    needed = {
        column.name for column in contract.columns if column.required and column.default is None
    }
    has_needed = needed - GIVEN_ELSEWHERE <= header
    return has_needed and len(header.intersection(contract.names)) >= FEWEST_COLUMNS


def _found(pairs: Pairs) -> Iterator[tuple[str, str]]:
    """Yield what was found: canonical columns, the unit by its levels, and their headers."""
    unit = [*pairs.levels.values(), *pairs.ids.values()]
    yield from pairs.headers.items()
    if unit:
        yield "campaign_unit", " + ".join(unit)


def _signs(table: Sampled) -> Iterator[str]:
    """Yield the headers by which the next download of the same form is known: all of them.

    Fewer could be those of another platform's file.
    """
    if len({plain(header) for header in table.headers}) >= LEAST_SIGNS:
        yield "signs:    # a file with all of these headers is read by this mapping"
        yield f"  - {_quoted(table.headers)}"


def _writing(table: Sampled, pairs: Pairs, asked: Mapping[str, str]) -> Iterator[str]:
    """Yield how the file writes numbers and days."""
    comma = [header for header in table.comma_headers if header in pairs.taken]
    if table.comma_headers:
        header = (comma or list(table.comma_headers))[0]
        example = _quoted(table.example(header))
        yield f"decimal_comma: {_quoted([header])}    # a file with it writes {example}"
    day = [header for header in table.day_first_headers if header in pairs.taken]
    if day:
        example = _quoted(table.example(day[0]))
        yield f"day_first: {_quoted(day[:1])}    # a file with it writes {example}"
    elif "day_first" in asked:
        yield f"day_first: false{_asked(asked, 'day_first')}"


def _currency(table: Sampled, pairs: Pairs, currency: str) -> Iterator[str]:
    said = questions.currencies(table, pairs, currency)
    if said and "currency" not in pairs.headers:
        name, code = next(iter(said.items()))
        yield f'currency: "{code}"    # as {visible(pairs.headers[name])} says'


def _where(table: Sampled, pairs: Pairs, asked: Mapping[str, str]) -> Iterator[str]:
    header = questions.status_header(table, pairs)
    if header:
        states = list(questions.paid_states(table, header))
        note = "    # only such orders count; others are left out and told"
        yield f"where: {{{_quoted(header)}: {_quoted(states)}}}{_asked(asked, 'where') or note}"


def _date_parts(table: Sampled, pairs: Pairs, year: int, asked: Mapping[str, str]) -> Iterator[str]:
    parts = questions.date_parts(table, pairs)
    if parts:
        names = json.dumps({"year": year} | parts, ensure_ascii=False)
        yield f"date_parts: {names}{_asked(asked, 'date_parts')}"


def _columns(table: Sampled, pairs: Pairs, asked: Mapping[str, str]) -> Iterator[str]:
    by_line = questions.BY_LINE.get(pairs.table)
    if by_line and by_line not in pairs.headers:
        yield f"  {by_line}: {{line: true}}    # no column numbers them: each line is one"
    for name, header in pairs.headers.items():
        note = _asked(asked, name) or f"    # for example {_quoted(table.example(header))}"
        yield f"  {name}: {_origin(table, pairs, name, header)}{note}"
    if pairs.levels or pairs.ids:
        example = [table.example(header) for header in pairs.levels.values()]
        yield f"  campaign_unit: {_unit(pairs)}    # for example {_quoted(' / '.join(example))}"
    split = _split(table, pairs)
    if split:
        note = "what tells rows of one day and unit apart"
        yield f"  segment: {{join: {_quoted(split)}}}    # {note}"


def _origin(table: Sampled, pairs: Pairs, name: str, header: str) -> str:
    """Write where a column comes from, in the shortest form."""
    last_day = questions.span(table, pairs) if name == "date" else ""
    codes = questions.codes(table, pairs, name)
    if last_day:
        return (
            f"{{headers: {_quoted([header])}, until: {{{_quoted(header)}: {_quoted(last_day)}}}}}"
        )
    divided = questions.divisor(header) if name in questions.amounts(pairs) else 1
    if divided > 1:
        return f"{{headers: {_quoted([header])}, divide: {{{_quoted(header)}: {divided}}}}}"
    if codes:
        return f"{{headers: {_quoted([header])}, codes: {json.dumps(codes, ensure_ascii=False)}}}"
    return _quoted([header])


def _unit(pairs: Pairs) -> str:
    levels = {level: [header] for level, header in pairs.levels.items()}
    ids = {level: [header] for level, header in pairs.ids.items()}
    if not levels:
        return _quoted([list(pairs.ids.values())[-1]])
    told = {"levels": levels} | ({"ids": ids} if ids else {})
    return _quoted(told)


def _not_found(pairs: Pairs, asked: Mapping[str, str]) -> Iterator[str]:
    """Yield a line to fill in for every column that nobody can do without and that none serves."""
    for name, question in asked.items():
        if name in CONTRACTS[pairs.table].names and name not in pairs.headers:
            yield f'  {name}: ["{OPEN}"]    # the header in the file; {visible(question)}'


def _left_out(table: Sampled, pairs: Pairs) -> Iterator[str]:
    used = {*pairs.taken, *_split(table, pairs), questions.status_header(table, pairs)}
    used |= {questions.span(table, pairs), *questions.date_parts(table, pairs).values()}
    for header in table.headers:
        if header not in used:
            yield f"#   {_quoted(header)}    for example {_quoted(table.example(header))}"


def _notes(table: Sampled, pairs: Pairs, currency: str) -> Iterator[str]:
    """Say what is worth knowing before the rows come in."""
    said = questions.currencies(table, pairs, currency)
    foreign = sorted({code for code in said.values() if code != currency})
    if foreign and currency:
        yield f"Amounts are in {', '.join(foreign)}, the campaign's currency is {currency}."
    if pairs.table == "channel_daily" and not (pairs.levels or pairs.ids):
        yield "No column names a campaign, ad group or ad: all rows of a day are one."


def _split(table: Sampled, pairs: Pairs) -> list[str]:
    """Find columns that tell apart rows of one day and unit."""
    key = [pairs.headers[name] for name in ("date", "channel") if name in pairs.headers]
    key += [*questions.date_parts(table, pairs).values()]
    key += [*pairs.levels.values(), *pairs.ids.values()]
    if pairs.table != "channel_daily" or not key or not table.rows[key].duplicated().any():
        return []
    free = [header for header in table.headers if header not in (*pairs.taken, *key)]
    breakdowns = [header for header in free if BREAKDOWN.search(words_of(header))]
    return breakdowns or [header for header in free if _is_worded(table, header)]


def _is_worded(table: Sampled, header: str) -> bool:
    """Whether most cells of a column are words, neither numbers nor days."""
    return not (table.is_number(header) or table.is_day(header) or table.said(header).empty)


def _asked(asked: Mapping[str, str], place: str) -> str:
    return f"    # {OPEN}: {visible(asked[place])}" if place in asked else ""


def _quoted(text: object) -> str:
    written = json.dumps(text, ensure_ascii=False)
    return BREAKING.sub(lambda sign: f"\\u{ord(sign[0]):04x}", written)
