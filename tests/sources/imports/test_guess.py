"""The mapping of a file that no platform wrote: the right table, the right columns, or a question.

The files are made so that a careless reading takes an id, an amount or a ratio for a count.
"""

from pathlib import Path

import pandas as pd
import pytest
import yaml

from playbook.params.model import TableName
from playbook.sources.contracts import CONTRACTS
from playbook.sources.files.grid import first_lines
from playbook.sources.files.layout import Layout
from playbook.sources.imports.guess import Guess, lost, skeleton, tables
from playbook.sources.imports.recognition import bears_sign

KNOWN = {
    "orders.csv": (
        "orders",
        {
            "order_id": "Order ID",
            "customer_id": "Customer ID",
            "ordered_at": "Order Date",
            "revenue": "Total",
            "discount": "Discount",
            "refund": "Refund amount",
        },
        "Order ID,Customer ID,Order Date,Status,Total,Discount,Refund amount,Payment method\n"
        "A1,c1,2026-09-01 10:00,completed,95.00,10,0,card\n"
        "A2,c2,2026-09-02 11:00,cancelled,55.00,0,0,card\n",
    ),
    "订单.csv": (
        "orders",
        {
            "order_id": "订单编号",
            "customer_id": "买家会员名",
            "ordered_at": "订单付款时间",
            "revenue": "实付金额",
            "discount": "优惠金额",
            "refund": "退款金额",
        },
        "订单编号,买家会员名,订单状态,订单创建时间,订单付款时间,实付金额,优惠金额,退款金额,商品名称\n"
        "3300001,张*,交易成功,2026-09-01 10:00:00,2026-09-01 10:02:00,95.00,10.00,0.00,杯子\n"
        "3300002,李*,交易关闭,2026-09-01 11:00:00,,55.00,0.00,0.00,盘子\n",
    ),
    "bestellungen.csv": (
        "orders",
        {
            "order_id": "Bestellnummer",
            "customer_id": "Kundennummer",
            "ordered_at": "Bestelldatum",
            "revenue": "Gesamtbetrag",
            "discount": "Rabatt",
        },
        "Bestellnummer;Kundennummer;Bestelldatum;Gesamtbetrag;Rabatt\n"
        "10001;501;01.09.2026;95,50;10,00\n10002;502;02.09.2026;55,00;0,00\n",
    ),
    "commandes.csv": (
        "orders",
        {
            "order_id": "Numéro de commande",
            "customer_id": "Client",
            "ordered_at": "Date de commande",
            "revenue": "Montant total",
            "discount": "Remise",
        },
        "Numéro de commande;Client;Date de commande;Montant total;Remise\n"
        "C1;cl1;01/09/2026;95,50;0\nC2;cl2;21/09/2026;55,00;0\n",
    ),
    "plan.csv": (
        "content_plan",
        {
            "content_id": "ID",
            "channel": "Channel",
            "planned_at": "Publish date",
            "theme": "Theme",
            "format": "Format",
            "owner": "Owner",
            "title": "Title",
        },
        "ID,Title,Channel,Publish date,Owner,Format,Status,Theme\n"
        "1,Five tips,Instagram,2026-09-01,ann,video,draft,autumn\n",
    ),
    "排期.csv": (
        "content_plan",
        {
            "content_id": "编号",
            "channel": "发布渠道",
            "planned_at": "计划发布时间",
            "theme": "主题",
            "format": "形式",
            "owner": "负责人",
            "title": "标题",
        },
        "编号,标题,发布渠道,计划发布时间,负责人,形式,主题\n"
        "1,五个技巧,小红书,2026-09-01 10:00,小王,图文,秋季\n",
    ),
    "posts.csv": (
        "content_log",
        {
            "content_id": "Post ID",
            "published_at": "Publish time",
            "impressions": "Impressions",
            "engagements": "Likes",
            "clicks": "Link clicks",
        },
        "Post ID,Permalink,Post text,Publish time,Impressions,Likes,Link clicks\n"
        "77700000000001,https://x.y/1,Five tips,2026-09-01 10:00,1000,50,12\n",
    ),
    "作品.csv": (
        "content_log",
        {
            "content_id": "作品标题",
            "channel": "平台",
            "published_at": "发布时间",
            "impressions": "播放量",
            "engagements": "点赞数",
        },
        "作品标题,发布时间,平台,播放量,点赞数,评论数\n五个技巧,2026-09-01 10:00,抖音,10000,500,10\n",
    ),
    "survey.csv": (
        "audience",
        {
            "asked_on": "Timestamp",
            "age_band": "Age group",
            "gender": "Gender",
            "region": "City",
        },
        "Timestamp,Age group,Gender,City,How satisfied are you?,Q2\n"
        "2026-09-01 10:00,25-34,f,Berlin,4,5\n2026-09-01 10:05,35-44,m,Bonn,3,2\n",
    ),
    "问卷.csv": (
        "audience",
        {
            "person_id": "序号",
            "asked_on": "提交答卷时间",
            "age_band": "年龄段",
            "gender": "性别",
            "income_band": "月收入",
        },
        "序号,提交答卷时间,性别,年龄段,月收入,您是否购买过?\n"
        "1,2026/9/1 10:00:00,女,25-34,1万以上,是\n",
    ),
    "touches.csv": (
        "touchpoints",
        {
            "user_id": "user_id",
            "touched_at": "timestamp",
            "channel": "channel",
            "kind": "event_type",
            "value": "revenue",
        },
        "user_id,timestamp,channel,event_type,revenue\nu1,2026-09-01 10:00:00,search,click,\n"
        "u1,2026-09-02 10:00:00,,conversion,50\n",
    ),
    "uptime.csv": (
        "site_checks",
        {
            "page_id": "URL",
            "checked_at": "Checked at",
            "up": "Status",
            "latency_ms": "Response time (ms)",
        },
        "URL,Checked at,Status,Response time (ms)\n/a,2026-09-01 10:00,200,320\n"
        "/a,2026-09-01 10:05,500,\n",
    ),
    "竞品.csv": (
        "competitors",
        {"brand": "品牌", "week": "周", "mentions": "声量", "search_index": "百度指数"},
        "品牌,周,声量,百度指数\n我们,2026-08-31,100,5000\n竞品甲,2026-08-31,300,8000\n",
    ),
    "trend.csv": (
        "market_series",
        {"series_id": "Keyword", "date": "Date", "value": "Index"},
        "Keyword,Date,Index\nmugs,2026-09-01,55\nmugs,2026-09-02,57\n",
    ),
    "渠道.csv": (
        "channel_daily",
        {
            "date": "日期",
            "channel": "渠道",
            "campaign_unit": "计划名称",
            "impressions": "展现",
            "clicks": "点击",
            "conversions": "转化",
            "revenue": "成交金额",
            "spend": "消费",
        },
        "日期,渠道,计划名称,展现,点击,消费,转化,转化成本,成交金额\n"
        "2026-09-01,百度,品牌,1000,50,120.5,3,40.17,500\n",
    ),
    "anuncios.csv": (
        "channel_daily",
        {
            "date": "Fecha",
            "campaign_unit": "Campaña + ID de campaña",
            "impressions": "Impresiones",
            "clicks": "Clics",
            "conversions": "Conversiones",
            "revenue": "Ingresos",
            "spend": "Gasto",
        },
        "Fecha,Campaña,ID de campaña,Impresiones,Clics,Gasto,Coste por clic,Conversiones,Ingresos\n"
        "2026-09-01,Marca,123456789012,1000,50,120.5,2.41,3,500\n",
    ),
    "ids and amounts.csv": (
        "channel_daily",
        {
            "date": "Date",
            "campaign_unit": "Campaign + Campaign ID",
            "impressions": "Impressions",
            "clicks": "Link clicks",
            "orders": "Order count",
            "revenue": "Orders amount",
            "spend": "Spend",
        },
        "Date,Campaign ID,Campaign,Click ID,Budget,Impressions,Link clicks,Clicks (all),"
        "Cost per click,Spend,Orders amount,Order count,Conversions (%)\n"
        "2026-09-01,12345678901,A,998877665544,500,1000,40,50,1.1,44.00,300.00,3,7\n",
    ),
    "annunci.csv": (
        "channel_daily",
        {
            "date": "Data",
            "campaign_unit": "Campagna",
            "impressions": "Impressioni",
            "clicks": "Clic",
            "conversions": "Conversioni",
            "revenue": "Ricavi",
            "spend": "Costo",
        },
        "Data;Campagna;Impressioni;Clic;Costo;Conversioni;Ricavi\n"
        "01/09/2026;Marca;1.000;100;50,00;5;500,00\n21/09/2026;Marca;1.100;110;55,50;5;510,00\n",
    ),
    "淘宝订单.csv": (
        "orders",
        {
            "order_id": "订单编号",
            "customer_id": "买家会员名",
            "ordered_at": "订单付款时间",
            "revenue": "买家实际支付金额",
        },
        "订单编号,买家会员名,买家应付货款,总金额,买家实际支付金额,订单状态,订单创建时间,订单付款时间\n"
        "3300001,张三,95.00,105.00,95.00,交易成功,2026-09-01 10:00:00,2026-09-01 10:02:00\n"
        "3300002,李四,55.00,55.00,0.00,交易关闭,2026-09-01 11:00:00,\n",
    ),
    "sales by day.csv": (
        "channel_daily",
        {"date": "Day", "orders": "Orders", "revenue": "Net sales"},
        "Day,Orders,Gross sales,Discounts,Sales reversals,Net sales,Taxes,Total sales\n"
        "2026-09-01,10,1000.00,-100.00,-50.00,850.00,60.00,950.00\n",
    ),
}
OPEN = {
    "either way": (
        "Date,Campaign,Impressions,Clicks,Spend\n03/04/2026,A,10,1,5.5\n05/04/2026,A,10,1,5.5\n",
        "day_first",
        'true if "03/04/2026" is day/month',
    ),
    "no day": ("Campaign,Impressions,Clicks,Spend\nA,10,1,5.5\n", "date", "no column was found"),
    "no measure": ("when,what,how much\n2026-09-01,a,1\n", "impressions", "counts or money"),
    "two amounts": (
        "Date,Impressions,Media cost,Agency cost\n2026-09-01,10,5.5,1.5\n",
        "spend",
        "it or Agency cost",
    ),
    "local currency": (
        "Date,Impressions,cost_in_local_currency\n2026-09-01,10,5.5\n",
        "spend",
        "in which currency",
    ),
    "money of another word": (
        "Date,Impressions,Clicks,Wydatki\n2026-09-01,10,1,5.50\n",
        "spend",
        "whether it is Wydatki",
    ),
    "weeks": ("Week,Clicks,Spend\n2026-08-31,10,5.5\n", "date", "weeks or months"),
    "states": (
        "Order ID,Customer ID,Order date,Status,Total\n1,c,2026-09-01,paid,5\n"
        "2,c,2026-09-01,weird,5\n",
        "where",
        "whether these count as orders: weird",
    ),
    "orders on several lines": (
        "Order ID,Customer ID,Order date,Total\n1,c,2026-09-01,5\n1,c,2026-09-01,5\n",
        "order_id",
        "whether the lines of an order add up",
    ),
    "orders in another currency": (
        "Order ID,Customer ID,Order date,Total,Currency\n1,c,2026-09-01,5,EUR\n",
        "revenue",
        "its amounts are in EUR, the campaign's in USD",
    ),
    "kinds of contact": (
        "user_id,timestamp,channel,event_type\nu,2026-09-01 10:00,search,click\n"
        "u,2026-09-01 11:00,search,zoom\n",
        "kind",
        "what these mean: zoom",
    ),
    "no amount": (
        "Order ID,Customer ID,Order date,Item price\n1,c,2026-09-01,5\n",
        "revenue",
        "no column of amounts",
    ),
    "no buyer": (
        "Order ID,Order date,Total,Refund amount\n1,2026-09-01,5,0\n",
        "customer_id",
        "pseudonym of the buyer",
    ),
}


