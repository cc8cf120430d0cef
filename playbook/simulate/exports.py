"""The platforms' own export files of one month, byte by byte as they come: preamble, names, totals, encoding.

Source: `notes/exports.md`, sections 1 and 2.
"""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from io import StringIO
from types import MappingProxyType

import pandas as pd

BAIDU_HEADER = (
    "日期", "推广计划", "账户", "展现", "点击", "消费", "点击率", "平均点击价格", "网页转化", "商桥转化", "电话转化",
)  # fmt: skip
OCEAN_HEADER = (
    "时间-天", "项目ID", "项目名称", "消耗", "展示数", "平均千次展现费用(元)", "点击数", "点击率%", "平均点击单价(元)",
    "转化数", "平均转化成本", "转化率%", "深度转化数", "深度转化成本", "深度转化率%",
)  # fmt: skip
GOOGLE_HEADER = (
    "Campaign status", "Campaign", "Campaign type", "Day", "Currency code", "Impr.", "Clicks", "CTR", "Avg. CPC",
    "Cost", "Search impr. share", "Conversions", "Cost / conv.", "Conv. rate",
)  # fmt: skip
META_HEADER = (
    "Campaign name", "Day", "Campaign delivery", "Results", "Result indicator", "Reach", "Frequency",
    "Cost per results", "Amount spent (USD)", "Impressions", "CPM (cost per 1,000 impressions) (USD)", "Link clicks",
    "CPC (cost per link click) (USD)", "CTR (link click-through rate)", "Clicks (all)", "Purchases",
    "Reporting starts", "Reporting ends",
)  # fmt: skip
PURCHASE = "actions:offsite_conversion.fb_pixel_purchase"
ACCOUNT = "示例账户"
NOUGHT = "0.00"
"""What the Chinese platforms print for a ratio without denominator; Google prints "--"."""

FREQUENCY = 1.6
"""Impressions per person of the Meta export."""

Row = Sequence[object]


def baidu(month: pd.DataFrame, channel: str) -> bytes:
    """百度搜索推广: seven lines of preamble, a blank one, GBK, CRLF; text quoted, numbers bare."""
    first, last = month["date"].min(), month["date"].max()
    made = last + pd.Timedelta(days=1)
    preamble = (
        f"数据生成时间：{made:%Y-%m-%d} 09:28", "数据生成条件：", f"1. 时间范围：{first:%Y%m%d}至{last:%Y%m%d}",
        "2. 时间单位：分日", "3. 推广设备：移动设备，计算机", "4. 投放网络：全部", "5. 投放物料：全部", "",
        ",".join(BAIDU_HEADER),
    )  # fmt: skip
    lines = [
        f'"{row.date:%Y-%m-%d}","{row.unit}","{ACCOUNT}",{row.impressions},{row.clicks},{row.spend:.2f},'
        f"{_percent(row.clicks, row.impressions)},{_ratio(row.spend, row.clicks, NOUGHT)},"
        f"{row.conversions - row.conversions // 20 - row.conversions // 12},{row.conversions // 20},{row.conversions // 12}"
        for row in month.itertuples()
    ]
    return "".join(f"{line}\r\n" for line in (*preamble, *lines)).encode("gbk")


def oceanengine(month: pd.DataFrame, channel: str) -> bytes:
    """巨量引擎 project report: UTF-8 with BOM, CRLF, ids of nineteen digits followed by a TAB."""
    ids = {unit: 7401234567890123450 + place for place, unit in enumerate(sorted(month["unit"].unique()))}
    rows = [
        (f"{row.date:%Y-%m-%d}", f"{ids[row.unit]}\t", row.unit, f"{row.spend:.2f}", row.impressions,
         _ratio(1000 * row.spend, row.impressions, NOUGHT), row.clicks,
         _ratio(100 * row.clicks, row.impressions, NOUGHT), _ratio(row.spend, row.clicks, NOUGHT), row.conversions,
         _ratio(row.spend, row.conversions, NOUGHT), _ratio(100 * row.conversions, row.clicks, NOUGHT), 0, NOUGHT, NOUGHT)
        for row in month.itertuples()
    ]  # fmt: skip
    return _csv([OCEAN_HEADER, *rows], "\r\n").encode("utf-8-sig")


