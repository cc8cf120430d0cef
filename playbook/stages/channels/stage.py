"""Stage 4: what each channel really brings, and what the mix should be."""

from collections.abc import Iterator, Mapping

import pandas as pd

from playbook.params import Campaign
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
from playbook.stages.shared.findings import cells, change, each, ranked
from playbook.stages.shared.months import months
from playbook.stages.shared.result import Cell, Finding, StageResult
from playbook.stages.shared.schema import Unit

STAGE = "04_channels_and_distribution"
LEAST_SHARE = 0.02
"""Share of spend below which a channel is not worth a sentence."""

FEWEST_ORDERS = 30
LOST_CLICKS = 0.6
"""Visits per click below which clicks get lost on their way (notes/methods.md, section 3y)."""

DEARER = 0.2
"""Growth of the cost per conversion from which it is worth a look."""

MISSING: Mapping[str, Mapping[str, str]] = {
    "channel_daily": {
        "zh": "本期没有渠道数据，无法比较渠道。",
        "en": "No channel data in this period: channels cannot be compared.",
    },
    "spend": {
        "zh": "没有花费数据，无法计算成本与回报。",
        "en": "Spend is not known: no cost and no return can be computed.",
    },
    "revenue": {
        "zh": "没有销售额数据，无法计算投入产出。",
        "en": "Revenue is not known: no return on spend can be computed.",
    },
    "visits": {
        "zh": "没有站内访问数据，无法看到点击之后的行为。",
        "en": "Visits are not known: what follows a click cannot be seen.",
    },
    "margin": {
        "zh": "未设置毛利率，投资回报率按销售额计算，无法给出盈亏平衡点。",
        "en": "No margin is set: ROI is a revenue ROI, and there is no break-even.",
    },
    "previous": {
        "zh": "没有上期数据，无法做环比。",
        "en": "No data of the period before: nothing to compare with.",
    },
    "touchpoints": {
        "zh": "没有用户触点数据，无法做归因。",
        "en": "No touchpoints of users: credit cannot be shared out.",
    },
    "noise": {
        "zh": "数据天数太少，无法判断渠道间差异是否只是波动。",
        "en": "Too few days to tell differences between channels from luck.",
    },
}

WITHOUT_RETURN: tuple[tuple[dict[str, Unit], str, str], ...] = (
    (
        {"spend": "money", "conversions": "count", "cpa": "money"},
        "本期花费 {spend}，带来 {conversions} 次转化，单次转化成本 {cpa}；销售额未知，无法判断是否赚钱。",
        "Spend of {spend} brought {conversions} conversions at {cpa} each; revenue is not known, so neither is profit.",
    ),
    (
        {"spend": "money", "clicks": "count", "cpc": "money"},
        "本期花费 {spend}，带来 {clicks} 次点击，单次点击 {cpc}；转化与销售额未知。",
        "Spend of {spend} brought {clicks} clicks at {cpc} each; conversions and revenue are not known.",
    ),
    (
        {"revenue": "money"},
        "各渠道带来销售额 {revenue}；花费未知，无法计算回报。",
        "The channels brought revenue of {revenue}; spend is not known, so neither is the return.",
    ),
    (
        {"conversions": "count"},
        "各渠道带来 {conversions} 次转化；花费与销售额未知。",
        "The channels brought {conversions} conversions; spend and revenue are not known.",
    ),
    (
        {"visits": "count"},
        "各渠道带来 {visits} 次访问；花费与转化未知。",
        "The channels brought {visits} visits; spend and conversions are not known.",
    ),
    (
        {"clicks": "count"},
        "各渠道带来 {clicks} 次点击；花费与转化未知。",
        "The channels brought {clicks} clicks; spend and conversions are not known.",
    ),
    (
        {"impressions": "count"},
        "各渠道带来 {impressions} 次展示；其余数据未知。",
        "The channels brought {impressions} impressions; nothing else is known.",
    ),
)
"""What can still be said, the most telling first: KPIs needed, zh, en."""


def analyse(campaign: Campaign, tables: Mapping[str, pd.DataFrame]) -> StageResult:
    """Answer what each channel brought, and where the mix should go.

    Args:
        campaign: Parameters of the period.
        tables: Canonical tables; uses channel_daily and touchpoints.

    Returns:
        Tables total, channels, changes, kinds, returns, attribution and mix.
    """
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
        stage=STAGE,
        tables=results,
        findings=_findings(results),
        missing=_missing(campaign, now, before, results),
    )


def _missing(
    campaign: Campaign, now: pd.DataFrame, before: pd.DataFrame, results: Mapping[str, pd.DataFrame]
) -> dict[str, Mapping[str, str]]:
    absent = {
        "channel_daily": now.empty,
        "spend": not now.empty and now["spend"].isna().all(),
        "revenue": not now.empty and now["revenue"].isna().all(),
        "visits": not now.empty and now["visits"].isna().all(),
        "margin": campaign.business.margin is None,
        "previous": not now.empty and before.empty,
        "touchpoints": results["attribution"].empty,
        "noise": len(results["returns"]) > 0 and results["returns"]["roas_low"].isna().all(),
    }
    return {part: MISSING[part] for part, is_absent in absent.items() if is_absent}