def guessed(folder: Path, name: str, text: str, currency: str = "USD") -> Guess:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return skeleton(file, file.stem, "playbook import …", 2026, currency)


@pytest.mark.parametrize("name", KNOWN)
def test_table_and_columns_of_an_unknown_file_are_found(name: str, tmp_path: Path) -> None:
    table, found, text = KNOWN[name]
    guess = guessed(tmp_path, name, text)
    assert guess.table == table
    assert guess.found == found
    assert guess.asked == {}
    assert "FILL IN" not in guess.text


@pytest.mark.parametrize("name", KNOWN)
def test_every_mapping_proposed_is_a_mapping(name: str, tmp_path: Path) -> None:
    text = guessed(tmp_path, name, KNOWN[name][2]).text
    assert Layout.model_validate(yaml.safe_load(text)).table == KNOWN[name][0]


@pytest.mark.parametrize("case", OPEN)
def test_what_could_not_be_found_is_asked_where_the_answer_stands(
    case: str, tmp_path: Path
) -> None:
    text, place, question = OPEN[case]
    guess = guessed(tmp_path, "unknown.csv", text)
    assert question in guess.asked[place]
    assert not guess.is_ready
    assert "FILL IN" in guess.text
    Layout.model_validate(yaml.safe_load(guess.text))


