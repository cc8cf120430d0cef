"""Stage 5: whether everything is published, delivering and up, and what the KPIs do."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from playbook.methods.anomalies import anomalies, incidents, judged
from playbook.metrics import ALL
from playbook.params import Campaign
from playbook.stages.monitoring.board import board, freshness, tracking
from playbook.stages.monitoring.data_quality import (
    quality_gaps,
    quality_rejects,
    quality_sources,
    quality_summary,
    quality_sums,
    tell_quality,
)
from playbook.stages.monitoring.pacing import pacing
from playbook.stages.shared import uptime
from playbook.stages.shared.causes import CAUSES
from playbook.stages.shared.delivery import delivery, planned_pieces
from playbook.stages.shared.findings import cells, change, each, ranked
from playbook.stages.shared.months import months
from playbook.stages.shared.result import Cell, Finding, StageResult
from playbook.stages.shared.schema import Unit

STAGE = "05_monitoring_and_tracking"
TOLD_INCIDENTS = 4
DOUBTFUL = ("tracking", "clicks_without_result")
LEAST_SHARE_OF_DAY = 0.02
"""Share of a mean day's revenue below which an unusual day is not worth a sentence."""

LATE = 0.9
"""Share on time, or published, below which publishing is a matter to look at."""

MISSING: Mapping[str, Mapping[str, str]] = {
    "channel_daily": {
        "zh": "本期没有渠道数据，指标看板与异常检测为空。",
        "en": "No channel data in this period: no KPI board and no search for unusual days.",
    },
    "budget": {
        "zh": "本期没有渠道预算，无法跟踪花费进度。",
        "en": "No budget by channel for this period: spend cannot be paced.",
    },
    "content_plan": {
        "zh": "没有内容计划，无法核对发布情况。",
        "en": "No content plan: publishing cannot be checked.",
    },
    "site_checks": {
        "zh": "没有落地页监测数据，无法判断可用率。",
        "en": "No checks of landing pages: their uptime is not known.",
    },
    "usual": {
        "zh": "历史不足，尚无法判断哪些日子异常。",
        "en": "Too little history to tell unusual days from usual ones.",
    },
    "previous": {
        "zh": "没有上期数据，看板不显示环比。",
        "en": "No data of the period before: the board shows no change.",
    },
    "conversions": {
        "zh": "没有转化数据，无法检查转化追踪是否中断。",
        "en": "Conversions are not known: a break in tracking them cannot be found.",
    },
}

CHECK_TAG: Mapping[str, str] = {
    "zh": "检查{channel}的转化代码，并决定是否补录缺失的转化。",
    "en": "Check the conversion tag of {channel}, and decide whether to recover what was not counted.",
}

ANSWER: tuple[tuple[str, Unit, str, str], ...] = (
    (
        "on_quantity_rate",
        "fraction",
        "计划内容已发布 {on_quantity_rate}",
        "{on_quantity_rate} of planned content is published",
    ),
    ("on_time_rate", "fraction", "按时发布 {on_time_rate}", "{on_time_rate} came out on time"),
    ("pacing", "fraction", "花费为应达进度的 {pacing}", "spend stands at {pacing} of what was due"),
    ("uptime", "fraction", "落地页可用率 {uptime}", "landing pages were up {uptime} of the time"),
    (
        "incident_days",
        "count",
        "值得关注的异常日 {incident_days} 天",
        "unusual days worth a look: {incident_days}",
    ),
    ("revenue", "money", "销售额 {revenue}", "revenue is {revenue}"),
    ("conversions", "count", "转化 {conversions} 次", "conversions: {conversions}"),
    ("clicks", "count", "点击 {clicks} 次", "clicks: {clicks}"),
)
"""Parts of the answer, each said only if it is known: measure, unit, zh, en."""

KPI_PARTS = ("revenue", "conversions", "clicks")
"""Of these only the first that is known is said."""


