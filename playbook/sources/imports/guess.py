"""A mapping for a file that no platform wrote.

Best guesses from its headers and cells, for a person to confirm.
"""

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd

from playbook.errors import PlaybookError, Problem, visible
from playbook.sources.contracts import CONTRACTS, Contract
from playbook.sources.files import cells
from playbook.sources.files.grid import first_lines
from playbook.sources.files.layout import plain, shipped
from playbook.sources.files.workbook import Rows

GIVEN_ELSEWHERE = {"currency", "channel"}
"""Needed columns that the parameters can say for a whole file."""

FEWEST_COLUMNS = 3
"""Columns of a table that a header must name to be taken for one of it."""

RATE = re.compile(
    r"%|率|平均|均价|单价|成本|\bper\b|\bavg|average|rate|ratio|cost.?per|^c[pt][a-z]$|roi|roas|/",
    re.IGNORECASE,
)
"""What marks a header as a ratio, which is never taken: ratios are made of sums."""

BREAKING = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""Signs that JSON leaves as they are, and at which a line of YAML or of a terminal may break."""

WORDS: Mapping[str, str] = {
    "date": r"date|\bday\b|日期|时间|datum|\btag\b|fecha|\bjour\b",
    "campaign_unit": r"campaign|\bad\b|creative|计划|单元|创意|标题|\btitle\b|\bname\b"
    r"|kampagne|campaña|campagne",
    "impressions": r"impression|impresiones|\bviews?\b|displays?|shown|曝光|展示|展现|送达",
    "reach": r"\breach|覆盖人数",
    "clicks": r"click|点击|klick|\bclics?\b",
    "visits": r"visit|session|访问|访客|besuche",
    "engagements": r"engagement|interaction|\blikes?\b|互动",
    "conversions": r"conversion|转化",
    "orders": r"\borders?\b|订单|成交笔数|bestellungen",
    "revenue": r"revenue|sales|gmv|成交金额|销售额|收入|umsatz|ingresos|chiffre d.affaires",
    "spend": r"spend|spent|\bcosts?\b|花费|消耗|消费|费用|kosten|ausgaben|\bgastos?\b|dépenses?",
    "currency": r"currency|币种|货币|währung|moneda|devise",
}
"""Whole or partial words by canonical column of channel_daily; a header that a shipped mapping
knows goes first."""


def skeleton(file: Path, name: str, command: str, year: int) -> str:
    """Write a mapping to channel_daily as YAML, every guess marked.

    Args:
        file: The unknown file.
        name: What the mapping calls it.
        command: What to run when it is filled in.
        year: Put in where the file has month and day without a year.

    Raises:
        PlaybookError: The file cannot be opened or holds no table.
    """
    headers, rows = _table(file)
    comma, day_first = _comma_headers(headers, rows), _day_first_headers(headers, rows)
    guessed = _guessed(headers, rows, decimal_comma=bool(comma), day_first=bool(day_first))
    parts = _date_parts(headers) if "date" not in guessed else {}
    taken = {*guessed.values(), *parts.values()}
    in_day_order = guessed.get("date") in day_first
    writing = {
        "decimal_comma": comma[:1],
        "day_first": [guessed["date"]] if in_day_order else [],
    }
    split = _split(headers, rows, taken)
    ignored = [header for header in headers if header not in {*taken, *split}]
    lines = [
        f"# How {visible(file.name)} is read: guessed by `playbook import`. "
        "Look at each line marked FILL IN, then run:",
        f"#   {visible(command)}",
        "# Left is the canonical column (data/README.md says what each means), right the header "
        "in the file.",
        f"name: {_quoted(name)}",
        'table: "channel_daily"    # FILL IN: the table that it feeds',
    ]
    for key, marks in writing.items():
        if marks:
            example = _example(rows, headers, marks[0])
            lines.append(f"{key}: {_quoted(marks)}    # a file with this header writes {example}")
    if parts:
        names = json.dumps({"year": year} | parts, ensure_ascii=False)
        lines.append(f"date_parts: {names}    # FILL IN: the year")
    lines.append("columns:")
    for column, header in guessed.items():
        example = _example(rows, headers, header)
        lines.append(f"  {column}: [{_quoted(header)}]    # FILL IN: for example {example}")
    if split:
        reason = "what tells rows of one day and unit apart"
        lines.append(f"  segment: {{join: {_quoted(split)}}}    # FILL IN: {reason}")
    lines.append("# Left out; ratios stay out, they are made of sums:")
    lines += [
        f"#   {_quoted(header)}    for example {_example(rows, headers, header)}"
        for header in ignored
    ]
    return "\n".join([*lines, ""])


def tables(file: Path) -> tuple[str, ...]:
    """Name the canonical tables whose needed columns a file's header has under their own names."""
    headers = [set(map(plain, line)) for _, line in first_lines(file)]
    return tuple(table for table, contract in CONTRACTS.items() if _is_named(contract, headers))


def _is_named(contract: Contract, headers: Sequence[set[str]]) -> bool:
    return any(_names(header, contract) for header in headers)


def _names(header: set[str], contract: Contract) -> bool:
    """Whether a line names what a table needs, and at least three of its columns."""
    needed = {
        column.name for column in contract.columns if column.required and column.default is None
    }
    has_needed = needed - GIVEN_ELSEWHERE <= header
    return has_needed and len(header.intersection(contract.names)) >= FEWEST_COLUMNS


def _filled(line: Sequence[str]) -> int:
    """Count the cells that hold more than blanks."""
    return sum(1 for cell in line if cell.strip())