@pytest.mark.parametrize(("currency", "header"), [("USD", "cost_in_usd"), ("EUR", "cost_in_eur")])
def test_of_two_amounts_that_of_the_campaign_s_currency_is_taken(
    currency: str, header: str, tmp_path: Path
) -> None:
    text = "date,clicks,impressions,cost_in_usd,cost_in_eur\n2026-09-01,1,10,110,100\n"
    guess = guessed(tmp_path, "ads.csv", text, currency)
    assert guess.found["spend"] == header
    assert yaml.safe_load(guess.text)["currency"] == currency


def test_sign_in_the_cells_says_a_currency_that_is_not_taken_for_the_campaign_s(
    tmp_path: Path,
) -> None:
    text = 'Date,Impressions,Clicks,Spend\n2026-09-01,10,1,"€1,200.50"\n'
    guess = guessed(tmp_path, "ads.csv", text)
    assert yaml.safe_load(guess.text)["currency"] == "EUR"
    assert "Amounts are in EUR, the campaign's currency is USD." in guess.notes


@pytest.mark.parametrize(
    ("header", "divided"), [("cost_micros", 1_000_000), ("花费(分)", 100), ("spend_cents", 100)]
)
def test_micros_and_cents_are_divided_by_header(header: str, divided: int, tmp_path: Path) -> None:
    text = f"date,clicks,impressions,{header}\n2026-09-01,1,10,5500000\n"
    mapping = yaml.safe_load(guessed(tmp_path, "ads.csv", text).text)
    assert mapping["columns"]["spend"] == {"headers": [header], "divide": {header: divided}}


