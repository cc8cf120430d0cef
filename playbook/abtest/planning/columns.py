"""The columns of a file of users: their names, and which look like ids with repeated values."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import duckdb

from playbook.abtest.units import relation
from playbook.abtest.units.relation import Units, quoted
from playbook.errors import PlaybookError, Problem

LEAST_LEVELS = 20
"""Fewer different values are segments, not ids."""

MOST_SHARE = 0.98
"""A column whose values are different in more of its rows than this is an id of the row itself."""

MOST_COLUMNS = 5
MOST = 1e100
"""Beyond it, or infinite, a value leaves no spread that could be counted."""

TEXT_TYPES = ("VARCHAR", "ENUM", "UUID")
WHOLE_TYPES = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
ID_NAME = re.compile(
    r"(?i:(?:^|[_\W])(?:u?id|user|customer|client|member|account|visitor|session|order|household|shop"
    r"|store|branch|city|region|district|school|class|team|device_id|code|no)s?(?:$|[_\W]))"
    r"|[a-z](?:Id|ID|No)$|编号|用户|客户|会员|访客|账号|订单|门店|店铺|城市|地区|学校|班级"
)
"""Names of whole numbers that are ids; other whole numbers are measures, such as age or visits."""


@dataclass(frozen=True, kw_only=True, slots=True)
class IdColumn:
    """A column that looks like an id whose values stand in several rows.

    Attributes:
        name: Of the column.
        different: Number of different values.
        rows: Rows that have one.
    """

    name: str
    different: int
    rows: int


def id_columns(opened: Units, used: Collection[str], *, by_name: bool = False) -> list[IdColumn]:
    """Find columns that look like ids and stand in several rows, the most different first.

    Args:
        opened: With all columns of the file.
        used: Columns that are known to be something else.
        by_name: Whether text too is an id by its name only, as where the unit is known.
    """
    rows = opened.rows()
    types = zip(rows.columns, map(str, rows.types), strict=True)
    asked = [
        name for name, kind in types if name not in used and _is_id(name, kind, by_name=by_name)
    ]
    found = [each for each in _counted(rows, asked) if _repeats(each)]
    return sorted(found, key=lambda each: -each.different)[:MOST_COLUMNS]


def require_countable(opened: Units, numbers: Sequence[str]) -> None:
    """Refuse columns of numbers that are infinite, or beyond all that is counted.

    Raises:
        PlaybookError: One problem for each such column; or a column holds no numbers.
    """
    relation.require_numbers(opened, numbers)
    values = [relation.number(name) for name in numbers]
    counts = [f"count(*) filter (not isnan({each}) and abs({each}) > {MOST})" for each in values]
    row = opened.rows().aggregate(", ".join(counts)).fetchall()[0]
    problems = [
        Problem(
            file=opened.name,
            place=f"column {name}",
            value=f"{count:,} rows",
            rule="holds infinite values, or some too large for a spread",
            remedy="Clean the column; leave the cell empty where nothing is known.",
        )
        for name, count in zip(numbers, row, strict=True)
        if count
    ]
    if problems:
        raise PlaybookError(*problems)


def _is_id(name: str, kind: str, *, by_name: bool) -> bool:
    """Tell whether a column can hold ids: text, or whole numbers that are called so."""
    is_text = kind.startswith(TEXT_TYPES)
    if is_text and not by_name:
        return True
    can_be = is_text or kind.lstrip("U").startswith(WHOLE_TYPES)
    return can_be and bool(ID_NAME.search(name))


def _counted(rows: duckdb.DuckDBPyRelation, names: Sequence[str]) -> list[IdColumn]:
    if not names:
        return []
    counts = ", ".join(f"count(distinct {quoted(name)}), count({quoted(name)})" for name in names)
    row = rows.aggregate(counts).fetchall()[0]
    return [
        IdColumn(name=name, different=row[2 * place], rows=row[2 * place + 1])
        for place, name in enumerate(names)
    ]


def _repeats(column: IdColumn) -> bool:
    return LEAST_LEVELS <= column.different <= MOST_SHARE * column.rows
