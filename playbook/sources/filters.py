"""Rows that a mapping leaves out on purpose, such as cancelled and unpaid orders, and says so."""

from collections.abc import Mapping, Sequence

import pandas as pd

from playbook.sources.files.layout import plain
from playbook.sources.rules import LEFT_OUT


def kept(texts: pd.DataFrame, where: Mapping[str, Sequence[str]]) -> tuple[pd.Series, pd.Series]:
    """Tell the rows that a mapping wants from those that it leaves out on purpose.

    Args:
        texts: The rows of a file, as they stand.
        where: By header, the values of which a row's cell must be one; case and spaces at the ends
            do not count. A row must satisfy every header.

    Returns:
        Whether each row stays, and the rule by which it does not, empty where it stays. Of a file
        without such a header no row stays, and the rule says so: a condition that cannot be looked
        at is never taken for met.
    """
    rules = pd.Series("", index=texts.index, dtype="str")
    for header, values in where.items():
        rules = rules.mask(rules.eq("") & ~_has(texts, header, values), _rule(texts, header))
    return rules.eq(""), rules


def told(rules: pd.Series) -> dict[str, int]:
    """Count the rows left out by each rule, the most frequent first."""
    left_out = rules[rules.ne("")]
    return {str(rule): int(count) for rule, count in left_out.value_counts().items()}


def faults(texts: pd.DataFrame, where: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Return one row per row left out, as rejects are told: row, column, value, rule."""
    _, rules = kept(texts, where)
    parts = [_of_header(texts, header, rules) for header in where]
    return pd.concat([_none(), *parts], ignore_index=True).sort_values("row", ignore_index=True)


def _none() -> pd.DataFrame:
    types = {"row": "int64", "column": "str", "value": "str", "rule": "str"}
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in types.items()})


def _of_header(texts: pd.DataFrame, header: str, rules: pd.Series) -> pd.DataFrame:
    """Return the rows that one header leaves out, with what stands there."""
    rule, column = _rule(texts, header), _column(texts, header)
    out = rules.index[rules.eq(rule)]
    values = texts.loc[out, column].astype("str").fillna("") if column else ""
    found = pd.DataFrame({"row": out, "column": header, "value": values, "rule": rule})
    return found.astype({"row": "int64", "column": "str", "value": "str", "rule": "str"})


def _has(texts: pd.DataFrame, header: str, values: Sequence[str]) -> pd.Series:
    """Whether the cell of each row below a header is one of the values."""
    column = _column(texts, header)
    if not column:
        return pd.Series(data=False, index=texts.index)
    wanted = {_compared(value) for value in values}
    return texts[column].astype("str").fillna("").map(_compared).isin(wanted)


def _rule(texts: pd.DataFrame, header: str) -> str:
    told_absent = "" if _column(texts, header) else " (the file has no such column)"
    return f"{LEFT_OUT} {header}{told_absent}"


def _column(texts: pd.DataFrame, header: str) -> str:
    """Return the file's own header for one of the mapping; empty where it has none."""
    return next((str(name) for name in texts.columns if plain(str(name)) == plain(header)), "")


def _compared(text: str) -> str:
    return text.strip().casefold()
