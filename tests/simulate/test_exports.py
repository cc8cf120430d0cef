"""The platform files are what the platforms export.

Encoding, preamble, totals, and parts that add up.
"""

from pathlib import Path

import pandas as pd
import pytest

from tests.simulate import reading


def lines(file: Path, encoding: str) -> list[str]:
    return file.read_bytes().decode(encoding).splitlines()


def test_baidu_comes_in_gbk_with_its_preamble(root: Path) -> None:
    file = root / "data/double11/baidu/search-2026-10.csv"
    with pytest.raises(UnicodeDecodeError):
        file.read_text(encoding="utf-8")
    assert b"\r\n" in file.read_bytes()
    found = lines(file, "gbk")
    assert found[0] == "数据生成时间：2026-11-01 09:28"
    assert found[2] == "1. 时间范围：20261001至20261031"
    assert found[7] == ""
    assert (
        found[8]
        == "日期,推广计划,账户,展现,点击,消费,点击率,平均点击价格,网页转化,商桥转化,电话转化"
    )
    assert found[9].startswith('"2026-10-01","品牌词-通投","示例账户",')


def test_ocean_engine_comes_with_bom_and_ids_that_end_in_a_tab(root: Path) -> None:
    raw = (root / "data/double11/oceanengine/project-2026-10.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    found = raw.decode("utf-8-sig").split("\r\n")
    assert found[0].startswith("时间-天,项目ID,项目名称,消耗,展示数,平均千次展现费用(元)")
    assert all(line.split(",")[1].endswith("\t") for line in found[1:-1])


@pytest.mark.parametrize("name", ["search", "display"])
def test_google_ads_ends_with_totals_that_are_the_sums(root: Path, name: str) -> None:
    file = root / f"data/autumn-launch/google/{name}-2026-09.csv"
    found = lines(file, "utf-8")
    assert found[:2] == ["Campaign report", '"September 1, 2026 - September 30, 2026"']
    assert [line.split(",")[0] for line in found[-2:]] == ["Total: Campaigns", "Total: Account"]
    total = pd.read_csv(file, skiprows=2, thousands=",").iloc[-1]
    rows = reading.google(file)
    assert total["Impr."] == rows["impressions"].sum()
    assert total["Cost"] == pytest.approx(rows["spend"].sum())


def test_meta_begins_with_a_summary_without_name(root: Path) -> None:
    file = root / "data/autumn-launch/meta/campaigns-2026-10.csv"
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    found = lines(file, "utf-8-sig")
    assert found[0].startswith('"Campaign name","Day",')
    assert found[1].startswith(",,,,,")
    table = pd.read_csv(file, encoding="utf-8-sig")
    assert table["Amount spent (USD)"].iloc[0] == pytest.approx(
        table["Amount spent (USD)"].iloc[1:].sum()
    )
    assert table["Result indicator"].dropna().unique().tolist() == [
        "actions:offsite_conversion.fb_pixel_purchase"
    ]


def test_every_channel_has_every_day_and_its_funnel_only_narrows(root: Path, campaign: str) -> None:
    table = reading.daily(root, campaign)
    assert table.groupby("channel")["date"].nunique().eq(92).all()
    assert (table["clicks"] <= table["impressions"]).all()
    assert (table["bounces"] <= table["visits"]).all()
    assert (table["orders"] <= table["visits"]).all()
    assert (table["new_customers"] <= table["orders"]).all()


def test_units_never_show_more_clicks_than_impressions(root: Path, campaign: str) -> None:
    channels = reading.csv(root / f"data/{campaign}/site/daily.csv")["channel"].unique()
    for channel in channels:
        rows = reading.units(root, campaign, channel)
        assert (rows["clicks"] <= rows["impressions"]).all()


def test_the_shop_counts_the_same_orders_and_revenue_everywhere(root: Path, campaign: str) -> None:
    orders = pd.read_parquet(root / f"data/{campaign}/orders/orders.parquet")
    orders = orders[orders["ordered_at"] >= "2026-08-01"]
    sums = orders.groupby([orders["ordered_at"].dt.normalize().rename("date"), "channel"])[
        "revenue"
    ].agg(["size", "sum"])
    table = reading.daily(root, campaign).set_index(["date", "channel"])
    beside = table[["orders", "revenue"]].join(sums).fillna(0.0)
    assert (beside["orders"] == beside["size"]).all()
    assert beside["revenue"].to_numpy() == pytest.approx(beside["sum"].to_numpy())


def test_new_customers_are_first_orders(root: Path, campaign: str) -> None:
    orders = pd.read_parquet(root / f"data/{campaign}/orders/orders.parquet")
    first = orders.drop_duplicates("customer_id")
    counted = reading.daily(root, campaign)["new_customers"].sum()
    assert first["ordered_at"].ge("2026-08-01").sum() == counted
