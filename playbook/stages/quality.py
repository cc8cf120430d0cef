"""What the data of a month are worth: what each file brought, what was set aside, and which days are not there."""

from collections.abc import Mapping

import pandas as pd

from playbook.params import Campaign
from playbook.sources.quality import QUALITY, SUMS

SOURCES = (
    "platform", "file", "table", "rows", "kept", "rejected", "duplicates", "totals_set_aside", "first_day", "last_day",
    "freshness_days", *(f"{name}_{when}" for name in SUMS for when in ("before", "after")),
)  # fmt: skip
REJECTS = ("table", "reason", "file", "rows", "example")


def quality_sources(campaign: Campaign, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Say what became of each file.

    Args:
        campaign: Parameters of the period.
        tables: With `quality`, one row per file; it may be absent.

    Returns:
        One row per file: platform, file, table, rows (read) = kept + rejected + duplicates, totals_set_aside, first_day,
        last_day, freshness_days (from its last day to the end of the period, 0 when it reaches it; NaN without days),
        and the sums before and after of impressions, clicks, spend, conversions and revenue (NaN where it has none).
    """
    found = tables.get("quality", pd.DataFrame(columns=list(QUALITY)))
    late = (pd.Timestamp(campaign.end) - pd.to_datetime(found["last_day"])).dt.days.clip(lower=0)
    return found.assign(freshness_days=late.astype("float64"))[list(SOURCES)]


def quality_rejects(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Count the rows set aside by reason and file, with one to look at.

    Args:
        tables: With `rejects`, one row per broken rule: file, line, table, column, value, rule; it may be absent.

    Returns:
        One row per table, reason and file, most rows first: table, reason, file, rows, example (line, columns, values).
    """
    aside = tables.get("rejects", pd.DataFrame())
    if aside.empty:
        return pd.DataFrame(columns=list(REJECTS))
    once = aside.drop_duplicates(["table", "rule", "file", "line"]).rename(columns={"rule": "reason"})
    shown = once.assign(example=[f"{row.line}: {row.column} {row.value}".strip() for row in once.itertuples()])
    by = shown.groupby(["table", "reason", "file"], sort=False)
    found = by.agg(rows=("line", "size"), example=("example", "first")).reset_index().astype({"rows": "float64"})
    return found.sort_values("rows", ascending=False, kind="stable", ignore_index=True)[list(REJECTS)]


def quality_gaps(campaign: Campaign, daily: pd.DataFrame) -> pd.DataFrame:
    """List the days of the period on which a channel has no row although it has some on other days.

    Args:
        campaign: Parameters of the period.
        daily: One row per day and channel, the whole history.

    Returns:
        One row per channel and day: channel, date; up to the last day that any channel has. A channel that was never
        delivered is not among them.
    """
    inside = daily["date"].between(pd.Timestamp(campaign.start), pd.Timestamp(campaign.end))
    days = pd.date_range(campaign.start, daily.loc[inside, "date"].max()) if inside.any() else pd.DatetimeIndex([])
    due = pd.MultiIndex.from_product([daily["channel"].unique(), days], names=["channel", "date"])
    there = pd.MultiIndex.from_frame(daily[["channel", "date"]])
    return due[~due.isin(there)].to_frame(index=False).astype({"channel": "str", "date": "datetime64[us]"})
