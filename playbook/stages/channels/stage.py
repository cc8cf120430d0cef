"""Stage 4: what each channel really brings, and what the mix should be."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from playbook.params import Campaign
from playbook.params.model import KpiId
from playbook.stages import CHANNELS
from playbook.stages.channels import tables as schema
from playbook.stages.channels.returns import (
    DISPUTED,
    attribution,
    changes,
    channel_table,
    kinds,
    mix,
    returns,
    total,
)
from playbook.stages.shared.daily import LOST_CLICKS
from playbook.stages.shared.declared import declared
from playbook.stages.shared.findings import absent, cells, change, ranked, records
from playbook.stages.shared.months import months
from playbook.stages.shared.result import Cell, Finding, Severity, StageResult

LEAST_SHARE = 0.02
"""Share of spend below which a channel is not worth a sentence."""

FEWEST_ORDERS = 30
"""Orders below which what a platform claims is not held against them."""

DEARER = 0.2
"""Growth of the cost per conversion from which it is worth a look."""

MONEY: tuple[KpiId, ...] = ("spend", "revenue")

RESULTS: tuple[tuple[KpiId, ...], ...] = (
    ("conversions", "cpa"),
    ("visits",),
    ("clicks", "cpc"),
    ("impressions",),
)
"""What may have come of it, the most telling first, each with what one of it cost."""


@dataclass(frozen=True, slots=True)
class Returned:
    """A row of the table `returns`, as far as findings need it."""

    channel: str
    spend: float
    roas: float
    break_even_roas: float
    verdict: str


@dataclass(frozen=True, slots=True)
class Counted:
    """A row of the table `channels`, as far as findings need it."""

    channel: str
    clicks: float
    visit_rate: float
    conversions: float
    orders: float


@dataclass(frozen=True, slots=True)
class Changed:
    """A row of the table `changes`, as far as findings need it."""

    channel: str
    change: float


@dataclass(frozen=True, slots=True)
class Credited:
    """A row of the table `attribution`, as far as findings need it."""

    channel: str
    disagreement: float


@dataclass(frozen=True, slots=True)
class Advised:
    """A row of the table `mix`, as far as findings need it."""

    channel: str
    spend: float
    advice: str


def analyse(campaign: Campaign, tables: Mapping[str, pd.DataFrame]) -> StageResult:
    """Answer what each channel brought, and where the mix should go.

    Args:
        campaign: Parameters of the period.
        tables: Canonical tables; uses channel_daily and touchpoints.

    Returns:
        The tables of `channels.tables`.
    """
    campaign, tables = declared(CHANNELS, campaign, tables)
    _, now, before = months(campaign, tables["channel_daily"])
    results = {
        "total": total(campaign, now, before),
        "channels": channel_table(campaign, now),
        "changes": changes(now, before),
        "kinds": kinds(campaign, now),
        "returns": returns(campaign, now),
        "attribution": attribution(campaign, now, tables["touchpoints"]),
    }
    results["mix"] = mix(results["returns"], results["attribution"], now["revenue"].sum())
    return StageResult(
        stage=CHANNELS.notebook,
        tables=results,
        findings=_findings(results),
        missing=_missing(campaign, now, before, results),
    )


def _missing(
    campaign: Campaign, now: pd.DataFrame, before: pd.DataFrame, results: Mapping[str, pd.DataFrame]
) -> dict[str, Mapping[str, str]]:
    has_days = not now.empty
    returned = results["returns"]
    return absent(
        {
            "channel_daily": not has_days,
            "spend": has_days and bool(now["spend"].isna().all()),
            "revenue": has_days and bool(now["revenue"].isna().all()),
            "visits": has_days and bool(now["visits"].isna().all()),
            "margin": campaign.business.margin is None,
            "previous": has_days and before.empty,
            "touchpoints": results["attribution"].empty,
            "noise": len(returned) > 0 and bool(returned["roas_low"].isna().all()),
        }
    )


def _findings(tables: Mapping[str, pd.DataFrame]) -> tuple[Finding, ...]:
    others = [
        *_losing(tables["returns"]),
        *_disputed(tables["attribution"]),
        *_lost_clicks(tables["channels"]),
        *_beyond_one(tables["channels"]),
        *_claimed(tables["channels"]),
        *_dearer(tables["changes"], tables["channels"]),
        *_advised(tables["mix"], tables["returns"]),
    ]
    return (_answer(tables), *ranked(others))


def _answer(tables: Mapping[str, pd.DataFrame]) -> Finding:
    """Say what came back for the money; the best and the worst channel where there are several."""
    returned = tables["returns"].dropna(subset=["roas"])
    if returned.empty:
        return _without_return(tables["total"])
    is_large = returned["spend"] >= LEAST_SHARE * returned["spend"].sum()
    from_worst = records(returned[is_large].sort_values("roas", kind="stable"), Returned)
    worst, best = from_worst[0], from_worst[-1]
    loses = worst.verdict == "loses"
    return Finding(
        id="channels.answer",
        severity=_severity(returned, loses=loses),
        sentence="answer_of_several" if len(from_worst) > 1 else "answer",
        evidence={
            **_sums("spend", "revenue", "roas"),
            **cells(schema.RETURNS, {"channel": best.channel}, best="channel", best_roas="roas"),
            **cells(schema.RETURNS, {"channel": worst.channel}, worst="channel", worst_roas="roas"),
        },
        action="decide_about_worst" if loses else "",
    )


def _severity(returned: pd.DataFrame, *, loses: bool) -> Severity:
    if loses:
        return "act"
    return "good" if returned["verdict"].eq("earns").all() else "watch"


def _without_return(totals: pd.DataFrame) -> Finding:
    """Say what went out and what came in, as far as it is known, where there is no return."""
    kpis_known = set(totals.dropna(subset=["actual"])["kpi"])
    parts = [kpi for kpi in (*MONEY, *_most_telling(kpis_known)) if kpi in kpis_known]
    if not parts:
        return Finding(id="channels.answer", severity="watch", sentence="nothing_known")
    return Finding(
        id="channels.answer",
        severity="watch",
        sentence="without_return",
        clauses=(*parts, "no_return"),
        evidence=_sums(*parts),
    )


def _most_telling(kpis_known: set[KpiId]) -> tuple[KpiId, ...]:
    """Return the first result that is known, with its cost; empty where none is."""
    return next((result for result in RESULTS if result[0] in kpis_known), ())


def _losing(returned: pd.DataFrame) -> Iterator[Finding]:
    """Tell the channels that surely do not earn what they cost."""
    share = returned["spend"] / returned["spend"].sum()
    losing = returned[returned["verdict"].eq("loses") & (share >= LEAST_SHARE)]
    for channel in records(losing, Returned):
        earned_back = channel.roas / channel.break_even_roas * channel.spend
        yield Finding(
            id=f"channels.loses.{channel.channel}",
            severity="act",
            weight=channel.spend - earned_back,
            sentence="loses",
            evidence=cells(
                schema.RETURNS,
                {"channel": channel.channel},
                channel="channel",
                roas="roas",
                needed="break_even_roas",
                profit="gross_profit",
            ),
            action="cut_or_mend",
        )


def _disputed(credited: pd.DataFrame) -> Iterator[Finding]:
    """Tell the channels that claim far more conversions than the users' paths give them."""
    factor = credited["platform_share"] / credited["linear_share"]
    is_disputed = (factor > DISPUTED) & (credited["platform_share"] >= LEAST_SHARE)
    for channel in records(credited[is_disputed], Credited):
        yield Finding(
            id=f"channels.disputed.{channel.channel}",
            severity="watch",
            weight=channel.disagreement,
            sentence="disputed",
            evidence=cells(
                schema.ATTRIBUTION,
                {"channel": channel.channel},
                channel="channel",
                platform="platform_share",
                linear="linear_share",
            ),
        )


