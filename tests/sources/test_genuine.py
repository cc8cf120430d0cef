"""The five kinds of downloads that once went wrong, rebuilt small: imported, checked, and summed."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest

from playbook import params, sources
from tests.cli.inprocess import playbook

BASE = Path(__file__).parents[1] / "data" / "cases-base"
SETS, ADS, DAYS = ("Men 25-34", "Women 25-34", "Lookalike 1%"), ("Video 15s", "Carousel"), (1, 2, 3)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return Path(shutil.copytree(BASE, tmp_path / "workspace"))


def brought(root: Path, name: str, lines: Sequence[str], *words: str) -> str:
    """Import a file, and check the campaign; return what was said of the file."""
    file = root / name
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = playbook("import", str(file), "--campaign", "c", "--yes", *words, root=root)
    assert done.returncode == 0, done.stdout + done.stderr
    checked = playbook("check", "c", "--period", "2026-09", root=root)
    assert checked.returncode == 0, checked.stderr
    return done.stdout


def table(root: Path, name: str) -> pd.DataFrame:
    campaign = params.load("c", "2026-09", root / "params")
    return sources.load(campaign, root / "data", root / "run", root / "params")[name]


def test_ads_of_one_name_in_many_sets_keep_all_of_their_spend(root: Path) -> None:
    head = (
        "Reporting starts,Reporting ends,Campaign name,Ad set name,Ad name,Day,Campaign delivery,"
        "Impressions,Reach,Link clicks,Amount spent (USD),Purchases,Purchases conversion value"
    )
    row = "2026-09-01,2026-09-30,{},{},{},2026-09-0{},active,900,700,20,{}.5,1,30"
    units = [
        (campaign, group, ad)
        for campaign in ("Prospecting", "Retargeting")
        for group in SETS
        for ad in ADS
    ]
    rows = [row.format(*unit, day, 10 * day) for unit in units for day in DAYS]
    brought(root, "raw report.csv", [head, *rows], "--channel", "meta-social")
    daily = table(root, "channel_daily")
    assert (len(daily), daily["campaign_unit"].nunique()) == (36, 12)
    assert daily["spend"].sum() == 12 * (10 + 20 + 30 + 1.5)


def test_landing_pages_of_a_campaign_are_summed_or_stand_apart_with_all_of_their_cost(
    root: Path,
) -> None:
    head = "Landing page,Campaign,Day,Currency code,Impr.,Clicks,CTR,Avg. CPC,Cost,Conversions"
    row = "https://shop.example/p/{},Search - Generic,2026-09-0{},USD,100,5,5.00%,0.25,1.25,0.00"
    rows = [row.format(page, day) for page in range(40) for day in DAYS]
    total = "Total: Account,,,USD,12000,600,5.00%,0.25,150.00,0.00"
    lines = ["Landing page report", '"September 1, 2026 - September 3, 2026"', head, *rows, total]
    brought(root, "landing pages.csv", lines, "--channel", "google-search")
    assert table(root, "channel_daily")["spend"].sum() == 150


def test_unpaid_orders_of_a_chinese_shop_are_left_out_and_told(root: Path) -> None:
    text = (root / "params" / "c" / "campaign.yml").read_text(encoding="utf-8")
    file = root / "params" / "c" / "campaign.yml"
    file.write_text(text.replace('"USD"', '"CNY"'), encoding="utf-8")
    head = "订单号,订单状态,订单创建时间,买家付款时间,商品金额合计,店铺优惠合计,订单实付金额,买家昵称,订单退款状态,订单已退款金额"
    lines = [
        head,
        "E1,交易完成,2026-09-01 10:00:00,2026-09-01 10:01:00,100.00,10.00,95.00,甲,,0.00",
        "E2,待付款,2026-09-02 11:00:00,,50.00,0.00,0.00,乙,,0.00",
        "E3,交易关闭,2026-09-02 12:00:00,2026-09-02 12:01:00,60.00,0.00,60.00,丙,,60.00",
        "E4,已发货,2026-09-03 12:00:00,2026-09-03 12:02:00,45.00,0.00,45.00,甲,,20.00",
    ]
    said = brought(root, "订单导出.csv", lines)
    assert "2 rows are left out on purpose by where: 订单状态" in said
    orders = table(root, "orders")
    assert orders["order_id"].tolist() == ["E1", "E4"]
    assert orders[["revenue", "refund"]].sum().tolist() == [140, 20]


def test_a_content_calendar_becomes_the_content_plan(root: Path) -> None:
    lines = [
        "Post ID,Publish date,Channel,Title,Format,Theme,Owner",
        "p1,2026-09-01 09:00,meta-social,Autumn is here,video,brand,s01",
        "p2,2026-09-03 18:30,meta-social,How to layer,carousel,advice,s01",
    ]
    brought(root, "content calendar.csv", lines)
    plan = table(root, "content_plan")
    assert plan["content_id"].tolist() == ["p1", "p2"]
    assert plan["planned_at"].max() == pd.Timestamp("2026-09-03 18:30")


def test_cost_and_platform_of_a_nearly_canonical_file_are_not_lost(root: Path) -> None:
    lines = [
        "date,platform,campaign,impressions,clicks,cost,conversions,revenue",
        "2026-09-01,google,Always on,1000,100,50.00,5,500",
        "2026-09-01,meta,Always on,1100,110,55.00,5,520",
        "2026-09-02,google,Always on,1200,120,60.00,6,560",
    ]
    words = ("--channel", "google=google-search", "--channel", "meta=meta-social")
    brought(root, "marketing.csv", lines, *words)
    daily = table(root, "channel_daily")
    assert daily.groupby("channel")["spend"].sum().to_dict() == {
        "google-search": 110,
        "meta-social": 55,
    }
