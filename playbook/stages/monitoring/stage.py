"""Stage 5: whether everything is published, delivering and up, and what the KPIs do."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from playbook.methods.anomalies import anomalies, incidents, judged
from playbook.metrics import ALL
from playbook.params import Campaign
from playbook.stages import MONITORING
from playbook.stages.monitoring import tables as schema
from playbook.stages.monitoring.board import board, freshness, tracking
from playbook.stages.monitoring.data_quality import (
    loss_findings,
    quality_claims,
    quality_findings,
    quality_gaps,
    quality_losses,
    quality_odd,
    quality_reach,
    quality_rejects,
    quality_sources,
    quality_summary,
    quality_sums,
)
from playbook.stages.monitoring.pacing import pacing
from playbook.stages.shared import uptime
from playbook.stages.shared.declared import declared
from playbook.stages.shared.delivery import LATE, delivery, planned_pieces
from playbook.stages.shared.findings import (
    absent,
    cells,
    change,
    measures,
    ranked,
    records,
    summary_frame,
)
from playbook.stages.shared.months import months
from playbook.stages.shared.result import Cell, Finding, Severity, StageResult

MOST_INCIDENTS = 4
DOUBTFUL = ("tracking", "clicks_without_result")
"""Causes that put the counting itself in doubt."""

LEAST_SHARE_OF_DAY = 0.02
"""Share of a mean day's revenue below which an unusual day is not worth a sentence."""

ANSWER = ("on_quantity_rate", "on_time_rate", "pacing", "uptime", "incident_days")
"""Measures of the answer, in order; each has a clause that is said only if it is known."""

RESULTS = ("revenue", "conversions", "clicks")
"""Of these only the first that is known is said."""

FUNNEL = ("impressions", "clicks", "visits", "conversions", "revenue", "spend")


@dataclass(frozen=True, slots=True)
class Outage:
    """A row of the table `outages`, as far as findings need it."""

    outage: str
    minutes: float
    at_stake: float


@dataclass(frozen=True, slots=True)
class Paced:
    """A row of the table `pacing`, as far as findings need it."""

    channel: str
    spend: float
    expected_spend: float
    forecast_spend: float
    days_without_budget: float
    state: Severity


@dataclass(frozen=True, slots=True)
class Published:
    """A row of the table `published`, as far as findings need it."""

    channel: str
    planned: float
    on_time: float


@dataclass(frozen=True, slots=True)
class Incident:
    """A row of the table `incidents`, as far as findings need it."""

    date: date
    kpi: str
    cause: str
    at_stake: float


@dataclass(frozen=True, slots=True)
class Untracked:
    """A row of the table `tracking`, as far as findings need it."""

    channel: str
    expected_conversions: float


@dataclass(frozen=True, slots=True)
class Judged:
    """A row of the table `board`, as far as findings need it."""

    kpi: str
    attainment: float


def analyse(campaign: Campaign, tables: Mapping[str, pd.DataFrame]) -> StageResult:
    """Answer whether everything is published, delivering and up, and what the KPIs do.

    Args:
        campaign: Parameters of the period.
        tables: Canonical tables; uses channel_daily, content_plan, content_log, site_checks,
            orders, rejects, flags, claims, losses, quality.

    Returns:
        The tables of `monitoring.tables`.
    """
    campaign, tables = declared(MONITORING, campaign, tables)
    daily, now, before = months(campaign, tables["channel_daily"])
    start, end, rules = campaign.start, campaign.end, campaign.monitoring
    plan, log = tables["content_plan"], tables["content_log"]
    pieces = planned_pieces(plan, log, start, end, campaign.content.on_time_minutes)
    checks = uptime.within(tables["site_checks"], start, end)
    down = uptime.outages(checks)
    outage_days = list(down["start"].dt.normalize())
    expected = judged(daily)
    unusual = anomalies(expected, start, end, rules.anomaly_cut, outage_days)
    revenue_by_day = daily.groupby("date")["revenue"].sum(min_count=1)
    files, gaps = quality_sources(campaign, tables), quality_gaps(campaign, daily)
    results = {
        "board": board(campaign, now, before),
        "pacing": pacing(daily, campaign.budget, start, end, rules),
        "published": delivery(pieces, by=["channel"]),
        "pages": uptime.pages(checks, down, rules.uptime_target),
        "outages": uptime.with_stakes(down, tables["orders"], revenue_by_day),
        "anomalies": unusual,
        "incidents": with_share(incidents(unusual, expected), now),
        "tracking": tracking(now, before, outage_days),
        "freshness": freshness(campaign, tables),
        "quality_sources": files,
        "quality_sums": quality_sums(files),
        "quality_rejects": quality_rejects(tables),
        "quality_odd": quality_odd(tables),
        "quality_losses": quality_losses(tables),
        "quality_claims": quality_claims(campaign, tables),
        "quality_reach": quality_reach(campaign, daily),
        "quality_gaps": gaps,
        "quality_summary": quality_summary(files, gaps),
        "daily": totals_by_day(now),
    }
    results["summary"] = summary(results, pieces, checks, judged_days=len(expected))
    return StageResult(
        stage=MONITORING.notebook,
        tables=results,
        findings=_findings(results),
        missing=_missing(campaign, now, before, results, expected),
    )


