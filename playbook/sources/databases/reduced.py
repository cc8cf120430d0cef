"""User-level tables inside a database, summed up before anything is fetched."""

from collections.abc import Iterator, Mapping
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING, Any

from playbook.errors import PlaybookError, Problem
from playbook.params.model import Source
from playbook.sources.contracts import CONTRACTS, Column, Kind
from playbook.sources.files.layout import Layout, Origin, plain

if TYPE_CHECKING:
    import ibis

TYPES: Mapping[Kind, str] = {
    "day": "timestamp",
    "moment": "timestamp",
    "text": "string",
    "count": "float64",
    "money": "float64",
    "number": "float64",
}
MOST_BROKEN = 1000
"""Orders that break a rule are fetched as they are, up to this many, so that they are told one by
one."""


def canonical(table: "ibis.Table", layout: Layout, source: Source) -> "ibis.Table":
    """Give a table its canonical names and types, without reading it.

    Own columns of an open table stay.

    Raises:
        PlaybookError: It lacks a column, or the mapping asks for what only files can have.
    """
    contract = CONTRACTS[source.table]
    names = {plain(name): name for name in table.columns}
    _refuse_unfit(layout, source)
    fixed = {"channel": source.channel, "segment": source.segment}
    columns = {
        each.name: _column(table, each, layout, names, fixed.get(each.name))
        for each in contract.columns
    }
    lacking = [
        each.name for each in contract.columns if each.required and columns[each.name] is None
    ]
    if lacking:
        raise PlaybookError(*(_lacking(name, table, source) for name in lacking))
    used = {plain(header) for field in layout.columns.values() for header in field.wanted} | set(
        contract.names
    )
    own = (
        [name for name in table.columns if plain(name) not in used] if contract.open_columns else []
    )
    named = {name: column for name, column in columns.items() if column is not None}
    return table.select(**named, **{name: table[name] for name in own})


def by_minute(orders: "ibis.Table") -> "ibis.Table":
    """Sum orders by minute of payment and last channel; copies of an order count once.

    Each row names the first order and buyer that it stands for. Orders without revenue keep rows of
    their own, and orders that break a rule of the contract are not summed.
    """
    names = CONTRACTS["orders"].names
    whole = orders.mutate(
        **{name: _nothing(name) for name in names if name not in orders.columns}
    ).distinct()
    good = reduce(and_, _rules(whole))
    kept = whole.filter(good)
    kept = kept.mutate(ordered_at=kept.ordered_at.truncate("m"), priced=kept.revenue.notnull())
    sums = kept.group_by("ordered_at", "channel", "priced").aggregate(
        order_id=kept.order_id.min(),
        customer_id=kept.customer_id.min(),
        revenue=kept.revenue.sum(),
        discount=kept.discount.sum(),
        refund=kept.refund.sum(),
    )
    alike = sums.select(*names).cast({name: whole[name].type() for name in names})
    return alike.union(whole.filter(~good).select(*names).limit(MOST_BROKEN))


def _rules(orders: "ibis.Table") -> Iterator[Any]:
    """Yield what the contract asks of each column; a missing value breaks no range."""
    for column in CONTRACTS["orders"].columns:
        value = orders[column.name]
        if column.required:
            yield value.notnull()
        if column.least is not None:
            yield value.coalesce(column.least) >= column.least


def _nothing(name: str) -> Any:
    import ibis

    [column] = [each for each in CONTRACTS["orders"].columns if each.name == name]
    return ibis.null(TYPES[column.kind])


def _column(
    table: "ibis.Table", column: Column, layout: Layout, names: Mapping[str, str], fixed: str | None
) -> Any:
    """Return a canonical column as an expression.

    None where neither table nor parameters have it.
    """
    import ibis

    field = layout.columns.get(column.name, Origin(headers=(column.name,)))
    stated = fixed or field.constant or (layout.channel if column.name == "channel" else None)
    name = next((names[plain(header)] for header in field.headers if plain(header) in names), None)
    if name is None or fixed:
        text = stated or column.default
        return None if text is None else ibis.literal(text)
    value: Any = table[name]
    if field.codes:
        value = value.cast("string").cases(*field.codes.items(), else_=value.cast("string"))
    value = _typed(value, column)
    return value / field.divide[name] if name in field.divide else value


def _typed(value: Any, column: Column) -> Any:
    """Read a column as its kind; empty texts and NaN are missing, moments keep their zone."""
    kind = value.type()
    if column.kind == "text":
        return value.cast("string").nullif("")
    if column.kind in ("day", "moment"):
        return value if kind.is_timestamp() else value.cast("timestamp")
    return known_number(value)


def known_number(value: Any) -> Any:
    """Read a column as a double in which NaN is missing."""
    kind = value.type()
    if kind.is_floating():
        return not_nan(value.cast("float64"))
    return (value.cast("int32") if kind.is_boolean() else value).cast("float64")


def not_nan(value: Any) -> Any:
    """Turn NaN into missing; MySQL and its kin have no NaN, and no word for it."""
    import ibis

    if value.get_backend().name == "mysql":
        return value
    return value.isnan().ifelse(ibis.null("float64"), value)


def _refuse_unfit(layout: Layout, source: Source) -> None:
    unfit = sorted(
        name for name, field in layout.columns.items() if field.add or field.join or field.line
    )
    if layout.date_parts:
        unfit.append("date_parts")
    if layout.where:
        unfit.append("where")
    if unfit:
        raise PlaybookError(
            Problem(
                file=str(source.uri or source.files),
                place=f"sources.{source.id}",
                value=", ".join(unfit),
                rule="is chosen or put together from several columns, which is not done for a "
                "table that stays in a database",
                remedy="Make a view in the database that does it, and name the view.",
            )
        )


def _lacking(name: str, table: "ibis.Table", source: Source) -> Problem:
    return Problem(
        file=str(source.uri or source.files),
        place=f"table {source.from_table or source.table}",
        value=", ".join(table.columns)[:160],
        rule=f"{source.table} needs the column {name}",
        remedy="Add it to the table or view, or map it.",
    )
