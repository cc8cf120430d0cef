"""Stage 2: where the market moves, where competitors leave room, and which channels get how much."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from playbook.methods.trend import FEWEST_STEPS, monthly, trends
from playbook.metrics import CATALOGUE
from playbook.params import Campaign
from playbook.params.model import KpiId
from playbook.stages.market.allocation import allocation
from playbook.stages.market.competitors import rivals
from playbook.stages.shared.findings import cells, change, each, ranked
from playbook.stages.shared.months import months
from playbook.stages.shared.result import Cell, Finding, StageResult

STAGE = "02_market_and_strategy"
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

PRICE_CUT = -0.03
"""A price index lower by three per cent or more is told."""

MISSING: Mapping[str, Mapping[str, str]] = {
    "market_series": {
        "zh": "没有市场数据，无法判断市场走势。",
        "en": "No market series: where the market moves cannot be said.",
    },
    "market_period": {
        "zh": "本期或上期缺少市场数据，无法计算市场变化。",
        "en": "The market series lack this period or the one before: the market's change is not known.",
    },
    "short_series": {
        "zh": "部分市场序列太短，无法检验趋势。",
        "en": "Some market series are too short to test for a trend.",
    },
    "season": {
        "zh": "部分市场序列不足两年，未能剔除季节因素。",
        "en": "Some market series cover less than two years: their season could not be taken out.",
    },
    "competitors": {
        "zh": "本期没有竞品数据，无法比较声量与价格。",
        "en": "No data on competitors in this period: voice and price cannot be compared.",
    },
    "brand": {
        "zh": "竞品数据中没有本品牌，无法说明自身份额。",
        "en": "Our own brand is not among the competitors' data: our own share cannot be said.",
    },
    "channel_daily": {
        "zh": "本期没有渠道数据，无法比较渠道回报。",
        "en": "No channel data in this period: the channels' returns cannot be compared.",
    },
    "previous": {
        "zh": "没有上期渠道数据，无法与市场比较增长。",
        "en": "No channel data of the period before: our growth cannot be set against the market's.",
    },
    "budget": {
        "zh": "未设置渠道预算，无法评价预算分配。",
        "en": "No budget by channel is set: its split cannot be judged.",
    },
}


def analyse(campaign: Campaign, tables: Mapping[str, pd.DataFrame]) -> StageResult:
    """Answer where the market moves, where competitors leave room, and which channels get how much.

    Args:
        campaign: Parameters of the period.
        tables: Canonical tables; uses market_series, competitors and channel_daily.

    Returns:
        Tables trends, monthly, growth, rivals and allocation.
    """
    _, now, before = months(campaign, tables["channel_daily"])
    past = campaign.model_copy(update={"period": campaign.previous})
    days, days_before = (campaign.start, campaign.end), (past.start, past.end)
    moved = trends(tables["market_series"], days, days_before)
    results = {
        "trends": moved,
        "monthly": monthly(tables["market_series"], campaign.end),
        "growth": growth(moved, now, before),
        "rivals": rivals(tables["competitors"], campaign.brand, days, days_before),
        "allocation": allocation(campaign, now, before),
    }
    missing = _missing(campaign, results, now, before)
    return StageResult(stage=STAGE, tables=results, findings=_findings(results), missing=missing)


def growth(moved: pd.DataFrame, now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Set our own growth against each market series, both as the mean per day or step against the period before.

    Args:
        moved: What `trends` returned.
        now: One row per day and channel of the period.
        before: The same of the period before.

    Returns:
        One row per series whose change is known: series_id, kpi (what we are measured by),
        own_change, market_change, gap (own_change less market_change, in fractions); no rows where
        our own change is not known.
    """
    columns = ["series_id", "kpi", "own_change", "market_change", "gap"]
    rates = {kpi: (_per_day(now, kpi), _per_day(before, kpi)) for kpi in OWN_KPIS}
    kpi = next((kpi for kpi, (rate, base) in rates.items() if rate >= 0 and base > 0), None)
    if kpi is None:
        return pd.DataFrame(columns=columns)
    rate, base = rates[kpi]
    table = moved.dropna(subset=["change"]).rename(columns={"change": "market_change"})
    table = table.assign(kpi=kpi, own_change=rate / base - 1)
    return table.assign(gap=table["own_change"] - table["market_change"])[columns].reset_index(
        drop=True
    )


def _per_day(rows: pd.DataFrame, column: str) -> float:
    return float(rows.groupby("date")[column].sum(min_count=1).mean())


