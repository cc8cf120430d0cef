"""What the data of a month are worth: what each file brought, what was set aside, and which days are not there."""

from collections.abc import Iterator, Mapping

import pandas as pd

from playbook.params import Campaign
from playbook.sources.quality import QUALITY, SUMS
from playbook.stages.shared.result import Cell, Finding, Severity

SOURCES = (
    "platform",
    "file",
    "table",
    "rows",
    "kept",
    "rejected",
    "duplicates",
    "totals_set_aside",
    "first_day",
    "last_day",
    "freshness_days",
    *(f"{name}_{when}" for name in SUMS for when in ("before", "after")),
)
ABOUT_ROWS = "monitoring.quality"
"""Id of the finding that tells what became of the rows."""

TOO_MANY = 0.05
"""Share of rows set aside from which somebody must decide whether the results can be used."""

REJECTS = ("table", "reason", "file", "rows", "example")


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
    found = tables.get("quality", pd.DataFrame(columns=list(QUALITY)))
    late = (pd.Timestamp(campaign.end) - pd.to_datetime(found["last_day"])).dt.days.clip(lower=0)
    return found.assign(freshness_days=late.astype("float64"))[list(SOURCES)]


def quality_sums(files: pd.DataFrame) -> pd.DataFrame:
    """Compare sums before and after rows were set aside.

    Args:
        files: What `quality_sources` returned.

    Returns:
        One row per file that carries any of the columns: file, and the sums of impressions, clicks,
        spend, conversions and revenue before and after (NaN where it does not carry the column).
    """
    summed = ("impressions", "clicks", "spend", "conversions", "revenue")
    columns = [f"{name}_{when}" for name in summed for when in ("before", "after")]
    return files[["file", *columns]].dropna(subset=columns, how="all").reset_index(drop=True)


def quality_rejects(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Count the rows set aside by reason and file, with one to look at.

    Args:
        tables: With `rejects`, one row per broken rule: file, line, table, column, value, rule; it
            may be absent.

    Returns:
        One row per table, reason and file, most rows first: table, reason, file, rows, example
        (line, columns, values).
    """
    aside = tables.get("rejects", pd.DataFrame())
    if aside.empty:
        return pd.DataFrame(columns=list(REJECTS))
    once = aside.drop_duplicates(["table", "rule", "file", "line"]).rename(
        columns={"rule": "reason"}
    )
    shown = once.assign(
        example=[f"{row.line}: {row.column} {row.value}".strip() for row in once.itertuples()]
    )
    by = shown.groupby(["table", "reason", "file"], sort=False)
    found = (
        by.agg(rows=("line", "size"), example=("example", "first"))
        .reset_index()
        .astype({"rows": "float64"})
    )
    return found.sort_values("rows", ascending=False, kind="stable", ignore_index=True)[
        list(REJECTS)
    ]


def quality_gaps(campaign: Campaign, daily: pd.DataFrame) -> pd.DataFrame:
    """List the days of the period on which a channel has no row although it has some on other days.

    Args:
        campaign: Parameters of the period.
        daily: One row per day and channel, the whole history.

    Returns:
        One row per channel and day: channel, date; up to the last day that any channel has. A
        channel that was never delivered is not among them.
    """
    inside = daily["date"].between(pd.Timestamp(campaign.start), pd.Timestamp(campaign.end))
    days = (
        pd.date_range(campaign.start, daily.loc[inside, "date"].max())
        if inside.any()
        else pd.DatetimeIndex([])
    )
    due = pd.MultiIndex.from_product([daily["channel"].unique(), days], names=["channel", "date"])
    there = pd.MultiIndex.from_frame(daily[["channel", "date"]])
    return (
        due[~due.isin(there)]
        .to_frame(index=False)
        .astype({"channel": "str", "date": "datetime64[us]"})
    )


def quality_summary(files: pd.DataFrame, gaps: pd.DataFrame) -> pd.DataFrame:
    """Add up what became of all files.

    Args:
        files: What `quality_sources` returned.
        gaps: What `quality_gaps` returned.

    Returns:
        One row per measure with its value: files, rows, kept, rejected, duplicates, gap_days (days
        on which a channel has no row). Empty where no file was read.
    """
    sums = files[["rows", "kept", "rejected", "duplicates"]].sum()
    values = {"files": float(len(files)), **sums, "gap_days": float(len(gaps))}
    table = pd.DataFrame({"measure": list(values), "value": list(values.values())})
    return table if len(files) else table.iloc[:0]


def tell_quality(answers: pd.DataFrame) -> Iterator[Finding]:
    """Tell whether the data can be trusted; nothing where no file was read.

    Args:
        answers: What `quality_summary` returned.
    """
    if answers.empty:
        return
    known = answers.set_index("measure")["value"]
    severity: Severity = "good" if known["rejected"] + known["gap_days"] == 0 else "watch"
    if known["rejected"] > TOO_MANY * known["rows"]:
        severity = "act"
    evidence = {
        name: Cell(table="quality_summary", row={"measure": name}, column="value", unit="count")
        for name in known.index
    }
    yield Finding(
        id=ABOUT_ROWS,
        severity=severity,
        weight=0.0,
        evidence=evidence,
        text={
            "zh": "读取 {files} 个文件共 {rows} 行：采用 {kept} 行，剔除 {rejected} 行，重复 {duplicates} 行；渠道缺数据 {gap_days} 天。",
            "en": "Files read: {files}, with {rows} rows: {kept} used, {rejected} set aside, {duplicates} duplicates; days on "
            "which a channel has no data: {gap_days}.",
        },
        action={}
        if severity == "good"
        else {
            "zh": "在数据质量页查看原因，更正或补齐导出文件后重新运行。",
            "en": "See the reasons on the data-quality page; mend or complete the exports, and run again.",
        },
    )
