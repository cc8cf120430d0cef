"""Stage 2.

Where the market moves, where competitors leave room, and which channels get how much.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from playbook.methods.trend import FEWEST_STEPS, monthly, trends
from playbook.params import Campaign
from playbook.params.model import KpiId
from playbook.stages import MARKET
from playbook.stages.market.allocation import allocation
from playbook.stages.market.competitors import competition
from playbook.stages.market.tables import ALLOCATION, GROWTH, RIVALS, TRENDS
from playbook.stages.shared.declared import declared
from playbook.stages.shared.findings import absent, cells, change, ranked, records
from playbook.stages.shared.months import months
from playbook.stages.shared.result import Cell, Finding, StageResult

OWN_KPIS: tuple[KpiId, ...] = (
    "revenue",
    "orders",
    "conversions",
    "visits",
    "clicks",
    "impressions",
)
"""What our own size is measured by: the first of these that both periods know."""

SHARE_MOVED = 0.02
"""A share of voice or of search that moved less than two percentage points is not told."""

LEVEL = 0.005
"""Half a percentage point: a growth no further from the market's is level with it."""

PRICE_CUT = -0.03
"""A price index lower by three per cent or more is told."""

PART_OF_TREND = 10
"""A trend a year weighs a tenth of a change within a month."""


@dataclass(frozen=True, slots=True)
class Series:
    """A row of the table `trends`, as far as findings need it."""

    series_id: str
    change: float
    slope_year: float
    direction: str
    peak_month: str


@dataclass(frozen=True, slots=True)
class Budgeted:
    """A row of the table `allocation`, as far as findings need it."""

    channel: str
    spend: float
    roas: float
    cpa: float
    basis: str
    hint: str


@dataclass(frozen=True, slots=True)
class Clause:
    """One part of the stage's answer: its key and the cells that fill it."""

    key: str
    evidence: Mapping[str, Cell]


def analyse(campaign: Campaign, tables: Mapping[str, pd.DataFrame]) -> StageResult:
    """Answer where the market moves, where competitors leave room, and which channels get how much.

    Args:
        campaign: Parameters of the period.
        tables: Canonical tables; uses market_series, competitors and channel_daily.

    Returns:
        The tables of `market.tables`.
    """
    campaign, tables = declared(MARKET, campaign, tables)
    _, now, before = months(campaign, tables["channel_daily"])
    past = campaign.in_month(campaign.month.previous)
    days, days_before = (campaign.start, campaign.end), (past.start, past.end)
    moved = trends(tables["market_series"], days, days_before)
    results = {
        "trends": moved,
        "monthly": monthly(tables["market_series"], campaign.end),
        "growth": growth(moved, now, before),
        "rivals": competition(tables["competitors"], campaign.brand, days, days_before),
        "allocation": allocation(campaign, now, before),
    }
    return StageResult(
        stage=MARKET.notebook,
        tables=results,
        findings=_findings(results),
        missing=_missing(campaign, results, now, before),
    )


