"""Which rows of a canonical table may stay.

Contract, known channels, one currency, one row a key; and what is odd, but stays.
"""

from collections.abc import Iterator, Sequence

import pandas as pd
from pandera.errors import SchemaErrors

from playbook.params import Campaign
from playbook.sources.contracts import Contract, Rule, schema

REJECT_COLUMNS = ("file", "line", "table", "column", "value", "rule", "row")
ORIGIN = ("_file", "_line")
COPY = "is an exact copy of another row"
REPLACED = "is replaced by a later file"
CONTINUED = "is a further line of the order above it"
CLAIMED = "tells only what another source counts for its channel"
TWICE = "stands in one file twice with other values"
DUPLICATES = (COPY, REPLACED, CONTINUED, CLAIMED)
"""Rules of rows that are left out and cost nothing: what they say is counted elsewhere."""

LEFT_OUT = "is left out by where:"
"""The rule of a row that a mapping does not want, such as a cancelled order; it ends with the
header."""

MISSING = "is missing"
NO_CHANNEL = "is no channel of the parameters"
OTHER_CURRENCY = "is not the campaign's currency"
"""The rule ends with the code of that currency."""

NO_NUMBER = "is no number"
NOT_FINITE = "is not a finite number that can be counted"
NO_DATE = "is no date that can be read"
WEEKLY = "tells a week by its first day, and a week is not booked on one"
MONTHLY = "tells a month by its first day, and a month is not booked on one"
CONVERTED = "is converted at a rate of the parameters"
DAY_OR_MONTH = "may be day/month or month/day, and nothing says which"
MANY_DAYS = "covers more than one day and cannot be booked on one"


def costs_nothing(rules: pd.Series) -> pd.Series:
    """Whether rows set aside by these rules are counted elsewhere or left out on purpose."""
    return rules.isin(DUPLICATES) | rules.str.startswith(LEFT_OUT)


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
        rule.
    """
    cases = pd.concat(
        [
            _contract(rows, contract),
            _channels(rows, contract, campaign),
            _currencies(rows, contract, campaign),
        ],
        ignore_index=True,
    )
    return rows[~rows.index.isin(cases["row"])], cases


def odd(rows: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """List what is odd about rows that stay: one row per odd rule, as `judged` lists the broken."""
    told = [_odd(rows, rule) for rule in contract.odd]
    return pd.concat(told, ignore_index=True) if told else _none(rows)


def _odd(rows: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    told = broken(rows, ~rule.holds(rows), ", ".join(rule.columns), rule.name)
    numbers = rows.loc[told["row"], list(rule.columns)].map("{:g}".format)
    return (
        told.assign(value=numbers.agg(", ".join, axis="columns").to_numpy()) if len(told) else told
    )


def _none(rows: pd.DataFrame) -> pd.DataFrame:
    return broken(rows, pd.Series(data=False, index=rows.index), "", "")


def repeated(rows: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """List copies, rows that a later file replaces, and two rows of one key in a file.

    Args:
        rows: As `judged` keeps them, those of later files last.
        contract: The table's; one without a key has no copies.

    Returns:
        One row each, as `judged` lists the broken.
    """
    if not contract.key:
        return _none(rows)
    return pd.concat(list(_repeated(rows, contract)), ignore_index=True)


def _contract(rows: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """Check types, ranges and rules across columns by pandera; all rows, all rules."""
    names = [name for name in rows.columns if name not in ORIGIN]
    try:
        schema(contract).validate(rows[names], lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases.dropna(subset=["index"])
        rule = cases["check"].map(lambda check: MISSING if check == "not_nullable" else str(check))
        column = cases["column"].where(cases["column"].isin(names), "")
        cases_of_rules = pd.DataFrame(
            {
                "row": cases["index"].astype("int64").to_numpy(),
                "column": column.fillna("").to_numpy(),
                "value": cases["failure_case"].astype("str").to_numpy(),
                "rule": rule.to_numpy(),
            }
        )
        return _one_a_rule(_named(cases_of_rules, rows, contract))
    return _none(rows)


def _named(named: pd.DataFrame, rows: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """Say the columns and values of a rule across columns, which pandera leaves open."""
    across = {rule.name: rule.columns for rule in contract.rules}
    columns, values = [], []
    cases = zip(named["row"], named["rule"], named["column"], named["value"], strict=True)
    for row, rule, column, value in cases:
        if rule in across:
            names = across[rule]
            columns.append(", ".join(names))
            values.append(", ".join(f"{rows.loc[row, name]:g}" for name in names))
        else:
            columns.append(column)
            values.append(value)
    return named.assign(column=columns, value=values)


def _one_a_rule(cases: pd.DataFrame) -> pd.DataFrame:
    return cases.drop_duplicates(["row", "rule"], ignore_index=True)


def _channels(rows: pd.DataFrame, contract: Contract, campaign: Campaign) -> pd.DataFrame:
    if "channel" not in contract.key:
        return _none(rows)
    unknown = rows["channel"].notna() & ~rows["channel"].isin([*campaign.channels, "(none)"])
    return broken(rows, unknown, "channel", NO_CHANNEL)


def _currencies(rows: pd.DataFrame, contract: Contract, campaign: Campaign) -> pd.DataFrame:
    if "currency" not in contract.names:
        return _none(rows)
    foreign = rows["currency"].notna() & rows["currency"].ne(campaign.currency)
    return broken(rows, foreign, "currency", f"{OTHER_CURRENCY} {campaign.currency}")


def _repeated(rows: pd.DataFrame, contract: Contract) -> Iterator[pd.DataFrame]:
    """Find copies, rows that a later file replaces, and two rows of one key in a file."""
    facts = [name for name in rows.columns if name not in ORIGIN]
    copy = rows.duplicated(facts, keep="first")
    yield broken(rows, copy, ", ".join(contract.key), COPY)
    key, left = list(contract.key), rows[~copy]
    again = left.duplicated([*key, "_file"], keep=False)
    yield broken(left, again, ", ".join(key), TWICE)
    left = left[~again]
    yield broken(left, left.duplicated(key, keep="last"), ", ".join(key), REPLACED)


def broken(rows: pd.DataFrame, wrong: pd.Series, column: str, rule: str) -> pd.DataFrame:
    """List rows that break a rule, with what stands in the columns that it is about.

    Args:
        rows: Any canonical rows.
        wrong: Which of them break it.
        column: Names of the columns, with ", " between; empty for the row as a whole.
        rule: Its words.

    Returns:
        row (index), column, value, rule.
    """
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