def test_first_and_last_day_are_one_day_or_the_row_is_set_aside(tmp_path: Path) -> None:
    text = "Start date,End date,Campaign,Clicks,Spend\n2026-09-01,2026-09-01,A,1,5.5\n"
    mapping = yaml.safe_load(guessed(tmp_path, "ads.csv", text).text)
    assert mapping["columns"]["date"]["until"] == {"Start date": "End date"}


def test_day_in_parts_is_found_and_its_year_asked_for(tmp_path: Path) -> None:
    text = "Month,Day,Clicks,Spend\n9,1,10,5.5\n"
    guess = guessed(tmp_path, "ads.csv", text)
    assert guess.asked == {"date_parts": "the year"}
    assert yaml.safe_load(guess.text)["date_parts"] == {
        "year": 2026,
        "month": "Month",
        "day": "Day",
    }


def test_columns_that_tell_rows_of_a_day_and_unit_apart_are_joined(tmp_path: Path) -> None:
    text = (
        "Date,Campaign,Device,Impressions,Clicks,Spend\n"
        "2026-09-01,A,mobile,10,1,5.5\n2026-09-01,A,desktop,10,1,6.5\n"
    )
    mapping = yaml.safe_load(guessed(tmp_path, "ads.csv", text).text)
    assert mapping["columns"]["segment"] == {"join": ["Device"]}