def _findings(tables: Mapping[str, pd.DataFrame]) -> tuple[Finding, ...]:
    rest = (
        *_losing(tables["returns"]),
        *_disputed(tables["attribution"]),
        *_lost_clicks(tables["channels"]),
        *_beyond_one(tables["channels"]),
        *_claimed(tables["channels"]),
        *_dearer(tables["changes"], tables["channels"]),
        *_advised(tables["mix"], tables["returns"]),
    )
    return (_headline(tables), *ranked(rest))


def _headline(tables: Mapping[str, pd.DataFrame]) -> Finding:
    returned = tables["returns"].dropna(subset=["roas"])
    if returned.empty:
        return _without_return(tables["total"])
    large = returned["spend"] >= LEAST_SHARE * returned["spend"].sum()
    ranked = returned[large].sort_values("roas", kind="stable")
    worst, best = ({"channel": str(ranked["channel"].iloc[place])} for place in (0, -1))
    zh = "本期销售额 {revenue}；有花费的渠道共花 {spend}，广告支出回报为 {roas}"
    en = "Revenue came to {revenue}; the channels with spend cost {spend} and returned {roas} for each unit of it"
    if len(ranked) > 1:
        zh += "；{best}最高（{best_roas}），{worst}最低（{worst_roas}）"
        en += "; {best} returns most ({best_roas}), {worst} least ({worst_roas})"
    verdicts = set(returned["verdict"])
    loses = ranked["verdict"].iloc[0] == "loses"
    return Finding(
        id="channels.answer",
        severity="act" if loses else "good" if verdicts == {"earns"} else "watch",
        text={"zh": zh + "。", "en": en + "."},
        evidence={
            **_sums(spend="money", revenue="money", roas="multiple"),
            **cells("returns", best, best=("channel", "name"), best_roas=("roas", "multiple")),
            **cells("returns", worst, worst=("channel", "name"), worst_roas=("roas", "multiple")),
        },
        action={
            "zh": "决定{worst}是缩减、改进，还是用停投测试核实其真实贡献。",
            "en": "Decide about {worst}: cut it, mend it, or pause it as a test of what it really brings.",
        }
        if loses
        else {},
    )


def _without_return(total: pd.DataFrame) -> Finding:
    """Say the most that can be said where revenue or spend is not known."""
    known = set(total.dropna(subset=["actual"])["kpi"])
    for needed, zh, en in WITHOUT_RETURN:
        if needed.keys() <= known:
            return Finding(
                id="channels.answer",
                severity="watch",
                text={"zh": zh, "en": en},
                evidence=_sums(**needed),
            )
    return Finding(id="channels.answer", severity="watch", text=MISSING["channel_daily"])


def _losing(returned: pd.DataFrame) -> Iterator[Finding]:
    share = returned["spend"] / returned["spend"].sum()
    for row in each(returned[returned["verdict"].eq("loses") & (share >= LEAST_SHARE)]):
        yield Finding(
            id=f"channels.loses.{row.channel}",
            severity="act",
            weight=row.spend - row.roas / row.break_even_roas * row.spend,
            text={
                "zh": "{channel}的回报 {roas} 低于盈亏平衡点 {needed}，扣除花费后毛利为 {profit}，且不像是偶然波动。",
                "en": "{channel} returns {roas}, below the {needed} it needs to break even: gross profit after spend is "
                "{profit}, more than chance explains.",
            },
            evidence=cells(
                "returns",
                {"channel": row.channel},
                channel=("channel", "name"),
                roas=("roas", "multiple"),
                needed=("break_even_roas", "multiple"),
                profit=("gross_profit", "money"),
            ),
            action={
                "zh": "由渠道负责人在下期前提出缩减或改进方案。",
                "en": "Have the channel's owner propose a cut or a remedy before next period.",
            },
        )


def _disputed(credited: pd.DataFrame) -> Iterator[Finding]:
    factor = credited["platform_share"] / credited["linear_share"]
    chosen = credited[(factor > DISPUTED) & (credited["platform_share"] >= LEAST_SHARE)]
    for row in each(chosen):
        yield Finding(
            id=f"channels.disputed.{row.channel}",
            severity="watch",
            weight=row.disagreement,
            text={
                "zh": "{channel}平台自报占全部转化的 {platform}，而按用户路径平均分配只占 {linear}：平台可能多算了功劳。",
                "en": "{channel} claims {platform} of all conversions for itself; shared evenly over users' paths it has "
                "{linear}: the platform may count too much.",
            },
            evidence=cells(
                "attribution",
                {"channel": row.channel},
                channel=("channel", "name"),
                platform=("platform_share", "fraction"),
                linear=("linear_share", "fraction"),
            ),
        )