def analyse(campaign: Campaign, tables: Mapping[str, pd.DataFrame]) -> StageResult:
    """Answer whether everything is published, delivering and up, and what the KPIs do.

    Args:
        campaign: Parameters of the period.
        tables: Canonical tables; uses channel_daily, content_plan, content_log, site_checks,
            orders, rejects, quality.

    Returns:
        Tables summary, board, pacing, published, pages, outages, anomalies, incidents, tracking,
        freshness, quality_sources, quality_sums, quality_rejects, quality_gaps, quality_summary and
        daily (the series behind them).
    """
    daily, now, before = months(campaign, tables["channel_daily"])
    rules = campaign.monitoring
    pieces = planned_pieces(
        tables["content_plan"],
        tables["content_log"],
        campaign.start,
        campaign.end,
        campaign.content.on_time_minutes,
    )
    checks = uptime.within(tables["site_checks"], campaign.start, campaign.end)
    down = uptime.outages(checks)
    found = judged(daily)
    outage_days = list(down["start"].dt.normalize())
    files, gaps = quality_sources(campaign, tables), quality_gaps(campaign, daily)
    unusual = anomalies(found, campaign.start, campaign.end, rules.anomaly_cut, outage_days)
    results = {
        "board": board(campaign, now, before),
        "pacing": pacing(daily, campaign.budget, campaign.start, campaign.end, rules),
        "published": delivery(pieces, by=["channel"]),
        "pages": uptime.pages(checks, down, rules.uptime_target),
        "outages": uptime.with_stakes(
            down, tables["orders"], daily.groupby("date")["revenue"].sum(min_count=1)
        ),
        "anomalies": unusual,
        "incidents": with_share(incidents(unusual, found), now),
        "tracking": tracking(now, before, outage_days),
        "freshness": freshness(campaign, tables),
        "quality_sources": files,
        "quality_sums": quality_sums(files),
        "quality_rejects": quality_rejects(tables),
        "quality_gaps": gaps,
        "quality_summary": quality_summary(files, gaps),
        "daily": totals_by_day(now),
    }
    results["summary"] = summary(results, pieces, checks, judged_days=len(found))
    missing = _missing(campaign, now, before, results, found)
    return StageResult(stage=STAGE, tables=results, findings=_findings(results), missing=missing)