def _table(file: Path) -> tuple[list[str], Rows]:
    """Take the first line with the most cells filled for the header, and what follows for rows."""
    lines = [(number, line) for number, line in first_lines(file) if _filled(line)]
    filled = [_filled(line) for _, line in lines]
    if not lines or max(filled) < 2:
        raise PlaybookError(
            Problem(
                file=str(file),
                rule="holds no table",
                remedy="Choose a file with a header and rows.",
            )
        )
    place = filled.index(max(filled))
    return [cell.strip() for cell in lines[place][1]], lines[place + 1 :]


def _guessed(
    headers: Sequence[str], rows: Rows, *, decimal_comma: bool, day_first: bool
) -> dict[str, str]:
    """Pair canonical columns with headers: names that a platform uses, then words.

    Cells must read as the kind.
    """
    pairs: dict[str, str] = {}
    for column, header in (*_known(headers), *_worded(headers)):
        texts = _cells(rows, headers, header)
        fits = _reads(column, texts, decimal_comma=decimal_comma, day_first=day_first)
        if column not in pairs and header not in pairs.values() and fits:
            pairs[column] = header
    order = CONTRACTS["channel_daily"].names
    return {column: pairs[column] for column in order if column in pairs}


def _known(headers: Sequence[str]) -> Iterator[tuple[str, str]]:
    by_name = {plain(header): header for header in headers if header}
    for layout in shipped().values():
        for column, field in layout.columns.items():
            yield from (
                (column, by_name[plain(each)]) for each in field.headers if plain(each) in by_name
            )


def _worded(headers: Sequence[str]) -> Iterator[tuple[str, str]]:
    for column, words in WORDS.items():
        for header in headers:
            if re.search(words, header.replace("_", " "), re.IGNORECASE) and not RATE.search(
                header.replace("_", " ")
            ):
                yield column, header


def _comma_headers(headers: Sequence[str], rows: Rows) -> list[str]:
    """Find the columns whose numbers can only be read with a decimal comma: 12,5 or 1.300,50."""
    return [
        header
        for header in headers
        if header and _better(_cells(rows, headers, header), _numbers_with_comma, cells.numbers)
    ]


def _day_first_headers(headers: Sequence[str], rows: Rows) -> list[str]:
    """Find the columns whose days can only be read with the day first, such as 23-9-2026."""
    return [
        header
        for header in headers
        if header and _better(_cells(rows, headers, header), _days_first, cells.moments)
    ]


def _numbers_with_comma(texts: pd.Series) -> pd.Series:
    return cells.numbers(texts, decimal_comma=True)


def _days_first(texts: pd.Series) -> pd.Series:
    return cells.moments(texts, day_first=True)


def _better(
    texts: pd.Series, one: Callable[[pd.Series], pd.Series], other: Callable[[pd.Series], pd.Series]
) -> bool:
    """Whether one way reads every cell that says something, and the other does not."""
    texts_there = texts[~cells.missing(texts, ("", "-", "--"))]
    return (
        len(texts_there) > 0
        and bool(one(texts_there).notna().all())
        and not other(texts_there).notna().all()
    )


def _reads(column: str, texts: pd.Series, *, decimal_comma: bool, day_first: bool) -> bool:
    """Whether the cells that say something read as what the column holds."""
    texts_there = texts[~cells.missing(texts, ("", "-", "--"))]
    kind = next(each.kind for each in CONTRACTS["channel_daily"].columns if each.name == column)
    if kind == "text":
        return bool(cells.numbers(texts_there, decimal_comma=decimal_comma).isna().any())
    read = (
        cells.moments(texts_there, day_first=day_first)
        if kind == "day"
        else cells.numbers(texts_there, decimal_comma=decimal_comma)
    )
    return bool(read.notna().mean() > 0.5) if len(texts_there) else False


def _date_parts(headers: Sequence[str]) -> dict[str, str]:
    """Find the headers of a day that stands in columns of its parts; the year may be among them."""
    parts = {plain(header): header for header in headers}
    return (
        {part: parts[part] for part in ("year", "month", "day") if part in parts}
        if {"month", "day"} <= parts.keys()
        else {}
    )


def _split(headers: Sequence[str], rows: Rows, taken: Collection[str]) -> list[str]:
    """Find columns of words that tell apart rows of one date and unit."""
    texts = {header: _cells(rows, headers, header) for header in headers if header}
    words = [
        header
        for header, column in texts.items()
        if pd.concat([cells.numbers(column), _numbers_with_comma(column)], axis="columns")
        .isna()
        .all(axis="columns")
        .mean()
        > 0.5
    ]
    unit = pd.DataFrame(
        {
            header: texts[header]
            for header in texts
            if header in taken and (header in words or _is_part(header))
        }
    )
    return [header for header in words if header not in taken] if unit.duplicated().any() else []


def _is_part(header: str) -> bool:
    return plain(header) in ("year", "month", "day")


def _cells(rows: Rows, headers: Sequence[str], header: str) -> pd.Series:
    place = headers.index(header)
    return pd.Series([line[place] if place < len(line) else "" for _, line in rows], dtype="str")


def _example(rows: Rows, headers: Sequence[str], header: str) -> str:
    return _quoted(next((cell for cell in _cells(rows, headers, header) if cell.strip()), ""))


def _quoted(text: str | Sequence[str]) -> str:
    written = json.dumps(text, ensure_ascii=False)
    return BREAKING.sub(lambda sign: f"\\u{ord(sign[0]):04x}", written)