def _lost_clicks(table: pd.DataFrame) -> Iterator[Finding]:
    """Tell the channels whose clicks do not all arrive on the site."""
    for channel in records(table[table["visit_rate"] < LOST_CLICKS], Counted):
        yield Finding(
            id=f"channels.lost-clicks.{channel.channel}",
            severity="watch",
            weight=channel.clicks * (1 - channel.visit_rate),
            sentence="lost_clicks",
            evidence=cells(
                schema.CHANNELS,
                {"channel": channel.channel},
                channel="channel",
                clicks="clicks",
                rate="visit_rate",
            ),
        )


def _beyond_one(table: pd.DataFrame) -> Iterator[Finding]:
    """Explain a conversion rate above one instead of hiding it."""
    for channel in records(table[table["cvr_click"] > 1], Counted):
        yield Finding(
            id=f"channels.beyond-one.{channel.channel}",
            severity="watch",
            weight=channel.conversions - channel.clicks,
            sentence="beyond_one",
            evidence=cells(
                schema.CHANNELS,
                {"channel": channel.channel},
                channel="channel",
                conversions="conversions",
                clicks="clicks",
            ),
        )


def _claimed(table: pd.DataFrame) -> Iterator[Finding]:
    """Tell whose platform books far more conversions than there are orders."""
    claims_more = (table["claims_per_order"] > DISPUTED) & (table["orders"] >= FEWEST_ORDERS)
    for channel in records(table[claims_more], Counted):
        yield Finding(
            id=f"channels.claimed.{channel.channel}",
            severity="watch",
            weight=channel.conversions - channel.orders,
            sentence="claimed",
            evidence=cells(
                schema.CHANNELS,
                {"channel": channel.channel},
                channel="channel",
                conversions="conversions",
                orders="orders",
                claims="claims_per_order",
            ),
        )


