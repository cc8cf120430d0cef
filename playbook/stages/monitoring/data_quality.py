"""What the data of a month are worth.

What each file brought, what was set aside, which days lack.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from playbook.methods.days import in_period
from playbook.params import Campaign
from playbook.sources.quality import QUALITY, TOO_MUCH
from playbook.sources.rules import LEFT_OUT, OTHER_CURRENCY
from playbook.stages.monitoring.tables import (
    QUALITY_CLAIMS,
    QUALITY_GAPS,
    QUALITY_LOSSES,
    QUALITY_REACH,
    QUALITY_REJECTS,
    QUALITY_SOURCES,
    QUALITY_SUMMARY,
    QUALITY_SUMS,
)
from playbook.stages.shared.findings import cells, measures, records, summary_frame
from playbook.stages.shared.result import Finding, Severity

REACH_TYPES = {"channel": "str", "last_day": "datetime64[us]", "missing_days": "float64"}
GAP_TYPES = {"channel": "str", "date": "datetime64[us]"}

ABOUT_ROWS = "monitoring.quality"
"""Id of the finding that tells what became of the rows."""

ABOUT_LOSSES = "monitoring.loss"
"""How the id of each finding begins that tells of a source which loses too much."""

MOST_WEIGHT = 1e18
"""Before all findings that money weighs: what is not in the numbers makes them all doubtful."""

TOO_MANY = 0.05
"""Share of rows set aside from which somebody must decide whether the results can be used."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row of the table `rejects`, as far as an example needs it."""

    line: str
    column: str
    value: str