def _missing(
    campaign: Campaign, results: Mapping[str, pd.DataFrame], now: pd.DataFrame, before: pd.DataFrame
) -> dict[str, Mapping[str, str]]:
    moved, brands = results["trends"], results["rivals"]
    absent = {
        "market_series": moved.empty,
        "market_period": len(moved) > 0 and moved["change"].isna().any(),
        "short_series": (moved["steps"] < FEWEST_STEPS).any(),
        "season": len(moved) > 0 and moved["method"].eq("plain").any(),
        "competitors": brands.empty,
        "brand": len(brands) > 0 and not brands["role"].eq("own").any(),
        "channel_daily": now.empty,
        "previous": len(now) > 0 and before.empty,
        "budget": not any(campaign.budget.values()),
    }
    return {part: MISSING[part] for part, is_absent in absent.items() if is_absent}


def _findings(tables: Mapping[str, pd.DataFrame]) -> tuple[Finding, ...]:
    rest = ranked(
        (
            *_against_market(tables["growth"]),
            *_trending(tables["trends"]),
            *_louder(tables["rivals"]),
            *_cheaper(tables["rivals"]),
            *_returns(tables["allocation"]),
        )
    )
    return (_headline(tables, rest), *rest)


def _headline(tables: Mapping[str, pd.DataFrame], rest: tuple[Finding, ...]) -> Finding:
    """Say market, rivals and budget in one sentence, each only if it is known."""
    said = [
        part
        for part in (
            _market(tables["trends"]),
            _room(tables["rivals"]),
            _money(tables["allocation"]),
        )
        if part
    ]
    if not said:
        return Finding(
            id="market.answer",
            severity="watch",
            text={
                "zh": "没有市场、竞品或渠道数据，本期无法给出策略判断。",
                "en": "Without data on the market, competitors or channels nothing can be said about strategy this period.",
            },
        )
    text = "; ".join(en for _, en, _ in said)
    return Finding(
        id="market.answer",
        severity="watch" if any(one.severity != "good" for one in rest) else "good",
        text={
            "zh": "；".join(zh for zh, _, _ in said) + "。",
            "en": text[:1].upper() + text[1:] + ".",
        },
        evidence={key: cell for *_, evidence in said for key, cell in evidence.items()},
    )


Part = tuple[str, str, dict[str, Cell]]


def _market(moved: pd.DataFrame) -> Part | None:
    """Say what the first series did, which the analyst put first."""
    if moved.empty:
        return None
    row = next(each(moved))
    key = {"series_id": row.series_id}
    named = cells("trends", key, series=("series_id", "name"), direction=("direction", "text"))
    if np.isnan(row.change):
        return "市场（{series}）长期{direction}", "the market ({series}) shows: {direction}", named
    return (
        "市场（{series}）较上期 {market_change}，长期{direction}",
        "the market ({series}) moved {market_change} on last period, long-term: {direction}",
        named | change("trends", key, market_change=("change", "fraction")),
    )


def _room(brands: pd.DataFrame) -> Part | None:
    """Say our own share of voice and who is loudest."""
    known = brands.dropna(subset=["share_of_voice"])
    if known.empty:
        return None
    loudest = next(each(known))
    top = cells(
        "rivals",
        {"brand": loudest.brand},
        loudest=("brand", "name"),
        loudest_share=("share_of_voice", "fraction"),
    )
    own = known[known["role"].eq("own")]
    if own.empty or loudest.role == "own":
        return (
            "{loudest}声量最高，占 {loudest_share}",
            "{loudest} is the loudest brand with {loudest_share} of voice",
            top,
        )
    mine = cells(
        "rivals", {"brand": str(own["brand"].iloc[0])}, own_share=("share_of_voice", "fraction")
    )
    return (
        "我们的声量占 {own_share}，最高的是{loudest}（{loudest_share}）",
        "we have {own_share} of voice, {loudest} leads with {loudest_share}",
        top | mine,
    )


def _money(plan: pd.DataFrame) -> Part | None:
    """Say where most of the budget goes (or went, where none is set), and what it returned if that is known."""
    if plan.empty:
        return None
    row, planned = next(each(plan)), bool(plan["budget"].notna().any())
    key = {"channel": row.channel}
    evidence = cells(
        "allocation",
        key,
        channel=("channel", "name"),
        budget_share=("budget_share", "fraction"),
        spend=("spend", "money"),
        roas=("roas", "multiple"),
        cpa=("cpa", "money"),
    )
    zh = (
        "预算最多的是{channel}（{budget_share}）" if planned else "花费最多的是{channel}（{spend}）"
    )
    en = (
        "most of the budget goes to {channel} ({budget_share})"
        if planned
        else "most was spent on {channel} ({spend})"
    )
    if not np.isnan(row.roas):
        return zh + "，支出回报 {roas}", en + ", which returned {roas} per unit of spend", evidence
    if not np.isnan(row.cpa):
        return zh + "，单次转化成本 {cpa}", en + ", at {cpa} per conversion", evidence
    return zh, en, evidence