def _lost_clicks(table: pd.DataFrame) -> Iterator[Finding]:
    for row in each(table[table["visit_rate"] < LOST_CLICKS]):
        yield Finding(
            id=f"channels.lost-clicks.{row.channel}",
            severity="watch",
            weight=row.clicks * (1 - row.visit_rate),
            text={
                "zh": "{channel}的 {clicks} 次点击只有 {rate} 到达网站，其余在途中流失或未被统计。",
                "en": "Of {clicks} clicks on {channel} only {rate} reached the site; the rest were lost on the way or "
                "not counted.",
            },
            evidence=cells(
                "channels",
                {"channel": row.channel},
                channel=("channel", "name"),
                clicks=("clicks", "count"),
                rate=("visit_rate", "fraction"),
            ),
        )


def _beyond_one(table: pd.DataFrame) -> Iterator[Finding]:
    """Explain a conversion rate above one instead of hiding it."""
    for row in each(table[table["cvr_click"] > 1]):
        yield Finding(
            id=f"channels.beyond-one.{row.channel}",
            severity="watch",
            weight=row.conversions - row.clicks,
            text={
                "zh": "{channel}计入 {conversions} 次转化，多于 {clicks} 次点击："
                "平台把一次点击的多次转化或曝光后的转化也计入，不可当作比例解读。",
                "en": "{channel} books {conversions} conversions on {clicks} clicks: its platform counts several per click, or "
                "conversions after a mere view, so the rate is no share of the clicks.",
            },
            evidence=cells(
                "channels",
                {"channel": row.channel},
                channel=("channel", "name"),
                conversions=("conversions", "count"),
                clicks=("clicks", "count"),
            ),
        )


def _claimed(table: pd.DataFrame) -> Iterator[Finding]:
    """Tell whose platform books far more conversions than there are orders."""
    for row in each(
        table[(table["claims_per_order"] > DISPUTED) & (table["orders"] >= FEWEST_ORDERS)]
    ):
        yield Finding(
            id=f"channels.claimed.{row.channel}",
            severity="watch",
            weight=row.conversions - row.orders,
            text={
                "zh": "{channel}平台自报 {conversions} 次转化，网站只有 {orders} 个订单，每个订单被报 {claims} 次：成效以订单为准。",
                "en": "The platform of {channel} claims {conversions} conversions where the shop has {orders} orders, {claims} "
                "for each: judge it by orders.",
            },
            evidence=cells(
                "channels",
                {"channel": row.channel},
                channel=("channel", "name"),
                conversions=("conversions", "count"),
                orders=("orders", "count"),
                claims=("claims_per_order", "multiple"),
            ),
        )


def _dearer(changed: pd.DataFrame, table: pd.DataFrame) -> Iterator[Finding]:
    spend = table.set_index("channel")["spend"]
    rows = changed[changed["kpi"].eq("cpa") & (changed["change"] > DEARER)]
    for row in each(rows[rows["channel"].map(spend) >= LEAST_SHARE * spend.sum()]):
        key = {"channel": row.channel, "kpi": "cpa"}
        yield Finding(
            id=f"channels.dearer.{row.channel}",
            severity="watch",
            weight=spend[row.channel] * row.change,
            text={
                "zh": "{channel}的单次转化成本从 {previous} 升到 {actual}（{change}）。",
                "en": "A conversion on {channel} costs {actual} after {previous} last period ({change}).",
            },
            evidence=cells(
                "changes",
                key,
                channel=("channel", "name"),
                previous=("previous", "money"),
                actual=("actual", "money"),
            )
            | change("changes", key, change=("change", "fraction")),
        )


def _advised(advice: pd.DataFrame, returned: pd.DataFrame) -> Iterator[Finding]:
    """Tell whom to try more or less money on; a channel that surely earns or loses is told elsewhere, not cut here."""
    words = {
        "more": ("可小步加投", "worth trying a little more money on", "高于", "above"),
        "less": ("可小步减投", "worth trying a little less money on", "低于", "below"),
    }
    settled = returned["verdict"].isin(["earns", "loses"]) & advice["advice"].eq("less")
    chosen = advice[
        advice["advice"].isin(words) & (advice["share_of_spend"] >= LEAST_SHARE) & ~settled
    ]
    for row in each(chosen):
        do_zh, do_en, side_zh, side_en = words[row.advice]
        yield Finding(
            id=f"channels.mix.{row.channel}",
            severity="good" if row.advice == "more" else "watch",
            weight=row.spend,
            text={
                "zh": f"{{channel}}占花费 {{share}}，回报 {{roas}} 明显{side_zh}平均 {{average}}，{do_zh}；"
                "下一笔钱的回报未知，需用小步调整来验证。",
                "en": f"{{channel}} takes {{share}} of spend and returns {{roas}}, clearly {side_en} the average of "
                f"{{average}}: {do_en}. What the next unit of money brings is unknown; a small step will tell.",
            },
            evidence=cells(
                "mix",
                {"channel": row.channel},
                channel=("channel", "name"),
                share=("share_of_spend", "fraction"),
                roas=("roas", "multiple"),
            )
            | cells("returns", {"channel": row.channel}, average=("average_roas", "multiple")),
        )


def _sums(**wanted: Unit) -> dict[str, Cell]:
    parts = (
        cells("total", {"kpi": kpi}, **{kpi: ("actual", unit)}) for kpi, unit in wanted.items()
    )
    return {name: cell for part in parts for name, cell in part.items()}
