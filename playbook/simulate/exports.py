"""The platforms' own export files of one month, byte by byte as they come.

Preamble, names, totals, encoding.

The forms are those of the platforms' own downloads, as `data/README.md` lists them.
"""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from io import StringIO
from types import MappingProxyType

BAIDU_HEADER = (
    "日期",
    "推广计划",
    "账户",
    "展现",
    "点击",
    "消费",
    "点击率",
    "平均点击价格",
    "网页转化",
    "商桥转化",
    "电话转化",
)
OCEAN_HEADER = (
    "时间-天",
    "项目ID",
    "项目名称",
    "消耗",
    "展示数",
    "平均千次展现费用(元)",
    "点击数",
    "点击率%",
    "平均点击单价(元)",
    "转化数",
    "平均转化成本",
    "转化率%",
    "深度转化数",
    "深度转化成本",
    "深度转化率%",
)
GOOGLE_HEADER = (
    "Campaign status",
    "Campaign",
    "Campaign type",
    "Day",
    "Currency code",
    "Impr.",
    "Clicks",
    "CTR",
    "Avg. CPC",
    "Cost",
    "Search impr. share",
    "Conversions",
    "Cost / conv.",
    "Conv. rate",
)
META_HEADER = (
    "Campaign name",
    "Day",
    "Campaign delivery",
    "Results",
    "Result indicator",
    "Reach",
    "Frequency",
    "Cost per results",
    "Amount spent (USD)",
    "Impressions",
    "CPM (cost per 1,000 impressions) (USD)",
    "Link clicks",
    "CPC (cost per link click) (USD)",
    "CTR (link click-through rate)",
    "Clicks (all)",
    "Purchases",
    "Reporting starts",
    "Reporting ends",
)
PURCHASE = "actions:offsite_conversion.fb_pixel_purchase"
ACCOUNT = "示例账户"
FIRST_PROJECT = 7401234567890123450
NOUGHT = "0.00"
"""What the Chinese platforms print for a ratio without denominator; Google prints "--"."""

FREQUENCY = 1.6
"""Impressions per person of the Meta export."""

