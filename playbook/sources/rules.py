"""Which rows of a canonical table may stay.

Contract, known channels, one currency, one row a key.
"""

from collections.abc import Iterator, Sequence

import pandas as pd
from pandera.errors import SchemaErrors

from playbook.params import Campaign
from playbook.sources.contracts import Contract, schema

REJECT_COLUMNS = ("file", "line", "table", "column", "value", "rule", "row")
ORIGIN = ("_file", "_line")
COPY = "is an exact copy of another row"
REPLACED = "is replaced by a later file"
TWICE = "stands in one file twice with other values"
DUPLICATES = (COPY, REPLACED)

MISSING = "is missing"
NO_CHANNEL = "is no channel of the parameters"
OTHER_CURRENCY = "is not the campaign's currency"
"""The rule ends with the code of that currency."""

NO_NUMBER = "is no number"
NOT_FINITE = "is not a finite number that can be counted"
NO_DATE = "is no date that can be read"
MANY_DAYS = "covers more than one day and cannot be booked on one"


def judged(
    rows: pd.DataFrame, contract: Contract, campaign: Campaign
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Split a table into rows that keep every rule and cells that break one.

    Args:
        rows: Canonical columns typed, with `_file` and `_line`; index unique.
        contract: The table's.
        campaign: Its channels and its currency.

    Returns:
        The rows that stay, in their order, and one row per broken rule: row (index), column, value,
        rule. Copies of a row, and rows that a later file replaces, are among the broken.
    """
    broken = pd.concat(
        [
            _contract(rows, contract),
            _channels(rows, contract, campaign),
            _currencies(rows, contract, campaign),
        ],
        ignore_index=True,
    )
    left = rows[~rows.index.isin(broken["row"])]
    copies = (
        pd.concat(list(_repeated(left, contract)), ignore_index=True)
        if contract.key
        else broken.iloc[:0]
    )
    return left[~left.index.isin(copies["row"])], pd.concat([broken, copies], ignore_index=True)


def _contract(rows: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """Check types, ranges and rules across columns by pandera; all rows, all rules."""
    names = [name for name in rows.columns if name not in ORIGIN]
    try:
        schema(contract).validate(rows[names], lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases.dropna(subset=["index"])
        rule = cases["check"].map(lambda check: MISSING if check == "not_nullable" else str(check))
        column = cases["column"].where(cases["column"].isin(names), "")
        broken = pd.DataFrame(
            {
                "row": cases["index"].astype("int64").to_numpy(),
                "column": column.fillna("").to_numpy(),
                "value": cases["failure_case"].astype("str").to_numpy(),
                "rule": rule.to_numpy(),
            }
        )
        return _one_a_rule(_named(broken, rows, contract))
    return _broken(rows, pd.Series(data=False, index=rows.index), "", "")


def _named(named: pd.DataFrame, rows: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """Say the columns and values of a rule across columns, which pandera leaves open."""
    across = {rule.name: rule.columns for rule in contract.rules}
    columns, values = [], []
    broken = zip(named["row"], named["rule"], named["column"], named["value"], strict=True)
    for row, rule, column, value in broken:
        if rule in across:
            names = across[rule]
            columns.append(", ".join(names))
            values.append(", ".join(f"{rows.loc[row, name]:g}" for name in names))
        else:
            columns.append(column)
            values.append(value)
    return named.assign(column=columns, value=values)


def _one_a_rule(broken: pd.DataFrame) -> pd.DataFrame:
    return broken.drop_duplicates(["row", "rule"], ignore_index=True)


def _channels(rows: pd.DataFrame, contract: Contract, campaign: Campaign) -> pd.DataFrame:
    if "channel" not in contract.key:
        return _broken(rows, pd.Series(data=False, index=rows.index), "", "")
    unknown = rows["channel"].notna() & ~rows["channel"].isin([*campaign.channels, "(none)"])
    return _broken(rows, unknown, "channel", NO_CHANNEL)


def _currencies(rows: pd.DataFrame, contract: Contract, campaign: Campaign) -> pd.DataFrame:
    if "currency" not in contract.names:
        return _broken(rows, pd.Series(data=False, index=rows.index), "", "")
    foreign = rows["currency"].notna() & rows["currency"].ne(campaign.currency)
    return _broken(rows, foreign, "currency", f"{OTHER_CURRENCY} {campaign.currency}")


def _repeated(rows: pd.DataFrame, contract: Contract) -> Iterator[pd.DataFrame]:
    """Find copies, rows that a later file replaces, and two rows of one key in a file."""
    facts = [name for name in rows.columns if name not in ORIGIN]
    copy = rows.duplicated(facts, keep="first")
    yield _broken(rows, copy, ", ".join(contract.key), COPY)
    key, left = list(contract.key), rows[~copy]
    again = left.duplicated([*key, "_file"], keep=False)
    yield _broken(left, again, ", ".join(key), TWICE)
    left = left[~again]
    yield _broken(left, left.duplicated(key, keep="last"), ", ".join(key), REPLACED)


def _broken(rows: pd.DataFrame, wrong: pd.Series, column: str, rule: str) -> pd.DataFrame:
    broken_rows = rows[wrong]
    values = _values(broken_rows, [name for name in column.split(", ") if name])
    return pd.DataFrame({"row": broken_rows.index, "column": column, "value": values, "rule": rule})


def _values(rows: pd.DataFrame, names: Sequence[str]) -> pd.Series:
    if not names:
        return pd.Series("", index=rows.index, dtype="str")
    return (
        rows[list(names)].astype("str").agg(", ".join, axis="columns")
        if len(rows)
        else pd.Series(dtype="str")
    )