def growth(moved: pd.DataFrame, now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Set our own growth against each market series.

    Both as the mean per day or step against the period before.

    Args:
        moved: What `trends` returned.
        now: One row per day and channel of the period.
        before: The same of the period before.

    Returns:
        The table `GROWTH`; no rows where our own change is not known.
    """
    for kpi in OWN_KPIS:
        rate, rate_before = _per_day(now, kpi), _per_day(before, kpi)
        if rate >= 0 and rate_before > 0:
            return _compared(moved, kpi, rate / rate_before - 1)
    return GROWTH.frame([])


def _compared(moved: pd.DataFrame, kpi: KpiId, own_change: float) -> pd.DataFrame:
    """Return our change in a KPI beside that of every series whose change is known."""
    table = moved.dropna(subset=["change"]).rename(columns={"change": "market_change"})
    table = table.assign(kpi=kpi, own_change=own_change)
    table["gap"] = table["own_change"] - table["market_change"]
    return table[GROWTH.names].reset_index(drop=True)


def _per_day(rows: pd.DataFrame, column: str) -> float:
    return float(rows.groupby("date")[column].sum(min_count=1).mean())


def _missing(
    campaign: Campaign, results: Mapping[str, pd.DataFrame], now: pd.DataFrame, before: pd.DataFrame
) -> dict[str, Mapping[str, str]]:
    moved, brands = results["trends"], results["rivals"]
    return absent(
        {
            "market_series": moved.empty,
            "market_period": bool(moved["change"].isna().any()),
            "short_series": bool((moved["steps"] < FEWEST_STEPS).any()),
            "season": bool(moved["method"].eq("plain").any()),
            "competitors": brands.empty,
            "brand": len(brands) > 0 and not brands["role"].eq("own").any(),
            "channel_daily": now.empty,
            "previous": len(now) > 0 and before.empty,
            "budget": not any(campaign.budget.values()),
        }
    )


def _findings(tables: Mapping[str, pd.DataFrame]) -> tuple[Finding, ...]:
    others = ranked(
        [
            *_against_market(tables["growth"]),
            *_trending(tables["trends"]),
            *_gaining(tables["rivals"], "share_of_voice"),
            *_gaining(tables["rivals"], "share_of_search"),
            *_cheaper(tables["rivals"]),
            *_returns(tables["allocation"]),
        ]
    )
    return (_answer(tables, others), *others)


def _answer(tables: Mapping[str, pd.DataFrame], others: tuple[Finding, ...]) -> Finding:
    """Say market, competitors and budget in one sentence, each only if it is known."""
    clauses = [
        *_market(tables["trends"]),
        *_voice(tables["rivals"]),
        *_largest_budget(tables["allocation"]),
    ]
    if not clauses:
        return Finding(id="market.answer", severity="watch", sentence="nothing_known")
    evidence: dict[str, Cell] = {}
    for clause in clauses:
        evidence |= clause.evidence
    is_good = all(finding.severity == "good" for finding in others)
    return Finding(
        id="market.answer",
        severity="good" if is_good else "watch",
        sentence="answer",
        clauses=tuple(clause.key for clause in clauses),
        evidence=evidence,
    )


def _market(moved: pd.DataFrame) -> Iterator[Clause]:
    """Say what the first series did, which the analyst put first."""
    for series in records(moved.head(1), Series):
        row = {"series_id": series.series_id}
        evidence = cells(TRENDS, row, series="series_id", direction="direction")
        if np.isnan(series.change):
            yield Clause("market", evidence)
        else:
            evidence |= change(TRENDS, row, market_change="change")
            yield Clause("market_moved", evidence)


def _voice(brands: pd.DataFrame) -> Iterator[Clause]:
    """Say our own share of voice and who is loudest."""
    heard = brands.dropna(subset=["share_of_voice"])
    if heard.empty:
        return
    loudest = heard.iloc[0]
    row = {"brand": str(loudest["brand"])}
    evidence = cells(RIVALS, row, loudest="brand", loudest_share="share_of_voice")
    own = heard.loc[heard["role"].eq("own"), "brand"]
    if own.empty or loudest["role"] == "own":
        yield Clause("loudest", evidence)
    else:
        ours = cells(RIVALS, {"brand": str(own.iloc[0])}, own_share="share_of_voice")
        yield Clause("voice", evidence | ours)


def _largest_budget(plan: pd.DataFrame) -> Iterator[Clause]:
    """Say where most of the budget goes, or went, and what it returned if that is known."""
    for first in records(plan.head(1), Budgeted):
        key = "most_budget" if plan["budget"].notna().any() else "most_spend"
        if not np.isnan(first.roas):
            key += "_roas"
        elif not np.isnan(first.cpa):
            key += "_cpa"
        evidence = cells(
            ALLOCATION,
            {"channel": first.channel},
            channel="channel",
            budget_share="budget_share",
            spend="spend",
            roas="roas",
            cpa="cpa",
        )
        yield Clause(key, evidence)


def _against_market(table: pd.DataFrame) -> Iterator[Finding]:
    """Tell our growth against the first series."""
    first = table.head(1)
    for series, gap in zip(first["series_id"], first["gap"], strict=True):
        sentence = _growth_sentence(gap)
        row = {"series_id": str(series)}
        moves = change(GROWTH, row, own_change="own_change", market_change="market_change")
        yield Finding(
            id="market.growth",
            severity="watch" if sentence == "behind_market" else "good",
            weight=abs(gap),
            sentence=sentence,
            evidence=cells(GROWTH, row, kpi="kpi") | moves,
        )


def _growth_sentence(gap: float) -> str:
    """Return the sentence on our growth less the market's, a fraction."""
    if abs(gap) <= LEVEL:
        return "level_with_market"
    return "ahead_of_market" if gap > 0 else "behind_market"


def _trending(moved: pd.DataFrame) -> Iterator[Finding]:
    """Tell the tested trends and the peak month; a series without a trend is left to the table."""
    tested = moved[moved["direction"].isin(["rising", "falling"])]
    for series in records(tested, Series):
        row = {"series_id": series.series_id}
        evidence = cells(TRENDS, row, series="series_id") | change(TRENDS, row, slope="slope_year")
        clauses = [series.direction]
        if series.peak_month:
            clauses.append("peak")
            evidence |= cells(TRENDS, row, peak="peak_month")
        yield Finding(
            id=f"market.trend.{series.series_id}",
            severity="good" if series.direction == "rising" else "watch",
            weight=abs(series.slope_year) / PART_OF_TREND,
            sentence="trend",
            clauses=tuple(clauses),
            evidence=evidence,
        )


def _gaining(brands: pd.DataFrame, share: str) -> Iterator[Finding]:
    """Tell the competitor that gained most of a share, of voice or of search."""
    moved = f"{share}_change"
    gained = brands[brands["role"].eq("rival") & brands[moved].ge(SHARE_MOVED)]
    most = gained.sort_values(moved, ascending=False).head(1)
    for brand, points in zip(most["brand"], most[moved], strict=True):
        row = {"brand": str(brand)}
        yield Finding(
            id=f"market.{share}",
            severity="watch",
            weight=points,
            sentence=f"gained_{share}",
            evidence=cells(RIVALS, row, brand="brand", share=share)
            | change(RIVALS, row, moved=moved),
        )


def _cheaper(brands: pd.DataFrame) -> Iterator[Finding]:
    """Tell every competitor whose price index fell."""
    cuts = brands[brands["role"].eq("rival") & brands["price_index_change"].le(PRICE_CUT)]
    for brand, moved in zip(cuts["brand"], cuts["price_index_change"], strict=True):
        row = {"brand": str(brand)}
        yield Finding(
            id=f"market.price.{brand}",
            severity="watch",
            weight=-moved,
            sentence="cheaper",
            evidence=cells(RIVALS, row, brand="brand", price="price_index")
            | change(RIVALS, row, moved="price_index_change"),
        )


def _returns(plan: pd.DataFrame) -> Iterator[Finding]:
    """Tell the channels whose return differs from the rest beyond luck.

    What to move is proposed by stage 6.
    """
    spent = plan["spend"].sum()
    for channel in records(plan[plan["hint"].str.startswith("returns_")], Budgeted):
        is_better = channel.hint.startswith("returns_more")
        yield Finding(
            id=f"market.returns.{channel.channel}",
            severity="good" if is_better else "watch",
            weight=channel.spend / spent,
            sentence="returns_more" if is_better else "returns_less",
            evidence=cells(
                ALLOCATION,
                {"channel": channel.channel},
                channel="channel",
                kpi="basis",
                value=channel.basis,
                spend="spend",
            ),
        )