def _dearer(changed: pd.DataFrame, table: pd.DataFrame) -> Iterator[Finding]:
    """Tell the channels with real spend on which a conversion became dearer."""
    spend = table.set_index("channel")["spend"]
    dearer = changed[changed["kpi"].eq("cpa") & (changed["change"] > DEARER)]
    is_large = dearer["channel"].map(spend) >= LEAST_SHARE * spend.sum()
    for channel in records(dearer[is_large], Changed):
        row = {"channel": channel.channel, "kpi": "cpa"}
        yield Finding(
            id=f"channels.dearer.{channel.channel}",
            severity="watch",
            weight=spend[channel.channel] * channel.change,
            sentence="dearer",
            evidence=cells(
                schema.CHANGES, row, channel="channel", previous="previous", actual="actual"
            )
            | change(schema.CHANGES, row, change="change"),
        )


def _advised(advice: pd.DataFrame, returned: pd.DataFrame) -> Iterator[Finding]:
    """Tell whom to try more or less money on.

    A channel that surely earns or loses is told elsewhere, not cut here.
    """
    is_settled = returned["verdict"].isin(["earns", "loses"]) & advice["advice"].eq("less")
    is_advised = advice["advice"].isin(["more", "less"]) & ~is_settled
    is_large = advice["share_of_spend"] >= LEAST_SHARE
    for channel in records(advice[is_advised & is_large], Advised):
        row = {"channel": channel.channel}
        yield Finding(
            id=f"channels.mix.{channel.channel}",
            severity="good" if channel.advice == "more" else "watch",
            weight=channel.spend,
            sentence=f"try_{channel.advice}",
            evidence=cells(schema.MIX, row, channel="channel", share="share_of_spend", roas="roas")
            | cells(schema.RETURNS, row, average="average_roas"),
        )


def _sums(*kpis: KpiId) -> dict[str, Cell]:
    """Return the cells of all channels together, each KPI under its own name."""
    sums: dict[str, Cell] = {}
    for kpi in kpis:
        sums |= cells(schema.TOTAL, {"kpi": kpi}, **{kpi: "actual"})
    return sums
