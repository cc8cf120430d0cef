"""Money in other currencies, converted at the rates that the parameters state and name."""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from playbook.params.model import Campaign, Rate
from playbook.sources.canonical import FileRows
from playbook.sources.contracts import Contract
from playbook.sources.rules import CONVERTED


def converted(found: FileRows, contract: Contract, campaign: Campaign) -> FileRows:
    """Convert what stands in another currency, where a rate of its day or month is stated.

    Args:
        found: A file as read.
        contract: Of its table; one without a column `currency` is left alone.
        campaign: Its currency and its rates.

    Returns:
        The same file, with the converted rows in the campaign's currency and, among the flags, each
        amount as it stood, its currency and its rate. Rows without a rate stay as they are.
    """
    if "currency" not in contract.names or not campaign.rates:
        return found
    rows, flags = found.rows.copy(), [found.flags]
    for currency, rate in campaign.rates.items():
        rates = _of_days(rows["date"], rate.by).where(rows["currency"].eq(currency))
        has_rate = rates.notna()
        if currency == campaign.currency or not has_rate.any():
            continue
        for name in (column.name for column in contract.columns if column.kind == "money"):
            amounts = rows.loc[has_rate, name].dropna()
            flags.append(_told(amounts, rates, name, currency, rate))
            rows.loc[amounts.index, name] = amounts * rates[amounts.index]
        rows.loc[has_rate, "currency"] = campaign.currency
    return replace(found, rows=rows, flags=pd.concat(flags, ignore_index=True))


def _of_days(days: pd.Series, by: Mapping[str, float]) -> pd.Series:
    """Return the rate of each day: its own, else that of its month; NaN where there is none."""
    of_day = days.dt.strftime("%Y-%m-%d").map(dict(by)).astype("float64")
    of_month = days.dt.strftime("%Y-%m").map(dict(by)).astype("float64")
    rates: pd.Series = of_day.fillna(of_month)
    return rates


def _told(
    amounts: pd.Series, rates: pd.Series, column: str, currency: str, rate: Rate
) -> pd.DataFrame:
    pairs = zip(amounts, rates[amounts.index], strict=True)
    values = [f"{amount:g} {currency} at {each:g} ({rate.source})" for amount, each in pairs]
    told = {"row": amounts.index, "column": column, "value": values, "rule": CONVERTED}
    return pd.DataFrame(told).astype({"column": "str", "value": "str", "rule": "str"})