def quality_sources(campaign: Campaign, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Say what became of each file.

    Args:
        campaign: Parameters of the period.
        tables: With `quality`, one row per file; it may be absent.

    Returns:
        One row per file: platform, file, table, rows (read) = kept + rejected + duplicates,
        totals_set_aside, first_day, last_day, freshness_days (from its last day to the end of the
        period, 0 when it reaches it; NaN without days), and the sums before and after of
        impressions, clicks, spend, conversions and revenue (NaN where it has none).
    """
    files = tables.get("quality", pd.DataFrame(columns=list(QUALITY)))
    days_late = (pd.Timestamp(campaign.end) - pd.to_datetime(files["last_day"])).dt.days
    freshness = days_late.clip(lower=0).astype("float64")
    return files.assign(freshness_days=freshness)[QUALITY_SOURCES.names]


def quality_sums(files: pd.DataFrame) -> pd.DataFrame:
    """Compare sums before and after rows were set aside.

    Args:
        files: What `quality_sources` returned.

    Returns:
        One row per file that carries any of the columns: file, and the sums of impressions, clicks,
        spend, conversions and revenue before and after (NaN where it does not carry the column).
    """
    columns = QUALITY_SUMS.names
    return files[columns].dropna(subset=columns[1:], how="all").reset_index(drop=True)


def quality_rejects(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Count the rows set aside by reason and file, with one to look at.

    Args:
        tables: With `rejects`, one row per broken rule: file, line, table, column, value, rule; it
            may be absent.

    Returns:
        One row per table, reason and file, most rows first: table, reason, file, rows, example
        (line, columns, values).
    """
    return _by_reason(tables.get("rejects", pd.DataFrame()))


def quality_odd(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Count what is odd or unreadable in rows that stay, as `quality_rejects` does.

    Args:
        tables: With `flags`, of the form of `rejects`; it may be absent.
    """
    return _by_reason(tables.get("flags", pd.DataFrame()))


def quality_claims(campaign: Campaign, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """List what sources claim that another source counts, on days that touch the period.

    Args:
        campaign: Parameters of the period.
        tables: With `claims`; it may be absent.
    """
    claims = tables.get("claims", pd.DataFrame())
    if claims.empty:
        return QUALITY_CLAIMS.frame([])
    start, end = pd.Timestamp(campaign.start), pd.Timestamp(campaign.end)
    touches = claims["last_day"].ge(start) & claims["first_day"].le(end)
    return claims.loc[touches, QUALITY_CLAIMS.names].reset_index(drop=True)


def quality_losses(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """List what rows set aside would have told, the largest share first.

    Args:
        tables: With `losses`; it may be absent.
    """
    losses = tables.get("losses", pd.DataFrame())
    return QUALITY_LOSSES.frame([]) if losses.empty else losses[QUALITY_LOSSES.names]


def _by_reason(aside: pd.DataFrame) -> pd.DataFrame:
    if aside.empty:
        return QUALITY_REJECTS.frame([])
    rows = aside.drop_duplicates(["table", "rule", "file", "line"])
    examples = [_example(row) for row in records(rows, Rejected)]
    shown = rows.assign(reason=rows["rule"].map(_reason), example=examples)
    grouped = shown.groupby(["table", "reason", "file"], sort=False)
    counts = grouped.agg(rows=("line", "size"), example=("example", "first")).reset_index()
    most_first = counts.astype({"rows": "float64"}).sort_values(
        "rows", ascending=False, kind="stable", ignore_index=True
    )
    return most_first[QUALITY_REJECTS.names]


def quality_gaps(campaign: Campaign, daily: pd.DataFrame) -> pd.DataFrame:
    """List the days of the period on which a channel has no row although it has some on other days.

    Args:
        campaign: Parameters of the period.
        daily: One row per day and channel, the whole history.

    Returns:
        One row per channel and day: channel, date; up to the last day that any channel has. A
        channel that was never delivered is not among them.
    """
    in_month = in_period(daily, campaign.start, campaign.end)
    if in_month.empty:
        return QUALITY_GAPS.frame([]).astype(GAP_TYPES)
    days = pd.date_range(campaign.start, in_month["date"].max())
    due = pd.MultiIndex.from_product([daily["channel"].unique(), days], names=["channel", "date"])
    is_there = due.isin(pd.MultiIndex.from_frame(daily[["channel", "date"]]))
    return due[~is_there].to_frame(index=False).astype(GAP_TYPES)


def quality_reach(campaign: Campaign, daily: pd.DataFrame) -> pd.DataFrame:
    """Say until which day each channel is told: its sums are of fewer days than the period.

    Args:
        campaign: Parameters of the period.
        daily: One row per day and channel, the whole history.

    Returns:
        One row per channel with rows up to the end of the period, the shortest first: channel,
        last_day, missing_days (days from there to the end, 0 where they are no longer than the
        longest silence between two of its days, as of a newsletter).
    """
    end = pd.Timestamp(campaign.end)
    rows = []
    for channel, days in daily[daily["date"].le(end)].groupby("channel")["date"]:
        told = days.drop_duplicates().sort_values()
        silence = told.diff().max() if len(told) > 1 else pd.Timedelta(days=1)
        missing = end - told.iloc[-1]
        rows.append((channel, told.iloc[-1], float(missing.days if missing >= silence else 0)))
    reached = QUALITY_REACH.frame(rows).astype(REACH_TYPES)
    in_order = ["missing_days", "channel"]
    return reached.sort_values(in_order, ascending=[False, True], ignore_index=True)


def quality_summary(files: pd.DataFrame, gaps: pd.DataFrame) -> pd.DataFrame:
    """Add up what became of all files.

    Args:
        files: What `quality_sources` returned.
        gaps: What `quality_gaps` returned.

    Returns:
        One row per measure with its value: files, rows, kept, rejected, duplicates, gap_days (days
        on which a channel has no row). Empty where no file was read.
    """
    if files.empty:
        return summary_frame(QUALITY_SUMMARY, {})
    sums = files[["rows", "kept", "rejected", "duplicates"]].sum()
    values = {"files": len(files), **sums, "gap_days": len(gaps)}
    return summary_frame(QUALITY_SUMMARY, values)


def loss_findings(losses: pd.DataFrame) -> Iterator[Finding]:
    """Tell of each source that loses so much that the report may mislead, by its largest share.

    Args:
        losses: What `quality_losses` returned.
    """
    largest = losses[losses["share"] > TOO_MUCH].drop_duplicates("source")
    for loss in largest.to_dict("records"):
        row = {"source": loss["source"], "measure": loss["measure"]}
        yield Finding(
            id=f"{ABOUT_LOSSES}.{loss['source']}.{loss['measure']}",
            severity="act",
            sentence="source_loses",
            evidence=cells(
                QUALITY_LOSSES,
                row,
                source="source",
                measure="measure",
                lost="lost",
                total="total",
                share="share",
            ),
            action="mend_exports",
            weight=MOST_WEIGHT,
        )


def quality_findings(summed: pd.DataFrame) -> Iterator[Finding]:
    """Tell whether the data can be trusted; nothing where no file was read.

    Args:
        summed: What `quality_summary` returned.
    """
    if summed.empty:
        return
    counts = summed.set_index("measure")["value"]
    severity: Severity = "good"
    if counts["rejected"] + counts["gap_days"] > 0:
        severity = "watch"
    if counts["rejected"] > TOO_MANY * counts["rows"]:
        severity = "act"
    yield Finding(
        id=ABOUT_ROWS,
        severity=severity,
        sentence="rows_read",
        evidence=measures(QUALITY_SUMMARY, *counts.index),
        action="" if severity == "good" else "mend_exports",
    )


def _reason(rule: str) -> str:
    """Return a broken rule as it is named in the messages: without currency or header."""
    general = (each for each in (OTHER_CURRENCY, LEFT_OUT) if rule.startswith(each))
    return next(general, rule)


def _example(row: Rejected) -> str:
    """Show one row that was set aside: its line, columns and values."""
    return f"{row.line}: {row.column} {row.value}".strip()