def with_share(found: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Add what is at stake in an incident as a share of a mean day's revenue; NaN where revenue is not known."""
    revenue = now.groupby("date")["revenue"].sum(min_count=1).mean()
    return found.assign(share_of_day=found["at_stake"].abs() / (revenue or np.nan))


def worth_telling(found: pd.DataFrame) -> pd.DataFrame:
    """Leave out small change; where the money is not known, or counting itself is in doubt, all are kept."""
    small = found["share_of_day"] < LEAST_SHARE_OF_DAY
    return found[~small | found["cause"].isin(DOUBTFUL)]


def totals_by_day(now: pd.DataFrame) -> pd.DataFrame:
    """Return the funnel of all channels together: one row per day; NaN where no channel knows it."""
    columns = ["impressions", "clicks", "visits", "conversions", "revenue", "spend"]
    return now.groupby("date")[columns].sum(min_count=1).reset_index()


def summary(
    results: Mapping[str, pd.DataFrame],
    pieces: pd.DataFrame,
    checks: pd.DataFrame,
    judged_days: int,
) -> pd.DataFrame:
    """Return the one-line answers of the stage: one row per measure with its value; only what is known."""
    board_ = results["board"].set_index("kpi")["actual"]
    paced = results["pacing"].set_index("channel")["pacing"]
    values = {
        **(delivery(pieces)[["on_quantity_rate", "on_time_rate"]].iloc[0] if len(pieces) else {}),
        "pacing": paced.get(ALL, paced.iloc[0] if len(paced) else np.nan),
        "uptime": checks["up"].mean(),
        "outage_minutes": results["outages"]["minutes"].sum() if len(checks) else np.nan,
        "incident_days": float(len(worth_telling(results["incidents"]))) if judged_days else np.nan,
        **{kpi: board_.get(kpi, np.nan) for kpi in ("revenue", "conversions", "clicks")},
    }
    table = pd.DataFrame({"measure": list(values), "value": list(values.values())})
    return table.astype({"value": "float64"}).dropna().reset_index(drop=True)


def _missing(
    campaign: Campaign,
    now: pd.DataFrame,
    before: pd.DataFrame,
    results: Mapping[str, pd.DataFrame],
    found: pd.DataFrame,
) -> dict[str, Mapping[str, str]]:
    absent = {
        "channel_daily": now.empty,
        "budget": not campaign.budget,
        "content_plan": results["published"].empty,
        "site_checks": results["pages"].empty,
        "usual": not now.empty and found.empty,
        "previous": not now.empty and before.empty,
        "conversions": not now.empty and now["conversions"].isna().all(),
    }
    return {part: MISSING[part] for part, is_absent in absent.items() if is_absent}


def _findings(tables: Mapping[str, pd.DataFrame]) -> tuple[Finding, ...]:
    rest = ranked(
        (
            *_short(tables["freshness"], tables["board"]),
            *_down(tables["outages"]),
            *_spent(tables["pacing"]),
            *_late(tables["published"]),
            *_unusual(worth_telling(tables["incidents"]), tables["tracking"]),
            *_untracked(tables["tracking"]),
            *_off_target(tables["board"]),
        )
    )
    return (_headline(tables["summary"], rest), *rest, *tell_quality(tables["quality_summary"]))


def _headline(answers: pd.DataFrame, rest: tuple[Finding, ...]) -> Finding:
    """Say every known part in one sentence; what must be decided is that of the weightiest finding."""
    known = set(answers["measure"])
    surplus = [kpi for kpi in KPI_PARTS if kpi in known][1:]
    parts = [part for part in ANSWER if part[0] in known and part[0] not in surplus]
    if not parts:
        return Finding(id="monitoring.answer", severity="watch", text=MISSING["channel_daily"])
    evidence: dict[str, Cell] = {}
    for measure, unit, _, _ in parts:
        evidence |= cells("summary", {"measure": measure}, **{measure: ("value", unit)})
    answer = Finding(
        id="monitoring.answer",
        severity=rest[0].severity if rest else "good",
        text={
            "zh": "本期" + "，".join(zh for *_, zh, _ in parts) + "。",
            "en": _sentence("; ".join(en for *_, en in parts)),
        },
        evidence=evidence,
    )
    if rest and rest[0].action:
        return replace(answer, evidence={**rest[0].evidence, **evidence}, action=rest[0].action)
    return answer


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "."


def _down(table: pd.DataFrame) -> Iterator[Finding]:
    """Tell each outage with its cost; where nothing is known of the cost, only the time."""
    for row in each(table):
        known = not np.isnan(row.at_stake)
        yield Finding(
            id=f"monitoring.outage.{row.outage}",
            severity="act",
            weight=row.at_stake if known else row.minutes,
            text={
                "zh": "落地页 {page} 从 {start} 起中断 {minutes} 分钟"
                + ("，最多影响销售额 {stake}。" if known else "。"),
                "en": "Landing page {page} was down for {minutes} minutes from {start}"
                + ("; revenue of up to {stake} was at stake." if known else "."),
            },
            evidence=cells(
                "outages",
                {"outage": row.outage},
                page=("page_id", "name"),
                start=("started_at", "moment"),
                minutes=("minutes", "minutes"),
                stake=("at_stake", "money"),
            ),
            action={
                "zh": "与网站负责人确认 {page} 的原因已排除。",
                "en": "Have the owner of the site confirm that the cause on {page} is mended.",
            },
        )


def _short(reach: pd.DataFrame, board_: pd.DataFrame) -> Iterator[Finding]:
    """Tell that days of the period have no channel data at all: every sum is of fewer days than it seems."""
    revenue = board_.loc[board_["kpi"].eq("revenue"), "actual"].sum()
    rows = reach[
        reach["table"].eq("channel_daily")
        & (reach["missing_days"] > 0)
        & (reach["rows_in_period"] > 0)
    ]
    for row in each(rows):
        yield Finding(
            id="monitoring.short",
            severity="watch",
            weight=max(revenue, row.missing_days),
            text={
                "zh": "本期有 {missing} 天没有任何渠道数据（数据截至 {last}）：各项合计只含有数据的日子。",
                "en": "Days of this period without any channel data: {missing} (data reach to {last}); all sums are of the "
                "other days.",
            },
            evidence=cells(
                "freshness",
                {"table": "channel_daily"},
                missing=("missing_days", "days"),
                last=("last_day", "day"),
            ),
            action={
                "zh": "补取缺失日期的导出文件后重新运行。",
                "en": "Fetch the exports of the missing days and run again.",
            },
        )


USED_UP = {
    "zh": "决定追加{channel}的预算，或把日预算摊平到期末。",
    "en": "Decide whether {channel} gets more money, or spread its daily budget to the end.",
}
GOES_ON = {
    "zh": "决定调整{channel}的日预算，或把余额移作他用。",
    "en": "Decide on the daily budget of {channel}, or use the money elsewhere.",
}
LEFT = {
    "zh": "查明{channel}为何没有按计划花费，并决定余额的用途。",
    "en": "Find out why {channel} did not spend as planned, and decide what its money is for.",
}


def _spent(table: pd.DataFrame) -> Iterator[Finding]:
    for row in each(table[table["state"].ne("good") & table["channel"].ne(ALL)]):
        key = {"channel": row.channel}
        gone = row.days_without_budget > 0
        ahead = row.forecast_spend > row.spend
        yield Finding(
            id=f"monitoring.pacing.{row.channel}",
            severity=row.state,
            weight=abs(row.spend - row.expected_spend),
            text={
                "zh": "{channel}的预算 {budget} 在 {gone} 已用完，之后 {days} 天没有预算。"
                if gone
                else "{channel}已花 {spend}，为应达进度的 {pacing}"
                + ("，预计期末花到预算的 {forecast}。" if ahead else "。"),
                "en": "{channel} had used up its budget of {budget} by {gone} and had none for the {days} days after."
                if gone
                else "{channel} has spent {spend}, {pacing} of what was due"
                + ("; it is heading for {forecast} of its budget." if ahead else "."),
            },
            evidence=cells(
                "pacing",
                key,
                channel=("channel", "name"),
                budget=("budget", "money"),
                spend=("spend", "money"),
                gone=("used_up_on", "day"),
                days=("days_without_budget", "days"),
                pacing=("pacing", "fraction"),
                forecast=("forecast_to_budget", "fraction"),
            ),
            action=(USED_UP if gone else GOES_ON if ahead else LEFT) if row.state == "act" else {},
        )


def _late(table: pd.DataFrame) -> Iterator[Finding]:
    for row in each(table[table["on_time_rate"] < LATE]):
        yield Finding(
            id=f"monitoring.late.{row.channel}",
            severity="watch",
            weight=row.planned - row.on_time,
            text={
                "zh": "{channel}计划 {planned} 篇，发布 {published} 篇，按时 {rate}。",
                "en": "Of {planned} pieces planned on {channel}, {published} came out and {rate} were on time.",
            },
            evidence=cells(
                "published",
                {"channel": row.channel},
                channel=("channel", "name"),
                planned=("planned", "count"),
                published=("published", "count"),
                rate=("on_time_rate", "fraction"),
            ),
        )


def _unusual(table: pd.DataFrame, tracked: pd.DataFrame) -> Iterator[Finding]:
    """Tell broken counting first, then what has most money at stake; a change of spend is a decision, so it comes last.

    What befell the same channel in the same way on several days is told once, and a break in
    tracking that is certain already is told by `_untracked`.
    """
    certain = tracked.loc[tracked["state"].eq("act"), "channel"]
    table = table[~(table["cause"].eq("tracking") & table["channel"].isin(certain))]
    place = table["cause"].map({"tracking": 0, "spend_changed": 2}).fillna(1)
    ordered = table.assign(place=place).sort_values("place", kind="stable")
    for row in each(ordered.drop_duplicates(["channel", "kpi", "cause"]).head(TOLD_INCIDENTS)):
        broken = row.cause == "tracking"
        key = {"date": f"{row.date:%Y-%m-%d}"}
        zh, en = (
            ("", "")
            if row.kpi == "spend"
            else (f"；{CAUSES[row.cause][0]}", f"; {CAUSES[row.cause][1]}")
        )
        money = not np.isnan(row.at_stake)
        yield Finding(
            id=f"monitoring.incident.{row.date:%Y-%m-%d}",
            severity="act" if broken else "watch",
            weight=abs(row.at_stake) if money and row.cause != "spend_changed" else 0.0,
            text={
                "zh": f"{{day}}{{channel}}的{{kpi}}为 {{actual}}，平常约 {{expected}}（{{change}}）{zh}。",
                "en": f"On {{day}}, {{kpi}} of {{channel}} came to {{actual}} where about {{expected}} is usual ({{change}}){en}.",
            },
            evidence=cells(
                "incidents",
                key,
                day=("date", "day"),
                channel=("channel", "name"),
                kpi=("kpi", "kpi"),
                actual=("actual", _unit(row.kpi)),
                expected=("expected", _unit(row.kpi)),
            )
            | change("incidents", key, change=("change", "fraction")),
            action=CHECK_TAG if broken else {},
        )


def _untracked(table: pd.DataFrame) -> Iterator[Finding]:
    for row in each(table[table["state"].eq("act")]):
        yield Finding(
            id=f"monitoring.tracking.{row.channel}",
            severity="act",
            weight=row.expected_conversions,
            text={
                "zh": "{channel}从 {start} 起连续 {days} 天有点击却没有转化，平常应有约 {expected} 次：追踪可能中断。",
                "en": "{channel} had clicks but no conversion from {start} (days in a row: {days}), where about {expected} are "
                "usual: tracking may have broken.",
            },
            evidence=cells(
                "tracking",
                {"channel": row.channel},
                channel=("channel", "name"),
                start=("zero_from", "day"),
                days=("zero_days", "days"),
                expected=("expected_conversions", "count"),
            ),
            action=CHECK_TAG,
        )


def _off_target(table: pd.DataFrame) -> Iterator[Finding]:
    for row in each(table[table["state"].isin(["act", "watch"])]):
        yield Finding(
            id=f"monitoring.target.{row.kpi}",
            severity="watch",
            weight=1 - row.attainment,
            text={
                "zh": "{kpi}达成目标的 {attainment}。",
                "en": "{kpi} reaches {attainment} of its target.",
            },
            evidence=cells(
                "board", {"kpi": row.kpi}, kpi=("kpi", "kpi"), attainment=("attainment", "fraction")
            ),
        )


def _unit(kpi: str) -> Unit:
    return "money" if kpi in ("revenue", "spend") else "count"