Row = Sequence[object]


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line of an export: a campaign of the account on a day.

    `spend` in the account's currency.
    """

    date: date
    unit: str
    impressions: int
    clicks: int
    conversions: int
    spend: float


def baidu(month: Sequence[Line]) -> bytes:
    """百度搜索推广: seven lines of preamble, a blank one, GBK, CRLF; text quoted, numbers bare."""
    first, last = month[0].date, month[-1].date
    preamble = (
        f"数据生成时间：{last + timedelta(days=1)} 09:28",
        "数据生成条件：",
        f"1. 时间范围：{first:%Y%m%d}至{last:%Y%m%d}",
        "2. 时间单位：分日",
        "3. 推广设备：移动设备，计算机",
        "4. 投放网络：全部",
        "5. 投放物料：全部",
        "",
        ",".join(BAIDU_HEADER),
    )
    return "".join(f"{line}\r\n" for line in (*preamble, *map(_baidu, month))).encode("gbk")


def _baidu(line: Line) -> str:
    chat, phone = line.conversions // 20, line.conversions // 12
    return (
        f'"{line.date}","{line.unit}","{ACCOUNT}",{line.impressions},{line.clicks},{line.spend:.2f},'
        f"{_percent(line.clicks, line.impressions)},{_ratio(line.spend, line.clicks, NOUGHT)},"
        f"{line.conversions - chat - phone},{chat},{phone}"
    )


def oceanengine(month: Sequence[Line]) -> bytes:
    """巨量引擎 project report: UTF-8 with BOM, CRLF, ids of nineteen digits followed by a TAB."""
    units = sorted({line.unit for line in month})
    rows = [_ocean(line, FIRST_PROJECT + units.index(line.unit)) for line in month]
    return _csv([OCEAN_HEADER, *rows], "\r\n").encode("utf-8-sig")


def _ocean(line: Line, project: int) -> Row:
    return (
        line.date.isoformat(),
        f"{project}\t",
        line.unit,
        f"{line.spend:.2f}",
        line.impressions,
        _ratio(1000 * line.spend, line.impressions, NOUGHT),
        line.clicks,
        _ratio(100 * line.clicks, line.impressions, NOUGHT),
        _ratio(line.spend, line.clicks, NOUGHT),
        line.conversions,
        _ratio(line.spend, line.conversions, NOUGHT),
        _ratio(100 * line.conversions, line.clicks, NOUGHT),
        0,
        NOUGHT,
        NOUGHT,
    )


def google_ads(month: Sequence[Line]) -> bytes:
    """Google Ads campaign report of the English interface.

    Title, range, two total rows at the end.
    """
    rows = [
        ("Enabled", line.unit, _kind(line.unit), line.date.isoformat(), *_google(line))
        for line in month
    ]
    totals = [
        (label, "--", "--", "", *_google(_sum(month)))
        for label in ("Total: Campaigns", "Total: Account")
    ]
    head = f'Campaign report\n"{_long_day(month[0].date)} - {_long_day(month[-1].date)}"\n'
    return (head + _csv([GOOGLE_HEADER, *rows, *totals], "\n")).encode("utf-8")


def _kind(unit: str) -> str:
    return "Display" if unit.startswith("Display") else "Search"


def _google(line: Line) -> Row:
    return (
        "USD",
        f"{line.impressions:,}",
        f"{line.clicks:,}",
        _percent(line.clicks, line.impressions),
        _ratio(line.spend, line.clicks),
        f"{line.spend:,.2f}",
        "--",
        f"{line.conversions:,}.00",
        _ratio(line.spend, line.conversions),
        _percent(line.conversions, line.clicks),
    )


def meta_ads(month: Sequence[Line]) -> bytes:
    """Meta Ads Manager.

    UTF-8 with BOM, text quoted, the first line sums everything up and has no name.
    """
    whole, span = _sum(month), (month[0].date.isoformat(), month[-1].date.isoformat())
    rows = [
        (
            line.unit,
            line.date.isoformat(),
            "active",
            line.conversions,
            PURCHASE,
            *_meta(line),
            *span,
        )
        for line in month
    ]
    lines = (META_HEADER, (None, None, None, None, None, *_meta(whole), *span), *rows)
    return "".join(f"{','.join(map(_quoted, line))}\n" for line in lines).encode("utf-8-sig")


def _meta(line: Line) -> Row:
    shown, clicks, money, won = line.impressions, line.clicks, line.spend, line.conversions
    return (
        int(shown / FREQUENCY),
        f"{FREQUENCY:.6f}",
        _six(money, won),
        money,
        shown,
        _six(1000 * money, shown),
        clicks,
        _six(money, clicks),
        _six(100 * clicks, shown),
        int(1.6 * clicks),
        won,
    )


RENDERERS: Mapping[str, Callable[[Sequence[Line]], bytes]] = MappingProxyType(
    {"baidu": baidu, "oceanengine": oceanengine, "google-ads": google_ads, "meta-ads": meta_ads}
)
"""What writes a platform's month, its lines in order of the days."""


def _sum(month: Sequence[Line]) -> Line:
    return Line(
        date=month[-1].date,
        unit="",
        impressions=sum(line.impressions for line in month),
        clicks=sum(line.clicks for line in month),
        conversions=sum(line.conversions for line in month),
        spend=round(sum(line.spend for line in month), 2),
    )


def _six(above: float, below: float) -> str | None:
    return f"{above / below:.6f}" if below else None


def _quoted(cell: object) -> str:
    """Quote text, leave numbers bare (money with two decimals) and what is missing empty."""
    if isinstance(cell, str):
        return f'"{cell}"'
    if cell is None:
        return ""
    return f"{cell:.2f}" if isinstance(cell, float) else str(cell)


def _csv(rows: Iterable[Row], ending: str) -> str:
    text = StringIO()
    csv.writer(text, lineterminator=ending).writerows(rows)
    return text.getvalue()


def _percent(above: float, below: float) -> str:
    return f"{100 * above / below:.2f}%" if below else "0.00%"


def _ratio(above: float, below: float, undefined: str = "--") -> str:
    return f"{above / below:.2f}" if below else undefined


def _long_day(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"