@pytest.mark.parametrize(
    ("header", "left_over"),
    [
        ("Date,Campaign,Impressions,Clicks,Cost,Conversions,Revenue", ("Cost", "Campaign")),
        ("date,platform,impressions,clicks,cost,conversions", ("platform", "cost")),
        ("date,channel,campaign_unit,impressions,clicks,spend,ctr,notes", ()),
        ("日期,date,channel,impressions,clicks,花费", ("花费",)),
    ],
)
def test_file_is_canonical_only_if_no_left_over_header_looks_like_a_column(
    header: str, left_over: tuple[str, ...], tmp_path: Path
) -> None:
    file = tmp_path / "own.csv"
    cells = {"channel": "search", "platform": "search", "notes": "fine", "Campaign": "A"}
    row = ["2026-09-01" if "date" in name.casefold() else "" for name in header.split(",")]
    row = [cells.get(name, cell) for name, cell in zip(header.split(","), row, strict=True)]
    row = [cell or "5" for cell in row]
    file.write_text(f"{header}\n{','.join(row)}\n", encoding="utf-8")
    assert sorted(lost(file, "channel_daily")) == sorted(left_over)
    assert tables(file) == (() if left_over else ("channel_daily",))


@pytest.mark.parametrize("table", CONTRACTS)
def test_file_of_all_canonical_columns_is_canonical(table: TableName, tmp_path: Path) -> None:
    cells = {"day": "2026-09-01", "moment": "2026-09-01 10:00", "text": "a", "count": "5"}
    columns = CONTRACTS[table].columns
    row = [one.among[0] if one.among else cells.get(one.kind, "1") for one in columns]
    file = tmp_path / "own.csv"
    file.write_text(f"{','.join(CONTRACTS[table].names)}\n{','.join(row)}\n", encoding="utf-8")
    assert tables(file) == (table,)


def test_orders_that_say_they_were_cancelled_are_no_canonical_file(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    head = "order_id,customer_id,ordered_at,revenue,status\n"
    file.write_text(f"{head}1,c,2026-09-01,5,paid\n2,c,2026-09-01,5,Paid\n", encoding="utf-8")
    assert tables(file) == ("orders",)
    file.write_text(f"{head}1,c,2026-09-01,5,paid\n2,c,2026-09-01,5,cancelled\n", encoding="utf-8")
    assert tables(file) == ()
    assert yaml.safe_load(guessed(tmp_path, file.name, file.read_text(encoding="utf-8")).text)[
        "where"
    ] == {"status": ["paid"]}


def test_a_canonical_name_goes_before_another(tmp_path: Path) -> None:
    text = "date,channel,impressions,cost,spend,sales\n2026-09-01,search,10,7.5,5.5,9.5\n"
    guess = guessed(tmp_path, "own.csv", text)
    assert guess.found["spend"] == "spend"
    assert guess.is_ready


def test_parquet_is_looked_at_too(tmp_path: Path) -> None:
    file = tmp_path / "ads.parquet"
    day = pd.Timestamp("2026-09-01")
    columns = {"date": [day], "impressions": [10], "clicks": [1], "cost": [5.5], "note": [None]}
    pd.DataFrame(columns).to_parquet(file)
    assert lost(file, "channel_daily") == ("cost",)
    guess = skeleton(file, "ads", "playbook import …", 2026, "USD")
    assert guess.found["spend"] == "cost"
    assert guess.found["date"] == "date"
    assert guess.is_ready


def test_next_download_is_known_by_all_of_its_headers(tmp_path: Path) -> None:
    text = "Date,Campaign,Clicks,Impressions,Spend,Our note\n2026-09-01,A,1,10,5.5,x\n"
    layout = Layout.model_validate(yaml.safe_load(guessed(tmp_path, "ads.csv", text).text))
    assert bears_sign(first_lines(tmp_path / "ads.csv"), layout)
    other = tmp_path / "other.csv"
    other.write_text(text.replace("Our note", "Theirs"), encoding="utf-8")
    assert not bears_sign(first_lines(other), layout)


def test_open_table_loses_no_column(tmp_path: Path) -> None:
    file = tmp_path / "units.csv"
    file.write_text("experiment,unit_id,variant,test group\ne,u,a,b\n", encoding="utf-8")
    assert tables(file) == ("experiment_units",)