def google_ads(month: pd.DataFrame, channel: str) -> bytes:
    """Google Ads campaign report of the English interface: title, range, two total rows at the end."""
    kind = "Search" if "search" in channel else "Display"
    first, last = month["date"].min(), month["date"].max()
    rows = [("Enabled", row.unit, kind, f"{row.date:%Y-%m-%d}", *_google(row._asdict())) for row in month.itertuples()]
    sums = month[["impressions", "clicks", "spend", "conversions"]].sum().to_dict()
    totals = [(label, "--", "--", "", *_google(sums)) for label in ("Total: Campaigns", "Total: Account")]
    head = f'Campaign report\n"{_long_day(first)} - {_long_day(last)}"\n'
    return (head + _csv([GOOGLE_HEADER, *rows, *totals], "\n")).encode("utf-8")


def meta_ads(month: pd.DataFrame, channel: str) -> bytes:
    """Meta Ads Manager: UTF-8 with BOM, text quoted, the first line sums everything up and has no name."""
    span = (f"{month['date'].min():%Y-%m-%d}", f"{month['date'].max():%Y-%m-%d}")
    rows = [
        (row.unit, f"{row.date:%Y-%m-%d}", "active", row.conversions, PURCHASE,
         *_meta(row._asdict()), row.conversions, *span)
        for row in month.itertuples()
    ]  # fmt: skip
    sums = month[["impressions", "clicks", "spend", "conversions"]].sum().to_dict()
    summary = (None, None, None, None, None, *_meta(sums), int(sums["conversions"]), *span)
    return "".join(f"{','.join(map(_quoted, row))}\n" for row in (META_HEADER, summary, *rows)).encode("utf-8-sig")


RENDERERS: Mapping[str, Callable[[pd.DataFrame, str], bytes]] = MappingProxyType(
    {"baidu": baidu, "oceanengine": oceanengine, "google-ads": google_ads, "meta-ads": meta_ads}
)
"""What writes a platform's month: one row per day and unit (date, unit, impressions, clicks, conversions, spend)."""


def _google(row: Mapping[str, float]) -> Row:
    shown, clicks, money, won = (row[name] for name in ("impressions", "clicks", "spend", "conversions"))
    return (
        "USD", f"{int(shown):,}", f"{int(clicks):,}", _percent(clicks, shown), _ratio(money, clicks), f"{money:,.2f}",
        "--", f"{won:,.2f}", _ratio(money, won), _percent(won, clicks),
    )  # fmt: skip


def _meta(row: Mapping[str, float]) -> Row:
    shown, clicks, money, won = (row[name] for name in ("impressions", "clicks", "spend", "conversions"))
    return (
        int(shown / FREQUENCY), f"{FREQUENCY:.6f}", f"{money / won:.6f}" if won else None, float(money), int(shown),
        f"{1000 * money / shown:.6f}" if shown else None, int(clicks), f"{money / clicks:.6f}" if clicks else None,
        f"{100 * clicks / shown:.6f}" if shown else None, int(1.6 * clicks),
    )  # fmt: skip


def _quoted(cell: object) -> str:
    """Quote text, leave numbers bare (money with two decimals) and what is missing empty."""
    if isinstance(cell, str):
        return f'"{cell}"'
    return "" if cell is None else f"{cell:.2f}" if isinstance(cell, float) else str(cell)


def _csv(rows: Iterable[Row], ending: str) -> str:
    text = StringIO()
    csv.writer(text, lineterminator=ending).writerows(rows)
    return text.getvalue()


def _percent(above: float, below: float) -> str:
    return f"{100 * above / below:.2f}%" if below else "0.00%"


def _ratio(above: float, below: float, undefined: str = "--") -> str:
    return f"{above / below:.2f}" if below else undefined


def _long_day(day: pd.Timestamp) -> str:
    return f"{day:%B} {day.day}, {day.year}"
