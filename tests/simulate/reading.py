"""Reads the sample's files by the simplest means, without the package's own readers."""

import json
from io import StringIO
from pathlib import Path

import pandas as pd

SHARED = ["date", "unit", "impressions", "clicks", "conversions", "spend"]


def truths(root: Path, campaign: str, number: int) -> pd.DataFrame:
    """The truths of one number, by id."""
    table = pd.DataFrame(
        json.loads((root / "data/truth.json").read_text(encoding="utf-8"))["truths"]
    )
    chosen = table[table["campaign"].eq(campaign) & table["truth"].eq(number)]
    return chosen.set_index("id")


def baidu(file: Path) -> pd.DataFrame:
    table = pd.read_csv(file, encoding="gbk", skiprows=8)
    won = table[["网页转化", "商桥转化", "电话转化"]].sum(axis="columns")
    table = table.assign(won=won)[["日期", "推广计划", "展现", "点击", "won", "消费"]]
    return _dated(table)


def oceanengine(file: Path) -> pd.DataFrame:
    table = pd.read_csv(file, encoding="utf-8-sig")
    return _dated(table[["时间-天", "项目名称", "展示数", "点击数", "转化数", "消耗"]])


def google(file: Path) -> pd.DataFrame:
    lines = file.read_text(encoding="utf-8").splitlines()[2:-2]
    table = pd.read_csv(StringIO("\n".join(lines)), thousands=",")
    return _dated(table[["Day", "Campaign", "Impr.", "Clicks", "Conversions", "Cost"]])


def meta(file: Path) -> pd.DataFrame:
    table = pd.read_csv(file, encoding="utf-8-sig").iloc[1:]
    return _dated(
        table[
            [
                "Day",
                "Campaign name",
                "Impressions",
                "Link clicks",
                "Purchases",
                "Amount spent (USD)",
            ]
        ]
    )


EXPORTS = {
    "baidu-search": ("baidu/search-*.csv", baidu),
    "ocean-feed": ("oceanengine/project-*.csv", oceanengine),
    "google-search": ("google/search-*.csv", google),
    "google-display": ("google/display-*.csv", google),
    "meta-social": ("meta/campaigns-*.csv", meta),
}
"""Files and reader of each platform channel."""


def units(root: Path, campaign: str, channel: str) -> pd.DataFrame:
    """One row per day and campaign of the platform account."""
    pattern, read = EXPORTS[channel]
    return pd.concat(map(read, sorted((root / "data" / campaign).glob(pattern))), ignore_index=True)


def daily(root: Path, campaign: str) -> pd.DataFrame:
    """One row per day and channel: the platforms' counts beside those of the shop."""
    folder = root / "data" / campaign
    site = csv(folder / "site/daily.csv").drop(columns=["campaign_unit", "currency"])
    platforms = [
        units(root, campaign, channel)
        .groupby("date")[SHARED[2:]]
        .sum()
        .assign(channel=channel)
        .reset_index()
        for channel in site["channel"].unique()
    ]
    paid = pd.concat(platforms).merge(site, on=["date", "channel"], validate="one_to_one")
    rest = [
        csv(file).assign(channel=file.stem) for file in sorted((folder / "channels").glob("*.csv"))
    ]
    table = pd.concat([paid, *rest], ignore_index=True)
    return table.assign(month=table["date"].dt.strftime("%Y-%m"))


def csv(file: Path) -> pd.DataFrame:
    table = pd.read_csv(file, encoding="utf-8-sig")
    days = [name for name in ("date", "week", "planned_at", "published_at") if name in table]
    return table.assign(**{name: pd.to_datetime(table[name]) for name in days})


def _dated(table: pd.DataFrame) -> pd.DataFrame:
    table = table.set_axis(SHARED, axis="columns")
    return table.assign(date=pd.to_datetime(table["date"]))