def _against_market(table: pd.DataFrame) -> Iterator[Finding]:
    """Tell our growth against the first series."""
    for row in each(table.head(1)):
        ahead = row.gap >= 0
        yield Finding(
            id="market.growth",
            severity="good" if ahead else "watch",
            weight=abs(row.gap),
            text={
                "zh": "我们的{kpi}按日均较上期 {own_change}，市场 {market_change}："
                + ("快于" if ahead else "慢于")
                + "市场。",
                "en": "Our {kpi} per day moved {own_change} on last period, the market {market_change}: we are "
                + ("ahead of" if ahead else "behind")
                + " it.",
            },
            evidence=cells("growth", {"series_id": row.series_id}, kpi=("kpi", "kpi"))
            | change(
                "growth",
                {"series_id": row.series_id},
                own_change=("own_change", "fraction"),
                market_change=("market_change", "fraction"),
            ),
        )


def _trending(moved: pd.DataFrame) -> Iterator[Finding]:
    """Tell the tested trends and the peak month; a series without a trend is left to the table."""
    for row in each(moved[moved["direction"].isin(["rising", "falling"])]):
        key, rises = {"series_id": row.series_id}, row.direction == "rising"
        zh = "{series}长期" + ("上升" if rises else "下降") + "，每年约 {slope}"
        en = "{series} is " + row.direction + ", about {slope} a year"
        evidence = cells("trends", key, series=("series_id", "name")) | change(
            "trends", key, slope=("slope_year", "fraction")
        )
        if row.peak_month:
            zh, en = zh + "，旺季在{peak}", en + ", with its peak in {peak}"
            evidence |= cells("trends", key, peak=("peak_month", "text"))
        yield Finding(
            id=f"market.trend.{row.series_id}",
            severity="good" if rises else "watch",
            weight=abs(row.slope_year) / 10,
            text={"zh": zh + "。", "en": en + "."},
            evidence=evidence,
        )


def _louder(brands: pd.DataFrame) -> Iterator[Finding]:
    """Tell the rival that gained most, in voice and in search."""
    others = brands[brands["role"].eq("rival")]
    for share, zh, en in (
        ("share_of_voice", "声量", "voice"),
        ("share_of_search", "搜索", "search"),
    ):
        gained = others[others[f"{share}_change"].ge(SHARE_MOVED)].sort_values(
            f"{share}_change", ascending=False
        )
        for row in each(gained.head(1)):
            key = {"brand": row.brand}
            yield Finding(
                id=f"market.{share}",
                severity="watch",
                weight=getattr(row, f"{share}_change"),
                text={
                    "zh": f"{{brand}}的{zh}份额升至 {{share}}（{{moved}}），增幅最大。",
                    "en": f"{{brand}} gained most {en}: now {{share}} of it ({{moved}}).",
                },
                evidence=cells("rivals", key, brand=("brand", "name"), share=(share, "fraction"))
                | change("rivals", key, moved=(f"{share}_change", "points")),
            )


def _cheaper(brands: pd.DataFrame) -> Iterator[Finding]:
    cuts = brands[brands["role"].eq("rival") & brands["price_index_change"].le(PRICE_CUT)]
    for row in each(cuts):
        key = {"brand": row.brand}
        yield Finding(
            id=f"market.price.{row.brand}",
            severity="watch",
            weight=-row.price_index_change,
            text={
                "zh": "{brand}价格指数降到 {price}（{moved}）。",
                "en": "{brand} became cheaper: price index {price} ({moved}).",
            },
            evidence=cells("rivals", key, brand=("brand", "name"), price=("price_index", "score"))
            | change("rivals", key, moved=("price_index_change", "fraction")),
        )


def _returns(plan: pd.DataFrame) -> Iterator[Finding]:
    """Tell the channels whose return differs from the rest beyond luck; what to move is proposed by stage 6."""
    spent = plan["spend"].sum()
    for row in each(plan[plan["hint"].str.startswith("returns_")]):
        more = row.hint.startswith("returns_more")
        yield Finding(
            id=f"market.returns.{row.channel}",
            severity="good" if more else "watch",
            weight=row.spend / spent,
            text={
                "zh": "{channel}花费 {spend}，{kpi} {value}："
                + ("好于" if more else "差于")
                + "各花钱渠道的总体，差异超出波动。",
                "en": "{channel} spent {spend} at a {kpi} of {value}: "
                + ("better" if more else "worse")
                + " than all channels with spend together, beyond luck.",
            },
            evidence=cells(
                "allocation",
                {"channel": row.channel},
                channel=("channel", "name"),
                kpi=("basis", "kpi"),
                value=(row.basis, CATALOGUE[row.basis].unit),
                spend=("spend", "money"),
            ),
        )