def with_share(table: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Add what is at stake in an incident as a share of a mean day's revenue.

    NaN where revenue is not known.
    """
    revenue = now.groupby("date")["revenue"].sum(min_count=1).mean()
    return table.assign(share_of_day=table["at_stake"].abs() / (revenue or np.nan))


def worth_telling(table: pd.DataFrame) -> pd.DataFrame:
    """Leave out small change.

    Where the money is not known, or counting itself is in doubt, all are kept.
    """
    is_small = table["share_of_day"] < LEAST_SHARE_OF_DAY
    return table[~is_small | table["cause"].isin(DOUBTFUL)]


def totals_by_day(now: pd.DataFrame) -> pd.DataFrame:
    """Return the funnel of all channels together: one row per day.

    NaN where no channel knows it.
    """
    return now.groupby("date")[list(FUNNEL)].sum(min_count=1).reset_index()


def summary(
    results: Mapping[str, pd.DataFrame],
    pieces: pd.DataFrame,
    checks: pd.DataFrame,
    judged_days: int,
) -> pd.DataFrame:
    """Return the one-line answers of the stage, as far as they are known."""
    values: dict[str, float] = {}
    if len(pieces):
        rates = delivery(pieces).iloc[0]
        values["on_quantity_rate"] = rates["on_quantity_rate"]
        values["on_time_rate"] = rates["on_time_rate"]
    paced = results["pacing"].set_index("channel")["pacing"]
    if len(paced):
        values["pacing"] = paced.get(ALL, paced.iloc[0])
    if len(checks):
        values["uptime"] = checks["up"].mean()
        values["outage_minutes"] = results["outages"]["minutes"].sum()
    if judged_days:
        values["incident_days"] = len(worth_telling(results["incidents"]))
    actual = results["board"].set_index("kpi")["actual"]
    for kpi in RESULTS:
        values[kpi] = actual.get(kpi, np.nan)
    return summary_frame(schema.SUMMARY, values)


def _missing(
    campaign: Campaign,
    now: pd.DataFrame,
    before: pd.DataFrame,
    results: Mapping[str, pd.DataFrame],
    expected: pd.DataFrame,
) -> dict[str, Mapping[str, str]]:
    has_days = not now.empty
    return absent(
        {
            "channel_daily": not has_days,
            "budget": not any(campaign.budget.values()),
            "content_plan": results["published"].empty,
            "site_checks": results["pages"].empty,
            "usual": has_days and expected.empty,
            "previous": has_days and before.empty,
            "conversions": has_days and bool(now["conversions"].isna().all()),
        }
    )


def _findings(tables: Mapping[str, pd.DataFrame]) -> tuple[Finding, ...]:
    others = ranked(
        [
            *_short(tables["freshness"], tables["board"]),
            *_down(tables["outages"]),
            *_off_pace(tables["pacing"]),
            *_late(tables["published"]),
            *_unusual(worth_telling(tables["incidents"]), tables["tracking"]),
            *_untracked(tables["tracking"]),
            *_off_target(tables["board"]),
        ]
    )
    answer = _answer(tables["summary"], others)
    return (
        answer,
        *loss_findings(tables["quality_losses"]),
        *others,
        *quality_findings(tables["quality_summary"]),
    )


def _answer(summed: pd.DataFrame, others: tuple[Finding, ...]) -> Finding:
    """Say every known part in one sentence.

    What must be decided is that of the weightiest finding.
    """
    measured = set(summed["measure"])
    clauses = [measure for measure in ANSWER if measure in measured]
    clauses += [measure for measure in RESULTS if measure in measured][:1]
    if not clauses:
        return Finding(id="monitoring.answer", severity="watch", sentence="nothing_known")
    weightiest = others[0] if others else None
    evidence: dict[str, Cell] = {}
    if weightiest and weightiest.action:
        evidence |= weightiest.evidence
    return Finding(
        id="monitoring.answer",
        severity=weightiest.severity if weightiest else "good",
        sentence="answer",
        clauses=tuple(clauses),
        evidence=evidence | measures(schema.SUMMARY, *clauses),
        action=weightiest.action if weightiest else "",
    )


def _down(table: pd.DataFrame) -> Iterator[Finding]:
    """Tell each outage with its cost; where nothing is known of the cost, only the time."""
    for outage in records(table, Outage):
        is_cost_known = not np.isnan(outage.at_stake)
        yield Finding(
            id=f"monitoring.outage.{outage.outage}",
            severity="act",
            weight=outage.at_stake if is_cost_known else outage.minutes,
            sentence="outage_with_cost" if is_cost_known else "outage",
            evidence=cells(
                schema.OUTAGES,
                {"outage": outage.outage},
                page="page_id",
                start="started_at",
                minutes="minutes",
                stake="at_stake",
            ),
            action="confirm_mended",
        )


def _short(reach: pd.DataFrame, board_table: pd.DataFrame) -> Iterator[Finding]:
    """Tell that days of the period have no channel data at all.

    Every sum is of fewer days than it seems.
    """
    days = reach[reach["table"].eq("channel_daily") & (reach["rows_in_period"] > 0)]
    revenue = board_table.loc[board_table["kpi"].eq("revenue"), "actual"].sum()
    for missing_days in days.loc[days["missing_days"] > 0, "missing_days"]:
        yield Finding(
            id="monitoring.short",
            severity="watch",
            weight=max(revenue, missing_days),
            sentence="days_missing",
            evidence=cells(
                schema.FRESHNESS,
                {"table": "channel_daily"},
                missing="missing_days",
                last="last_day",
            ),
            action="fetch_missing_days",
        )


def _off_pace(table: pd.DataFrame) -> Iterator[Finding]:
    """Tell the channels that do not spend as planned, or ran out of money."""
    off = table[table["state"].ne("good") & table["channel"].ne(ALL)]
    for channel in records(off, Paced):
        sentence, action = _pace(channel)
        yield Finding(
            id=f"monitoring.pacing.{channel.channel}",
            severity=channel.state,
            weight=abs(channel.spend - channel.expected_spend),
            sentence=sentence,
            evidence=cells(
                schema.PACING,
                {"channel": channel.channel},
                channel="channel",
                budget="budget",
                spend="spend",
                gone="used_up_on",
                days="days_without_budget",
                pacing="pacing",
                forecast="forecast_to_budget",
            ),
            action=action if channel.state == "act" else "",
        )


def _pace(channel: Paced) -> tuple[str, str]:
    """Return the sentence on a channel's spend, and what would be done about it."""
    if channel.days_without_budget > 0:
        return "used_up", "decide_on_more_money"
    if channel.forecast_spend > channel.spend:
        return "pace_and_forecast", "adjust_daily_budget"
    return "pace", "ask_why_not_spent"


def _late(table: pd.DataFrame) -> Iterator[Finding]:
    """Tell the channels whose content came out late."""
    for channel in records(table[table["on_time_rate"] < LATE], Published):
        yield Finding(
            id=f"monitoring.late.{channel.channel}",
            severity="watch",
            weight=channel.planned - channel.on_time,
            sentence="late_channel",
            evidence=cells(
                schema.PUBLISHED,
                {"channel": channel.channel},
                channel="channel",
                planned="planned",
                published="published",
                rate="on_time_rate",
            ),
        )


def _unusual(table: pd.DataFrame, tracked: pd.DataFrame) -> Iterator[Finding]:
    """Tell broken counting first, then what has most money at stake.

    A change of spend is a decision, so it comes last.

    What befell the same channel in the same way on several days is told once, and a break in
    tracking that is certain already is told by `_untracked`.
    """
    certain = tracked.loc[tracked["state"].eq("act"), "channel"]
    is_told = table["cause"].eq("tracking") & table["channel"].isin(certain)
    place = table["cause"].map({"tracking": 0, "spend_changed": 2}).fillna(1)
    in_order = table.assign(place=place)[~is_told].sort_values("place", kind="stable")
    first_days = in_order.drop_duplicates(["channel", "kpi", "cause"]).head(MOST_INCIDENTS)
    for incident in records(first_days, Incident):
        is_broken = incident.cause == "tracking"
        is_decision = incident.cause == "spend_changed" or np.isnan(incident.at_stake)
        day = f"{incident.date:%Y-%m-%d}"
        row = {"date": day}
        yield Finding(
            id=f"monitoring.incident.{day}",
            severity="act" if is_broken else "watch",
            weight=0.0 if is_decision else abs(incident.at_stake),
            sentence="incident",
            clauses=("day",) if incident.kpi == "spend" else ("day", incident.cause),
            evidence=cells(
                schema.INCIDENTS,
                row,
                day="date",
                channel="channel",
                kpi="kpi",
                actual="actual",
                expected="expected",
            )
            | change(schema.INCIDENTS, row, change="change"),
            action="check_tag" if is_broken else "",
        )


def _untracked(table: pd.DataFrame) -> Iterator[Finding]:
    """Tell the channels whose conversions are surely not counted."""
    for channel in records(table[table["state"].eq("act")], Untracked):
        yield Finding(
            id=f"monitoring.tracking.{channel.channel}",
            severity="act",
            weight=channel.expected_conversions,
            sentence="untracked",
            evidence=cells(
                schema.TRACKING,
                {"channel": channel.channel},
                channel="channel",
                start="zero_from",
                days="zero_days",
                expected="expected_conversions",
            ),
            action="check_tag",
        )


def _off_target(table: pd.DataFrame) -> Iterator[Finding]:
    """Tell the KPIs of the board that miss their target."""
    for kpi in records(table[table["state"].isin(["act", "watch"])], Judged):
        yield Finding(
            id=f"monitoring.target.{kpi.kpi}",
            severity="watch",
            weight=1 - kpi.attainment,
            sentence="off_target",
            evidence=cells(schema.BOARD, {"kpi": kpi.kpi}, kpi="kpi", attainment="attainment"),
        )
